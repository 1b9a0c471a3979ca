// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/help.c - a paragraph and examples for each verb */
#include <string.h>

#include "admin.h"

static const struct { const char *verb, *text; } texts[] = {
	{ "user",
	  "Accounts of cifspwd.db(5).  Each belongs to the UNIX account of its name, which\n"
	  "gives it uid and groups; its password is for SMB alone.  A running daemon obeys\n"
	  "a change within a second, without a reload.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin user add alice\n"
	  "  cifsadmin user disable alice\n" },
	{ "share",
	  "Shares are sections of smb.conf.  add, set, unset and del change the file in\n"
	  "place, check the new text before it replaces the old one, and have a running\n"
	  "daemon read it.  cifsadmin config does the same for [global].\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin share add data /srv/data \"read only=no\"\n"
	  "  cifsadmin share show data\n" },
	{ "config",
	  "Changes [global] of smb.conf: the server's parameters, and the defaults of\n"
	  "shares.  cifsadmin share does the same for one share, and cifsadmin check\n"
	  "--effective shows which values count.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin config set \"server signing=mandatory\"\n" },
	{ "session",
	  "A session is a user who is logged on from a client, over one connection or\n"
	  "several.  The list has the ids that close takes.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin session list --client 192.0.2.7\n"
	  "  cifsadmin session close --user alice\n" },
	{ "open",
	  "Files, directories and pipes that clients have open.  The list has the ids that\n"
	  "close takes.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin open list --share data\n"
	  "  cifsadmin open close 0x100000002\n" },
	{ "user list",
	  "The accounts of cifspwd.db(5), and the UNIX accounts that give them their\n"
	  "rights.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user list\n" },
	{ "user show",
	  "State of an account, when its password was set, and its uid and groups.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user show alice\n" },
	{ "user add",
	  "Makes an account that may log on.  There must be a UNIX account of that name\n"
	  "(or of that name in lower case), which gives it uid and groups.  The\n"
	  "password is asked for twice; when standard input is no terminal, its first\n"
	  "line is the password.  With --nt-hash it is the NT hash of the password, 32\n"
	  "hexadecimal digits.  A UNIX account with uid 0 is refused without --force.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin user add alice\n"
	  "  cifsadmin user add alice < /root/alice.password\n" },
	{ "user passwd",
	  "Gives an account another password, taken as user add takes it.  Sessions go\n"
	  "on; an account that is disabled stays disabled.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user passwd alice\n" },
	{ "user del",
	  "Removes an account.  Its sessions have ended when this returns.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user del alice\n" },
	{ "user enable",
	  "Lets an account that was disabled log on again, with the password it had.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user enable alice\n" },
	{ "user disable",
	  "Keeps an account from logging on.  Its sessions have ended when this\n"
	  "returns.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user disable alice\n" },
	{ "user import",
	  "Takes accounts with their passwords' NT hashes from a file, or from standard\n"
	  "input (-). Lines are those of smbpasswd(5), which pdbedit -Lw prints too, or\n"
	  "of cifspwd.db(5).  Left out, with the reason, are accounts of machines,\n"
	  "accounts without an NT hash, accounts that exist (--replace takes these) and\n"
	  "those with uid 0 (--force takes these).  All or nothing: a line that is\n"
	  "neither form keeps all out.  An account that is locked, or whose password\n"
	  "must be changed, comes in disabled.\n"
	  "\n"
	  "Example:\n"
	  "  pdbedit -Lw | cifsadmin user import -\n" },
	{ "user export",
	  "Writes accounts, all or those named, in the form of smbpasswd(5): to\n"
	  "standard output, or to a new file that only its owner can read.  Whoever\n"
	  "reads a hash can log on with it.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin user export --output /root/accounts\n" },
	{ "share list",
	  "The shares that the kernel serves, then those that only smb.conf knows.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share list\n" },
	{ "share show",
	  "The parameters of a share that smb.conf sets, with file and line; with --all\n"
	  "those that have their defaults, too.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share show data --all\n" },
	{ "share add",
	  "Adds a section to smb.conf, checks the result, and has a running daemon read\n"
	  "it.  The directory must be there, or --force says that it comes later.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share add data /srv/data \"read only=no\" \"valid users=@staff\"\n" },
	{ "share set",
	  "Changes parameters in a section of smb.conf, in place: comments, order,\n"
	  "owner and mode of the file stay.  What is no value is refused, and nothing\n"
	  "is changed then.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share set data \"read only=yes\" comment=Archive\n" },
	{ "share unset",
	  "Takes lines of parameters out of a section, so that they have their\n"
	  "defaults.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share unset data \"valid users\"\n" },
	{ "share del",
	  "Takes a section out of smb.conf and prints what stood there.  Files are not\n"
	  "touched. Connections to the share end when the daemon has read smb.conf.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin share del data\n" },
	{ "config set",
	  "Changes parameters in [global] of smb.conf, as share set does in a share.  A\n"
	  "parameter of shares is the default of all shares there.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin config set \"hosts allow=192.0.2.0/24\"\n" },
	{ "config unset",
	  "Takes lines of parameters out of [global], so that they have their defaults.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin config unset \"hosts allow\"\n" },
	{ "status",
	  "What of the configuration is not in force (\"Not applied\"), connections,\n"
	  "sessions, shares in use, open files, and who is locked out.  --brief: one\n"
	  "line of counts.  --json: everything, see STATUS AS JSON in cifsadmin(8).\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin status --json\n" },
	{ "session list",
	  "The sessions with their ids, all or those of an account or an address.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin session list --user alice\n" },
	{ "session close",
	  "Ends sessions: clients lose what they have open there, and may log on again.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin session close 0x11\n"
	  "  cifsadmin session close --user alice\n" },
	{ "open list",
	  "The open files and pipes with their ids, all or those of a share or an\n"
	  "account.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin open list --share data\n" },
	{ "open close",
	  "Closes open files: the client's next request for one fails.  Data that it\n"
	  "has not written yet is lost to it.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin open close 0x100000002\n" },
	{ "lockouts",
	  "Names and addresses from which too many logons failed, and when that ends.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin lockouts\n" },
	{ "unlock",
	  "Lets a name or an address that is locked out try again at once.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin unlock alice\n" },
	{ "log-level",
	  "0 errors, 1 notices, 2 what happens, 3 everything.  Without a level it says\n"
	  "which one is in force.  What is set here counts until the next reload, which\n"
	  "takes \"log level\" of smb.conf again; 4 to 10 there are 3.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin log-level 3\n" },
	{ "may",
	  "Would this user get into the share from that address or host, and which line\n"
	  "of smb.conf decides?  It is worked out from smb.conf, the accounts and the\n"
	  "name service, as the daemon and the kernel do; neither need run.  USER \"\"\n"
	  "is the anonymous user.  Whether the client can encrypt, lock-outs, the number\n"
	  "of connections and the permissions of the files are not looked at.  Exit\n"
	  "status 0: yes, 1: no.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin may 192.0.2.7 alice data\n" },
	{ "check",
	  "Says what is wrong with smb.conf, or with another file, with the username map\n"
	  "that it names, and with the accounts, by line.  An error keeps the file from\n"
	  "being used; a warning is about what is asked for and not had.  --strict makes\n"
	  "errors of what is asked for and not had, and of unknown names.  --verbose adds\n"
	  "notes: lines that ask for what there is anyway, or that have no effect.\n"
	  "--effective prints every parameter that is obeyed with the value that counts,\n"
	  "of the server and all shares, or of one.  Exit status 1: there are errors.\n"
	  "\n"
	  "Examples:\n"
	  "  cifsadmin check --verbose\n"
	  "  cifsadmin check --strict /etc/samba/smb.conf\n"
	  "  cifsadmin check --effective data\n" },
	{ "diff",
	  "Prints what a reload would change in the kernel; nothing when all is in\n"
	  "force.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin diff\n" },
	{ "reload",
	  "Has the daemon read smb.conf and the accounts, and prints its messages.  It\n"
	  "does so by itself when a file changes; this one waits until it has.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin reload\n" },
	{ "migrate",
	  "Reads the smb.conf of a Samba installation and its accounts, and writes\n"
	  "smb.conf and cifspwd.db for cifssrv, with a report: what is carried over,\n"
	  "what is changed, what is lost. Lines that cannot be had become comments with\n"
	  "the reason; a share that such a line protected is switched off until you\n"
	  "have decided.  Accounts come from pdbedit -Lw, when that is installed, or\n"
	  "from a file in the form of smbpasswd(5).  --to DIR writes both files there.\n"
	  "Files that were there are kept beside the new ones as *.before-migrate;\n"
	  "where there are shares already, only --force replaces them.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin migrate --to /root/try && less /root/try/smb.conf\n" },
	{ "stop",
	  "Ends what the kernel serves when the daemon does not run: systemctl stop\n"
	  "cifssrv is the way to stop the server, and uses it.\n"
	  "\n"
	  "Example:\n"
	  "  cifsadmin stop && rmmod cifssrv\n" },
};

const char *help_text(const char *group, const char *name)
{
	char verb[64];

	snprintf(verb, sizeof(verb), "%s%s%s", group ? group : "", group ? " " : "", name);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].verb, verb))
			return texts[i].text;
	return NULL;
}
