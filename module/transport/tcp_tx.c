// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transport/tcp_tx.c - sending over TCP
 *
 * Whoever queues a message while nobody sends becomes the sender,
 * and sends until the queue is empty or the socket is full; sk_write_space
 * starts a worker to go on.  Nobody waits for a slow reader.
 *
 * While requests come in faster than they are answered, short replies are gathered: one
 * is left to a work item when the next request already waits for this CPU.  That item is
 * behind it in the same queue, so both replies go out as one packet, and the first waits
 * for no more than the other takes, or until that sleeps.
 */
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/wait_bit.h>
#include <net/sock.h>

#include "../base/fault.h"
#include "../compat/net.h"
#include "tcp.h"

/* Replies up to this many bytes are gathered. */
#define TCP_GATHER	1024
/* Messages that one sends in a row, while others queue, before a worker goes on. */
#define TCP_TX_TURN	64

static int tx_kvecs(struct csrv_tcp *t, struct csrv_out *out, int flags)
{
	struct csrv_bytes *b = &out->bytes;
	struct msghdr mh = { .msg_flags = flags };
	size_t len = b->len, i;

	for (i = 0; i < b->nbv; i++)
		len -= b->bv[i].bv_len;
	if (out->sent >= len)
		return 0;
	if (csrv_fault(CSRV_FAULT_TRANSPORT_TX))
		return -ECONNRESET;
	iov_iter_kvec(&mh.msg_iter, ITER_SOURCE, b->kv, b->nkv, len);
	iov_iter_advance(&mh.msg_iter, out->sent);
	if (b->nbv)
		mh.msg_flags |= MSG_MORE;
	return sock_sendmsg(t->sock, &mh);
}

static int tx_pages(struct csrv_tcp *t, struct csrv_out *out, int flags)
{
	struct csrv_bytes *b = &out->bytes;
	size_t pages = 0, i;

	for (i = 0; i < b->nbv; i++)
		pages += b->bv[i].bv_len;
	i = out->sent - (b->len - pages);
	return compat_sock_send_bvec(t->sock, b->bv, b->nbv, i, pages - i, flags);
}

/* 0 when @out is wholly with the network, -EAGAIN, or a final error. */
static int tx_one(struct csrv_tcp *t, struct csrv_out *out, bool more)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
	int n;

	while (out->sent < out->bytes.len) {
		n = tx_kvecs(t, out, flags);
		if (!n)
			n = tx_pages(t, out, flags);
		if (n <= 0)
			return n ? n : -EPIPE;
		out->sent += n;
	}
	return 0;
}

/* Everything queued is done with.  For the sender, or when there is none. */
static void tx_fail(struct csrv_tcp *t)
{
	struct csrv_out *out, *tmp;
	LIST_HEAD(dead);

	spin_lock_bh(&t->tx_lock);
	t->tx_dead = true;
	list_splice_init(&t->tx_queue, &dead);
	spin_unlock_bh(&t->tx_lock);
	list_for_each_entry_safe(out, tmp, &dead, node)
		out->done(out);
}

static void tx_idle(struct csrv_tcp *t) __must_hold(&t->tx_lock)
{
	lockdep_assert_held(&t->tx_lock);
	WRITE_ONCE(t->tx_busy, false);
	if (!t->tx_dead)
		return;		/* csrv_tcp_tx_stop() has not begun to wait, and will not have to */
	smp_mb();	/* pairs with prepare_to_wait_event() in csrv_tcp_tx_stop() */
	wake_up_var(&t->tx_busy);
}

/*
 * The only place that queues @work, one of tx_work and tx_gathered.  Each has one queue: a
 * work item that ran in two could be running in one while csrv_tcp_tx_stop() cancels it in
 * the other.
 */
static void tx_queue(struct csrv_tcp *t, struct work_struct *work) __must_hold(&t->tx_lock)
{
	lockdep_assert_held(&t->tx_lock);
	if (t->tx_dead)
		return;
	if (work == &t->tx_gathered)
		queue_work_on(t->rx.cpu, t->xprt.wqs.rx, work);
	else
		queue_work(t->xprt.wqs.net, work);
}

/*
 * Is the sender done?  Called with the queue's head unsent for want of room, or
 * with nothing queued.
 */
static bool tx_stop(struct csrv_tcp *t, bool full)
{
	bool stop = true;

	csrv_fault_delay(CSRV_FAULT_TX_STOP);
	spin_lock_bh(&t->tx_lock);
	t->tx_full = full;
	if (full)
		t->tx_since = jiffies;
	if (t->tx_dead) {
		stop = true;
	} else if (full) {
		/*
		 * tx_full is set, then the room looked at.  Pairs with tcp_check_space():
		 * there is room, then it calls on_write_space(), which looks at tx_full.
		 */
		smp_mb();
		stop = !sk_stream_is_writeable(t->sock->sk);
	} else {
		stop = list_empty(&t->tx_queue);
	}
	if (stop)
		tx_idle(t);
	spin_unlock_bh(&t->tx_lock);
	return stop;
}

/* The sender has had its turn.  True: it is the sender no more, a worker will be. */
static bool tx_pass_on(struct csrv_tcp *t)
{
	bool pass;

	spin_lock_bh(&t->tx_lock);
	pass = !t->tx_dead && !list_empty(&t->tx_queue);
	if (pass) {
		tx_queue(t, &t->tx_work);
		tx_idle(t);
	}
	spin_unlock_bh(&t->tx_lock);
	return pass;
}

/* The caller has set tx_busy. */
static void tx_run(struct csrv_tcp *t)
{
	struct csrv_out *out;
	bool more, dead;
	u32 sent = 0;
	int err;

	for (;;) {
		spin_lock_bh(&t->tx_lock);
		dead = t->tx_dead;
		out = dead ? NULL : list_first_entry_or_null(&t->tx_queue, struct csrv_out, node);
		more = out && !list_is_last(&out->node, &t->tx_queue);
		spin_unlock_bh(&t->tx_lock);
		if (dead)
			tx_fail(t);
		if (!out) {
			if (tx_stop(t, false))
				return;
			continue;
		}
		err = tx_one(t, out, more);
		if (err == -EAGAIN) {
			if (tx_stop(t, true))
				return;
			continue;
		}
		if (err) {
			tx_fail(t);	/* @out among them: nobody else sends */
			csrv_tcp_closed(t);
			continue;
		}
		spin_lock_bh(&t->tx_lock);
		list_del(&out->node);
		spin_unlock_bh(&t->tx_lock);
		out->done(out);
		if (++sent % TCP_TX_TURN == 0 && tx_pass_on(t))
			return;
	}
}

/* Become the sender, if there is none and something to send. */
static void tx_go_on(struct csrv_tcp *t)
{
	bool mine;

	spin_lock_bh(&t->tx_lock);
	mine = !t->tx_busy && !t->tx_dead && !list_empty(&t->tx_queue);
	if (mine)
		t->tx_busy = true;
	spin_unlock_bh(&t->tx_lock);
	if (mine)
		tx_run(t);
}

static void tx_work(struct work_struct *work)
{
	tx_go_on(container_of(work, struct csrv_tcp, tx_work));
}

static void tx_gathered(struct work_struct *work)
{
	tx_go_on(container_of(work, struct csrv_tcp, tx_gathered));
}

/* Another reply follows at once, from this CPU. */
static bool tx_gather(struct csrv_tcp *t, const struct csrv_out *out)
{
	return out->bytes.len <= TCP_GATHER && csrv_rx_waits_here(&t->rx);
}

/*
 * [MS-SMB2] 2.1: a zero, and the length in three bytes.  False: there is no such message; what is
 * cut off its length would be taken for further messages.
 */
static bool tx_frame(struct csrv_out *out)
{
	u32 len = out->bytes.len;

	static_assert(sizeof(out->frame) >= TCP_PREFIX);
	if (WARN_ON_ONCE(len > TCP_MESSAGE_MAX))
		return false;
	out->frame[0] = TCP_TYPE_MESSAGE;
	out->frame[1] = len >> 16;
	out->frame[2] = len >> 8;
	out->frame[3] = len;
	csrv_out_prepend(out, out->frame, TCP_PREFIX);
	return true;
}

/* struct csrv_xprt_ops.send */
u64 csrv_tcp_tx_send(struct csrv_xprt *xprt, struct csrv_out *out)
{
	struct csrv_tcp *t = csrv_tcp(xprt);
	u64 end = U64_MAX;
	bool whole = tx_frame(out), mine, dead;

	out->sent = 0;
	spin_lock_bh(&t->tx_lock);
	dead = t->tx_dead || !whole;
	mine = !dead && !t->tx_busy && !t->tx_full;
	if (!dead) {
		list_add_tail(&out->node, &t->tx_queue);
		t->tx_bytes += out->bytes.len;
		end = t->tx_bytes;
	}
	if (mine && tx_gather(t, out)) {
		tx_queue(t, &t->tx_gathered);
		mine = false;
	}
	if (mine)
		t->tx_busy = true;
	spin_unlock_bh(&t->tx_lock);
	if (!whole)
		xprt->ops->shutdown(xprt);
	if (dead)
		out->done(out);
	else if (mine)
		tx_run(t);
	return end;
}

/* The socket has room again: softirq, or with bottom halves off. */
void csrv_tcp_tx_room(struct csrv_tcp *t)
{
	if (!READ_ONCE(t->tx_full))	/* tx_stop() */
		return;
	spin_lock_bh(&t->tx_lock);
	tx_queue(t, &t->tx_work);
	spin_unlock_bh(&t->tx_lock);
}

/* Has the peer taken nothing since @since of what waits for it? */
bool csrv_tcp_tx_stalled(struct csrv_tcp *t, unsigned long since)
{
	bool stalled;

	spin_lock_bh(&t->tx_lock);
	stalled = t->tx_full && !t->tx_busy && time_before(t->tx_since, since);
	spin_unlock_bh(&t->tx_lock);
	return stalled;
}

/*
 * The connection is over: what the peer has not taken is done with, now or by the sender that there
 * is, and holds nothing until csrv_tcp_tx_stop().  In a worker.
 */
void csrv_tcp_tx_drop(struct csrv_tcp *t)
{
	bool mine;

	spin_lock_bh(&t->tx_lock);
	t->tx_dead = true;
	mine = !t->tx_busy;
	spin_unlock_bh(&t->tx_lock);
	if (mine)
		tx_fail(t);
}

/* After this nothing is sent, and every csrv_out is done.  The callbacks are off. */
void csrv_tcp_tx_stop(struct csrv_tcp *t)
{
	/* No new sender; the one there is stops at its next look; then the queue is ours. */
	spin_lock_bh(&t->tx_lock);
	t->tx_dead = true;
	spin_unlock_bh(&t->tx_lock);
	cancel_work_sync(&t->tx_work);
	cancel_work_sync(&t->tx_gathered);
	wait_var_event(&t->tx_busy, !READ_ONCE(t->tx_busy));
	tx_fail(t);	/* takes tx_lock, which the last sender has left by then */
}

void csrv_tcp_tx_init(struct csrv_tcp *t)
{
	spin_lock_init(&t->tx_lock);
	INIT_LIST_HEAD(&t->tx_queue);
	INIT_WORK(&t->tx_work, tx_work);
	INIT_WORK(&t->tx_gathered, tx_gathered);
}
