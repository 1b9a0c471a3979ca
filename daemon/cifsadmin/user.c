// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/user.c - user list, show, add, passwd, del, enable, disable */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../util/crypto.h"
#include "../passdb/nss.h"
#include "../upcall/running.h"
#include "../util/utf.h"
#include "account.h"

#define PASSWORD_MAX	1024

static struct passdb *load_db(const struct admin *a, bool must_exist)
{
	struct passdb_error err;
	struct passdb *db;

	if (must_exist && access(a->passdb, F_OK) < 0 && errno == ENOENT) {
		complain("there is no %s", a->passdb);
		return NULL;
	}
	if (passdb_load(a->ctx, a->passdb, &db, &err) == 0)
		return db;
	if (err.line)
		complain("%s:%u: %s", a->passdb, err.line, err.text);
	else
		complain("%s: %s", a->passdb, err.text);
	return NULL;
}

struct passdb *account_load(const struct admin *a)
{
	return load_db(a, a->passdb_named);
}

int account_change(const struct admin *a, int (*fn)(struct passdb *db, void *priv), void *priv)
{
	_cleanup_(closep) int lock = passdb_lock(a->passdb);
	struct passdb *db;
	int r;

	if (lock == -EACCES || lock == -EPERM || lock == -EROFS)
		return complain("%s cannot be changed: %s: only root may", a->passdb,
				strerror(-lock));
	if (lock < 0)
		return complain("%s cannot be locked: %s", a->passdb, strerror(-lock));
	db = load_db(a, false);
	if (!db)
		return EXIT_FAILED;
	if (!db->n && daemon_doubts(a, true, a->passdb))
		return EXIT_FAILED;
	r = fn(db, priv);
	if (r)
		return r;
	r = passdb_save(db, a->passdb);
	return r < 0 ? complain("%s cannot be written: %s", a->passdb, strerror(-r)) : EXIT_OK;
}

const struct passwd *account_unix(const char *name)
{
	const struct passwd *pw = getpwnam(name);
	_cleanup_(talloc_freep) char *low = pw ? NULL : talloc_strdup(NULL, name);

	for (char *p = low; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return low ? getpwnam(low) : pw;
}

/* Changes the database; an exit status, with the complaint made. */
typedef int (*change_fn)(struct passdb *db, const char *name, const uint8_t *hash);

struct change {
	change_fn fn;
	const char *name;
	const uint8_t *hash;
	bool none_left;			/* the last account was removed */
};

static int run_change(struct passdb *db, void *priv)
{
	struct change *c = priv;
	bool some = db->n;
	int r = c->fn(db, c->name, c->hash);

	c->none_left = some && !db->n;
	return r;
}

static int change(const struct admin *a, change_fn fn, const char *name, const uint8_t *hash)
{
	struct change c = { fn, name, hash, false };

	return account_change(a, run_change, &c);
}

static int no_such_user(const char *name)
{
	return complain("there is no account \"%s\": cifsadmin user list shows those there are",
			name);
}

static int change_add(struct passdb *db, const char *name, const uint8_t *hash)
{
	int r = passdb_add(db, name, hash, time(NULL));

	if (r == -EEXIST)
		return complain("there is an account \"%s\" already", passdb_find(db, name)->name);
	return r < 0 ? complain("\"%s\" cannot be added: %s", name, strerror(-r)) : EXIT_OK;
}

static int change_passwd(struct passdb *db, const char *name, const uint8_t *hash)
{
	struct passdb_entry *e = passdb_find(db, name);

	if (!e)
		return no_such_user(name);
	memcpy(e->hash, hash, sizeof(e->hash));
	e->changed = time(NULL);
	return EXIT_OK;
}

static int change_del(struct passdb *db, const char *name, const uint8_t *hash)
{
	(void)hash;
	return passdb_remove(db, name) < 0 ? no_such_user(name) : EXIT_OK;
}

static int set_disabled(struct passdb *db, const char *name, bool disabled)
{
	struct passdb_entry *e = passdb_find(db, name);

	if (!e)
		return no_such_user(name);
	e->disabled = disabled;
	return EXIT_OK;
}

static int change_enable(struct passdb *db, const char *name, const uint8_t *hash)
{
	(void)hash;
	return set_disabled(db, name, false);
}

static int change_disable(struct passdb *db, const char *name, const uint8_t *hash)
{
	(void)hash;
	return set_disabled(db, name, true);
}

static int hash_password(const char *name, uint8_t hash[PASSDB_HASH_LEN])
{
	char password[PASSWORD_MAX];
	int r;

	if (crypto_init() < 0)
		return complain("libgcrypt is too old");
	r = ask_password(name, password, sizeof(password));
	if (!r) {
		r = passdb_hash_password(password, hash);
		if (r < 0)
			r = complain("the password cannot be hashed: %s", strerror(-r));
	}
	explicit_bzero(password, sizeof(password));
	return r;
}

static int take_hash(const char *name, uint8_t hash[PASSDB_HASH_LEN])
{
	char text[PASSWORD_MAX];
	int r = ask_hash(name, text, sizeof(text));

	if (!r && !passdb_hash_parse(text, hash))
		r = complain("the NT hash is not %d hexadecimal digits", 2 * PASSDB_HASH_LEN);
	explicit_bzero(text, sizeof(text));
	return r;
}

/* @is_hash: asks for the password's hash */
static int with_password(const struct admin *a, change_fn fn, const char *name, bool is_hash)
{
	uint8_t hash[PASSDB_HASH_LEN];
	int r = is_hash ? take_hash(name, hash) : hash_password(name, hash);

	if (!r)
		r = change(a, fn, name, hash);
	explicit_bzero(hash, sizeof(hash));
	return r;
}

/* May an account of this name be made?  An exit status. */
static int check_new(const char *name, bool force)
{
	const struct passwd *pw;

	if (!passdb_name_ok(name))
		return complain("\"%s\" is not a legal account name: no control characters, none "
				"of : / \\ @, no # or . at its beginning", name);
	errno = 0;
	pw = account_unix(name);
	if (!pw && errno && errno != ENOENT && errno != ESRCH)
		return complain("the UNIX account \"%s\" cannot be looked up: %s", name,
				strerror(errno));
	if (!pw)
		return complain("there is no UNIX account \"%s\": make one first (useradd)", name);
	if (pw->pw_uid == 0 && !force)
		return complain(
			"the UNIX account \"%s\" has uid 0: whoever knows the password could read "
			"and change every file of every share; --force makes the account all the "
			"same",
			pw->pw_name);
	return EXIT_OK;
}

static void say_added(const char *name)
{
	const struct passwd *pw = account_unix(name);

	if (pw && strcmp(pw->pw_name, name))
		say("account %s added: it is the UNIX account %s (uid %u)", name, pw->pw_name,
		    pw->pw_uid);
	else
		say("account %s added", name);
	if (strchr(name, ' '))
		say("Lists of users in smb.conf take no name with a blank: name a group of the account "
		    "there.");
}

static int user_add(const struct admin *a, int argc, char **argv)
{
	bool is_hash = false, force = false;
	const struct verb_option options[] = {
		{ "--nt-hash", &is_hash, NULL }, { "--force", &force, NULL }, {}
	};
	struct passdb *db;
	int r;

	if (take_options(&argc, argv, options, 1, 1))
		return EXIT_USAGE;
	r = check_new(argv[0], force);
	if (r)
		return r;
	/* Fails before a password is asked for. */
	db = load_db(a, false);
	if (!db)
		return EXIT_FAILED;
	if (passdb_find(db, argv[0]))
		return complain("there is an account \"%s\" already: cifsadmin user passwd gives "
				"it another password",
				passdb_find(db, argv[0])->name);
	r = with_password(a, change_add, argv[0], is_hash);
	if (!r)
		say_added(argv[0]);
	return r;
}

static int user_passwd(const struct admin *a, int argc, char **argv)
{
	bool is_hash = false;
	const struct verb_option options[] = { { "--nt-hash", &is_hash, NULL }, {} };
	struct passdb_entry *e;
	struct passdb *db;
	int r;

	if (take_options(&argc, argv, options, 1, 1))
		return EXIT_USAGE;
	db = account_load(a);
	if (!db)
		return EXIT_FAILED;
	e = passdb_find(db, argv[0]);
	if (!e)
		return no_such_user(argv[0]);
	r = with_password(a, change_passwd, argv[0], is_hash);
	if (!r)
		say("password of %s changed%s", e->name,
		    e->disabled ? "; the account stays disabled (cifsadmin user enable)" : "");
	return r;
}

/* Ends the sessions of @name and refuses logons, until the daemon enables the account again. */
static int turn_off_item(const char *users, const char *name)
{
	_cleanup_(talloc_freep) char *dir = talloc_asprintf(NULL, "%s/%s", users, name);
	_cleanup_(talloc_freep) char *enable = talloc_asprintf(NULL, "%s/enable", dir ? dir : "");
	_cleanup_(closep) int fd = -1;

	if (!dir || !enable)
		return complain("out of memory");
	if (!running_attr_bool(dir, "enable", false))
		return EXIT_OK;
	fd = open(enable, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && write(fd, "0\n", 2) == 2)
		return EXIT_OK;
	return errno == ENOENT ? EXIT_OK
			       : complain("the sessions of %s have not ended: %s: %s", name, enable,
					  strerror(errno));
}

/* In any spelling that the kernel has: it compares names without regard to case. */
static int turn_off(const struct admin *a, const char *name)
{
	_cleanup_(talloc_freep) char *users = talloc_asprintf(NULL, "%s/users", a->configfs);
	DIR *d = users ? opendir(users) : NULL;
	struct dirent *e;
	int r = EXIT_OK;

	if (!users)
		return complain("out of memory");
	if (!d)
		return errno == ENOENT ? EXIT_OK
				       : complain("the sessions of %s have not ended: %s: %s", name,
						  users, strerror(errno));
	while (r == EXIT_OK && (e = readdir(d)))
		if (!utf8_casecmp(e->d_name, name))
			r = turn_off_item(users, e->d_name);
	closedir(d);
	return r;
}

/* Tries all of them, even when one cannot be turned off. */
static int turn_off_all(const struct admin *a, char *const *names, size_t n)
{
	int r = EXIT_OK;

	for (size_t i = 0; i < n; i++)
		r = turn_off(a, names[i]) ? EXIT_FAILED : r;
	return r;
}

/*
 * The daemon reads the file a moment later; an account that is back by then would keep its
 * sessions. The daemon may also not be running, or refuse its configuration.  So sessions are ended
 * here, and once more after the daemon, which may just have enabled an account, has dropped the old
 * password.
 */
int account_end_sessions(const struct admin *a, char *const *names, size_t n, bool none_left)
{
	bool runs = daemon_runs(a);
	int r = turn_off_all(a, names, n);

	if (none_left && !runs)
		complain("cifssrvd is not running: after its next start cifsadmin reload has to say that "
			 "no account is meant, or those that the kernel still has stay there");
	if (r || !n || !runs)
		return r;
	daemon_reload_accounts(a, none_left);
	return turn_off_all(a, names, n);
}

static int end_sessions(const struct admin *a, change_fn fn, const char *arg)
{
	struct change c = { .fn = fn };
	struct passdb *db = account_load(a);
	struct passdb_entry *e = db ? passdb_find(db, arg) : NULL;
	int r;

	if (!e)
		return db ? no_such_user(arg) : EXIT_FAILED;
	c.name = e->name;
	r = account_change(a, run_change, &c);
	return r ? r : account_end_sessions(a, &e->name, 1, c.none_left);
}

static int user_del(const struct admin *a, int argc, char **argv)
{
	int r = end_sessions(a, change_del, argv[0]);

	(void)argc;
	if (!r)
		say("account %s removed: its sessions have ended", argv[0]);
	return r;
}

static int user_enable(const struct admin *a, int argc, char **argv)
{
	int r = change(a, change_enable, argv[0], NULL);

	(void)argc;
	if (!r)
		say("account %s enabled", argv[0]);
	return r;
}

static int user_disable(const struct admin *a, int argc, char **argv)
{
	int r = end_sessions(a, change_disable, argv[0]);

	(void)argc;
	if (!r)
		say("account %s disabled: its sessions have ended", argv[0]);
	return r;
}

/* "2026-11-30", or "-" for a time that is not known */
static const char *format_day(char buf[32], int64_t when)
{
	time_t t = when;
	struct tm tm;

	if (!when || !localtime_r(&t, &tm) || !strftime(buf, 32, "%F", &tm))
		return "-";
	return buf;
}

static const char *state_of(const struct passdb_entry *e, int lookup)
{
	if (lookup == -ENOENT)
		return "no UNIX account";
	if (lookup < 0)
		return "UNIX account not known now";
	return e->disabled ? "disabled" : "enabled";
}

static void list_row(const struct admin *a, struct table *t, const struct passdb_entry *e)
{
	struct nss_identity id = {};
	int r = nss_lookup(a->ctx, e->name, &id);
	char uid[16], day[32];

	snprintf(uid, sizeof(uid), "%u", id.uid);
	table_add(t, e->name);
	table_add(t, r < 0 ? "-" : uid);
	table_add(t, state_of(e, r));
	table_add(t, format_day(day, e->changed));
}

static int user_list(const struct admin *a, int argc, char **argv)
{
	static const char *const heading[] = { "ACCOUNT", "UID", "STATE", "PASSWORD SET" };
	struct table *t = table_new(a, ARRAY_LEN(heading), heading, ">...");
	struct passdb *db = account_load(a);

	(void)argc;
	(void)argv;
	if (!db)
		return EXIT_FAILED;
	for (size_t i = 0; i < db->n; i++)
		list_row(a, t, db->entries[i]);
	table_print(t, stdout);
	if (!db->n)
		fputs("There is no account yet: cifsadmin user add NAME makes one.\n", stderr);
	return EXIT_OK;
}

/* "users (100), wheel (10)" */
static const char *group_names(TALLOC_CTX *ctx, const struct nss_identity *id)
{
	char *text = talloc_strdup(ctx, "");

	for (size_t i = 0; text && i < id->ngroups; i++) {
		const struct group *gr = getgrgid(id->groups[i]);

		text = talloc_asprintf_append_buffer(text, "%s%s (%u)", i ? ", " : "",
						     gr ? gr->gr_name : "?", id->groups[i]);
	}
	return text ? text : "";
}

static void show_unix(const struct admin *a, const char *name)
{
	struct nss_identity id;
	const struct passwd *pw = account_unix(name);
	const struct group *gr;
	int r = nss_lookup(a->ctx, name, &id);

	if (r < 0) {
		say("UNIX account: %s",
		    r == -ENOENT ? "none: nobody can log on with it" : strerror(-r));
		return;
	}
	say("UNIX account: %s (%u)", pw ? pw->pw_name : "?", id.uid);
	gr = getgrgid(id.gid);
	say("Group: %s (%u)", gr ? gr->gr_name : "?", id.gid);
	say("Groups: %s", id.ngroups ? group_names(a->ctx, &id) : "-");
}

static int user_show(const struct admin *a, int argc, char **argv)
{
	struct passdb *db = account_load(a);
	struct passdb_entry *e = db ? passdb_find(db, argv[0]) : NULL;
	char day[32];

	(void)argc;
	if (!db)
		return EXIT_FAILED;
	if (!e)
		return no_such_user(argv[0]);
	say("Account: %s", e->name);
	say("State: %s", e->disabled ? "disabled" : "enabled");
	say("Password set: %s", format_day(day, e->changed));
	show_unix(a, e->name);
	return EXIT_OK;
}

const struct verb user_verbs[] = {
	{ "user", "list", "", "list the accounts", 0, 0, user_list },
	{ "user", "show", "NAME", "show an account, and who it is to UNIX", 1, 1, user_show },
	{ "user", "add", "NAME [--nt-hash] [--force]",
	  "make an account; the password comes from the terminal or stdin", 0, ARGS_OWN, user_add },
	{ "user", "passwd", "NAME [--nt-hash]", "give an account another password", 0, ARGS_OWN,
	  user_passwd },
	{ "user", "del", "NAME", "remove an account; its sessions end", 1, 1, user_del },
	{ "user", "enable", "NAME", "let an account log on again", 1, 1, user_enable },
	{ "user", "disable", "NAME", "keep an account from logging on; its sessions end", 1, 1,
	  user_disable },
	{}
};
