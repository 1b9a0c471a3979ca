// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/lockout.c - see lockout.h */
#include "lockout.h"

#include <errno.h>
#include <string.h>

#include "../util/bytes.h"
#include "../util/hash.h"
#include "../util/plural.h"
#include "../util/utf.h"
#include "lockout_count.h"

#define BUCKETS		512

/* An account at an address, or at all of them. */
struct named {
	struct named *next;	/* in a bucket of accounts; unused at an address */
	char *name;		/* in upper case */
	char *shown;		/* as the client first wrote it */
	struct lockout_counter c;
};

struct address {
	struct address *next;
	char key[HOST_KEY_LEN];
	struct lockout_counter c;
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
	lockout_event_fn event;		/* may be NULL */
	void *priv;
};

struct lockouts *lockouts_new(TALLOC_CTX *ctx, const struct lockout_policy *policy)
{
	struct lockouts *l = talloc_zero(ctx, struct lockouts);

	if (l)
		l->policy = policy;
	return l;
}

void lockouts_listen(struct lockouts *l, lockout_event_fn fn, void *priv)
{
	l->event = fn;
	l->priv = priv;
}

static void report_event(const struct lockouts *l, bool failed, const char *name, const char *host)
{
	if (l->event)
		l->event(l->priv, failed, name, host);
}

/* ---- tables ---- */

static uint32_t hash_of(const char *s)
{
	return hash_octets(HASH_SEED, s, strlen(s)) % BUCKETS;
}

/* The name in upper case: what utf8_casecmp() finds equal is equal. */
static char *upper_name(TALLOC_CTX *ctx, const char *name)
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

/* Ranks an address by the worst of its locked names, so that a lock-out of one is not dropped. */
static const struct lockout_counter *rank_of(const struct lockouts *l, const struct address *a,
					     uint64_t now)
{
	const struct lockout_counter *most = &a->c;

	for (size_t i = 0; i < a->n; i++)
		if (lockout_is_locked(&a->name[i]->c, now) &&
		    lockout_is_lesser(l->policy, most, &a->name[i]->c, 1, now))
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
			if (!least || lockout_is_lesser(l->policy, rank_of(l, a, now),
							rank_of(l, least, now), LOCKOUT_WIDE, now))
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
			if (!least || lockout_is_lesser(l->policy, &n->c, &least->c, LOCKOUT_WIDE, now))
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
			if (lockout_is_lesser(l->policy, &a->name[i]->c, &least->c, 1, now))
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

/* ---- for logons ---- */

static bool may_wait(const struct lockouts *l, const char *key)
{
	size_t n = 0;

	for (const struct lockout_wait *w = l->waits; w; w = w->next)
		n += !strcmp(w->key, key);
	return l->nwaits < LOCKOUT_WAITS && n < LOCKOUT_HOST_WAITS;
}

static uint64_t longer_delay(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

enum lockout_verdict lockouts_ask(const struct lockouts *l, const char *name, const char *host,
				  uint64_t now, uint64_t *delay)
{
	_cleanup_(talloc_freep) char *upper = upper_name(NULL, name);
	char key[HOST_KEY_LEN];
	const struct address *a = *find_address(l, host_key(host, key));
	const struct named *here = upper ? find_name(a, upper) : NULL;
	const struct named *all = upper ? *find_account(l, upper) : NULL;

	uint64_t own = 0;

	*delay = 0;
	if (a && lockout_is_locked(&a->c, now))
		return LOCKOUT_ADDRESS;
	if (here && lockout_is_locked(&here->c, now))
		return LOCKOUT_ACCOUNT;
	if (here)
		own = lockout_delay(l->policy, &here->c, 1, now, LOCKOUT_DELAY_MAX);
	if (a)
		own = longer_delay(own, lockout_delay(l->policy, &a->c, LOCKOUT_WIDE, now,
						      LOCKOUT_DELAY_MAX));
	*delay = own;
	if (all)
		*delay = longer_delay(own, lockout_delay(l->policy, &all->c, LOCKOUT_WIDE, now,
							 LOCKOUT_ACCOUNT_DELAY));
	if (!*delay || may_wait(l, key))
		return LOCKOUT_NONE;
	/*
	 * Where too many wait, an address with failures of its own is told to try again. One
	 * without does not wait for failures of other addresses: unauthenticated clients could fill
	 * all places.
	 */
	*delay = 0;
	return own ? LOCKOUT_BUSY : LOCKOUT_NONE;
}

enum lockout_verdict lockouts_failed(struct lockouts *l, const char *name, const char *host,
				     uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = upper_name(NULL, name);
	struct named *all = upper ? get_account(l, upper, name, now) : NULL;
	struct address *a = get_address(l, host, now);
	struct named *here = a && upper ? get_name(l, a, upper, name, now) : NULL;
	enum lockout_verdict verdict = LOCKOUT_NONE;

	report_event(l, true, name, host);
	if (all)
		lockout_add(l->policy, &all->c, LOCKOUT_WIDE, now, false);
	if (here && lockout_add(l->policy, &here->c, 1, now, true))
		verdict = LOCKOUT_ACCOUNT;
	if (a && lockout_add(l->policy, &a->c, LOCKOUT_WIDE, now, true))
		verdict = LOCKOUT_ADDRESS;
	return verdict;
}

/*
 * Forgives the failures of this account alone: a client with one account that guesses passwords of
 * others must not clear those failures by a logon of its own.
 */
void lockouts_passed(struct lockouts *l, const char *name, const char *host, uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = upper_name(NULL, name);
	char key[HOST_KEY_LEN];
	struct address *a = *find_address(l, host_key(host, key));
	struct named *here = upper ? find_name(a, upper) : NULL, *all;
	uint32_t n;

	if (!here)
		return;
	report_event(l, false, name, host);
	n = lockout_failures(l->policy, &here->c, 1, now);
	lockout_forgive(l->policy, &a->c, LOCKOUT_WIDE, n, now);
	drop_name(a, here);
	all = *find_account(l, upper);
	if (all)
		lockout_forgive(l->policy, &all->c, LOCKOUT_WIDE, n, now);
	if (!a->n && !a->c.n)
		drop_address(l, a);
	if (all && !all->c.n)
		drop_account(l, all);
}

/* ---- delayed answers ---- */

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

/* @name NULL: the counter of the whole address; @address NULL: of the account at all addresses. */
typedef void (*counter_fn)(void *priv, const char *address, const char *name,
			   const struct lockout_counter *c);

static void each_counter(const struct lockouts *l, counter_fn fn, void *priv)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct address *a = l->address[i]; a; a = a->next) {
			fn(priv, a->key, NULL, &a->c);
			for (size_t k = 0; k < a->n; k++)
				fn(priv, a->key, a->name[k]->shown, &a->name[k]->c);
		}
		for (const struct named *n = l->account[i]; n; n = n->next)
			fn(priv, NULL, n->shown, &n->c);
	}
}

struct listing {
	uint64_t now;
	lockout_fn fn;
	void *priv;
};

static void list_locked(void *priv, const char *address, const char *name,
			const struct lockout_counter *c)
{
	const struct listing *list = priv;

	/* An account at all addresses is never locked. */
	if (address && lockout_is_locked(c, list->now))
		list->fn(list->priv, &(struct lockout_entry){
			.name = name ? name : "", .address = address, .failures = c->n,
			.seconds = (uint32_t)((c->locked_until - list->now + SECOND - 1) / SECOND),
		});
}

void lockouts_list(const struct lockouts *l, uint64_t now, lockout_fn fn, void *priv)
{
	each_counter(l, list_locked, &(struct listing){ now, fn, priv });
}

static size_t unlock_address(struct lockouts *l, const char *which, uint64_t now)
{
	char key[HOST_KEY_LEN];
	struct address *a = *find_address(l, host_key(which, key));
	size_t n = a && lockout_is_locked(&a->c, now);

	if (!a)
		return 0;
	for (size_t i = 0; i < a->n; i++)
		n += lockout_is_locked(&a->name[i]->c, now);
	drop_address(l, a);
	return n;
}

size_t lockouts_unlock(struct lockouts *l, const char *which, uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = upper_name(NULL, which);
	size_t n = unlock_address(l, which, now);

	if (!upper)
		return n;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct address *a = l->address[i]; a; a = a->next) {
			struct named *here = find_name(a, upper);

			if (!here)
				continue;
			n += lockout_is_locked(&here->c, now);
			lockout_forgive(l->policy, &a->c, LOCKOUT_WIDE, here->c.n, now);
			drop_name(a, here);
		}
	}
	if (*find_account(l, upper))
		drop_account(l, *find_account(l, upper));
	return n;
}

char *lockouts_ended(TALLOC_CTX *ctx, size_t n)
{
	return talloc_asprintf(ctx, "%zu lock-out%s ended", n, plural(n));
}

/* ---- tables as octets ---- */

#define NO_TEXT	UINT32_MAX		/* instead of a length */

static size_t text_size(const char *text)
{
	return sizeof(uint32_t) + (text ? strlen(text) : 0);
}

static void add_size(void *priv, const char *address, const char *name,
		     const struct lockout_counter *c)
{
	*(size_t *)priv += text_size(address) + text_size(name) + sizeof(c->n) + sizeof(c->since) +
			   sizeof(c->locked_until);
}

static void put_text(struct bytes_out *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	bytes_put_u32(out, text ? (uint32_t)len : NO_TEXT);
	bytes_put(out, text, len);
}

static void put_counter(void *priv, const char *address, const char *name,
			const struct lockout_counter *c)
{
	struct bytes_out *out = priv;

	put_text(out, address);
	put_text(out, name);
	bytes_put_u32(out, c->n);
	bytes_put_u64(out, c->since);
	bytes_put_u64(out, c->locked_until);
}

int lockouts_save(const struct lockouts *l, TALLOC_CTX *ctx, struct blob *ret)
{
	struct bytes_out out;
	size_t size = 0;
	uint8_t *buf;

	each_counter(l, add_size, &size);
	buf = talloc_array(ctx, uint8_t, size + 1);
	if (!buf)
		return -ENOMEM;
	out = bytes_out(buf, size);
	each_counter(l, put_counter, &out);
	*ret = (struct blob){ buf, size };
	return 0;
}

/* NULL where the text is absent or malformed. */
static char *get_text(TALLOC_CTX *ctx, struct bytes_in *in)
{
	uint32_t len = bytes_get_u32(in);
	struct blob b = bytes_blob(in, len == NO_TEXT ? 0 : len);
	char *text = in->bad || len == NO_TEXT ? NULL : talloc_strndup(ctx, (const char *)b.data, len);

	bytes_expect(in, text || len == NO_TEXT);
	return text;
}

/* Finds or makes the counter of these texts.  NULL without memory. */
static struct lockout_counter *get_counter(struct lockouts *l, const char *address, const char *name,
					   uint64_t now)
{
	_cleanup_(talloc_freep) char *upper = name ? upper_name(NULL, name) : NULL;
	struct address *a = address ? get_address(l, address, now) : NULL;
	struct named *n;

	if (address && !name)
		return a ? &a->c : NULL;
	if (!upper || (address && !a))
		return NULL;
	n = address ? get_name(l, a, upper, name, now) : get_account(l, upper, name, now);
	return n ? &n->c : NULL;
}

bool lockouts_restore(struct lockouts *l, struct blob saved, uint64_t now)
{
	_cleanup_(talloc_freep) TALLOC_CTX *texts = talloc_new(NULL);
	struct bytes_in in = bytes_in(saved);

	while (texts && bytes_left(&in)) {
		char *address = get_text(texts, &in), *name = get_text(texts, &in);
		struct lockout_counter c = { .n = bytes_get_u32(&in) }, *into;

		c.since = bytes_get_u64(&in);
		c.locked_until = bytes_get_u64(&in);
		into = in.bad ? NULL : get_counter(l, address, name, now);
		if (!into)
			return false;
		*into = c;
		talloc_free_children(texts);
	}
	return texts && !in.bad;
}
