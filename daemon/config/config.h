/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config/config.h - what is configured: from the files to what decides logons, and to configfs
 *
 * A run reads the files, has the names in them looked up (names/cache.h), reads them again with the
 * answers, puts what was read in force, and brings configfs to it.  One run at a time; whoever asks
 * for one meanwhile gets the next, and all of those get the same.  What could not be applied is a
 * list of problems, and is tried again: after a second, then more and more seldom.
 *
 * Doubt changes nothing.  Files with errors, a name service or a disk that stumbles, and files that
 * have lost all they had, unless that is meant, leave what runs as it is.  So does a file that is
 * included, in whatever section, or a username map, that said something in the configuration which was
 * in force last, and is not there or has no bytes; and one that is not there, where the same words led
 * to a file that said something: at a start as well, for a file remembers it.  A daemon that starts and
 * finds no share, while shares run or there were some in force last, puts nothing in force.
 *
 * That it is meant so is said by cifsadmin, when it has taken out the last share or account, and by an
 * order of the administrator, of what is missing or empty when it is given.  It is said until it is
 * carried out, or, of an order, refused for errors.
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

/* Why there is a run.  Of several reasons each counts. */
enum config_why {
	CONFIG_RETRY = 0,	/* something was not applied, and may be now */
	CONFIG_CHANGE = 1,	/* a file was changed, by cifsadmin or otherwise, or the daemon starts */
	CONFIG_NO_SHARES = 2,	/* cifsadmin has taken out the last share: that there is none is meant */
	CONFIG_NO_ACCOUNTS = 4,	/* likewise the last account */
	CONFIG_ORDER = 8,	/* the administrator wants it: what is missing or empty then is meant so */
};

/**
 * struct report - what a run has to say
 * @line: one message each, without newline
 * @n: how many
 * @failed: it was not carried out, or not wholly
 * @conf_in_force: the configuration that was read is; if not, what was in force stays
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
 * @error: 0; -EBADMSG: a file has errors; else what reading or configfs met.  @rep is valid during
 * the call.
 */
typedef void (*config_fn)(void *priv, int error, const struct report *rep);

/**
 * struct config_events - what the owner hears
 * @changed: a run has ended; files, problems and what is in force may be others
 * @committed: what was read is in force, and configfs comes next: logons must not go by the old
 *	values while that takes its time.  0, or a negative errno: it is tried again later.  May be NULL
 * @writing: is a file being written now?  The run waits a while then.  May be NULL.
 */
struct config_events {
	void (*changed)(void *priv);
	int (*committed)(void *priv);
	bool (*writing)(void *priv);
};

/**
 * struct config_args - what it is made of; all borrowed
 * @event: the loop
 * @names: for look-ups
 * @config: smb.conf
 * @passdb: cifspwd.db
 * @configfs: root of the module's tree
 * @managed: file that lists what was made there
 * @memory: file of what the next daemon has to know of the configuration in force; NULL: it is
 *	forgotten when this ends
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
 * @fn: called once, from the loop, when a run that began after this has ended; NULL: nobody waits
 *
 * Return: NULL without memory.
 */
struct config_wait *config_run(struct config *c, TALLOC_CTX *ctx, enum config_why why,
			       config_fn fn, void *priv);

/* Something outside has changed: what is not applied is tried now, and often again. */
void config_try_now(struct config *c);

/* Is the module there, so that its configfs may be written?  When it comes, there is a run. */
void config_set_module(struct config *c, bool there);

/* The configuration in force; NULL before the first. */
const struct conf *config_conf(const struct config *c);

/* All files that decide, be they there or not; NULL-terminated, valid until the next run. */
const char *const *config_files(const struct config *c);

/* How many of config_files() are not there: one that is mounted later is not seen by inotify. */
size_t config_files_missing(const struct config *c);

/* What is not applied, and why; NULL-terminated, valid until the next run. */
const char *const *config_problems(const struct config *c);

/*
 * Why it is in doubt whether smb.conf, or the file of accounts, has lost what it had, valid until the next
 * run; NULL: it is not.
 */
const char *config_doubt_shares(const struct config *c);
const char *config_doubt_accounts(const struct config *c);

/* The least important lines that "log level" @level lets through. */
int config_log_priority(uint32_t level);

/* The level, 0 to 3, that lets lines through down to @prio. */
uint32_t config_log_level(int prio);

/* Seconds until what is not applied is tried again, 0: not by itself. */
unsigned int config_next_try(const struct config *c);

#endif
