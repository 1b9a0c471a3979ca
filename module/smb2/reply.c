// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/reply.c - responses: [MS-SMB2] 3.3.4.1
 *
 * The responses of a compound follow each other in one buffer.  A response is signed when its
 * length is final: when the next one begins, or at the end.
 */
#include "../compat/unaligned.h"
#include "../wire/smb2/error.h"
#include "smb2.h"

static int sign_at(u8 *reply, struct csrv_bytes *msg, struct csrv_sign_key *key, u64 mid)
{
	u8 sig[CSRV_SIGNATURE_LEN];
	int err;

	csrv_smb2_header_set_signed(reply);
	err = csrv_sign(key, msg, mid, CSRV_SIGN_SERVER, sig);
	if (!err)
		csrv_smb2_header_set_signature(reply, sig);
	return err;
}

/* The previous response has its final length: sign it.  0 or an errno. */
static int sign_last(struct csrv_req *req, bool with_pages)
{
	struct smb2_front *f = smb2_front(req);
	struct csrv_reply *r = &req->reply;
	struct csrv_bytes msg;
	struct kvec kv;
	int err;

	if (!f->last_key)
		return 0;
	kv.iov_base = r->buf + r->last;
	kv.iov_len = r->len - r->last;
	csrv_bytes_init(&msg, &kv, 1, with_pages ? r->pages.bv : NULL,
			with_pages ? r->pages.nbv : 0);
	err = sign_at(kv.iov_base, &msg, f->last_key, f->last_mid);
	csrv_sign_key_put(f->last_key);
	f->last_key = NULL;
	return err;
}

static bool reply_begin(struct csrv_req *req, u32 body_max, bool must)
{
	struct csrv_reply *r = &req->reply;
	u32 pad = req->index ? -r->len & 7 : 0;

	if (!csrv_reply_room(req, pad + SMB2_HEADER_LEN + body_max, must))
		return false;
	if (!r->len || r->last == r->len)
		return true;
	memset(r->buf + r->len, 0, pad);
	r->len += pad;
	csrv_smb2_header_set_next(r->buf + r->last, r->len - r->last);
	if (sign_last(req, false))
		req->drop = true;	/* clients trust no response without its signature */
	r->last = r->len;
	return true;
}

/**
 * csrv_smb2_reply_begin() - csrv_frontend.reply_begin
 * @req: at a command
 * @body_max: most bytes after the header
 *
 * Finishes the previous response: pads it to 8 bytes, links it, signs it.  May be called again with
 * a larger size.
 * Return: false without memory, or beyond the connection's budget.
 */
bool csrv_smb2_reply_begin(struct csrv_req *req, u32 body_max)
{
	return reply_begin(req, body_max, false);
}

/* [MS-SMB2] 3.3.4.1.1 */
static struct csrv_sign_key *reply_key(const struct csrv_req *req)
{
	const struct smb2_front *f = smb2_front(req);

	if (req->sealed)
		return NULL;
	if (f->force_key)
		return f->force_key;
	if (!req->channel || !req->channel->sign_key)
		return NULL;
	if (smb2_is_signed(req) || req->session->signing_required)
		return req->channel->sign_key;
	return NULL;
}

/* CreditResponse */
static u16 reply_credits(struct csrv_req *req)
{
	const struct smb2_front *f = smb2_front(req);

	if (!csrv_conn_is_open(req->conn))
		return 0;
	if (f->interim_credits)
		return f->owed_credits;
	return csrv_credits_grant(&req->conn->credits, f->hdr.credits);
}

/* [MS-SMB2] 3.3.4.1.2: the response's header repeats that of the request */
static void put_header(struct csrv_req *req, struct wire_out *out, nt_status_t status, u16 credits)
{
	const struct smb2_header *of = &smb2_front(req)->hdr;
	struct smb2_header h = {
		.credit_charge	= of->credit_charge,
		.status		= status,
		.command	= of->command,
		.credits	= credits,
		.flags		= SMB2_FLAGS_SERVER_TO_REDIR,
		.message_id	= of->message_id,
		.async_id	= req->async_id,
		.process_id	= of->process_id,
		.tree_id	= req->hdr.tid,
		.session_id	= req->hdr.sid,
	};

	if (req->async_id)
		h.flags |= SMB2_FLAGS_ASYNC_COMMAND;
	if (smb2_is_related(req))
		h.flags |= SMB2_FLAGS_RELATED_OPERATIONS;
	csrv_smb2_encode_header(out, &h);
}

/* The current response ends at @out: write its header. */
static void put_reply(struct csrv_req *req, const struct wire_out *out, nt_status_t status)
{
	struct smb2_front *f = smb2_front(req);
	struct csrv_sign_key *key = reply_key(req);
	struct csrv_reply *r = &req->reply;
	struct wire_out head = wire_out(r->buf + r->len, SMB2_HEADER_LEN);

	put_header(req, &head, status, reply_credits(req));
	r->last = r->len;
	r->len += wire_out_len(out) + r->extra;
	f->last_mid = f->hdr.message_id;
	csrv_sign_key_put(f->last_key);
	f->last_key = key ? csrv_sign_key_get(key) : NULL;
	csrv_sign_key_put(f->force_key);
	f->force_key = NULL;
}

/* csrv_frontend.reply_end */
bool csrv_smb2_reply_end(struct csrv_req *req, nt_status_t status)
{
	struct wire_out out = csrv_reply_window(req, SMB2_HEADER_LEN);

	if (!req->cmd->encode(&out, req->res))
		return false;
	put_reply(req, &out, status);
	return true;
}

/**
 * csrv_smb2_reply_needs() - the size for STATUS_BUFFER_TOO_SMALL, [MS-SMB2] 2.2.2.2
 * @req: at a command that fails with that status
 * @bytes: the least OutputBufferLength that succeeds
 */
void csrv_smb2_reply_needs(struct csrv_req *req, u32 bytes)
{
	struct smb2_front *f = smb2_front(req);

	put_unaligned_le32(bytes, f->error);
	f->error_len = sizeof(f->error);
}

static bool put_error(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_front *f = smb2_front(req);
	struct smb2_error_res res = {
		.data		= { .data = f->error, .len = f->error_len },
		.context	= (f->error_len || f->error_context) &&
				  req->conn->nego.dialect == SMB2_DIALECT_311,
	};

	return csrv_smb2_encode_error(out, &res);
}

/*
 * [MS-SMB2] 3.3.4.4: the header of an error is the request's.  Without a key to sign it, flag and
 * signature stay as they were received.
 */
static void echo_signature(struct csrv_req *req)
{
	u8 *reply = req->reply.buf + req->reply.last;

	csrv_smb2_header_set_signed(reply);
	csrv_smb2_header_set_signature(reply, smb2_front(req)->hdr.signature);
}

/* csrv_frontend.reply_error */
bool csrv_smb2_reply_error(struct csrv_req *req, nt_status_t status)
{
	struct smb2_front *f = smb2_front(req);
	struct wire_out out;

	if (!reply_begin(req, 16 + f->error_len, true))
		return false;
	out = csrv_reply_window(req, SMB2_HEADER_LEN);
	put_error(req, &out);
	put_reply(req, &out, status);
	if (f->echo_signature && !f->last_key)
		echo_signature(req);
	return true;
}

/* For preauthentication integrity: the handler gets the response as it is sent. */
static int show_reply(struct csrv_req *req)
{
	struct csrv_bytes msg;
	struct kvec kv;

	csrv_bytes_linear(&msg, &kv, req->reply.buf + req->reply.last,
			  req->reply.len - req->reply.last);
	return smb2_front(req)->before_send(req, &msg);
}

/* csrv_frontend.close */
int csrv_smb2_close_reply(struct csrv_req *req, struct csrv_out *out, u8 *head)
{
	struct csrv_session *s = smb2_front(req)->seal_session;
	int err = sign_last(req, true);

	if (!err && smb2_front(req)->before_send)
		err = show_reply(req);
	if (!err && req->sealed)
		err = csrv_smb2_seal(s, head, out);
	return err;
}

/*
 * Never signed, [MS-SMB2] 3.3.4.1.1: its MessageId is that of the final response, and AES-GMAC must
 * not sign two messages under one.
 */
static u32 interim_fill(struct csrv_req *req, struct csrv_notification *n)
{
	struct wire_out head = wire_out(n->buf, sizeof(n->buf)), body = head;
	struct smb2_front *f = smb2_front(req);
	u16 credits = reply_credits(req);

	f->interim_credits = true;	/* [MS-SMB2] 3.3.4.2: the final response grants none */
	f->owed_credits = credits;
	put_header(req, &head, NT_PENDING, credits);
	body.pos += SMB2_HEADER_LEN;
	f->error_len = 0;
	f->error_context = false;
	put_error(req, &body);
	return wire_out_len(&body);
}

/* csrv_frontend.interim: STATUS_PENDING, with the AsyncId, [MS-SMB2] 3.3.4.2 */
int csrv_smb2_interim(struct csrv_req *req, struct csrv_notification *n)
{
	struct smb2_front *f = smb2_front(req);
	u32 len = interim_fill(req, n);
	int err = csrv_smb2_notification_close(n, len, req->sealed ? f->seal_session : NULL);

	if (!err)
		f->owed_credits = 0;
	return err;
}

/* csrv_frontend.plain */
bool csrv_smb2_reply_is_plain(const struct csrv_req *req)
{
	return !req->sealed && !smb2_is_signed(req) &&
	       !(req->session && req->session->signing_required);
}
