// SPDX-License-Identifier: GPL-2.0-or-later
/* names/cache.c - answers of the name service for one reload */
#include "names/cache.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "util/hash.h"

#define HASH	4096

static uint64_t total_usec = NAMES_CACHE_TOTAL_USEC;

struct entry {
	struct names_cache *c;
	bool group;
	char *name;
	int error;			/* -EINPROGRESS: no answer yet */
	struct nss_identity id;
	struct entry *hash_next, *next;
};

struct names_cache {
	struct names *n;
	struct entry *hash[HASH];
	struct entry *first, **end;	/* in the order in which they were noted */
	struct entry *todo;		/* the next one to ask for */
	size_t open, asked;
	unsigned int late;		/* consecutive answers that were too late */
	uint64_t end_usec;		/* end of the time for questions; 0: none was asked yet */
	bool cut, gained;		/* out of time; has new certain answers */
	void (*done)(void *priv);
	void *priv;
};

static size_t entry_hash(const char *name, bool group)
{
	return hash_octets(HASH_SEED ^ group, name, strlen(name)) % HASH;
}

/* Finds or adds the entry of that name; NULL without memory. */
static struct entry *find_entry(struct names_cache *c, const char *name, bool group)
{
	struct entry **slot = &c->hash[entry_hash(name, group)], *e;

	for (e = *slot; e; e = e->hash_next)
		if (e->group == group && !strcmp(e->name, name))
			return e;
	e = talloc_zero(c, struct entry);
	if (!e)
		return NULL;
	e->name = talloc_strdup(e, name);
	if (!e->name) {
		talloc_free(e);
		return NULL;
	}
	e->c = c;
	e->group = group;
	e->error = -EINPROGRESS;
	e->hash_next = *slot;
	*slot = e;
	*c->end = e;
	c->end = &e->next;
	if (!c->todo)
		c->todo = e;
	c->open++;
	return e;
}

int names_cache_user(void *priv, const char *name, uid_t *uid, gid_t *gid)
{
	const struct entry *e = find_entry(priv, name, false);

	if (!e || e->error)
		return e ? e->error : -ENOMEM;
	*uid = e->id.uid;
	*gid = e->id.gid;
	return 0;
}

int names_cache_group(void *priv, const char *name, gid_t *gid)
{
	const struct entry *e = find_entry(priv, name, true);

	if (!e || e->error)
		return e ? e->error : -ENOMEM;
	*gid = e->id.gid;
	return 0;
}

int names_cache_identity(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	const struct entry *e = find_entry(priv, name, false);

	(void)ctx;
	if (!e || e->error)
		return e ? e->error : -ENOMEM;
	*ret = e->id;
	return 0;
}

size_t names_cache_open(const struct names_cache *c)
{
	return c->open;
}

static void ask_more(struct names_cache *c);

static bool is_certain(int error)
{
	return !error || error == -ENOENT;
}

static void on_answer(void *priv, int error, const struct nss_account *acc)
{
	const struct nss_identity *id = &acc->id;
	struct entry *e = priv;
	struct names_cache *c = e->c;

	e->error = error;
	e->id = *id;
	e->id.groups = NULL;
	if (!error && id->ngroups) {
		e->id.groups = talloc_memdup(e, id->groups, id->ngroups * sizeof(*id->groups));
		if (!e->id.groups)
			e->error = -ENOMEM;
	}
	c->late = error == -ETIMEDOUT ? c->late + 1 : 0;
	c->gained |= is_certain(e->error);
	c->open--;
	c->asked--;
	ask_more(c);
}

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Asks for the entry, or gives up with doubt: a name that was not asked for may exist. */
static int ask_entry(struct names_cache *c, struct entry *e)
{
	if (c->late >= NAMES_CACHE_GIVE_UP)
		return -ETIMEDOUT;
	if (now_usec() >= c->end_usec) {
		c->cut = true;
		return -ETIMEDOUT;
	}
	return (e->group ? names_group : names_user)(e, c->n, e->name, on_answer, e) ? 0 : -ENOMEM;
}

static void ask_more(struct names_cache *c)
{
	while (c->todo && c->asked < NAMES_CACHE_AT_ONCE) {
		struct entry *e = c->todo;
		int r = e->error == -EINPROGRESS ? ask_entry(c, e) : 1;

		c->todo = e->next;
		c->asked += r == 0;
		if (r < 0) {
			e->error = r;
			c->open--;
		}
	}
	if (!c->asked && c->done) {
		void (*done)(void *priv) = c->done;

		c->done = NULL;
		done(c->priv);
	}
}

static void on_none(void *priv, int error, const struct nss_account *acc)
{
	struct names_cache *c = priv;

	(void)error;
	(void)acc;
	c->asked--;
	ask_more(c);
}

bool names_cache_cut(const struct names_cache *c)
{
	return c->cut && c->gained;
}

void names_cache_again(struct names_cache *c)
{
	c->todo = c->first;
	c->end_usec = 0;
	c->cut = false;
	c->gained = false;
	for (struct entry *e = c->first; e; e = e->next) {
		if (is_certain(e->error) || e->error == -EINPROGRESS)
			continue;
		e->error = -EINPROGRESS;
		c->open++;
	}
}

void names_cache_set_total(uint64_t usec)
{
	total_usec = usec;
}

bool names_cache_ask(struct names_cache *c, void (*done)(void *priv), void *priv)
{
	c->done = NULL;
	c->late = 0;
	if (!c->end_usec)
		c->end_usec = now_usec() + total_usec;
	/*
	 * An empty name needs no look-up: so @done is called from the loop, even if nothing else is
	 * asked.
	 */
	if (names_user(c, c->n, "", on_none, c))
		c->asked++;
	ask_more(c);
	if (!c->asked)
		return false;
	c->done = done;
	c->priv = priv;
	return true;
}

struct names_cache *names_cache_new(TALLOC_CTX *ctx, struct names *n)
{
	struct names_cache *c = talloc_zero(ctx, struct names_cache);

	if (!c)
		return NULL;
	c->n = n;
	c->end = &c->first;
	return c;
}
