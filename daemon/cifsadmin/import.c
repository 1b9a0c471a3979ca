// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/import.c - user import and export: accounts from Samba, and back */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../passdb/nss.h"
#include "../util/text.h"
#include "account.h"
#include "smbpasswd.h"

#define STDIN_MAX	(16 << 20)

/* An import in progress: accounts of @off may no longer log on. */
struct work {
	const struct admin *a;
	struct import *imp;
	char *text;
	char **off;
	size_t noff;
};

static void skipped(struct work *w, const char *name, const char *why)
{
	w->imp->skipped++;
	say("%s: skipped: %s", name, why);
}

static bool remember_off(struct work *w, const char *name)
{
	char **grown = talloc_realloc(w->a->ctx, w->off, char *, (unsigned int)w->noff + 1);

	if (!grown)
		return false;
	w->off = grown;
	grown[w->noff] = talloc_strdup(w->a->ctx, name);
	return grown[w->noff++];
}

static void say_taken(const struct smbpasswd *s, bool existed)
{
	const struct passwd *pw = account_unix(s->name);

	say("%s: %s%s%s%s%s", s->name, existed ? "replaced" : "imported",
	    s->disabled ? ", disabled" : "", s->reason ? ": " : "", s->reason ? s->reason : "",
	    pw ? "" :
	    "; there is no UNIX account of this name yet, and without one nobody logs on");
}

static int replace(struct work *w, struct passdb_entry *e, const struct smbpasswd *s)
{
	if (!w->imp->replace) {
		skipped(w, s->name, "there is such an account already (user import --replace takes this one)");
		return EXIT_OK;
	}
	memcpy(e->hash, s->hash, sizeof(e->hash));
	e->changed = s->changed;
	if (s->disabled && !e->disabled && !remember_off(w, e->name))
		return complain("out of memory");
	e->disabled = s->disabled;
	w->imp->replaced++;
	say_taken(s, true);
	return EXIT_OK;
}

static int take(struct work *w, struct passdb *db, const struct smbpasswd *s)
{
	const struct passwd *pw = account_unix(s->name);
	struct passdb_entry *e = passdb_find(db, s->name);
	int r;

	if (pw && pw->pw_uid == 0 && !w->imp->force) {
		skipped(w, s->name, "its UNIX account has uid 0 (user import --force takes it)");
		return EXIT_OK;
	}
	if (e)
		return replace(w, e, s);
	r = passdb_add(db, s->name, s->hash, s->changed);
	if (r < 0)
		return complain("\"%s\" cannot be added: %s", s->name, strerror(-r));
	passdb_find(db, s->name)->disabled = s->disabled;
	w->imp->added++;
	say_taken(s, false);
	return EXIT_OK;
}

static int take_line(struct work *w, struct passdb *db, char *line, unsigned int number)
{
	struct smbpasswd s;
	const char *why;
	int r = EXIT_OK;

	switch (smbpasswd_parse(line, &s, &why)) {
	case SMBPASSWD_ACCOUNT:
		r = take(w, db, &s);
		break;
	case SMBPASSWD_SKIP:
		skipped(w, s.name, why);
		break;
	case SMBPASSWD_NOTHING:
		break;
	case SMBPASSWD_BAD:
		r = complain("%s:%u: %s", w->imp->source, number, why);
	}
	explicit_bzero(s.hash, sizeof(s.hash));
	return r;
}

static int import_lines(struct passdb *db, void *priv)
{
	struct work *w = priv;
	unsigned int number = 0;
	char *line, *next;
	int r = EXIT_OK;

	for (line = w->text; line && *line && !r; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		r = take_line(w, db, line, ++number);
	}
	return r;
}

int account_import(const struct admin *a, char *text, struct import *imp)
{
	struct work w = { .a = a, .imp = imp, .text = text };
	int r;

	r = account_change(a, import_lines, &w);
	if (r) {
		complain("nothing was imported");
		return r;
	}
	return account_end_sessions(a, w.off, w.noff, false);
}

/* --- the verbs ------------------------------------------------------------------ */

char *account_slurp(TALLOC_CTX *ctx, int fd, size_t room)
{
	char *text = talloc_array(ctx, char, (unsigned int)room + 1);
	size_t len = 0;
	ssize_t n;

	if (!text)
		return NULL;
	text_is_secret(text);
	do {
		n = read(fd, text + len, room - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	text[len] = 0;
	if (n < 0 || len == room || memchr(text, 0, len)) {
		errno = n < 0 ? errno : len == room ? EFBIG : EINVAL;
		talloc_free(text);
		return NULL;
	}
	return text;
}

char *account_read(const struct admin *a, const char *path)
{
	_cleanup_(closep) int fd = -1;
	struct stat st = {};
	size_t room = STDIN_MAX;
	char *text;

	if (strcmp(path, "-")) {
		/* the writer of a FIFO may be late, as behind <(...) */
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0) {
			complain("%s cannot be read: %s", path, strerror(errno));
			return NULL;
		}
		if (S_ISREG(st.st_mode) && st.st_size <= PASSDB_MAX_FILE)
			room = (size_t)st.st_size + 1;
		if (S_ISREG(st.st_mode) && st.st_mode & 077)
			complain("warning: others may read %s (mode %04o), and its hashes are as "
				 "good as passwords",
				 path, st.st_mode & 07777);
	}
	text = account_slurp(a->ctx, fd < 0 ? STDIN_FILENO : fd, room);
	if (!text)
		complain("%s cannot be read: %s", path, strerror(errno));
	return text;
}

static int user_import(const struct admin *a, int argc, char **argv)
{
	struct import imp = {};
	const struct verb_option options[] = {
		{ "--replace", &imp.replace, NULL }, { "--force", &imp.force, NULL }, {}
	};
	char *text;
	int r;

	if (take_options(&argc, argv, options, 1, 1))
		return EXIT_USAGE;
	imp.source = strcmp(argv[0], "-") ? argv[0] : "standard input";
	text = account_read(a, argv[0]);
	if (!text)
		return EXIT_FAILED;
	r = account_import(a, text, &imp);
	if (!r)
		say("%zu imported, %zu replaced, %zu skipped", imp.added, imp.replaced,
		    imp.skipped);
	return r;
}

static void export_entry(FILE *f, const struct passdb_entry *e)
{
	const struct passwd *pw = account_unix(e->name);
	char line[SMBPASSWD_LINE_MAX];

	smbpasswd_print(line, e, pw ? pw->pw_uid : UINT32_MAX);
	fprintf(f, "%s\n", line);
	explicit_bzero(line, sizeof(line));
}

static int export(FILE *f, const struct passdb *db, int argc, char **argv)
{
	/* Hashes must not stay in a buffer of stdio. */
	setvbuf(f, NULL, _IONBF, 0);
	for (int i = 0; i < argc; i++)
		export_entry(f, passdb_find(db, argv[i]));
	for (size_t i = 0; !argc && i < db->n; i++)
		export_entry(f, db->entries[i]);
	return fflush(f) || ferror(f)
		       ? complain("the accounts cannot be written: %s", strerror(errno))
		       : EXIT_OK;
}

static int export_file(const char *path, const struct passdb *db, int argc, char **argv)
{
	_cleanup_(fclosep) FILE *f = NULL;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0 && errno == EEXIST)
		return complain("%s is there already, and is not overwritten", path);
	if (fd < 0)
		return complain("%s cannot be made: %s", path, strerror(errno));
	f = fdopen(fd, "w");
	if (!f) {
		close(fd);
		return complain("out of memory");
	}
	r = export(f, db, argc, argv);
	if (!r && fsync(fd) < 0)
		r = complain("%s cannot be written: %s", path, strerror(errno));
	if (r)
		unlink(path);
	return r;
}

static int user_export(const struct admin *a, int argc, char **argv)
{
	const char *path = NULL;
	const struct verb_option options[] = { { "--output", NULL, &path }, {} };
	struct passdb *db;
	int r;

	if (take_options(&argc, argv, options, 0, INT32_MAX))
		return EXIT_USAGE;
	db = account_load(a);
	if (!db)
		return EXIT_FAILED;
	for (int i = 0; i < argc; i++)
		if (!passdb_find(db, argv[i]))
			return complain("there is no account \"%s\": nothing was written", argv[i]);
	r = path ? export_file(path, db, argc, argv) : export(stdout, db, argc, argv);
	if (!r)
		complain("warning: whoever reads these hashes can log on with them, as with the "
			 "passwords");
	return r;
}

const struct verb account_verbs[] = {
	{ "user", "import", "FILE|- [--replace] [--force]",
	  "take accounts from \"pdbedit -Lw\", smbpasswd(5) or cifspwd.db(5)", 0, ARGS_OWN,
	  user_import },
	{ "user", "export", "[NAME]... [--output FILE]",
	  "write accounts in the form of smbpasswd(5)", 0, ARGS_OWN, user_export },
	{}
};
