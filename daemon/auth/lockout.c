// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/lockout.c - see lockout.h */
#include "lockout.h"

#include <string.h>

#include "../util/cleanup.h"
#include "../util/hash.h"
#include "../util/utf.h"

#define BUCKETS		512
#define SECOND		1000000ull
#define UNLIMITED_LIMIT	10	/* counts wear off at this limit's speed when nothing is locked */

/* Failures of one kind; all zero: none. */
struct counter {
	uint32_t n;
	uint64_t since;		/* when the last of them wore off, or the first came */
	uint64_t locked_until;
};

/* An account at an address, or at all of them. */
struct named {
	struct named *next;	/* in a bucket of accounts; unused at an address */
	char *name;		/* in upper case */
	char *shown;		/* as it was given first */
	struct counter c;
};

struct address {
	struct address *next;
	char key[HOST_KEY_LEN];
	struct counter c;
	struct named *name[LOCKOUT_NAMES];
	size_t n;
};

struct lockout_wait {
	struct lockouts *l;
	struct lockout_wait *prev, *next;
	char key[HOST_KEY_LEN];
};

struct lockouts {
	const struct lockout_policy *policy;
	struct address *address[BUCKETS];
	struct named *account[BUCKETS];
	size_t naddresses, naccounts;
	struct lockout_wait *waits;
	size_t nwaits;
};

struct lockouts *lockouts_new(TALLOC_CTX *ctx, const struct lockout_policy *policy)
{
	struct lockouts *l = talloc_zero(ctx, struct lockouts);

	if (l)
		l->policy = policy;
	return l;
}

/* ---- counting ---- */

/* Microseconds in which one failure wears off; @times the limit. */
static uint64_t wear(const struct lockouts *l, unsigned int times)
{
	uint64_t limit = l->policy->limit ? l->policy->limit : UNLIMITED_LIMIT;
	uint64_t usec = l->policy->lock_time * SECOND / (limit * times);

	return usec ? usec : 1;
}

static uint32_t failures(const struct lockouts *l, const struct counter *c, unsigned int times,
			 uint64_t now)
{
	uint64_t gone = now > c->since ? (now - c->since) / wear(l, times) : 0;

	return gone < c->n ? c->n - (uint32_t)gone : 0;
}

static bool locked(const struct counter *c, uint64_t now)
{
	return now < c->locked_until;
}

/* True when it becomes locked by that. */
static bool count(const struct lockouts *l, struct counter *c, unsigned int times, uint64_t now,
		  bool may_lock)
{
	uint32_t left = failures(l, c, times, now);

	/* A part of an interval that is over is not lost. */
	c->since = left ? c->since + (c->n - left) * wear(l, times) : now;
	c->n = left + 1;
	if (!may_lock || !l->policy->limit || c->n < (uint64_t)l->policy->limit * times)
		return false;
	c->locked_until = now + l->policy->lock_time * SECOND;
	return true;
}

static void forgive(const struct lockouts *l, struct counter *c, unsigned int times, uint32_t n,
		    uint64_t now)
{
	uint32_t left = failures(l, c, times, now);

	c->since = left ? c->since + (c->n - left) * wear(l, times) : now;
	c->n = left > n ? left - n : 0;
}

static uint64_t delay_of(const struct lockouts *l, uint32_t n, uint64_t most)
{
	uint64_t usec = l->policy->delay * SECOND;

	if (n < LOCKOUT_FREE || !usec)
		return 0;
	if (l->policy->longest && most > l->policy->longest * SECOND)
		most = l->policy->longest * SECOND;
	for (n -= LOCKOUT_FREE; n && usec < most; n--)
		usec *= 2;
	return usec < most ? usec : most;
}

/* ---- tables ---- */

static uint32_t hash_of(const char *s)
{
	return hash_octets(HASH_SEED, s, strlen(s)) % BUCKETS;
}

/* The name in upper case: what utf8_casecmp() finds equal is equal. */
static char *fold(TALLOC_CTX *ctx, const char *name)
{
	struct blob upper;
	char *s;

	if (utf8_to_utf16_upper(ctx, name, &upper) < 0)
		return NULL;
	s = utf16_to_utf8(ctx, upper);
	talloc_free((void *)upper.data);
	return s;
}

static struct address **find_address(const struct lockouts *l, const char *key)
{
	struct address **at = (struct address **)&l->address[hash_of(key)];

	while (*at && strcmp((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static struct named **find_account(const struct lockouts *l, const char *name)
{
	struct named **at = (struct named **)&l->account[hash_of(name)];

	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	return at;
}

static struct named *find_name(const struct address *a, const char *name)
{
	for (size_t i = 0; a && i < a->n; i++)
		if (!strcmp(a->name[i]->name, name))
			return a->name[i];
	return NULL;
}

/* Is @a less of a loss than @b?  What is not locked, has failed less, or longer ago. */
static bool lesser(const struct lockouts *l, const struct counter *a, const struct counter *b,
		   unsigned int times, uint64_t now)
{
	uint32_t n = failures(l, a, times, now), m = failures(l, b, times, now);

	if (locked(a, now) != locked(b, now))
		return locked(b, now);
	return n != m ? n < m : a->since < b->since;
}

static void drop_name(struct address *a, struct named *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->name[i] == name)
			a->name[i] = a->name[--a->n];
	talloc_free(name);
}

static void drop_address(struct lockouts *l, struct address *a)
{
	*find_address(l, a->key) = a->next;
	l->naddresses--;
	talloc_free(a);
}

static void drop_account(struct lockouts *l, struct named *n)
{
	*find_account(l, n->name) = n->next;
	l->naccounts--;
	talloc_free(n);
}

/* Counts for as much as the worst of its names, so that one that has a lock-out is not lost to it. */
static const struct counter *weight(const struct lockouts *l, const struct address *a, uint64_t now)
{
	const struct counter *most = &a->c;

	for (size_t i = 0; i < a->n; i++)
		if (locked(&a->name[i]->c, now) && lesser(l, most, &a->name[i]->c, 1, now))
			most = &a->name[i]->c;
	return most;
}

static void make_room_for_address(struct lockouts *l, uint64_t now)
{
	struct address *least = NULL;

	if (l->naddresses < LOCKOUT_ADDRESSES)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct address *a = l->address[i]; a; a = a->next)
			if (!least || lesser(l, weight(l, a, now), weight(l, least, now),
					     LOCKOUT_WIDE, now))
				least = a;
	drop_address(l, least);
}

static void make_room_for_account(struct lockouts *l, uint64_t now)
{
	struct named *least = NULL;

	if (l->naccounts < LOCKOUT_ACCOUNTS)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct named *n = l->account[i]; n; n = n->next)
			if (!least || lesser(l, &n->c, &least->c, LOCKOUT_WIDE, now))
				least = n;
	drop_account(l, least);
}

static struct address *get_address(struct lockouts *l, const char *host, uint64_t now)
{
	char key[HOST_KEY_LEN];
	struct address *a = *find_address(l, host_key(host, key));

	if (a)
		return a;
	make_room_for_address(l, now);
	a = talloc_zero(l, struct address);
	if (!a)
		return NULL;
	memcpy(a->key, key, sizeof(key));
	*find_address(l, key) = a;
	l->naddresses++;
	return a;
}

static struct named *new_named(TALLOC_CTX *ctx, const char *name, const char *shown)
{
	struct named *n = talloc_zero(ctx, struct named);

	if (n) {
		n->name = talloc_strdup(n, name);
		n->shown = talloc_strdup(n, shown);
	}
	if (n && n->name && n->shown)
		return n;
	talloc_free(n);
	return NULL;
}

static struct named *get_name(struct lockouts *l, struct address *a, const char *name,
			      const char *shown, uint64_t now)
{
	struct named *n = find_name(a, name);

	if (n)
		return n;
	n = new_named(a, name, shown);
	if (n && a->n == LOCKOUT_NAMES) {
		struct named *least = a->name[0];

		for (size_t i = 1; i < a->n; i++)
			if (lesser(l, &a->name[i]->c, &least->c, 1, now))
				least = a->name[i];
		drop_name(a, least);
	}
	if (n)
		a->name[a->n++] = n;
	return n;
}

static struct named *get_account(struct lockouts *l, const char *name, const char *shown,
				 uint64_t now)
{
	struct named *n = *find_account(l, name);

	if (n)
		return n;
	make_room_for_account(l, now);
	n = new_named(l, name, shown);
	if (!n)
		return NULL;
	*find_account(l, name) = n;
	l->naccounts++;
	return n;
}

/* ---- what logons ask and tell ---- */

static bool may_wait(const struct lockouts *l, const char *key)
{
	size_t n = 0;

	for (const struct lockout_wait *w = l->waits; w; w = w->next)
		n += !strcmp(w->key, key);
	return l->nwaits < LOCKOUT_WAITS && n < LOCKOUT_HOST_WAITS;
}

static uint64_t longer(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

enum lockout_verdict lockouts_ask(const struct lockouts *l, const char *name, const char *host,
				  uint64_t now, uint64_t *delay)
{
	_cleanup_(talloc_freep) char *upper = fold(NULL, name);
	char key[HOST_KEY_LEN];
	const struct address *a = *find_address(l, host_key(host, key));
	const struct named *here = upper ? find_name(a, upper) : NULL;
	const struct named *all = upper ? *find_account(l, upper) : NULL;

	uint64_t own = 0;

	*delay = 0;
	if (a && locked(&a->c, now))
		return LOCKOUT_ADDRESS;
	if (here && locked(&here->c, now))
		return LOCKOUT_ACCOUNT;
	if (here)
		own = delay_of(l, failures(l, &here->c, 1, now), LOCKOUT_DELAY_MAX);
	if (a)
		own = longer(own, delay_of(l, failures(l, &a->c, LOCKOUT_WIDE, now) /
					   LOCKOUT_WIDE, LOCKOUT_DELAY_MAX));
	if (all)
		*delay = longer(own, delay_of(l, failures(l, &all->c, LOCKOUT_WIDE, now) /
						 LOCKOUT_WIDE, LOCKOUT_ACCOUNT_DELAY));
	else
		*delay = own;
	if (!*delay || may_wait(l, key))
		return LOCKOUT_NONE;
	/*
	 * Where too many wait, an address that has failed is told to try again.  One that has not is
	 * not made to wait for what others have failed: strangers could hold all places.
	 */
	*delay = 0;
	return own ? LOCKOUT_BUSY : LOCKOUT_NONE;
}

enum lockout_verdict lockouts_failed(struct lockouts *l, const char *name, const char *host,
				     uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = fold(NULL, name);
	struct named *all = upper ? get_account(l, upper, name, now) : NULL;
	struct address *a = get_address(l, host, now);
	struct named *here = a && upper ? get_name(l, a, upper, name, now) : NULL;
	enum lockout_verdict verdict = LOCKOUT_NONE;

	if (all)
		count(l, &all->c, LOCKOUT_WIDE, now, false);
	if (here && count(l, &here->c, 1, now, true))
		verdict = LOCKOUT_ACCOUNT;
	if (a && count(l, &a->c, LOCKOUT_WIDE, now, true))
		verdict = LOCKOUT_ADDRESS;
	return verdict;
}

/*
 * Only what this account has failed here: whoever has one account and guesses at others is not
 * forgiven for those by logging on between two guesses.
 */
void lockouts_passed(struct lockouts *l, const char *name, const char *host, uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = fold(NULL, name);
	char key[HOST_KEY_LEN];
	struct address *a = *find_address(l, host_key(host, key));
	struct named *here = upper ? find_name(a, upper) : NULL, *all;
	uint32_t n;

	if (!here)
		return;
	n = failures(l, &here->c, 1, now);
	forgive(l, &a->c, LOCKOUT_WIDE, n, now);
	drop_name(a, here);
	all = *find_account(l, upper);
	if (all)
		forgive(l, &all->c, LOCKOUT_WIDE, n, now);
	if (!a->n && !a->c.n)
		drop_address(l, a);
	if (all && !all->c.n)
		drop_account(l, all);
}

/* ---- answers that wait ---- */

static int wait_done(struct lockout_wait *w)
{
	if (w->next)
		w->next->prev = w->prev;
	*(w->prev ? &w->prev->next : &w->l->waits) = w->next;
	w->l->nwaits--;
	return 0;
}

struct lockout_wait *lockouts_wait(TALLOC_CTX *ctx, struct lockouts *l, const char *host)
{
	struct lockout_wait *w = talloc_zero(ctx, struct lockout_wait);

	if (!w)
		return NULL;
	w->l = l;
	host_key(host, w->key);
	w->next = l->waits;
	if (w->next)
		w->next->prev = w;
	l->waits = w;
	l->nwaits++;
	talloc_set_destructor(w, wait_done);
	return w;
}

/* ---- for the administrator ---- */

static void show(const struct counter *c, const char *name, const char *address, uint64_t now,
		 lockout_fn fn, void *priv)
{
	const struct lockout_entry entry = {
		.name = name, .address = address, .failures = c->n,
		.seconds = (uint32_t)((c->locked_until - now + SECOND - 1) / SECOND),
	};

	if (locked(c, now))
		fn(priv, &entry);
}

void lockouts_list(const struct lockouts *l, uint64_t now, lockout_fn fn, void *priv)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct address *a = l->address[i]; a; a = a->next) {
			show(&a->c, "", a->key, now, fn, priv);
			for (size_t k = 0; k < a->n; k++)
				show(&a->name[k]->c, a->name[k]->shown, a->key, now, fn, priv);
		}
	}
}

static size_t unlock_address(struct lockouts *l, const char *which, uint64_t now)
{
	char key[HOST_KEY_LEN];
	struct address *a = *find_address(l, host_key(which, key));
	size_t n = a && locked(&a->c, now);

	if (!a)
		return 0;
	for (size_t i = 0; i < a->n; i++)
		n += locked(&a->name[i]->c, now);
	drop_address(l, a);
	return n;
}

size_t lockouts_unlock(struct lockouts *l, const char *which, uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = fold(NULL, which);
	size_t n = unlock_address(l, which, now);

	if (!upper)
		return n;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct address *a = l->address[i]; a; a = a->next) {
			struct named *here = find_name(a, upper);

			if (!here)
				continue;
			n += locked(&here->c, now);
			forgive(l, &a->c, LOCKOUT_WIDE, here->c.n, now);
			drop_name(a, here);
		}
	}
	if (*find_account(l, upper))
		drop_account(l, *find_account(l, upper));
	return n;
}
