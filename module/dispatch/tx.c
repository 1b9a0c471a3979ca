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
#include "../model/break.h"
#include "../model/server.h"
#include "../wire/smb2/transform.h"
#include "frontend.h"
#include "req.h"

#define TCP_PREFIX_LEN	4u

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
	struct csrv_bytes msg;
	struct kvec kv;

	if (!req->rlast_key)
		return;
	kv.iov_base = req->rbuf + req->rlast;
	kv.iov_len = req->rlen - req->rlast;
	csrv_bytes_init(&msg, &kv, 1, with_pages ? req->rpages.bv : NULL,
			with_pages ? req->rpages.nbv : 0);
	if (sign_at(req->rbuf + req->rlast, req->fe, &msg, req->rlast_key, req->rlast_mid))
		req->drop = true;	/* better no answer than one that nobody can trust */
	csrv_sign_key_put(req->rlast_key);
	req->rlast_key = NULL;
}

/* Room for @len more bytes; @must: for an error. */
static bool reply_room(struct csrv_req *req, u32 len, bool must)
{
	bool grown = req->rbuf != req->rinl;
	u32 need = req->rlen + len, cap = need, old = grown ? req->rcap : 0;
	u8 *buf;

	if (need <= req->rcap)
		return true;
	/* Many small replies of one compound: do not copy all of them for each. */
	if (grown)
		cap = max(need, req->rcap + req->rcap / 2);
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
	memcpy(buf, req->rbuf, req->rlen);
	if (grown)
		kvfree(req->rbuf);
	req->rbuf = buf;
	req->rcap = cap;
	return true;
}

static bool reply_begin(struct csrv_req *req, u32 body_max, bool must)
{
	u32 pad = req->index ? -req->rlen & 7 : 0;

	if (!reply_room(req, pad + req->fe->header_len + body_max, must))
		return false;
	if (!req->rlen || req->rlast == req->rlen)
		return true;
	memset(req->rbuf + req->rlen, 0, pad);
	req->rlen += pad;
	req->fe->patch_next(req->rbuf + req->rlast, req->rlen - req->rlast);
	sign_last(req, false);
	req->rlast = req->rlen;
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
	u8 *base = req->rbuf + req->rlen;
	struct wire_out out = wire_out(base, req->rcap - req->rlen);

	if (wire_out_left(&out) >= offset)
		out.pos += offset;
	else
		out.bad = true;
	return out;
}

/* [MS-SMB2] 3.3.4.1.1 */
static struct csrv_sign_key *reply_key(const struct csrv_req *req)
{
	if (req->sealed || req->force_plain)
		return NULL;
	if (req->force_key)
		return req->force_key;
	if (!req->channel || !req->channel->sign_key)
		return NULL;
	if ((req->hdr.flags & CSRV_HDR_SIGNED) || req->session->signing_required)
		return req->channel->sign_key;
	return NULL;
}

static u16 reply_credits(struct csrv_req *req)
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
	struct wire_out head = wire_out(req->rbuf + req->rlen, req->fe->header_len);
	struct csrv_sign_key *key = reply_key(req);

	req->fe->put_header(req, &head, status, reply_credits(req));
	req->rlast = req->rlen;
	req->rlen += wire_out_len(out) + req->rextra;
	req->rlast_mid = req->hdr.mid;
	csrv_sign_key_put(req->rlast_key);
	req->rlast_key = key ? csrv_sign_key_get(key) : NULL;
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
	u8 *reply = req->rbuf + req->rlast;

	req->fe->set_signed(reply);
	memcpy(reply + req->fe->sig_offset, req->hdr.signature, CSRV_SIGNATURE_LEN);
}

/*
 * The current command's reply is an error.  Payload that the handler has put anywhere
 * goes here, and so does not leave with it.
 */
void csrv_reply_error(struct csrv_req *req, nt_status_t status)
{
	struct wire_out out;

	req->rextra = 0;
	csrv_rpages_put(&req->rpages);
	if (!reply_begin(req, 16 + req->error_len, true)) {
		req->drop = true;
		return;
	}
	out = csrv_reply_window(req, req->fe->header_len);
	req->fe->put_error(req, &out);
	csrv_reply_end(req, &out, status);
	if (req->echo_signature && !req->rlast_key)
		echo_signature(req);
}

/* [MS-SMB2] 3.1.4.3: encrypt what @req->kv and its pages hold */
static int seal_message(struct csrv_session *s, u8 *prefix, struct csrv_bytes *data)
{
	struct smb2_transform tf = {
		.original_size	= data->len,
		.flags		= SMB2_TRANSFORM_FLAG_ENCRYPTED,
		.session_id	= s->id,
	};
	struct wire_out out;
	int err = csrv_seal_nonce(s->seal_out, tf.nonce);

	if (err)
		return err;
	out = wire_out(prefix, SMB2_TRANSFORM_LEN);
	csrv_smb2_encode_transform(&out, &tf);
	err = csrv_seal(s->seal_out, prefix + SMB2_TRANSFORM_AAD_OFFSET, data, tf.signature);
	if (err)
		return err;
	out = wire_out(prefix, SMB2_TRANSFORM_LEN);
	csrv_smb2_encode_transform(&out, &tf);
	return 0;
}

static void put_prefix(u8 *prefix, u32 len)
{
	prefix[0] = 0;
	prefix[1] = len >> 16;
	prefix[2] = len >> 8;
	prefix[3] = len;
}

/**
 * csrv_wrap() - put the transport's prefix, and the encryption header, before a message
 * @seal: encrypt with its keys; NULL: do not
 * @prefix: room for CSRV_PREFIX_MAX bytes
 * @kv: [1] and the pages hold the message; [0] is set
 * @bv: pages, may be NULL
 * @nbv: how many
 * @bytes: what to send
 *
 * Return: 0 or an errno.
 */
int csrv_wrap(struct csrv_session *seal, u8 *prefix, struct kvec *kv, struct bio_vec *bv,
	      u32 nbv, struct csrv_bytes *bytes)
{
	u32 head = TCP_PREFIX_LEN + (seal ? SMB2_TRANSFORM_LEN : 0);
	int err = 0;

	csrv_bytes_init(bytes, kv + 1, 1, bv, nbv);
	if (seal)
		err = seal_message(seal, prefix + TCP_PREFIX_LEN, bytes);
	if (err)
		return err;
	put_prefix(prefix, bytes->len + head - TCP_PREFIX_LEN);
	kv[0].iov_base = prefix;
	kv[0].iov_len = head;
	csrv_bytes_init(bytes, kv, 2, bv, nbv);
	return 0;
}

static void reply_sent(struct csrv_out *out)
{
	struct csrv_req *req = container_of(out, struct csrv_req, out);

	if (req->drop_after)
		csrv_conn_shutdown(req->conn);
	csrv_req_put(req);
}

/* What a handler wanted to see of the reply as it is sent: preauth integrity. */
static int told(struct csrv_req *req)
{
	struct csrv_bytes msg;
	struct kvec kv;

	csrv_bytes_linear(&msg, &kv, req->rbuf + req->rlast, req->rlen - req->rlast);
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
	list_add_tail(&o->granted, &req->granted);
}

/* What stands on @opens has been granted to the client, or never will be: its connection ends. */
static void grants_told(struct list_head *opens)
{
	struct csrv_open *o, *tmp;

	list_for_each_entry_safe(o, tmp, opens, granted) {
		list_del(&o->granted);
		csrv_break_granted(&o->oplock);
		csrv_open_put_later(o);	/* where logons are, no file system is waited for */
	}
}

static void reply_send(struct csrv_req *req)
{
	struct csrv_xprt *xprt = req->conn->xprt;

	sign_last(req, true);
	req->kv[1].iov_base = req->rbuf;
	req->kv[1].iov_len = req->rlen;
	if (!req->drop && req->before_send && told(req))
		req->drop = true;
	if (!req->drop && req->rlen &&
	    csrv_wrap(req->sealed ? req->seal_session : NULL, req->prefix, req->kv,
		      req->rpages.bv, req->rpages.nbv, &req->out.bytes))
		req->drop = true;
	if (req->drop) {
		csrv_conn_shutdown(req->conn);
		csrv_req_put(req);
		return;
	}
	if (!req->rlen) {
		csrv_req_put(req);
		return;
	}
	req->out.done = reply_sent;
	xprt->ops->send(xprt, &req->out);
}

/**
 * csrv_reply_send() - all commands are done: send the reply, or end the connection
 * @req: the caller's no more
 */
void csrv_reply_send(struct csrv_req *req)
{
	LIST_HEAD(granted);

	csrv_fault_delay(CSRV_FAULT_REQ_COMPLETE);
	list_splice(&req->granted, &granted);	/* @req may be gone once it is sent */
	reply_send(req);
	grants_told(&granted);
}

/*
 * Never signed, [MS-SMB2] 3.3.4.1.1: its MessageId is the final reply's, and AES-GMAC must
 * not sign two messages under one.
 */
static u32 interim_fill(struct csrv_req *req, struct csrv_note *note)
{
	struct wire_out head = wire_out(note->buf, sizeof(note->buf)), body = head;
	u16 credits = reply_credits(req);

	req->interim_credits = true;	/* [MS-SMB2] 3.3.4.2: the final reply grants none */
	req->owed_credits = credits;
	req->fe->put_header(req, &head, NT_PENDING, credits);
	body.pos += req->fe->header_len;
	req->error_len = 0;
	req->error_context = false;
	req->fe->put_error(req, &body);
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
