// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config/order.c - what an order of the administrator confirms
 *
 * SIGHUP and "cifsadmin reload" say that what is missing or empty is meant so, when the order is
 * given. A file that is emptied later, while the run waits for names, for another run or for a file
 * that cannot be read now, is in doubt as at any time.
 */
#include <errno.h>
#include <unistd.h>

#include "config/internal.h"

struct confirmed {
	char **silent;			/* files without content; NULL ends it, NULL: none */
	bool no_shares, no_users;
};

static int no_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	(void)priv;
	(void)name;
	(void)uid;
	(void)gid;
	return -EINPROGRESS;
}

static int no_group(void *priv, const char *name, gid_t *gid)
{
	(void)priv;
	(void)name;
	(void)gid;
	return -EINPROGRESS;
}

static void note_map(struct confirmed *e, const char *path)
{
	struct usermap_error error;
	struct usermap *map;

	if (*path && !usermap_load(e, path, &map, &error) && !usermap_text(map).len)
		config_add_path(e, &e->silent, path);
}

/* A file that cannot be read now may have content. */
static bool is_without_content(const struct conf *conf, size_t i)
{
	return !conf->lines[i] && !conf_may_pass(conf->failed[i]);
}

static void note_conf(struct config *c, struct confirmed *e)
{
	const struct conf_env env = { .hostname = c->dns_name, .user = no_user, .group = no_group };
	struct conf *conf;

	if (conf_load_env(e, c->a.config, &env, &conf) < 0)
		return;
	for (size_t i = 0; i < conf->nfiles; i++)
		if (is_without_content(conf, i))
			config_add_path(e, &e->silent, conf->files[i]);
	note_map(e, conf_get_str(conf, NULL, "username_map"));
	e->no_shares = !conf->nshares;
}

static void note_accounts(const struct config *c, struct confirmed *e)
{
	struct passdb_error error;
	struct passdb *db;

	e->no_users = !access(c->a.passdb, F_OK) && !passdb_load(e, c->a.passdb, &db, &error) && !db->n;
}

/* What is not noted for lack of memory stays in doubt. */
void config_order(struct config *c)
{
	talloc_free(c->confirmed);
	c->confirmed = talloc_zero(c, struct confirmed);
	if (!c->confirmed)
		return;
	note_conf(c, c->confirmed);
	note_accounts(c, c->confirmed);
}

/* Has the file content now, as part of the configuration or as the username map? */
static bool has_content(const struct loaded *f, const char *path)
{
	const char *map = conf_get_str(f->conf, NULL, "username_map");

	for (size_t i = 0; i < f->conf->nfiles; i++)
		if (f->conf->lines[i] && !strcmp(f->conf->files[i], path))
			return true;
	return !strcmp(map, path) && usermap_text(f->usermap).len;
}

void config_end_confirmed(struct config *c, const struct loaded *f)
{
	struct confirmed *e = c->confirmed;
	size_t n = 0;

	if (!e)
		return;
	for (char **path = e->silent; f->conf && path && *path; path++)
		if (!has_content(f, *path))
			e->silent[n++] = *path;
	if (f->conf && e->silent)
		e->silent[n] = NULL;
	e->no_shares &= !(f->conf && f->conf->nshares);
	e->no_users &= !(f->passdb && f->passdb->n);
}

static const struct confirmed *current_confirmed(const struct config *c)
{
	return c->meant & CONFIG_ORDER ? c->confirmed : NULL;
}

bool config_confirms(const struct config *c, const char *path)
{
	const struct confirmed *e = current_confirmed(c);

	return e && config_has_path(e->silent, path);
}

bool config_confirms_no_shares(const struct config *c)
{
	const struct confirmed *e = current_confirmed(c);

	return e && e->no_shares;
}

bool config_confirms_no_accounts(const struct config *c)
{
	const struct confirmed *e = current_confirmed(c);

	return e && e->no_users;
}
