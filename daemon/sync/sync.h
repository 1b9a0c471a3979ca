/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bring configfs to what smb.conf and the password file say, touching only
 * the difference.
 *
 * A plan is made from three things: what is wanted (conf, users), what is
 * running (the tree under root) and what earlier plans made (the managed
 * file). Items that are neither wanted nor in the managed file belong to
 * somebody else and are left alone; a running item with a wanted name is
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

/* An account that shall be in users/. Names are at most 255 bytes. */
struct sync_user {
	const char *name;
	bool keep;		/* who it is cannot be looked up now: what runs keeps its numbers */
	uint32_t uid, gid;
	const uint32_t *groups;
	size_t ngroups;
	bool enabled;
};

enum sync_op_kind { SYNC_MKDIR, SYNC_WRITE, SYNC_RMDIR };

struct sync_op {
	enum sync_op_kind kind;
	const char *path;	/* relative to the root: "shares/x" or "shares/x/path" */
	const char *old_value;	/* SYNC_WRITE: what stands there; NULL: item is new */
	const char *new_value;	/* SYNC_WRITE */
	bool narrows, widens;	/* access, of something that is in use or comes into use */
	bool actor;		/* one of several that change who acts in a share in use */
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
	const struct sync_op *ops;	/* in the order in which they must be done */
	size_t nops;
	const char *const *managed;	/* "shares/x", sorted: ours once it is applied */
	size_t nmanaged;
	const struct sync_problem *problems;	/* what no step can bring about now */
	size_t nproblems;
};

/* What became of a plan. Texts belong to the result. */
struct sync_failure {
	const struct sync_op *op;	/* NULL: the managed file could not be written */
	int error;			/* errno value, positive */
	const char *text;		/* "write shares/x/path: "/srv/x": No such file ..." */
	struct sync_problem problem;
	uint32_t item;			/* hash of @op's item; 0: the server's */
};

struct sync_result {
	size_t ndone;
	size_t nfailed;			/* entries of @failures */
	size_t nskipped;		/* not tried, since an earlier step failed: see sync_apply() */
	struct sync_failure *failures;	/* talloc array; talloc_free() it, may be NULL */
	/* Items that wait for another one's failure, as problems; talloc_free() it, may be NULL. */
	struct sync_problem *waiting;
	size_t nwaiting;
};

/* What a plan asks the machine.  Tests give their own. */
struct sync_env {
	int (*directory)(const char *path);		/* 0: a share may have it; or -errno */
	int (*addresses)(struct ifaddrs **ret);		/* as getifaddrs(3); 0 or -errno */
	void (*free_addresses)(struct ifaddrs *list);
};

#define SYNC_AWAY_USEC	(300 * 1000000ull)	/* so long a listener waits for its address */
#define SYNC_AWAY_MAX	32			/* and so many of them */

/**
 * struct sync_away - listeners that run and fit "interfaces", whose address the machine has not
 * @of: which, and since when that is known
 * @n: how many; what is away beyond SYNC_AWAY_MAX is not waited for
 * @next: when the next of them has waited long enough; 0: there is none
 *
 * All zero at first; brought up to date by each plan.
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
 * struct sync_input - what a plan is made of
 * @root: the tree, SYNC_ROOT or a directory of a test
 * @managed_file: list of items made by earlier plans; need not exist
 * @conf: what is wanted; @conf->nfatal must be 0
 * @users: accounts wanted; copied
 * @nusers: how many
 * @away: what earlier plans found away: for a while it stays, for an address that is away for a moment
 *	would end all connections; NULL: nothing stays
 * @now: by a clock that goes on evenly, in microseconds
 * @keep_shares: shares that run and are not wanted stay: it is in doubt whether that is meant so
 * @had_shares: but for those of these names, in whatever case; ends with NULL; NULL: there are none
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
 * sync_plan_for() - what must be done
 * @ctx: talloc parent of the plan
 * @ret: the plan, when 0 is returned
 *
 * Doubt takes nothing away: a share whose new path is not there keeps the one it has, one that
 * needs a name which cannot be looked up now keeps what it has of it, or waits if it does not run
 * yet; the plan's problems say so.  Such a share is given nothing that it does not have: of its
 * other changes only those that narrow access.
 *
 * Return: 0, -ENOENT when @root does not exist (module not loaded, configfs
 * not mounted), -EINVAL for a conf with errors or two users of one name,
 * or another -errno.
 */
int sync_plan_for(TALLOC_CTX *ctx, const struct sync_input *in, struct sync_plan **ret);

/* Another time than SYNC_AWAY_USEC (tests). */
void sync_set_away(uint64_t usec);

/* What becomes of an account that runs. */
enum sync_account { SYNC_GONE, SYNC_DISABLED, SYNC_ENABLED };

/**
 * sync_plan_shut() - the first part of a plan: accounts that may no longer do anything
 * @is: of an account by the name it runs under
 *
 * Nothing in it depends on what is asked outside.
 *
 * Return: as sync_plan_for().
 */
int sync_plan_shut(TALLOC_CTX *ctx, const char *root, const char *managed_file,
		   enum sync_account (*is)(void *priv, const char *name), void *priv,
		   struct sync_plan **ret);

/**
 * sync_apply() - do it
 * @alive: called before each step, of which one may take ten seconds; NULL: nobody asks
 * @res: filled in always; sync_result_done() it
 *
 * Goes on after a failure with everything that does not depend on what
 * failed: all of an item depends on each of its earlier steps, and what lets
 * anybody in on what narrows the server. While the managed file cannot be
 * written, nothing is made or changed that it has not: it would stay when it
 * is wanted no more. Return: 0 when all was done, else the first error as
 * -errno.
 */
int sync_apply(const struct sync_plan *plan, void (*alive)(void), struct sync_result *res);

/* What a plan is carried out with.  Functions return 0 or -errno. */
struct sync_fs {
	int (*mkdir)(const char *path);
	int (*write)(const char *path, const char *value);
	int (*rmdir)(const char *path);
};

/* sync_apply_fs() - sync_apply() with @fs instead of configfs's own */
int sync_apply_fs(const struct sync_plan *plan, const struct sync_fs *fs, void (*alive)(void),
		  struct sync_result *res);

void sync_result_done(struct sync_result *res);

/* How many items of @dir ("shares", "users", "listeners") a plan ends. */
size_t sync_plan_ends(const struct sync_plan *plan, const char *dir);

/* How many items of @dir an earlier plan made and are there now.  0, or -errno: that is not known. */
int sync_count_ours(const char *root, const char *managed_file, const char *dir, size_t *n);

/** sync_print() - the plan for people, one line per step and problem; nothing if empty */
void sync_print(FILE *f, const struct sync_plan *plan);

#endif
