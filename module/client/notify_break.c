// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/notify_break.c - notify a client that what it caches of an open is broken
 *
 * A notification has reached the client when its network has acknowledged the bytes.  Until then a
 * struct csrv_delivery watches it: if nothing is acknowledged, the client is notified over another
 * channel of its session.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../store/break.h"
#include "../store/open.h"
#include "../transport/transport.h"
#include "conn.h"
#include "notify_break.h"
#include "session.h"

/*
 * The client's network has to acknowledge the notification in this time.  It is less than the 34
 * seconds in which the client has to acknowledge the break (break.c), so that an open that ends for
 * want of it has ended by then.  All channels are tried in that time, each for an equal part of it.
 */
#define DELIVERY_SECS		30
#define DELIVERY_SECS_EACH	5	/* at most, if there is another channel */
#define DELIVERY_LEAST		(HZ / 2)
#define DELIVERY_LOOK		HZ	/* time between two checks */

/**
 * struct csrv_delivery - a notification, until it has reached the client
 * @open: a reference
 * @b: the break
 * @look: checks whether it has been acknowledged
 * @channel: number of the channel over which it was sent last; 0: none yet
 * @end: what csrv_xprt_ops.send() returned for it
 * @acked: what csrv_xprt_ops.acked() returned before that, or at the latest check
 * @since: jiffies: nothing has been acknowledged there since then
 * @timeout: jiffies after which the connection is regarded as dead
 * @due: jiffies: end of the time for the last channel of the session
 *
 * Belongs to the thread that sends it.  Once sent, open->delivery points to it under file->lock,
 * and @look is queued or runs.  Freed by oplock_settled() once @look is cancelled, else by @look.
 */
struct csrv_delivery {
	struct csrv_open	*open;
	struct csrv_break	b;
	struct delayed_work	look;
	u64			channel;
	u64			end;
	u64			acked;
	unsigned long		since;
	unsigned long		timeout;
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

static void delivery_free(struct csrv_delivery *d)
{
	if (d)
		csrv_open_put_later(d->open);
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

static u64 channel_acked(const struct csrv_channel *ch)
{
	return ch->conn->xprt->ops->acked(ch->conn->xprt);
}

/* Send over the first channel that takes it, [MS-SMB2] 3.3.4.1.6.  0; an errno: there is none. */
static int delivery_send(struct csrv_delivery *d, struct csrv_session *s)
{
	struct csrv_open *o = d->open;
	struct csrv_channel *ch;
	int err = -ENOTCONN;

	while (err && (ch = channel_next(s, o->home, d->channel))) {
		d->channel = ch->number;
		d->acked = channel_acked(ch);
		err = o->srv->events->send_break(ch, o, d->b.to, &d->end);
		csrv_channel_put(ch);
		csrv_fault_delay(CSRV_FAULT_NOTIFY_BREAK);
	}
	return err;
}

/* The time for the channel that @d was sent over, if @n others have still to be tried. */
static unsigned long delivery_timeout(const struct csrv_delivery *d, u32 n)
{
	long left = max((long)(d->due - jiffies), 0L);

	if (n > 1)
		left = min(left / (long)n, (long)DELIVERY_SECS_EACH * HZ);
	return max_t(long, left, DELIVERY_LEAST);
}

/* The timer wheel makes a long time up to an eighth longer. */
static void look_later(struct csrv_delivery *d)
{
	long left = min((long)DELIVERY_LOOK, (long)(d->since + d->timeout - jiffies));

	left = max(left, 0L);
	if (left > HZ / 4)
		left -= left / 8;
	queue_delayed_work(d->open->srv->clock_wq, &d->look, left);
}

/* csrv_holder_ops.settled: the client need not be notified any more. */
static void oplock_settled(struct csrv_holder *h)
{
	struct csrv_open *o = open_of(h);
	struct csrv_delivery *d = o->delivery;

	lockdep_assert_held(&o->file->lock);
	o->delivery = NULL;
	if (d && cancel_delayed_work(&d->look))
		delivery_free(d);	/* not the last reference: the caller has one */
}

/*
 * @d has been sent: watch it from now on.  Not if a later break has been notified, nor if the open
 * is being closed: that calls oplock_settled() after this, or has called it.
 */
static void delivery_watch(struct csrv_delivery *d, struct csrv_session *s)
{
	u32 n = channels_left(s, d->open->home, d->channel);
	struct csrv_open *o = d->open;
	bool watched;

	mutex_lock(&o->file->lock);
	watched = atomic_read(&o->state) == CSRV_OPEN_LIVE &&
		  (!o->delivery || (s32)(d->b.number - o->delivery->b.number) > 0);
	if (watched) {
		oplock_settled(&o->oplock);
		d->since = jiffies;
		d->timeout = delivery_timeout(d, n);
		o->delivery = d;
		look_later(d);
	}
	mutex_unlock(&o->file->lock);
	if (!watched)
		delivery_free(d);
}

/* @acked: bytes that the client's network has acknowledged on the channel that @d was sent over */
static enum delivery_state delivery_progress(struct csrv_delivery *d, u64 acked)
{
	if (acked >= d->end)
		return DELIVERY_OVER;
	if (acked > d->acked)
		d->since = jiffies;	/* earlier bytes have been acknowledged */
	d->acked = acked;
	return time_after_eq(jiffies, d->since + d->timeout) ? DELIVERY_LOST : DELIVERY_WAITS;
}

/* @ch: the channel that @d was sent over; NULL: it has ended */
static enum delivery_state delivery_look(struct csrv_delivery *d, const struct csrv_channel *ch)
{
	enum delivery_state state = DELIVERY_LOST;
	u64 acked = ch ? channel_acked(ch) : 0;
	struct csrv_open *o = d->open;

	mutex_lock(&o->file->lock);
	if (o->delivery != d)
		state = DELIVERY_OVER;
	else if (ch)
		state = delivery_progress(d, acked);
	if (state == DELIVERY_WAITS)
		look_later(d);
	else if (o->delivery == d)
		o->delivery = NULL;
	mutex_unlock(&o->file->lock);
	return state;
}

/*
 * Nothing is acknowledged where @d was sent, or that channel has ended: send it elsewhere,
 * [MS-SMB2] 3.3.4.1.6.  That connection ends, because a notification that arrives after later ones
 * would be wrong.  With the last channel the session ends, and the open closes (3.3.4.6: "no
 * connection is available"), if the client might go on caching what others change.
 */
static void delivery_elsewhere(struct csrv_delivery *d, struct csrv_session *s,
			       struct csrv_channel *ch)
{
	bool ack = d->b.ack;
	int err;

	d->b.to = csrv_break_left(&d->open->oplock);
	err = delivery_send(d, s);
	if (!ch && err)
		csrv_break_expire(&d->open->oplock);
	if (err)
		delivery_free(d);
	else
		delivery_watch(d, s);
	if (ch && (!err || ack))
		csrv_conn_abort(ch->conn);
}

/* If the session has ended its opens are closed, which settles them. */
static void delivery_work(struct work_struct *work)
{
	struct csrv_delivery *d = container_of(to_delayed_work(work), struct csrv_delivery, look);
	/* Once queued again, @d and its reference can be freed before the unlock is over. */
	struct csrv_open *o = csrv_open_get(d->open);
	struct csrv_session *s = csrv_session_find(o->srv, o->session_id);
	struct csrv_channel *ch = s ? channel_of(s, d->channel) : NULL;
	enum delivery_state state = delivery_look(d, ch);

	if (state == DELIVERY_LOST && s)
		delivery_elsewhere(d, s, ch);
	else if (state != DELIVERY_WAITS)
		delivery_free(d);
	csrv_channel_put(ch);
	csrv_session_put(s);
	csrv_open_put_later(o);
}

static struct csrv_delivery *delivery_alloc(struct csrv_open *o, const struct csrv_break *b)
{
	struct csrv_delivery *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	INIT_DELAYED_WORK(&d->look, delivery_work);
	d->open = csrv_open_get(o);
	d->b = *b;
	/* Where the CREATE's reply had to be sent first, the channels' time begins after that. */
	d->due = (b->ack ? b->begun : jiffies) + DELIVERY_SECS * HZ;
	if (time_before(d->due, jiffies + DELIVERY_SECS_EACH * HZ))
		d->due = jiffies + DELIVERY_SECS_EACH * HZ;
	return d;
}

static int delivery_begin(struct csrv_open *o, struct csrv_session *s, const struct csrv_break *b)
{
	struct csrv_delivery *d = delivery_alloc(o, b);
	int err = d ? delivery_send(d, s) : -ENOMEM;

	if (err)
		delivery_free(d);
	else
		delivery_watch(d, s);
	return err;
}

/* csrv_holder_ops.notify */
static int oplock_notify(struct csrv_holder *h, const struct csrv_break *b)
{
	struct csrv_open *o = open_of(h);
	struct csrv_session *s = csrv_session_find(o->srv, o->session_id);
	int err = s ? delivery_begin(o, s, b) : -ENOTCONN;

	csrv_session_put(s);
	return err;
}

static void oplock_get(struct csrv_holder *h)
{
	csrv_open_get(open_of(h));
}

static void oplock_put(struct csrv_holder *h)
{
	csrv_open_put_later(open_of(h));
}

const struct csrv_holder_ops csrv_oplock_ops = {
	.get		= oplock_get,
	.put		= oplock_put,
	.notify		= oplock_notify,
	.settled	= oplock_settled,
};
