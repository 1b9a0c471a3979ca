// SPDX-License-Identifier: GPL-2.0-or-later
/* smb.conf: syntax, inheritance, macros, contradictions, and what is said about errors. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/smbconf.h"
#include "passdb/nss.h"
#include "util/dir.h"

static int user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	if (!strcmp(name, "slow"))
		return -ETIMEDOUT;
	if (!strcmp(name, "root") || !strcmp(name, "toor")) {
		*uid = *gid = 0;
		return 0;
	}
	if (strcmp(name, "alice") && strcmp(name, "nobody") && strcmp(name, "al bert") &&
	    strcmp(name, "a,alice"))
		return -ENOENT;
	*uid = 1001;
	*gid = 1002;
	return 0;
}

static int group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	if (!strcmp(name, "slow"))
		return -EINPROGRESS;
	if (strcmp(name, "staff") && strcmp(name, "Domain Users") && strcmp(name, "OTHER\\crew"))
		return -ENOENT;
	*gid = strcmp(name, "staff") ? 513 : 50;
	return 0;
}

static uint32_t many_groups[NSS_MAX_GROUPS];
static int nlook_ups;
static size_t nmany;			/* 0: each user has the two below */

static int identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	static uint32_t two[] = { 27, 100 };

	(void)ctx;
	nlook_ups++;
	if (nmany > NSS_MAX_GROUPS)
		return -E2BIG;
	*ret = (struct nss_identity) { .groups = nmany ? many_groups : two, .ngroups = nmany ? nmany : 2 };
	return user(priv, name, &ret->uid, &ret->gid);
}

static const struct conf_env env = { .hostname = "files.example.org", .user = user,
				     .identity = identity, .group = group };

static struct conf *parse(const char *text)
{
	struct conf *conf;

	assert(!conf_parse_text(NULL, "smb.conf", text, strlen(text), &env, &conf));
	return conf;
}

static void show(const struct conf *conf)
{
	for (size_t i = 0; i < conf->nerrors; i++) {
		char *line = conf_error_format(NULL, &conf->errors[i]);

		fprintf(stderr, "  %s\n", line);
		talloc_free(line);
	}
}

/* @text has exactly one fault, in @line, and it is described with @words. */
static void assert_error(const char *text, unsigned int line, const char *words)
{
	struct conf *conf = parse(text);
	char *said = NULL;

	for (size_t i = 0; i < conf->nerrors; i++)
		if (!conf->errors[i].warning)
			said = conf_error_format(conf, &conf->errors[i]);
	if (conf->nfatal != 1 || !said || !strstr(said, words)) {
		fprintf(stderr, "%s\nwanted: %s\n", text, words);
		show(conf);
		abort();
	}
	for (size_t i = 0; i < conf->nerrors; i++)
		if (!conf->errors[i].warning)
			assert(conf->errors[i].line == line);
	talloc_free(conf);
}

static struct conf *good(const char *text)
{
	struct conf *conf = parse(text);

	if (conf->nfatal)
		show(conf);
	assert(!conf->nfatal);
	return conf;
}

/* @text is good, with one warning, in @line, that says @words; or with none. */
static void assert_warning(const char *text, unsigned int line, const char *words)
{
	struct conf *conf = good(text);
	const struct conf_error *e = conf->errors;
	bool as_wanted = words ? conf->nerrors == 1 && e->warning && e->line == line &&
		strstr(e->text, words) : !conf->nerrors;

	if (!as_wanted) {
		fprintf(stderr, "%s\nwanted: %s\n", text, words ? words : "no warning");
		show(conf);
		abort();
	}
	talloc_free(conf);
}

static void test_syntax(void)
{
	struct conf *conf = good(
		"\xef\xbb\xbf# comment \\\n"
		"; another\r\n"
		"[Global]\r\n"
		"  WorkGroup=office\n"
		"\tserver   string = a # is no comment; here \n"
		"log LEVEL = \\\n  3\n"
		"[ My  Data ]\n"
		"path = \"/srv/my data\"\n"
		"valid users = alice, \\\n\t@staff +staff @\"Domain Users\"\n"
		"writeable = yes\n"
		"[my data]\n"
		"comment =\n"
		"create mask = 664");

	assert(!strcmp(conf_get_str(conf, NULL, "workgroup"), "office"));
	assert(!strcmp(conf_get_str(conf, NULL, "server_string"), "a # is no comment; here"));
	assert(conf_get_u32(conf, NULL, "log_level") == 3);
	assert(conf->nshares == 1 && !strcmp(conf->shares[0]->name, "My Data"));
	assert(!strcmp(conf_get_str(conf, "MY DATA", "path"), "/srv/my data"));
	assert(!strcmp(conf_get_str(conf, "My Data", "valid_users"), "alice @50 @50 @513"));
	assert(!conf_get_bool(conf, "My Data", "read_only"));
	assert(conf_get_u32(conf, "My Data", "create_mask") == 0664);
	assert(conf_get_u32(conf, NULL, "max_read") == 8 << 20);
	assert(!strcmp(conf_get_str(conf, NULL, "map_to_guest"), "never"));
	assert(!strcmp(conf_get_str(conf, NULL, "netbios_name"), "FILES"));
	assert(!strcmp(conf_get_str(conf, "nowhere", "path"), ""));
	talloc_free(conf);
}

static void test_inheritance_and_macros(void)
{
	struct conf *conf = good(
		"[global]\nread only = no\npath = /srv/%S\nsmb encrypt = required\n"
		"server string = %h has 100%% of %L\n"
		"[a]\n[b]\nread only = yes\ncomment = %S on %L\nsmb encrypt = off\n");

	assert(!conf_get_bool(conf, "a", "read_only") && conf_get_bool(conf, "b", "read_only"));
	assert(!strcmp(conf_get_str(conf, "a", "path"), "/srv/a"));
	assert(!strcmp(conf_get_str(conf, "b", "path"), "/srv/b"));
	assert(!strcmp(conf_get_str(conf, "b", "comment"), "b on FILES"));
	assert(!strcmp(conf_get_str(conf, NULL, "server_string"),
		       "files.example.org has 100% of FILES"));
	/* in [global] it is the server's, and a share of its own has the last word */
	assert(!strcmp(conf_get_str(conf, NULL, "encryption"), "required"));
	assert(!strcmp(conf_get_str(conf, "a", "encryption"), "default"));
	assert(!strcmp(conf_get_str(conf, "b", "encryption"), "off"));
	talloc_free(conf);
}

static void test_force(void)
{
	struct conf *conf = good("[a]\npath=/x\nforce user=alice\n"
				 "[b]\npath=/x\nforce user=alice\nforce group=staff\n[c]\npath=/x\n"
				 "[d]\npath=/x\nforce user=WORKGROUP\\alice\nforce group=FILES\\Domain Users\n");

	assert(conf_get_u32(conf, "a", "force_uid") == 1001);
	assert(conf_get_u32(conf, "a", "force_gid") == 1002);
	assert(conf_get_u32(conf, "b", "force_gid") == 50);
	assert(conf_get_u32(conf, "c", "force_uid") == UINT32_MAX);
	assert(conf_get_u32(conf, "d", "force_uid") == 1001 && conf_get_u32(conf, "d", "force_gid") == 513);
	/* the user's groups with the user; the primary one, too, where that is another */
	assert(!strcmp(conf_get_str(conf, "a", "force_groups"), "27 100"));
	assert(!strcmp(conf_get_str(conf, "d", "force_groups"), "1002 27 100"));
	assert(!strcmp(conf_get_str(conf, "c", "force_groups"), ""));
	assert(!conf_get_bool(conf, "b", "force_members"));
	talloc_free(conf);
	/* with a + for members only: whether %g is the group depends on the user then */
	conf = good("[a]\npath=/x\nforce group=+staff\n[b]\npath=/srv/%g\nforce group=+staff\n"
		    "[c]\npath=/x\nforce group=+nobodys\n");
	assert(conf_get_u32(conf, "a", "force_gid") == 50 && conf_get_bool(conf, "a", "force_members"));
	assert(!strcmp(conf_get_str(conf, "a", "force_groups"), ""));
	assert(!conf->shares[0]->off && strstr(conf->shares[1]->off, "%g is not known"));
	assert(strstr(conf->shares[2]->off, "there is no group \"nobodys\""));
	talloc_free(conf);
	assert_error("[a]\npath=/x\nforce user=alice\nforce group=+staff\n", 4, "beside \"force user\"");
}

static void test_guest_only(void)
{
	struct conf *conf = good("[a]\npath=/x\nguest ok=yes\nguest only=yes\n[b]\npath=/x\nguest ok=yes\n");

	assert(conf_get_u32(conf, "a", "guest_uid") == 1001 && conf_get_u32(conf, "a", "guest_gid") == 1002);
	assert(!strcmp(conf_get_str(conf, "a", "guest_groups"), "27 100"));
	assert(!strcmp(conf_get_str(conf, "b", "guest_groups"), ""));
	talloc_free(conf);
}

/* More groups than a value holds: the share is not served, for one left out may forbid something. */
static void test_too_many_groups(void)
{
	const char *force = "[a]\npath=/x\nforce user=alice\n";
	const char *guests = "[a]\npath=/x\nguest ok=yes\nguest only=yes\n";
	struct conf *conf;
	const char *text;

	for (size_t i = 0; i < NSS_MAX_GROUPS; i++)
		many_groups[i] = 4000000000U + i;
	nmany = 354;		/* of ten digits each: 353 * 11 + 10 bytes */
	assert_warning(force, 0, NULL);
	conf = good(force);
	text = conf_get_str(conf, "a", "force_groups");
	assert(strlen(text) == 3893 && !strcmp(text + 3893 - 10, "4000000353"));
	talloc_free(conf);
	nmany = 355;
	assert_warning(force, 3, "\"alice\" is in 355 groups, of which 354 fit: [a] is not served");
	assert_warning(guests, 4, "\"nobody\" is in 355 groups, of which 354 fit: [a] is not served");
	conf = good(force);
	assert(strstr(conf->shares[0]->off, "of which 354 fit"));
	talloc_free(conf);
	nmany = NSS_MAX_GROUPS + 1;
	assert_warning(force, 3, "\"alice\" is in more than 1024 groups: [a] is not served");
	assert_warning(guests, 4, "\"nobody\" is in more than 1024 groups: [a] is not served");
	nmany = 0;
}

/* A user is asked for once, however many shares it is in. */
static void test_one_look_up(void)
{
	struct conf *conf;

	nlook_ups = 0;
	conf = good("[global]\nforce user=alice\n[a]\npath=/x\n[b]\npath=/x\n[c]\npath=/x\n");
	assert(nlook_ups == 1 && conf_get_u32(conf, "c", "force_uid") == 1001);
	talloc_free(conf);
}

static void test_errors(void)
{
	assert_error("[a]\npath=/x\n\nread onyl = no\n", 4, "did you mean \"read only\"?");
	assert_error("[global]\nwrkgroup = x\n", 2, "did you mean \"workgroup\"?");
	assert_error("[global]\nuser qqqqqqqqq = x\n", 2, "unknown parameter");
	assert_error("[a]\npath=/x\navailble = no\n", 3, "did you mean \"available\"?");
	assert_error("[a]\npath=/x\nguets ok = no\n", 3, "did you mean \"guest ok\"?");
	assert_error("[a]\npath=/x\nworkgroup = x\n", 3, "belongs in [global]");
	assert_error("[global\n", 1, "no proper end");
	assert_error("[global]\nnonsense\n", 2, "no =");
	assert_error("[a]\n", 1, "no path");
	assert_error("[a]\npath = srv\n", 2, "absolute path");
	assert_error("[a]\npath = /home/%D\n", 2, "%D is not known here");
	assert_error("[a]\npath = /home/%z\n", 2, "there is no macro %z");
	assert_error("[a]\npath = /x\nvalid users = alice %U\n", 3, "%U differs between sessions");
	assert_error("[a]\npath = /x\nhosts allow = %m\n", 3, "%m differs between sessions");
	assert_error("[homes]\nadmin users = %U\n", 2, "%U differs between sessions");
	assert_error("[homes]\ninvalid users = %S\n", 2, "%S in [homes] is the name of each user");
	assert_error("[global]\nnetbios name = %S\n", 2, "only in a share");
	assert_error("[a/b]\npath=/x\n", 1, "name of a share");
	assert_error("[ipc$]\npath=/x\n", 1, "server's own share");
	assert_error("[a]\npath=/x\ncopy = b\n", 3, "no section [b] above");
	assert_error("[global]\nserver min protocol = NT1\n", 2, "(SMB1 is not served yet; legal: SMB2_02, SMB2_10, ");
	assert_error("[global]\nmin protocol = SMB3_11\nmax protocol = SMB2_10\n", 2, "is newer than");
	assert_error("[a]\npath=/x\nguest only = yes\n", 3, "guest ok");
	assert_error("[a]\npath=/x\nvfs objects = acl_xattr worm\n", 3, "changeable for ever");
	assert_error("[a]\npath=/x\nvfs objects = my_acl\n", 3, "my_acl");
	assert_error("[a]\npath=/x\nacl_xattr : ignore system acls = yes\n", 3, "NT ACLs are not stored");
	assert_error("[a]\npath=/x\nroot preexec close = yes\n", 3, "whether a client may connect");
	assert_error("[global]\nsecurity = ADS\n", 2, "no domain member");
	assert_error("[global]\nguest account = root\n", 2, "guests would be root");
	assert_error("[global]\nguest account = toor\nmap to guest = bad user\n", 2, "guests would be root");
	assert_error("[global]\nguest account = toor\nguest only = yes\nguest ok = yes\n[a]\npath=/x\n[b]\npath=/x\n",
		     2, "guests would be root");
	assert_error("[global]\nprintable = yes\n", 2, "in [global]");
	assert_error("[a]\npath=/x\nvalid users = alice &nis\n", 3, "\"&nis\" is no word for");
	assert_error("[a]\npath=/x\nvalid users = alice @&nis\n", 3, "netgroups");
	assert_error("[a]\npath=/x\nvalid users = \"al bert\"\n", 3, "without blanks");
	assert_error("[a]\npath=/x\nvalid users = \"a,alice\"\n", 3, "without blanks and commas");
	assert_error("[a]\npath=/x\nhosts allow = 10. @trusted\n", 3, "\"@trusted\" is no word for");
	assert_error("[global]\ninterfaces = eth0 192.168.1.2/255.0.255.0\n", 2, "\"192.168.1.2/255.0.255.0\" is no word");
	assert_error("[global]\ninterfaces = 300.1.1.1\n", 2, "host names are not looked up");
	assert_error("[a]\npath=/x\ncopy = a\n", 3, "to itself");
	assert_error("[global]\ncopy = a\n", 2, "stands in a share");
	assert_error("[global]\nntlm auth = yes\n", 2, "NTLMv1 is not offered");
	assert_error("[global]\nbind interfaces only = yes\n", 2, "listen nowhere");
	assert_error("[global]\nsmb ports =\n", 2, "must not be empty");
	assert_error("[global]\nsmb ports = 139\n", 2, "NetBIOS session service");
	assert_error("[global]\nsmb encrypt = required\nmax protocol = SMB2\n", 2, "SMB3_00");
	assert_error("[global]\nsmb2 max write = 4M\nmax inflight = 2M\nsmb2 max read = 1M\nsmb2 max trans = 1M\n", 3, "largest size");
	assert_error("[a]\npath=/x\nhosts allow = EXCEPT 10.\n", 3, "EXCEPT stands between");
	assert_error("[a]\npath=/x\nhosts deny = 10. EXCEPT\n", 3, "EXCEPT stands between");
	assert_error("[a]\npath=/x\nhosts deny = 10. EXCEPT EXCEPT 10.1.\n", 3, "EXCEPT stands between");
	assert_error("[global]\ninclude = x\n", 2, "a text includes no files");
	assert_error("[global]\nread only = maybe\n[a]\npath=/x\n[b]\npath=/x\n", 2, "legal: yes, no");
	assert_error("[a]\npath=/x\nwritable = maybe\n", 3, "writable");
}

static const struct conf_value *value(const struct conf *conf, const char *share, const char *attr)
{
	return &conf_share_find(conf, share)->values[conf_table_attr(&conf_share_table, attr)];
}

/* What is certainly unknown matches nobody, or turns its share off; no other share with it. */
static void test_unknown_names(void)
{
	struct conf *conf;

	assert_warning("[a]\npath=/x\nvalid users = alice @nogroup\n", 3, "no group \"nogroup\"");
	assert_warning("[a]\npath=/x\nforce user = mallory\n", 3, "[a] is not served");
	assert_warning("[global]\nmap to guest = bad user\nguest account = ghost\n", 3, "ghost");
	conf = good("[a]\npath=/x\nforce user = mallory\n[b]\npath=/x\nvalid users = @nogroup alice\n"
		    "[c]\npath=/x\nforce user = alice\nforce group = nogroup\n");
	assert(strstr(conf_share_find(conf, "a")->off, "no user \"mallory\""));
	assert(!conf_share_find(conf, "b")->off);
	/* an empty list would let everybody in */
	assert(!strcmp(conf_get_str(conf, "b", "valid_users"), ".unknown.nogroup alice"));
	assert(!value(conf, "b", "valid_users")->keep);
	assert(strstr(conf_share_find(conf, "c")->off, "no group \"nogroup\""));
	talloc_free(conf);
}

/* What cannot be looked up now is left as it runs. */
static void test_doubt(void)
{
	struct conf *conf = good("[global]\nmap to guest = bad user\nguest account = slow\n"
				 "[a]\npath=/x\nforce user = slow\n[b]\npath=/x\nvalid users = alice @slow\n"
				 "[c]\npath=/x\nforce group = slow\n"
				 "[d]\npath=/x\nforce user = slow\nforce group = staff\n"
				 "[e]\npath=/x\nguest ok = yes\nguest only = yes\n");

	assert(conf->nerrors == 6);
	for (size_t i = 0; i < conf->nshares; i++)
		assert(!conf->shares[i]->off);
	assert(value(conf, "a", "force_uid")->keep && value(conf, "a", "force_gid")->keep);
	assert(value(conf, "a", "force_groups")->keep && value(conf, "d", "force_groups")->keep);
	assert(!value(conf, "c", "force_groups")->keep);
	assert(value(conf, "b", "valid_users")->keep && !value(conf, "a", "valid_users")->keep);
	assert(!strcmp(conf_get_str(conf, "b", "valid_users"), "alice .waiting-group.slow"));
	assert(value(conf, "c", "force_gid")->keep && !value(conf, "c", "force_uid")->keep);
	assert(value(conf, "d", "force_uid")->keep && !value(conf, "d", "force_gid")->keep);
	assert(conf_get_u32(conf, "d", "force_gid") == 50);
	assert(value(conf, "e", "guest_uid")->keep && value(conf, "e", "guest_gid")->keep);
	assert(value(conf, "e", "guest_groups")->keep && !value(conf, "a", "guest_groups")->keep);
	talloc_free(conf);
}

static void test_hosts_and_guests(void)
{
	assert_warning("[global]\nhosts allow = 10.\nhosts deny = 10.0.0.66\n", 3, "in neither");
	assert_warning("[a]\npath=/x\nhosts allow = 10.\nhosts deny = 10.0.0.66\n", 4, "in neither");
	assert_warning("[global]\nhosts allow = 10.\nhosts deny = ALL\n", 0, NULL);
	assert_warning("[global]\nhosts allow = 10. EXCEPT 10.0.0.66\n", 0, NULL);
	/* a name service that does not answer is not a fault of the file */
	assert_warning("[global]\nguest account = mallory\n[a]\npath=/x\nguest ok=yes\nguest only=yes\n",
		       6, "no user");
}

static void test_warnings(void)
{
	struct conf *conf = good("[global]\nlevel2 oplocks = no\nlog file = /var/log/%m\nidmap config * : range = 1\n"
				 "security = user\nsyslog = 0\n"
				 "[printers]\npath = /x\nnonsense = 1\n[a]\npath=/x\npath=/y\n");

	/* in the order of the lines; notes are apart */
	assert(conf->nerrors == 3 && conf->nwarnings == 3 && conf->ndiffers == 2 && conf->nshares == 1);
	assert(conf->errors[0].line == 2 && conf->errors[0].grade == CONF_DIFFERS);
	assert(conf->errors[1].line == 7 && strstr(conf->errors[1].text, "[printers]"));
	assert(conf->errors[2].line == 12 && conf->errors[2].grade == CONF_WARNING);
	assert(conf->nnotes == 4 && conf->notes[0].line == 3 && conf->notes[3].line == 6);
	assert(strstr(conf->notes[2].text, "is so anyway"));
	assert(!strcmp(conf_get_str(conf, "a", "path"), "/y"));
	talloc_free(conf);
}

/* What stands in [homes], and who may have it. */
static void test_homes(void)
{
	struct conf *conf = good("[global]\nworkgroup = OFFICE\npath = /srv/%S\n"
				 "[homes]\nvalid users = %S\nbrowseable = no\nread only = no\n"
				 "[a]\n[b]\npath = /srv/%U/100%%/%h\n[c]\npath = /srv/100%%U\n[5%]\n");

	/* a percent sign is two in a path, for the kernel replaces macros */
	assert(!strcmp(conf_get_str(conf, "5%", "path"), "/srv/5%%"));
	assert(!conf->nerrors && conf->nshares == 5);
	assert(conf_get_bool(conf, "homes", "homes") && !conf_get_bool(conf, "a", "homes"));
	assert(!strcmp(conf_get_str(conf, "homes", "path"), "%H"));
	assert(!strcmp(conf_get_str(conf, "homes", "valid_users"), ""));
	assert(!conf_get_bool(conf, "homes", "browseable") && !conf_get_bool(conf, "homes", "read_only"));
	assert(!strcmp(conf_get_str(conf, "a", "path"), "/srv/a"));
	assert(!strcmp(conf_get_str(conf, "b", "path"), "/srv/%U/100%%/files.example.org"));
	assert(!strcmp(conf_get_str(conf, "c", "path"), "/srv/100%%U"));
	talloc_free(conf);

	conf = good("[homes]\npath = /srv/pc/%S\nvalid users = OFFICE\\%S %D%w%S\n");
	assert(!strcmp(conf_get_str(conf, "homes", "path"), "/srv/pc/%S"));
	assert(!strcmp(conf_get_str(conf, "homes", "valid_users"), ""));
	talloc_free(conf);
	/* with @staff alone in the list owners who are not in it would be kept out */
	assert_warning("[homes]\nvalid users = %S @staff\n", 2, "nobody but its owner");
	conf = good("[homes]\nguest ok = yes\n");
	assert(conf->nerrors == 1 && strstr(conf->errors[0].text, "guests have no home"));
	assert(!conf_get_bool(conf, "homes", "guest_ok"));
	talloc_free(conf);
	conf = good("[homes]\nvalid users = alice\n");
	assert(!strcmp(conf_get_str(conf, "homes", "valid_users"), "alice"));
	talloc_free(conf);
}

/* Who uses the files is said by the share: its names stand in the path. */
static void test_forced_macros(void)
{
	struct conf *conf = good("[a]\npath = /srv/%U/%u/%g/%%u\nforce user = alice\nforce group = staff\n"
				 "[b]\npath = /srv/%u/%g\nforce group = staff\n"
				 "[c]\npath = /srv/%H\nforce user = alice\n"
				 "[d]\npath = /srv/%u\nguest ok = yes\nguest only = yes\n");

	assert(!strcmp(conf_get_str(conf, "a", "path"), "/srv/%U/alice/staff/%%u"));
	assert(!strcmp(conf_get_str(conf, "b", "path"), "/srv/%u/staff"));
	assert(!strcmp(conf_get_str(conf, "d", "path"), "/srv/nobody"));
	assert(!conf_share_find(conf, "a")->off && strstr(conf_share_find(conf, "c")->off, "%H"));
	assert(conf->nerrors == 1 && conf->errors[0].line == 9);
	talloc_free(conf);
}

static void test_copy(void)
{
	struct conf *conf = good("[t]\npath = /srv/%S\navailable = no\nread only = no\nvalid users = alice\n"
				 "vfs objects = recycle\n"
				 "[a]\nread only = yes\ncopy = T\navailable = yes\nvalid users = @staff\n");

	/* what stands in the section goes before, above the copy and below it, without a word */
	assert(conf->nerrors == 1 && conf->errors[0].line == 6);
	assert(conf_get_bool(conf, "a", "read_only") && conf_get_bool(conf, "a", "available"));
	assert(!strcmp(conf_get_str(conf, "a", "path"), "/srv/a"));
	assert(!strcmp(conf_get_str(conf, "a", "valid_users"), "@50"));
	assert(!conf_get_bool(conf, "t", "available"));
	talloc_free(conf);
	/* one line, one error, however often it is copied and inherited */
	assert_error("[t]\npath=/x\nvalid users = a:b\n[a]\ncopy=t\n[b]\ncopy=a\n", 3, "a:b");
	assert_error("[global]\npath = /%D/%S\n[a]\ncomment=x\n[b]\npath=/x\n", 2, "%D");
}

static void test_names_of_users(void)
{
	struct conf *conf = good("[global]\nworkgroup = OFFICE\nnetbios name = NAS\n[a]\npath=/x\n"
				 "valid users = office\\alice, +staff @\"OFFICE\\Domain Users\" \"@NAS\\staff\"\n"
				 "read list = @OTHER\\crew\n");

	assert(!conf->nerrors);
	assert(!strcmp(conf_get_str(conf, "a", "valid_users"), "alice @50 @513 @50"));
	assert(!strcmp(conf_get_str(conf, "a", "read_list"), "@513"));
	talloc_free(conf);

	conf = good("[a]\npath=/x\ninvalid users = OTHER\\bob @OTHER\\none \"no such\"\n");
	assert(conf->nerrors == 3);
	assert(!strcmp(conf_get_str(conf, "a", "invalid_users"),
		       ".unknown.OTHER_bob .unknown.OTHER_none .unknown.no_such"));
	talloc_free(conf);
	/* the name is kept: the account may be made later */
	assert_warning("[a]\npath=/x\nvalid users = alice mallory\n", 3, "no user \"mallory\": the word matches nobody");
	/* where a word forbids, what is not obeyed is said */
	assert_warning("[a]\npath=/x\ninvalid users = mallory\n", 3, "no user \"mallory\": the word keeps nobody out");
	assert_warning("[a]\npath=/x\ninvalid users = @none\n", 3, "no group \"none\": the word keeps nobody out");
	assert_warning("[a]\npath=/x\ninvalid users = OTHER\\bob\n", 3, "another domain: the word keeps nobody out");
	assert_warning("[a]\npath=/x\nread list = mallory\n", 3, "keeps nobody from writing");
	assert_warning("[a]\npath=/x\nread list = @OTHER\\none\n", 3, "such group: the word keeps nobody from writing");
	assert_warning("[a]\npath=/x\nread list = ALICE\nvalid users = Alice\n", 0, NULL);
}

/* One name for the kernel is one share. */
static void test_same_names(void)
{
	struct conf *conf = good("[\u00c4rger]\npath = /x\n[\u00e4RGER]\nread only = no\n");

	assert(conf->nshares == 1 && !conf_get_bool(conf, "\u00c4RGER", "read_only"));
	talloc_free(conf);
}

static void test_values(void)
{
	struct conf *conf = good("workgroup = W\nserver string = Samba %v\n[global]\nsmb ports = 445 139\n"
				 "log level = 3 passdb:5 auth:10\ninterfaces = eth* 192.168.1.2/255.255.255.0 lo\n"
				 "server min protocol = SMB2\nserver max protocol = SMB3\nserver signing = required\n"
				 "[a]\npath = /x\ncreate mask = 02775\nforce create mode = 02660\n"
				 "comment = of %U\nveto files = *.tmp\n");

	assert(!strcmp(conf_get_str(conf, NULL, "workgroup"), "W"));
	assert(!strcmp(conf_get_str(conf, NULL, "smb_ports"), "445"));
	assert(conf_get_u32(conf, NULL, "log_level") == 3);
	assert(!strcmp(conf_get_str(conf, NULL, "interfaces"), "eth* 192.168.1.2 lo"));
	/* as testparm of Samba 4.17 has it: SMB2 is SMB2_10, SMB3 is SMB3_11, as lowest, too */
	assert(!strcmp(conf_get_str(conf, NULL, "min_protocol"), "SMB2_10"));
	assert(!strcmp(conf_get_str(conf, NULL, "max_protocol"), "SMB3_11"));
	assert(!strcmp(conf_get_str(conf, NULL, "signing"), "mandatory"));
	assert(conf_get_u32(conf, "a", "create_mask") == 0775);
	assert(conf_get_u32(conf, "a", "force_create_mode") == 0660);
	assert(!strcmp(conf_get_str(conf, "a", "comment"), "of %U"));
	/* before any section, 139, the set-gid bit, the comment, the pattern */
	assert(conf->nerrors == 5 && conf->errors[0].line == 1 && conf->errors[1].line == 4);
	assert(conf->ndiffers == 3);
	talloc_free(conf);
}

static void test_printers_and_modules(void)
{
	struct conf *conf = good("[laser]\nprintable = yes\npath = /var/spool\nprinting = cups\n[a]\npath=/x\n"
				 "vfs objects = catia fruit streams_xattr acl_xattr io_uring\nfruit:aapl = yes\n"
				 "recycle : keeptree = yes\n");

	assert(conf->nshares == 1 && !strcmp(conf->shares[0]->name, "a"));
	assert(conf->nerrors == 5 && conf->ndiffers == 5);
	assert(strstr(conf->errors[0].text, "[laser] is left out"));
	assert(strstr(conf->errors[4].hint, "NT ACLs are not stored"));
	talloc_free(conf);
}

static int directory(void *priv, const char *path)
{
	(void)priv;
	return !strcmp(path, "/srv") ? 0 : !strcmp(path, "/file") ? -ENOTDIR : -ENOENT;
}

/* What is odd about the world is a warning. */
static void test_world(void)
{
	const struct conf_env with = { .hostname = "host", .user = user, .group = group, .dir = directory };
	static const char text[] = "[a]\npath=/srv\n[b]\npath=/file\n[c]\npath=/gone\n"
		"[d]\npath=/gone/%U\n[e]\npath=/gone\navailable = no\n";
	struct conf *conf;

	assert(!conf_parse_text(NULL, "f", text, strlen(text), &with, &conf));
	assert(!conf->nfatal && conf->nerrors == 2);
	assert(conf->errors[0].line == 4 && strstr(conf->errors[0].text, "is no directory"));
	assert(conf->errors[1].line == 6 && strstr(conf->errors[1].text, "there is no directory"));
	talloc_free(conf);

	assert_warning("[a]\npath=/x\nforce user = root\n", 3, "rights of root");
	assert_warning("[global]\nsmb2 max write = 16777216\n", 2, "counts as 8388608");
	assert_warning("[global]\nserver string = %S\n", 2, "%S is shown as it is");
	assert_warning("[a]\npath=/x\ncomment = 100% wool, 5%\n", 0, NULL);
	assert_warning("[a]\npath=/x\nwide links = yes\n", 3, "lead out of the share");
	assert_warning("[global]\nwide links = yes\n[a]\npath=/x\n[b]\npath=/x\n", 2, "lead out of the share");
	assert_warning("[global]\nunix extensions = no\n[a]\npath=/x\nwide links = yes\n", 0, NULL);
	assert_warning("[global]\nallow insecure wide links = yes\nwide links = yes\n[a]\npath=/x\n", 0, NULL);
	assert_warning("[a]\npath=/x\nguest ok=yes\nguest only=yes\nvalid users = alice\n", 5,
		       "everybody is \"nobody\"");
	assert_warning("[a]\npath=/x\nguest ok=yes\nguest only=yes\nvalid users = alice nobody\n", 0, NULL);
	assert_warning("[a]\npath=/x\nvalid users = alice\ninvalid users = alice\n", 4, "may not connect");
	conf = good("[a]\npath=/x\nvalid users = mallory @nogroup\n");
	assert(conf->nerrors == 3 && strstr(conf->errors[2].text, "nobody may connect"));
	talloc_free(conf);
}

/* What counts is written so that it is read again. */
static void test_effective(void)
{
	struct conf *conf = good("[global]\nserver string = 100%% of \"%h\\\ncreate mask = 0664\nlog level = 3\n"
				 "[homes]\n[a]\npath = /srv/%U/%%\ncomment = \" 100% x \"\nvalid users = @staff alice\n"
				 "[b]\npath = /srv/50%%\nveto files = /a b/*.tmp/\nforce user = mallory\n"), *again;
	char *text = conf_effective(conf, conf, NULL), *other, *one = conf_effective(conf, conf, "A");

	again = good(text);
	other = conf_effective(again, again, NULL);
	assert(!strcmp(text, other));
	assert(strstr(text, "# not served: \"force user\"") && strstr(text, "path = /srv/%U/%%\n"));
	assert(strstr(one, "[a]\n\tpath = ") == one && !strstr(one, "[b]"));
	assert(!*conf_effective(conf, conf, "nowhere"));
	for (size_t i = 0; i < conf->nshares; i++)
		for (size_t k = 0; k < conf_share_table.n; k++)
			assert(!strcmp(conf_scope_text(conf->shares[i], conf_share_table.params[k].attr),
				       conf_scope_text(again->shares[i], conf_share_table.params[k].attr)));
	talloc_free(again);
	talloc_free(conf);
}

/* A dash before each word: the default without them. */
static void test_without(void)
{
	struct conf *conf = good("[global]\nserver smb3 encryption algorithms = -AES-128-GCM, -aes-256-ccm\n"
				 "server smb3 signing algorithms = -HMAC-SHA256\n");

	assert(!conf->nerrors);
	assert(!strcmp(conf_get_str(conf, NULL, "encryption_algorithms"), "AES-128-CCM AES-256-GCM"));
	assert(!strcmp(conf_get_str(conf, NULL, "signing_algorithms"), "AES-128-CMAC AES-128-GMAC"));
	talloc_free(conf);
	assert_error("[global]\nserver smb3 encryption algorithms = -AES-128-GCM AES-256-GCM\n", 2, "no word");
	assert_error("[global]\nserver smb3 encryption algorithms = AES-256-GCM -AES-128-GCM\n", 2, "no word");
	assert_error("[global]\nserver smb3 signing algorithms = -AES-512\n", 2, "\"-AES-512\"");
	assert_error("[global]\nserver smb3 signing algorithms = -AES-128-GMAC -AES-128-CMAC -HMAC-SHA256\n",
		     2, "no value");
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert(f && fputs(text, f) >= 0 && !fclose(f));
}

static void test_include(void)
{
	const char *dir = getenv("TMPDIR");
	char path[512];
	struct conf *conf;

	write_file(dir, "smb.conf", "[global]\nworkgroup = W\ninclude = sub.conf\n");
	write_file(dir, "sub.conf", "server string = sub\n[a]\npath = /x\n");
	write_file(dir, "loop.conf", "[global]\ninclude = loop.conf\n");
	snprintf(path, sizeof(path), "%s/smb.conf", dir);
	assert(!conf_load_env(NULL, path, &env, &conf));
	assert(!conf->nfatal && conf->nshares == 1 && conf->nfiles == 2);
	assert(!strcmp(conf_get_str(conf, NULL, "workgroup"), "W"));
	assert(!strcmp(conf_get_str(conf, NULL, "server_string"), "sub"));
	talloc_free(conf);

	snprintf(path, sizeof(path), "%s/loop.conf", dir);
	assert(!conf_load_env(NULL, path, &env, &conf));
	assert(conf->nfatal == 1 && strstr(conf->errors[conf->nerrors - 1].text, "too deep"));
	talloc_free(conf);

	/* what is not there yet is watched; Samba passes over it, too */
	write_file(dir, "late.conf", "[global]\ninclude = later.conf\ninclude = /dev/null\ninclude =\n"
		   "include = %h.conf\ninclude = sub.%m.conf\n[a]\npath=/x\n");
	/* the host's name up to the first dot: checked with testparm of Samba 4.17 */
	write_file(dir, "files.conf", "[global]\nworkgroup = H\n");
	snprintf(path, sizeof(path), "%s/late.conf", dir);
	assert(!conf_load_env(NULL, path, &env, &conf));
	assert(!conf->nfatal && conf->nerrors == 2 && conf->nfiles == 3);
	assert(strstr(conf->errors[0].text, "there is no file") && conf->errors[0].line == 2);
	assert(strstr(conf->errors[1].text, "%m differs between clients") && conf->errors[1].line == 6);
	assert(strstr(conf->files[1], "later.conf") && !strcmp(conf_get_str(conf, NULL, "workgroup"), "H"));
	talloc_free(conf);
	write_file(dir, "sub.pc1.conf", "[global]\nworkgroup = PC\n");
	assert(!conf_load_env(NULL, path, &env, &conf));
	assert(conf->nfatal == 1 && strstr(conf->errors[1].text, "sub.pc1.conf would be for some"));
	talloc_free(conf);

	snprintf(path, sizeof(path), "%s/missing.conf", dir);
	assert(conf_load_env(NULL, path, &env, &conf) == -ENOENT && !conf);
	assert(conf_load_env(NULL, dir, &env, &conf) == -EISDIR && !conf);
}

/* Of @text as smb.conf: how many complaints, and the first one is @part. */
static struct conf *load_text(const char *text, size_t ncomplaints, const char *part)
{
	const char *dir = getenv("TMPDIR");
	struct conf *conf;
	char path[512];

	write_file(dir, "smb.conf", text);
	snprintf(path, sizeof(path), "%s/smb.conf", dir);
	assert(!conf_load_env(NULL, path, &env, &conf));
	if (conf->nerrors != ncomplaints)
		show(conf);
	assert(conf->nerrors == ncomplaints);
	assert(!part || strstr(conf->errors[0].text, part));
	return conf;
}

/* The daemon has a /tmp of its own, so nothing there is its configuration. */
static void test_files_in_tmp(void)
{
	static const char *const bad[] = {
		"[global]\ninclude = /tmp/x.conf\n", "[global]\ninclude = /var/tmp/x.conf\n",
		"[a]\npath = /x\ninclude = /var/tmp/x.conf\n", "[global]\nusername map = /tmp/map\n",
		"[global]\ninclude = //tmp/x.conf\n", "[global]\ninclude = /dev/../tmp/no/x.conf\n",
		"[global]\nusername map = //var//tmp/map\n", "[printers]\ninclude = /tmp/x.conf\n",
	};
	char *was = strdup(getenv("TMPDIR")), shm[] = "/dev/shm/test_conf_parse.XXXXXX", path[64];
	struct conf *conf;

	/* the tree itself may be there */
	if (is_in_tmp(was))
		assert(mkdtemp(shm) && !setenv("TMPDIR", shm, 1));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool left_out = bad[i][1] == 'p';

		conf = load_text(bad[i], left_out ? 2 : 1, left_out ? NULL : "a /tmp and a /var/tmp of its own");
		assert(conf->nfatal == 1 && conf->nfiles == 1);
		talloc_free(conf);
	}
	talloc_free(load_text("[global]\ninclude = /tmpx\nusername map = /var/tmpx\n", 2, "there is no file"));
	if (is_in_tmp(was)) {
		snprintf(path, sizeof(path), "%s/smb.conf", shm);
		assert(!unlink(path) && !rmdir(shm) && !setenv("TMPDIR", was, 1));
	}
	free(was);
}

/* Which includes may be missed: [global]'s, a share's, and one below a section that is left out. */
static void test_what_is_lacking(void)
{
	const char *dir = getenv("TMPDIR");
	struct conf *conf;

	write_file(dir, "nothing", "");
	conf = load_text("[global]\ninclude = none\ninclude = nothing\n", 2, "there is no file");
	assert(strstr(conf->errors[1].text, "nothing is empty"));
	assert(conf->unread[1] && conf->absent[1] && conf->unread[2] && !conf->absent[2]);
	talloc_free(conf);
	conf = load_text("[printers]\ninclude = none\ninclude = nothing\n[print$]\ninclude = none\n", 5, NULL);
	assert(strstr(conf->errors[0].text, "is left out") && strstr(conf->errors[3].text, "is left out"));
	assert(strstr(conf->errors[1].text, "no file") && strstr(conf->errors[2].text, "is empty"));
	assert(conf->unread[1] && conf->unread[2] && conf->unread[3] && conf->absent[3]);
	talloc_free(conf);
	/* whose line it is does not look so */
	write_file(dir, "s", "[last]\npath=/\n");
	conf = load_text("[global]\ninclude = s\ninclude = none\n", 2, NULL);
	assert(strstr(conf->errors[0].text, "smb.conf:2 belongs to its last section, [last]"));
	assert(strstr(conf->errors[1].text, "[last], which includes it, is not served"));
	talloc_free(conf);
	conf = load_text("[global]\nusername map = /none\n", 1, "there is no file /none");
	assert(!conf->nfatal);
	talloc_free(conf);
}

/* A directory that cannot be looked into may have what a client's file says. */
static void test_pattern_in_doubt(void)
{
	static const char *const bad[] = {
		"include = loop/x-%m.conf\n", "include = loop%m/x.conf\n",
		"include = shut/x-%m.conf\n", "include = shut%m/x.conf\n",
	};
	const char *dir = getenv("TMPDIR");
	char loop[300], shut[300], text[100];
	/* root lists any directory */
	size_t n = geteuid() ? 4 : 2;
	struct conf *conf;

	snprintf(loop, sizeof(loop), "%s/loop", dir);
	snprintf(shut, sizeof(shut), "%s/shut", dir);
	assert(!symlink("loop", loop) && !mkdir(shut, 0));
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "[a]\npath = /x\n%s", bad[i]);
		conf = load_text(text, 1, "cannot be looked for");
		assert(conf->nfatal == 1 && !conf->doubt);
		talloc_free(conf);
	}
	assert(!unlink(loop) && !rmdir(shut));
	/* there is no file, wherever it was looked for */
	conf = load_text("[a]\npath = /x\ninclude = none/x-%m.conf\ninclude = none%m/x\n", 2,
			 "there is no file");
	assert(!conf->nfatal);
	talloc_free(conf);
	/* a name is no pattern, and may begin with a dot */
	write_file(dir, "[n]-pc", "");
	talloc_free(load_text("[a]\npath = /x\ninclude = [n]-%m\n", 1, "would be for some"));
	write_file(dir, ".pc-x", "");
	talloc_free(load_text("[a]\npath = /x\ninclude = %m-x\n", 1, "would be for some"));
}

/* A file that a user may make cannot have the configuration refused, nor can a failure to look at it. */
static void test_pattern_of_users(void)
{
	const char *dir = getenv("TMPDIR");
	char home[300], file[330], open_dir[300], theirs[330];
	struct conf *conf;

	snprintf(home, sizeof(home), "%s/home-alice", dir);
	snprintf(file, sizeof(file), "%s/.smb.conf", home);
	snprintf(open_dir, sizeof(open_dir), "%s/open", dir);
	assert(!mkdir(home, 0755) && !mkdir(open_dir, 0755));
	write_file(home, ".smb.conf", "[global]\n");
	write_file(open_dir, "x-pc", "[global]\n");
	/* root's own are refused as ever */
	talloc_free(load_text("[a]\npath = /x\ninclude = home-%U/.smb.conf\n", 1, "would be for some"));
	talloc_free(load_text("[a]\npath = /x\ninclude = open/x-%m\n", 1, "would be for some"));
	assert(!chmod(open_dir, 02775) && !chmod(home, 0775));
	/* so they are where a group may write: root's own one, or another one where they are root's still */
	for (int i = geteuid() ? 1 : 0; i < 2; i++) {
		if (i && !geteuid())
			assert(!chown(home, 0, 65533) && !chown(open_dir, 0, 65533) &&
			       !chmod(open_dir, 02775));
		talloc_free(load_text("[a]\npath = /x\ninclude = home-%U/.smb.conf\n", 1, "would be for some"));
		talloc_free(load_text("[a]\npath = /x\ninclude = open/x-%m\n", 1, "would be for some"));
	}
	/* but not what the group may have made, or may write */
	write_file(open_dir, "a-pc", "[global]\n");
	snprintf(theirs, sizeof(theirs), "%s/a-pc", open_dir);
	assert(!chmod(theirs, 0666) && (geteuid() || !chown(theirs, 65533, 65533)));
	talloc_free(load_text("[a]\npath = /x\ninclude = open/a-%m\n", 1,
			      "which others than root may have made"));
	talloc_free(load_text("[a]\npath = /x\ninclude = open/%m-pc\n", 1, "open/x-pc would be for some"));
	talloc_free(load_text("[a]\npath = /x\ninclude = open/y-%m\n", 1, "there is no file"));
	assert(!unlink(theirs));
	assert(!chmod(open_dir, 01777) && !chmod(file, 0666));
	for (int i = 0; i < 4; i++) {
		if (i == 1)
			assert(!unlink(file) && !symlink(".smb.conf", file) &&
			       (geteuid() ? !chmod(home, 0777) : !lchown(file, 65533, 65533)));
		if (i == 2 && !geteuid())	/* by its owner alone */
			assert(!chmod(home, 0700) && !chown(home, 65533, 65533));
		if (i == 3 && !geteuid())
			assert(!unlink(file) && !rmdir(home) && !symlink(open_dir, home) &&
			       !lchown(home, 65533, 65533) && !chmod(open_dir, 0755));
		conf = load_text("[a]\npath = /x\ninclude = home-%U/.smb.conf\n", 1,
				 "which others than root may have made");
		assert(!conf->nfatal && conf->ndiffers == 1 && !conf->doubt);
		talloc_free(conf);
		if (i < 3)
			talloc_free(load_text("[a]\npath = /x\ninclude = open/x-%m\n", 1,
					      "which others than root may have made"));
	}
	unlink(file);
	assert(!remove(home));
	snprintf(file, sizeof(file), "%s/x-pc", open_dir);
	assert(!unlink(file) && !rmdir(open_dir));
}

/* %L is the NetBIOS name, at most 15 characters, wherever it stands. */
static void test_long_host_name(void)
{
	const struct conf_env long_env = { .hostname = "averylonghostname1.example.org", .user = user,
					   .group = group };
	const char *dir = getenv("TMPDIR");
	struct conf *conf;
	char path[512];

	write_file(dir, "long.conf", "[global]\ninclude = %L.conf\ncomment = %L\n[a]\npath=/x\n");
	write_file(dir, "AVERYLONGHOSTNA.conf", "workgroup = L\n");
	snprintf(path, sizeof(path), "%s/long.conf", dir);
	assert(!conf_load_env(NULL, path, &long_env, &conf));
	assert(!conf->nerrors && !strcmp(conf_get_str(conf, NULL, "workgroup"), "L"));
	assert(!strcmp(conf_get_str(conf, NULL, "netbios_name"), "AVERYLONGHOSTNA"));
	assert(!strcmp(conf_get_str(conf, "a", "comment"), "AVERYLONGHOSTNA"));
	talloc_free(conf);
	/* one that the file gives is in upper case, as Samba has it */
	write_file(dir, "long.conf", "[global]\nnetbios name = Box\ninclude = %L.conf\n[a]\npath=/x\n");
	write_file(dir, "BOX.conf", "workgroup = B\n");
	assert(!conf_load_env(NULL, path, &long_env, &conf));
	assert(!conf->nerrors && !strcmp(conf_get_str(conf, NULL, "workgroup"), "B"));
	talloc_free(conf);
}

/* A file goes by the words that name it, and those for the file that they are written in. */
static void test_words_of_an_include(void)
{
	char *dir = talloc_asprintf(NULL, "%s/MYBOX", getenv("TMPDIR"));
	struct conf *conf;

	assert(!mkdir(dir, 0755));
	write_file(dir, "a.conf", "[global]\ninclude = %h.conf\ninclude = /none-%L\n");
	conf = load_text("[global]\nnetbios name = mybox\ninclude = %L/a.conf\n", 2, "there is no file");
	assert(conf->nfiles == 4 && !strcmp(conf->words[0], conf->files[0]));
	assert(strstr(conf->files[1], "/MYBOX/a.conf") && strstr(conf->words[1], "/%L/a.conf"));
	assert(strstr(conf->files[2], "/MYBOX/files.conf") && strstr(conf->words[2], "/%L/%h.conf"));
	assert(!strcmp(conf->files[3], "/none-MYBOX") && !strcmp(conf->words[3], "/none-%L"));
	talloc_free(conf);
	talloc_free(dir);
}

static void test_example(void)
{
	struct conf *conf;

	assert(!conf_load_env(NULL, "etc/smb.conf.example", &env, &conf));
	if (conf->nerrors)
		show(conf);
	assert(!conf->nerrors);
	talloc_free(conf);
}

/*
 * What a share has of "guest ok", "read only" and "comment", "g" and "w" for yes and no.  Each row
 * was checked with testparm of Samba 4.17.
 */
struct meaning {
	const char *text, *s, *t;	/* smb.conf, and files s and t that it may include */
	const char *shares;
};

static const struct meaning meanings[] = {
	{ "[a]\npath=/\n[global]\nguest ok=yes\nread only=no\n[b]\npath=/x\n", "", "", "a-- bgw" },
	{ "[global]\nguest ok=yes\n[a]\npath=/\n[global]\nguest ok=no\n[b]\npath=/x\n", "", "", "ag- b--" },
	{ "[global]\ncomment=g\n[a]\npath=/\n[global]\ncomment=\n[b]\npath=/x\n", "", "", "a--g b--" },
	{ "[global]\ncomment=1%S\n[a]\npath=/\n[global]\ncomment=2%S\n[b]\npath=/x\n", "", "", "a--1a b--2b" },
	/* opened again */
	{ "[a]\npath=/\n[global]\nguest ok=yes\n[b]\npath=/x\n[a]\ncomment=c\n", "", "", "a--c bg-" },
	{ "[a]\npath=/\nguest ok=yes\n[global]\nguest ok=no\n[a]\nread only=no\n", "", "", "agw" },
	{ "[homes]\nbrowseable=no\n[global]\nread only=no\n[homes]\ncomment=c\n[b]\npath=/\n", "", "", "homes--c b-w" },
	/* copy: with what is inherited, and with what is not set */
	{ "[a]\npath=/\n[global]\nguest ok=yes\n[b]\ncopy=a\npath=/x\n", "", "", "a-- b--" },
	{ "[global]\nread only=no\n[a]\npath=/\n[global]\nread only=yes\nguest ok=yes\n[b]\npath=/x\ncopy=a\n",
	  "", "", "a-w b-w" },
	{ "[a]\npath=/\nread only=no\n[b]\nread only=yes\ncopy=a\n", "", "", "a-w b--" },
	{ "[global]\nguest ok=yes\n[a]\npath=/\nread only=no\n[c]\npath=/\n[b]\ncopy=a\ncopy=c\n", "", "",
	  "agw cg- bg-" },
	{ "[a]\npath=/\nread only=no\n[global]\nguest ok=yes\n[b]\ncopy=a\n[global]\nread only=yes\n[c]\ncopy=b\n",
	  "", "", "a-w b-w c-w" },
	{ "[a]\npath=/\n[b]\ncopy=a\n[a]\nguest ok=yes\n", "", "", "ag- b--" },
	{ "[global]\nread only=no\n[a]\npath=/\n[global]\nread only=yes\n[homes]\ncopy=a\n", "", "", "a-w homes-w" },
	{ "[global]\nread only=no\ninclude=s\n[global]\nread only=yes\n[b]\ncopy=x\n", "[x]\npath=/\n", "", "x-w b-w" },
	/* include: what follows belongs to the last section */
	{ "[global]\ninclude=s\nguest ok=yes\nread only=no\n", "[x]\npath=/\n[y]\npath=/x\n", "", "x-- ygw" },
	{ "[global]\ninclude=s\nguest ok=yes\n", "[x]\npath=/\ninclude=t\nread only=no\n",
	  "[y]\npath=/x\n[z]\npath=/y\n", "x-- y-- zgw" },
	{ "[a]\npath=/\ninclude=s\nread only=no\n[b]\npath=/x\n", "guest ok=yes\n", "", "agw b--" },
	{ "[a]\npath=/\ninclude=s\nread only=no\n", "guest ok=yes\n[x]\npath=/x\n", "", "ag- x-w" },
	{ "[a]\npath=/\ninclude=s\nguest ok=yes\n[b]\npath=/y\n", "[x]\npath=/x\n[global]\nread only=no\n", "",
	  "a-- x-- bgw" },
	{ "[a]\npath=/\ninclude=none\nguest ok=yes\n", "", "", "ag-" },
	{ "[a]\npath=/\ninclude=s\nguest ok=yes\n[b]\npath=/x\n", "[global]\nread only=no\n[a]\ncomment=x\n", "",
	  "ag-x b-w" },
	{ "[global]\ninclude=s\nguest ok=yes\n[b]\npath=/x\n", "# nothing\n", "", "bg-" },
	{ "[global]\ninclude=s\ninclude=t\n", "[x]\npath=/\n", "guest ok=yes\n", "xg-" },
	{ "[a]\npath=/\ninclude=s\nguest ok=yes\n[b]\npath=/x\n", "include=t\nread only=no\n", "[global]\ncomment=g\n",
	  "a-- bgwg" },
	{ "[global]\ninclude=s\nguest ok=yes\n[b]\npath=/x\n", "[x]\npath=/\n[p]\nprintable=yes\npath=/x\n", "",
	  "x-- b--" },
};

static char *shares_of(const struct conf *conf)
{
	char *ret = talloc_strdup((void *)conf, "");

	for (size_t i = 0; i < conf->nshares; i++) {
		const char *name = conf->shares[i]->name;

		ret = talloc_asprintf_append(ret, "%s%s%s%s%s", i ? " " : "", name,
					     conf_get_bool(conf, name, "guest_ok") ? "g" : "-",
					     conf_get_bool(conf, name, "read_only") ? "-" : "w",
					     conf_get_str(conf, name, "comment"));
	}
	return ret;
}

static void test_meanings(void)
{
	const char *dir = getenv("TMPDIR");
	char path[512];

	snprintf(path, sizeof(path), "%s/smb.conf", dir);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct meaning *m = &meanings[i];
		struct conf *conf;

		write_file(dir, "smb.conf", m->text);
		write_file(dir, "s", m->s);
		write_file(dir, "t", m->t);
		assert(!conf_load_env(NULL, path, &env, &conf));
		if (conf->nfatal || strcmp(shares_of(conf), m->shares)) {
			fprintf(stderr, "%s%s%s\n%s, wanted: %s\n", m->text, m->s, m->t, shares_of(conf), m->shares);
			show(conf);
			abort();
		}
		talloc_free(conf);
	}
}

/* Below an include and in a [global] below shares a line does not mean what it seems to. */
static void test_surprises(void)
{
	const char *dir = getenv("TMPDIR");
	char path[512];
	struct conf *conf;

	write_file(dir, "s", "[x]\npath=/\n[y]\npath=/x\n");
	write_file(dir, "smb.conf", "[global]\ninclude = s\nguest ok = yes\nread only = no\n[b]\npath=/\n");
	snprintf(path, sizeof(path), "%s/smb.conf", dir);
	assert(!conf_load_env(NULL, path, &env, &conf));
	assert(!conf->nfatal && conf->nerrors == 1 && !conf->ndiffers && conf->errors[0].line == 3);
	assert(strstr(conf->errors[0].text, "smb.conf:2 belongs to its last section, [y]"));
	talloc_free(conf);
	/* one file for each share, and nothing below: no surprise */
	write_file(dir, "t", "[z]\npath=/\n");
	write_file(dir, "smb.conf", "[global]\ninclude = s\ninclude = t\n[b]\npath=/\n");
	assert(!conf_load_env(NULL, path, &env, &conf) && !conf->nerrors);
	talloc_free(conf);
	/* a parameter of the server has no effect in a share, in Samba neither */
	write_file(dir, "smb.conf", "[global]\ninclude = t\nserver string = W\n");
	assert(!conf_load_env(NULL, path, &env, &conf) && conf->nerrors == 2 && conf->ndiffers == 1);
	talloc_free(conf);
	write_file(dir, "t", "[z]\npath=/\n[printers]\npath=/\n");
	assert(!conf_load_env(NULL, path, &env, &conf) && conf->nerrors == 2);
	assert(strstr(conf->errors[0].text, "which is left out") || strstr(conf->errors[1].text, "which is left out"));
	talloc_free(conf);

	assert_warning("[a]\npath=/\n[global]\nguest ok=yes\nread only=no\n[b]\npath=/\n", 4,
		       "for sections that begin below: [a]");
	assert_warning("[a]\npath=/\n[global]\nworkgroup = W\n", 0, NULL);
	/* it counts for [a], so it is judged */
	assert_error("[global]\nread only=maybe\n[a]\npath=/\n[b]\npath=/\n[global]\nread only=no\n", 2, "legal: yes, no");
	assert_error("[global]\nvfs objects=worm\n[a]\npath=/\n[global]\nvfs objects=\n", 2, "changeable for ever");
	conf = good("[global]\nvalid users=alice mallory\n[a]\npath=/\n[b]\npath=/\n[global]\nvalid users=\n");
	assert(conf->nerrors == 2 && conf->errors[0].line == 2 && conf->errors[1].line == 8);
	assert(!strcmp(conf_get_str(conf, "b", "valid_users"), "alice mallory"));
	talloc_free(conf);
	/* the server's, which would be less strict for [a] than in Samba */
	assert_error("[global]\nsmb encrypt=required\n[a]\npath=/\n[global]\nsmb encrypt=off\n", 6, "what line 2 says");
	assert_error("[global]\nhosts allow=10.\n[a]\npath=/\n[global]\nhosts allow=ALL\n", 6, "what line 2 says");
	assert_warning("[global]\nhosts allow=10.\nhosts allow=11.\n[a]\npath=/\n", 3, "does not count");
}

/* Debian's own smb.conf, less its comments: it must be usable as it stands. */
static void test_debian(void)
{
	struct conf *conf = good(
		"[global]\n   workgroup = WORKGROUP\n   log file = /var/log/samba/log.%m\n"
		"   max log size = 1000\n   logging = file\n"
		"   panic action = /usr/share/samba/panic-action %d\n"
		"   server role = standalone server\n   obey pam restrictions = yes\n"
		"   unix password sync = yes\n   passwd program = /usr/bin/passwd %u\n"
		"   passwd chat = *Enter\\snew\\s*\\spassword:* %n\\n .\n"
		"   pam password change = yes\n   map to guest = bad user\n"
		"   usershare allow guests = yes\n"
		"[homes]\n   comment = Home Directories\n   browseable = no\n   read only = yes\n"
		"   create mask = 0700\n   directory mask = 0700\n   valid users = %S\n"
		"[printers]\n   comment = All Printers\n   browseable = no\n   path = /var/tmp\n"
		"   printable = yes\n   guest ok = no\n   read only = yes\n   create mask = 0700\n"
		"[print$]\n   comment = Printer Drivers\n   path = /var/lib/samba/printers\n"
		"   browseable = yes\n   read only = yes\n   guest ok = no\n");

	assert(conf->nshares == 1 && conf_get_bool(conf, "homes", "homes"));
	assert(!strcmp(conf_get_str(conf, NULL, "map_to_guest"), "bad_user"));
	talloc_free(conf);
}

static void test_limits(void)
{
	char *big = malloc(200000);
	struct conf *conf;

	/* a line that is too long is an error, not a crash */
	memset(big, 'x', 200000);
	memcpy(big, "[global]\nworkgroup=", 19);
	assert(!conf_parse_text(NULL, "f", big, 200000, &env, &conf));
	assert(conf->nfatal >= 1 && conf->errors[0].line == 2);
	talloc_free(conf);
	/* so are thousands of faults: the number kept is bounded, the count is not */
	for (size_t i = 0; i < 20000; i++)
		memcpy(big + 9 + 4 * i, "x=y\n", 4);
	assert(!conf_parse_text(NULL, "f", big, 9 + 80000, &env, &conf));
	assert(conf->nfatal == 19000 && conf->nwarnings == 1000 && conf->nerrors == 1000);
	talloc_free(conf);
	/* an error is seen behind all warnings */
	memcpy(big + 9 + 4 * 900, "host=y\n", 7);
	assert(!conf_parse_text(NULL, "f", big, 9 + 4 * 900 + 7, &env, &conf));
	assert(conf->nfatal == 1 && conf->nwarnings == 900 && conf->nerrors == 501);
	assert(conf->errors[500].grade == CONF_ERROR);
	talloc_free(conf);
	assert(!conf_parse_text(NULL, "f", "[a]\0", 4, &env, &conf) && conf->nfatal == 1);
	talloc_free(conf);
	free(big);
}

int main(void)
{
	test_syntax();
	test_inheritance_and_macros();
	test_force();
	test_guest_only();
	test_too_many_groups();
	test_one_look_up();
	test_errors();
	test_warnings();
	test_unknown_names();
	test_doubt();
	test_hosts_and_guests();
	test_homes();
	test_forced_macros();
	test_copy();
	test_names_of_users();
	test_same_names();
	test_values();
	test_printers_and_modules();
	test_world();
	test_effective();
	test_include();
	test_files_in_tmp();
	test_what_is_lacking();
	test_pattern_in_doubt();
	test_pattern_of_users();
	test_meanings();
	test_surprises();
	test_without();
	test_long_host_name();
	test_words_of_an_include();
	test_example();
	test_debian();
	test_limits();
	return 0;
}
