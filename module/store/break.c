// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/break.c - caches of streams: granted, broken, acknowledged, timed out
 *
 * A break begins under the file's mutex: its state changes, its timer starts, and an entry with a
 * reference is put on the caller's list.  The caller notifies when it has released the mutex.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../base/trace.h"
#include "../core/server.h"
#include "../core/wait.h"
#include "break.h"
#include "break_wait.h"
#include "lease.h"
#include "stream.h"

/* [MS-SMB2] 3.3.2.1: a client that waits for a break expects its own reply in 35 seconds. */
#define BREAK_ACK_SECS	34

/* A holder to notify when the mutex has been released. */
struct break_entry {
	struct list_head	node;
	struct csrv_holder	*holder;	/* a reference */
	struct csrv_break	b;
};

static struct csrv_holder *holder_of(struct csrv_cache *c)
{
	return container_of(c, struct csrv_holder, cache);
}

static bool is_breaking(const struct csrv_holder *h)
{
	return h->cache.state == CSRV_CACHE_IS_BREAKING;
}

/* Requests that wait for breaks of this stream go on when there are none left to wait for. */
static void waiters_wake(struct csrv_stream *stream) __must_hold(&stream->file->lock)
{
	bool waits = csrv_cache_waits(&stream->caches, NULL);
	struct csrv_break_waiter *w, *tmp;

	lockdep_assert_held(&stream->file->lock);
	/* A key has one holder: of several breaks one at least is another's, for any request. */
	if (waits && !list_is_singular(&stream->caches.awaited))
		return;
	list_for_each_entry_safe(w, tmp, &stream->break_waiters, node) {
		if (waits && csrv_break_must_wait_locked(w))
			continue;
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, NT_OK);	/* w is the woken request's now */
	}
}

/* Put the timer's reference, unless the timer is firing already. */
static void ack_timer_stop(struct csrv_holder *h)
{
	if (cancel_delayed_work(&h->ack_timeout))
		h->ops->put(h);		/* never the last: the caller has one */
}

/*
 * The only function that starts the timer of a holder, which has not been closed.  The timer wheel
 * adds up to an eighth to a long time: seconds.  So the timer is set for less, and then again for
 * the rest.
 */
static void ack_timer_start(struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	long left = max((long)(h->ack_due - jiffies), 0L);

	lockdep_assert_held(&h->stream->file->lock);
	if (left > HZ / 4)
		left -= left / 8;
	h->ops->get(h);
	if (mod_delayed_work(h->stream->file->srv->clock_wq, &h->ack_timeout, left))
		h->ops->put(h);		/* it was queued, and has its reference */
}

/* A break that is not acknowledged takes everything: [MS-SMB2] 3.3.6.1 */
static void expire_locked(struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	lockdep_assert_held(&h->stream->file->lock);
	if (!is_breaking(h))
		return;
	trace_csrv_oplock(h->id, h->cache.held, CSRV_CACHE_NONE);
	h->epoch++;	/* the client finds out with the next grant that it has missed something */
	csrv_cache_drop(&h->stream->caches, &h->cache);
	waiters_wake(h->stream);
}

/* Opens that H alone kept are closed.  Without file->lock. */
static void check_lost(struct csrv_holder *h)
{
	if (h->cache.key && !(READ_ONCE(h->cache.held) & CSRV_CACHE_H))
		h->ops->lost(h);
}

/**
 * csrv_break_expire() - the client cannot be notified of a break
 * @h: BREAKING, or no longer; the caller holds a reference
 * @number: csrv_break.number: not if there has been a later one
 *
 * Takes file->lock.
 */
void csrv_break_expire(struct csrv_holder *h, u32 number)
{
	mutex_lock(&h->stream->file->lock);
	if (h->nbreaks == number) {
		expire_locked(h);
		ack_timer_stop(h);
	}
	mutex_unlock(&h->stream->file->lock);
	check_lost(h);
}

static void ack_timeout(struct work_struct *work)
{
	struct csrv_holder *h = container_of(to_delayed_work(work), struct csrv_holder,
					     ack_timeout);

	/* Under the lock, so that ack_timer_stop() finds it queued or knows that it is not. */
	mutex_lock(&h->stream->file->lock);
	if (is_breaking(h) && time_after_eq(jiffies, h->ack_due))
		expire_locked(h);
	else if (is_breaking(h))
		ack_timer_start(h);
	mutex_unlock(&h->stream->file->lock);
	check_lost(h);
	h->ops->put(h);
}

/**
 * csrv_holder_init() - a holder that caches nothing
 * @h: the holder
 * @stream: its object holds a reference
 * @key: of a lease, as for csrv_cache_init(); else NULL
 * @ops: of its object
 */
void csrv_holder_init(struct csrv_holder *h, struct csrv_stream *stream,
		      const struct csrv_cache_key *key, const struct csrv_holder_ops *ops)
{
	csrv_cache_init(&h->cache, key);
	INIT_LIST_HEAD(&h->held_back);
	INIT_DELAYED_WORK(&h->ack_timeout, ack_timeout);
	h->ops = ops;
	h->stream = stream;
}

/* The entry that is held back, if any. */
static struct break_entry *held_back(struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	lockdep_assert_held(&h->stream->file->lock);
	return list_first_entry_or_null(&h->held_back, struct break_entry, node);
}

/* A new entry, with a reference to its holder; NULL without memory. */
static struct break_entry *entry_new(struct csrv_holder *h, u8 from, struct list_head *breaks)
	__must_hold(&h->stream->file->lock)
{
	struct break_entry *e = kmalloc(sizeof(*e), GFP_KERNEL);

	lockdep_assert_held(&h->stream->file->lock);
	if (!e)
		return NULL;
	h->ops->get(h);
	e->holder = h;
	e->b.to = from;
	list_add_tail(&e->node, h->granting ? &h->held_back : breaks);
	return e;
}

/*
 * csrv_cache_notify_t; @ctx: list of break_entry.node.  Each notification has an epoch of its own,
 * also one that follows an acknowledgment: a client ignores a state whose epoch is not greater than
 * the one it knows, [MS-SMB2] 3.2.5.19.2.
 */
static bool entry_add(struct csrv_cache *c, u8 from, u8 to, void *ctx)
{
	struct csrv_holder *h = holder_of(c);
	struct break_entry *e;

	lockdep_assert_held(&h->stream->file->lock);	/* csrv_break_locked() */
	trace_csrv_oplock(h->id, from, to);
	h->epoch++;
	e = held_back(h) ?: entry_new(h, from, ctx);
	if (!e)
		return false;
	h->ops->settled(h);
	e->b.number = ++h->nbreaks;
	e->b.epoch = h->epoch;
	e->b.from = from;
	e->b.to &= to;
	e->b.ack = is_breaking(h);
	e->b.begun = jiffies;
	h->ack_due = jiffies + BREAK_ACK_SECS * HZ;
	if (is_breaking(h))
		ack_timer_start(h);
	return true;
}

/**
 * csrv_break_locked() - break what stands in the way of an event
 * @stream: of a file whose mutex is held
 * @by: the holder of the open through which it happens, or NULL
 * @event: what happens
 * @breaks: an empty list, for csrv_break_notify() once the mutex is released
 *
 * Return: true if the caller must wait (csrv_break_wait()) and then try again.
 */
bool csrv_break_locked(struct csrv_stream *stream, const struct csrv_cache *by,
		       enum csrv_cache_event event, struct list_head *breaks)
{
	lockdep_assert_held(&stream->file->lock);
	return csrv_cache_check(&stream->caches, by, event, entry_add, breaks);
}

/**
 * csrv_break_holder_locked() - break what one holder has
 * @h: of a lease
 * @takes: mask: what it loses
 * @breaks: as for csrv_break_locked()
 *
 * file->lock is held.
 */
void csrv_break_holder_locked(struct csrv_holder *h, u8 takes, struct list_head *breaks)
{
	lockdep_assert_held(&h->stream->file->lock);
	csrv_cache_break(&h->stream->caches, &h->cache, takes, entry_add, breaks);
}

/**
 * csrv_break_notify() - notify the holders whose caching was broken
 * @breaks: of csrv_break_locked(); empty afterwards
 *
 * A client that cannot be notified gets no time to acknowledge.  Called without file->lock, and may
 * take it.
 */
void csrv_break_notify(struct list_head *breaks)
{
	struct break_entry *e, *tmp;

	list_for_each_entry_safe(e, tmp, breaks, node) {
		struct csrv_holder *h = e->holder;

		list_del(&e->node);
		if (h->ops->notify(h, &e->b))
			csrv_break_expire(h, e->b.number);
		h->ops->put(h);
		kfree(e);
	}
}

/**
 * csrv_break_modified() - data, size or byte-range locks of a stream changed
 * @o: the open through which they did
 *
 * Called after the change: a holder that got R while it was under way is notified as well, and
 * one that gets it later reads what is new.  There is nothing to wait for: an open that can modify
 * has broken W when it came.  Called without file->lock, and may take it.
 */
void csrv_break_modified(struct csrv_open *o)
{
	struct csrv_stream *stream = o->stream;
	LIST_HEAD(breaks);

	smp_mb();	/* the change, then the look: pairs with csrv_break_grant_locked() */
	if (!READ_ONCE(stream->caches.nshared))
		return;
	mutex_lock(&stream->file->lock);
	csrv_break_locked(stream, &csrv_open_holder(o)->cache, CSRV_CACHE_ON_MODIFY, &breaks);
	mutex_unlock(&stream->file->lock);
	csrv_break_notify(&breaks);
}

/**
 * csrv_break_grant_locked() - a caching state is requested for an open that was just published
 * @h: its holder, not closed
 * @want: mask that is asked for
 * @alone: as in csrv_cache_grant()
 * @locked: as in csrv_cache_grant()
 *
 * file->lock is held.
 * Return: mask: what @h has now.
 */
u8 csrv_break_grant_locked(struct csrv_holder *h, u8 want, bool alone, bool locked)
{
	u8 had = h->cache.held, got;

	lockdep_assert_held(&h->stream->file->lock);
	got = csrv_cache_grant(&h->stream->caches, &h->cache, want, alone, locked);
	if (got != had) {
		trace_csrv_oplock(h->id, had, got);
		h->epoch++;
	}
	smp_mb();	/* nshared, then all that the client reads from now on */
	return got;
}

/**
 * csrv_break_hold_locked() - hold breaks back until a reply that grants the cache has been queued
 * @h: its holder; csrv_break_granted() follows
 *
 * file->lock is held, as it was for csrv_break_grant_locked().
 */
void csrv_break_hold_locked(struct csrv_holder *h)
{
	lockdep_assert_held(&h->stream->file->lock);
	h->granting++;
}

/* What the client may cache when it has acknowledged. */
static u8 left_locked(const struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	lockdep_assert_held(&h->stream->file->lock);
	return is_breaking(h) ? h->cache.to : h->cache.held;
}

static void update_locked(struct csrv_holder *h, struct csrv_break *b)
	__must_hold(&h->stream->file->lock)
{
	lockdep_assert_held(&h->stream->file->lock);
	b->to &= left_locked(h);
	b->ack = b->ack && is_breaking(h);
}

/**
 * csrv_break_update() - what is to be said of a break that the client is notified of later
 * @h: the holder
 * @b: changed to what the client may keep as things are now: nothing, if the break has expired; and
 *	not what it has been granted since
 *
 * Takes file->lock.
 */
void csrv_break_update(struct csrv_holder *h, struct csrv_break *b)
{
	mutex_lock(&h->stream->file->lock);
	update_locked(h, b);
	mutex_unlock(&h->stream->file->lock);
}

/**
 * csrv_break_granted() - the reply that grants a cache has been queued for sending
 * @h: the holder; or the reply never will be, and its connection ends
 *
 * The client is notified now of what has been broken since csrv_break_grant_locked(): before, it
 * would not have known the FileId and ignored it, [MS-SMB2] 3.2.5.19.  An acknowledgment is due
 * at its time all the same: others wait for it, and continue then.  Takes file->lock.
 */
void csrv_break_granted(struct csrv_holder *h)
{
	struct break_entry *e;
	LIST_HEAD(breaks);

	mutex_lock(&h->stream->file->lock);
	if (!--h->granting)
		list_splice_init(&h->held_back, &breaks);
	list_for_each_entry(e, &breaks, node)
		update_locked(h, &e->b);	/* it may have expired meanwhile */
	mutex_unlock(&h->stream->file->lock);
	csrv_break_notify(&breaks);
}

static void acked_locked(struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	lockdep_assert_held(&h->stream->file->lock);
	trace_csrv_oplock(h->id, h->cache.to, h->cache.held);
	h->ops->settled(h);
	waiters_wake(h->stream);
	if (!is_breaking(h))
		ack_timer_stop(h);
}

/**
 * csrv_break_ack() - the client acknowledges a break
 * @h: of an oplock or a lease; the caller holds a reference
 * @mask: what it keeps
 *
 * Any number of acknowledgments may come, also while and after the holder closes.
 * Takes file->lock.
 * Return: as csrv_cache_ack(); NT_FILE_CLOSED.
 */
nt_status_t csrv_break_ack(struct csrv_holder *h, u8 mask)
{
	struct csrv_stream *stream = h->stream;
	nt_status_t status = NT_FILE_CLOSED;
	LIST_HEAD(breaks);
	bool was;

	mutex_lock(&stream->file->lock);
	if (!h->closed) {
		was = is_breaking(h);
		status = csrv_cache_ack(&stream->caches, &h->cache, mask, entry_add, &breaks);
		if (was && status != NT_REQUEST_NOT_ACCEPTED)
			acked_locked(h);
	}
	mutex_unlock(&stream->file->lock);
	csrv_break_notify(&breaks);
	check_lost(h);
	return status;
}

/**
 * csrv_break_close_locked() - close a holder
 * @h: the holder; it is granted nothing any more
 *
 * file->lock is held.
 */
void csrv_break_close_locked(struct csrv_holder *h)
{
	bool breaking;

	lockdep_assert_held(&h->stream->file->lock);
	h->closed = true;
	breaking = is_breaking(h);
	csrv_cache_drop(&h->stream->caches, &h->cache);
	if (breaking) {
		waiters_wake(h->stream);
		ack_timer_stop(h);
	}
	h->ops->settled(h);
}
