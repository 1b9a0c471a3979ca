/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config/config.h - reads the configuration, puts it in force for logons, and brings configfs to it
 *
 * A run reads the files, looks up the names in them (names/cache.h), reads the files again with the
 * answers, puts the result in force, and applies it to configfs.  One run at a time; requests
 * during a run are all served by the next.  What could not be applied is listed as problems, and
 * tried again after a second, then at doubling intervals.
 *
 * Doubt changes nothing.  The running state stays when files have errors, when the name service or
 * a disk fails for a while, and when files lose all their content without an order.  The same holds
 * for an included file or a username map that said something in the configuration last in force,
 * and is now missing or has no bytes; and for a missing file that the same words of smb.conf name
 * as one that said something.  A file remembers this over a restart.  A daemon that starts and
 * finds no share, while shares run or were last in force, puts nothing in force.
 *
 * Two things remove the doubt: cifsadmin, which says that it removed the last share or account, and
 * an order of the administrator, for all that is missing or empty when the order is given.  Both
 * count until they are carried out or, for an order, refused because of errors.
 */
#ifndef CSRV_DAEMON_CONFIG_CONFIG_H
#define CSRV_DAEMON_CONFIG_CONFIG_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include <talloc.h>

#include "auth/auth.h"
#include "conf/smbconf.h"
#include "names/names.h"
#include "sync/sync.h"

#define CONFIG_RETRY_MIN_USEC	(1000000ull)
#define CONFIG_RETRY_MAX_USEC	(300 * 1000000ull)
#define CONFIG_SETTLE_USEC	(200000ull)	/* between two looks at a file that is written */
#define CONFIG_SETTLE_TRIES	25

/* Reasons for a run, as bits. */
enum config_why {
	CONFIG_RETRY = 0,	/* something was not applied */
	CONFIG_CHANGE = 1,	/* a file was changed, or the daemon starts */
	CONFIG_NO_SHARES = 2,	/* cifsadmin has removed the last share: no shares are meant */
	CONFIG_NO_ACCOUNTS = 4,	/* likewise the last account */
	CONFIG_ORDER = 8,	/* of the administrator: files missing or empty then are meant so */
};

/**
 * struct report - messages of a run
 * @line: one message each, without newline
 * @n: how many
 * @failed: the run was not, or not wholly, carried out
 * @conf_in_force: the configuration that was read is in force; if not, the one before stays
 * @bad: names of the files whose errors keep what was read out of force; NULL: none, or no memory
 */
struct report {
	char **line;
	size_t n;
	bool failed;
	bool conf_in_force;
	const char *bad;
};

/*
 * @error: 0; -EBADMSG: a file has errors; else the errno of reading or of configfs.  @rep is valid
 * during the call.
 */
typedef void (*config_fn)(void *priv, int error, const struct report *rep);

/**
 * struct config_events - callbacks of the owner
 * @changed: a run has ended; files, problems and the configuration in force may have changed
 * @committed: new values are in force, and configfs comes next: logons must use them before that
 *	ends.  0, or a negative errno: it is tried again later.  May be NULL
 * @writing: is a file being written now?  A run waits a while for it.  May be NULL.
 */
struct config_events {
	void (*changed)(void *priv);
	int (*committed)(void *priv);
	bool (*writing)(void *priv);
};

/**
 * struct config_args - arguments of config_new(); all borrowed
 * @event: the loop
 * @names: for look-ups
 * @config: smb.conf
 * @passdb: cifspwd.db
 * @configfs: root of the module's tree
 * @managed: file that lists what was made there
 * @memory: file in which the configuration in force is noted for the next daemon; NULL: none
 * @env: filled by each run; what it points to lives until the next one
 * @fs: NULL: configfs's own
 * @alive: called while a run takes long; may be NULL
 * @events: see there
 * @priv: for @events
 */
struct config_args {
	sd_event *event;
	struct names *names;
	const char *config;
	const char *passdb;
	const char *configfs;
	const char *managed;
	const char *memory;
	struct auth_env *env;
	const struct sync_fs *fs;
	void (*alive)(void);
	const struct config_events *events;
	void *priv;
};

struct config;
struct config_wait;

/* 0 or a negative errno.  Nothing is read yet. */
int config_new(TALLOC_CTX *ctx, const struct config_args *args, struct config **ret);

/**
 * config_run() - have the files read and applied
 * @ctx: talloc parent of what is returned; when that is freed there is no call
 * @fn: called once, from the loop, when a run that began after this has ended; may be NULL
 *
 * Return: NULL without memory.
 */
struct config_wait *config_run(struct config *c, TALLOC_CTX *ctx, enum config_why why,
			       config_fn fn, void *priv);

/* The machine has changed: what is not applied is tried now, and the interval starts anew. */
void config_try_now(struct config *c);

/* Is the module there, so that its configfs may be written?  When it comes, there is a run. */
void config_set_module(struct config *c, bool there);

/* The configuration in force; NULL before the first. */
const struct conf *config_conf(const struct config *c);

/*
 * Paths of all files of the configuration, missing ones too; NULL-terminated, valid until the next
 * run.
 */
const char *const *config_files(const struct config *c);

/* How many of config_files() are missing: inotify does not report a file that is mounted later. */
size_t config_files_missing(const struct config *c);

/* One text for each problem; NULL-terminated, valid until the next run. */
const char *const *config_problems(const struct config *c);

/*
 * Why smb.conf, or the file of accounts, may have lost its content, valid until the next run; NULL:
 * there is no doubt.
 */
const char *config_doubt_shares(const struct config *c);
const char *config_doubt_accounts(const struct config *c);

/*
 * Did the last run not read smb.conf or its other files, or that of accounts, for a reason that may
 * pass?  Whether they have lost their content is not known then.
 */
bool config_unread_shares(const struct config *c);
bool config_unread_accounts(const struct config *c);

/* Lowest priority that "log level" @level lets through. */
int config_log_priority(uint32_t level);

/* The level, 0 to 3, that lets priorities down to @prio through. */
uint32_t config_log_level(int prio);

/* Seconds until the next retry, 0: none is scheduled. */
unsigned int config_next_try(const struct config *c);

#endif
