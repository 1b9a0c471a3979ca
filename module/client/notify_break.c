// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/notify_break.c - notify a client that what it caches is broken: an oplock, or a lease
 *
 * A notification has reached the client when its network has acknowledged the bytes.  Until then a
 * struct csrv_delivery watches it: if nothing is acknowledged, the client is notified over another
 * channel of its session; of a lease, over those of all sessions that have opens of it.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../store/break.h"
#include "../store/detached.h"
#include "../store/lease.h"
#include "../store/open.h"
#include "../transport/transport.h"
#include "conn.h"
#include "notify_break.h"
#include "session.h"

/*
 * The client's network has to acknowledge the notification in this time.  It is less than the 34
 * seconds in which the client has to acknowledge the break (break.c), so that an open that ends for
 * want of it has ended by then.  All channels are tried in that time, none for more than an equal
 * part of it after the latest byte that it took.
 */
#define DELIVERY_SECS		30
#define DELIVERY_SECS_EACH	5	/* at most, if there is another channel */
#define DELIVERY_LEAST		(HZ / 2)
/*
 * A client's network that answers and takes nothing has so many times as long: what the client has
 * left unread closes its window, and TCP asks after 0.2, 0.6, 1.4, 3, 6.2 s whether it has opened.
 */
#define DELIVERY_STALLS		3
#define DELIVERY_LOOK		HZ	/* time between two checks */

/**
 * struct csrv_delivery - a notification, until it has reached the client
 * @holder: a reference of its object
 * @b: the break
 * @look: checks whether it has been acknowledged
 * @first: id of the session that is tried first
 * @session: id of the session over which it was sent last
 * @home: number of the channel of that session that is tried first
 * @channel: number of the channel over which it was sent last; 0: none yet
 * @end: what csrv_xprt_ops.send() returned for it
 * @acked: what csrv_xprt_ops.acked() returned before that, or at the latest check; of @heard the
 *	latest that was seen
 * @since: jiffies: nothing has been acknowledged there since then
 * @timeout: jiffies of silence after which the connection is regarded as dead
 * @stall: likewise if it answers, and takes nothing
 * @due: jiffies: end of the time for the last channel of the session
 *
 * Belongs to the thread that sends it.  Once sent, holder->delivery points to it under file->lock,
 * and @look is queued or runs.  Freed by holder_settled() once @look is cancelled, else by @look.
 */
struct csrv_delivery {
	struct csrv_holder	*holder;
	struct csrv_break	b;
	struct delayed_work	look;
	u64			first;
	u64			session;
	u64			home;
	u64			channel;
	u64			end;
	struct csrv_acked	acked;
	unsigned long		since;
	unsigned long		timeout;
	unsigned long		stall;
	unsigned long		due;
};

enum delivery_state {
	DELIVERY_OVER,		/* it has reached the client, or need not any more */
	DELIVERY_WAITS,
	DELIVERY_LOST,
};

static struct csrv_open *open_of(struct csrv_holder *h)
{
	return container_of(h, struct csrv_open, oplock);
}

static bool is_lease(const struct csrv_holder *h)
{
	return h->cache.key;
}

static struct csrv_server *server_of(const struct csrv_holder *h)
{
	return h->stream->file->srv;
}

static void delivery_free(struct csrv_delivery *d)
{
	if (d)
		d->holder->ops->put(d->holder);
	kfree(d);
}

/*
 * The channel to try after number @at, 0: the first.  The first is that of the CREATE: its reply
 * and the notification are in order there, and a client ignores the notification if it does not
 * know the FileId yet.  Then all others.
 */
static struct csrv_channel *channel_next(struct csrv_session *s, u64 home, u64 at)
{
	struct csrv_channel *ch;

	if (!at && home) {
		ch = csrv_channel_after(s, home - 1);
		if (ch && ch->number == home)
			return ch;
		csrv_channel_put(ch);
	}
	ch = csrv_channel_after(s, at == home ? 0 : at);
	if (!ch || ch->number != home)
		return ch;
	csrv_channel_put(ch);
	return csrv_channel_after(s, home);
}

/* How many channels channel_next() returns from number @at on. */
static u32 channels_left(struct csrv_session *s, u64 home, u64 at)
{
	return at == home ? csrv_channels_from(s, 0, 0) : csrv_channels_from(s, at, home);
}

static struct csrv_channel *channel_of(struct csrv_session *s, u64 number)
{
	struct csrv_channel *ch = csrv_channel_after(s, number - 1);

	if (!ch || ch->number == number)
		return ch;
	csrv_channel_put(ch);
	return NULL;
}

static struct csrv_acked channel_acked(const struct csrv_channel *ch)
{
	struct csrv_acked acked;

	ch->conn->xprt->ops->acked(ch->conn->xprt, &acked);
	return acked;
}

/* Send over the first channel of a session that takes it.  0; an errno: there is none. */
static int send_in_session(struct csrv_delivery *d, struct csrv_session *s)
{
	struct csrv_server *srv = server_of(d->holder);
	struct csrv_channel *ch;
	int err = -ENOTCONN;

	while (err && (ch = channel_next(s, d->home, d->channel))) {
		d->channel = ch->number;
		d->acked = channel_acked(ch);
		err = srv->events->send_break(ch, d->holder, &d->b, &d->end);
		csrv_channel_put(ch);
		csrv_fault_delay(CSRV_FAULT_NOTIFY_BREAK);
	}
	return err;
}

/* The session to try after that of @d: its id, or 0.  Of an oplock there is one. */
static u64 session_next(struct csrv_delivery *d)
{
	u64 next = d->session == d->first ? 0 : d->session;

	if (!is_lease(d->holder))
		return 0;
	next = csrv_lease_session_after(csrv_lease_of(d->holder), next);
	return next == d->first ? csrv_lease_session_after(csrv_lease_of(d->holder), next) : next;
}

/*
 * Send over the first channel that takes it, [MS-SMB2] 3.3.4.1.6, 3.3.4.7: of the session of @d,
 * then of the next ones.  0; an errno: there is none.
 */
static int delivery_send(struct csrv_delivery *d)
{
	struct csrv_session *s;
	u64 next;
	int err;

	for (;;) {
		s = csrv_session_find(server_of(d->holder), d->session);
		err = s ? send_in_session(d, s) : -ENOTCONN;
		csrv_session_put(s);
		if (!err)
			return 0;
		next = session_next(d);
		if (!next)
			return err;
		d->session = next;
		d->home = 0;
		d->channel = 0;
	}
}

/*
 * No channel takes it.  Is that because the sessions end?  They close the opens in a moment, which
 * is better than to let others continue beside them.
 */
static bool sessions_end(struct csrv_delivery *d)
{
	bool end = false, alive = false;
	struct csrv_session *s;

	d->session = d->first;
	while (d->session && !alive) {
		s = csrv_session_find(server_of(d->holder), d->session);
		end |= s && csrv_session_is_dead(s);
		alive = s && !csrv_session_is_dead(s);
		csrv_session_put(s);
		d->session = session_next(d);
	}
	return end && !alive;
}

/* The times for the channel that @d was sent over, one of @n that are still to be tried. */
static void delivery_set_times(struct csrv_delivery *d, u32 n)
{
	long left = max((long)(d->due - jiffies), 0L) / (long)max(n, 1u);

	d->timeout = n > 1 ? min_t(long, left, DELIVERY_SECS_EACH * HZ) : left;
	d->timeout = max_t(unsigned long, d->timeout, DELIVERY_LEAST);
	d->stall = max(d->timeout, min_t(unsigned long, left, DELIVERY_STALLS * d->timeout));
}

/* How long the connection has until it is regarded as dead, in jiffies; not above 0: it is. */
static long delivery_left(const struct csrv_delivery *d)
{
	long silent = max((long)(d->since - jiffies), (long)(d->acked.heard - jiffies));

	return min(silent + (long)d->timeout, (long)(d->since + d->stall - jiffies));
}

/* The timer wheel makes a long time up to an eighth longer. */
static void look_later(struct csrv_delivery *d)
{
	long left = min_t(long, DELIVERY_LOOK, delivery_left(d));

	left = max(left, 0L);
	if (left > HZ / 4)
		left -= left / 8;
	queue_delayed_work(server_of(d->holder)->clock_wq, &d->look, left);
}

/* csrv_holder_ops.settled: the client need not be notified any more. */
static void holder_settled(struct csrv_holder *h) __must_hold(&h->stream->file->lock)
{
	struct csrv_delivery *d = h->delivery;

	lockdep_assert_held(&h->stream->file->lock);
	h->delivery = NULL;
	if (d && cancel_delayed_work(&d->look))
		delivery_free(d);	/* not the last reference: the caller has one */
}

/* How many channels may be tried after that of @d, other sessions counted as one. */
static u32 others_left(struct csrv_delivery *d)
{
	struct csrv_session *s = csrv_session_find(server_of(d->holder), d->session);
	u32 n = s ? channels_left(s, d->home, d->channel) : 0;

	csrv_session_put(s);
	return n + (is_lease(d->holder) && csrv_lease_is_shared(csrv_lease_of(d->holder)));
}

/*
 * @d has been sent: watch it from now on.  Not if a later break has been notified, nor if the
 * holder is closed: that calls holder_settled() after this, or has called it.
 */
static void delivery_watch(struct csrv_delivery *d)
{
	struct csrv_holder *h = d->holder;
	u32 n = others_left(d);
	bool watched;

	mutex_lock(&h->stream->file->lock);
	if ((s16)(d->b.epoch - h->told) > 0)
		h->told = d->b.epoch;
	watched = !h->closed &&
		  (!h->delivery || (s32)(d->b.number - h->delivery->b.number) > 0);
	if (watched) {
		holder_settled(h);
		d->since = jiffies;
		delivery_set_times(d, n);
		h->delivery = d;
		look_later(d);
	}
	mutex_unlock(&h->stream->file->lock);
	if (!watched)
		delivery_free(d);
}

/* @acked: what the client's network has answered on the channel that @d was sent over */
static enum delivery_state delivery_progress(struct csrv_delivery *d,
					     const struct csrv_acked *acked)
{
	if (acked->bytes >= d->end)
		return DELIVERY_OVER;
	if (acked->bytes > d->acked.bytes)
		d->since = jiffies;	/* earlier bytes have been acknowledged */
	d->acked.bytes = acked->bytes;
	/* What it was asked a moment ago it need not have answered: the time before that counts. */
	if (time_after(acked->heard, d->acked.heard))
		d->acked.heard = acked->heard;
	return delivery_left(d) > 0 ? DELIVERY_WAITS : DELIVERY_LOST;
}

/* @ch: the channel that @d was sent over; NULL: it has ended */
static enum delivery_state delivery_look(struct csrv_delivery *d, const struct csrv_channel *ch)
{
	enum delivery_state state = DELIVERY_LOST;
	struct csrv_acked acked = ch ? channel_acked(ch) : (struct csrv_acked) { 0 };
	struct csrv_holder *h = d->holder;

	mutex_lock(&h->stream->file->lock);
	if (h->delivery != d)
		state = DELIVERY_OVER;
	else if (ch)
		state = delivery_progress(d, &acked);
	if (state == DELIVERY_WAITS)
		look_later(d);
	else if (h->delivery == d)
		h->delivery = NULL;
	mutex_unlock(&h->stream->file->lock);
	return state;
}

/*
 * Nothing is acknowledged where @d was sent, or that channel has ended: send it elsewhere,
 * [MS-SMB2] 3.3.4.1.6.  That connection ends, because a notification that arrives after later ones
 * would be wrong.  With the last channel the session ends, and the open closes (3.3.4.6: "no
 * connection is available"), if the client might go on caching what others change.
 */
static void delivery_elsewhere(struct csrv_delivery *d, struct csrv_channel *ch)
{
	bool ack = d->b.ack;
	int err;

	csrv_break_update(d->holder, &d->b);
	err = delivery_send(d);
	if (!ch && err && !sessions_end(d))
		csrv_break_expire(d->holder, d->b.number);
	if (err)
		delivery_free(d);
	else
		delivery_watch(d);
	if (ch && (!err || ack))
		csrv_conn_abort(ch->conn);
}

/* If the session has ended its opens are closed, which settles an oplock. */
static void delivery_work(struct work_struct *work)
{
	struct csrv_delivery *d = container_of(to_delayed_work(work), struct csrv_delivery, look);
	struct csrv_holder *h = d->holder;
	struct csrv_channel *ch = NULL;
	enum delivery_state state;
	struct csrv_session *s;

	/* Once queued again, @d and its reference can be freed before the unlock is over. */
	h->ops->get(h);
	s = csrv_session_find(server_of(h), d->session);
	if (s)
		ch = channel_of(s, d->channel);
	state = delivery_look(d, ch);
	if (state == DELIVERY_LOST && (s || is_lease(h)))
		delivery_elsewhere(d, ch);
	else if (state != DELIVERY_WAITS)
		delivery_free(d);
	csrv_channel_put(ch);
	csrv_session_put(s);
	h->ops->put(h);
}

static void delivery_at(struct csrv_delivery *d, const struct csrv_open *o)
{
	d->first = o->session_id;
	d->session = o->session_id;
	d->home = o->home;
}

/* The session of an oplock, or of the oldest open of a lease: 0: all have closed. */
static void delivery_begin_at(struct csrv_delivery *d)
{
	struct csrv_holder *h = d->holder;
	const struct csrv_open *o;

	if (!is_lease(h)) {
		delivery_at(d, open_of(h));
		return;
	}
	mutex_lock(&h->stream->file->lock);
	o = list_first_entry_or_null(&csrv_lease_of(h)->opens, struct csrv_open, in_lease);
	if (o)
		delivery_at(d, o);
	mutex_unlock(&h->stream->file->lock);
}

static struct csrv_delivery *delivery_alloc(struct csrv_holder *h, const struct csrv_break *b)
{
	struct csrv_delivery *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	INIT_DELAYED_WORK(&d->look, delivery_work);
	h->ops->get(h);
	d->holder = h;
	d->b = *b;
	delivery_begin_at(d);
	/* Where the CREATE's reply had to be sent first, the channels' time begins after that. */
	d->due = (b->ack ? b->begun : jiffies) + DELIVERY_SECS * HZ;
	if (time_before(d->due, jiffies + DELIVERY_SECS_EACH * HZ))
		d->due = jiffies + DELIVERY_SECS_EACH * HZ;
	return d;
}

/*
 * csrv_holder_ops.notify.  [MS-SMB2] 3.3.4.6, 3.3.4.7: an open without a connection is closed, if
 * the client would have to acknowledge, or may not cache the handle any more.
 */
static int holder_notify(struct csrv_holder *h, const struct csrv_break *b)
{
	bool all = csrv_detached_all(h);
	struct csrv_delivery *d;
	int err;

	if (all || !(b->to & CSRV_CACHE_H))
		csrv_detached_lost(h);
	if (all)
		return 0;
	d = delivery_alloc(h, b);
	err = d ? delivery_send(d) : -ENOMEM;
	if (!err) {
		delivery_watch(d);
		return 0;
	}
	if (d && sessions_end(d))
		err = 0;
	delivery_free(d);
	return err;
}

static void holder_get(struct csrv_holder *h)
{
	if (is_lease(h))
		kref_get(&csrv_lease_of(h)->ref);
	else
		csrv_open_get(open_of(h));
}

static void holder_put(struct csrv_holder *h)
{
	if (is_lease(h))
		csrv_lease_put(csrv_lease_of(h));
	else
		csrv_open_put_later(open_of(h));
}

const struct csrv_holder_ops csrv_holder_ops = {
	.get		= holder_get,
	.put		= holder_put,
	.notify		= holder_notify,
	.settled	= holder_settled,
	.lost		= csrv_detached_lost,
};
