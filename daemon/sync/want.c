// SPDX-License-Identifier: GPL-2.0-or-later
/* The wanted tree, from smb.conf and the accounts, and beside the running one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sync/internal.h"

/* Sets all attributes of the scope for the kernel whose values are known. */
static bool set_scope(struct sync_tree *tree, struct sync_item *item,
		      const struct csrv_conf_scope *scope)
{
	for (size_t i = 0; i < scope->table->n; i++) {
		const struct conf_param *p = &scope->table->params[i];

		if (p->to == CONF_TO_KERNEL && !scope->values[i].keep &&
		    !sync_item_set(tree, item, p->attr, conf_scope_text(scope, p->attr), p))
			return false;
	}
	return true;
}

static bool want_server(struct sync_tree *tree, const struct conf *conf)
{
	struct sync_item *item = sync_tree_add(tree, "server", NULL);

	if (!item)
		return false;
	item->enabled = true;
	return set_scope(tree, item, conf->global);
}

/* ---- shares ---- */

static bool in_doubt(const struct csrv_conf_scope *scope)
{
	for (size_t i = 0; i < scope->table->n; i++)
		if (scope->table->params[i].to == CONF_TO_KERNEL && scope->values[i].keep)
			return true;
	return false;
}

/* Adds the words of @list that cannot be looked up now; NULL: no memory */
static char *waiting_words(char *names, const char *list)
{
	const char *w;
	size_t len;

	while (names && (w = conf_next_word(&list, ' ', &len))) {
		size_t mark = sync_waiting_mark(w);

		if (mark)
			names = talloc_asprintf_append(names, "%s%.*s", *names ? ", " : "",
						       (int)(len - mark), w + mark);
	}
	return names;
}

/* Names of a share that cannot be looked up now: words of lists, else the parameter's name. */
static char *waiting_names(TALLOC_CTX *ctx, const struct csrv_conf_scope *scope)
{
	static const char *const roles[][2] = {
		{ "force_uid", "force user" }, { "force_gid", "force group" },
		{ "guest_uid", "guest account" } };
	char *ret = talloc_strdup(ctx, "");
	bool user = false;

	for (size_t i = 0; ret && i < scope->table->n; i++) {
		const struct conf_param *p = &scope->table->params[i];

		if (!scope->values[i].keep)
			continue;
		if (p->format == CONF_FORMAT_USERS && scope->values[i].text)
			ret = waiting_words(ret, scope->values[i].text);
		for (size_t k = 0; ret && k < 3; k++) {
			/* "force user" implies the group. */
			if (strcmp(p->attr, roles[k][0]) || (k == 1 && user))
				continue;
			user |= !k;
			ret = talloc_asprintf_append(ret, "%s\"%s\"", *ret ? ", " : "", roles[k][1]);
		}
	}
	return ret;
}

/* Sets lists of users with words that cannot be looked up now, see sync_kept_list(). */
static bool keep_lists(struct sync_tree *tree, struct sync_item *item,
		       const struct csrv_conf_scope *scope, const struct sync_item *now)
{
	for (size_t i = 0; i < scope->table->n; i++) {
		const struct conf_param *p = &scope->table->params[i];
		const char *old = sync_item_value(now, p->attr), *kept;

		if (p->format != CONF_FORMAT_USERS || !scope->values[i].keep || !old)
			continue;
		kept = sync_kept_list(tree, p, old, conf_scope_text(scope, p->attr));
		if (!kept || !sync_item_set(tree, item, p->attr, kept, p))
			return false;
	}
	return true;
}

/*
 * A running share keeps values that cannot be looked up now, and of its other changes gets those
 * that narrow access, for the rest was meant to come with them.  A share that does not run yet
 * waits: the kernel's defaults let more in.
 */
static bool settle_doubt(struct sync_tree *tree, struct sync_item *item,
			 const struct csrv_conf_scope *scope, const struct sync_item *now)
{
	char *names = waiting_names(tree, scope);
	bool runs = now && now->enabled;

	if (!names)
		return false;
	item->hold = !runs;
	item->narrow = runs;
	if (!runs)
		return sync_complain(tree, item->path,
				     "waits for names in smb.conf, which cannot be looked up now: %s",
				     names);
	return keep_lists(tree, item, scope, now) &&
	       sync_complain(tree, item->path,
			     "keeps what names in smb.conf stood for, and is not opened further: these cannot be looked up now: %s",
			     names);
}

/*
 * The kernel takes another path only from a share that is disabled, so the path is checked before.
 * Where it is no directory, a running share keeps its path and its rights, for those of smb.conf
 * are meant for another directory.  Only the kernel can check a path with macros of a session.
 */
static bool settle_path(struct sync_tree *tree, struct sync_item *item,
			const struct sync_item *now, const struct sync_env *env)
{
	const char *path = sync_item_value(item, "path"), *was = NULL;
	bool runs = now && now->enabled;
	int err;

	if (now)
		was = sync_item_value(now, "path");
	if (!path || !*path || strchr(path, '%') || (was && !strcmp(was, path)))
		return true;
	err = env->directory(path);
	if (!err)
		return true;
	if (item->enabled && !sync_complain(tree, item->path, runs ?
		"%s: %s; it goes on with %s, with the rights it had, less those taken away" :
		"%s: %s", path, sync_path_words(err), was))
		return false;
	if (now)
		sync_item_drop(item, "path");
	else
		item->hold = true;
	if (runs)
		item->narrow = true;
	else
		item->enabled = false;
	return true;
}

static bool want_share(struct sync_tree *tree, const struct csrv_conf_scope *scope,
		       const struct sync_input *in, const struct sync_tree *run)
{
	struct sync_item *item = sync_tree_add(tree, "shares", scope->name);
	const struct sync_item *now;

	if (!item || !set_scope(tree, item, scope))
		return false;
	now = sync_tree_alike(run, item->path);
	item->enabled = !scope->off && conf_scope_text(scope, "available")[0] == '1';
	if (scope->off && !sync_complain(tree, item->path, "%s", scope->off))
		return false;
	if (item->enabled && in_doubt(scope) && !settle_doubt(tree, item, scope, now))
		return false;
	if (!item->hold && !settle_path(tree, item, now, in->env))
		return false;
	/* A running item that is kept also keeps the spelling of its name. */
	return !now || !(item->hold || item->narrow) || sync_item_rename(tree, item, now->path);
}

static bool want_shares(struct sync_tree *tree, const struct sync_input *in,
			const struct sync_tree *run)
{
	for (size_t i = 0; i < in->conf->nshares; i++)
		if (!want_share(tree, in->conf->shares[i], in, run))
			return false;
	return true;
}

/* ---- users ---- */

static bool want_user(struct sync_tree *tree, const struct sync_user *u,
		      const struct sync_tree *run)
{
	const struct conf_table *t = &conf_user_table;
	struct sync_item *item = sync_tree_add(tree, "users", u->name);
	/*
	 * Those that fit.  The daemon's answer at logon carries the whole list; this one is for
	 * shares used without the daemon.
	 */
	char *groups = conf_groups_text(tree, u->groups, u->ngroups,
					t->params[conf_table_attr(t, "groups")].max, NULL);
	char uid[16], gid[16];

	if (!item || !groups)
		return false;
	item->enabled = u->enabled;
	if (u->keep) {
		const struct sync_item *now = sync_tree_alike(run, item->path);

		/* A disabled account is not enabled with its old numbers. */
		item->hold = !now || (u->enabled && !now->enabled);
		if (now && !sync_item_rename(tree, item, now->path))
			return false;
		return sync_complain(tree, item->path, item->hold ?
				     "waits: it cannot be looked up now" :
				     "keeps its uid and groups: it cannot be looked up now");
	}
	snprintf(uid, sizeof(uid), "%u", u->uid);
	snprintf(gid, sizeof(gid), "%u", u->gid);
	return sync_item_set_attr(tree, item, t, "uid", uid) &&
		sync_item_set_attr(tree, item, t, "gid", gid) &&
		sync_item_set_attr(tree, item, t, "groups", groups);
}

static int by_name(const void *a, const void *b)
{
	const struct sync_user *const *ua = a, *const *ub = b;

	return strcasecmp((*ua)->name, (*ub)->name);
}

/* 0; -EINVAL: two accounts of one name, or a bad name; or -ENOMEM. */
static int check_users(const struct sync_user *users, size_t n)
{
	const struct sync_user **sorted = talloc_array(NULL, const struct sync_user *, n + 1);
	int err = sorted ? 0 : -ENOMEM;

	for (size_t i = 0; sorted && i < n; i++) {
		sorted[i] = &users[i];
		if (!*users[i].name || strchr(users[i].name, '/') || strlen(users[i].name) > 255)
			err = -EINVAL;
	}
	if (!err)
		qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 1; !err && i < n; i++)
		if (!by_name(&sorted[i - 1], &sorted[i]))
			err = -EINVAL;
	talloc_free(sorted);
	return err;
}

static int want_users(struct sync_tree *tree, const struct sync_input *in,
		      const struct sync_tree *run)
{
	int err = check_users(in->users, in->nusers);

	for (size_t i = 0; !err && i < in->nusers; i++)
		if (!want_user(tree, &in->users[i], run))
			err = -ENOMEM;
	return err;
}

int sync_tree_want(TALLOC_CTX *ctx, const struct sync_input *in, const struct sync_tree *run,
		   char **ours, struct sync_tree **ret)
{
	struct sync_tree *tree = talloc_zero(ctx, struct sync_tree);
	int err = -ENOMEM;

	if (tree && want_server(tree, in->conf))
		err = want_users(tree, in, run);
	if (!err && !(want_shares(tree, in, run) && sync_want_listeners(tree, in, run, ours)))
		err = -ENOMEM;
	if (err)
		TALLOC_FREE(tree);
	*ret = tree;
	return err;
}
