// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transport/tcp_rx.c - receiving over TCP: [MS-SMB2] 2.1, the four-byte prefix
 *
 * Which worker reads, and when, is rx_sched.h's business.  Here is what it reads.
 */
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../base/fault.h"
#include "tcp.h"

/* What else rx_message() finds: a keep-alive, no message, but a turn; a whole message. */
#define RX_KEPT			1
#define RX_WHOLE		2
/* Memory for a message that is arriving comes in steps of so many bytes. */
#define TCP_STEP		(64u << 10)
/* Bytes of the rest of a large message that are worth a wake-up, and the socket's lock. */
#define TCP_LOWAT_MAX		(256 << 10)

/* ---- when to read ---- */

/* Nothing more comes: the peer has finished, it broke, or we have shut it down. */
static bool rx_over(const struct sock *sk)
{
	return sk->sk_err || (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

static bool rx_pending(struct csrv_tcp *t)
{
	struct sock *sk = t->sock->sk;

	/* a prefix that is not whole is nothing to work on: it would be asked about for ever */
	return t->ahead >= TCP_PREFIX || !skb_queue_empty_lockless(&sk->sk_receive_queue) ||
	       rx_over(sk);
}

/* How much of what is still to come has to be there for it to be read. */
static u32 rx_lowat(const struct csrv_tcp *t)
{
	u32 left = 0;

	if (t->phase == TCP_ZEROCOPY || t->phase == TCP_PAGES)
		left = t->msg->len - t->have;
	return clamp_t(u32, left, 1, min(TCP_LOWAT_MAX, READ_ONCE(t->sock->sk->sk_rcvbuf) / 4));
}

/*
 * csrv_rx_ops.set_lowat: how much has to be there before sk_data_ready is called.  It is
 * SO_RCVLOWAT, so TCP does not wait with its acknowledgements for us to read, and calls earlier
 * when it runs out of window or memory.
 *
 * TCP queues, and then compares, under the socket's lock.  So does this: either TCP compares with
 * the new value, or the rx_owner, which looks afterwards, sees what it queued.
 */
static void rx_set_lowat(struct csrv_rx *rx)
{
	struct csrv_tcp *t = container_of(rx, struct csrv_tcp, rx);
	struct sock *sk = t->sock->sk;
	int lowat = t->ahead ? 1 : rx_lowat(t);
	bool slow;

	if (sk->sk_rcvlowat == lowat)	/* set here alone */
		return;
	slow = lock_sock_fast(sk);
	WRITE_ONCE(sk->sk_rcvlowat, lowat);
	unlock_sock_fast(sk, slow);
}

/* Are @lowat bytes there?  As TCP decides whether to call sk_data_ready. */
static bool rx_has(struct csrv_tcp *t, int lowat)
{
	struct sock *sk = t->sock->sk;

	if (lowat == 1 || rx_over(sk))
		return rx_pending(t);
	return tcp_epollin_ready(sk, lowat);
}

/* csrv_rx_ops.ready: would one of the socket's callbacks be called for what is there? */
static bool rx_ready(struct csrv_rx *rx)
{
	struct csrv_tcp *t = container_of(rx, struct csrv_tcp, rx);

	return rx_has(t, READ_ONCE(t->sock->sk->sk_rcvlowat));
}

/* ---- receiving ---- */

/* A message is over: the next one has begun if any of it is here. */
static void rx_begin(struct csrv_tcp *t)
{
	csrv_rx_begun(&t->rx, t->ahead);
}

/* How many bytes have arrived, and are still TCP's. */
static u32 rx_arrived(const struct csrv_tcp *t)
{
	const struct tcp_sock *tp = tcp_sk(t->sock->sk);

	return READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);
}

static int sock_read(struct csrv_tcp *t, void *buf, size_t len)
{
	struct msghdr mh = { .msg_flags = MSG_DONTWAIT };
	struct kvec kv = { .iov_base = buf, .iov_len = len };
	int n;

	if (csrv_fault(CSRV_FAULT_TRANSPORT_RX))
		return -ECONNRESET;
	n = kernel_recvmsg(t->sock, &mh, &kv, 1, len, MSG_DONTWAIT);
	return n ? n : -ECONNRESET;
}

/* Move up to @len bytes that were read ahead to @buf. */
static u32 lookahead_copy(struct csrv_tcp *t, void *buf, u32 len)
{
	len = min(len, t->ahead);
	memcpy(buf, t->lookahead, len);
	t->ahead -= len;
	memmove(t->lookahead, t->lookahead + len, t->ahead);
	return len;
}

/* The prefix stands in t->lookahead: 0, RX_KEPT or an errno. */
static int start_message(struct csrv_tcp *t)
{
	u8 prefix[TCP_PREFIX];
	u32 len;

	lookahead_copy(t, prefix, sizeof(prefix));
	len = prefix[1] << 16 | prefix[2] << 8 | prefix[3];
	if (prefix[0] == TCP_TYPE_KEEPALIVE && !len) {
		rx_begin(t);
		return RX_KEPT;
	}
	if (prefix[0] != TCP_TYPE_MESSAGE || !len)
		return -EPROTO;

	t->msg = t->xprt.events->alloc(t->xprt.owner);
	if (!t->msg)
		return -ENOMEM;
	t->msg->len = len;
	t->msg->head = t->msg->inl;
	t->have = lookahead_copy(t, t->msg->inl, min(len, CSRV_MSG_PEEK));
	t->phase = TCP_PLACE;
	return 0;
}

static int rx_start(struct csrv_tcp *t)
{
	int n;

	if (t->ahead < TCP_PREFIX) {
		if (!rx_pending(t))
			return -EAGAIN;		/* cheaper than to lock the socket and ask it */
		n = sock_read(t, t->lookahead + t->ahead, TCP_LOOKAHEAD - t->ahead);
		if (n < 0)
			return n;
		if (!t->ahead)
			csrv_rx_begun(&t->rx, true);
		t->ahead += n;
		if (t->ahead < TCP_PREFIX)
			return 0;
	}
	return start_message(t);
}

/*
 * Where to go on.  Large payloads are copied where their packets came in: they are in that
 * CPU's cache, and to move them costs more than to wait for it.
 */
static int rx_cpu(const struct csrv_tcp *t)
{
	int cpu = READ_ONCE(t->sock->sk->sk_incoming_cpu);

	return t->msg->head_len < t->msg->len && cpu >= 0 && cpu_online(cpu) ? cpu : t->rx.home;
}

static int rx_place(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;
	u32 peek = min(msg->len, CSRV_MSG_PEEK);
	int n;

	if (t->have < peek) {
		n = sock_read(t, msg->inl + t->have, peek - t->have);
		if (n < 0)
			return n;
		t->have += n;
		return 0;
	}
	n = csrv_rx_place(&t->rx, msg);
	if (n < 0)
		return n;
	msg->head_len = clamp_t(u32, n, peek, msg->len);
	msg->head_room = sizeof(msg->inl);
	n = csrv_msg_head(msg, t->have, min(msg->head_len, TCP_STEP));
	if (n)
		return n;
	WRITE_ONCE(t->rx.cpu, rx_cpu(t));
	t->phase = TCP_HEAD;
	iov_iter_bvec(&t->pages, ITER_DEST, NULL, 0, 0);
	return 0;
}

static int rx_head(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;
	u32 room = min(msg->head_len, msg->head_room);
	int n;

	t->have += lookahead_copy(t, msg->head + t->have, room - t->have);
	if (t->have < room) {
		n = sock_read(t, msg->head + t->have, room - t->have);
		if (n < 0)
			return n;
		t->have += n;
	} else if (room < msg->head_len) {
		return csrv_msg_head(msg, t->have, room + 1);
	}
	if (t->have == msg->head_len)
		t->phase = msg->may_zerocopy ? TCP_ZEROCOPY : TCP_PAGES;
	return 0;
}

/* Pages for what has arrived of the rest, and no more: who announces much must send it. */
static int pages_more(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;
	u32 want = max(t->ahead, rx_arrived(t)), first = msg->nbv;

	want = min(round_up(clamp_t(u32, want, 1, SZ_1G), TCP_STEP), msg->len - t->have);
	if (csrv_msg_pages(msg, want))
		return -ENOMEM;
	iov_iter_bvec(&t->pages, ITER_DEST, msg->bv + first, msg->nbv - first, want);
	return 0;
}

static int rx_pages(struct csrv_tcp *t)
{
	u8 ahead[TCP_LOOKAHEAD];	/* copy_to_iter() takes no slab memory of ours */
	struct msghdr mh = {};
	u32 n;
	int err;

	if (!t->ahead && !rx_has(t, rx_lowat(t)))
		return -EAGAIN;
	if (!iov_iter_count(&t->pages))
		return pages_more(t);
	if (t->ahead) {
		n = min_t(size_t, TCP_LOOKAHEAD, iov_iter_count(&t->pages));
		n = lookahead_copy(t, ahead, n);
		t->have += copy_to_iter(ahead, n, &t->pages);	/* kernel pages: all of it */
		return 0;
	}
	if (csrv_fault(CSRV_FAULT_TRANSPORT_RX))
		return -ECONNRESET;
	mh.msg_iter = t->pages;
	err = sock_recvmsg(t->sock, &mh, MSG_DONTWAIT);
	if (err <= 0)
		return err ? err : -ECONNRESET;
	t->pages = mh.msg_iter;
	t->have += err;
	return 0;
}

/* sk_read_actor_t, of tcp_read_sock(), which holds the socket's lock and may sleep. */
static int zerocopy_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int off,
			  size_t len)
{
	struct csrv_tcp *t = desc->arg.data;
	int n = csrv_zerocopy_skb(t->msg, skb, off, min(len, desc->count));

	if (n > 0)
		desc->count -= n;
	return n;
}

/* Copy the next bytes: what was read ahead, or what tcp_read_sock() stops at (urgent data). */
static int own_copy(struct csrv_tcp *t, u32 len)
{
	void *to = csrv_msg_own_room(t->msg, &len);
	int n, err;

	if (!to)
		return -ENOMEM;
	n = t->ahead ? lookahead_copy(t, to, len) : sock_read(t, to, len);
	if (n < 0)
		return n;
	err = csrv_msg_own_filled(t->msg, n);
	if (!err)
		t->have += n;
	return err;
}

static int rx_zerocopy(struct csrv_tcp *t)
{
	u32 left = t->msg->len - t->have;
	read_descriptor_t desc = { .count = left, .arg.data = t };
	int n;

	if (t->ahead)
		return own_copy(t, left);
	if (!rx_has(t, rx_lowat(t)))
		return -EAGAIN;
	if (csrv_fault(CSRV_FAULT_TRANSPORT_RX))
		return -ECONNRESET;
	lock_sock(t->sock->sk);
	n = tcp_read_sock(t->sock->sk, &desc, zerocopy_actor);
	release_sock(t->sock->sk);
	if (!n)
		return own_copy(t, left);
	if (n < 0)
		return n;
	t->have += n;
	return 0;
}

static struct csrv_msg *rx_whole(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;

	t->msg = NULL;
	t->phase = TCP_START;
	rx_begin(t);
	return msg;
}

/* csrv_rx_ops.read */
static int rx_read(struct csrv_rx *rx, struct csrv_msg **msg)
{
	struct csrv_tcp *t = container_of(rx, struct csrv_tcp, rx);
	int err = 0;

	*msg = NULL;
	while (!err) {
		switch (t->phase) {
		case TCP_START:
			err = rx_start(t);
			break;
		case TCP_PLACE:
			err = rx_place(t);
			break;
		case TCP_HEAD:
			err = rx_head(t);
			break;
		case TCP_PAGES:
			err = t->have < t->msg->len ? rx_pages(t) : RX_WHOLE;
			break;
		case TCP_ZEROCOPY:
			err = t->have < t->msg->len ? rx_zerocopy(t) : RX_WHOLE;
			break;
		}
	}
	if (err == RX_WHOLE)
		*msg = rx_whole(t);
	return min(err, 0);
}

/* Nothing more comes: half a message is nothing, and what it holds is others'. */
static void rx_drop(struct csrv_tcp *t)
{
	if (t->msg)
		t->xprt.events->free(t->msg);
	t->msg = NULL;
}

/* csrv_rx_ops.failed */
static void rx_failed(struct csrv_rx *rx)
{
	struct csrv_tcp *t = container_of(rx, struct csrv_tcp, rx);

	rx_drop(t);
	csrv_tcp_closed(t);
}

static const struct csrv_rx_ops rx_ops = {
	.read		= rx_read,
	.set_lowat	= rx_set_lowat,
	.ready		= rx_ready,
	.failed		= rx_failed,
};

static void rx_work(struct work_struct *work)
{
	csrv_rx_run(work, &rx_ops);
}

/* After this no worker reads, and what was received in part is gone.  The callbacks are off. */
void csrv_tcp_rx_stop(struct csrv_tcp *t)
{
	kernel_sock_shutdown(t->sock, SHUT_RDWR);
	csrv_rx_stop(&t->rx);
	rx_drop(t);
}

/* @home: the CPU to read on */
void csrv_tcp_rx_init(struct csrv_tcp *t, int home)
{
	csrv_rx_init(&t->rx, &t->xprt, home, rx_work);
}
