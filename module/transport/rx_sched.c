// SPDX-License-Identifier: GPL-2.0-or-later
/* transport/rx_sched.c - which worker reads a connection: rx_sched.h says how */
#include <linux/lockdep.h>

#include "../base/fault.h"
#include "rx_sched.h"

static struct csrv_rx_worker *rx_idle(struct csrv_rx *rx) __must_hold(&rx->lock)
{
	lockdep_assert_held(&rx->lock);
	if (!rx->worker[0].busy)
		return &rx->worker[0];
	return rx->worker[1].busy ? NULL : &rx->worker[1];
}

/*
 * The only place that queues a worker, which is idle or the caller's own, to be the rx_owner.
 * csrv_rx_stop() sets stopped under the same lock before it cancels them.
 * False: the end has come, and no worker is to read any more.
 */
static bool rx_queue(struct csrv_rx *rx, struct csrv_rx_worker *w) __must_hold(&rx->lock)
{
	lockdep_assert_held(&rx->lock);
	if (rx->stopped)
		return false;
	w->busy = true;
	rx->rx_owner = w;
	queue_work_on(rx->cpu, rx->xprt->wqs.rx, &w->work);
	return true;
}

/* There is something to read.  Any context, softirq included. */
void csrv_rx_kick(struct csrv_rx *rx)
{
	struct csrv_rx_worker *w;
	unsigned long irq;

	spin_lock_irqsave(&rx->lock, irq);
	w = rx_idle(rx);
	if (w && !rx->rx_owner && !rx->paused)
		rx_queue(rx, w);
	spin_unlock_irqrestore(&rx->lock, irq);
}

/*
 * The rx_owner lets go of the reading, and its worker ends unless it comes to own it again.
 * False: it was starved, and there is room again: no other worker reads.
 */
bool csrv_rx_disown(struct csrv_rx_worker *w)
{
	struct csrv_rx *rx = w->rx;
	bool again;

	csrv_fault_delay(CSRV_FAULT_RX_RELEASE);
	spin_lock_irq(&rx->lock);
	again = rx->starved && !rx->paused;
	if (!again) {
		rx->rx_owner = NULL;
		w->busy = false;
	}
	spin_unlock_irq(&rx->lock);
	return !again;
}

/* After csrv_rx_disown() there is something to read.  True: the worker is the rx_owner again. */
bool csrv_rx_own(struct csrv_rx_worker *w)
{
	struct csrv_rx *rx = w->rx;
	bool own;

	spin_lock_irq(&rx->lock);
	own = !rx->rx_owner && !w->busy && !rx->paused && !rx->stopped;
	if (own) {
		rx->rx_owner = w;
		w->busy = true;
	}
	spin_unlock_irq(&rx->lock);
	return own;
}

/*
 * The other worker is the rx_owner from now on if there is something to read, or none is.
 * False: the other one executes.
 */
bool csrv_rx_own_other(struct csrv_rx *rx, bool ready)
{
	struct csrv_rx_worker *other;

	csrv_fault_delay(CSRV_FAULT_RX_PASS);
	spin_lock_irq(&rx->lock);
	other = rx_idle(rx);
	if (other && !(ready && rx_queue(rx, other)))
		rx->rx_owner = NULL;
	spin_unlock_irq(&rx->lock);
	return other;
}

/* @msg is executed by another worker, now or when its owner finds one. */
void csrv_rx_queue_long(struct csrv_rx *rx, struct csrv_msg *msg)
{
	if (!rx->xprt->events->admit(msg))
		return;		/* its owner queues it */
	rx->long_cpu = csrv_cpu_next(rx->home, rx->long_cpu, -1);
	queue_work_on(rx->long_cpu, rx->xprt->wqs.any, &msg->work);
}

/* The rx_owner has had its turn: it goes on behind what else waits for this CPU. */
void csrv_rx_again(struct csrv_rx_worker *w)
{
	spin_lock_irq(&w->rx->lock);
	rx_queue(w->rx, w);
	spin_unlock_irq(&w->rx->lock);
}

/* It has executed a message, and ends. */
void csrv_rx_finished(struct csrv_rx_worker *w)
{
	spin_lock_irq(&w->rx->lock);
	w->busy = false;
	spin_unlock_irq(&w->rx->lock);
}

static void rx_pause(struct csrv_rx *rx, bool paused)
{
	spin_lock_irq(&rx->lock);
	rx->paused = paused;
	spin_unlock_irq(&rx->lock);
}

/* csrv_xprt_events.place(), for the rx_owner; -EAGAIN: paused, and to be read again. */
int csrv_rx_place(struct csrv_rx *rx, struct csrv_msg *msg)
{
	struct csrv_xprt *x = rx->xprt;
	int n = x->events->place(x->owner, msg);

	rx->starved = false;
	if (n != -EAGAIN)
		return n;
	/* Room that is made resumes what it finds paused: so pause, and look again. */
	rx_pause(rx, true);
	n = x->events->place(x->owner, msg);
	rx->starved = n == -EAGAIN;
	if (!rx->starved)
		rx_pause(rx, false);
	return n;
}

/* The owner gets @msg, or has no room to work on it: then it is the next one again. */
enum csrv_msg_work csrv_rx_receive(struct csrv_rx *rx, struct csrv_msg *msg)
{
	struct csrv_xprt *x = rx->xprt;
	enum csrv_msg_work todo = x->events->receive(x->owner, msg);

	rx->starved = false;
	if (todo == CSRV_MSG_LATER) {
		rx_pause(rx, true);	/* as in csrv_rx_place() */
		todo = x->events->receive(x->owner, msg);
		rx->starved = todo == CSRV_MSG_LATER;
		if (!rx->starved)
			rx_pause(rx, false);
	}
	rx->later = rx->starved ? msg : NULL;
	return todo;
}

/* What struct csrv_xprt_ops.resume does. */
void csrv_rx_resume(struct csrv_rx *rx)
{
	bool was;

	spin_lock_irq(&rx->lock);
	was = rx->paused;
	if (was && READ_ONCE(rx->begun))
		csrv_rx_begun(rx, true);	/* the pause was ours */
	rx->paused = false;
	spin_unlock_irq(&rx->lock);
	if (was)
		csrv_rx_kick(rx);
}

/* Has a message begun before @since, and not come to its end, though it was waited for? */
bool csrv_rx_stalled(struct csrv_rx *rx, unsigned long since)
{
	unsigned long begun;
	bool paused;

	spin_lock_irq(&rx->lock);
	begun = READ_ONCE(rx->begun);
	paused = rx->paused;
	spin_unlock_irq(&rx->lock);
	return begun && !paused && time_before(begun, since);
}

/* After this no worker reads.  csrv_rx_kick() may be called still, and does nothing. */
void csrv_rx_stop(struct csrv_rx *rx)
{
	u32 i;

	spin_lock_irq(&rx->lock);
	WRITE_ONCE(rx->stopped, true);
	spin_unlock_irq(&rx->lock);
	for (i = 0; i < ARRAY_SIZE(rx->worker); i++)
		cancel_work_sync(&rx->worker[i].work);
	if (rx->later)
		rx->xprt->events->free(rx->later);
	rx->later = NULL;
}

/**
 * csrv_rx_init() - no worker reads yet: csrv_rx_kick()
 * @rx: zero, of a new connection
 * @xprt: the connection; has its queues
 * @home: the CPU to read on
 * @work: the transport's: csrv_rx_run()
 */
void csrv_rx_init(struct csrv_rx *rx, struct csrv_xprt *xprt, int home, work_func_t work)
{
	u32 i;

	rx->xprt = xprt;
	rx->home = home;
	rx->cpu = home;
	rx->long_cpu = home;
	spin_lock_init(&rx->lock);
	for (i = 0; i < ARRAY_SIZE(rx->worker); i++) {
		rx->worker[i].rx = rx;
		INIT_WORK(&rx->worker[i].work, work);
	}
}
