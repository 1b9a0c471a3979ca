// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/detached.c - durable opens that have lost their connection: [MS-SMB2] 3.3.7.1, 3.3.2.2
 *
 * DISCONNECTED is entered under file->lock, where the oplock or lease says whether the open may
 * wait for its client; and left for OPENING under that lock.  So a break that begins before finds
 * the open LIVE, and it is closed with its session; one that begins after it finds it
 * DISCONNECTED, and closes it.
 *
 * The list of an identity's opens and their timers are under srv->detached.lock.  They may be set
 * up after the state has been left again; who leaves it takes them away after that.  Under the
 * lock one of both sees the other.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../policy/user.h"
#include "break.h"
#include "close.h"
#include "detached.h"
#include "durable.h"
#include "lease.h"
#include "open.h"

/* Opens that one beyond the budget has closed, before it is closed itself. */
#define EVICT_TRIES	2

static bool is_detached(const struct csrv_open *o)
{
	return atomic_read(&o->state) == CSRV_OPEN_DISCONNECTED;
}

static struct csrv_account *identity_of(const struct csrv_open *o)
{
	return o->rights->account->identity;
}

/* An administrator has taken its share or its account away. */
static bool is_revoked(const struct csrv_open *o)
{
	return READ_ONCE(o->rights->share->revoked) || csrv_identity_revoked(o->identity);
}

/* ---- the list and the timer ---- */

/* May be set up late: not if @o is DISCONNECTED no more, or again. */
static void watch_begin(struct csrv_open *o, unsigned long due)
{
	struct csrv_durable *d = o->durable;

	spin_lock(&o->srv->detached.lock);
	if (is_detached(o) && list_empty(&d->aged)) {
		d->of = o;
		d->due = due;
		list_add_tail(&d->aged, &identity_of(o)->detached);
		csrv_open_get(o);
		/* It is not queued: watch_end() has cancelled it, or it runs. */
		queue_delayed_work(o->srv->clock_wq, &d->expiry, max((long)(due - jiffies), 0L));
	}
	spin_unlock(&o->srv->detached.lock);
}

/* @o has left the state DISCONNECTED: the caller has a reference. */
static void watch_end(struct csrv_open *o)
{
	struct csrv_durable *d = o->durable;
	bool queued;

	spin_lock(&o->srv->detached.lock);
	list_del_init(&d->aged);
	queued = cancel_delayed_work(&d->expiry);
	spin_unlock(&o->srv->detached.lock);
	if (queued)
		csrv_open_put_later(o);
	csrv_quota_give(o->rights->account, CSRV_QUOTA_DETACHED, 1);
}

/* ---- closing ---- */

/* DISCONNECTED → CLOSING: one caller wins.  The share counts @o until it is closed. */
static bool claim(struct csrv_open *o)
{
	atomic_inc(&o->rights->share->nleft);
	if (csrv_open_move(o, CSRV_OPEN_DISCONNECTED, CSRV_OPEN_CLOSING))
		return true;
	csrv_share_one_left(o->rights->share);
	return false;
}

/* The first half: enters no file system.  The reference of the server's table is the caller's. */
static void leave(struct csrv_open *o)
{
	watch_end(o);
	xa_erase(&o->srv->opens, (u32)o->persistent_id);
	csrv_durable_forget(o->durable, o);
	mutex_lock(&o->file->lock);
	o->file->nlate++;
	if (o->lease)
		o->lease->ndetached--;
	mutex_unlock(&o->file->lock);
	csrv_close_begin(o);
}

/* The other half, which takes as long as the file system takes. */
static void finish(struct csrv_open *o)
{
	struct csrv_share *share = csrv_share_get(o->rights->share);

	csrv_close_finish(o);
	mutex_lock(&o->file->lock);
	o->file->nlate--;
	mutex_unlock(&o->file->lock);
	csrv_open_put(o);
	csrv_share_one_left(share);
	csrv_share_put(share);
}

static void finish_end(struct csrv_end *end)
{
	struct csrv_open *o = container_of(end, struct csrv_open, freeing);

	spin_lock(&o->srv->detached.lock);
	list_del_init(&o->in_tree);
	spin_unlock(&o->srv->detached.lock);
	finish(o);
}

/* An end of @o's identity does the other half; csrv_detached_revoke() may take it from there. */
static void finish_later(struct csrv_open *o)
{
	struct csrv_server *srv = o->srv;

	csrv_open_get(o);	/* the end may be over before this looks at the marks */
	csrv_end_init(&o->freeing, CSRV_END_FILE, finish_end);
	spin_lock(&srv->detached.lock);
	list_add_tail(&o->in_tree, &srv->detached.left);
	csrv_end_queue(&o->freeing, identity_of(o), srv->end_wq);
	spin_unlock(&srv->detached.lock);
	if (is_revoked(o))
		csrv_end_hurry(&o->freeing);
	csrv_open_put_later(o);
}

/**
 * csrv_detached_close() - close an open that has no connection
 * @o: the caller holds a reference
 *
 * Locks, share mode and oplock are released when this returns; an end of its identity does what
 * enters the file system.  Takes file->lock.
 * Return: false if it is not DISCONNECTED, or another caller has it.
 */
bool csrv_detached_close(struct csrv_open *o)
{
	if (!o->durable || !claim(o))
		return false;
	leave(o);
	finish_later(o);
	return true;
}

/* [MS-SMB2] 3.3.6.2: the client has not come back in time. */
static void expire(struct work_struct *work)
{
	struct csrv_durable *d = container_of(to_delayed_work(work), struct csrv_durable, expiry);
	struct csrv_open *o = d->of;
	bool due;

	spin_lock(&d->srv->detached.lock);
	/* It may have come back, and gone again, since this was queued. */
	due = time_after_eq(jiffies, d->due);
	spin_unlock(&d->srv->detached.lock);
	if (due)
		csrv_detached_close(o);
	csrv_open_put_later(o);
}

/**
 * csrv_durable_alloc() - for a CREATE that asks for durability
 * @srv: the server
 *
 * Return: used by its CREATE, with one reference, in no table, and to be filled; NULL without
 * memory.
 */
struct csrv_durable *csrv_durable_alloc(struct csrv_server *srv)
{
	struct csrv_durable *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	kref_init(&d->ref);
	d->srv = srv;
	atomic_set(&d->users, 1);
	INIT_LIST_HEAD(&d->aged);
	INIT_DELAYED_WORK(&d->expiry, expire);
	csrv_object_created(CSRV_OBJ_DURABLE);
	return d;
}

/* ---- DISCONNECTED ---- */

/* The oldest of the identity's opens without a connection, with a reference, or NULL. */
static struct csrv_open *oldest_of(struct csrv_server *srv, struct csrv_account *identity)
{
	struct csrv_open *o = NULL;
	struct csrv_durable *d;

	spin_lock(&srv->detached.lock);
	d = list_first_entry_or_null(&identity->detached, struct csrv_durable, aged);
	if (d && kref_get_unless_zero(&d->of->ref))
		o = d->of;
	spin_unlock(&srv->detached.lock);
	return o;
}

/* Beyond the budget the identity's oldest makes room: no other identity's does. */
static bool charge(struct csrv_open *o)
{
	struct csrv_open *oldest;
	int tries = EVICT_TRIES;

	while (csrv_quota_take(o->rights->account, CSRV_QUOTA_DETACHED, 1)) {
		oldest = tries-- ? oldest_of(o->srv, identity_of(o)) : NULL;
		if (!oldest)
			return false;
		csrv_detached_close(oldest);
		csrv_open_put_later(oldest);
	}
	return true;
}

/* [MS-SMB2] 3.3.7.1: a batch oplock or a lease of the handle, and no break of it in progress */
static bool may_wait_locked(struct csrv_open *o) __must_hold(&o->file->lock)
{
	const struct csrv_cache *c = &csrv_open_holder(o)->cache;

	lockdep_assert_held(&o->file->lock);
	return c->state == CSRV_CACHE_IS_HELD && c->held & CSRV_CACHE_H;
}

/* Windows does not keep byte-range locks without the right to cache them. */
static bool may_keep_locks(const struct csrv_open *o, const struct csrv_cache *c)
{
	return !atomic_read(&o->nlocks) || c->held & CSRV_CACHE_W;
}

static bool detach_locked(struct csrv_open *o) __must_hold(&o->file->lock)
{
	lockdep_assert_held(&o->file->lock);
	if (!may_wait_locked(o) || !may_keep_locks(o, &csrv_open_holder(o)->cache) ||
	    !csrv_open_move(o, CSRV_OPEN_LIVE, CSRV_OPEN_DISCONNECTED))
		return false;
	if (o->lease)
		o->lease->ndetached++;
	return true;
}

/**
 * csrv_detach() - an open loses its session
 * @o: in no table of the session any more; the caller holds a reference
 *
 * Takes file->lock; enters no file system.
 * Return: true: it waits for its client, or is closed already; false: the caller closes it.
 */
bool csrv_detach(struct csrv_open *o)
{
	struct csrv_durable *d = o->durable;
	bool detached;

	if (!d || !d->granted || is_revoked(o) || !charge(o))
		return false;
	mutex_lock(&o->file->lock);
	detached = detach_locked(o);
	mutex_unlock(&o->file->lock);
	if (!detached) {
		csrv_quota_give(o->rights->account, CSRV_QUOTA_DETACHED, 1);
		return false;
	}
	csrv_fault_delay(CSRV_FAULT_OPEN_DETACHED);
	watch_begin(o, jiffies + msecs_to_jiffies(d->timeout));
	if (is_revoked(o))		/* csrv_detached_revoke() marks first, then looks */
		csrv_detached_close(o);
	return true;
}

/**
 * csrv_detached_claim() - the client of an open comes back
 * @o: the caller holds a reference
 *
 * Takes file->lock.
 * Return: true: the caller alone has it, OPENING, and the share counts it; breaks are held back
 * until csrv_break_granted().  The caller publishes @o and calls csrv_share_one_left(), or calls
 * csrv_detached_unclaim().  False: it is not DISCONNECTED; or it is still in use; or what it
 * caches is being broken, after which it may be closed.
 */
bool csrv_detached_claim(struct csrv_open *o)
{
	bool mine;

	/* A revocation of the share does not see it in this state, and waits. */
	atomic_inc(&o->rights->share->nleft);
	mutex_lock(&o->file->lock);
	/* Another client may have had it, and lost it, since the caller looked at its users. */
	mine = may_wait_locked(o) && !csrv_durable_in_use(o->durable) &&
	       csrv_open_move(o, CSRV_OPEN_DISCONNECTED, CSRV_OPEN_OPENING);
	if (mine) {
		csrv_break_hold_locked(csrv_open_holder(o));
		if (o->lease)
			o->lease->ndetached--;
	}
	mutex_unlock(&o->file->lock);
	if (mine)
		watch_end(o);
	else
		csrv_share_one_left(o->rights->share);
	return mine;
}

/**
 * csrv_detached_unclaim() - the client cannot have the open now
 * @o: of csrv_detached_claim(); in no table of a session
 *
 * It waits for the rest of its time.  Takes file->lock.
 */
void csrv_detached_unclaim(struct csrv_open *o)
{
	bool lost;

	csrv_quota_force(o->rights->account, CSRV_QUOTA_DETACHED, 1);
	mutex_lock(&o->file->lock);
	lost = !may_wait_locked(o);
	csrv_open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_DISCONNECTED);
	if (o->lease)
		o->lease->ndetached++;
	mutex_unlock(&o->file->lock);
	watch_begin(o, o->durable->due);
	if (lost || is_revoked(o))
		csrv_detached_close(o);
	csrv_share_one_left(o->rights->share);
	csrv_break_granted(csrv_open_holder(o));
}

/* ---- what it caches is broken ---- */

static struct csrv_open *oplock_open(struct csrv_holder *h)
{
	return container_of(h, struct csrv_open, oplock);
}

/**
 * csrv_detached_all() - is there no client that a holder could be notified over
 * @h: of an oplock, or a lease
 *
 * Takes file->lock.
 * Return: true if all of its opens, one at least, are DISCONNECTED.
 */
bool csrv_detached_all(struct csrv_holder *h)
{
	struct csrv_lease *lease;
	bool all;

	if (!h->cache.key)
		return is_detached(oplock_open(h));
	lease = csrv_lease_of(h);
	mutex_lock(&h->stream->file->lock);
	all = lease->ndetached && lease->ndetached == lease->nopens;
	mutex_unlock(&h->stream->file->lock);
	return all;
}

/* Claim the DISCONNECTED opens of a lease: csrv_open.in_tree on @claimed. */
static void claim_opens(struct csrv_lease *lease, struct list_head *claimed)
{
	struct csrv_open *o;

	mutex_lock(&lease->stream->file->lock);
	list_for_each_entry(o, &lease->opens, in_lease)
		if (is_detached(o) && claim(o))
			list_add_tail(&o->in_tree, claimed);
	mutex_unlock(&lease->stream->file->lock);
}

/**
 * csrv_detached_lost() - a holder may not cache the handle any more
 * @h: of an oplock, or a lease; the caller holds a reference
 *
 * Its opens that have no connection are closed.  Takes file->lock; enters no file system.
 */
void csrv_detached_lost(struct csrv_holder *h)
{
	struct csrv_open *o, *tmp;
	LIST_HEAD(claimed);

	if (!h->cache.key) {
		csrv_detached_close(oplock_open(h));
		return;
	}
	if (!READ_ONCE(csrv_lease_of(h)->ndetached))
		return;
	claim_opens(csrv_lease_of(h), &claimed);
	list_for_each_entry_safe(o, tmp, &claimed, in_tree) {
		list_del_init(&o->in_tree);
		leave(o);
		finish_later(o);
	}
}

/**
 * csrv_detached_orphaned() - an open of a lease has been closed
 * @o: the caller holds a reference
 *
 * If it was the last one with a connection, no client is left to acknowledge a break of the lease.
 * Takes file->lock.
 */
void csrv_detached_orphaned(const struct csrv_open *o)
{
	struct csrv_holder *h;

	if (!o->lease || !READ_ONCE(o->lease->ndetached))
		return;
	h = &o->lease->holder;
	if (READ_ONCE(h->cache.state) == CSRV_CACHE_IS_BREAKING && csrv_detached_all(h))
		csrv_detached_lost(h);
}

/* ---- revocation ---- */

/* Whose opens are to be closed; NULL: whichever share's, or account's. */
struct revoked {
	const struct csrv_share		*share;
	const struct csrv_user_life	*life;
};

static bool is_of(const struct csrv_open *o, const struct revoked *r)
{
	return (!r->share || o->rights->share == r->share) &&
	       (!r->life || csrv_identity_of(o->identity, r->life));
}

/* For csrv_opens_next(); @ctx: struct revoked */
static bool is_to_close(const struct csrv_open *o, const void *ctx)
{
	return is_detached(o) && is_of(o, ctx);
}

/* One whose other half stands behind other ends: it is the caller's now. */
static struct csrv_open *left_pop(struct csrv_server *srv, const struct revoked *r)
{
	struct csrv_open *o, *found = NULL;

	spin_lock(&srv->detached.lock);
	list_for_each_entry(o, &srv->detached.left, in_tree)
		if (is_of(o, r) && csrv_end_take(&o->freeing)) {
			list_del_init(&o->in_tree);
			found = o;
			break;
		}
	spin_unlock(&srv->detached.lock);
	return found;
}

/**
 * csrv_detached_revoke() - close the opens without a connection of a share or an account
 * @srv: the server
 * @share: of that share; NULL: of any
 * @life: of that account; NULL: of any
 *
 * What is given is marked as revoked, and no session has an open of it any more.  Locks, share
 * modes and oplocks of all are released first; then this takes as long as the file systems take.
 * It does not wait for what another end is closing.
 */
void csrv_detached_revoke(struct csrv_server *srv, const struct csrv_share *share,
			  const struct csrv_user_life *life)
{
	const struct revoked r = { .share = share, .life = life };
	unsigned long index = 0;
	struct csrv_open *o;
	LIST_HEAD(claimed);

	while ((o = csrv_opens_next(srv, &index, is_to_close, &r))) {
		if (claim(o)) {
			leave(o);
			list_add_tail(&o->in_tree, &claimed);
		}
		csrv_open_put_later(o);
	}
	while ((o = list_first_entry_or_null(&claimed, struct csrv_open, in_tree))) {
		list_del_init(&o->in_tree);
		finish(o);
	}
	while ((o = left_pop(srv, &r)))
		finish(o);
}

/**
 * csrv_detached_left() - for status: how long an open waits for its client
 * @o: any open
 *
 * Return: ms; -1: it has a connection, or is closed.
 */
long csrv_detached_left(const struct csrv_open *o)
{
	long left;

	if (!o->durable || !is_detached(o))
		return -1;
	left = READ_ONCE(o->durable->due) - jiffies;
	return left > 0 ? jiffies_to_msecs(left) : 0;
}
