// SPDX-License-Identifier: GPL-2.0-or-later
/* core/ends.c - ends that may have to wait for a file system */
#include <linux/jiffies.h>

#include "../base/objects.h"
#include "ends.h"
#include "server.h"

/* Ends of one kind that one identity has under way. */
#define ENDS_AT_A_TIME		4

/* ---- sessions and connections ---- */

static struct csrv_ends *ends_of(const struct csrv_end *end)
{
	return &end->of->ends[end->kind];
}

/* One end of @ends is over: the next one of them begins. */
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
	end->hurried = false;		/* of an earlier end of the same object */
	end->kind = kind;
	end->run = run;
}

/**
 * csrv_end_queue() - end an object, in a worker, when its identity has one to spare
 * @end: csrv_end_init(); once
 * @of: the identity, or the host where there is none yet: a reference is taken
 * @wq: of this kind of end alone
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
	smp_wmb();	/* what it is, and then that it is listed: csrv_end_hurry() */
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

/* Off the list of those that stand.  False: it has not stood, or does not any more. */
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
 * csrv_end_hurry() - what an end might have waited for is over
 * @end: queued, or about to be; the caller keeps it and its identity alive
 *
 * If it stands behind others it runs now, whatever those wait for: it will take no time.
 * The code that queues it calls this afterwards if there is nothing to wait for; the code that
 * ends the last thing calls it then; and both have a full barrier before they look.
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
 * csrv_end_take() - do oneself what a queued end would
 * @end: queued; the caller keeps it alive, and its identity by another reference
 *
 * Does not sleep; takes the lock of the identity's ends of this kind.
 * Return: it stood behind others and never runs: what it would have done is the caller's.  Else it
 * runs, or has.
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

/* How long a revocation is waited for; and how long while an earlier one takes longer. */
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
 * @r: of what is marked: no request can use it any more.  One reference of it becomes the
 *	worker's, one stays the caller's
 *
 * Waits for that, because an administrator may want to unmount what was shared.  But not for
 * ever: the caller holds a mutex of configfs, and may be the daemon, which answers no logon
 * meanwhile.  Where one file system stands still, those that are revoked after that are
 * hardly waited for, so the caller does not wait once for each of them.
 * Return: all is closed.  Else it will be when the file system continues.
 */
bool csrv_revoke(struct csrv_revocation *r)
{
	struct csrv_server *srv = r->srv;
	unsigned long patience = atomic_read(&srv->nlate) ? REVOKE_IMPATIENCE : REVOKE_PATIENCE;

	queue_work(srv->revoke_wq, &r->work);
	if (wait_for_completion_timeout(&r->over, patience))
		return true;
	atomic_inc(&srv->nlate);	/* before the worker can take that back */
	if (atomic_cmpxchg(&r->state, REVOCATION_RUNS, REVOCATION_LATE) == REVOCATION_RUNS)
		return false;
	atomic_dec(&srv->nlate);
	return true;
}
