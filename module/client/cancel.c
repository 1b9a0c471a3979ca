// SPDX-License-Identifier: GPL-2.0-or-later
/* client/cancel.c - end requests that wait or stand on an object that ends */
#include "../core/server.h"
#include "conn.h"
#include "session.h"
#include "standers.h"
#include "workers.h"

/**
 * csrv_standers_void() - an object of a session has ended, and is marked
 * @s: the session
 *
 * Requests that stand on the object for a worker run without one now.  Takes session->stand_lock
 * and srv->workers.lock inside it.
 */
void csrv_standers_void(struct csrv_session *s)
{
	struct csrv_job *job;

	spin_lock(&s->stand_lock);
	list_for_each_entry(job, &s->standing, in_session)
		if (csrv_stands_on_void(&job->on))
			csrv_worker_void(job);
	spin_unlock(&s->stand_lock);
}

/**
 * csrv_session_cancel() - end the requests that wait on an object of a session that has ended
 * @e: the object; it is marked, so that no request parks on it once this function has looked
 *
 * A message that stands for room is received once more: it checks whether its objects have
 * ended, and is answered then (rx_receive()).  One that stands for a worker runs without one.
 * Takes session->lock, session->stand_lock and, to cancel, the locks of connections and of what
 * their requests wait on (file->lock): the caller holds none of them.
 */
void csrv_session_cancel(const struct csrv_ending *e)
{
	struct csrv_channel *ch;
	u64 at = 0;

	while ((ch = csrv_channel_after(e->session, at))) {
		at = ch->number;
		e->session->srv->events->cancel_waiting(ch->conn, e);
		ch->conn->xprt->ops->resume(ch->conn->xprt);	/* what stands for room looks */
		csrv_channel_put(ch);
	}
	csrv_standers_void(e->session);
}
