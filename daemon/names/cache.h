/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names/cache.h - answers of the name service for one reload
 *
 * A look-up of an unknown name returns -EINPROGRESS and notes the name; names_cache_ask() asks for
 * all noted names; then the reload reads the files again, with the answers.  A cache lives as long
 * as one reload, with the retries for which there were too many names.
 */
#ifndef CSRV_DAEMON_NAMES_CACHE_H
#define CSRV_DAEMON_NAMES_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "names/names.h"

/* Questions at once: some helpers are left for logons. */
#define NAMES_CACHE_AT_ONCE	2
/* Consecutive late answers after which no more are asked for. */
#define NAMES_CACHE_GIVE_UP	3

/* Time for all questions of a run: names without an answer are in doubt after it. */
#define NAMES_CACHE_TOTAL_USEC	(30 * 1000000ull)

struct names_cache;

/* NULL without memory. */
struct names_cache *names_cache_new(TALLOC_CTX *ctx, struct names *n);

/* For struct conf_env: @priv is the cache. */
int names_cache_user(void *priv, const char *name, uid_t *uid, gid_t *gid);
int names_cache_group(void *priv, const char *name, gid_t *gid);

/* For that, too, and for accounts_resolve_with(): the cache owns what @ret points to. */
int names_cache_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);

/* How many are noted that have no answer. */
size_t names_cache_open(const struct names_cache *c);

/* Did some answers come, but not all in time? */
bool names_cache_cut(const struct names_cache *c);

/* Notes names without a certain answer again, with new time for them. */
void names_cache_again(struct names_cache *c);

/* Replaces NAMES_CACHE_TOTAL_USEC (tests). */
void names_cache_set_total(uint64_t usec);

/**
 * names_cache_ask() - ask for all noted names
 * @done: called once, when each has an answer or is given up; never before this returns
 *
 * Return: false without memory, when nothing is asked and @done is not called.
 *
 * Freeing the cache ends all questions.
 */
bool names_cache_ask(struct names_cache *c, void (*done)(void *priv), void *priv);

#endif
