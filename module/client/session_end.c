// SPDX-License-Identifier: GPL-2.0-or-later
/* client/session_end.c - how a session ends */
#include "../base/fault.h"
#include "../core/server.h"
#include "../policy/access.h"
#include "../policy/share.h"
#include "../store/open.h"
#include "conn.h"
#include "session.h"
#include "session_end.h"
#include "tree.h"

/*
 * The second half: takes as long as the file systems take.  So other ends of the same user may
 * wait behind it (ends.c); no other user's request waits for what it does.
 */
void csrv_session_finish(struct csrv_end *end)
{
	struct csrv_session *s = container_of(end, struct csrv_session, end);

	csrv_opens_finish(s, &s->left);
	csrv_session_left(s);	/* the one that it had while DEAD */
}

/*
 * The first half, in a worker: to cancel the waiting requests may take a file's mutex, and a
 * session may have many opens.  Enters no file system.  Holds no lock.
 */
void csrv_session_leave(struct work_struct *work)
{
	struct csrv_session *s = container_of(work, struct csrv_session, leave);
	const struct csrv_ending e = { .session = s };
	struct csrv_channel *ch;

	csrv_fault_delay(CSRV_FAULT_SESSION_END);
	csrv_session_cancel(&e);
	while ((ch = csrv_channel_pop(s))) {
		if (csrv_channel_unlink_conn(ch))
			csrv_channel_set_dead(ch->conn, ch);	/* the table's reference */
		csrv_channel_put(ch);
	}
	csrv_trees_leave_all(s, s->keep);
	if (s->account)		/* the session is DEAD: the account does not change any more */
		csrv_end_queue(&s->end, s->account->identity, s->srv->end_wq);
	else
		csrv_session_finish(&s->end);
}

/* The session is DEAD, by the caller: so its identity does not change any more. */
void csrv_session_let_go(struct csrv_session *s)
{
	/* session_ended(), which cancels it, has a reference */
	queue_delayed_work(s->srv->net_wq, &s->end_late, CSRV_END_SECS * HZ);
	if (s->account)
		queue_work(s->srv->cancel_wq, &s->leave);
	else
		csrv_session_leave(&s->leave);	/* no user has logged on: nothing is open */
}

static bool session_die(struct csrv_session *s, bool keep)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = csrv_session_die_locked(s, keep);
	mutex_unlock(&s->lock);
	if (mine)
		csrv_session_let_go(s);
	return mine;
}

/**
 * csrv_session_end() - end a session: revocation, an administrator, a failed re-authentication
 * @s: the session; the caller holds a reference
 *
 * Requests that wait on it are ended and its opens closed in workers; requests that run finish with
 * the references that they hold.  The gate refuses new ones by the state.
 * Takes session->lock.  Waits for no file system, so it may be called from anywhere that may
 * sleep.  The session can be looked up until its opens are closed, so that a later request can wait
 * for that too (csrv_session_end_wait()).
 * Return: false if it had ended before.
 */
bool csrv_session_end(struct csrv_session *s)
{
	return session_die(s, false);
}

/**
 * csrv_session_lose() - end a session whose client may come back: logoff, PreviousSessionId
 * @s: the session; the caller holds a reference
 *
 * As csrv_session_end(), but for durable opens: they wait for the client, as those of a session
 * that has lost its last channel do.  [MS-SMB2] 3.3.5.5.3; 3.3.5.6 does not say it, but clients
 * find them so on Windows.
 */
void csrv_session_lose(struct csrv_session *s)
{
	session_die(s, true);
}

/* A connection has closed: end its channels, and the sessions that have no other channel. */
void csrv_channels_drop_conn(struct csrv_conn *conn)
{
	struct csrv_session *s;
	struct csrv_channel *ch;
	bool last, listed;

	csrv_channel_set_dead(conn, NULL);
	while ((ch = csrv_table_pop(&conn->channels))) {
		s = ch->session;
		mutex_lock(&s->lock);
		listed = ch->listed;
		if (listed) {
			list_del_init(&ch->node);
			ch->listed = false;
			s->nchannels--;
		}
		/* Under the same lock: a binding is refused after this, or has come before. */
		last = listed && !s->nchannels && csrv_session_die_locked(s, true);
		mutex_unlock(&s->lock);
		if (last)
			csrv_session_let_go(s);
		if (listed)
			csrv_channel_put(ch);
		csrv_channel_put(ch);
	}
}

void csrv_sessions_end_all(struct csrv_server *srv)
{
	struct csrv_session *s;
	unsigned long index = 0;

	while ((s = csrv_session_next(srv, &index))) {
		csrv_session_end(s);
		csrv_session_put(s);
	}
}

static void session_recheck(struct csrv_session *s)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = s->identity && !csrv_server_admits_kind(s->srv, s->identity) &&
	       csrv_session_die_locked(s, false);
	mutex_unlock(&s->lock);
	if (mine)
		csrv_session_let_go(s);
}

/**
 * csrv_sessions_recheck() - guests, or anonymous users, are not admitted any more
 * @srv: the server; it has its new parameters, which concurrent logons see
 *
 * Their sessions are DEAD when this returns: such a user must not keep a session, and reach shares
 * that are later opened to all users of the server.  Takes session->lock of one after the other.
 */
void csrv_sessions_recheck(struct csrv_server *srv)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_recheck(s);
}
