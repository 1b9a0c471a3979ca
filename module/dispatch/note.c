// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/note.c - small messages that are no reply: the interim one, [MS-SMB2] 3.3.4.2,
 * and notifications, 3.3.4.6
 */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../model/break.h"
#include "../model/server.h"
#include "frontend.h"
#include "req.h"

static void note_free(struct csrv_note *note)
{
	struct csrv_conn *conn = note->conn;

	kfree(note);
	csrv_conn_req_done(conn, 0);
	csrv_conn_put(conn);
}

static void note_sent(struct csrv_out *out)
{
	note_free(container_of(out, struct csrv_note, out));
}

/*
 * An empty message to @conn.  @in_request: a request of @conn sends it, and keeps @conn from
 * ending.  The message counts as a request until it has been sent or freed, and the connection's
 * end waits for it.  NULL without memory, or if the connection ends.
 */
static struct csrv_note *note_alloc(struct csrv_conn *conn, bool in_request)
{
	struct csrv_note *note = kzalloc(sizeof(*note), GFP_KERNEL);
	bool ok;

	if (!note)
		return NULL;
	/* conn_end_run() looks at nreqs after the state has changed. */
	spin_lock(&conn->lock);
	ok = in_request || conn->state == CSRV_CONN_NEGOTIATED;
	if (ok)
		atomic_inc(&conn->nreqs);
	spin_unlock(&conn->lock);
	if (!ok) {
		kfree(note);
		return NULL;
	}
	note->conn = csrv_conn_get(conn);
	return note;
}

/* @note is not the caller's any more.  Returns the same as csrv_xprt_ops.send(). */
static u64 note_send(struct csrv_note *note)
{
	struct csrv_xprt *xprt = note->conn->xprt;

	note->out.done = note_sent;
	return xprt->ops->send(xprt, &note->out);
}

static int tell_on(struct csrv_channel *ch, const struct csrv_open *o, u8 to,
		   struct csrv_told *told)
{
	struct csrv_note *note = note_alloc(ch->conn, false);
	int err;

	if (!note)
		return -ENOTCONN;
	told->channel = ch->number;
	told->acked = ch->conn->xprt->ops->acked(ch->conn->xprt);
	err = ch->conn->fe->notify_break(ch, o, to, note);
	if (err) {
		note_free(note);
		return err;
	}
	told->end = note_send(note);
	/* The transport has freed @note if the connection has ended. */
	return told->end == U64_MAX ? -ENOTCONN : 0;
}

/*
 * The channel to try after number @at, 0: the first.  That is the CREATE's: its reply and the
 * notification are in order there, and a client that does not know the FileId yet ignores it.
 * Then all others.
 */
static struct csrv_channel *channel_next(struct csrv_session *s, u64 home, u64 at)
{
	struct csrv_channel *ch;

	if (!at && home) {
		ch = csrv_channel_after(s, home - 1);
		if (ch && ch->number == home)
			return ch;
		csrv_channel_put(ch);
	}
	ch = csrv_channel_after(s, at == home ? 0 : at);
	if (!ch || ch->number != home)
		return ch;
	csrv_channel_put(ch);
	return csrv_channel_after(s, home);
}

/* csrv_server_events.tell_break: over whichever channel takes it, [MS-SMB2] 3.3.4.1.6 */
int csrv_tell_break(struct csrv_session *s, const struct csrv_open *o, u8 to,
		    struct csrv_told *told)
{
	struct csrv_channel *ch;
	u64 at = told->channel;
	int err = -ENOTCONN;

	while (err && (ch = channel_next(s, o->home, at))) {
		at = ch->number;
		err = tell_on(ch, o, to, told);
		csrv_channel_put(ch);
		csrv_fault_delay(CSRV_FAULT_TELL_BREAK);
	}
	return err;
}

/**
 * csrv_send_interim() - notify the client that a request waits, and may be cancelled
 * @req: has an async_id
 *
 * Return: 0 or an errno.
 */
int csrv_send_interim(struct csrv_req *req)
{
	struct csrv_note *note = note_alloc(req->conn, true);
	int err;

	if (!note)
		return -ENOMEM;
	err = req->conn->fe->interim(req, note);
	if (err)
		note_free(note);
	else
		note_send(note);
	return err;
}
