// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/tx.c - replies: [MS-SMB2] 3.3.4.1
 *
 * The replies of a compound stand one behind the other in one buffer.  A reply is
 * signed when its length is final: when the next one begins, or at the end.
 */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/log.h"
#include "../compat/unaligned.h"
#include "../model/server.h"
#include "frontend.h"
#include "req.h"

static int sign_at(u8 *reply, const struct csrv_frontend *fe, struct csrv_bytes *msg,
		   struct csrv_sign_key *key, u64 mid)
{
	u8 sig[16];
	int err;

	fe->set_signed(reply);
	memset(reply + fe->sig_offset, 0, sizeof(sig));
	err = csrv_sign(key, msg, mid, CSRV_SIGN_SERVER, sig);
	if (!err)
		memcpy(reply + fe->sig_offset, sig, sizeof(sig));
	return err;
}

/* The latest reply has its final length: sign it. */
static void sign_last(struct csrv_req *req, bool with_pages)
{
	struct csrv_reply *r = &req->reply;
	struct csrv_bytes msg;
	struct kvec kv;

	if (!r->last_key)
		return;
	kv.iov_base = r->buf + r->last;
	kv.iov_len = r->len - r->last;
	csrv_bytes_init(&msg, &kv, 1, with_pages ? r->pages.bv : NULL,
			with_pages ? r->pages.nbv : 0);
	if (sign_at(kv.iov_base, req->conn->fe, &msg, r->last_key, r->last_mid))
		req->drop = true;	/* better no answer than one that nobody can trust */
	csrv_sign_key_put(r->last_key);
	r->last_key = NULL;
}

/* Room for @len more bytes; @must: for an error. */
static bool reply_room(struct csrv_req *req, u32 len, bool must)
{
	struct csrv_reply *r = &req->reply;
	bool grown = r->buf != r->inl;
	u32 need = r->len + len, cap = need, old = grown ? r->cap : 0;
	u8 *buf;

	if (need <= r->cap)
		return true;
	/* Many small replies of one compound: do not copy all of them for each. */
	if (grown)
		cap = max(need, r->cap + r->cap / 2);
	if (!csrv_budget_take(req, cap - old, must)) {
		cap = need;
		if (!csrv_budget_take(req, cap - old, must))
			return false;
	}
	buf = kvmalloc(cap, GFP_KERNEL);
	if (!buf) {
		csrv_budget_give(req, cap - old);
		return false;
	}
	memcpy(buf, r->buf, r->len);
	if (grown)
		kvfree(r->buf);
	r->buf = buf;
	r->cap = cap;
	return true;
}

static bool reply_begin(struct csrv_req *req, u32 body_max, bool must)
{
	const struct csrv_frontend *fe = req->conn->fe;
	struct csrv_reply *r = &req->reply;
	u32 pad = req->index ? -r->len & 7 : 0;

	if (!reply_room(req, pad + fe->header_len + body_max, must))
		return false;
	if (!r->len || r->last == r->len)
		return true;
	memset(r->buf + r->len, 0, pad);
	r->len += pad;
	fe->patch_next(r->buf + r->last, r->len - r->last);
	sign_last(req, false);
	r->last = r->len;
	return true;
}

/**
 * csrv_reply_prepare() - make room for the current command's reply
 * @req: stands at it
 * @body_max: most bytes behind the header
 *
 * Finishes the reply before it: pads it to 8 bytes, links it, signs it.  May be called
 * again with more.
 * Return: false without memory, or beyond the connection's budget.
 */
bool csrv_reply_prepare(struct csrv_req *req, u32 body_max)
{
	return reply_begin(req, body_max, false);
}

/* Where @offset (from its header) of the current reply is; up to the room's end. */
struct wire_out csrv_reply_window(struct csrv_req *req, u32 offset)
{
	u8 *base = req->reply.buf + req->reply.len;
	struct wire_out out = wire_out(base, req->reply.cap - req->reply.len);

	if (wire_out_left(&out) >= offset)
		out.pos += offset;
	else
		out.bad = true;
	return out;
}

/* [MS-SMB2] 3.3.4.1.1 */
static struct csrv_sign_key *reply_key(const struct csrv_req *req)
{
	if (req->sealed)
		return NULL;
	if (req->force_key)
		return req->force_key;
	if (!req->channel || !req->channel->sign_key)
		return NULL;
	if ((req->hdr.flags & CSRV_HDR_SIGNED) || req->session->signing_required)
		return req->channel->sign_key;
	return NULL;
}

/* CreditResponse of the current command's reply. */
u16 csrv_reply_credits(struct csrv_req *req)
{
	if (!csrv_conn_is_open(req->conn))
		return 0;
	if (req->interim_credits)
		return req->owed_credits;
	return csrv_credits_grant(&req->conn->credits, req->hdr.credits);
}

/**
 * csrv_reply_has_body() - the shape of a reply, [MS-SMB2] 3.3.4.4
 * @req: stands at a command
 * @status: its outcome
 *
 * Return: true for the command's own response, false for an ERROR response.
 */
bool csrv_reply_has_body(const struct csrv_req *req, nt_status_t status)
{
	const struct csrv_cmd *cmd = req->cmd;

	if (!req->handled)
		return false;	/* refused before there were arguments */
	return status == NT_OK || (cmd->body_with && cmd->body_with(req, status));
}

/* The current reply's body ends at @out: give it its header. */
void csrv_reply_end(struct csrv_req *req, const struct wire_out *out, nt_status_t status)
{
	struct wire_out head = wire_out(req->reply.buf + req->reply.len, req->conn->fe->header_len);
	struct csrv_sign_key *key = reply_key(req);

	req->conn->fe->put_header(req, &head, status, csrv_reply_credits(req));
	req->reply.last = req->reply.len;
	req->reply.len += wire_out_len(out) + req->reply.extra;
	req->reply.last_mid = req->hdr.mid;
	csrv_sign_key_put(req->reply.last_key);
	req->reply.last_key = key ? csrv_sign_key_get(key) : NULL;
	csrv_sign_key_put(req->force_key);
	req->force_key = NULL;
}

/**
 * csrv_reply_needs() - STATUS_BUFFER_TOO_SMALL says how much would do, [MS-SMB2] 2.2.2.2
 * @req: stands at a command that fails with it
 * @bytes: the least OutputBufferLength that succeeds
 */
void csrv_reply_needs(struct csrv_req *req, u32 bytes)
{
	put_unaligned_le32(bytes, req->error_buf);
	req->error_data = req->error_buf;
	req->error_len = sizeof(req->error_buf);
}

/*
 * [MS-SMB2] 3.3.4.4: the header of an error is the request's.  Where there is no key to
 * sign it with, flag and signature stay as they came.
 */
static void echo_signature(struct csrv_req *req)
{
	u8 *reply = req->reply.buf + req->reply.last;

	req->conn->fe->set_signed(reply);
	memcpy(reply + req->conn->fe->sig_offset, req->hdr.signature, CSRV_SIGNATURE_LEN);
}

/*
 * The current command's reply is an error.  Payload that the handler has put anywhere
 * goes here, and so does not leave with it.
 */
void csrv_reply_error(struct csrv_req *req, nt_status_t status)
{
	struct wire_out out;

	req->reply.extra = 0;
	csrv_rpages_put(&req->reply.pages);
	if (!reply_begin(req, 16 + req->error_len, true)) {
		req->drop = true;
		return;
	}
	out = csrv_reply_window(req, req->conn->fe->header_len);
	req->conn->fe->put_error(req, &out);
	csrv_reply_end(req, &out, status);
	if (req->echo_signature && !req->reply.last_key)
		echo_signature(req);
}

static void reply_sent(struct csrv_out *out)
{
	csrv_req_put(container_of(out, struct csrv_req, reply.out));
}

/* What a handler wanted to see of the reply as it is sent: preauth integrity. */
static int told(struct csrv_req *req)
{
	struct csrv_bytes msg;
	struct kvec kv;

	csrv_bytes_linear(&msg, &kv, req->reply.buf + req->reply.last,
			  req->reply.len - req->reply.last);
	return req->before_send(req, &msg);
}

/**
 * csrv_req_grants() - the reply of this message grants an oplock
 * @req: whose CREATE it is
 * @o: the open; a reference is taken, and put once the reply is queued for sending
 *
 * Until then no break is told: a client that does not know the FileId ignores it,
 * [MS-SMB2] 3.2.5.19.
 */
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o)
{
	csrv_open_get(o);
	list_add_tail(&o->granted, &req->reply.granted);
}

/* What stands on @opens has been granted to the client, or never will be: its connection ends. */
static void grants_told(struct list_head *opens)
{
	struct csrv_open *o, *tmp;

	list_for_each_entry_safe(o, tmp, opens, granted) {
		list_del(&o->granted);
		csrv_break_granted(o);
		csrv_open_put_later(o);	/* where logons are, no file system is waited for */
	}
}

static void reply_send(struct csrv_req *req)
{
	struct csrv_xprt *xprt = req->conn->xprt;
	struct csrv_reply *r = &req->reply;

	sign_last(req, true);
	if (!req->drop && req->before_send && told(req))
		req->drop = true;
	csrv_out_init(&r->out, r->buf, r->len, r->pages.bv, r->pages.nbv);
	if (!req->drop && req->sealed && r->len &&
	    csrv_seal_message(req->seal_session, r->head, &r->out))
		req->drop = true;
	if (req->drop) {
		csrv_conn_shutdown(req->conn);
		csrv_req_put(req);
		return;
	}
	if (!r->len) {
		csrv_req_put(req);
		return;
	}
	r->out.done = reply_sent;
	xprt->ops->send(xprt, &r->out);
}

/**
 * csrv_reply_send() - all commands are done: send the reply, or end the connection
 * @req: the caller's no more
 */
void csrv_reply_send(struct csrv_req *req)
{
	LIST_HEAD(granted);

	csrv_fault_delay(CSRV_FAULT_REQ_COMPLETE);
	list_splice(&req->reply.granted, &granted);	/* @req may be gone once it is sent */
	reply_send(req);
	grants_told(&granted);
}
