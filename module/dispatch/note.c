// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/note.c - small messages that are no reply: the interim one, [MS-SMB2] 3.3.4.2,
 * and those that nobody asked for, 3.3.4.6
 */
#include <linux/slab.h>

#include "../model/server.h"
#include "frontend.h"
#include "req.h"

static void note_sent(struct csrv_out *out)
{
	csrv_note_free(container_of(out, struct csrv_note, out));
}

/**
 * csrv_note_alloc() - a message to be filled
 * @conn: where to
 * @in_request: a request of @conn sends it, and keeps it from ending
 *
 * Until it is sent or freed it counts as a request: the connection's end waits for it.
 * Return: NULL without memory, or if the connection ends.
 */
struct csrv_note *csrv_note_alloc(struct csrv_conn *conn, bool in_request)
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

void csrv_note_free(struct csrv_note *note)
{
	struct csrv_conn *conn = note->conn;

	kfree(note);
	csrv_conn_req_done(conn, 0);
	csrv_conn_put(conn);
}

/**
 * csrv_note_send() - send what stands in @note->buf
 * @note: the caller's no more when this succeeds
 * @len: bytes of it
 * @seal: encrypt with its keys; NULL: plain
 * @end: NULL, or set to what csrv_xprt_ops.send() returns
 *
 * Return: 0, or an errno and @note is still there.
 */
int csrv_note_send(struct csrv_note *note, u32 len, struct csrv_session *seal, u64 *end)
{
	struct csrv_xprt *xprt = note->conn->xprt;
	u64 sent;
	int err;

	note->kv[1].iov_base = note->buf;
	note->kv[1].iov_len = len;
	err = csrv_wrap(seal, note->prefix, note->kv, NULL, 0, &note->out.bytes);
	if (err)
		return err;
	note->out.done = note_sent;
	sent = xprt->ops->send(xprt, &note->out);
	if (end)
		*end = sent;
	return 0;
}

/* csrv_server_events.send_break */
int csrv_send_break(struct csrv_channel *ch, const struct csrv_open *o, u8 to, u64 *end)
{
	struct csrv_session *s = ch->session;
	const struct csrv_frontend *fe = csrv_dispatch_frontend();
	struct csrv_note *note = csrv_note_alloc(ch->conn, false);
	struct wire_out out;
	int err;

	if (!note)
		return -ENOTCONN;
	out = wire_out(note->buf, sizeof(note->buf));
	fe->put_break(&out, o, to);
	/* [MS-SMB2] 3.3.4.1.4; never signed: 3.3.4.6 */
	err = csrv_note_send(note, wire_out_len(&out),
			     s->seal_out && (s->encrypt || o->tree->encrypt) ? s : NULL, end);
	if (err)
		csrv_note_free(note);
	else if (*end == U64_MAX)
		err = -ENOTCONN;	/* @note is gone with all that waited there */
	return err;
}
