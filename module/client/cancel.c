// SPDX-License-Identifier: GPL-2.0-or-later
/* client/cancel.c - requests that wait, or stand, on what ends */
#include "../core/server.h"
#include "conn.h"
#include "session.h"
#include "standers.h"
#include "workers.h"

/**
 * csrv_standers_void() - something of a session has ended, and is marked
 * @s: the session
 *
 * Requests that stand for a worker, and on that, need none any more.  Takes session->stand_lock and
 * srv->workers.lock inside it.
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
 * csrv_session_cancel() - something of a session has ended: so do the requests that wait on it
 * @e: what; it is marked, so that no request parks on it after this has looked
 *
 * A message that stands for room is received once more: it looks whether it stands on what
 * has ended, and is answered then (rx_receive()).  One that stands for a worker needs none.
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
