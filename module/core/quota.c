// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * core/quota.c - the arithmetic of shares
 *
 * No objects, no memory, no clock: it runs in user space too (tests/unit/model).
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "quota.h"

/**
 * struct kind - how the total of one kind is shared
 * @conn: one connection may have total/conn of it
 * @host: one host total/host
 * @identity: one identity total/identity
 * @unproven: unproven clients of all hosts together have total/unproven
 * @unproven_conn: at most so many for one connection of these; 0: as for any other connection
 * @host_unproven: those of one host have together 1/host_unproven of what is left for all of them;
 *	0: as much as all
 * @reserve: total/reserve is left for identities that hold no more than @floor; 0: no reserve
 * @floor: see @reserve
 * @least: the smallest share of a connection, and of a host's unproven; a total below four of
 *	it is not shared: each account may have all of it
 * @free: a connection may have so many before an upper level is charged
 * @batch: beyond @free, upper levels are charged in such steps, so that most requests change
 *	nothing that connections share
 */
struct kind {
	u32	conn;
	u32	host;
	u32	identity;
	u32	unproven;
	u32	unproven_conn;
	u32	host_unproven;
	u32	reserve;
	long	floor;
	long	least;
	long	free;
	long	batch;
};

#define KIB	1024L
#define MIB	(1024 * 1024L)

static const struct kind kinds[CSRV_QUOTA_KINDS] = {
	/*
	 * A new connection has no logon yet: room is made by closing one (core/peers.c,
	 * client/logon.c), not by a reserve nor by shares of the unproven.
	 */
	[CSRV_QUOTA_CONN]	= { .conn = 1, .host = 2, .identity = 2, .unproven = 2,
				    .least = 16, .batch = 1 },
	[CSRV_QUOTA_LOGON]	= { .conn = 2, .host = 2, .identity = 1, .unproven = 1,
				    .least = 16, .batch = 1 },
	[CSRV_QUOTA_WAITER]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 64, .least = 64, .batch = 1 },
	[CSRV_QUOTA_QUESTION]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 8, .least = 16, .batch = 1 },
	[CSRV_QUOTA_BYTES]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 3,
				    .reserve = 8, .floor = 4 * MIB, .least = 4 * MIB,
				    .free = 64 * KIB, .batch = 256 * KIB },
	[CSRV_QUOTA_RUNNING]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 8, .least = 16, .batch = 1 },
	/* Each user of a terminal server or of a multiuser mount is one on its connection. */
	[CSRV_QUOTA_SESSION]	= { .conn = 32, .host = 2, .identity = 2, .unproven = 2,
				    .unproven_conn = 8, .host_unproven = 4,
				    .reserve = 8, .floor = 16, .least = 64, .batch = 1 },
	[CSRV_QUOTA_TREE]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .unproven_conn = 256, .host_unproven = 4,
				    .reserve = 8, .floor = 64, .least = 64, .batch = 1 },
	[CSRV_QUOTA_OPEN]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 256, .least = 64, .batch = 1 },
	[CSRV_QUOTA_LEASE]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 256, .least = 64, .batch = 1 },
	/* The connection that they were made over has ended. */
	[CSRV_QUOTA_DETACHED]	= { .conn = 1, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 64, .least = 64, .batch = 1 },
	[CSRV_QUOTA_LOCK]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 1024, .least = 64, .batch = 1 },
	[CSRV_QUOTA_PIPE]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 16, .least = 64, .batch = 1 },
	/* Each costs every change in its directory something, whoever makes the change. */
	[CSRV_QUOTA_WATCH]	= { .conn = 64, .host = 4, .identity = 64, .unproven = 8,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 64, .least = 64, .batch = 1 },
	/* ... or on its file system */
	[CSRV_QUOTA_TREE_WATCH]	= { .conn = 32, .host = 4, .identity = 32, .unproven = 8,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 16, .least = 64, .batch = 1 },
	[CSRV_QUOTA_EVENTS]	= { .conn = 4, .host = 2, .identity = 2, .unproven = 2,
				    .host_unproven = 4,
				    .reserve = 8, .floor = 256 * KIB, .least = KIB, .batch = 1 },
};

/**
 * csrv_account_init() - an account that holds nothing
 * @a: its memory, zeroed
 * @q: the server's limits
 * @level: what it is for: a host, an identity, a connection …
 */
void csrv_account_init(struct csrv_account *a, struct csrv_quota *q, enum csrv_quota_level level)
{
	refcount_set(&a->ref, 1);
	a->quota = q;
	a->level = level;
	spin_lock_init(&a->lock);
	INIT_HLIST_NODE(&a->hash);
	INIT_LIST_HEAD(&a->standing);
	INIT_LIST_HEAD(&a->standing_node);
	INIT_LIST_HEAD(&a->detached);
}

/* @q: zeroed memory; nothing may be held before csrv_quota_configure() of each kind. */
void csrv_quota_init(struct csrv_quota *q)
{
	csrv_account_init(&q->all, q, CSRV_LEVEL_ALL);
	csrv_account_init(&q->unproven, q, CSRV_LEVEL_UNPROVEN);
	spin_lock_init(&q->lock);
}

static long share(u64 total, u32 part)
{
	return div_u64(total, part);
}

/* The most that the unproven of one host can have of @all, while other hosts' have nothing. */
static long host_unproven_most(const struct kind *k, long all)
{
	return k->host_unproven ? max(share(all, k->host_unproven + 1), k->least) : all;
}

/**
 * csrv_quota_configure() - how much of a kind there may be
 * @q: the server's limits
 * @kind: whose limits
 * @total: for all clients; below four times the kind's least, it is not shared
 * @conn: for one connection, where that is configured; 0: its share
 *
 * May be called at any time, takes no lock.  An account that holds more than a new limit keeps it
 * and gets no more.
 */
void csrv_quota_configure(struct csrv_quota *q, enum csrv_quota_kind kind, u64 total, u64 conn)
{
	const struct kind *k = &kinds[kind];
	long limit[CSRV_LEVELS], all, reserve = 0, unproven_conn;
	u32 i;

	total = min_t(u64, total, LONG_MAX / 4);
	all = total;
	for (i = 0; i < CSRV_LEVELS; i++)
		limit[i] = all;
	if (all >= 4 * k->least) {
		limit[CSRV_LEVEL_CONN] = max(share(total, k->conn), k->least);
		limit[CSRV_LEVEL_HOST] = share(total, k->host);
		limit[CSRV_LEVEL_IDENTITY] = share(total, k->identity);
		limit[CSRV_LEVEL_UNPROVEN] = share(total, k->unproven);
		limit[CSRV_LEVEL_HOST_UNPROVEN] = host_unproven_most(k, limit[CSRV_LEVEL_UNPROVEN]);
		reserve = k->reserve ? share(total, k->reserve) : 0;
	}
	if (conn)
		limit[CSRV_LEVEL_CONN] = min_t(u64, conn, limit[CSRV_LEVEL_CONN]);
	unproven_conn = limit[CSRV_LEVEL_CONN];
	if (k->unproven_conn)
		unproven_conn = min_t(long, unproven_conn, k->unproven_conn);
	limit[CSRV_LEVEL_ALL] = all - reserve;
	for (i = 0; i < CSRV_LEVELS; i++)
		WRITE_ONCE(q->limit[kind][i], limit[i]);
	WRITE_ONCE(q->unproven_conn[kind], unproven_conn);
	WRITE_ONCE(q->total[kind], all);
	WRITE_ONCE(q->floor[kind], min(k->floor, reserve / 4));
}

/* The accounts that one charge concerns, the lower levels first. */
struct levels {
	struct csrv_account	*a[CSRV_LEVELS];
	u32			n;
	bool			proven;
	struct csrv_account	*identity;	/* or NULL */
};

static void level_add(struct levels *l, struct csrv_account *a)
{
	if (a)
		l->a[l->n++] = a;
}

/* The levels above a connection. */
static void levels_above(struct levels *l, struct csrv_account *host,
			 struct csrv_account *identity, bool proven)
{
	struct csrv_quota *q = host->quota;

	l->proven = proven;
	l->identity = identity;
	level_add(l, host);
	level_add(l, identity);
	if (!proven) {
		level_add(l, host->host_unproven);
		level_add(l, &q->unproven);
	}
	level_add(l, &q->all);
}

/*
 * The limit after @n more.  It shrinks with what all unproven hold, so that a later host finds
 * something, however many hosts take all they may.
 */
static long host_unproven_limit(const struct csrv_quota *q, enum csrv_quota_kind kind, long n)
{
	long all = READ_ONCE(q->limit[kind][CSRV_LEVEL_UNPROVEN]);
	long most = READ_ONCE(q->limit[kind][CSRV_LEVEL_HOST_UNPROVEN]);
	long left = all - csrv_quota_used(&q->unproven, kind) - n;

	if (most >= all)
		return most;	/* not shared */
	return min(max(left / (long)kinds[kind].host_unproven, kinds[kind].least), most);
}

static long limit_of(const struct levels *l, const struct csrv_account *a,
		     enum csrv_quota_kind kind, bool small, long n)
{
	const struct csrv_quota *q = a->quota;

	if (a->level == CSRV_LEVEL_HOST_UNPROVEN)
		return host_unproven_limit(q, kind, n);
	if (small && a->level == CSRV_LEVEL_HOST)
		return READ_ONCE(q->total[kind]);
	if (small && a->level == CSRV_LEVEL_ALL)
		return READ_ONCE(q->total[kind]);
	if (!l->proven && a->level == CSRV_LEVEL_CONN)
		return READ_ONCE(q->unproven_conn[kind]);
	return READ_ONCE(q->limit[kind][a->level]);
}

static void levels_give(const struct levels *l, u32 n_levels, enum csrv_quota_kind kind, long n)
{
	u32 i;

	for (i = 0; i < n_levels; i++)
		if (WARN_ON_ONCE(atomic_long_sub_return(n, &l->a[i]->used[kind]) < 0))
			atomic_long_add(n, &l->a[i]->used[kind]);
}

/* With @n more, does the identity hold so little that it may use the reserve? */
static bool is_small(const struct levels *l, enum csrv_quota_kind kind, long n)
{
	return l->proven && l->identity &&
	       csrv_quota_used(l->identity, kind) + n <=
	       READ_ONCE(l->identity->quota->floor[kind]);
}

/* @used never exceeds @limit, not even for a moment: other charges read it. */
static bool used_add(atomic_long_t *used, long n, long limit)
{
	long now = atomic_long_read(used);

	do {
		if (now + n > limit)
			return false;
	} while (!atomic_long_try_cmpxchg(used, &now, now + n));
	return true;
}

/* Charge all levels or none. */
static enum csrv_quota_level levels_take(const struct levels *l, enum csrv_quota_kind kind, long n)
{
	bool small = is_small(l, kind, n);
	u32 i;

	for (i = 0; i < l->n; i++) {
		if (used_add(&l->a[i]->used[kind], n, limit_of(l, l->a[i], kind, small, n)))
			continue;
		levels_give(l, i, kind, n);
		return l->a[i]->level;
	}
	return CSRV_LEVEL_NONE;
}

static void levels_force(const struct levels *l, enum csrv_quota_kind kind, long n)
{
	u32 i;

	for (i = 0; i < l->n; i++)
		atomic_long_add(n, &l->a[i]->used[kind]);
}

/* ---- a session's account ---- */

static void session_levels(struct levels *l, struct csrv_account *s)
{
	l->n = 0;
	level_add(l, s);
	level_add(l, s->conn);
	levels_above(l, s->host, s->identity, s->proven);
}

/* ---- a connection's account: upper levels are charged in batches ---- */

static void conn_levels(struct levels *l, struct csrv_account *c) __must_hold(&c->lock)
{
	lockdep_assert_held(&c->lock);
	l->n = 0;
	levels_above(l, c->host, c->identity, c->proven);
}

/* Charge the upper levels with what @c uses, or a batch more if there is room for it. */
static enum csrv_quota_level conn_cover(struct csrv_account *c, enum csrv_quota_kind kind,
					bool force) __must_hold(&c->lock)
{
	const struct kind *k = &kinds[kind];
	enum csrv_quota_level full;
	struct levels l;
	long need, step;

	conn_levels(&l, c);
	need = csrv_quota_used(c, kind) - k->free - atomic_long_read(&c->held[kind]);
	if (need <= 0)
		return CSRV_LEVEL_NONE;
	step = need + k->batch - 1;
	if (step != need && levels_take(&l, kind, step) == CSRV_LEVEL_NONE) {
		atomic_long_add(step, &c->held[kind]);
		return CSRV_LEVEL_NONE;
	}
	full = levels_take(&l, kind, need);
	if (full != CSRV_LEVEL_NONE && force) {
		levels_force(&l, kind, need);
		WRITE_ONCE(c->forced[kind], c->forced[kind] + need);
		full = CSRV_LEVEL_NONE;
	}
	if (full == CSRV_LEVEL_NONE)
		atomic_long_add(need, &c->held[kind]);
	return full;
}

static bool conn_covered(struct csrv_account *c, enum csrv_quota_kind kind, long used)
{
	return used <= kinds[kind].free + atomic_long_read(&c->held[kind]);
}

static enum csrv_quota_level conn_take(struct csrv_account *c, enum csrv_quota_kind kind, long n,
				       bool force)
{
	long used = atomic_long_add_return(n, &c->used[kind]), limit;
	enum csrv_quota_level full = CSRV_LEVEL_NONE;

	limit = READ_ONCE(c->proven) ? READ_ONCE(c->quota->limit[kind][CSRV_LEVEL_CONN]) :
				       READ_ONCE(c->quota->unproven_conn[kind]);
	if (!force && used > limit) {
		full = CSRV_LEVEL_CONN;
	} else if (!conn_covered(c, kind, used)) {
		spin_lock(&c->lock);
		full = conn_cover(c, kind, force);
		spin_unlock(&c->lock);
	}
	if (full != CSRV_LEVEL_NONE)
		csrv_quota_give(c, kind, n);
	return full;
}

/*
 * Give back to the upper levels what @c is charged with beyond its use, but for @keep.
 *
 * conn_take() adds to @used, then reads @held; this function takes from @held, then reads
 * @used.  So one of both sees the other's change: this one then takes its change back,
 * conn_take() waits for the lock.
 */
static void conn_uncover(struct csrv_account *c, enum csrv_quota_kind kind, long keep)
	__must_hold(&c->lock)
{
	const struct kind *k = &kinds[kind];
	struct levels l;
	long spare;

	conn_levels(&l, c);
	spare = atomic_long_read(&c->held[kind]) - keep -
		max(csrv_quota_used(c, kind) - k->free, 0L);
	if (spare <= 0)
		return;
	atomic_long_sub_return(spare, &c->held[kind]);	/* a full barrier, as in conn_take() */
	if (conn_covered(c, kind, csrv_quota_used(c, kind))) {
		levels_give(&l, l.n, kind, spare);
		WRITE_ONCE(c->forced[kind], max(c->forced[kind] - spare, 0L));
	} else {
		atomic_long_add(spare, &c->held[kind]);
	}
}

static void conn_give(struct csrv_account *c, enum csrv_quota_kind kind, long n)
{
	const struct kind *k = &kinds[kind];
	long used = atomic_long_sub_return(n, &c->used[kind]), keep;

	if (WARN_ON_ONCE(used < 0)) {
		atomic_long_add(n, &c->used[kind]);
		return;
	}
	/* charges beyond the limit are given back at once */
	keep = k->batch > 1 && !READ_ONCE(c->forced[kind]) ? k->batch : 0;
	if (atomic_long_read(&c->held[kind]) - max(used - k->free, 0L) <= 2 * keep)
		return;
	spin_lock(&c->lock);
	conn_uncover(c, kind, keep);
	spin_unlock(&c->lock);
}

/**
 * csrv_quota_take() - charge all levels, or none
 * @a: a session's account, or for kinds before CSRV_QUOTA_SESSION a connection's
 * @kind: of which kind
 * @n: how many, from 1 on
 *
 * Any context but interrupts; takes the connection's account lock at most.
 * Return: CSRV_LEVEL_NONE (0): charged, and csrv_quota_give() has to follow; else the level that
 * has no room.
 */
enum csrv_quota_level csrv_quota_take(struct csrv_account *a, enum csrv_quota_kind kind, long n)
{
	struct levels l;

	if (a->level == CSRV_LEVEL_CONN)
		return conn_take(a, kind, n, false);
	session_levels(&l, a);
	return levels_take(&l, kind, n);
}

/* The same for what exists already and cannot be refused. */
void csrv_quota_force(struct csrv_account *a, enum csrv_quota_kind kind, long n)
{
	struct levels l;

	if (a->level == CSRV_LEVEL_CONN) {
		conn_take(a, kind, n, true);
		return;
	}
	session_levels(&l, a);
	levels_force(&l, kind, n);
}

/* Give back what csrv_quota_take() or csrv_quota_force() charged the same account with. */
void csrv_quota_give(struct csrv_account *a, enum csrv_quota_kind kind, long n)
{
	struct levels l;

	if (a->level == CSRV_LEVEL_CONN) {
		conn_give(a, kind, n);
		return;
	}
	session_levels(&l, a);
	levels_give(&l, l.n, kind, n);
}

/**
 * csrv_quota_forced() - is a connection charged with more than there was room for?
 * @conn: a connection's account
 * @kind: of what
 *
 * Only its own csrv_quota_force() counts, not what other connections have forced on levels that
 * they share with it.  Takes no lock.
 * Return: true if it did a moment ago.
 */
bool csrv_quota_forced(const struct csrv_account *conn, enum csrv_quota_kind kind)
{
	return READ_ONCE(conn->forced[kind]);
}

/**
 * csrv_quota_over() - which upper level holds more than it may?
 * @conn: a connection's account
 * @kind: of what
 * @above: levels up to this one are not looked at
 *
 * Takes the account's lock.
 * Return: the lowest such level; CSRV_LEVEL_NONE: none was over its limit a moment ago.
 */
enum csrv_quota_level csrv_quota_over(struct csrv_account *conn, enum csrv_quota_kind kind,
				      enum csrv_quota_level above)
{
	enum csrv_quota_level over = CSRV_LEVEL_NONE;
	struct levels l;
	bool small;
	u32 i;

	spin_lock(&conn->lock);
	conn_levels(&l, conn);
	small = is_small(&l, kind, 0);
	for (i = 0; i < l.n && over == CSRV_LEVEL_NONE; i++)
		if (l.a[i]->level > above &&
		    csrv_quota_used(l.a[i], kind) > limit_of(&l, l.a[i], kind, small, 0))
			over = l.a[i]->level;
	spin_unlock(&conn->lock);
	return over;
}

/* The most that one connection can have, while no other has anything. */
long csrv_quota_most(const struct csrv_quota *q, enum csrv_quota_kind kind)
{
	long most = READ_ONCE(q->unproven_conn[kind]);
	u32 i;

	for (i = CSRV_LEVEL_CONN; i < CSRV_LEVELS; i++)
		most = min_t(long, most, READ_ONCE(q->limit[kind][i]));
	return most;
}

/* A connection is idle: keep nothing charged for further requests. */
void csrv_quota_trim(struct csrv_account *conn)
{
	u32 kind;

	spin_lock(&conn->lock);
	for (kind = 0; kind < CSRV_QUOTA_SESSION; kind++)
		conn_uncover(conn, kind, 0);
	spin_unlock(&conn->lock);
}

/**
 * csrv_quota_close() - a connection has ended
 * @conn: its account; everything that ends with a connection has been given back
 *
 * The account itself stays as long as a session that was made on the connection, which may
 * continue over others.  Nothing of the connection's kinds is held until then.
 * Takes the account's lock.
 */
void csrv_quota_close(struct csrv_account *conn)
{
	u32 kind;

	for (kind = 0; kind < CSRV_QUOTA_SESSION; kind++)
		WARN_ON_ONCE(csrv_quota_used(conn, kind));
	csrv_quota_trim(conn);
}

/**
 * csrv_quota_own() - a user has logged on over a connection
 * @conn: the connection's account
 * @identity: the user's account; a reference of the caller's
 *
 * The first identity counts, but a named account takes the place of a guest or an anonymous user.
 * What the connection holds is charged to it and is not refused.  Takes @conn's lock.
 * Return: the reference that the caller has to put instead: @identity if it does not count, the
 * identity that counted before, or NULL.
 */
struct csrv_account *csrv_quota_own(struct csrv_account *conn, struct csrv_account *identity)
{
	struct csrv_account *old;
	struct levels from, to;
	long held;
	u32 kind;

	spin_lock(&conn->lock);
	if (conn->identity && (conn->proven || !identity->proven)) {
		spin_unlock(&conn->lock);
		return identity;
	}
	conn_levels(&from, conn);
	old = conn->identity;
	WRITE_ONCE(conn->identity, identity);	/* rx.c compares it */
	WRITE_ONCE(conn->proven, identity->proven);
	conn_levels(&to, conn);
	for (kind = 0; kind < CSRV_QUOTA_SESSION; kind++) {
		held = atomic_long_read(&conn->held[kind]);
		levels_force(&to, kind, held);
		levels_give(&from, from.n, kind, held);
	}
	spin_unlock(&conn->lock);
	return old;
}
