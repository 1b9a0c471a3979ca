// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/core/quota.c
//
// Accounts of several hosts, identities, connections and sessions take and give at random.
// A plain list of what was charged says what each level must hold; and a client that
// takes all it may leaves what a named account needs.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "core/quota.h"

#define HOSTS	3
#define NAMED	3
#define CONNS	12
#define SESSIONS 24
#define BILLS	4000

struct bill {
	struct csrv_account *a;
	enum csrv_quota_kind kind;
	long n;
};

struct world {
	struct csrv_quota q;
	struct csrv_account hosts[HOSTS];
	struct csrv_account host_unproven[HOSTS];
	struct csrv_account named[NAMED];
	struct csrv_account anonymous[HOSTS];
	struct csrv_account conns[CONNS];
	struct csrv_account sessions[SESSIONS];
	struct bill bills[BILLS];
	int nbills;
};

static struct world *w;

static long rnd(long n)
{
	return random() % n;
}

static void conn_make(struct csrv_account *c, struct csrv_account *host)
{
	csrv_account_init(c, &w->q, CSRV_LEVEL_CONN);
	c->host = host;
}

static void session_make(struct csrv_account *s, struct csrv_account *conn,
			 struct csrv_account *identity)
{
	csrv_account_init(s, &w->q, CSRV_LEVEL_SESSION);
	s->conn = conn;
	s->host = conn->host;
	s->identity = identity;
	s->proven = identity->proven;
	csrv_quota_own(conn, identity);
}

static void world_make(u64 total)
{
	u32 i;

	w = calloc(1, sizeof(*w));
	csrv_quota_init(&w->q);
	for (i = 0; i < CSRV_QUOTA_KINDS; i++)
		csrv_quota_configure(&w->q, i, total, 0);
	for (i = 0; i < HOSTS; i++) {
		csrv_account_init(&w->hosts[i], &w->q, CSRV_LEVEL_HOST);
		csrv_account_init(&w->host_unproven[i], &w->q, CSRV_LEVEL_HOST_UNPROVEN);
		w->hosts[i].host_unproven = &w->host_unproven[i];
		csrv_account_init(&w->anonymous[i], &w->q, CSRV_LEVEL_IDENTITY);
	}
	for (i = 0; i < NAMED; i++) {
		csrv_account_init(&w->named[i], &w->q, CSRV_LEVEL_IDENTITY);
		w->named[i].proven = true;
	}
	for (i = 0; i < CONNS; i++)
		conn_make(&w->conns[i], &w->hosts[i % HOSTS]);
}

static void bill_add(struct csrv_account *a, enum csrv_quota_kind kind, long n)
{
	w->bills[w->nbills++] = (struct bill){ a, kind, n };
}

static void bill_give(int i)
{
	csrv_quota_give(w->bills[i].a, w->bills[i].kind, w->bills[i].n);
	w->bills[i] = w->bills[--w->nbills];
}

/* What the bills say that an account holds, whatever it is the account of. */
static long billed(const struct csrv_account *a, enum csrv_quota_kind kind)
{
	long sum = 0;

	for (int i = 0; i < w->nbills; i++) {
		const struct bill *b = &w->bills[i];

		if (b->kind != kind)
			continue;
		if (b->a == a || b->a->conn == a || b->a->host == a || b->a->identity == a ||
		    a == &w->q.all || (a == &w->q.unproven && !b->a->proven) ||
		    (a == b->a->host->host_unproven && !b->a->proven))
			sum += b->n;
	}
	return sum;
}

/*
 * All kinds but bytes are exact at every level; of bytes each connection may have its free part
 * for itself, or keep up to three steps.
 */
static void check(const struct csrv_account *a)
{
	for (u32 k = 0; k < CSRV_QUOTA_KINDS; k++) {
		long used = csrv_quota_used(a, k), is = billed(a, k), own = 0, step = 0;

		if (a->level > CSRV_LEVEL_CONN && k == CSRV_QUOTA_BYTES) {
			own = 64 << 10;
			step = 256 << 10;
		}
		assert(used >= max(0L, is - CONNS * own) && used <= is + CONNS * 3 * step);
	}
}

static void check_all(void)
{
	u32 i;

	for (i = 0; i < HOSTS; i++) {
		check(&w->hosts[i]);
		check(&w->host_unproven[i]);
		check(&w->anonymous[i]);
	}
	for (i = 0; i < NAMED; i++)
		check(&w->named[i]);
	for (i = 0; i < CONNS; i++)
		check(&w->conns[i]);
	check(&w->q.all);
	check(&w->q.unproven);
}

static void at_random(u64 total, u32 seed)
{
	u32 i;

	srandom(seed);
	world_make(total);
	for (i = 0; i < SESSIONS; i++) {
		struct csrv_account *c = &w->conns[rnd(CONNS)], *id;

		id = rnd(2) ? &w->named[rnd(NAMED)] : &w->anonymous[c->host - w->hosts];
		session_make(&w->sessions[i], c, id);
	}
	for (i = 0; i < 20000; i++) {
		enum csrv_quota_kind kind = rnd(CSRV_QUOTA_KINDS);
		struct csrv_account *a = kind < CSRV_QUOTA_SESSION ? &w->conns[rnd(CONNS)] :
								     &w->sessions[rnd(SESSIONS)];
		long n = kind == CSRV_QUOTA_BYTES ? 1 + rnd(300000) : 1 + rnd(3);

		if (w->nbills == BILLS || (w->nbills && rnd(2))) {
			bill_give(rnd(w->nbills));
		} else if (!rnd(20)) {
			csrv_quota_force(a, kind, n);
			bill_add(a, kind, n);
		} else if (csrv_quota_take(a, kind, n) == CSRV_LEVEL_NONE) {
			bill_add(a, kind, n);
		}
		if (!rnd(50))
			csrv_quota_trim(&w->conns[rnd(CONNS)]);
		if (!rnd(500))
			csrv_quota_configure(&w->q, rnd(CSRV_QUOTA_KINDS), rnd(2 * total), 0);
		if (!(i % 100))
			check_all();
	}
	while (w->nbills)
		bill_give(rnd(w->nbills));
	for (i = 0; i < CONNS; i++)
		csrv_quota_trim(&w->conns[i]);
	for (i = 0; i < CSRV_QUOTA_KINDS; i++) {
		assert(!csrv_quota_used(&w->q.all, i) && !csrv_quota_used(&w->q.unproven, i));
		for (u32 j = 0; j < HOSTS; j++)
			assert(!csrv_quota_used(&w->hosts[j], i) &&
			       !csrv_quota_used(&w->host_unproven[j], i));
	}
	free(w);
}

/* A connection that logs on takes what it holds from the unproven to its user. */
static void owning(void)
{
	struct csrv_account *c, *old;

	world_make(1 << 30);
	c = &w->conns[0];
	csrv_quota_force(c, CSRV_QUOTA_CONN, 1);
	csrv_quota_force(c, CSRV_QUOTA_BYTES, 3 << 20);
	assert(csrv_quota_used(&w->q.unproven, CSRV_QUOTA_CONN) == 1);
	old = csrv_quota_own(c, &w->anonymous[0]);
	assert(!old && !c->proven && csrv_quota_used(&w->q.unproven, CSRV_QUOTA_CONN) == 1);
	old = csrv_quota_own(c, &w->named[0]);
	assert(old == &w->anonymous[0] && c->proven);
	assert(!csrv_quota_used(&w->q.unproven, CSRV_QUOTA_CONN));
	assert(!csrv_quota_used(&w->q.unproven, CSRV_QUOTA_BYTES));
	assert(csrv_quota_used(&w->named[0], CSRV_QUOTA_CONN) == 1);
	assert(csrv_quota_used(&w->named[0], CSRV_QUOTA_BYTES) >= (3 << 20) - (64 << 10));
	assert(csrv_quota_own(c, &w->named[1]) == &w->named[1] && c->identity == &w->named[0]);
	csrv_quota_give(c, CSRV_QUOTA_BYTES, 3 << 20);
	csrv_quota_give(c, CSRV_QUOTA_CONN, 1);
	csrv_quota_trim(c);
	assert(!csrv_quota_used(&w->q.all, CSRV_QUOTA_BYTES));
	free(w);
}

static long take_all(struct csrv_account *a, enum csrv_quota_kind kind)
{
	long n = 0;

	for (long step = 1 << 20; step; step /= 2)
		while (csrv_quota_take(a, kind, step) == CSRV_LEVEL_NONE)
			n += step;
	return n;
}

static struct csrv_account *payer(u32 i, enum csrv_quota_kind kind)
{
	return kind < CSRV_QUOTA_SESSION ? w->sessions[i].conn : &w->sessions[i];
}

/*
 * The anonymous of one host and a user take all they can over four connections each, from
 * the host of the third; and the third, a named account, can still work.
 */
static void fairness(u64 total)
{
	for (u32 k = CSRV_QUOTA_WAITER; k < CSRV_QUOTA_KINDS; k++) {
		long anon = 0, user = 0, all = total;

		world_make(total);
		for (u32 i = 0; i < CONNS; i++)
			w->conns[i].host = &w->hosts[0];
		for (u32 i = 0; i < 9; i++)
			session_make(&w->sessions[i], &w->conns[i],
				     i < 4 ? &w->anonymous[0] : &w->named[i < 8 ? 0 : 1]);
		for (u32 i = 0; i < 4; i++)
			anon += take_all(payer(i, k), k);
		for (u32 i = 4; i < 8; i++)
			user += take_all(payer(i, k), k);
		assert(anon && user && anon <= all / 2 + (4 << 16));
		assert(user <= all / 2 + (4 << 16) && anon + user <= all - all / 8 + (8 << 16));
		assert(csrv_quota_take(payer(8, k), k, w->q.floor[k]) == CSRV_LEVEL_NONE);
		free(w);
	}
}

/* An address, and all its connections with a guest's session each */
struct address {
	struct csrv_account host, host_unproven, guests;
	struct csrv_account conns[128], sessions[128];
};

static struct address *address_make(void)
{
	struct address *a = calloc(1, sizeof(*a));

	csrv_account_init(&a->host, &w->q, CSRV_LEVEL_HOST);
	csrv_account_init(&a->host_unproven, &w->q, CSRV_LEVEL_HOST_UNPROVEN);
	csrv_account_init(&a->guests, &w->q, CSRV_LEVEL_IDENTITY);
	a->host.host_unproven = &a->host_unproven;
	for (u32 i = 0; i < ARRAY_SIZE(a->conns); i++) {
		conn_make(&a->conns[i], &a->host);
		session_make(&a->sessions[i], &a->conns[i], &a->guests);
	}
	return a;
}

static struct csrv_account *address_payer(struct address *a, u32 i, enum csrv_quota_kind kind)
{
	return kind < CSRV_QUOTA_SESSION ? &a->conns[i] : &a->sessions[i];
}

/*
 * Guests of @n addresses, one after the other, take all they can over as many connections
 * as they need.  One of a further address still gets @least.
 */
static void host_unproven(u64 total, enum csrv_quota_kind kind, u32 n, long least)
{
	struct address **a = calloc(n + 1, sizeof(*a));
	long first = 0;

	world_make(total);
	for (u32 i = 0; i <= n; i++)
		a[i] = address_make();
	for (u32 i = 0; i < n; i++)
		for (u32 j = 0; j < ARRAY_SIZE(a[i]->conns); j++)
			first += take_all(address_payer(a[i], j, kind), kind);
	assert(first);
	assert(csrv_quota_take(address_payer(a[n], 0, kind), kind, least) == CSRV_LEVEL_NONE);
	/* and who is proven has lost nothing by any of that */
	session_make(&w->sessions[0], &w->conns[0], &w->named[0]);
	assert(csrv_quota_take(payer(0, kind), kind, total / 5) == CSRV_LEVEL_NONE ||
	       kind == CSRV_QUOTA_SESSION || kind == CSRV_QUOTA_WATCH ||
	       kind == CSRV_QUOTA_TREE_WATCH);
	for (u32 i = 0; i <= n; i++)
		free(a[i]);
	free(a);
	free(w);
}

static void host_unproven_all(void)
{
	for (u32 k = CSRV_QUOTA_WAITER; k < CSRV_QUOTA_KINDS; k++) {
		bool bytes = k == CSRV_QUOTA_BYTES, events = k == CSRV_QUOTA_EVENTS;
		long n = bytes ? 1 << 20 : events ? 64 << 10 : 8;
		u64 total = bytes ? 512 << 20 : events ? 32 << 20 : 8192;

		host_unproven(total, k, 1, n);
		host_unproven(total, k, 3, n);
		host_unproven(total, k, 8, n);
	}
	/* as many as there are by default of what is fewest */
	host_unproven(256, CSRV_QUOTA_RUNNING, 3, 4);
	host_unproven(768, CSRV_QUOTA_QUESTION, 3, 4);
}

/* Totals too small to be shared: the first come has all of it, and not more. */
static void small(void)
{
	for (long total = 1; total < 16; total++) {
		world_make(total);
		session_make(&w->sessions[0], &w->conns[0], &w->anonymous[0]);
		assert(take_all(&w->sessions[0], CSRV_QUOTA_OPEN) == total);
		assert(csrv_quota_take(&w->sessions[0], CSRV_QUOTA_OPEN, 1) != CSRV_LEVEL_NONE);
		free(w);
	}
}

/* What a connection may have for itself does not touch what all share. */
static void quiet(void)
{
	struct csrv_account *c;
	long all;

	world_make(1 << 30);
	c = &w->conns[0];
	for (u32 i = 0; i < 1000; i++) {
		assert(csrv_quota_take(c, CSRV_QUOTA_BYTES, 60000) == CSRV_LEVEL_NONE);
		assert(!csrv_quota_used(&w->q.all, CSRV_QUOTA_BYTES));
		csrv_quota_give(c, CSRV_QUOTA_BYTES, 60000);
	}
	assert(csrv_quota_take(c, CSRV_QUOTA_BYTES, 200000) == CSRV_LEVEL_NONE);
	all = csrv_quota_used(&w->q.all, CSRV_QUOTA_BYTES);
	for (u32 i = 0; i < 1000; i++) {
		assert(csrv_quota_take(c, CSRV_QUOTA_BYTES, 120000) == CSRV_LEVEL_NONE);
		csrv_quota_give(c, CSRV_QUOTA_BYTES, 120000);
		assert(csrv_quota_used(&w->q.all, CSRV_QUOTA_BYTES) == all);
	}
	csrv_quota_give(c, CSRV_QUOTA_BYTES, 200000);
	csrv_quota_trim(c);
	assert(!csrv_quota_used(&w->q.all, CSRV_QUOTA_BYTES));
	free(w);
}

static bool over(struct csrv_account *c, u32 kind, enum csrv_quota_level above,
		 enum csrv_quota_level want)
{
	return csrv_quota_over(c, kind, above) == want;
}

/* What may be had at all can be had when there is nothing else; what was forced is its own's. */
static void most(u64 total)
{
	for (u32 k = 0; k < CSRV_QUOTA_SESSION; k++) {
		struct csrv_account *c;
		long n;

		world_make(total);
		c = &w->conns[0];
		n = csrv_quota_most(&w->q, k);
		assert(n > 0 && !csrv_quota_forced(c, k));
		assert(csrv_quota_take(c, k, n) == CSRV_LEVEL_NONE);
		assert(!csrv_quota_forced(c, k));
		assert(over(c, k, CSRV_LEVEL_SESSION, CSRV_LEVEL_NONE));
		csrv_quota_force(c, k, 2 * total + (1 << 20));
		assert(csrv_quota_forced(c, k) && !csrv_quota_forced(&w->conns[HOSTS], k));
		assert(over(c, k, CSRV_LEVEL_CONN, CSRV_LEVEL_HOST));
		assert(over(&w->conns[HOSTS], k, CSRV_LEVEL_CONN, CSRV_LEVEL_HOST));
		/* another host's */
		assert(over(&w->conns[1], k, CSRV_LEVEL_CONN, CSRV_LEVEL_UNPROVEN));
		assert(over(&w->conns[1], k, CSRV_LEVEL_UNPROVEN, CSRV_LEVEL_ALL));
		assert(over(&w->conns[1], k, CSRV_LEVEL_ALL, CSRV_LEVEL_NONE));
		csrv_quota_give(c, k, 2 * total + (1 << 20));
		assert(!csrv_quota_forced(c, k));
		csrv_quota_give(c, k, n);
		csrv_quota_trim(c);
		free(w);
	}
}

/* A connection is gone, and its session goes on over another one: nothing is kept for nobody. */
static void closed(void)
{
	struct csrv_account *c, *s;

	world_make(1 << 30);
	c = &w->conns[0];
	s = &w->sessions[0];
	session_make(s, c, &w->named[0]);
	csrv_quota_force(s, CSRV_QUOTA_OPEN, 3);
	csrv_quota_configure(&w->q, CSRV_QUOTA_RUNNING, 256, 0);
	for (u32 k = 0; k < CSRV_QUOTA_SESSION; k++) {
		long n = k == CSRV_QUOTA_BYTES ? 1 << 20 : 18;

		for (u32 i = 0; i < 18; i++)
			assert(csrv_quota_take(c, k, n / 18) == CSRV_LEVEL_NONE);
		for (u32 i = 0; i < 18; i++)
			csrv_quota_give(c, k, n / 18);
	}
	csrv_quota_close(c);
	for (u32 k = 0; k < CSRV_QUOTA_SESSION; k++)
		assert(!csrv_quota_used(&w->named[0], k) && !csrv_quota_used(&w->hosts[0], k) &&
		       !csrv_quota_used(&w->q.all, k) && !csrv_quota_used(&w->q.unproven, k));
	assert(csrv_quota_used(&w->q.all, CSRV_QUOTA_OPEN) == 3);
	csrv_quota_give(s, CSRV_QUOTA_OPEN, 3);
	free(w);
}

/* A connection of its own, of @host, over which @identity has logged on. */
static struct csrv_account *conn_of(struct csrv_account *host, struct csrv_account *identity)
{
	struct csrv_account *c = calloc(1, sizeof(*c));

	conn_make(c, host);
	csrv_quota_own(c, identity);
	return c;
}

static struct csrv_account *upper_make(enum csrv_quota_level level, bool proven)
{
	struct csrv_account *a = calloc(1, sizeof(*a));

	csrv_account_init(a, &w->q, level);
	a->proven = proven;
	return a;
}

/* One worker for each of @n connections, as long as there are any. */
static long first_workers(struct csrv_account **conns, u32 n)
{
	long got = 0;

	for (u32 i = 0; i < n; i++)
		got += csrv_quota_take(conns[i], CSRV_QUOTA_RUNNING, 1) == CSRV_LEVEL_NONE;
	return got;
}

/*
 * Workers are charged from the first one of a connection on: 512 connections of one identity
 * get what it may have, and not one each.
 */
static void many_connections(void)
{
	struct csrv_account *conns[512], *host, *identity, *small;
	long most;

	world_make(256);
	most = w->q.limit[CSRV_QUOTA_RUNNING][CSRV_LEVEL_IDENTITY];
	host = upper_make(CSRV_LEVEL_HOST, false);
	identity = upper_make(CSRV_LEVEL_IDENTITY, true);
	for (u32 i = 0; i < ARRAY_SIZE(conns); i++)
		conns[i] = conn_of(host, identity);
	assert(first_workers(conns, ARRAY_SIZE(conns)) == most);
	assert(csrv_quota_used(&w->q.all, CSRV_QUOTA_RUNNING) == most);
	/* another user of the same host has what a user needs, and no more */
	small = conn_of(host, &w->named[0]);
	for (long i = 0; i < w->q.floor[CSRV_QUOTA_RUNNING]; i++)
		assert(csrv_quota_take(small, CSRV_QUOTA_RUNNING, 1) == CSRV_LEVEL_NONE);
	assert(csrv_quota_take(small, CSRV_QUOTA_RUNNING, 1) == CSRV_LEVEL_HOST);
	free(small);
	for (u32 i = 0; i < ARRAY_SIZE(conns); i++)
		free(conns[i]);
	free(identity);
	free(host);
	free(w);
}

/* What worked at depth and does no more keeps nothing: who comes later gets all there is. */
static void bursts(void)
{
	struct csrv_account *conns[40], *late;

	world_make(256);
	for (u32 i = 0; i < ARRAY_SIZE(conns); i++) {
		conns[i] = conn_of(upper_make(CSRV_LEVEL_HOST, false),
				   upper_make(CSRV_LEVEL_IDENTITY, true));
		for (u32 j = 0; j < 20; j++)
			assert(csrv_quota_take(conns[i], CSRV_QUOTA_RUNNING, 1) ==
			       CSRV_LEVEL_NONE);
		for (u32 j = 0; j < 20; j++)
			csrv_quota_give(conns[i], CSRV_QUOTA_RUNNING, 1);
	}
	assert(!csrv_quota_used(&w->q.all, CSRV_QUOTA_RUNNING));
	late = conn_of(&w->hosts[0], &w->named[0]);
	assert(take_all(late, CSRV_QUOTA_RUNNING) ==
	       w->q.limit[CSRV_QUOTA_RUNNING][CSRV_LEVEL_CONN]);
	free(late);
	for (u32 i = 0; i < ARRAY_SIZE(conns); i++) {
		free(conns[i]->identity);
		free(conns[i]->host);
		free(conns[i]);
	}
	free(w);
}

int main(void)
{
	static const u64 totals[] = { 3, 100, 1000, 50000, 1 << 22, 1 << 26, 1 << 30 };

	for (u32 i = 0; i < ARRAY_SIZE(totals); i++)
		for (u32 seed = 1; seed < 5; seed++)
			at_random(totals[i], seed);
	owning();
	small();
	quiet();
	closed();
	many_connections();
	bursts();
	most(100);
	most(65536);
	most(1 << 28);
	host_unproven_all();
	fairness(8192);
	fairness(65536);
	fairness(1 << 28);
	return 0;
}
