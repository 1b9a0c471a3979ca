/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees of items: as they are (tree.c) and as they shall be (want.c, listeners.c). */
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
	bool hold;			/* wanted, but not now: the running item is left alone */
	bool narrow;			/* runs and keeps a value: changes only narrow access */
	size_t next;			/* of the same hash, +1; 0: the last one */
};

#define SYNC_HASH	4096

struct sync_tree {
	struct sync_item *items;
	size_t n;
	size_t hash[SYNC_HASH];		/* first item, +1 */
	struct sync_problem *problems;	/* of the wanted items */
	size_t nproblems;
};

/* 0 or -errno; @ctx owns the tree. */
int sync_tree_read(TALLOC_CTX *ctx, const char *root, struct sync_tree **ret);

/* Makes the wanted tree, beside the running one: @ours are the paths of managed items. */
int sync_tree_want(TALLOC_CTX *ctx, const struct sync_input *in, const struct sync_tree *run,
		   char **ours, struct sync_tree **ret);

/* listeners.c: false without memory */
bool sync_want_listeners(struct sync_tree *tree, const struct sync_input *in,
			 const struct sync_tree *run, char **ours);

/* The item's part of a path: "shares/x" of "shares/x/path", "server" of "server/workgroup". */
size_t sync_item_length(const char *path);

/* Is the path one of an item of @dir ("shares", "users", "listeners")? */
bool sync_path_in(const char *path, const char *dir);

const struct sync_item *sync_tree_find(const struct sync_tree *tree, const char *path);
const char *sync_item_value(const struct sync_item *item, const char *attr);

/* New item at the end, NULL when out of memory; valid until the next one. */
struct sync_item *sync_tree_add(struct sync_tree *tree, const char *dir, const char *name);
bool sync_item_set(struct sync_tree *tree, struct sync_item *item, const char *name,
		   const char *value, const struct conf_param *param);
/* Likewise of an attribute of @table, by its name. */
bool sync_item_set_attr(struct sync_tree *tree, struct sync_item *item,
			const struct conf_table *table, const char *attr, const char *value);
/* Length of the mark of a word in a list that cannot be looked up now; 0: it has none. */
size_t sync_waiting_mark(const char *word);

/*
 * A list of users with words that cannot be looked up now, of a share that has @old.  A list that
 * permits has the known words and, where a group is unknown, the groups of @old; a list that
 * forbids has the known words and all of @old.  An empty "valid users" would permit all users: then
 * it is @old where a group is unknown or @old is empty, else it permits no user.  NULL: no memory.
 */
const char *sync_kept_list(TALLOC_CTX *ctx, const struct conf_param *p, const char *old,
			   const char *new);
/* As sync_tree_find(), or an item whose name differs in case only. */
const struct sync_item *sync_tree_alike(const struct sync_tree *tree, const char *path);
/* Gives the item that was added last the path of another tree's.  False without memory. */
bool sync_item_rename(struct sync_tree *tree, struct sync_item *item, const char *path);
void sync_item_drop(struct sync_item *item, const char *attr);

/* words.c: notes why an item stays as it is.  @fmt is a sentence.  False without memory. */
__attribute__((format(printf, 3, 4)))
bool sync_complain(struct sync_tree *tree, const char *item, const char *fmt, ...);

/* A step that failed; all under @ctx.  Texts are NULL without memory. */
struct sync_problem sync_failed_words(TALLOC_CTX *ctx, const struct sync_op *op, int err);

/* An item that waits because of another item's failure. */
struct sync_problem sync_waiting_words(TALLOC_CTX *ctx, const struct sync_op *op);

/* "no such directory": why @path is no share's, by -errno. */
const char *sync_path_words(int err);

/*
 * steps.c: the order of writes to the server and to items in use.  What narrows access comes before
 * what takes long, what widens it after all other changes.
 */
enum sync_phase {
	SYNC_FIRST,			/* has no meaning yet */
	SYNC_NARROWING, SYNC_NARROWED,
	SYNC_NEUTRAL,
	SYNC_WIDENING, SYNC_WIDENED,
	SYNC_LAST,			/* has no meaning any more */
	SYNC_PHASES,
};

struct sync_step {
	enum sync_phase phase;
	const char *value;		/* NULL: out of memory */
};

#define SYNC_STEPS_MAX	2

/* What @run has for the attribute of a wanted item; @run may be NULL. */
const char *sync_running_value(const struct sync_item *run, const struct sync_attr *a);

/* Does more than one of the attributes change that say which user acts in a share? */
bool sync_actor_changes(const struct sync_item *want, const struct sync_item *run);

/*
 * From the running value to that of @want's attribute @a: the number of steps, 0 if it is the same.
 * @want->narrow: only the steps that permit no more than now.
 */
size_t sync_steps(TALLOC_CTX *ctx, const struct sync_item *want, const struct sync_item *run,
		  const struct sync_attr *a, struct sync_step *s);

/*
 * managed.c: sorted lists of paths, NULL-terminated.  0 with the content of the file, empty where
 * there is none; or -errno: the managed items are not known
 */
int sync_managed_read(TALLOC_CTX *ctx, const char *file, char ***ret);
int sync_managed_write(const char *file, const char *const *paths, size_t n);
bool sync_managed_has(char **managed, const char *path);

#endif
