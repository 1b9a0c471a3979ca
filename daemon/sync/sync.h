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
};

/* Constant once made. talloc_free() ends it. */
struct sync_plan {
	const char *root;
	const char *managed_file;
	const struct sync_op *ops;	/* in the order in which they must be done */
	size_t nops;
	const char *const *managed;	/* "shares/x", sorted: ours once it is applied */
	size_t nmanaged;
};

/* What became of a plan. Texts belong to the result. */
struct sync_failure {
	const struct sync_op *op;	/* NULL: the managed file could not be written */
	int error;			/* errno value, positive */
	const char *text;		/* one line, for log or terminal */
};

struct sync_result {
	size_t ndone;
	size_t nfailed;			/* entries of @failures */
	size_t nskipped;		/* not tried, since an earlier step failed: see sync_apply() */
	struct sync_failure *failures;	/* talloc array; talloc_free() it, may be NULL */
};

/**
 * sync_plan() - what must be done
 * @ctx: talloc parent of the plan
 * @root: the tree, SYNC_ROOT or a directory of a test
 * @managed_file: list of items made by earlier plans; need not exist
 * @conf: what is wanted; @conf->nfatal must be 0
 * @users: accounts wanted; copied
 * @ret: the plan, when 0 is returned
 *
 * Return: 0, -ENOENT when @root does not exist (module not loaded, configfs
 * not mounted), -EINVAL for a conf with errors or two users of one name,
 * or another -errno.
 */
int sync_plan(TALLOC_CTX *ctx, const char *root, const char *managed_file,
	      const struct conf *conf, const struct sync_user *users, size_t nusers,
	      struct sync_plan **ret);

/**
 * sync_apply() - do it
 * @alive: called before each step, of which one may take ten seconds; NULL: nobody asks
 * @res: filled in always; @res->failures must be freed by the caller
 *
 * Goes on after a failure with everything that does not depend on what
 * failed: all of an item depends on each of its earlier steps, and what lets
 * anybody in on what narrows the server. Return: 0 when all was done, else
 * the first error as -errno.
 */
int sync_apply(const struct sync_plan *plan, void (*alive)(void), struct sync_result *res);

/** sync_print() - the plan for people, one line per step; nothing if empty */
void sync_print(FILE *f, const struct sync_plan *plan);

#endif
