/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names/names.h - look-ups of users and groups, outside of the event loop
 *
 * A look-up in the name service switch may take as long as an LDAP server needs, and runs the code
 * of its modules.  So helper processes make it: this program again, without capabilities, and
 * without the daemon's memory and descriptors (spawn.c).  A helper has one look-up at a time.
 *
 * No answer is kept: a user that was removed from a group logs on without it from then on.  Only a
 * reload keeps its answers, for as long as it lasts (cache.h).
 */
#ifndef CSRV_DAEMON_NAMES_NAMES_H
#define CSRV_DAEMON_NAMES_NAMES_H

#include <systemd/sd-event.h>
#include <talloc.h>

#include "passdb/nss.h"

/* First argument of a helper: main() calls names_worker() then. */
#define NAMES_WORKER_ARG	"--names-worker"

#define NAMES_HELPERS_MAX	4
#define NAMES_QUEUE_MAX		1024			/* questions, those on their way included */
#define NAMES_LIMIT_USEC	(15 * 1000000ull)	/* time for a question */
#define NAMES_IDLE_USEC		(30 * 1000000ull)	/* after that the helpers end */

struct names;
struct names_query;

/**
 * names_new() - a queue of questions, without a helper yet
 * @ctx: talloc parent
 * @event: the loop; a reference is taken
 * @ret: ended by talloc_free(), with all questions: no callback is called any more
 *
 * Blocks SIGCHLD in the calling thread, as sd_event_add_child() wants it.
 *
 * Return: 0 or a negative errno.
 */
int names_new(TALLOC_CTX *ctx, sd_event *event, struct names **ret);

/**
 * typedef names_relay_fn - asks another process for a user, instead of a helper
 * @id: of the question, to be repeated by names_relay_answer(); not before this returns
 *
 * Return: 0 or a negative errno, which is the answer then.
 */
typedef int (*names_relay_fn)(void *priv, uint64_t id, const char *name);

#define NAMES_RELAY_MAX		32		/* questions under way at one time */

/* names_new_relay() - likewise without helpers: for users only, each question goes through @ask */
int names_new_relay(TALLOC_CTX *ctx, sd_event *event, names_relay_fn ask, void *priv,
		    struct names **ret);

/*
 * The answer to a question through the relay: exactly one each, even if the question was given up.
 */
void names_relay_answer(struct names *n, uint64_t id, int error, const struct nss_account *acc);

/* Replaces NAMES_LIMIT_USEC (tests). */
void names_set_limit(struct names *n, uint64_t usec);

/**
 * typedef names_fn - an answer
 * @error: 0; -ENOENT: there certainly is no such name; anything else is doubt: -ETIMEDOUT,
 *	-EBUSY (too many questions), -EPIPE (the helper crashed), what the name service said
 * @acc: the user; of a group its number and name only; after an error zeros, and texts ""
 *
 * @acc is valid during the call only.  The query is freed before it.
 */
typedef void (*names_fn)(void *priv, int error, const struct nss_account *acc);

/**
 * names_user() - ask for a user
 * @ctx: talloc parent of the query; when the query is freed there is no call
 * @name: as spelled, then in lower case
 * @fn: called once, never before names_user() has returned
 *
 * Return: the query, NULL without memory.
 */
struct names_query *names_user(TALLOC_CTX *ctx, struct names *n, const char *name, names_fn fn,
			       void *priv);

/* names_group() - likewise for a group, whose name is tried as spelled only */
struct names_query *names_group(TALLOC_CTX *ctx, struct names *n, const char *name, names_fn fn,
				void *priv);

/* The look-ups of a helper; names_nss asks the name service switch. */
struct names_source {
	int (*user)(TALLOC_CTX *ctx, const char *name, struct nss_account *ret);
	int (*group)(const char *name, gid_t *gid);
};

extern const struct names_source names_nss;

/**
 * names_worker() - run as a helper, until the daemon ends or closes the connection
 *
 * Return: exit status.
 */
int names_worker(const struct names_source *source);

#endif
