// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/note.c - small messages that are no reply: the interim one, [MS-SMB2] 3.3.4.2,
 * and those that nobody asked for, 3.3.4.6
 */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../core/server.h"
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
 * A message to @conn that is to be filled.  @in_request: a request of @conn sends it, and keeps it
 * from ending.  Until it is sent or freed it counts as a request: the connection's end waits for
 * it.  NULL without memory, or if the connection ends.
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

/* It is not the caller's any more.  What csrv_xprt_ops.send() returns. */
static u64 note_send(struct csrv_note *note)
{
	struct csrv_xprt *xprt = note->conn->xprt;

	note->out.done = note_sent;
	return xprt->ops->send(xprt, &note->out);
}

/* csrv_server_events.send_break */
int csrv_send_break(struct csrv_channel *ch, const struct csrv_open *o, u8 to, u64 *end)
{
	struct csrv_note *note = note_alloc(ch->conn, false);
	int err;

	if (!note)
		return -ENOTCONN;
	err = ch->conn->fe->notify_break(ch, o, to, note);
	if (err) {
		note_free(note);
		return err;
	}
	*end = note_send(note);
	/* If the connection has ended @note is gone with all that waited there. */
	return *end == U64_MAX ? -ENOTCONN : 0;
}

/* The client is told that @req waits, and may cancel it by @req->async_id.  0 or an errno. */
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
