/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport/rx_sched.h - private to the room: which worker reads a connection
 *
 * An idle connection has no thread.  Its transport calls csrv_rx_kick() when something has
 * arrived, and one of two work items becomes the rx_owner: it alone reads.  Both are of the CPU
 * that is the connection's home, another one than where its packets come in, so that both CPUs
 * work side by side while it is busy.  The rx_owner reads message after message.  What can be done
 * at once it does.  For the rest:
 *  - short work it does itself, when it has passed the reading on: to the other work item if more
 *    waits, else to whichever is idle when some comes.  Both items are of one CPU, so the other
 *    one runs when this one has finished, without a wake-up, or as soon as it sleeps: work that
 *    waits delays nothing, and work that does not costs no context switch;
 *  - long work, and short work while the other item executes, is queued to another worker, round
 *    the CPUs of the node.
 * Never do both work items execute, so there is always one to read.
 */
#ifndef CIFSSRV_TRANSPORT_RX_SCHED_H
#define CIFSSRV_TRANSPORT_RX_SCHED_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "transport.h"

struct csrv_rx;

/* Messages received in one run of a work item: its CPU is home to other connections too. */
#define CSRV_RX_TURN		32

/**
 * struct csrv_rx_worker - one of a connection's two work items
 * @work: of wqs.rx
 * @rx: of the connection
 * @busy: queued or running; under its lock
 */
struct csrv_rx_worker {
	struct work_struct	work;
	struct csrv_rx		*rx;
	bool			busy;
};

/**
 * struct csrv_rx - who reads a connection, and where
 * @xprt: the connection
 * @lock: see its members; with irqs off
 * @rx_owner: the worker that reads, or NULL
 * @paused: the connection's owner has no room, until csrv_rx_resume()
 * @stopped: no worker reads any more
 * @worker: those that may read
 * @starved: of the rx_owner, like the next two: it has released the reading, or is about to,
 *	for want of room
 * @later: the message for which there was no room when it was whole
 * @begun: jiffies when a message began to arrive, or the time for it began anew; 0: none does
 * @home: the CPU to work on; constant
 * @cpu: of both workers: @home, or that of the packets
 * @long_cpu: of the last long work
 *
 * Embedded in a transport's connection.
 */
struct csrv_rx {
	struct csrv_xprt	*xprt;
	spinlock_t		lock;	/* guards the next three, and worker[].busy */
	struct csrv_rx_worker	*rx_owner __guarded_by(&lock);
	bool			paused __guarded_by(&lock);
	bool			stopped __guarded_by(&lock);
	struct csrv_rx_worker	worker[2];

	bool			starved;
	struct csrv_msg		*later;
	unsigned long		begun;
	int			home;
	int			cpu;
	int			long_cpu;
};

/**
 * struct csrv_rx_ops - what is a transport's own in reading, for the rx_owner
 * @read: until a message is whole: 0 and the message, or NULL for something that is none and
 *	counts as a turn; -EAGAIN when there is nothing to read, or csrv_rx_place() says so; other
 *	errors for good
 * @set_lowat: csrv_rx_kick() is called from now on when @ready becomes true
 * @ready: is there something for which csrv_rx_kick() would be called?  A level, looked at now,
 *	without side effects, by any worker, also one that has given up the reading: what a kick
 *	was called for that found an rx_owner has to show here until it is read
 * @failed: @read has failed for good, and no worker reads again
 */
struct csrv_rx_ops {
	int (*read)(struct csrv_rx *rx, struct csrv_msg **msg);
	void (*set_lowat)(struct csrv_rx *rx);
	bool (*ready)(struct csrv_rx *rx);
	void (*failed)(struct csrv_rx *rx);
};

void csrv_rx_init(struct csrv_rx *rx, struct csrv_xprt *xprt, int home, work_func_t work);
void csrv_rx_kick(struct csrv_rx *rx);
int csrv_rx_place(struct csrv_rx *rx, struct csrv_msg *msg);
void csrv_rx_resume(struct csrv_rx *rx);
bool csrv_rx_stalled(struct csrv_rx *rx, unsigned long since);
void csrv_rx_stop(struct csrv_rx *rx);

/* of csrv_rx_run() */
enum csrv_msg_work csrv_rx_receive(struct csrv_rx *rx, struct csrv_msg *msg);
bool csrv_rx_disown(struct csrv_rx_worker *w);
bool csrv_rx_own(struct csrv_rx_worker *w);
bool csrv_rx_own_other(struct csrv_rx *rx, bool ready);
void csrv_rx_queue_long(struct csrv_rx *rx, struct csrv_msg *msg);
void csrv_rx_again(struct csrv_rx_worker *w);
void csrv_rx_finished(struct csrv_rx_worker *w);

/* cpu.c */
int csrv_cpu_next(int of, int after, int but);

/* For the rx_owner: a message has begun to arrive, or none has any more. */
static inline void csrv_rx_begun(struct csrv_rx *rx, bool begun)
{
	WRITE_ONCE(rx->begun, begun ? jiffies | 1 : 0);
}

/* Does a worker of the connection wait for this CPU?  A hint. */
static inline bool csrv_rx_waits_here(const struct csrv_rx *rx)
{
	return READ_ONCE(rx->cpu) == raw_smp_processor_id() &&
	       (work_pending(&rx->worker[0].work) || work_pending(&rx->worker[1].work));
}

/*
 * The rx_owner found nothing to read, or no room.  True: it is the rx_owner no more.
 *
 * What brings data, ends the connection or makes room takes the lock afterwards, in csrv_rx_kick()
 * or csrv_rx_resume().  Either it has left it before, then what it did is seen here; or it comes
 * later, then it finds no rx_owner.
 */
static __always_inline bool rx_release(struct csrv_rx_worker *w, const struct csrv_rx_ops *ops)
{
	ops->set_lowat(w->rx);
	if (!csrv_rx_disown(w))
		return false;
	return !ops->ready(w->rx) || !csrv_rx_own(w);
}

/* The rx_owner wants to execute.  False: it has to keep reading. */
static __always_inline bool rx_pass(struct csrv_rx *rx, const struct csrv_rx_ops *ops)
{
	bool ready;

	ops->set_lowat(rx);
	ready = ops->ready(rx);
	if (!csrv_rx_own_other(rx, ready))
		return false;
	if (!ready && ops->ready(rx))	/* as in rx_release() */
		csrv_rx_kick(rx);
	return true;
}

/**
 * csrv_rx_run() - what the work function of a transport's csrv_rx_worker does
 * @work: of the worker
 * @ops: constant where it is called: then all of it is inlined, and costs no indirect call
 */
static __always_inline void csrv_rx_run(struct work_struct *work, const struct csrv_rx_ops *ops)
{
	struct csrv_rx_worker *w = container_of(work, struct csrv_rx_worker, work);
	struct csrv_rx *rx = w->rx;
	enum csrv_msg_work todo;
	struct csrv_msg *msg;
	int err, i;

	for (i = 0; i < CSRV_RX_TURN; i++) {
		if (READ_ONCE(rx->stopped))
			return;		/* there is an rx_owner for good, which does not read */
		msg = rx->later;
		err = msg ? 0 : ops->read(rx, &msg);
		todo = !err && msg ? csrv_rx_receive(rx, msg) : CSRV_MSG_DONE;
		if (err == -EAGAIN || todo == CSRV_MSG_LATER) {
			if (rx_release(w, ops))
				return;
			continue;
		}
		if (err) {
			ops->failed(rx);	/* likewise: no worker reads again */
			return;
		}
		if (todo == CSRV_MSG_DONE)
			continue;
		if (todo == CSRV_MSG_LONG || !rx_pass(rx, ops)) {
			csrv_rx_queue_long(rx, msg);
			continue;
		}
		rx->xprt->events->execute(msg);
		csrv_rx_finished(w);
		return;
	}
	csrv_rx_again(w);
}

#endif /* CIFSSRV_TRANSPORT_RX_SCHED_H */
