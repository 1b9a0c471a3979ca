// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/note.c - small messages that are no reply: the interim one, [MS-SMB2] 3.3.4.2,
 * and those that nobody asked for, 3.3.4.6
 */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../model/break.h"
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

	csrv_out_init(&note->out, note->buf, len, NULL, 0);
	err = seal ? csrv_seal_message(seal, note->head, &note->out) : 0;
	if (err)
		return err;
	note->out.done = note_sent;
	sent = xprt->ops->send(xprt, &note->out);
	if (end)
		*end = sent;
	return 0;
}

static int tell_on(struct csrv_channel *ch, const struct csrv_open *o, u8 to,
		   struct csrv_told *told)
{
	struct csrv_session *s = ch->session;
	const struct csrv_frontend *fe = ch->conn->fe;
	struct csrv_note *note = csrv_note_alloc(ch->conn, false);
	struct wire_out out;
	int err;

	if (!note)
		return -ENOTCONN;
	told->channel = ch->number;
	told->acked = ch->conn->xprt->ops->acked(ch->conn->xprt);
	out = wire_out(note->buf, sizeof(note->buf));
	fe->put_break(&out, o, to);
	/* [MS-SMB2] 3.3.4.1.4; never signed: 3.3.4.6 */
	err = csrv_note_send(note, wire_out_len(&out),
			     s->seal_out && (s->encrypt || o->rights->encrypt) ? s : NULL,
			     &told->end);
	if (err)
		csrv_note_free(note);
	else if (told->end == U64_MAX)
		err = -ENOTCONN;	/* @note is gone with all that waited there */
	return err;
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

/*
 * Never signed, [MS-SMB2] 3.3.4.1.1: its MessageId is the final reply's, and AES-GMAC must
 * not sign two messages under one.
 */
static u32 interim_fill(struct csrv_req *req, struct csrv_note *note)
{
	struct wire_out head = wire_out(note->buf, sizeof(note->buf)), body = head;
	u16 credits = csrv_reply_credits(req);

	req->interim_credits = true;	/* [MS-SMB2] 3.3.4.2: the final reply grants none */
	req->owed_credits = credits;
	req->conn->fe->put_header(req, &head, NT_PENDING, credits);
	body.pos += req->conn->fe->header_len;
	req->error_len = 0;
	req->error_context = false;
	req->conn->fe->put_error(req, &body);
	return wire_out_len(&body);
}

/* [MS-SMB2] 3.3.4.2: STATUS_PENDING, with the AsyncId.  0 or an errno. */
int csrv_send_interim(struct csrv_req *req)
{
	struct csrv_note *note = csrv_note_alloc(req->conn, true);
	int err;

	if (!note)
		return -ENOMEM;
	err = csrv_note_send(note, interim_fill(req, note),
			     req->sealed ? req->seal_session : NULL, NULL);
	if (err)
		csrv_note_free(note);
	else
		req->owed_credits = 0;
	return err;
}
