/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names/cache.h - the answers that one reload needs
 *
 * Whoever needs a name gets -EINPROGRESS for it, and the name is noted; names_cache_ask() asks for
 * all that were noted; then everything is done once more, with the answers.  A cache lives as long
 * as one reload, with the retries for which there were too many names.
 */
#ifndef CSRV_DAEMON_NAMES_CACHE_H
#define CSRV_DAEMON_NAMES_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "names/names.h"

/* So many at once: logons that are asked for meanwhile find a helper. */
#define NAMES_CACHE_AT_ONCE	2
/* So many answers in a row that did not come in time, and no more are waited for. */
#define NAMES_CACHE_GIVE_UP	3

/* All questions of a run are asked in this time: what is left after it is doubt. */
#define NAMES_CACHE_TOTAL_USEC	(30 * 1000000ull)

struct names_cache;

/* NULL without memory. */
struct names_cache *names_cache_new(TALLOC_CTX *ctx, struct names *n);

/* For struct conf_env: @priv is the cache. */
int names_cache_user(void *priv, const char *name, uid_t *uid, gid_t *gid);
int names_cache_group(void *priv, const char *name, gid_t *gid);

/* For accounts_resolve_with(): @ret points into the cache. */
int names_cache_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);

/* How many are noted that have no answer. */
size_t names_cache_open(const struct names_cache *c);

/* Was there no time to ask for all, though answers came? */
bool names_cache_cut(const struct names_cache *c);

/* Notes again what has no certain answer; there is time for it. */
void names_cache_again(struct names_cache *c);

/* Another time for all than NAMES_CACHE_TOTAL_USEC (tests). */
void names_cache_set_total(uint64_t usec);

/**
 * names_cache_ask() - ask for all that are noted
 * @done: called once, when each has an answer or is given up; never before this returns
 *
 * False: no memory, and nothing is under way; @done is not called.
 *
 * The cache must not be freed by names that are noted meanwhile; freeing it ends all.
 */
bool names_cache_ask(struct names_cache *c, void (*done)(void *priv), void *priv);

#endif
