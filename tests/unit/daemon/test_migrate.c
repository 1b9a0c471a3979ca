// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/cifsadmin/translate*.c daemon/cifsadmin/domain.c daemon/cifsadmin/edit.c daemon/cifsadmin/commit.c daemon/cifsadmin/client.c daemon/cifsadmin/text.c daemon/conf/*.c daemon/passdb/nss.c daemon/util/utf.c | libs: talloc
/*
 * cifsadmin migrate: installations as they are found, and what becomes of them.  The texts
 * wanted are in migrate/NAME.want; MIGRATE_UPDATE=1 writes them anew, for a reader of the diff.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cifsadmin/commit.h"
#include "cifsadmin/migrate.h"
#include "util/cleanup.h"

#define DIR	"tests/unit/daemon/migrate/"

static int find_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	*uid = *gid = 1000;
	return strcmp(name, "nobody") && strcmp(name, "alice") ? -ENOENT : 0;
}

static int find_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	*gid = 500;
	return strcmp(name, "staff") ? -ENOENT : 0;
}

static const struct conf_env env = { .hostname = "desk", .user = find_user, .group = find_group };

static char *add_list(char *text, const char *title, const struct migrate_list *list)
{
	text = talloc_asprintf_append(text, "==== %s: %zu\n", title, list->n);
	for (size_t i = 0; i < list->n; i++)
		text = talloc_asprintf_append(text, "%s\n", list->text[i]);
	return text;
}

/* The new file and the report, as one text. */
static char *result(TALLOC_CTX *ctx, const struct migration *m)
{
	char *text = talloc_asprintf(ctx, "%s==== kept: %zu lines, %zu shares\n", m->text, m->kept,
				     m->conf->nshares);

	text = add_list(text, "remarks", &m->remarks);
	text = add_list(text, "lost", &m->lost);
	text = add_list(text, "off", &m->off);
	return m->bare.n ? add_list(text, "bare", &m->bare) : text;
}

static void golden(const char *name)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *from = talloc_asprintf(ctx, DIR "%s.conf", name);
	char *path = talloc_asprintf(ctx, DIR "%s.want", name), *got, *want;
	struct migration *m;
	const char *why;

	assert(!migrate_conf(ctx, from, &env, &m, &why));
	assert(!m->conf->nfatal);
	got = result(ctx, m);
	if (getenv("MIGRATE_UPDATE")) {
		unlink(path);
		assert(!commit_write(path, got, 0644));
	}
	want = commit_read(ctx, path);
	if (!want || strcmp(got, want))
		fprintf(stderr, "%s: got this, which is not what is wanted:\n%s", path, got);
	assert(want && !strcmp(got, want));
	talloc_free(ctx);
}

/* What is taken over is what was read: a second migration changes nothing but the heading. */
static void once_is_enough(const char *name)
{
	const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	TALLOC_CTX *ctx = talloc_new(NULL);
	char *from = talloc_asprintf(ctx, DIR "%s.conf", name);
	char *path = talloc_asprintf(ctx, "%s/%s.again", tmp, name);
	struct migration *first, *second;
	const char *why;

	assert(!migrate_conf(ctx, from, &env, &first, &why));
	unlink(path);
	assert(!commit_write(path, first->text, 0600));
	assert(!migrate_conf(ctx, path, &env, &second, &why));
	assert(!second->lost.n && !second->off.n && second->conf->nshares == first->conf->nshares);
	assert(!strcmp(strchr(second->text, '\n') + 1, first->text));
	talloc_free(ctx);
}

static void what_cannot_be_read_is_said(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;
	const char *why;

	assert(migrate_conf(ctx, DIR "none.conf", &env, &m, &why) == -ENOENT && !m);
	assert(migrate_conf(ctx, DIR, &env, &m, &why) == -EINVAL && why);
	talloc_free(ctx);
}

/* --- what must not be open ----------------------------------------------------------------- */

static char *in_tmp(TALLOC_CTX *ctx, const char *name)
{
	const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";

	return talloc_asprintf(ctx, "%s/%s", tmp, name);
}

static void write_tmp(const char *name, const char *text)
{
	char *path = in_tmp(NULL, name);

	unlink(path);
	assert(!commit_write(path, text, 0600));
	talloc_free(path);
}

static struct migration *migrated(TALLOC_CTX *ctx, const char *text)
{
	struct migration *m;
	const char *why;

	write_tmp("case.conf", text);
	assert(!migrate_conf(ctx, in_tmp(ctx, "case.conf"), &env, &m, &why));
	assert(!m->conf->nfatal);
	return m;
}

static bool is_open(const struct migration *m, const char *share)
{
	return conf_share_find(m->conf, share) && conf_get_bool(m->conf, share, "available");
}

/* Is [a] open, alone? */
static bool stays_open(const char *text)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	bool is = is_open(migrated(ctx, text), "a");

	talloc_free(ctx);
	return is;
}

#define A	"[a]\npath = /a\n"

static void a_lost_include_closes(void)
{
	write_tmp("host-desk7.conf", "hosts allow = 192.0.2.1\n");
	assert(!stays_open("[global]\ninclude = host-%m.conf\n" A));
	assert(!stays_open(A "include = host-%m.conf\n"));
	assert(!stays_open("[global]\nin  clude = host-%m.conf\n" A));
	assert(!stays_open("[global]\ninclude = registry\n" A));
	assert(!stays_open("[global]\ninclude = .\n" A));
	assert(!stays_open("[global]\ninclude = case.conf\n" A));	/* for ever */
	assert(!stays_open("[global]\ninclude = %q\n" A));
	assert(!stays_open("[global]\ninclude = none-%v.conf\n" A));
	write_tmp("[n]one-pc.conf", "hosts allow = 192.0.2.1\n");
	assert(!stays_open("[global]\ninclude = [n]one-%m.conf\n" A));
	write_tmp(".dot-pc.conf", "hosts allow = 192.0.2.1\n");
	assert(!stays_open("[global]\ninclude = %Udot-%m.conf\n" A));
	/* what is lost in another share is nothing to this one */
	assert(stays_open(A "[b]\npath = /b\ninclude = host-%m.conf\n"));
	/* unless the file has sections, or may have */
	write_tmp("with-desk7.conf", "[a]\nhosts allow = 192.0.2.1\n");
	assert(!stays_open(A "[b]\npath = /b\ninclude = with-%m.conf\n"));
	assert(!stays_open(A "[b]\npath = /b\ninclude = registry\n"));
	assert(!stays_open(A "[b]\npath = /b\ninclude = .\n"));
	/* what Samba finds for no client */
	assert(stays_open("[global]\ninclude = none-%m.conf\n" A));
	assert(stays_open("[global]\ninclude = nodir/none-%m.conf\n" A));
	assert(stays_open("[global]\ninclude =\n" A));
}

/*
 * A file that Samba did not find today may be on a disk that is not mounted, and is there again
 * after Samba's next start; conf/ serves no share whose section includes it.
 */
static void an_include_that_is_not_there_closes(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	assert(!stays_open("[global]\ninclude = none.conf\n" A));
	m = migrated(ctx, A "include = none.conf\n[b]\npath = /b\n");
	assert(!is_open(m, "a") && is_open(m, "b"));
	talloc_free(ctx);
}

/* A directory that cannot be listed may have the file. */
static void a_pattern_in_doubt_closes(void)
{
	char *loop = in_tmp(NULL, "loop");

	unlink(loop);
	assert(!symlink("loop", loop));
	assert(!stays_open("[global]\ninclude = loop/x-%m.conf\n" A));
	assert(!stays_open("[global]\ninclude = loop%m/x.conf\n" A));
	talloc_free(loop);
}

/* Macros that mean the same for all clients are expanded as conf/ does. */
static void one_file_for_all_is_taken_in(void)
{
	static const char *const names[] = { "host-%h.conf", "host-%L.conf", "host-%$(MIG).conf" };
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;
	const char *why;

	setenv("MIG", "env", 1);
	write_tmp("host-desk.conf", "hosts allow = 192.0.2.1\n");
	write_tmp("host-DESK.conf", "hosts allow = 192.0.2.1\n");
	write_tmp("host-env.conf", "hosts allow = 192.0.2.1\n");
	write_tmp("host-BOX.conf", "hosts allow = 192.0.2.1\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *text = talloc_asprintf(ctx, "[global]\ninclude = %s\n" A, names[i]);

		m = migrated(ctx, text);
		assert(is_open(m, "a"));
		assert(!strcmp(conf_get_str(m->conf, NULL, "hosts_allow"), "192.0.2.1"));
	}
	/* the host's name up to its first dot */
	write_tmp("case.conf", "[global]\ninclude = host-%h.conf\n" A);
	assert(!migrate_conf(ctx, in_tmp(ctx, "case.conf"),
			     &(struct conf_env){ .hostname = "desk.office.example",
						 .user = find_user, .group = find_group }, &m, &why));
	assert(is_open(m, "a") && *conf_get_str(m->conf, NULL, "hosts_allow"));
	/* of a long name 15 letters, as Samba has it */
	write_tmp("host-A-MACHINE-OF-TH.conf", "hosts allow = 192.0.2.1\n");
	write_tmp("case.conf", "[global]\ninclude = host-%L.conf\n" A);
	assert(!migrate_conf(ctx, in_tmp(ctx, "case.conf"),
			     &(struct conf_env){ .hostname = "a-machine-of-the-house.example",
						 .user = find_user, .group = find_group }, &m, &why));
	assert(is_open(m, "a") && *conf_get_str(m->conf, NULL, "hosts_allow"));
	assert(*conf_get_str(migrated(ctx, "netbios name = Box\ninclude = host-%L.conf\n" A)->conf,
			     NULL, "hosts_allow"));
	talloc_free(ctx);
}

/* Lines behind an include belong to its last section, as in Samba. */
static void an_include_leaves_its_section(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	write_tmp("sections.conf", "comment = of a\n[b]\npath = /b\n");
	m = migrated(ctx, A "include = sections.conf\nvalid users = alice\n# c\nvolume = V\n"
		     "[c]\npath = /c\ncomment = of c\n");
	assert(!strcmp(conf_get_str(m->conf, "a", "comment"), "of a"));
	assert(!*conf_get_str(m->conf, "a", "valid_users"));
	assert(!strcmp(conf_get_str(m->conf, "b", "valid_users"), "alice"));
	assert(!strcmp(conf_get_str(m->conf, "b", "volume"), "V"));
	assert(!strcmp(conf_get_str(m->conf, "c", "comment"), "of c"));
	/* and what is lost there is lost to that section */
	m = migrated(ctx, A "include = sections.conf\nhosts allow = host.example\n");
	assert(is_open(m, "a") && !is_open(m, "b"));
	/* one within the other */
	write_tmp("outer.conf", "[o]\npath = /o\ninclude = sections.conf\n");
	m = migrated(ctx, A "include = outer.conf\nhosts allow = host.example\n");
	assert(is_open(m, "a") && is_open(m, "o") && !is_open(m, "b"));
	talloc_free(ctx);
}

static void a_copy_loses_what_is_copied(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m = migrated(ctx,
		"[tmpl]\npath = /t\navailable = no\nhosts allow = host.example\n"
		"[Mid]\npath = /m\ncopy = TMPL\n"
		"[real]\ncopy = mid\npath = /r\navailable = yes\n"
		"[other]\npath = /o\n");

	assert(!is_open(m, "tmpl") && !is_open(m, "mid") && !is_open(m, "real"));
	assert(is_open(m, "other") && m->off.n == 3);
	talloc_free(ctx);
}

/* conf/ tells no case in any alphabet, and takes blanks together. */
static void names_are_those_of_conf(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	m = migrated(ctx, "[B\303\274cher]\npath = /b\n[B\303\234CHER]\nhosts allow = x.example\n"
		     "available = yes\n");
	assert(m->conf->nshares == 1 && m->off.n == 1 && !is_open(m, "b\303\274cher"));
	m = migrated(ctx, "[two  blanks]\npath = /b\nhosts allow = x.example\n");
	assert(m->off.n == 1 && !is_open(m, "two blanks"));
	m = migrated(ctx, "[two  blanks]\npath = /b\ntime server = yes\n");
	assert(is_open(m, "two blanks"));
	talloc_free(ctx);
}

/* What stands below a header that is none is no part of the section above it. */
static void below_a_bad_header(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m = migrated(ctx, A "valid users = alice\n[b\npath = /b\nguest ok = yes\n"
				       "valid users = bob\nhosts allow = x.example\n[c]\npath = /c\n");

	assert(!strcmp(conf_get_str(m->conf, "a", "valid_users"), "alice"));
	assert(!conf_get_bool(m->conf, "a", "guest_ok") && m->conf->nshares == 2);
	assert(!strcmp(conf_get_str(m->conf, "a", "path"), "/a") && is_open(m, "c"));
	talloc_free(ctx);
}

static void accounts_of_a_domain_are_others(void)
{
	static const char *const joined[] = {
		"security = ads\n", "security = Domain\n", "server role = member server\n",
		"domain logons = yes\n", "server role = classic primary domain controller\n",
	};
	static const char *const lines[] = {
		"valid users = D\\alice\n", "invalid users = D\\alice\n", "read list = D\\alice\n",
		"write list = bob, @\"D\\staff\"\n", "admin users = d\\alice\n",
		"force user = D\\alice\n", "force group = D\\staff\n",
	};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(joined); i++)
		for (size_t k = 0; k < ARRAY_LEN(lines); k++) {
			struct migration *m = migrated(ctx, talloc_asprintf(ctx,
				"[global]\nworkgroup = D\n%s" A "%s[b]\npath = /b\nvalid users = alice\n",
				joined[i], lines[k]));

			assert(!is_open(m, "a") && is_open(m, "b"));
			assert(strstr(m->text, "accounts of a domain"));
		}
	/* as before where there is no domain, and for all where names without one are the domain's */
	assert(stays_open("[global]\nworkgroup = D\nsecurity = user\n" A "valid users = D\\alice\n"));
	assert(!stays_open("[global]\nsecurity = ads\nwinbind use default domain = yes\n" A
			   "valid users = alice\n"));
	assert(!stays_open("[global]\nworkgroup = D\nsecurity = ads\nvalid users = D\\alice\n" A));
	/* other ways to write a domain; an @ before a word is a group's */
	assert(!stays_open("[global]\nsecurity = ads\n" A "valid users = alice@d.example\n"));
	assert(!stays_open("[global]\nsecurity = ads\nwinbind separator = +\n" A
			   "valid users = root, D+alice\n"));
	assert(!stays_open("[global]\nsecurity = ads\nwinbind separator = /\n" A
			   "valid users = D/alice\n"));
	assert(stays_open("[global]\nsecurity = ads\n" A "valid users = @staff, +staff\n"));
	talloc_free(ctx);
}

/* Samba's own modules decide there, and the accounts are those of the domain. */
static void a_domain_controller_closes_all(void)
{
	static const char *const roles[] = {
		"active directory domain controller", "domain controller", "dc", "made by us",
	};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const char *head = talloc_asprintf(ctx, "[global]\nserver role = %s\n", roles[i]);
		struct migration *m = migrated(ctx, talloc_asprintf(ctx, "%s" A "[b]\npath = /b\n"
			"vfs objects = recycle\n", head));

		assert(!is_open(m, "a") && !is_open(m, "b") && strstr(m->text, "stored kept clients"));
		assert(!stays_open(talloc_asprintf(ctx, "%svfs objects =\n" A, head)));
		/* [global] says what does it instead */
		m = migrated(ctx, talloc_asprintf(ctx, "%svfs objects = recycle\n" A "[b]\npath = /b\n"
			"valid users = alice\n", head));
		assert(is_open(m, "a") && !is_open(m, "b"));
		assert(!stays_open(talloc_asprintf(ctx, "%svfs objects = acl_xattr\n" A, head)));
	}
	assert(stays_open("[global]\nserver role = member server\n" A));
	assert(stays_open("[global]\nserver role = standalone server\n" A));
	talloc_free(ctx);
}

static void server_wide_protection_counts(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	assert(!stays_open("[global]\nserver signing = perhaps\n" A));
	assert(!stays_open("[global]\nserver min protocol = SMB9\n" A));
	assert(!stays_open("[global]\nntlm auth = perhaps\n" A));
	assert(!stays_open("[global]\nserver smb3 encryption algorithms = ROT13\n" A));
	assert(!stays_open("[global]\nserver smb3 signing algorithms = ROT13\n" A));
	assert(!stays_open("[global]\nsmb ports = many\n" A));
	assert(!stays_open("[global]\nserver max connections = many\n" A));
	m = migrated(ctx, "[global]\nserver min protocol = SMB3_10\n" A);
	assert(is_open(m, "a") && !strcmp(conf_get_str(m->conf, NULL, "min_protocol"), "SMB3_11"));
	m = migrated(ctx, "[global]\nmin protocol = smb2_24\n" A);
	assert(is_open(m, "a") && !strcmp(conf_get_str(m->conf, NULL, "min_protocol"), "SMB3_00"));
	m = migrated(ctx, "[global]\nminprotocol = SMB2_22\n" A);
	assert(is_open(m, "a") && !strcmp(conf_get_str(m->conf, NULL, "min_protocol"), "SMB3_00"));
	m = migrated(ctx, "[IPC$]\nhosts allow = 192.0.2.1\n" A);
	assert(m->bare.n == 1 && strstr(m->bare.text[0], "hosts allow"));
	assert(strstr(m->text, "restrict anonymous = 2") && strstr(m->text, "in [global]"));
	m = migrated(ctx, "[ipc$]\ncomment = x\n" A);
	assert(!m->bare.n);
	talloc_free(ctx);
}

/* A backslash at the end of a file joins nothing to its last line. */
static void no_line_joins_another(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	write_tmp("open.conf", "comment = x\\");
	m = migrated(ctx, A "include = open.conf\nvalid users = alice\n");
	assert(!strcmp(conf_get_str(m->conf, "a", "comment"), "x"));
	assert(!strcmp(conf_get_str(m->conf, "a", "valid_users"), "alice"));
	write_tmp("open.conf", "comment = x\\\r\n");
	m = migrated(ctx, A "include = open.conf\nvalid users = alice\n");
	assert(!strcmp(conf_get_str(m->conf, "a", "valid_users"), "alice"));
	/* what closes the share is no part of the line above it */
	m = migrated(ctx, A "hosts allow = host.example\ncomment = x\\");
	assert(!is_open(m, "a") && !strcmp(conf_get_str(m->conf, "a", "comment"), "x"));
	talloc_free(ctx);
}

/* Who made a file's name writes no line of the new smb.conf, nor of the report. */
static void names_write_no_lines(void)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	write_tmp("of-x\n[evil]\npath=.conf", "comment = x\n");
	m = migrated(ctx, A "include = of-%m.conf\n");
	assert(!conf_share_find(m->conf, "evil") && m->conf->nshares == 1 && !is_open(m, "a"));
	for (size_t i = 0; i < m->lost.n; i++)
		assert(!strchr(m->lost.text[i], '\n'));
	setenv("EVIL", "x\n[evil]\npath = /\n", 1);
	m = migrated(ctx, A "include = of-%$(EVIL).conf\n");
	assert(!conf_share_find(m->conf, "evil") && m->conf->nshares == 1);
	talloc_free(ctx);
}

/* As whom files are accessed is a protection, too. */
static void a_lost_user_closes(void)
{
	assert(!stays_open(A "force user = b\374cher\n"));	/* ISO 8859-1 */
	assert(!stays_open(A "force group = b\374cher\n"));
}

/* Another directory than that of the line would be served. */
static void a_lost_path_closes(void)
{
	static const char bad[] = "path = /srv/%q\n";
	TALLOC_CTX *ctx = talloc_new(NULL);

	assert(!is_open(migrated(ctx, talloc_asprintf(ctx, "[t]\npath = /t\n[a]\ncopy = t\n%s", bad)),
			"a"));
	assert(!stays_open(talloc_asprintf(ctx, "[global]\npath = /g\n[a]\n%s", bad)));
	assert(!stays_open(talloc_asprintf(ctx, A "%s", bad)));
	assert(!is_open(migrated(ctx, talloc_asprintf(ctx, "[homes]\n%s" A, bad)), "homes"));
	talloc_free(ctx);
}

/* What only grants is narrower where it was lost than what comes back. */
static void a_wider_value_does_not_come_back(void)
{
	static const struct { const char *wide, *lost; } lines[] = {
		{ "admin users = alice", "admin users = \303(" },
		{ "write list = alice", "write list = \303(" },
		{ "wide links = yes", "wide links = perhaps" },
		{ "force create mode = 0777", "force create mode = 9" },
		{ "force directory mode = 0777", "force directory mode = 9" },
		{ "browseable = no", "browseable = perhaps" },
	};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		const char *wide = lines[i].wide, *lost = lines[i].lost;
		static const char g[] = "[global]\nunix extensions = no\nsmb3 unix extensions = no\n";

		assert(!stays_open(talloc_asprintf(ctx, "%s%s\n" A "%s\n", g, wide, lost)));
		assert(!stays_open(talloc_asprintf(ctx, "%s" A "%s\n%s\n", g, wide, lost)));
		assert(!stays_open(talloc_asprintf(ctx, "%s[t]\npath = /t\n%s\n" A "copy = t\n%s\n", g,
						   wide, lost)));
		assert(!stays_open(talloc_asprintf(ctx, "%s%s\n%s\n" A, g, wide, lost)));
		/* where the default comes back, nothing is wider */
		assert(stays_open(talloc_asprintf(ctx, "%s" A "%s\n", g, lost)));
	}
	/* what is shown only */
	assert(stays_open("[global]\ncomment = x\n" A "comment = \303(\n"));
	talloc_free(ctx);
}

/* Samba does not follow links out of a share while it has unix extensions. */
static void wide_links_stay_as_wide_as_they_were(void)
{
	static const struct { const char *global; bool wide; } cases[] = {
		{ "", false }, { "unix extensions = yes\n", false },
		/* a newer Samba may have the others without a line */
		{ "unix extensions = no\n", false }, { "smb1 unix extensions = no\n", false },
		{ "unix extensions = no\nsmb3 unix extensions = no\n", true },
		{ "smb1 unix extensions = no\nsmb3 unix extensions = no\n", true },
		{ "smb3 unix extensions = no\n", false },
		{ "unix extensions = no\nsmb3 unix extensions = yes\n", false },
		{ "allow insecure wide links = yes\n", true },
		{ "unix extensions = no\nunix extensions = yes\n", false },
	};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct migration *m = migrated(ctx, talloc_asprintf(ctx,
			"[global]\n%s" A "wide links = yes\n", cases[i].global));

		assert(is_open(m, "a") && m->kept);
		assert(conf_get_bool(m->conf, "a", "wide_links") == cases[i].wide);
		assert(cases[i].wide || (strstr(m->text, "# migrate: wide links = yes") && m->remarks.n));
		m = migrated(ctx, talloc_asprintf(ctx, "[global]\n%swide links = yes\n" A,
						  cases[i].global));
		assert(conf_get_bool(m->conf, "a", "wide_links") == cases[i].wide);
	}
	talloc_free(ctx);
}

/* The extensions of SMB3 may be said of one share. */
static void wide_links_of_one_share(void)
{
	static const char g[] = "[global]\nunix extensions = no\n", w[] = "wide links = yes\n",
		on[] = "smb3 unix extensions = yes\n", off[] = "smb3 unix extensions = no\n";
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct migration *m;

	m = migrated(ctx, talloc_asprintf(ctx, "%s" A "%s%s[b]\npath = /b\n%s", g, w, off, w));
	assert(conf_get_bool(m->conf, "a", "wide_links") && !conf_get_bool(m->conf, "b", "wide_links"));
	m = migrated(ctx, talloc_asprintf(ctx, "%s%s" A "%s%s[b]\npath = /b\n%s%s[c]\ncopy = a\n"
					  "path = /c\n%s", g, off, w, on, w, off, w));
	assert(!conf_get_bool(m->conf, "a", "wide_links") && conf_get_bool(m->conf, "b", "wide_links"));
	assert(!conf_get_bool(m->conf, "c", "wide_links"));
	/* which share has it is not known of a line in [global], and one below is not the share's */
	m = migrated(ctx, talloc_asprintf(ctx, "%s%s%s" A "%s", g, off, w, on));
	assert(!conf_get_bool(m->conf, "a", "wide_links"));
	m = migrated(ctx, talloc_asprintf(ctx, "%s" A "%s[global]\n%s", g, w, off));
	assert(!conf_get_bool(m->conf, "a", "wide_links"));
	talloc_free(ctx);
}

/* Modules that stored permissions, or may have, kept clients out, and PAM accounts. */
static void lost_modules_close(void)
{
	static const char *const lines[] = {
		"vfs objects = acl_xattr\n", "vfs objects = fruit acl_tdb\n",
		"vfs object = made_by_us\n", "vfs objects = recycle, virusfilter\n",
	};
	TALLOC_CTX *ctx = talloc_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct migration *m = migrated(ctx, talloc_asprintf(ctx, A "%s[b]\npath = /b\n",
								    lines[i]));

		assert(!is_open(m, "a") && is_open(m, "b"));
		assert(!stays_open(talloc_asprintf(ctx, "[global]\n%s" A, lines[i])));
	}
	assert(stays_open(A "vfs objects = recycle fruit streams_xattr\n"));
	/* which is said, as Debian's smb.conf has it */
	assert(migrated(ctx, "[global]\nobey pam restrictions = yes\n" A)->bare.n == 1);
	assert(!migrated(ctx, "[global]\nobey pam restrictions = no\n" A)->bare.n);
	talloc_free(ctx);
}

int main(void)
{
	static const char *const names[] = { "desk", "nas", "broken", "includes", "dc" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		golden(names[i]);
		once_is_enough(names[i]);
	}
	what_cannot_be_read_is_said();
	a_lost_include_closes();
	one_file_for_all_is_taken_in();
	an_include_leaves_its_section();
	a_copy_loses_what_is_copied();
	names_are_those_of_conf();
	below_a_bad_header();
	accounts_of_a_domain_are_others();
	a_domain_controller_closes_all();
	server_wide_protection_counts();
	no_line_joins_another();
	names_write_no_lines();
	a_lost_user_closes();
	a_lost_path_closes();
	a_wider_value_does_not_come_back();
	wide_links_stay_as_wide_as_they_were();
	wide_links_of_one_share();
	lost_modules_close();
	an_include_that_is_not_there_closes();
	a_pattern_in_doubt_closes();
	puts("daemon_migrate: ok");
	return 0;
}
