/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of config/ share among themselves. */
#ifndef CSRV_DAEMON_CONFIG_INTERNAL_H
#define CSRV_DAEMON_CONFIG_INTERNAL_H

#include "config/config.h"
#include "names/cache.h"
#include "util/log.h"

/* What was read, before it takes the place of what is in force.  A NULL has errors. */
struct fresh {
	struct conf *conf;
	struct passdb *passdb;
	struct usermap *usermap;
	char **files;			/* NULL-terminated */
	int conf_error;			/* smb.conf cannot be read; a negative errno */
	bool usermap_bad;
	bool usermap_absent;		/* there is no such file */
	struct usermap_error usermap_error;
	struct passdb_error passdb_error;
	/* A file of the configuration, or that of accounts, could not be read for a reason that may pass. */
	bool doubt, accounts_doubt;
};

/* What is not applied.  @item: configfs's path of it, or a file; both are memory of the list. */
struct problems {
	char **item;
	char **text;			/* NULL-terminated once there is one */
	size_t n;
	size_t told;			/* of these who waits has had messages already */
	bool again;			/* trying again may help */
	const char *lost_shares, *lost_accounts;	/* of these those that say so; NULL: none */
};

/* A file that said something, and the words of smb.conf that name it: struct conf has them. */
struct said {
	char *path, *words;
};

/* A file that says nothing: its place in ->files of a configuration, and what said something there. */
struct missing {
	size_t file;
	const char *was;
};

struct config {
	struct config_args a;
	char *dns_name, *netbios_name;	/* of the host */
	struct conf *conf;		/* in force; NULL: nothing yet */
	struct passdb *passdb;
	struct usermap *usermap;
	char **files;
	struct said *known;		/* see memory.c; ends with a NULL path, or NULL: none */
	bool no_shares, no_users;	/* that there is none is meant: told, or in force; see memory.c */
	bool known_saved;		/* ->a.memory says all that */
	int unread;			/* why that was not read to its end, -errno; 0: it was */
	bool waiting;			/* for a first configuration, as a file was in doubt */
	struct problems *problems;
	struct config_wait *waits;	/* of the next run, and of this one */
	bool module;			/* is there */
	bool stale;			/* it may not have what ->conf says */
	bool keep_users;		/* since the files have none: see config_guard() */
	char **had_shares;		/* names, see note_shares(); ends with NULL, or NULL: none */
	/* the run */
	bool wanted;			/* another one shall follow */
	unsigned int next_why, why;	/* of enum config_why */
	unsigned int meant;		/* what ->why says, and ->kept */
	unsigned int kept;		/* of a run before that could not carry it out, as a file was in doubt */
	struct excuse *excuse;		/* of the last order, until it is done; see order.c */
	TALLOC_CTX *run;		/* NULL: there is none */
	struct names_cache *cache;
	struct fresh *fresh;
	struct report *rep;
	struct stamps *stamps;		/* of the files, when they were read last */
	unsigned int rounds, settles;
	bool settling;			/* it waits for a file before it reads again */
	sd_event_source *start;		/* begins it, or goes on waiting for a file */
	sd_event_source *look;		/* at the accounts, while a run waits for names */
	sd_event_source *retry;
	sd_event_source *away_timer;	/* when a listener has waited long enough for its address */
	uint64_t backoff;
	struct sync_away away;
	struct names_cache *answers;	/* of a run that had no time for all names; NULL: none */
};

/* ---- report.c ---- */

/* A line for those who wait, and for the log if @log. */
__attribute__((format(printf, 5, 6)))
void report_add(struct report *rep, int prio, bool log, const struct log_about *about,
		const char *fmt, ...);

/* ---- paths.c ---- */

/* @list ends with NULL, or is NULL. */
bool config_has_path(char *const *list, const char *path);

/* Adds a path to a list that ends with NULL, and is NULL at first, once.  False without memory. */
bool config_add_path(TALLOC_CTX *ctx, char ***list, const char *path);

/* ---- load.c: files to values ---- */

/* Reads all files; NULL without memory.  Names that the cache does not have are noted in it. */
struct fresh *config_load(struct config *c);

/* Reads the accounts alone; NULL without memory. */
struct fresh *config_load_accounts(struct config *c);

/* What the files are now; NULL without memory. */
struct stamps *config_stamps(TALLOC_CTX *ctx, char *const *files);

/* Are they the same files still, of the same length and time? */
bool config_stamps_hold(const struct stamps *stamps);

/* What is wrong with them. */
void config_tell(struct config *c, const struct fresh *f);

/* ---- memory.c: which files said something ---- */

/* What the last daemon had in force. */
void config_remember(struct config *c);

/* Once more in a run, when it could not be read. */
void config_remember_again(struct config *c);

/* Notes that it is meant that there is no share, or no account: @flag is of @c.  Or no longer. */
void config_note_meant(struct config *c, bool *flag, bool meant);

/*
 * Had the configuration that was in force last shares?  What an earlier release noted does not say; it
 * is taken to have had some.
 */
bool config_knows_shares(const struct config *c);

/*
 * The place in @is->files of one that says nothing where the file @path, named by @words, said
 * something: that itself, or another one that the same words lead to now; -1: none, or an order excuses
 * it.  If @bytes, a file of comments alone is one that is empty on purpose.
 */
ssize_t config_in_place_of(const struct config *c, const struct conf *is, const char *path,
			   const char *words, bool bytes);

/*
 * The first file of @is that said something in the configuration that was in force last, and says
 * nothing; likewise.  False: there is none.
 */
bool config_missing(const struct config *c, const struct conf *is, bool bytes, struct missing *ret);

/*
 * The username map that said something in the configuration that was in force last, @path or another
 * one; NULL: none did.
 */
const char *config_known_map(const struct config *c, const char *path);

/* Another configuration is in force: what it has to say takes the place of what is remembered. */
void config_learn(struct config *c);

/* Writes it down, where it is not. */
void config_save(struct config *c, struct problems *p);

/* ---- order.c ---- */

/* An order is given: what is missing or empty now is meant so. */
void config_order(struct config *c);

/* What says something in @f is excused no longer: an order may wait for another file. */
void config_end_excuses(struct config *c, const struct fresh *f);

/* Did this file say nothing when the order was given that the run is to carry out? */
bool config_excuses(const struct config *c, const char *path);

/* Likewise that there is no share, or no account. */
bool config_excuses_no_shares(const struct config *c);
bool config_excuses_no_accounts(const struct config *c);

/* ---- problems.c ---- */

__attribute__((format(printf, 3, 4)))
void problem_add(struct problems *p, const char *item, const char *fmt, ...);

/* The list of this run takes the place of the last one's; what has changed is logged. */
void problems_replace(struct config *c, struct problems *p);

/* ---- guard.c ---- */

/* "not there", "empty": of a file that says nothing. */
const char *config_file_is(bool absent);

/* Takes out of @f what must not take the place of what runs, and says why; see config.h. */
void config_guard(struct config *c, struct fresh *f, struct problems *p);

/* ---- commit.c ---- */

/*
 * Puts in force the accounts of @f before the run ends.  False: not now, since they have errors, may
 * be lost, or nothing is in force yet.
 */
bool config_commit_accounts(struct config *c, struct fresh *f);

/* Puts in force what @f has. */
void config_commit(struct config *c, struct fresh *f);

/* ---- apply.c: values to configfs ---- */

/*
 * Of the accounts that are in force, what takes rights away: nothing that is asked outside can change
 * it.  What fails is tried again, and told, by config_apply().
 */
void config_apply_shut(struct config *c);

/* 0, or what configfs met.  What is not applied goes to @p. */
int config_apply(struct config *c, struct problems *p);

#endif
