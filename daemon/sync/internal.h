/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of items: as they are (tree.c) and as they shall be (want.c). */
#ifndef CSRV_DAEMON_SYNC_INTERNAL_H
#define CSRV_DAEMON_SYNC_INTERNAL_H

#include "sync/sync.h"

#define SYNC_VALUE_MAX	4096	/* a configfs page */
#define SYNC_ITEMS_MAX	65536	/* in one directory of the tree */

struct sync_attr {
	const char *name;
	const char *value;
	const struct conf_param *param;	/* NULL in a tree that was read */
};

/* A directory with attributes: "server", "shares/x", ... */
struct sync_item {
	const char *path;
	struct sync_attr *attrs;
	size_t nattrs;
	bool enabled;			/* "server": always */
};

struct sync_tree {
	struct sync_item *items;
	size_t n;
};

/* 0 or -errno; the tree is a talloc child of @ctx. */
int sync_tree_read(TALLOC_CTX *ctx, const char *root, struct sync_tree **ret);
int sync_tree_want(TALLOC_CTX *ctx, const struct conf *conf, const struct sync_user *users,
		   size_t nusers, struct sync_tree **ret);
const struct sync_item *sync_tree_find(const struct sync_tree *tree, const char *path);
const char *sync_item_value(const struct sync_item *item, const char *attr);

/* New item at the end, NULL when out of memory; valid until the next one. */
struct sync_item *sync_tree_add(struct sync_tree *tree, const char *dir, const char *name);
bool sync_item_set(struct sync_tree *tree, struct sync_item *item, const char *name,
		   const char *value, const struct conf_param *param);

/*
 * steps.c: the order of what is written to the server and to items in use.  What narrows access
 * comes before all that takes its time, what widens it after all else has changed.
 */
enum sync_phase {
	SYNC_FIRST,			/* means nothing yet */
	SYNC_NARROWING, SYNC_NARROWED,
	SYNC_NEUTRAL,
	SYNC_WIDENING, SYNC_WIDENED,
	SYNC_LAST,			/* means nothing any more */
	SYNC_PHASES,
};

struct sync_step {
	enum sync_phase phase;
	const char *value;		/* NULL: out of memory */
};

#define SYNC_STEPS_MAX	2

/* From the running value to that of @want's attribute @a: how many steps, 0 if it is the same. */
size_t sync_steps(TALLOC_CTX *ctx, const struct sync_item *want, const struct sync_item *run,
		  const struct sync_attr *a, struct sync_step *s);

/* Guests that cannot be looked up now stay what they are, unless they are others.  False: no memory */
bool sync_settle_guests(struct sync_tree *want, const struct sync_tree *run);

/* managed.c: sorted lists of paths, NULL-terminated */
char **sync_managed_read(TALLOC_CTX *ctx, const char *file);
int sync_managed_write(const char *file, const char *const *paths, size_t n);
bool sync_managed_has(char **managed, const char *path);

/* apply.c: what a plan is carried out with. Functions return 0 or -errno. */
struct sync_fs {
	int (*mkdir)(const char *path);
	int (*write)(const char *path, const char *value);
	int (*rmdir)(const char *path);
};

int sync_apply_fs(const struct sync_plan *plan, const struct sync_fs *fs, void (*alive)(void),
		  struct sync_result *res);

#endif
