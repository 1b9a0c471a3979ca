// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/transport/rx_sched.c | flags: -DCONFIG_FAULT_INJECTION_DEBUG_FS
//
// Which worker reads: whatever arrives or finds room at whatever moment, one worker reads at a time,
// messages are received in their order, executed once, and none is left behind in an idle
// connection.  The test is the network, the owner and the workqueues; at each point where another
// CPU could bring bytes, use up the room or make some, one does, at random.  The end (csrv_rx_stop(),
// a read that fails) comes between two runs of a worker only.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/kernel.h>

#include "base/fault.h"
#include "transport/rx_sched.h"

#define MESSAGES	64
#define QUEUED		(MESSAGES + 4)

struct message {
	struct csrv_msg msg;
	bool read, received, executed, freed;
};

/* Of one connection. */
struct world {
	struct csrv_xprt xprt;
	struct csrv_rx rx;
	struct message msg[MESSAGES];
	u32 parts[MESSAGES];		/* of a message, each of which arrives alone */
	u32 at;				/* the message that is read */
	u32 have;			/* parts of it */
	bool placed;
	u32 arrived, taken;		/* parts */
	u32 lowat;
	u32 received;
	bool room;			/* the owner's */
	bool reading, failed, broken;
	u32 executing;			/* workers that do */
	struct work_struct *queue[QUEUED];
	u32 queued;
	bool running[2];
	u32 left;			/* moments at which something may come in between */
};

static struct world *w;
unsigned long jiffies = 1000;

static void rx_work(struct work_struct *work);

static u32 rnd(u32 n)
{
	return random() % n;
}

/* ---- workqueues ---- */

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	(void)cpu;
	(void)wq;
	if (work->pending)
		return false;
	assert(work->func != rx_work || !w->rx.stopped);	/* it may be freed */
	assert(w->queued < QUEUED);
	work->pending = true;
	w->queue[w->queued++] = work;
	return true;
}

static void unqueue(u32 i)
{
	w->queue[i]->pending = false;
	w->queued--;
	memmove(w->queue + i, w->queue + i + 1, (w->queued - i) * sizeof(w->queue[0]));
}

bool cancel_work_sync(struct work_struct *work)
{
	for (u32 i = 0; i < w->queued; i++)
		if (w->queue[i] == work)
			return unqueue(i), true;
	return false;
}

/* A worker runs the first item that does not run already.  False: there is none. */
static bool run_one(void)
{
	for (u32 i = 0; i < w->queued; i++) {
		struct work_struct *work = w->queue[i];
		int n = work == &w->rx.worker[0].work ? 0 : work == &w->rx.worker[1].work ? 1 : -1;

		if (n >= 0 && w->running[n])
			continue;
		unqueue(i);
		if (n >= 0)
			w->running[n] = true;
		work->func(work);
		if (n >= 0)
			w->running[n] = false;
		return true;
	}
	return false;
}

int csrv_cpu_next(int of, int after, int but)
{
	(void)but;
	return of > after ? of : after;
}

/* ---- what comes in between ---- */

/* As TCP calls sk_data_ready. */
static void part_arrives(void)
{
	u32 all = 0;

	for (u32 i = 0; i < MESSAGES; i++)
		all += w->parts[i];
	if (w->arrived == all)
		return;
	w->arrived++;
	if (w->arrived - w->taken >= w->lowat)
		csrv_rx_kick(&w->rx);
}

static void room_is_made(void)
{
	w->room = true;
	csrv_rx_resume(&w->rx);
}

static void moment(void)
{
	if (!w->left || rnd(3))
		return;
	w->left--;
	switch (rnd(4)) {
	case 0:
	case 1:
		part_arrives();
		break;
	case 2:
		room_is_made();
		break;
	case 3:
		w->room = false;
		break;
	}
}

void csrv_fault_delay(enum csrv_fault point)
{
	assert(point == CSRV_FAULT_RX_RELEASE || point == CSRV_FAULT_RX_PASS);
	moment();
}

/* ---- the transport ---- */

static u32 wanted(void)
{
	return w->at < MESSAGES && w->have ? w->parts[w->at] - w->have : 1;
}

static int rx_read(struct csrv_rx *rx, struct csrv_msg **msg)
{
	u32 n;

	*msg = NULL;
	assert(!w->reading && !rx->stopped && !w->failed);
	w->reading = true;
	moment();
	w->reading = false;
	if (w->broken)
		return -ECONNRESET;
	if (w->arrived - w->taken < wanted())
		return -EAGAIN;
	if (!w->placed) {
		if (csrv_rx_place(rx, &w->msg[w->at].msg) < 0)
			return -EAGAIN;
		w->placed = true;
	}
	n = w->parts[w->at] - w->have;
	n = n < w->arrived - w->taken ? n : w->arrived - w->taken;
	w->taken += n;
	w->have += n;
	if (w->have < w->parts[w->at])
		return -EAGAIN;
	*msg = &w->msg[w->at].msg;
	w->msg[w->at++].read = true;
	w->have = 0;
	w->placed = false;
	return 0;
}

static void rx_set_lowat(struct csrv_rx *rx)
{
	(void)rx;
	moment();
	w->lowat = wanted();
	moment();
}

static bool rx_ready(struct csrv_rx *rx)
{
	(void)rx;
	moment();
	return w->arrived - w->taken >= w->lowat || w->broken;
}

static void rx_failed(struct csrv_rx *rx)
{
	(void)rx;
	w->failed = true;
}

static const struct csrv_rx_ops ops = {
	.read = rx_read, .set_lowat = rx_set_lowat, .ready = rx_ready, .failed = rx_failed,
};

static void rx_work(struct work_struct *work)
{
	csrv_rx_run(work, &ops);
}

/* ---- the owner ---- */

static int place(void *owner, struct csrv_msg *msg)
{
	bool room = w->room;

	(void)owner;
	(void)msg;
	moment();
	return room ? 1 : -EAGAIN;
}

static void done(struct csrv_msg *msg)
{
	struct message *m = container_of(msg, struct message, msg);

	assert(m->received && !m->executed && !m->freed);
	m->executed = true;
}

static void far_work(struct work_struct *work)
{
	done(container_of(work, struct csrv_msg, work));
}

static enum csrv_msg_work receive(void *owner, struct csrv_msg *msg)
{
	struct message *m = container_of(msg, struct message, msg);
	bool room = w->room;
	u32 kind;

	(void)owner;
	assert(!w->reading && m->read && !m->received && m == &w->msg[w->received]);
	moment();
	if (!room)
		return CSRV_MSG_LATER;
	m->received = true;
	w->received++;
	kind = rnd(4);
	if (kind)
		return kind == 1 ? CSRV_MSG_LONG : CSRV_MSG_SHORT;
	done(msg);
	return CSRV_MSG_DONE;
}

static bool admit(struct csrv_msg *msg)
{
	if (rnd(2))
		return true;
	done(msg);	/* by a worker that its owner has found */
	return false;
}

/* Short work may sleep: then the other worker runs. */
static void execute(struct csrv_msg *msg)
{
	w->executing++;
	assert(w->executing == 1);	/* one of the workers can read */
	moment();
	while (rnd(2) && run_one())
		;
	w->executing--;
	done(msg);
}

static void msg_free(struct csrv_msg *msg)
{
	struct message *m = container_of(msg, struct message, msg);

	assert(m->read && !m->received && !m->freed);
	m->freed = true;
}

static const struct csrv_xprt_events events = {
	.free = msg_free, .place = place, .receive = receive, .admit = admit, .execute = execute,
};

/* ---- the tests ---- */

static void begin(u32 seed)
{
	srandom(seed);
	w = calloc(1, sizeof(*w));
	assert(w);
	w->xprt.events = &events;
	w->xprt.max_message = CSRV_MESSAGE_LEAST;
	w->room = rnd(2);
	w->lowat = 1;
	w->left = 400;
	for (u32 i = 0; i < MESSAGES; i++) {
		w->parts[i] = rnd(2) ? 1 : 1 + rnd(5);
		INIT_WORK(&w->msg[i].msg.work, far_work);
	}
	csrv_rx_init(&w->rx, &w->xprt, 0, rx_work);
}

static void go(u32 steps)
{
	while (steps--) {
		moment();
		if (rnd(2))
			run_one();
	}
}

/* Nothing more comes in between, and the owner has room: all that has arrived is executed. */
static void nothing_is_left_behind(u32 seed)
{
	u32 parts = 0;

	begin(seed);
	go(rnd(200));
	w->left = 0;
	while (run_one())
		;
	if (!w->room)		/* or it has been made: nothing else has to happen */
		room_is_made();
	while (run_one())
		;
	for (u32 i = 0; i < MESSAGES; i++) {
		parts += w->parts[i];
		assert(w->msg[i].executed == (parts <= w->arrived));
	}
	assert(!w->rx.rx_owner && !w->rx.worker[0].busy && !w->rx.worker[1].busy && !w->rx.later);
	free(w);
}

static void one_that_is_stopped_reads_no_more(u32 seed)
{
	begin(seed);
	go(rnd(100));
	csrv_rx_stop(&w->rx);
	go(100);	/* whatever comes: rx_read() says no */
	while (run_one())
		;
	for (u32 i = 0; i < MESSAGES; i++)
		assert(w->msg[i].read == (w->msg[i].executed || w->msg[i].freed));
	free(w);
}

static void one_that_failed_reads_no_more(u32 seed)
{
	begin(seed);
	go(rnd(100));
	w->broken = true;
	csrv_rx_kick(&w->rx);
	room_is_made();
	while (run_one())
		;
	assert(w->failed);
	w->left = 100;
	go(100);	/* rx_read() says no */
	csrv_rx_stop(&w->rx);
	assert(!w->queued);
	free(w);
}

static void time_without_room_does_not_count(void)
{
	begin(1);
	w->left = 0;
	w->room = false;
	csrv_rx_begun(&w->rx, true);
	jiffies += 100;
	assert(csrv_rx_stalled(&w->rx, jiffies - 10));
	part_arrives();
	while (run_one())
		;
	assert(!csrv_rx_stalled(&w->rx, jiffies - 10));	/* paused */
	room_is_made();
	assert(!csrv_rx_stalled(&w->rx, jiffies - 10));	/* begun anew */
	jiffies += 100;
	assert(csrv_rx_stalled(&w->rx, jiffies - 10));
	csrv_rx_begun(&w->rx, false);
	assert(!csrv_rx_stalled(&w->rx, jiffies));
	csrv_rx_stop(&w->rx);
	free(w);
}

int main(void)
{
	for (u32 seed = 1; seed <= 20000; seed++) {
		nothing_is_left_behind(seed);
		one_that_is_stopped_reads_no_more(seed);
		one_that_failed_reads_no_more(seed);
	}
	time_without_room_does_not_count();
	return 0;
}
