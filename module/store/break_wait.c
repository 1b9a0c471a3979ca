// SPDX-License-Identifier: GPL-2.0-or-later
/* store/break_wait.c - requests that wait until other clients have given up caching */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/workqueue.h>

#include "../core/quota.h"
#include "../core/server.h"
#include "../core/wait.h"
#include "break_wait.h"
#include "caching.h"
#include "stream.h"

/* The default of fs.lease-break-time is 45 seconds. */
#define LEASE_SECS	60
#define LEASE_FIRST	max(HZ / 100, 1)
#define LEASE_MOST	(HZ / 2)

/* A process of this machine has been asked for its lease: look whether it has given it up. */
static void lease_poll(struct work_struct *work)
{
	struct csrv_break_waiter *w = container_of(to_delayed_work(work),
						   struct csrv_break_waiter, poll);

	csrv_wait_complete(w->wait, NT_OK);
}

/**
 * csrv_break_wait_first() - a command begins that may wait for breaks
 * @w: embedded in the command's request
 */
void csrv_break_wait_first(struct csrv_break_waiter *w)
{
	w->delay = 0;
}

/**
 * csrv_break_wait_init() - before the request parks, so that a CANCEL finds it complete
 * @w: embedded in the request
 * @wait: of the request
 * @stream: a reference, which is taken over, or NULL
 * @payer: the account of the request's tree
 * @key: of the lease through which it acts, copied; or NULL
 *
 * A CREATE has given back what its open was charged with: it keeps that place while it waits.
 * Called without file->lock: a reference of @stream may be put.
 * Return: NT_OK, and csrv_break_wait_done() follows; NT_INSUFFICIENT_RESOURCES, and nothing does.
 */
nt_status_t csrv_break_wait_init(struct csrv_break_waiter *w, struct csrv_wait *wait,
				 struct csrv_stream *stream, struct csrv_account *payer,
				 const struct csrv_cache_key *key)
{
	INIT_LIST_HEAD(&w->node);
	w->keyed = key;
	if (key)
		w->key = *key;
	INIT_DELAYED_WORK(&w->poll, lease_poll);
	w->wait = wait;
	w->cancelled = false;
	w->stream = NULL;
	if (!stream)
		return NT_OK;
	if (csrv_quota_take(payer, CSRV_QUOTA_OPEN, 1)) {
		csrv_stream_put(stream);
		return NT_INSUFFICIENT_RESOURCES;
	}
	w->payer = csrv_account_get(payer);
	w->stream = stream;
	return NT_OK;
}

/**
 * csrv_break_must_wait_locked() - is there a break that a request waits for
 * @w: embedded in the request
 *
 * Not for one of its own lease: clients do not answer that before their request is answered.
 * file->lock is held.
 * Return: true if it must wait.
 */
bool csrv_break_must_wait_locked(const struct csrv_break_waiter *w)
{
	const struct csrv_cache by = { .key = w->keyed ? &w->key : NULL };

	lockdep_assert_held(&w->stream->file->lock);
	return csrv_cache_waits(&w->stream->caches, &by);
}

/**
 * csrv_break_wait() - wait until no holder has to acknowledge
 * @w: embedded in the request; its wait has been armed
 *
 * Takes file->lock.
 * Return: NT_OK: there is nothing to wait for (the wait is still armed); NT_PENDING: it
 * completes later, or has already; NT_CANCELLED.
 */
nt_status_t csrv_break_wait(struct csrv_break_waiter *w)
{
	struct csrv_stream *stream = w->stream;
	nt_status_t status = NT_OK;

	kref_get(&stream->ref);	/* once queued, @w can be freed before the unlock is over */
	mutex_lock(&stream->file->lock);
	if (w->cancelled) {
		status = NT_CANCELLED;
	} else if (csrv_break_must_wait_locked(w)) {
		list_add_tail(&w->node, &stream->break_waiters);
		status = NT_PENDING;
	}
	mutex_unlock(&stream->file->lock);
	csrv_stream_put(stream);
	return status;
}

/**
 * csrv_break_wait_lease() - wait until a lease of this machine may be given up
 * @w: embedded in the request; its wait has been armed, and the caller holds it
 * @srv: the server
 *
 * The kernel notifies only its holder that a lease is to be given up, and takes it away after
 * fs.lease-break-time; so this looks again, less and less often.
 * Takes no lock.
 * Return: NT_OK: the wait completes later, or has already; NT_SHARING_VIOLATION: it has taken
 * too long.
 */
nt_status_t csrv_break_wait_lease(struct csrv_break_waiter *w, struct csrv_server *srv)
{
	if (!w->delay) {
		w->delay = LEASE_FIRST;
		w->poll_until = jiffies + LEASE_SECS * HZ;
	} else {
		w->delay = min_t(unsigned long, 2 * w->delay, LEASE_MOST);
	}
	if (time_after(jiffies, w->poll_until))
		return NT_SHARING_VIOLATION;
	queue_delayed_work(srv->net_wq, &w->poll, w->delay);
	return NT_OK;
}

/**
 * csrv_break_wait_cancel() - end a wait that has begun, or is about to begin
 * @w: embedded in the request, of which the caller holds a reference
 * @status: the status it ends with
 *
 * Takes file->lock.
 */
void csrv_break_wait_cancel(struct csrv_break_waiter *w, nt_status_t status)
{
	struct csrv_stream *stream = w->stream;

	if (!stream) {
		/* Not queued yet: csrv_req_asked() comes again.  Running: it ends anyway. */
		if (cancel_delayed_work(&w->poll))
			csrv_wait_complete(w->wait, status);
		return;
	}
	mutex_lock(&stream->file->lock);
	w->cancelled = true;
	if (!list_empty(&w->node)) {
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, status);
	}
	mutex_unlock(&stream->file->lock);
}

/**
 * csrv_break_wait_done() - the request continues
 * @w: embedded in it
 *
 * Sleeps until a poll that is running is over; takes file->lock with the last reference of its
 * stream, and enters no file system.
 */
void csrv_break_wait_done(struct csrv_break_waiter *w)
{
	cancel_delayed_work_sync(&w->poll);	/* at most until its csrv_wait_complete() returns */
	if (w->stream)	/* may run where logons are: csrv_worker_void() */
		csrv_stream_put_later(w->stream, w->payer, CSRV_QUOTA_OPEN);
	w->stream = NULL;
}
