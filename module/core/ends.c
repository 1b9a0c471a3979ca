// SPDX-License-Identifier: GPL-2.0-or-later
/* core/ends.c - ends that may have to wait for a file system */
#include <linux/jiffies.h>

#include "../base/objects.h"
#include "ends.h"
#include "server.h"

/* The most ends of one kind that run for one identity at a time. */
#define ENDS_AT_A_TIME		4

/* ---- sessions and connections ---- */

static struct csrv_ends *ends_of(const struct csrv_end *end)
{
	return &end->of->ends[end->kind];
}

/* An end of @ends is over: start the next one. */
static void ends_next(struct csrv_ends *ends)
{
	struct csrv_end *next;

	spin_lock(&ends->lock);
	next = list_first_entry_or_null(&ends->queue, struct csrv_end, node);
	if (next)
		list_del_init(&next->node);
	else
		ends->running--;
	spin_unlock(&ends->lock);
	if (next)
		queue_work(next->wq, &next->work);
}

static void end_work(struct work_struct *work)
{
	struct csrv_end *end = container_of(work, struct csrv_end, work);
	struct csrv_ends *ends = ends_of(end);
	struct csrv_account *of = end->of;
	bool counted = !end->hurried;

	end->run(end);
	if (counted)
		ends_next(ends);
	csrv_account_put(of);
	csrv_object_destroyed(CSRV_OBJ_END);
}

void csrv_end_init(struct csrv_end *end, enum csrv_end_kind kind,
		   void (*run)(struct csrv_end *end))
{
	INIT_WORK(&end->work, end_work);
	INIT_LIST_HEAD(&end->node);
	end->hurried = false;		/* it may be left from an earlier end of the same object */
	end->kind = kind;
	end->run = run;
}

/**
 * csrv_end_queue() - end an object in a worker, when few enough ends of its identity run
 * @end: csrv_end_init(); queued once
 * @of: the identity, or the host of an object without one: a reference is taken
 * @wq: only ends of this kind run there
 *
 * Does not sleep; takes the lock of @of's ends of this kind.
 */
void csrv_end_queue(struct csrv_end *end, struct csrv_account *of, struct workqueue_struct *wq)
{
	struct csrv_ends *ends;
	bool now;

	csrv_object_created(CSRV_OBJ_END);
	end->of = csrv_account_get(of);
	end->wq = wq;
	ends = ends_of(end);
	smp_wmb();	/* @of before @node: csrv_end_hurry() */
	spin_lock(&ends->lock);
	now = ends->running < ENDS_AT_A_TIME;
	if (now)
		ends->running++;
	else
		list_add_tail(&end->node, &ends->queue);
	spin_unlock(&ends->lock);
	if (now)
		queue_work(wq, &end->work);
}

/* Take @end off its identity's list.  False: it was not listed, or has left the list. */
static bool end_unlist(struct csrv_end *end)
{
	struct csrv_ends *ends;
	bool stood;

	if (list_empty_careful(&end->node))
		return false;
	smp_rmb();	/* pairs with the one in csrv_end_queue() */
	ends = ends_of(end);
	spin_lock(&ends->lock);
	stood = !list_empty(&end->node);
	if (stood)
		list_del_init(&end->node);
	spin_unlock(&ends->lock);
	return stood;
}

/**
 * csrv_end_hurry() - an end has nothing left to wait for
 * @end: queued, or about to be; the caller keeps it and its identity alive
 *
 * If it is listed behind others it runs now, whatever those wait for: it will not take long.
 * The code that queues @end calls this afterwards if there is nothing to wait for; the code that
 * removes the last thing to wait for calls it then; both have a full barrier before they look.
 * Does not sleep; takes the lock of the identity's ends of this kind.
 */
void csrv_end_hurry(struct csrv_end *end)
{
	if (!end_unlist(end))
		return;
	end->hurried = true;
	queue_work(end->wq, &end->work);
}

/**
 * csrv_end_take() - unlist a queued end, so that the caller does its work
 * @end: queued; the caller keeps it alive, and its identity by another reference
 *
 * Does not sleep; takes the lock of the identity's ends of this kind.
 * Return: true: @end was listed behind others and never runs, its work is the caller's; false: it
 * runs, or has run.
 */
bool csrv_end_take(struct csrv_end *end)
{
	if (!end_unlist(end))
		return false;
	csrv_account_put(end->of);
	csrv_object_destroyed(CSRV_OBJ_END);
	return true;
}

/* ---- shares and accounts ---- */

/* How long csrv_revoke() waits; and how long while an earlier revocation has not ended. */
#define REVOKE_PATIENCE		(10 * HZ)
#define REVOKE_IMPATIENCE	(HZ / 10)

enum revocation_state {
	REVOCATION_RUNS,
	REVOCATION_LATE,	/* counted in srv->nlate */
	REVOCATION_OVER,
};

static void revocation_work(struct work_struct *work)
{
	struct csrv_revocation *r = container_of(work, struct csrv_revocation, work);

	r->close(r);
	if (atomic_xchg(&r->state, REVOCATION_OVER) == REVOCATION_LATE)
		atomic_dec(&r->srv->nlate);
	complete_all(&r->over);
	r->put(r);
}

void csrv_revocation_init(struct csrv_revocation *r, struct csrv_server *srv,
			  void (*close)(struct csrv_revocation *r),
			  void (*put)(struct csrv_revocation *r))
{
	r->srv = srv;
	INIT_WORK(&r->work, revocation_work);
	init_completion(&r->over);
	atomic_set(&r->state, REVOCATION_RUNS);
	r->close = close;
	r->put = put;
}

/**
 * csrv_revoke() - close what a share or an account has open
 * @r: of a share or an account that is marked: no request can use it any more.  One reference
 *	becomes the worker's, one stays the caller's
 *
 * Waits for that, because an administrator may want to unmount what was shared.  The wait is
 * bounded: the caller holds a mutex of configfs, and may be the daemon, which answers no logon
 * meanwhile.  While one file system hangs, further revocations are hardly waited for, so that a
 * caller with many of them does not wait the full time for each.
 * Return: true: all is closed; false: it will be closed when the file system continues.
 */
bool csrv_revoke(struct csrv_revocation *r)
{
	struct csrv_server *srv = r->srv;
	unsigned long patience = atomic_read(&srv->nlate) ? REVOKE_IMPATIENCE : REVOKE_PATIENCE;

	queue_work(srv->revoke_wq, &r->work);
	if (wait_for_completion_timeout(&r->over, patience))
		return true;
	atomic_inc(&srv->nlate);	/* before the worker can decrement it */
	if (atomic_cmpxchg(&r->state, REVOCATION_RUNS, REVOCATION_LATE) == REVOCATION_RUNS)
		return false;
	atomic_dec(&srv->nlate);
	return true;
}
