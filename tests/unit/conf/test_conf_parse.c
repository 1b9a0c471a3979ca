// SPDX-License-Identifier: GPL-2.0-or-later
/* smb.conf: syntax, inheritance, macros, contradictions, and what is said about errors. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/smbconf.h"

static int user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	if (!strcmp(name, "slow"))
		return -ETIMEDOUT;
	if (strcmp(name, "alice") && strcmp(name, "nobody"))
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
	if (strcmp(name, "staff") && strcmp(name, "Domain Users"))
		return -ENOENT;
	*gid = strcmp(name, "staff") ? 513 : 50;
	return 0;
}

static const struct conf_env env = { "files.example.org", NULL, user, group };

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
	assert(conf_get_u64(conf, NULL, "max_read") == 8 << 20);
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
				 "[b]\npath=/x\nforce user=alice\nforce group=staff\n[c]\npath=/x\n");

	assert(conf_get_u32(conf, "a", "force_uid") == 1001);
	assert(conf_get_u32(conf, "a", "force_gid") == 1002);
	assert(conf_get_u32(conf, "b", "force_gid") == 50);
	assert(conf_get_u32(conf, "c", "force_uid") == UINT32_MAX);
	talloc_free(conf);
}

static void test_errors(void)
{
	assert_error("[a]\npath=/x\n\nread onyl = no\n", 4, "did you mean \"read only\"?");
	assert_error("[global]\nwrkgroup = x\n", 2, "did you mean \"workgroup\"?");
	assert_error("[global]\nqqqqqqqqqqqqq = x\n", 2, "unknown parameter");
	assert_error("[a]\npath=/x\nworkgroup = x\n", 3, "belongs in [global]");
	assert_error("workgroup = x\n", 1, "before any section");
	assert_error("[global\n", 1, "no proper end");
	assert_error("[global]\nnonsense\n", 2, "no =");
	assert_error("[a]\n", 1, "no path");
	assert_error("[a]\npath = srv\n", 2, "absolute path");
	assert_error("[a]\npath = /home/%U\n", 2, "not supported yet");
	assert_error("[global]\nserver string = %S\n", 2, "only in a share");
	assert_error("[a/b]\npath=/x\n", 1, "name of a share");
	assert_error("[ipc$]\npath=/x\n", 1, "server's own share");
	assert_error("[a]\npath=/x\ncopy = b\n", 3, "\"copy\" is not supported");
	assert_error("[global]\nserver min protocol = NT1\n", 2, "SMB1 is not served yet");
	assert_error("[global]\nmin protocol = SMB3_11\nmax protocol = SMB2_10\n", 2, "is newer than");
	assert_error("[a]\npath=/x\nguest only = yes\n", 3, "guest ok");
	assert_error("[a]\npath=/x\nvalid users = alice bob\ninvalid users = bob\n", 4,
		     "bob is among the valid users and the invalid users");
	assert_error("[a]\npath=/x\nvfs objects = acl_xattr fruit\n", 3, "acl_xattr, streams_xattr");
	assert_error("[global]\nntlm auth = yes\n", 2, "NTLMv1 is not offered");
	assert_error("[global]\nbind interfaces only = yes\n", 2, "listen nowhere");
	assert_error("[global]\nsmb ports =\n", 2, "must not be empty");
	assert_error("[global]\nsmb ports = 139\n", 2, "NetBIOS session service");
	assert_error("[global]\nsmb encrypt = required\nmax protocol = SMB2\n", 2, "SMB3_00");
	assert_error("[global]\nsmb2 max write = 4M\nmax inflight = 2M\nsmb2 max read = 1M\nsmb2 max trans = 1M\n", 3, "largest size");
	assert_error("[a]\npath=/x\nhosts allow = EXCEPT 10.\n", 3, "EXCEPT stands once");
	assert_error("[global]\ninclude = x\n", 2, "not supported");
	assert_error("[global]\nread only = maybe\n[a]\npath=/x\n[b]\npath=/x\n", 2, "legal: yes, no");
	assert_error("[a]\npath=/x\nwritable = maybe\n", 3, "writable");
}

/* @text is good, with one warning, in @line, that says @words; or with none. */
static void assert_warning(const char *text, unsigned int line, const char *words)
{
	struct conf *conf = good(text);

	if (words)
		assert(conf->nerrors == 1 && conf->errors[0].warning &&
		       conf->errors[0].line == line && strstr(conf->errors[0].text, words));
	else
		assert(!conf->nerrors);
	talloc_free(conf);
}

static const struct conf_value *value(const struct conf *conf, const char *share, const char *attr)
{
	return &conf_share_find(conf, share)->values[conf_table_attr(&conf_share_table, attr)];
}

/* What is certainly unknown matches nobody, or turns its share off; no other share with it. */
static void test_unknown_names(void)
{
	struct conf *conf;

	assert_warning("[a]\npath=/x\nvalid users = @nogroup\n", 3, "no group \"nogroup\"");
	assert_warning("[a]\npath=/x\nforce user = mallory\n", 3, "[a] is not served");
	assert_warning("[global]\nmap to guest = bad user\nguest account = ghost\n", 3, "ghost");
	conf = good("[a]\npath=/x\nforce user = mallory\n[b]\npath=/x\nvalid users = @nogroup\n"
		    "[c]\npath=/x\nforce user = alice\nforce group = nogroup\n");
	assert(strstr(conf_share_find(conf, "a")->off, "no user \"mallory\""));
	assert(!conf_share_find(conf, "b")->off);
	/* an empty list would let everybody in */
	assert(!strcmp(conf_get_str(conf, "b", "valid_users"), ".unknown.nogroup"));
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
	assert(value(conf, "b", "valid_users")->keep && !value(conf, "a", "valid_users")->keep);
	assert(!strcmp(conf_get_str(conf, "b", "valid_users"), "alice .unknown.slow"));
	assert(value(conf, "c", "force_gid")->keep && !value(conf, "c", "force_uid")->keep);
	assert(value(conf, "d", "force_uid")->keep && !value(conf, "d", "force_gid")->keep);
	assert(conf_get_u32(conf, "d", "force_gid") == 50);
	assert(value(conf, "e", "guest_uid")->keep && value(conf, "e", "guest_gid")->keep);
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
				 "[homes]\ncomment = x\nnonsense = 1\n[printers]\npath = /x\n"
				 "[a]\npath=/x\npath=/y\n");

	assert(conf->nerrors == 6 && conf->nshares == 1);
	assert(conf->errors[0].warning && strstr(conf->errors[0].text, "[homes]"));
	assert(!strcmp(conf_get_str(conf, "a", "path"), "/y"));
	talloc_free(conf);
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

	write_file(dir, "smb.conf", "[global]\ninclude = sub.conf\nworkgroup = W\n");
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

	snprintf(path, sizeof(path), "%s/missing.conf", dir);
	assert(conf_load_env(NULL, path, &env, &conf) == -ENOENT && !conf);
	assert(conf_load_env(NULL, dir, &env, &conf) == -EINVAL && !conf);
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

	assert(conf->nshares == 0);
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
	assert(conf->nfatal == 20000 && conf->nerrors == 500);
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
	test_errors();
	test_warnings();
	test_unknown_names();
	test_doubt();
	test_hosts_and_guests();
	test_include();
	test_example();
	test_debian();
	test_limits();
	return 0;
}
