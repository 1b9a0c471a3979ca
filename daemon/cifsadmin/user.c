// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/user.c - user add, passwd, del, list, enable, disable */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../auth/crypto.h"
#include "../passdb/file.h"
#include "../passdb/nss.h"
#include "../upcall/running.h"
#include "../util/utf.h"
#include "admin.h"

#define PASSWORD_MAX	1024

static struct passdb *load(const struct admin *a)
{
	struct passdb_error err;
	struct passdb *db;

	if (passdb_load(a->ctx, a->passdb, &db, &err) == 0)
		return db;
	if (err.line)
		complain("%s:%u: %s", a->passdb, err.line, err.text);
	else
		complain("%s: %s", a->passdb, err.text);
	return NULL;
}

/* What a change does to the database; an exit status, with the complaint made. */
typedef int (*change_fn)(struct passdb *db, const char *name, const uint8_t *hash);

/* Lock, read, change, write. */
static int change(const struct admin *a, change_fn fn, const char *name, const uint8_t *hash)
{
	_cleanup_(closep) int lock = passdb_lock(a->passdb);
	struct passdb *db;
	int r;

	if (lock < 0)
		return complain("%s cannot be locked: %s", a->passdb, strerror(-lock));
	db = load(a);
	if (!db)
		return EXIT_FAILED;
	r = fn(db, name, hash);
	if (r)
		return r;
	r = passdb_save(db, a->passdb);
	return r < 0 ? complain("%s cannot be written: %s", a->passdb, strerror(-r)) : EXIT_OK;
}

static int no_such_user(const char *name)
{
	return complain("there is no account \"%s\"", name);
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

static int with_password(const struct admin *a, change_fn fn, const char *name)
{
	char password[PASSWORD_MAX];
	uint8_t hash[PASSDB_HASH_LEN];
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
	if (!r)
		r = change(a, fn, name, hash);
	explicit_bzero(hash, sizeof(hash));
	return r;
}

static int user_add(const struct admin *a, int argc, char **argv)
{
	struct nss_identity id;
	struct passdb *db;
	int r;

	(void)argc;
	if (!passdb_name_ok(argv[0]))
		return complain("\"%s\" is not a legal account name", argv[0]);
	r = nss_lookup(a->ctx, argv[0], &id);
	if (r == -ENOENT)
		return complain("there is no UNIX account \"%s\": make one first (useradd)",
				argv[0]);
	if (r < 0)
		return complain("the UNIX account \"%s\" cannot be looked up: %s", argv[0],
				strerror(-r));
	/* Before a password is asked for in vain. */
	db = load(a);
	if (!db)
		return EXIT_FAILED;
	if (passdb_find(db, argv[0]))
		return complain("there is an account \"%s\" already", argv[0]);
	return with_password(a, change_add, argv[0]);
}

static int user_passwd(const struct admin *a, int argc, char **argv)
{
	struct passdb *db = load(a);

	(void)argc;
	if (!db)
		return EXIT_FAILED;
	if (!passdb_find(db, argv[0]))
		return no_such_user(argv[0]);
	return with_password(a, change_passwd, argv[0]);
}

/* Nobody is logged on as @name, and nobody can, until the daemon enables it again. */
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
	return errno == ENOENT ? EXIT_OK : complain("the sessions of %s have not ended: %s: %s", name,
						    enable, strerror(errno));
}

/* In whatever spelling the kernel has it: to it names that differ in case are one. */
static int turn_off(const struct admin *a, const char *name)
{
	_cleanup_(talloc_freep) char *users = talloc_asprintf(NULL, "%s/users", a->configfs);
	DIR *d = users ? opendir(users) : NULL;
	struct dirent *e;
	int r = EXIT_OK;

	if (!users)
		return complain("out of memory");
	if (!d)
		return errno == ENOENT ? EXIT_OK : complain("the sessions of %s have not ended: %s: %s",
							    name, users, strerror(errno));
	while (r == EXIT_OK && (e = readdir(d)))
		if (!utf8_casecmp(e->d_name, name))
			r = turn_off_item(users, e->d_name);
	closedir(d);
	return r;
}

static void no_line(void *priv, const char *line)
{
	(void)priv;
	(void)line;
}

/*
 * The daemon reads the file a moment later, when the account may be there again as if nothing had
 * been; and it may not be running, or refuse its configuration.  So its sessions are ended here, and
 * once more when the daemon, which may just have enabled it, has forgotten the old password.
 */
static int end_sessions(const struct admin *a, change_fn fn, const char *arg)
{
	struct passdb *db = load(a);
	struct passdb_entry *e = db ? passdb_find(db, arg) : NULL;
	const char *error;
	int r;

	if (!e)
		return db ? no_such_user(arg) : EXIT_FAILED;
	r = change(a, fn, e->name, NULL);
	if (!r)
		r = turn_off(a, e->name);
	if (r || !daemon_runs(a))
		return r;
	daemon_ask(a, "reload", no_line, NULL, &error);
	return turn_off(a, e->name);
}

static int user_del(const struct admin *a, int argc, char **argv)
{
	(void)argc;
	return end_sessions(a, change_del, argv[0]);
}

static int user_enable(const struct admin *a, int argc, char **argv)
{
	(void)argc;
	return change(a, change_enable, argv[0], NULL);
}

static int user_disable(const struct admin *a, int argc, char **argv)
{
	(void)argc;
	return end_sessions(a, change_disable, argv[0]);
}

static void list_row(const struct admin *a, struct table *t, const struct passdb_entry *e)
{
	struct nss_identity id = {};
	time_t changed = e->changed;
	char text[32];
	struct tm tm;
	bool known = nss_lookup(a->ctx, e->name, &id) == 0;

	table_add(t, e->name);
	snprintf(text, sizeof(text), "%u", id.uid);
	table_add(t, known ? text : "-");
	table_add(t, !known ? "no UNIX account" : e->disabled ? "disabled" : "enabled");
	if (!localtime_r(&changed, &tm) || !strftime(text, sizeof(text), "%F", &tm))
		strcpy(text, "-");
	table_add(t, text);
}

static int user_list(const struct admin *a, int argc, char **argv)
{
	static const char *const heading[] = { "ACCOUNT", "UID", "STATE", "PASSWORD SET" };
	struct table *t = table_new(a->ctx, ARRAY_LEN(heading));
	struct passdb *db = load(a);

	(void)argc;
	(void)argv;
	if (!db)
		return EXIT_FAILED;
	for (size_t i = 0; i < ARRAY_LEN(heading); i++)
		table_add(t, heading[i]);
	for (size_t i = 0; i < db->n; i++)
		list_row(a, t, db->entries[i]);
	table_print(t, stdout);
	return EXIT_OK;
}

const struct verb user_verbs[] = {
	{ "user", "add", "NAME", "make an account; the password comes from the terminal or stdin",
	  1, 1, user_add },
	{ "user", "passwd", "NAME", "give an account another password", 1, 1, user_passwd },
	{ "user", "del", "NAME", "remove an account; its sessions end", 1, 1, user_del },
	{ "user", "list", "", "list the accounts", 0, 0, user_list },
	{ "user", "enable", "NAME", "let an account log on again", 1, 1, user_enable },
	{ "user", "disable", "NAME", "keep an account from logging on; its sessions end", 1, 1,
	  user_disable },
	{}
};
