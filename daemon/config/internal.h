/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of config/ share among themselves. */
#ifndef CSRV_DAEMON_CONFIG_INTERNAL_H
#define CSRV_DAEMON_CONFIG_INTERNAL_H

#include "config/config.h"
#include "names/cache.h"
#include "util/log.h"

/* Content of the files, before it is in force.  A member that is NULL has errors. */
struct loaded {
	struct conf *conf;
	struct passdb *passdb;
	struct usermap *usermap;
	char **files;			/* NULL-terminated */
	int conf_error;			/* smb.conf cannot be read; a negative errno */
	bool usermap_bad;
	bool usermap_absent;		/* the file is missing */
	struct usermap_error usermap_error;
	struct passdb_error passdb_error;
	/*
	 * A file of the configuration, or of accounts, cannot be read for a reason that may pass.
	 */
	bool doubt, accounts_doubt;
};

/* What is not applied.  @item: its path in configfs, or a file; the list owns both. */
struct problems {
	char **item;
	char **text;			/* NULL-terminated once there is one */
	size_t n;
	size_t nreported;		/* of these, already in messages for waiting callers */
	bool again;			/* a retry may help */
	const char *lost_shares, *lost_accounts;	/* texts of such problems; NULL: none */
	/* The files could not be read: whether they have lost content is not known. */
	bool shares_unread, accounts_unread;
};

/* A file with content, and the words of smb.conf that name it. */
struct reported {
	char *path, *words;
};

/*
 * A file without content: its index in ->files of a configuration, and the path that had content.
 */
struct missing {
	size_t file;
	const char *was;
};

struct config {
	struct config_args a;
	char *dns_name, *netbios_name;	/* of the host */
	struct conf *conf;		/* in force; NULL: none yet */
	struct passdb *passdb;
	struct usermap *usermap;
	char **files;
	struct reported *known;		/* see memory.c; a NULL path ends it, NULL: none */
	bool no_shares, no_users;	/* that there is none is meant; see memory.c */
	bool known_saved;		/* ->a.memory says all of that */
	int unread;			/* why ->a.memory was not read, -errno; 0: it was */
	bool waiting;			/* for a first configuration, while a file is in doubt */
	struct problems *problems;
	struct config_wait *waits;	/* for the end of the next run, or of this one */
	bool module;			/* the module is there and answers */
	bool stale;			/* configfs may differ from ->conf */
	bool keep_users;		/* they stay, the files have none: config_guard() */
	char **had_shares;		/* see note_shares(); NULL ends it, NULL: none */
	/* the run */
	bool wanted;			/* another run shall follow */
	unsigned int next_why, why;	/* of enum config_why */
	unsigned int meant;		/* ->why and ->kept */
	unsigned int kept;		/* orders that could not be carried out yet */
	struct confirmed *confirmed;	/* of the last order, until carried out; see order.c */
	TALLOC_CTX *run;		/* context of the run; NULL: none */
	struct names_cache *cache;
	struct loaded *loaded;
	struct report *rep;
	struct stamps *stamps;		/* of the files, at the last reading */
	unsigned int rounds, settles;
	bool settling;			/* the run waits for a file before it reads again */
	sd_event_source *start;		/* begins a run, or ends the wait for a file */
	sd_event_source *look;		/* reads the accounts while a run waits for names */
	sd_event_source *retry;
	sd_event_source *away_timer;	/* when a listener has waited long enough for its address */
	uint64_t backoff;
	struct sync_away away;
	struct names_cache *answers;	/* of a run without time for all names; NULL: none */
};

/* ---- report.c ---- */

/* Adds a line for waiting callers, and to the log if @log. */
__attribute__((format(printf, 5, 6)))
void report_add(struct report *rep, int prio, bool log, const struct log_about *about,
		const char *fmt, ...);

/* ---- paths.c ---- */

/* Is @path in @list, which NULL ends?  @list may be NULL. */
bool config_has_path(char *const *list, const char *path);

/* Adds @path once to a list that NULL ends; an empty list is NULL.  False without memory. */
bool config_add_path(TALLOC_CTX *ctx, char ***list, const char *path);

/* ---- load.c: files to values ---- */

/* Reads all files; NULL without memory.  Names without an answer are noted in the cache. */
struct loaded *config_load(struct config *c);

/* Reads the accounts alone; NULL without memory. */
struct loaded *config_load_accounts(struct config *c);

/* Stamps of the files as they are now; NULL without memory. */
struct stamps *config_stamps(TALLOC_CTX *ctx, char *const *files);

/* Have the files the same inode, length and time as then? */
bool config_stamps_hold(const struct stamps *stamps);

/* Reports the errors and warnings of all files. */
void config_report(struct config *c, const struct loaded *f);

/* ---- memory.c: which files had content ---- */

/* Reads what the last daemon had in force. */
void config_remember(struct config *c);

/* Reads it again, where it could not be read before. */
void config_remember_again(struct config *c);

/* Notes whether it is meant that there is no share, or no account: @flag is of @c. */
void config_note_meant(struct config *c, bool *flag, bool meant);

/*
 * Had the configuration last in force shares?  True after an earlier release, which did not note
 * it.
 */
bool config_knows_shares(const struct config *c);

/*
 * Index in @is->files of a file without content in place of the file @path, named by @words, which
 * had some: the same path, or another one that the words now mean; -1: none, or an order confirms
 * it.  @bytes: a file of comments alone is empty on purpose.
 */
ssize_t config_in_place_of(const struct config *c, const struct conf *is, const char *path,
			   const char *words, bool bytes);

/*
 * Finds the first file of @is that had content in the configuration last in force, and has none;
 * likewise.
 */
bool config_missing(const struct config *c, const struct conf *is, bool bytes, struct missing *ret);

/*
 * The username map with content of the configuration last in force, @path or another one; NULL:
 * none had any.
 */
const char *config_known_map(const struct config *c, const char *path);

/* Notes the files of a configuration that has come into force, in place of those before. */
void config_learn(struct config *c);

/* Writes the notes to the file, where they differ. */
void config_save(struct config *c, struct problems *p);

/* ---- order.c ---- */

/* Notes what is missing or empty when an order is given: that is meant so. */
void config_order(struct config *c);

/* Ends what was confirmed of files that have content in @f: an order may wait for another file. */
void config_end_confirmed(struct config *c, const struct loaded *f);

/* Was this file without content when the order was given that the run carries out? */
bool config_confirms(const struct config *c, const char *path);

/* Likewise: was there no share, or no account? */
bool config_confirms_no_shares(const struct config *c);
bool config_confirms_no_accounts(const struct config *c);

/* ---- problems.c ---- */

__attribute__((format(printf, 3, 4)))
void problem_add(struct problems *p, const char *item, const char *fmt, ...);

/* Makes this list the current one; logs what has changed. */
void problems_replace(struct config *c, struct problems *p);

/* ---- guard.c ---- */

/* "not there", "empty": of a file that says nothing. */
const char *config_file_is(bool absent);

/* Takes out of @f what must not replace what runs, and says why; see config.h. */
void config_guard(struct config *c, struct loaded *f, struct problems *p);

/* ---- commit.c ---- */

/*
 * Puts the accounts of @f in force before the run ends.  False: they have errors, may be lost, or
 * no configuration is in force yet.
 */
bool config_commit_accounts(struct config *c, struct loaded *f);

/* Puts @f in force. */
void config_commit(struct config *c, struct loaded *f);

/* ---- apply.c: values to configfs ---- */

/*
 * Disables and removes accounts that are no longer in force for logons, which needs no look-up.
 * Failures are tried again, and reported, by config_apply().
 */
void config_apply_shut(struct config *c);

/* 0, or an errno of configfs.  What is not applied is added to @p. */
int config_apply(struct config *c, struct problems *p);

#endif
