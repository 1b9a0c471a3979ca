/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings configfs to the state that smb.conf and the password file want, by the difference alone.
 *
 * A plan is made from three things: what is wanted (conf, users), what is running (the tree under
 * root) and what earlier plans made (the managed file). Items that are neither wanted nor in the
 * managed file belong to another program and are left alone; a running item with a wanted name is
 * adopted.
 */
#ifndef CSRV_DAEMON_SYNC_SYNC_H
#define CSRV_DAEMON_SYNC_SYNC_H

#include <ifaddrs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <talloc.h>

#include "conf/smbconf.h"

#define SYNC_ROOT		"/sys/kernel/config/cifssrv"
#define SYNC_MANAGED_FILE	"/run/cifssrv/managed"

/* An account that is wanted in users/. Names are at most 255 bytes. */
struct sync_user {
	const char *name;
	bool keep;		/* it cannot be looked up now: a running item keeps its numbers */
	uint32_t uid, gid;
	const uint32_t *groups;
	size_t ngroups;
	bool enabled;
};

enum sync_op_kind { SYNC_MKDIR, SYNC_WRITE, SYNC_RMDIR };

struct sync_op {
	enum sync_op_kind kind;
	const char *path;	/* relative to the root: "shares/x" or "shares/x/path" */
	const char *old_value;	/* SYNC_WRITE: the running value; NULL: item is new */
	const char *new_value;	/* SYNC_WRITE */
	bool narrows, widens;	/* access, of something that is in use or comes into use */
	bool actor;		/* one of several that change which user acts in a share in use */
};

/* Something of the configuration that is not applied, in the administrator's words. */
struct sync_problem {
	const char *item;	/* "shares/x", "listeners/tcp-445", "listeners": all of them */
	const char *text;	/* "share [x]: /srv/x: no such directory" */
};

/* Constant once made. talloc_free() ends it. */
struct sync_plan {
	const char *root;
	const char *managed_file;
	const struct sync_op *ops;
	size_t nops;
	const char *const *managed;	/* "shares/x", sorted: managed once the plan is applied */
	size_t nmanaged;
	const struct sync_problem *problems;	/* what no step can apply now */
	size_t nproblems;
};

/* The result of a plan. It owns its texts. */
struct sync_failure {
	const struct sync_op *op;	/* NULL: the managed file could not be written */
	int error;			/* errno value, positive */
	const char *text;		/* "write shares/x/path: "/srv/x": No such file ..." */
	struct sync_problem problem;
	uint32_t item;			/* hash of @op's item; 0: the server's */
	uint32_t earlier;		/* in its bucket: index and 1; 0: none */
};

#define SYNC_BUCKETS	1024

struct sync_result {
	size_t ndone;
	size_t nfailed;			/* entries of @failures */
	size_t nskipped;		/* not tried after a failure: see sync_apply() */
	struct sync_failure *failures;	/* talloc array; talloc_free() it, may be NULL */
	/* By the item's hash: index and 1 of the latest of @failures.  Bucket 0 is the server's. */
	uint32_t buckets[SYNC_BUCKETS];
	/* Items that wait because of another item's failure; talloc_free() it, may be NULL. */
	struct sync_problem *waiting;
	size_t nwaiting;
};

/* Questions of a plan to the machine.  Tests give their own. */
struct sync_env {
	int (*directory)(const char *path);		/* 0: a share may have it; or -errno */
	int (*addresses)(struct ifaddrs **ret);		/* as getifaddrs(3); 0 or -errno */
	void (*free_addresses)(struct ifaddrs *list);
};

#define SYNC_AWAY_USEC	(300 * 1000000ull)	/* for which a listener waits for its address */
#define SYNC_AWAY_MAX	32			/* and so many of them */

/**
 * struct sync_away - running listeners that match "interfaces", whose address the machine has not
 * @of: paths, and when the address was first seen to be away
 * @n: how many; addresses beyond SYNC_AWAY_MAX are not waited for
 * @next: when the next of them is given up; 0: there is none
 *
 * All zero at first; updated by each plan.
 */
struct sync_away {
	struct sync_away_one {
		char path[128];		/* "listeners/tcp-445-192.0.2.7" */
		uint64_t since;
		bool still;		/* seen by the plan that is made */
	} of[SYNC_AWAY_MAX];
	size_t n;
	uint64_t next;
};

/**
 * struct sync_input - input of a plan
 * @root: the tree, SYNC_ROOT or a directory of a test
 * @managed_file: list of items made by earlier plans; need not exist
 * @conf: what is wanted; @conf->nfatal must be 0
 * @users: accounts wanted; copied
 * @nusers: how many
 * @away: listeners that earlier plans found away, which stay for a while: to remove one for an
 *	address that is away for a moment would end its connections; NULL: none stays
 * @now: monotonic microseconds
 * @keep_shares: running shares that are not wanted stay: it is in doubt whether that is meant
 * @had_shares: except those of these names, in any case; NULL-terminated; NULL: no exceptions
 * @keep_users: likewise of accounts
 * @env: NULL: the machine itself
 */
struct sync_input {
	const char *root;
	const char *managed_file;
	const struct conf *conf;
	const struct sync_user *users;
	size_t nusers;
	struct sync_away *away;
	uint64_t now;
	bool keep_shares, keep_users;
	const char *const *had_shares;
	const struct sync_env *env;
};

/**
 * sync_plan_for() - make a plan
 * @ctx: talloc parent of the plan
 * @ret: the plan, when 0 is returned
 *
 * Doubt removes nothing: a share whose new path is missing keeps its path; one with a name that
 * cannot be looked up now keeps the values of that name, or waits if it does not run yet.  The
 * plan's problems say so.  Of the other changes of such a share only those are made that narrow
 * access.
 *
 * Return: 0, -ENOENT when @root does not exist (module not loaded, configfs
 * not mounted), -EINVAL for a conf with errors or two users of one name,
 * or another -errno.
 */
int sync_plan_for(TALLOC_CTX *ctx, const struct sync_input *in, struct sync_plan **ret);

/* Another time than SYNC_AWAY_USEC (tests). */
void sync_set_away(uint64_t usec);

/* The new state of a running account. */
enum sync_account { SYNC_GONE, SYNC_DISABLED, SYNC_ENABLED };

/**
 * sync_plan_shut() - the first part of a plan: accounts that are disabled or removed
 * @is: the new state of an account, by its name in configfs
 *
 * It needs no look-up.
 *
 * Return: as sync_plan_for().
 */
int sync_plan_shut(TALLOC_CTX *ctx, const char *root, const char *managed_file,
		   enum sync_account (*is)(void *priv, const char *name), void *priv,
		   struct sync_plan **ret);

/**
 * sync_apply() - carry out a plan
 * @alive: called before each step, which may take ten seconds; may be NULL
 * @res: filled in always; sync_result_done() it
 *
 * Goes on after a failure with the steps that do not depend on it (apply.c, holds_back()). While the
 * managed file cannot be written, no item is made or changed that is not in it: it would stay when
 * it is no longer wanted. Return: 0 when all was done, else the first error as -errno.
 */
int sync_apply(const struct sync_plan *plan, void (*alive)(void), struct sync_result *res);

/* Operations that carry out a plan.  Functions return 0 or -errno. */
struct sync_fs {
	int (*mkdir)(const char *path);
	int (*write)(const char *path, const char *value);
	int (*rmdir)(const char *path);
};

/* sync_apply_fs() - sync_apply() with @fs instead of configfs's own */
int sync_apply_fs(const struct sync_plan *plan, const struct sync_fs *fs, void (*alive)(void),
		  struct sync_result *res);

void sync_result_done(struct sync_result *res);

/* How many items of @dir ("shares", "users", "listeners") a plan removes. */
size_t sync_plan_ends(const struct sync_plan *plan, const char *dir);

/* Counts the managed items of @dir that are there now.  0, or -errno: that is not known. */
int sync_count_ours(const char *root, const char *managed_file, const char *dir, size_t *n);

/** sync_print() - the plan for people, one line per step and problem; nothing if empty */
void sync_print(FILE *f, const struct sync_plan *plan);

#endif
