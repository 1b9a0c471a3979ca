// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transport/tcp_rx.c - receiving over TCP: [MS-SMB2] 2.1, the four-byte prefix
 *
 * An idle connection has no thread: sk_data_ready hands the "baton", the right to
 * read the socket, to one of two work items, on the CPU that is the connection's
 * home.  That is another one than where its packets come in, so that both work side
 * by side while it is busy.  Only large payloads are worked on where their packets
 * come in, as long as they are what comes: they are in that CPU's cache.  The holder
 * reads message after message.  What can be done at once is done by the holder.  For the rest:
 *  - short work the holder does itself, when it has passed the baton on: to the
 *    other work item if more data waits, else to whoever is there when some comes.
 *    Both items are of one CPU, so the other one runs when this one has finished,
 *    without a wake-up, or as soon as it sleeps: work that waits delays nothing,
 *    and work that does not costs no context switch;
 *  - long work, and short work while the other item is away, goes to another
 *    worker, round the CPUs of the node.
 * Never are both work items away executing, so there is always one to read.
 */
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../base/fault.h"
#include "tcp.h"

/* Messages received in one run of a work item: its CPU is home to other connections too. */
#define TCP_TURN		32
/* What else rx_message() finds: a keep-alive, no message, but a turn; a whole message. */
#define RX_KEPT			1
#define RX_WHOLE		2
/* Memory for a message that is arriving comes in steps of so many bytes. */
#define TCP_STEP		(64u << 10)
/* Bytes of the rest of a large message that are worth a wake-up, and the socket's lock. */
#define TCP_WORTH		(256 << 10)

/* ---- the baton ---- */

/* Nothing more comes: the peer has finished, it broke, or we have shut it down. */
static bool rx_over(const struct sock *sk)
{
	return sk->sk_err || (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN);
}

static bool rx_pending(struct csrv_tcp *t)
{
	struct sock *sk = t->sock->sk;

	/* a prefix that is not whole is nothing to work on: it would be asked about for ever */
	return t->gulped >= TCP_PREFIX || !skb_queue_empty_lockless(&sk->sk_receive_queue) ||
	       rx_over(sk);
}

/* How much of what is still to come has to be there for it to be read. */
static u32 rx_goal(const struct csrv_tcp *t)
{
	u32 left = 0;

	if (t->phase == TCP_TAKE || t->phase == TCP_PAGES)
		left = t->msg->len - t->have;
	return clamp_t(u32, left, 1, min(TCP_WORTH, READ_ONCE(t->sock->sk->sk_rcvbuf) / 4));
}

/*
 * How much has to be there before sk_data_ready is called, by the holder of the baton
 * before that goes.  It is SO_RCVLOWAT, so TCP does not wait with its acknowledgements for
 * us to read, and calls earlier when it runs out of window or memory.
 *
 * TCP queues, and then compares, under the socket's lock.  So does this: either TCP
 * compares with the new value, or the holder, who looks afterwards, sees what it queued.
 */
static void rx_want(struct csrv_tcp *t)
{
	struct sock *sk = t->sock->sk;
	int goal = t->gulped ? 1 : rx_goal(t);
	bool slow;

	if (sk->sk_rcvlowat == goal)	/* nobody else sets it */
		return;
	slow = lock_sock_fast(sk);
	WRITE_ONCE(sk->sk_rcvlowat, goal);
	unlock_sock_fast(sk, slow);
}

/* Is it worth to read when @goal bytes are?  As TCP decides whether to call sk_data_ready. */
static bool rx_worth(struct csrv_tcp *t, int goal)
{
	struct sock *sk = t->sock->sk;

	if (goal == 1 || rx_over(sk))
		return rx_pending(t);
	return tcp_epollin_ready(sk, goal);
}

/* Would one of the socket's callbacks be called for what is there? */
static bool rx_wanted(struct csrv_tcp *t)
{
	return rx_worth(t, READ_ONCE(t->sock->sk->sk_rcvlowat));
}

static struct tcp_rxw *rx_idle(struct csrv_tcp *t) __must_hold(&t->rx_lock)
{
	lockdep_assert_held(&t->rx_lock);
	if (!t->rxw[0].busy)
		return &t->rxw[0];
	return t->rxw[1].busy ? NULL : &t->rxw[1];
}

/*
 * The only place that queues a receiving work item, which is idle or the caller's own.
 * csrv_tcp_rx_stop() sets TCP_STOPPED under the same lock before it cancels them.
 * False: the end has come, and nobody is to read any more.
 */
static bool rx_queue(struct csrv_tcp *t, struct tcp_rxw *w) __must_hold(&t->rx_lock)
{
	lockdep_assert_held(&t->rx_lock);
	if (test_bit(TCP_STOPPED, &t->flags))
		return false;
	w->busy = true;
	queue_work_on(t->cpu, t->xprt.wqs.rx, &w->work);
	return true;
}

/* Somebody must read: any context, softirq included. */
void csrv_tcp_rx_kick(struct csrv_tcp *t)
{
	struct tcp_rxw *w;
	unsigned long irq;

	spin_lock_irqsave(&t->rx_lock, irq);
	w = rx_idle(t);
	if (w && !t->rx_owned && !t->rx_paused)
		t->rx_owned = rx_queue(t, w);
	spin_unlock_irqrestore(&t->rx_lock, irq);
}

/*
 * The holder found nothing to read, or no room.  True: it is the holder no more.
 *
 * Whoever queues data, ends the connection or makes room takes rx_lock afterwards, in
 * csrv_tcp_rx_kick() or csrv_tcp_rx_resume().  Either they have left it before, then what
 * they did is seen here; or they come later, then they find rx_owned false.
 */
static bool rx_lay_down(struct csrv_tcp *t, struct tcp_rxw *w)
{
	bool again;

	rx_want(t);
	csrv_fault_delay(CSRV_FAULT_RX_LAY_DOWN);
	spin_lock_irq(&t->rx_lock);
	again = t->starved && !t->rx_paused;	/* there is room again: nobody else reads */
	if (!again) {
		t->rx_owned = false;
		w->busy = false;
	}
	spin_unlock_irq(&t->rx_lock);
	if (again)
		return false;
	if (!rx_wanted(t))
		return true;

	spin_lock_irq(&t->rx_lock);
	again = !t->rx_owned && !w->busy && !t->rx_paused && !test_bit(TCP_STOPPED, &t->flags);
	if (again) {
		t->rx_owned = true;
		w->busy = true;
	}
	spin_unlock_irq(&t->rx_lock);
	return !again;
}

/* The holder wants to go and execute.  False: it has to keep reading. */
static bool rx_hand_over(struct csrv_tcp *t)
{
	bool pending = rx_pending(t);
	struct tcp_rxw *other;

	rx_want(t);
	csrv_fault_delay(CSRV_FAULT_RX_HAND_OVER);
	spin_lock_irq(&t->rx_lock);
	other = rx_idle(t);
	if (other)
		t->rx_owned = pending && rx_queue(t, other);
	spin_unlock_irq(&t->rx_lock);
	if (other && !pending && rx_pending(t))		/* as in rx_lay_down() */
		csrv_tcp_rx_kick(t);
	return other;
}

static void queue_far(struct csrv_tcp *t, struct csrv_msg *msg)
{
	if (!t->xprt.events->admit(msg))
		return;		/* its owner queues it */
	t->far = csrv_cpu_next(t->home, t->far, -1);
	queue_work_on(t->far, t->xprt.wqs.any, &msg->work);
}

/* ---- receiving ---- */

/* A message is over: the next one has begun if any of it is here. */
static void rx_begin(struct csrv_tcp *t)
{
	WRITE_ONCE(t->begun, t->gulped ? jiffies | 1 : 0);
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

/* Move up to @len bytes that were gulped already to @buf. */
static u32 gulp_take(struct csrv_tcp *t, void *buf, u32 len)
{
	len = min(len, t->gulped);
	memcpy(buf, t->gulp, len);
	t->gulped -= len;
	memmove(t->gulp, t->gulp + len, t->gulped);
	return len;
}

/* The prefix stands in t->gulp: 0, RX_KEPT or an errno. */
static int start_message(struct csrv_tcp *t)
{
	u8 prefix[TCP_PREFIX];
	u32 len;

	gulp_take(t, prefix, sizeof(prefix));
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
	t->have = gulp_take(t, t->msg->inl, min(len, CSRV_MSG_PEEK));
	t->phase = TCP_PLACE;
	return 0;
}

static int rx_start(struct csrv_tcp *t)
{
	int n;

	if (t->gulped < TCP_PREFIX) {
		if (!rx_pending(t))
			return -EAGAIN;		/* cheaper than to lock the socket and ask it */
		n = sock_read(t, t->gulp + t->gulped, TCP_GULP - t->gulped);
		if (n < 0)
			return n;
		if (!t->gulped)
			WRITE_ONCE(t->begun, jiffies | 1);
		t->gulped += n;
		if (t->gulped < TCP_PREFIX)
			return 0;
	}
	return start_message(t);
}

static void rx_pause(struct csrv_tcp *t, bool paused)
{
	spin_lock_irq(&t->rx_lock);
	t->rx_paused = paused;
	spin_unlock_irq(&t->rx_lock);
}

/*
 * Where to go on.  Large payloads are copied where their packets came in: they are in that
 * CPU's cache, and to move them costs more than to wait for it.
 */
static int rx_cpu(const struct csrv_tcp *t)
{
	int cpu = READ_ONCE(t->sock->sk->sk_incoming_cpu);

	return t->msg->head_len < t->msg->len && cpu >= 0 && cpu_online(cpu) ? cpu : t->home;
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
	n = t->xprt.events->place(t->xprt.owner, msg);
	if (n == -EAGAIN) {
		/* Whoever makes room must find us paused: so pause, and look again. */
		rx_pause(t, true);
		n = t->xprt.events->place(t->xprt.owner, msg);
		t->starved = n == -EAGAIN;
		if (t->starved)
			return n;
		rx_pause(t, false);
	}
	t->starved = false;
	if (n < 0)
		return n;
	msg->head_len = clamp_t(u32, n, peek, msg->len);
	msg->head_room = sizeof(msg->inl);
	n = csrv_msg_head(msg, t->have, min(msg->head_len, TCP_STEP));
	if (n)
		return n;
	WRITE_ONCE(t->cpu, rx_cpu(t));
	t->phase = TCP_HEAD;
	iov_iter_bvec(&t->pages, ITER_DEST, NULL, 0, 0);
	return 0;
}

static int rx_head(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;
	u32 room = min(msg->head_len, msg->head_room);
	int n;

	t->have += gulp_take(t, msg->head + t->have, room - t->have);
	if (t->have < room) {
		n = sock_read(t, msg->head + t->have, room - t->have);
		if (n < 0)
			return n;
		t->have += n;
	} else if (room < msg->head_len) {
		return csrv_msg_head(msg, t->have, room + 1);
	}
	if (t->have == msg->head_len)
		t->phase = msg->may_take ? TCP_TAKE : TCP_PAGES;
	return 0;
}

/* Pages for what has arrived of the rest, and no more: who announces much must send it. */
static int pages_more(struct csrv_tcp *t)
{
	struct csrv_msg *msg = t->msg;
	u32 want = max(t->gulped, rx_arrived(t)), first = msg->nbv;

	want = min(round_up(clamp_t(u32, want, 1, SZ_1G), TCP_STEP), msg->len - t->have);
	if (csrv_msg_pages(msg, want))
		return -ENOMEM;
	iov_iter_bvec(&t->pages, ITER_DEST, msg->bv + first, msg->nbv - first, want);
	return 0;
}

static int rx_pages(struct csrv_tcp *t)
{
	u8 gulp[TCP_GULP];	/* copy_to_iter() takes nothing out of a slab cache's objects */
	struct msghdr mh = {};
	u32 n;
	int err;

	if (!t->gulped && !rx_worth(t, rx_goal(t)))
		return -EAGAIN;
	if (!iov_iter_count(&t->pages))
		return pages_more(t);
	if (t->gulped) {
		n = gulp_take(t, gulp, min_t(size_t, TCP_GULP, iov_iter_count(&t->pages)));
		t->have += copy_to_iter(gulp, n, &t->pages);	/* kernel pages: all of it */
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

/* sk_read_actor_t of tcp_read_sock(), which holds the socket's lock and may sleep. */
static int take_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int off, size_t len)
{
	struct csrv_tcp *t = desc->arg.data;
	int n = csrv_take_skb(t->msg, skb, off, min(len, desc->count));

	if (n > 0)
		desc->count -= n;
	return n;
}

/* Copy the next bytes: what was gulped, or what tcp_read_sock() stops at (urgent data). */
static int take_copy(struct csrv_tcp *t, u32 len)
{
	void *to = csrv_take_room(t->msg, &len);
	int n, err;

	if (!to)
		return -ENOMEM;
	n = t->gulped ? gulp_take(t, to, len) : sock_read(t, to, len);
	if (n < 0)
		return n;
	err = csrv_take_filled(t->msg, n);
	if (!err)
		t->have += n;
	return err;
}

static int rx_take(struct csrv_tcp *t)
{
	u32 left = t->msg->len - t->have;
	read_descriptor_t desc = { .count = left, .arg.data = t };
	int n;

	if (t->gulped)
		return take_copy(t, left);
	if (!rx_worth(t, rx_goal(t)))
		return -EAGAIN;
	if (csrv_fault(CSRV_FAULT_TRANSPORT_RX))
		return -ECONNRESET;
	lock_sock(t->sock->sk);
	n = tcp_read_sock(t->sock->sk, &desc, take_actor);
	release_sock(t->sock->sk);
	if (!n)
		return take_copy(t, left);
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

/*
 * Read until a message is whole.  Return: 0 and the message in @ret, or NULL there for a
 * keep-alive; -EAGAIN when there is nothing to read or reading is paused, other errors for
 * good.
 */
static int rx_message(struct csrv_tcp *t, struct csrv_msg **ret)
{
	int err = 0;

	*ret = NULL;
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
		case TCP_TAKE:
			err = t->have < t->msg->len ? rx_take(t) : RX_WHOLE;
			break;
		case TCP_WHOLE:
			err = RX_WHOLE;
			break;
		}
	}
	if (err == RX_WHOLE)
		*ret = rx_whole(t);
	return min(err, 0);
}

/* The owner gets @msg, or has no room to work on it: then it is the next one again. */
static enum csrv_msg_work rx_receive(struct csrv_tcp *t, struct csrv_msg *msg)
{
	enum csrv_msg_work todo = t->xprt.events->receive(t->xprt.owner, msg);

	t->starved = false;
	if (todo != CSRV_MSG_LATER)
		return todo;
	rx_pause(t, true);	/* as in rx_place() */
	todo = t->xprt.events->receive(t->xprt.owner, msg);
	t->starved = todo == CSRV_MSG_LATER;
	if (t->starved) {
		t->msg = msg;
		t->phase = TCP_WHOLE;
	} else {
		rx_pause(t, false);
	}
	return todo;
}

/* The holder has had its turn: it goes on behind what else waits for this CPU. */
static void rx_again(struct csrv_tcp *t, struct tcp_rxw *w)
{
	spin_lock_irq(&t->rx_lock);
	rx_queue(t, w);
	spin_unlock_irq(&t->rx_lock);
}

static void rx_finished(struct csrv_tcp *t, struct tcp_rxw *w)
{
	spin_lock_irq(&t->rx_lock);
	w->busy = false;
	spin_unlock_irq(&t->rx_lock);
}

/* Nothing more comes: half a message is nothing, and what it holds is others'.  For the holder. */
static void rx_drop(struct csrv_tcp *t)
{
	if (t->msg)
		t->xprt.events->free(t->msg);
	t->msg = NULL;
}

static void rx_work(struct work_struct *work)
{
	struct tcp_rxw *w = container_of(work, struct tcp_rxw, work);
	struct csrv_tcp *t = w->t;
	enum csrv_msg_work todo;
	struct csrv_msg *msg;
	int err, i;

	for (i = 0; i < TCP_TURN; i++) {
		if (test_bit(TCP_STOPPED, &t->flags))
			return;		/* the baton stays with nobody for good */
		err = rx_message(t, &msg);
		todo = msg ? rx_receive(t, msg) : CSRV_MSG_DONE;
		if (err == -EAGAIN || todo == CSRV_MSG_LATER) {
			if (rx_lay_down(t, w))
				return;
			continue;
		}
		if (err) {
			rx_drop(t);
			csrv_tcp_closed(t);	/* keeps the baton: nobody reads again */
			return;
		}
		if (todo == CSRV_MSG_DONE)
			continue;
		if (todo == CSRV_MSG_LONG || !rx_hand_over(t)) {
			queue_far(t, msg);
			continue;
		}
		t->xprt.events->execute(msg);
		rx_finished(t, w);
		return;
	}
	rx_again(t, w);
}

/* struct csrv_xprt_ops.resume */
void csrv_tcp_rx_resume(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);
	bool was;

	spin_lock_irq(&t->rx_lock);
	was = t->rx_paused;
	if (was && READ_ONCE(t->begun))
		WRITE_ONCE(t->begun, jiffies | 1);	/* the pause was ours */
	t->rx_paused = false;
	spin_unlock_irq(&t->rx_lock);
	if (was)
		csrv_tcp_rx_kick(t);
}

/* Has a message begun before @since, and not come to its end, though it was waited for? */
bool csrv_tcp_rx_stalled(struct csrv_tcp *t, unsigned long since)
{
	unsigned long begun;
	bool paused;

	spin_lock_irq(&t->rx_lock);
	begun = READ_ONCE(t->begun);
	paused = t->rx_paused;
	spin_unlock_irq(&t->rx_lock);
	return begun && !paused && time_before(begun, since);
}

/* After this nobody reads, and what was received in part is gone.  The callbacks are off. */
void csrv_tcp_rx_stop(struct csrv_tcp *t)
{
	int i;

	spin_lock_irq(&t->rx_lock);
	set_bit(TCP_STOPPED, &t->flags);
	spin_unlock_irq(&t->rx_lock);
	kernel_sock_shutdown(t->sock, SHUT_RDWR);
	for (i = 0; i < ARRAY_SIZE(t->rxw); i++)
		cancel_work_sync(&t->rxw[i].work);
	rx_drop(t);
}

/* @home: the CPU to read on */
void csrv_tcp_rx_init(struct csrv_tcp *t, int home)
{
	int i;

	t->home = home;
	t->cpu = home;
	t->far = home;
	spin_lock_init(&t->rx_lock);
	for (i = 0; i < ARRAY_SIZE(t->rxw); i++) {
		t->rxw[i].t = t;
		INIT_WORK(&t->rxw[i].work, rx_work);
	}
}
