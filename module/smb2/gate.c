// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/gate.c - MessageIds, credits and signature of a command: [MS-SMB2] 3.3.5.2
 *
 * Called by dispatch/gate.c, which has the checks that hold for all dialects.
 */
#include "../crypt/crypt.h"
#include "smb2.h"

/**
 * csrv_smb2_signed_by() - [MS-SMB2] 3.1.5.1: is the current command signed with this key?
 * @req: at a command
 * @key: NULL: it is not
 *
 * The command is in memory afterwards as before.
 * Return: true if it is signed, and the signature is that of @key.
 */
bool csrv_smb2_signed_by(struct csrv_req *req, struct csrv_sign_key *key)
{
	const struct smb2_header *h = &smb2_front(req)->hdr;
	u8 *head = req->in.buf + req->at;
	bool last = !req->next;
	struct csrv_bytes msg;
	struct kvec kv;
	int err;

	if (!key || !smb2_is_signed(req))
		return false;
	csrv_smb2_header_set_signature(head, NULL);
	kv.iov_base = head;
	kv.iov_len = req->len;
	csrv_bytes_init(&msg, &kv, 1, last ? req->in.bv : NULL, last ? req->in.nbv : 0);
	err = csrv_sign_check(key, &msg, h->message_id,
			      req->cmd->flags & CMD_NO_ID ? CSRV_SIGN_CANCEL : 0, h->signature);
	csrv_smb2_header_set_signature(head, h->signature);
	return !err;
}

/* [MS-SMB2] 3.3.5.2.4: a signature has to be right also where none is needed. */
static nt_status_t signature_right(struct csrv_req *req)
{
	if (!req->channel->sign_key)
		return NT_NOT_SUPPORTED;
	return csrv_smb2_signed_by(req, req->channel->sign_key) ? NT_OK : NT_ACCESS_DENIED;
}

static nt_status_t gate_signature(struct csrv_req *req)
{
	if (req->sealed || (req->cmd->flags & CMD_UNSIGNED_OK) || !req->channel)
		return NT_OK;
	if (smb2_is_signed(req))
		return signature_right(req);
	return req->session->signing_required ? NT_ACCESS_DENIED : NT_OK;
}

/**
 * csrv_smb2_proof() - is the current command from the session's client: [MS-SMB2] 3.3.5.2.4, .9
 * @req: has a channel
 *
 * Called by handlers whose row has CMD_UNSIGNED_OK.  The proof is encryption where the session
 * requires that; else encryption or a signature with the channel's key, where it requires either.
 * Return: NT_OK, or the status that refuses the command.
 */
nt_status_t csrv_smb2_proof(struct csrv_req *req)
{
	if (req->sealed)
		return NT_OK;
	if (req->session->encrypt)
		return NT_ACCESS_DENIED;
	if (smb2_is_signed(req))
		return signature_right(req);
	return csrv_session_demands_proof(req->session) ? NT_ACCESS_DENIED : NT_OK;
}

/**
 * csrv_smb2_foreign_session() - the named session has no channel on this connection
 * @req: about to be refused
 *
 * If the client has signed with the session's key all the same, the refusal is signed with that
 * key: the client accepts no other.
 */
void csrv_smb2_foreign_session(struct csrv_req *req)
{
	struct csrv_session *s;
	enum csrv_session_state state;

	if (req->sealed)
		return;
	s = csrv_session_find(req->conn->srv, req->hdr.sid);
	if (!s)
		return;
	state = csrv_session_state(s);	/* keys are set before it says VALID */
	if ((state == CSRV_SESSION_VALID || state == CSRV_SESSION_EXPIRED) && s->proven &&
	    csrv_smb2_signed_by(req, s->sign_key))
		csrv_smb2_answer_with(req, s->sign_key);
	csrv_session_put(s);
}

/* Is @key that of a channel of the session on this connection? */
static bool is_channel_key(struct csrv_req *req, const struct csrv_sign_key *key)
{
	struct csrv_channel *ch = csrv_channel_find(req->conn, req->hdr.sid);
	bool is = ch && ch->sign_key == key;

	csrv_channel_put(ch);
	return is;
}

/**
 * csrv_smb2_answer_with() - sign the response with a key that the client has shown, errors too
 * @req: at a command
 * @key: of the session, or of its channel on this connection
 *
 * AES-GMAC may sign one message per MessageId ([MS-SMB2] 3.1.4.1: it is the nonce), and
 * MessageIds count per connection: on another connection than this one the key has signed this
 * MessageId, or will.  An attacker that replays a request on a connection of its own would get a
 * second message under the same nonce, and from the two the key of every signature (NIST SP
 * 800-38D, 8).  So such a key does not sign here; errors keep the signature of the request.
 */
void csrv_smb2_answer_with(struct csrv_req *req, struct csrv_sign_key *key)
{
	struct smb2_front *f = smb2_front(req);

	if (csrv_sign_key_has_nonce(key) && !is_channel_key(req, key)) {
		f->echo_signature = true;
		return;
	}
	csrv_sign_key_put(f->force_key);
	f->force_key = csrv_sign_key_get(key);
}

/* [MS-SMB2] 3.3.5.2.3, 3.3.5.2.5: take the command's ids out of the window */
static bool use_ids(struct csrv_req *req)
{
	const struct smb2_header *h = &smb2_front(req)->hdr;
	u32 charge = 1;

	if (req->cmd && (req->cmd->flags & CMD_NO_ID))
		return true;
	if (req->cmd && req->conn->nego.large_mtu)
		charge = max_t(u32, h->credit_charge, 1);
	return csrv_credits_use(&req->conn->credits, h->message_id, charge);
}

static nt_status_t admit_header(struct csrv_req *req)
{
	if (!use_ids(req))
		return csrv_req_drop(req);
	/* An unknown command has an id, and an answer, too: [MS-SMB2] 3.3.5.2.6 */
	if (!req->cmd || ((req->cmd->flags & CMD_ALONE) && (req->index || req->next)))
		return NT_INVALID_PARAMETER;
	return csrv_smb2_chain_relate(req);
}

static nt_status_t admit_session(struct csrv_req *req)
{
	struct smb2_front *f = smb2_front(req);
	nt_status_t status;

	if (req->sealed && req->hdr.sid != f->seal_session->id)
		return csrv_req_drop(req);
	csrv_gate_channel(req);
	status = gate_signature(req);
	if (status == NT_OK && (req->cmd->flags & CMD_NEEDS_SESSION) && !req->session) {
		f->chain.begun = false;		/* nothing can be related to it */
		csrv_smb2_foreign_session(req);
	}
	return status;
}

/* csrv_frontend.admit */
nt_status_t csrv_smb2_admit(struct csrv_req *req)
{
	nt_status_t status = admit_header(req);

	if (status == NT_OK)
		return admit_session(req);
	if (!req->drop)
		csrv_gate_channel(req);		/* the refusal is signed, too */
	return status;
}

/* [MS-SMB2] 3.3.5.2.5: does the charge cover the payload? */
static nt_status_t check_charge(struct csrv_req *req)
{
	u32 charge = max_t(u32, smb2_front(req)->hdr.credit_charge, 1);
	u64 sent = 0, requested = 0, needed;

	if (!(req->cmd->flags & CMD_CREDIT_BY_LENGTH))
		return NT_OK;
	req->cmd->payload(req->args, &sent, &requested);
	req->requested = min_t(u64, requested, U32_MAX);
	if (!req->conn->nego.large_mtu)
		return NT_OK;
	needed = max(sent, requested);
	needed = needed ? (needed - 1) / 65536 + 1 : 1;
	return needed > charge ? NT_INVALID_PARAMETER : NT_OK;
}

/* csrv_frontend.decode */
nt_status_t csrv_smb2_decode(struct csrv_req *req)
{
	struct wire_in in = wire_in(req->in.buf + req->at, req->len);
	u16 size;

	if (req->cmd->struct_size) {
		wire_skip(&in, SMB2_HEADER_LEN);
		size = wire_get_u16(&in);
		wire_expect(&in, size == req->cmd->struct_size ||
			    (size && size == req->cmd->other_size));
	}
	if (!wire_done(&in) || !req->cmd->decode(&in, req->args))
		return NT_INVALID_PARAMETER;
	return check_charge(req);
}
