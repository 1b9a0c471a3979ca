/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generated from configfs-schema/names.cfg by "make gen"; do not edit. */
#ifndef CSRV_DAEMON_CONF_NAMES_GEN_H
#define CSRV_DAEMON_CONF_NAMES_GEN_H

#include "conf/known.h"

static const char *const known_params_same_0[] = { "user", "auto", NULL };
static const char known_params_why_0[] =
	"accounts are those of cifspwd.db: cifssrv is no domain member, and passwords belong to users";
static const char *const known_params_same_1[] = { "standalone server", "standalone", "auto", NULL };
static const char known_params_why_1[] =
	"cifssrv is a standalone server, no domain member or controller";
static const char *const known_params_same_2[] = { "no", NULL };
static const char known_params_why_2[] =
	"cifssrv is no domain controller";
static const char known_params_why_3[] =
	"no program is asked who a client is: use username map";
static const char *const known_params_same_4[] = { "/", NULL };
static const char known_params_why_4[] =
	"all paths are of the whole system: write them out";
static const char known_params_why_5[] =
	"shares are written in this file: use include";
static const char *const known_params_same_6[] = { "file", NULL };
static const char known_params_why_6[] =
	"shares are written in this file";
static const char *const known_params_same_7[] = { "no", NULL };
static const char known_params_why_7[] =
	"shares are written in this file";
static const char *const known_params_same_8[] = { "no", NULL };
static const char known_params_why_8[] =
	"locks are not shared with other nodes: files would be damaged";
static const char *const known_params_same_9[] = { "no", NULL };
static const char known_params_why_9[] =
	"no program is asked whether a client may connect";
static const char *const known_params_same_10[] = { "yes", NULL };
static const char known_params_why_10[] =
	"clients always see permissions, and change those of their own files";
static const char known_params_why_11[] =
	"clients are not sent to other servers";
static const char *const known_params_same_12[] = { "no", NULL };
static const char known_params_why_12[] =
	"NT ACLs are not stored: mode and POSIX ACL, which this tells Samba not to look at, would decide";
static const char known_params_why_13[] =
	"clients see the permissions that there are";
static const char *const known_params_same_14[] = { "yes", NULL };
static const char known_params_why_14[] =
	"clear-text passwords are not taken";
static const char *const known_params_same_15[] = { "no", NULL };
static const char known_params_why_15[] =
	"LAN Manager logons are not taken";
static const char *const known_params_same_16[] = { "no", NULL };
static const char known_params_why_16[] =
	"accounts without a password are not let in";
static const char known_params_why_17[] =
	"accounts are kept in cifspwd.db: make each with cifsadmin user add";
static const char *const known_params_same_18[] = { "no", NULL };
static const char known_params_why_18[] =
	"PAM is not asked: an account that Unix has locked or that has expired logs on until cifsadmin user disable";
static const char *const known_params_same_19[] = { "no", NULL };
static const char known_params_why_19[] =
	"Unix passwords stay as they are";
static const char known_params_why_20[] =
	"Unix passwords stay as they are";
static const char known_params_why_21[] =
	"passwords are not checked when they are set";
static const char *const known_params_same_22[] = { "always", "auto", NULL };
static const char known_params_why_22[] =
	"the NT hash is what an account is made of";
static const char *const known_params_same_23[] = { "default", NULL };
static const char known_params_why_23[] =
	"Kerberos is not served";
static const char known_params_why_24[] =
	"names of accounts are compared without regard to case";
static const char known_params_why_25[] =
	"the map is read when it changes";
static const char known_params_why_26[] =
	"SMB1 is not served";
static const char *const known_params_same_27[] = { "yes", NULL };
static const char known_params_why_27[] =
	"SMB1 is not served";
static const char *const known_params_same_28[] = { "no", NULL };
static const char known_params_why_28[] =
	"clients are compared by their addresses";
static const char known_params_why_29[] =
	"Unix accounts are used as the system has them";
static const char known_params_why_30[] =
	"there are no privileges of Windows: Unix permissions decide";
static const char known_params_why_31[] =
	"Unix ids are shown as S-1-22-1 and S-1-22-2";
static const char known_params_why_32[] =
	"accounts are those of cifspwd.db";
static const char known_params_why_33[] =
	"accounts are not made over the network";
static const char known_params_why_34[] =
	"cifssrv is no domain member or controller";
static const char known_params_why_35[] =
	"cifssrv is no domain controller";
static const char known_params_why_36[] =
	"no directory is asked but by the system's name service";
static const char *const known_params_same_37[] = { "yes", NULL };
static const char known_params_why_37[] =
	"NetBIOS names are answered by another daemon, for instance nmbd";
static const char *const known_params_same_38[] = { "no", NULL };
static const char known_params_why_38[] =
	"NetBIOS names are answered by another daemon, for instance nmbd";
static const char known_params_why_39[] =
	"NetBIOS names are answered by another daemon, for instance nmbd";
static const char known_params_why_40[] =
	"NetBIOS names are answered by another daemon";
static const char *const known_params_same_41[] = { "no", NULL };
static const char known_params_why_41[] =
	"the server is not announced: use avahi or wsdd";
static const char known_params_why_42[] =
	"the server is not announced: use avahi or wsdd";
static const char *const known_params_same_43[] = { "no", NULL };
static const char known_params_why_43[] =
	"no clock is offered";
static const char known_params_why_44[] =
	"there is no browser service";
static const char known_params_why_45[] =
	"names are looked up by the system";
static const char *const known_params_same_46[] = { "no", NULL };
static const char known_params_why_46[] =
	"DFS is not served";
static const char *const known_params_same_47[] = { "no", NULL };
static const char known_params_why_47[] =
	"DFS is not served: its links do not open";
static const char known_params_why_48[] =
	"DFS is not served";
static const char *const known_params_same_49[] = { "no", NULL };
static const char known_params_why_49[] =
	"printers are not served";
static const char *const known_params_same_50[] = { "yes", NULL };
static const char known_params_why_50[] =
	"printers are not served";
static const char *const known_params_same_51[] = { "no", NULL };
static const char known_params_why_51[] =
	"printers are not served";
static const char known_params_why_52[] =
	"printers are not served";
static const char known_params_why_53[] =
	"printers are not served";
static const char known_params_why_54[] =
	"the daemon logs to the journal";
static const char known_params_why_55[] =
	"systemd sees to a daemon that ends";
static const char known_params_why_56[] =
	"state is kept in /run/cifssrv and /var/lib/cifssrv";
static const char *const known_params_same_57[] = { "no", NULL };
static const char known_params_why_57[] =
	"logons are in the journal only";
static const char known_params_why_58[] =
	"logons are in the journal only";
static const char known_params_why_59[] =
	"see /sys/fs/cifssrv";
static const char known_params_why_60[] =
	"cifssrv is no client";
static const char known_params_why_61[] =
	"shares that users make are not served";
static const char *const known_params_same_62[] = { "0", NULL };
static const char known_params_why_62[] =
	"shares that users make are not served";
static const char known_params_why_63[] =
	"shares that users make are not served";
static const char known_params_why_64[] =
	"the server is not administered over the network";
static const char known_params_why_65[] =
	"every share is there from the start";
static const char known_params_why_66[] =
	"a share that is not there is refused";
static const char known_params_why_67[] =
	"there are no modules";
static const char known_params_why_68[] =
	"there is no cluster";
static const char known_params_why_69[] =
	"the kernel needs no such tuning";
static const char known_params_why_70[] =
	"there is no process per client: see server max connections";
static const char known_params_why_71[] =
	"remote procedure calls are few, see the README";
static const char *const known_params_same_72[] = { "yes", NULL };
static const char known_params_why_72[] =
	"an open that meets a sharing violation fails at once";
static const char *const known_params_same_73[] = { "no", NULL };
static const char known_params_why_73[] =
	"a lock that is sent again is done once";
static const char *const known_params_same_74[] = { "no", NULL };
static const char known_params_why_74[] =
	"POSIX extensions are not served";
static const char *const known_params_same_75[] = { "no", NULL };
static const char known_params_why_75[] =
	"persistent handles are not granted";
static const char *const known_params_same_76[] = { "tcp", "445", NULL };
static const char known_params_why_76[] =
	"see smb ports";
static const char known_params_why_77[] =
	"wide links = yes is enough";
static const char *const known_params_same_78[] = { "UTF-8", "utf8", NULL };
static const char known_params_why_78[] =
	"file names are UTF-8";
static const char known_params_why_79[] =
	"all text is UTF-8";
static const char known_params_why_80[] =
	"8.3 names are made in one way";
static const char *const known_params_same_81[] = { "0", NULL };
static const char known_params_why_81[] =
	"clients see the size of the file system";
static const char known_params_why_82[] =
	"quotas are not shown or set";
static const char *const known_params_same_83[] = { "no", NULL };
static const char known_params_why_83[] =
	"see cifsadmin status";
static const char *const known_params_same_84[] = { "no", NULL };
static const char known_params_why_84[] =
	"sockets, devices and FIFOs are listed, so that they can be removed; they cannot be opened";
static const char *const known_params_same_85[] = { "no", NULL };
static const char known_params_why_85[] =
	"files that cannot be written are listed";
static const char *const known_params_same_86[] = { "0", NULL };
static const char known_params_why_86[] =
	"new files are listed at once";
static const char known_params_why_87[] =
	"directories are listed with what is in them";
static const char *const known_params_same_88[] = { "no", NULL };
static const char known_params_why_88[] =
	"a directory with vetoed files in it is not removed";
static const char *const known_params_same_89[] = { "yes", NULL };
static const char known_params_why_89[] =
	"new names keep the case in which they are given";
static const char known_params_why_90[] =
	"new names keep the case in which they are given";
static const char *const known_params_same_91[] = { "yes", "illegal", NULL };
static const char known_params_why_91[] =
	"every name has an 8.3 name and is found by it";
static const char known_params_why_92[] =
	"8.3 names are made in one way";
static const char *const known_params_same_93[] = { "-1", NULL };
static const char known_params_why_93[] =
	"the serial number is made by the server";
static const char *const known_params_same_94[] = { "yes", NULL };
static const char known_params_why_94[] =
	"a directory with open files in it is not renamed";
static const char *const known_params_same_95[] = { "no", NULL };
static const char known_params_why_95[] =
	"the share is one like others: see browseable";
static const char *const known_params_same_96[] = { "yes", NULL };
static const char known_params_why_96[] =
	"nothing is made in a directory that is to be deleted";
static const char *const known_params_same_97[] = { "0", NULL };
static const char known_params_why_97[] =
	"clients see the space of the file system";
static const char known_params_why_98[] =
	"no program is run";
static const char known_params_why_99[] =
	"no program is run when clients come and go";
static const char *const known_params_same_100[] = { "no", NULL };
static const char known_params_why_100[] =
	"times are exact";
static const char *const known_params_same_101[] = { "yes", NULL };
static const char known_params_why_101[] =
	"whoever may write a file may set its times";
static const char known_params_why_102[] =
	"the file system's own limit counts";
static const char *const known_params_same_103[] = { "no", NULL };
static const char known_params_why_103[] =
	"there is no search index";
static const char known_params_why_104[] =
	"there is no search index";
static const char *const known_params_same_105[] = { "no", NULL };
static const char known_params_why_105[] =
	"persistent handles are not granted";
static const char known_params_why_106[] =
	"there are no claims";
static const char known_params_why_107[] =
	"a directory is made in one step";
static const char known_params_why_108[] =
	"shares have no such capabilities";
static const char known_params_why_109[] =
	"default ACLs are inherited by the file system itself";
static const char *const known_params_same_110[] = { "no", NULL };
static const char known_params_why_110[] =
	"only the owner changes permissions";
static const char *const known_params_same_111[] = { "no", NULL };
static const char known_params_why_111[] =
	"the x bits decide who may execute";
static const char *const known_params_same_112[] = { "yes", NULL };
static const char known_params_why_112[] =
	"whether a file may be deleted is looked at when it is opened for that";
static const char *const known_params_same_113[] = { "no", NULL };
static const char known_params_why_113[] =
	"nobody becomes owner in place of a SID that is not known";
static const char known_params_why_114[] =
	"ACLs are shown as far as mode and POSIX ACL have them";
static const char *const known_params_same_115[] = { "yes", NULL };
static const char known_params_why_115[] =
	"no user has that privilege: clients are notified of names that they can list";
static const char *const known_params_same_116[] = { "yes", NULL };
static const char known_params_why_116[] =
	"level II is granted wherever oplocks are";
static const char *const known_params_same_117[] = { "no", NULL };
static const char known_params_why_117[] =
	"local processes and NFS do not break oplocks: a client may show old data";
static const char *const known_params_same_118[] = { "no", NULL };
static const char known_params_why_118[] =
	"oplocks are real: those that nobody breaks lose data";
static const char known_params_why_119[] =
	"oplocks are granted on these files, too: turn oplocks off for the share";
static const char *const known_params_same_120[] = { "yes", NULL };
static const char known_params_why_120[] =
	"locks and sharing modes are always kept";
static const char *const known_params_same_121[] = { "auto", "yes", NULL };
static const char known_params_why_121[] =
	"locks are always enforced";
static const char *const known_params_same_122[] = { "no", NULL };
static const char known_params_why_122[] =
	"local processes and NFS do not see clients' locks";
static const char *const known_params_same_123[] = { "no", NULL };
static const char known_params_why_123[] =
	"local processes are not bound by sharing modes";
static const char *const known_params_same_124[] = { "yes", NULL };
static const char known_params_why_124[] =
	"a lock that is asked to wait waits";
static const char known_params_why_125[] =
	"the kernel needs no such tuning";
static const char *const known_params_same_126[] = { "no", NULL };
static const char known_params_why_126[] =
	"the file system is used as any other";
static const char known_params_why_127[] =
	"there are no modules";
static const char known_params_why_128[] =
	"Samba 4 does not obey it either: clients set the permissions that they ask for";
static const char known_params_why_129[] =
	"Samba 4.8 and later do not obey it either: use valid users";
static const char *const known_params_same_130[] = { "no", NULL };
static const char known_params_why_130[] =
	"macOS does not offer the share for Time Machine";
static const char known_params_why_131[] =
	"there are no VFS modules";

static const struct conf_known known_params[] = {
	{ "security", known_params_same_0, known_params_why_0, CONF_KNOWN_REFUSED, false },
	{ "server role", known_params_same_1, known_params_why_1, CONF_KNOWN_REFUSED, false },
	{ "domain logons", known_params_same_2, known_params_why_2, CONF_KNOWN_REFUSED, false },
	{ "username map script", NULL, known_params_why_3, CONF_KNOWN_REFUSED, false },
	{ "root directory", known_params_same_4, known_params_why_4, CONF_KNOWN_REFUSED, false },
	{ "root dir", known_params_same_4, known_params_why_4, CONF_KNOWN_REFUSED, false },
	{ "root", known_params_same_4, known_params_why_4, CONF_KNOWN_REFUSED, false },
	{ "config file", NULL, known_params_why_5, CONF_KNOWN_REFUSED, false },
	{ "config backend", known_params_same_6, known_params_why_6, CONF_KNOWN_REFUSED, false },
	{ "registry shares", known_params_same_7, known_params_why_7, CONF_KNOWN_REFUSED, false },
	{ "clustering", known_params_same_8, known_params_why_8, CONF_KNOWN_REFUSED, false },
	{ "preexec close", known_params_same_9, known_params_why_9, CONF_KNOWN_REFUSED, true },
	{ "root preexec close", known_params_same_9, known_params_why_9, CONF_KNOWN_REFUSED, true },
	{ "nt acl support", known_params_same_10, known_params_why_10, CONF_KNOWN_REFUSED, true },
	{ "msdfs proxy", NULL, known_params_why_11, CONF_KNOWN_REFUSED, true },
	{ "acl_xattr:ignore system acls", known_params_same_12, known_params_why_12, CONF_KNOWN_REFUSED, true },
	{ "acl_tdb:ignore system acls", known_params_same_12, known_params_why_12, CONF_KNOWN_REFUSED, true },
	{ "fake_perms:*", NULL, known_params_why_13, CONF_KNOWN_REFUSED, true },
	{ "encrypt passwords", known_params_same_14, known_params_why_14, CONF_KNOWN_DIFFERS, false },
	{ "lanman auth", known_params_same_15, known_params_why_15, CONF_KNOWN_DIFFERS, false },
	{ "null passwords", known_params_same_16, known_params_why_16, CONF_KNOWN_DIFFERS, false },
	{ "passdb backend", NULL, known_params_why_17, CONF_KNOWN_DIFFERS, false },
	{ "smb passwd file", NULL, known_params_why_17, CONF_KNOWN_DIFFERS, false },
	{ "obey pam restrictions", known_params_same_18, known_params_why_18, CONF_KNOWN_DIFFERS, false },
	{ "unix password sync", known_params_same_19, known_params_why_19, CONF_KNOWN_DIFFERS, false },
	{ "pam password change", NULL, known_params_why_20, CONF_KNOWN_NONE, false },
	{ "passwd program", NULL, known_params_why_20, CONF_KNOWN_NONE, false },
	{ "passwd chat", NULL, known_params_why_20, CONF_KNOWN_NONE, false },
	{ "passwd chat debug", NULL, known_params_why_20, CONF_KNOWN_NONE, false },
	{ "passwd chat timeout", NULL, known_params_why_20, CONF_KNOWN_NONE, false },
	{ "check password script", NULL, known_params_why_21, CONF_KNOWN_DIFFERS, false },
	{ "nt hash store", known_params_same_22, known_params_why_22, CONF_KNOWN_DIFFERS, false },
	{ "realm", known_params_same_23, known_params_why_23, CONF_KNOWN_DIFFERS, false },
	{ "kerberos method", known_params_same_23, known_params_why_23, CONF_KNOWN_DIFFERS, false },
	{ "dedicated keytab file", known_params_same_23, known_params_why_23, CONF_KNOWN_DIFFERS, false },
	{ "username level", NULL, known_params_why_24, CONF_KNOWN_NONE, false },
	{ "username map cache time", NULL, known_params_why_25, CONF_KNOWN_NONE, false },
	{ "raw NTLMv2 auth", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "nt status support", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "smb1 unix extensions", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "unix extensions", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "read raw", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "write raw", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "large readwrite", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "max mux", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "max xmit", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "max ttl", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "reset on zero vc", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "dos charset", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "nt smb support", NULL, known_params_why_26, CONF_KNOWN_NONE, false },
	{ "unicode", known_params_same_27, known_params_why_27, CONF_KNOWN_NONE, false },
	{ "hostname lookups", known_params_same_28, known_params_why_28, CONF_KNOWN_NONE, false },
	{ "winbind *", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "winbindd socket directory", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "idmap *", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "template homedir", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "template shell", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "min domain uid", NULL, known_params_why_29, CONF_KNOWN_NONE, false },
	{ "enable privileges", NULL, known_params_why_30, CONF_KNOWN_NONE, false },
	{ "algorithmic rid base", NULL, known_params_why_31, CONF_KNOWN_NONE, false },
	{ "enable asu support", NULL, known_params_why_32, CONF_KNOWN_NONE, false },
	{ "passdb expand explicit", NULL, known_params_why_32, CONF_KNOWN_NONE, false },
	{ "map untrusted to domain", NULL, known_params_why_32, CONF_KNOWN_NONE, false },
	{ "auth methods", NULL, known_params_why_32, CONF_KNOWN_NONE, false },
	{ "add group script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "add machine script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "add user script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "add user to group script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "delete group script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "delete user from group script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "delete user script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "rename user script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "set primary group script", NULL, known_params_why_33, CONF_KNOWN_NONE, false },
	{ "allow nt4 crypto", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "allow trusted domains", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "neutralize nt4 emulation", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "reject md5 clients", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "reject md5 servers", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "require strong key", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "server schannel", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "server schannel require seal", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "server schannel require seal:*", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "server require schannel:*", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "lsa over netlogon", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "machine password timeout", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "old password allowed period", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "password server", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "init logon delay", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "init logon delayed hosts", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "server support krb5 netlogon", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "reject aes netlogon servers", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "himmelblaud *", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "logon drive", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "logon home", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "logon path", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "logon script", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "log nt token command", NULL, known_params_why_34, CONF_KNOWN_NONE, false },
	{ "additional dns hostnames", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "allow dns updates", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "apply group policies", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "auth event notification", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "binddns dir", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "bind dns directory", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "cldap port", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "create krb5 conf", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dcerpc endpoint servers", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns forwarder", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns port", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns update command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns zone scavenging", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns zone transfer clients allow", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns zone transfer clients deny", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dsdb *", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "gpo update command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "include system krb5 conf", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "async dns timeout", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "kdc *", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "kerberos encryption types", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "kpasswd port", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "krb5 port", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "mit kdc command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "nsupdate command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "ntp signd socket directory", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "password hash gpg key ids", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "password hash userPassword schemes", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "samba kcc command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "server services", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "spn update command", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "tls *", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "ad dc functional level", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "sync machine password *", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "dns hostname", NULL, known_params_why_35, CONF_KNOWN_NONE, false },
	{ "ldap *", NULL, known_params_why_36, CONF_KNOWN_NONE, false },
	{ "ldapsam:*", NULL, known_params_why_36, CONF_KNOWN_NONE, false },
	{ "disable netbios", known_params_same_37, known_params_why_37, CONF_KNOWN_DIFFERS, false },
	{ "wins support", known_params_same_38, known_params_why_38, CONF_KNOWN_DIFFERS, false },
	{ "netbios aliases", NULL, known_params_why_39, CONF_KNOWN_DIFFERS, false },
	{ "netbios scope", NULL, known_params_why_39, CONF_KNOWN_DIFFERS, false },
	{ "wins *", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "max wins ttl", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "min wins ttl", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "dns proxy", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "nbt *", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "socket address", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "dgram port", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "nmbd bind explicit broadcast", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "name cache timeout", NULL, known_params_why_40, CONF_KNOWN_NONE, false },
	{ "multicast dns register", known_params_same_41, known_params_why_41, CONF_KNOWN_DIFFERS, false },
	{ "mdns name", NULL, known_params_why_42, CONF_KNOWN_NONE, false },
	{ "time server", known_params_same_43, known_params_why_43, CONF_KNOWN_DIFFERS, false },
	{ "local master", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "preferred master", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "prefered master", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "domain master", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "os level", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "lm announce", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "lm interval", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "enhanced browsing", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "browse list", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "remote announce", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "remote browse sync", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "announce as", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "announce version", NULL, known_params_why_44, CONF_KNOWN_NONE, false },
	{ "name resolve order", NULL, known_params_why_45, CONF_KNOWN_NONE, false },
	{ "host msdfs", known_params_same_46, known_params_why_46, CONF_KNOWN_NONE, false },
	{ "msdfs root", known_params_same_47, known_params_why_47, CONF_KNOWN_DIFFERS, true },
	{ "msdfs shuffle referrals", NULL, known_params_why_48, CONF_KNOWN_NONE, true },
	{ "load printers", known_params_same_49, known_params_why_49, CONF_KNOWN_DIFFERS, false },
	{ "disable spoolss", known_params_same_50, known_params_why_50, CONF_KNOWN_NONE, false },
	{ "enable spoolss", known_params_same_51, known_params_why_51, CONF_KNOWN_NONE, false },
	{ "addprinter command", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "deleteprinter command", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "addport command", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "enumports command", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "cups *", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "iprint server", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "lpq cache time", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "os2 driver map", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "printcap cache time", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "printcap name", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "printcap", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "show add printer wizard", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "printer admin", NULL, known_params_why_52, CONF_KNOWN_NONE, false },
	{ "cups options", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "default devmode", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "force printername", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "lppause command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "lpq command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "lpresume command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "lprm command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "max print jobs", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "max reported print jobs", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "min print space", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "print command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "printer name", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "printer", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "printing", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "printjob username", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "print notify backchannel", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "queuepause command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "queueresume command", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "use client driver", NULL, known_params_why_53, CONF_KNOWN_NONE, true },
	{ "log file", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "max log size", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "logging", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "syslog*", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "timestamp logs", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "status", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "debug *", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "ldap debug *", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "winbind debug *", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "debuglevel:*", NULL, known_params_why_54, CONF_KNOWN_NONE, false },
	{ "panic action", NULL, known_params_why_55, CONF_KNOWN_NONE, false },
	{ "enable core files", NULL, known_params_why_55, CONF_KNOWN_NONE, false },
	{ "lock directory", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "lock dir", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "pid directory", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "private dir", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "private directory", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "state directory", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "cache directory", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "ncalrpc dir", NULL, known_params_why_56, CONF_KNOWN_NONE, false },
	{ "utmp", known_params_same_57, known_params_why_57, CONF_KNOWN_DIFFERS, false },
	{ "utmp directory", NULL, known_params_why_58, CONF_KNOWN_NONE, false },
	{ "wtmp directory", NULL, known_params_why_58, CONF_KNOWN_NONE, false },
	{ "smbd profiling level", NULL, known_params_why_59, CONF_KNOWN_NONE, false },
	{ "perfcount module", NULL, known_params_why_59, CONF_KNOWN_NONE, false },
	{ "client *", NULL, known_params_why_60, CONF_KNOWN_NONE, false },
	{ "usershare path", NULL, known_params_why_61, CONF_KNOWN_DIFFERS, false },
	{ "usershare max shares", known_params_same_62, known_params_why_62, CONF_KNOWN_DIFFERS, false },
	{ "usershare *", NULL, known_params_why_63, CONF_KNOWN_NONE, false },
	{ "add share command", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "change share command", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "delete share command", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "shutdown script", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "abort shutdown script", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "eventlog list", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "svcctl list", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "message command", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "afs username map", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "afs token lifetime", NULL, known_params_why_64, CONF_KNOWN_NONE, false },
	{ "auto services", NULL, known_params_why_65, CONF_KNOWN_NONE, false },
	{ "preload", NULL, known_params_why_65, CONF_KNOWN_NONE, false },
	{ "default service", NULL, known_params_why_66, CONF_KNOWN_DIFFERS, false },
	{ "default", NULL, known_params_why_66, CONF_KNOWN_DIFFERS, false },
	{ "preload modules", NULL, known_params_why_67, CONF_KNOWN_NONE, false },
	{ "ctdb*", NULL, known_params_why_68, CONF_KNOWN_NONE, false },
	{ "cluster addresses", NULL, known_params_why_68, CONF_KNOWN_NONE, false },
	{ "allow unsafe cluster upgrade", NULL, known_params_why_68, CONF_KNOWN_NONE, false },
	{ "socket options", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "min receivefile size", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "aio max threads", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "async smb echo handler", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "getwd cache", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "lock spin time", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "max stat cache size", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "stat cache", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "use mmap", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "smb2 disable oplock break retry", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "oplock break wait time", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "use spnego", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "lock spin count", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "read size", NULL, known_params_why_69, CONF_KNOWN_NONE, false },
	{ "max smbd processes", NULL, known_params_why_70, CONF_KNOWN_NONE, false },
	{ "prefork *", NULL, known_params_why_70, CONF_KNOWN_NONE, false },
	{ "rpc *", NULL, known_params_why_70, CONF_KNOWN_NONE, false },
	{ "rpc_server:*", NULL, known_params_why_70, CONF_KNOWN_NONE, false },
	{ "rpc_daemon:*", NULL, known_params_why_70, CONF_KNOWN_NONE, false },
	{ "allow dcerpc auth level connect", NULL, known_params_why_71, CONF_KNOWN_NONE, false },
	{ "nt pipe support", NULL, known_params_why_71, CONF_KNOWN_NONE, false },
	{ "defer sharing violations", known_params_same_72, known_params_why_72, CONF_KNOWN_NONE, false },
	{ "smb2 disable lock sequence checking", known_params_same_73, known_params_why_73, CONF_KNOWN_DIFFERS, false },
	{ "smb3 unix extensions", known_params_same_74, known_params_why_74, CONF_KNOWN_DIFFERS, false },
	{ "persistent handles", known_params_same_75, known_params_why_75, CONF_KNOWN_DIFFERS, false },
	{ "server smb transports", known_params_same_76, known_params_why_76, CONF_KNOWN_DIFFERS, false },
	{ "allow insecure wide links", NULL, known_params_why_77, CONF_KNOWN_NONE, false },
	{ "unix charset", known_params_same_78, known_params_why_78, CONF_KNOWN_DIFFERS, false },
	{ "display charset", NULL, known_params_why_79, CONF_KNOWN_NONE, false },
	{ "mangle prefix", NULL, known_params_why_80, CONF_KNOWN_NONE, false },
	{ "mangling method", NULL, known_params_why_80, CONF_KNOWN_NONE, false },
	{ "max disk size", known_params_same_81, known_params_why_81, CONF_KNOWN_DIFFERS, false },
	{ "get quota command", NULL, known_params_why_82, CONF_KNOWN_DIFFERS, false },
	{ "set quota command", NULL, known_params_why_82, CONF_KNOWN_DIFFERS, false },
	{ "log writeable files on exit", known_params_same_83, known_params_why_83, CONF_KNOWN_NONE, false },
	{ "hide special files", known_params_same_84, known_params_why_84, CONF_KNOWN_DIFFERS, true },
	{ "hide unwriteable files", known_params_same_85, known_params_why_85, CONF_KNOWN_DIFFERS, true },
	{ "hide unwritable files", known_params_same_85, known_params_why_85, CONF_KNOWN_DIFFERS, true },
	{ "hide new files timeout", known_params_same_86, known_params_why_86, CONF_KNOWN_DIFFERS, true },
	{ "dont descend", NULL, known_params_why_87, CONF_KNOWN_DIFFERS, true },
	{ "delete veto files", known_params_same_88, known_params_why_88, CONF_KNOWN_DIFFERS, true },
	{ "preserve case", known_params_same_89, known_params_why_89, CONF_KNOWN_DIFFERS, true },
	{ "short preserve case", known_params_same_89, known_params_why_89, CONF_KNOWN_DIFFERS, true },
	{ "default case", NULL, known_params_why_90, CONF_KNOWN_NONE, true },
	{ "mangled names", known_params_same_91, known_params_why_91, CONF_KNOWN_DIFFERS, true },
	{ "mangling char", NULL, known_params_why_92, CONF_KNOWN_NONE, true },
	{ "volume serial number", known_params_same_93, known_params_why_93, CONF_KNOWN_DIFFERS, true },
	{ "strict rename", known_params_same_94, known_params_why_94, CONF_KNOWN_NONE, true },
	{ "administrative share", known_params_same_95, known_params_why_95, CONF_KNOWN_DIFFERS, true },
	{ "check parent directory delete on close", known_params_same_96, known_params_why_96, CONF_KNOWN_NONE, true },
	{ "dfree command", known_params_same_97, known_params_why_97, CONF_KNOWN_DIFFERS, true },
	{ "dfree cache time", known_params_same_97, known_params_why_97, CONF_KNOWN_DIFFERS, true },
	{ "magic script", NULL, known_params_why_98, CONF_KNOWN_DIFFERS, true },
	{ "magic output", NULL, known_params_why_98, CONF_KNOWN_DIFFERS, true },
	{ "preexec", NULL, known_params_why_99, CONF_KNOWN_DIFFERS, true },
	{ "exec", NULL, known_params_why_99, CONF_KNOWN_DIFFERS, true },
	{ "postexec", NULL, known_params_why_99, CONF_KNOWN_DIFFERS, true },
	{ "root preexec", NULL, known_params_why_99, CONF_KNOWN_DIFFERS, true },
	{ "root postexec", NULL, known_params_why_99, CONF_KNOWN_DIFFERS, true },
	{ "fake directory create times", known_params_same_100, known_params_why_100, CONF_KNOWN_DIFFERS, true },
	{ "dos filetime resolution", known_params_same_100, known_params_why_100, CONF_KNOWN_DIFFERS, true },
	{ "dos filetimes", known_params_same_101, known_params_why_101, CONF_KNOWN_DIFFERS, true },
	{ "smbd max xattr size", NULL, known_params_why_102, CONF_KNOWN_NONE, true },
	{ "spotlight", known_params_same_103, known_params_why_103, CONF_KNOWN_DIFFERS, true },
	{ "spotlight backend", NULL, known_params_why_104, CONF_KNOWN_NONE, true },
	{ "elasticsearch:*", NULL, known_params_why_104, CONF_KNOWN_NONE, true },
	{ "spotlight:*", NULL, known_params_why_104, CONF_KNOWN_NONE, true },
	{ "continuous availability", known_params_same_105, known_params_why_105, CONF_KNOWN_DIFFERS, true },
	{ "acl claims evaluation", NULL, known_params_why_106, CONF_KNOWN_NONE, true },
	{ "vfs mkdir use tmp name", NULL, known_params_why_107, CONF_KNOWN_NONE, true },
	{ "smb3 share cap:*", NULL, known_params_why_108, CONF_KNOWN_NONE, true },
	{ "inherit acls", NULL, known_params_why_109, CONF_KNOWN_NONE, true },
	{ "dos filemode", known_params_same_110, known_params_why_110, CONF_KNOWN_DIFFERS, true },
	{ "acl group control", known_params_same_110, known_params_why_110, CONF_KNOWN_DIFFERS, true },
	{ "acl allow execute always", known_params_same_111, known_params_why_111, CONF_KNOWN_DIFFERS, true },
	{ "acl check permissions", known_params_same_112, known_params_why_112, CONF_KNOWN_NONE, true },
	{ "force unknown acl user", known_params_same_113, known_params_why_113, CONF_KNOWN_DIFFERS, true },
	{ "acl map full control", NULL, known_params_why_114, CONF_KNOWN_NONE, true },
	{ "map acl inherit", NULL, known_params_why_114, CONF_KNOWN_NONE, true },
	{ "acl flag inherited canonicalization", NULL, known_params_why_114, CONF_KNOWN_NONE, true },
	{ "profile acls", NULL, known_params_why_114, CONF_KNOWN_NONE, true },
	{ "honor change notify privilege", known_params_same_115, known_params_why_115, CONF_KNOWN_NONE, true },
	{ "level2 oplocks", known_params_same_116, known_params_why_116, CONF_KNOWN_DIFFERS, true },
	{ "kernel oplocks", known_params_same_117, known_params_why_117, CONF_KNOWN_DIFFERS, true },
	{ "fake oplocks", known_params_same_118, known_params_why_118, CONF_KNOWN_DIFFERS, true },
	{ "veto oplock files", NULL, known_params_why_119, CONF_KNOWN_DIFFERS, true },
	{ "locking", known_params_same_120, known_params_why_120, CONF_KNOWN_DIFFERS, true },
	{ "share modes", known_params_same_120, known_params_why_120, CONF_KNOWN_DIFFERS, true },
	{ "strict locking", known_params_same_121, known_params_why_121, CONF_KNOWN_DIFFERS, true },
	{ "posix locking", known_params_same_122, known_params_why_122, CONF_KNOWN_DIFFERS, true },
	{ "kernel share modes", known_params_same_123, known_params_why_123, CONF_KNOWN_DIFFERS, true },
	{ "blocking locks", known_params_same_124, known_params_why_124, CONF_KNOWN_DIFFERS, true },
	{ "smbd getinfo ask sharemode", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "smbd search ask sharemode", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "smbd async dosmode", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "smbd max async dosmode", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "smbd force process locks", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "directory name cache size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "use sendfile", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "aio read size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "aio write size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "aio write behind", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "allocation roundup size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "write cache size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "block size", NULL, known_params_why_125, CONF_KNOWN_NONE, true },
	{ "afs share", known_params_same_126, known_params_why_126, CONF_KNOWN_DIFFERS, true },
	{ "dmapi support", known_params_same_126, known_params_why_126, CONF_KNOWN_DIFFERS, true },
	{ "ntvfs handler", NULL, known_params_why_127, CONF_KNOWN_NONE, true },
	{ "security mask", NULL, known_params_why_128, CONF_KNOWN_DIFFERS, true },
	{ "force security mode", NULL, known_params_why_128, CONF_KNOWN_DIFFERS, true },
	{ "directory security mask", NULL, known_params_why_128, CONF_KNOWN_DIFFERS, true },
	{ "force directory security mode", NULL, known_params_why_128, CONF_KNOWN_DIFFERS, true },
	{ "only user", NULL, known_params_why_129, CONF_KNOWN_DIFFERS, true },
	{ "username", NULL, known_params_why_129, CONF_KNOWN_DIFFERS, true },
	{ "user", NULL, known_params_why_129, CONF_KNOWN_DIFFERS, true },
	{ "users", NULL, known_params_why_129, CONF_KNOWN_DIFFERS, true },
	{ "fruit:time machine", known_params_same_130, known_params_why_130, CONF_KNOWN_DIFFERS, true },
	{ "acl_xattr:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "acl_tdb:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "aio_pthread:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "audit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "btrfs:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "catia:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "ceph:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "crossrename:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "default_quota:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "dirsort:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "expand_msdfs:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "extd_audit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "fileid:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "fruit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "full_audit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "glusterfs:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "gpfs:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "io_uring:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "media_harmony:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "nfs4:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "preopen:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "readahead:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "readonly:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "recycle:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "shadow:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "shadow_copy:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "shadow_copy2:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "shell_snap:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "snapper:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "streams_depot:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "streams_xattr:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "syncops:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "time_audit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "unityed_media:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "virusfilter:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "widelinks:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "worm:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "xattr_tdb:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "zfsacl:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "cap:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "prealloc:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "commit:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
	{ "netatalk:*", NULL, known_params_why_131, CONF_KNOWN_NONE, true },
};

static const char known_modules_why_0[] =
	"NT ACLs are not stored: mode and POSIX ACL decide, and what Samba has stored is not looked at";
static const char known_modules_why_1[] =
	"there are no named streams";
static const char known_modules_why_2[] =
	"Apple's extensions are not served: no resource forks, no Finder info, no Time Machine";
static const char known_modules_why_3[] =
	"characters of names are not translated in its way";
static const char known_modules_why_4[] =
	"deleted files are gone";
static const char known_modules_why_5[] =
	"there is no audit trail";
static const char known_modules_why_6[] =
	"there are no previous versions";
static const char known_modules_why_7[] =
	"there are no previous versions and no copies inside the server";
static const char known_modules_why_8[] =
	"quotas are not shown";
static const char known_modules_why_9[] =
	"DFS is not served";
static const char known_modules_why_10[] =
	"attributes are those of the file system, not of a database";
static const char known_modules_why_11[] =
	"all clients see one set of Avid files";
static const char known_modules_why_12[] =
	"a file is not moved to another file system: the client copies it";
static const char known_modules_why_13[] =
	"what a client writes is on the disk after a flush: see strict sync";
static const char known_modules_why_14[] =
	"its ACLs are not shown; the file system enforces its own";
static const char known_modules_why_15[] =
	"nothing is missing without it";
static const char known_modules_why_16[] =
	"see wide links";
static const char known_modules_why_17[] =
	"files would stay changeable for ever";
static const char known_modules_why_18[] =
	"the share would be writable at all times";
static const char known_modules_why_19[] =
	"files would not be scanned";
static const char known_modules_why_20[] =
	"clients see the permissions that there are";
static const char known_modules_why_21[] =
	"the path is not of this system: mount the file system, and leave the module out";

static const struct conf_known known_modules[] = {
	{ "acl_xattr", NULL, known_modules_why_0, CONF_KNOWN_DIFFERS, false },
	{ "acl_tdb", NULL, known_modules_why_0, CONF_KNOWN_DIFFERS, false },
	{ "streams_xattr", NULL, known_modules_why_1, CONF_KNOWN_DIFFERS, false },
	{ "streams_depot", NULL, known_modules_why_1, CONF_KNOWN_DIFFERS, false },
	{ "fruit", NULL, known_modules_why_2, CONF_KNOWN_DIFFERS, false },
	{ "catia", NULL, known_modules_why_3, CONF_KNOWN_DIFFERS, false },
	{ "cap", NULL, known_modules_why_3, CONF_KNOWN_DIFFERS, false },
	{ "syno_catia", NULL, known_modules_why_3, CONF_KNOWN_DIFFERS, false },
	{ "recycle", NULL, known_modules_why_4, CONF_KNOWN_DIFFERS, false },
	{ "full_audit", NULL, known_modules_why_5, CONF_KNOWN_DIFFERS, false },
	{ "audit", NULL, known_modules_why_5, CONF_KNOWN_DIFFERS, false },
	{ "extd_audit", NULL, known_modules_why_5, CONF_KNOWN_DIFFERS, false },
	{ "shadow_copy", NULL, known_modules_why_6, CONF_KNOWN_DIFFERS, false },
	{ "shadow_copy2", NULL, known_modules_why_6, CONF_KNOWN_DIFFERS, false },
	{ "snapper", NULL, known_modules_why_6, CONF_KNOWN_DIFFERS, false },
	{ "shell_snap", NULL, known_modules_why_6, CONF_KNOWN_DIFFERS, false },
	{ "btrfs", NULL, known_modules_why_7, CONF_KNOWN_DIFFERS, false },
	{ "default_quota", NULL, known_modules_why_8, CONF_KNOWN_DIFFERS, false },
	{ "dfs_samba4", NULL, known_modules_why_9, CONF_KNOWN_DIFFERS, false },
	{ "expand_msdfs", NULL, known_modules_why_9, CONF_KNOWN_DIFFERS, false },
	{ "posix_eadb", NULL, known_modules_why_10, CONF_KNOWN_DIFFERS, false },
	{ "xattr_tdb", NULL, known_modules_why_10, CONF_KNOWN_DIFFERS, false },
	{ "media_harmony", NULL, known_modules_why_11, CONF_KNOWN_DIFFERS, false },
	{ "unityed_media", NULL, known_modules_why_11, CONF_KNOWN_DIFFERS, false },
	{ "crossrename", NULL, known_modules_why_12, CONF_KNOWN_DIFFERS, false },
	{ "syncops", NULL, known_modules_why_13, CONF_KNOWN_DIFFERS, false },
	{ "commit", NULL, known_modules_why_13, CONF_KNOWN_DIFFERS, false },
	{ "nfs4acl_xattr", NULL, known_modules_why_14, CONF_KNOWN_DIFFERS, false },
	{ "zfsacl", NULL, known_modules_why_14, CONF_KNOWN_DIFFERS, false },
	{ "gpfs", NULL, known_modules_why_14, CONF_KNOWN_DIFFERS, false },
	{ "aixacl2", NULL, known_modules_why_14, CONF_KNOWN_DIFFERS, false },
	{ "afsacl", NULL, known_modules_why_14, CONF_KNOWN_DIFFERS, false },
	{ "time_audit", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "aio_fork", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "aio_linux", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "aio_pthread", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "io_uring", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "dirsort", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "fileid", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "prealloc", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "preopen", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "readahead", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "linux_xfs_sgid", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "glusterfs_fuse", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "offline", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "fake_dfq", NULL, known_modules_why_15, CONF_KNOWN_NONE, false },
	{ "widelinks", NULL, known_modules_why_16, CONF_KNOWN_NONE, false },
	{ "worm", NULL, known_modules_why_17, CONF_KNOWN_REFUSED, false },
	{ "readonly", NULL, known_modules_why_18, CONF_KNOWN_REFUSED, false },
	{ "virusfilter", NULL, known_modules_why_19, CONF_KNOWN_REFUSED, false },
	{ "vscan-clamav", NULL, known_modules_why_19, CONF_KNOWN_REFUSED, false },
	{ "scannedonly", NULL, known_modules_why_19, CONF_KNOWN_REFUSED, false },
	{ "fake_perms", NULL, known_modules_why_20, CONF_KNOWN_REFUSED, false },
	{ "fake_acls", NULL, known_modules_why_20, CONF_KNOWN_REFUSED, false },
	{ "ceph", NULL, known_modules_why_21, CONF_KNOWN_REFUSED, false },
	{ "ceph_new", NULL, known_modules_why_21, CONF_KNOWN_REFUSED, false },
	{ "ceph_snapshots", NULL, known_modules_why_21, CONF_KNOWN_REFUSED, false },
	{ "glusterfs", NULL, known_modules_why_21, CONF_KNOWN_REFUSED, false },
};

static const char *const guards[] = {
	"user",
	"group",
	"host",
	"allow",
	"deny",
	"valid",
	"admin",
	"force",
	"guest",
	"public",
	"mask",
	"mode",
	"security",
	"secur",
	"encrypt",
	"sign",
	"acl",
	"auth",
	"passw",
	"logon",
	"login",
	"access",
	"read only",
	"readonly",
	"read list",
	"writ",
	"owner",
	"inherit",
	"perm",
	"priv",
	"veto",
	"lock",
	"protect",
	"worm",
	"scan",
	"virus",
	"link",
	"availab",
	"path",
	"interface",
	"bind",
	"protocol",
	"anonymous",
	"unreadable",
	"browse",
	"chroot",
	"restrict",
	"trust",
	"limit",
	"quota",
	"retention",
	NULL
};

#endif
