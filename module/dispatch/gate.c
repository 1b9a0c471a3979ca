// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/gate.c - may this command run: [MS-SMB2] 3.3.5.2, in its order
 *
 * Every member of a compound goes through all of it: what was true for the one before
 * need not be true any more.  What is not allowed by the command's row is refused.
 */
#include "../base/trace.h"
#include "../core/server.h"
#include "../wire/smb2/header.h"
#include "../wire/smb2/negotiate.h"
#include "frontend.h"
#include "req.h"

/* [MS-SMB2] 3.3.4.1: it is answered */
static void sequence_done(struct csrv_req *req)
{
	struct csrv_open *o = req->open;

	if (!req->counted)
		return;
	req->counted = false;
	spin_lock(&o->seq_lock);
	csrv_chanseq_end(&o->chanseq, req->hdr.channel_sequence);
	spin_unlock(&o->seq_lock);
}

/* Give back what the current command holds. */
void csrv_gate_release(struct csrv_req *req)
{
	if (req->cmd && req->cmd->release)
		req->cmd->release(req);
	req->cmd = NULL;
	csrv_standers_leave(&req->job);
	sequence_done(req);
	if (req->open && req->job.free)
		csrv_open_put_later(req->open);	/* where logons are, no file system is waited for */
	else
		csrv_open_put(req->open);
	req->open = NULL;
	csrv_rights_put(req->rights);
	req->rights = NULL;
	csrv_tree_put(req->tree);
	req->tree = NULL;
	csrv_identity_put(req->identity);
	req->identity = NULL;
	csrv_session_put(req->session);
	req->session = NULL;
	csrv_channel_put(req->channel);
	req->channel = NULL;
}

static nt_status_t drop(struct csrv_req *req)
{
	req->drop = true;
	return NT_CONNECTION_RESET;
}

/* [MS-SMB2] 3.3.5.2.3, 3.3.5.2.5: the ids it takes */
static nt_status_t gate_mid(struct csrv_req *req)
{
	u32 charge = req->conn->nego.large_mtu ? max_t(u32, req->hdr.credit_charge, 1) : 1;

	if (req->cmd->flags & CMD_NO_ID)
		return NT_OK;
	if (!csrv_credits_use(&req->conn->credits, req->hdr.mid, charge))
		return drop(req);
	return NT_OK;
}

/* Which commands there are before and after NEGOTIATE. */
static nt_status_t gate_state(struct csrv_req *req)
{
	bool new = csrv_conn_state(req->conn) == CSRV_CONN_NEW;
	bool nego = req->cmd->flags & CMD_NEGOTIATE;

	if (!csrv_conn_is_open(req->conn))
		return drop(req);
	return new == nego ? NT_OK : drop(req);
}

static nt_status_t gate_header(struct csrv_req *req)
{
	nt_status_t status;

	if (!req->cmd) {
		/* Unknown, but it has an id, and an answer: [MS-SMB2] 3.3.5.2.6 */
		if (!csrv_credits_use(&req->conn->credits, req->hdr.mid, 1))
			return drop(req);
		return NT_INVALID_PARAMETER;
	}
	status = gate_state(req);
	if (status == NT_OK)
		status = gate_mid(req);
	if (status != NT_OK)
		return status;
	if ((req->cmd->flags & CMD_ALONE) && (req->index || req->next))
		return NT_INVALID_PARAMETER;
	trace_csrv_req_start(req->conn->id, req->cmd->name, req->hdr.mid);
	if (req->hdr.flags & CSRV_HDR_RELATED) {
		if (!req->chained)
			return NT_INVALID_PARAMETER;
		req->hdr.sid = req->chain_sid;
		req->hdr.tid = req->chain_tid;
	} else {
		req->chained = true;
		req->chain_has_open = false;
		req->chain_status = NT_OK;
	}
	req->chain_sid = req->hdr.sid;
	req->chain_tid = req->hdr.tid;
	return NT_OK;
}

/**
 * csrv_req_signed_by() - [MS-SMB2] 3.1.5.1: is the current command signed with this key
 * @req: stands at a command
 * @key: NULL: no
 *
 * The command lies in memory afterwards as it did before.
 */
bool csrv_req_signed_by(struct csrv_req *req, struct csrv_sign_key *key)
{
	u8 *sig = req->in.buf + req->at + req->conn->fe->sig_offset;
	bool last = !req->next;
	struct csrv_bytes msg;
	struct kvec kv;
	int err;

	if (!key || !(req->hdr.flags & CSRV_HDR_SIGNED))
		return false;
	memset(sig, 0, CSRV_SIGNATURE_LEN);
	kv.iov_base = req->in.buf + req->at;
	kv.iov_len = req->len;
	csrv_bytes_init(&msg, &kv, 1, last ? req->in.bv : NULL, last ? req->in.nbv : 0);
	err = csrv_sign_check(key, &msg, req->hdr.mid,
			      req->cmd->flags & CMD_NO_ID ? CSRV_SIGN_CANCEL : 0,
			      req->hdr.signature);
	memcpy(sig, req->hdr.signature, CSRV_SIGNATURE_LEN);
	return !err;
}

/* [MS-SMB2] 3.3.5.2.4: a signature that is there is right, also where none is asked for. */
static nt_status_t signature_right(struct csrv_req *req)
{
	if (!req->channel->sign_key)
		return NT_NOT_SUPPORTED;
	return csrv_req_signed_by(req, req->channel->sign_key) ? NT_OK : NT_ACCESS_DENIED;
}

static nt_status_t gate_signature(struct csrv_req *req)
{
	if (req->sealed || (req->cmd->flags & CMD_UNSIGNED_OK) || !req->channel)
		return NT_OK;
	if (req->hdr.flags & CSRV_HDR_SIGNED)
		return signature_right(req);
	return req->session->signing_required ? NT_ACCESS_DENIED : NT_OK;
}

/**
 * csrv_gate_proof() - is the current command the session's client's: [MS-SMB2] 3.3.5.2.4, .9
 * @req: has a channel
 *
 * For a command whose row leaves that to it.  Encrypted where the session demands that;
 * else encrypted, or signed with the channel's key, where it demands anything.
 */
nt_status_t csrv_gate_proof(struct csrv_req *req)
{
	if (req->sealed)
		return NT_OK;
	if (req->session->encrypt)
		return NT_ACCESS_DENIED;
	if (req->hdr.flags & CSRV_HDR_SIGNED)
		return signature_right(req);
	return csrv_session_demands_proof(req->session) ? NT_ACCESS_DENIED : NT_OK;
}

/**
 * csrv_gate_stranger() - the session asked for is not on this connection
 * @req: about to be refused
 *
 * A client that has the session's key all the same is refused with a signature of that key,
 * or it could not believe the answer.
 */
void csrv_gate_stranger(struct csrv_req *req)
{
	struct csrv_session *s;
	enum csrv_session_state state;

	if (req->sealed)
		return;
	s = csrv_session_find(req->conn->srv, req->hdr.sid);
	if (!s)
		return;
	state = csrv_session_state(s);	/* keys stand before it says VALID */
	if ((state == CSRV_SESSION_VALID || state == CSRV_SESSION_EXPIRED) && s->proven &&
	    csrv_req_signed_by(req, s->sign_key))
		csrv_req_answer_with(req, s->sign_key);
	csrv_session_put(s);
}

/* A session's own channel, or one that is bound to it: its key signs on this connection. */
static bool is_channel_key(struct csrv_req *req, const struct csrv_sign_key *key)
{
	struct csrv_channel *ch = csrv_channel_find(req->conn, req->hdr.sid);
	bool is = ch && ch->sign_key == key;

	csrv_channel_put(ch);
	return is;
}

/**
 * csrv_req_answer_with() - the client has this key: it is answered with it, refusals too
 * @req: stands at a command
 * @key: of the session, or of its channel on this connection
 *
 * AES-GMAC may sign one message per MessageId ([MS-SMB2] 3.1.4.1: it is the nonce), and
 * MessageIds count per connection: on another connection than this one the key has used this
 * MessageId, or will.  Whoever replayed a request on a connection of its own would get a second
 * message under the same nonce, and from the two the key of every signature (NIST SP 800-38D,
 * 8).  So such a key does not sign here; errors keep the signature that came with the request.
 */
void csrv_req_answer_with(struct csrv_req *req, struct csrv_sign_key *key)
{
	if (csrv_sign_key_has_nonce(key) && !is_channel_key(req, key)) {
		req->echo_signature = true;
		return;
	}
	csrv_sign_key_put(req->force_key);
	req->force_key = csrv_sign_key_get(key);
}

static void gate_channel(struct csrv_req *req)
{
	req->channel = csrv_channel_find(req->conn, req->hdr.sid);
	if (req->channel)
		req->session = csrv_session_get(req->channel->session);
}

/* [MS-SMB2] 3.3.5.2.9 */
static nt_status_t gate_session(struct csrv_req *req)
{
	enum csrv_session_state state;
	nt_status_t status;

	if (req->sealed && req->hdr.sid != req->seal_session->id)
		return drop(req);
	gate_channel(req);
	status = gate_signature(req);
	if (status != NT_OK || !(req->cmd->flags & CMD_NEEDS_SESSION))
		return status;
	if (!req->session) {
		req->chained = false;	/* whoever relates to it relates to nothing */
		csrv_gate_stranger(req);
		return NT_USER_SESSION_DELETED;
	}
	state = csrv_session_state(req->session);
	if (state == CSRV_SESSION_DEAD || state == CSRV_SESSION_IN_PROGRESS)
		return NT_USER_SESSION_DELETED;
	if (state == CSRV_SESSION_EXPIRED && !(req->cmd->flags & CMD_EXPIRED_OK))
		return NT_NETWORK_SESSION_EXPIRED;
	if (req->session->encrypt && !req->sealed)
		return NT_ACCESS_DENIED;	/* [MS-SMB2] 3.3.5.2.9, RejectUnencryptedAccess */
	req->identity = csrv_session_identity(req->session);
	return req->identity ? NT_OK : NT_USER_SESSION_DELETED;
}

/* [MS-SMB2] 3.3.5.2.11 */
static nt_status_t gate_tree(struct csrv_req *req)
{
	nt_status_t status;

	if (!(req->cmd->flags & CMD_NEEDS_TREE))
		return NT_OK;
	status = csrv_tree_use(req->session, req->hdr.tid, &req->tree, &req->rights);
	if (status != NT_OK)
		return status;
	/* Keys that everybody knows, the anonymous user's, hide nothing. */
	if (req->rights->encrypt && !(req->sealed && req->session->proven))
		return NT_ACCESS_DENIED;
	if (req->rights->identity != req->identity) {
		/* The session's user has just changed: rights and user are one pair. */
		csrv_identity_put(req->identity);
		req->identity = csrv_identity_get(req->rights->identity);
	}
	return NT_OK;
}

/* [MS-SMB2] 3.3.5.2.5: does the charge cover the payload? */
static nt_status_t gate_charge(struct csrv_req *req)
{
	u64 sent = 0, asked = 0, needed;

	if (!(req->cmd->flags & CMD_CREDIT_BY_LENGTH))
		return NT_OK;
	req->cmd->payload(req->args, &sent, &asked);
	req->asked = min_t(u64, asked, U32_MAX);
	if (!req->conn->nego.large_mtu)
		return NT_OK;
	needed = max(sent, asked);
	needed = needed ? (needed - 1) / 65536 + 1 : 1;
	return needed > max_t(u32, req->hdr.credit_charge, 1) ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t gate_decode(struct csrv_req *req)
{
	struct wire_in in = wire_in(req->in.buf + req->at, req->len);
	nt_status_t status = NT_OK;

	if (req->cmd->struct_size) {
		wire_skip(&in, req->conn->fe->header_len);
		wire_expect(&in, wire_get_u16(&in) == req->cmd->struct_size);
	}
	if (!wire_done(&in) || !req->cmd->decode(&in, req->args))
		status = NT_INVALID_PARAMETER;
	if (status == NT_OK)
		status = gate_charge(req);
	if (status != NT_OK)
		trace_csrv_decode_fail(req->conn->id, req->cmd->name);
	return status;
}

/* [MS-SMB2] 3.3.5.2.10: did the client send it before it lost a channel? */
static nt_status_t gate_sequence(struct csrv_req *req)
{
	struct csrv_open *o = req->open;
	enum csrv_chanseq_age age;

	if (req->conn->nego.dialect < SMB2_DIALECT_300)
		return NT_OK;
	spin_lock(&o->seq_lock);
	age = csrv_chanseq_begin(&o->chanseq, req->hdr.channel_sequence,
				 req->hdr.flags & CSRV_HDR_REPLAY);
	spin_unlock(&o->seq_lock);
	req->counted = age == CSRV_CHANSEQ_COUNTED;
	return !req->counted && req->cmd->flags & CMD_NOT_STALE ? NT_FILE_NOT_AVAILABLE : NT_OK;
}

/* The open of FileId, or of the chain: [MS-SMB2] 3.3.5.2.10, 3.3.5.2.7.2 */
static nt_status_t gate_open(struct csrv_req *req)
{
	const struct smb2_file_id *id;

	if (!(req->cmd->flags & CMD_NEEDS_OPEN))
		return NT_OK;
	id = req->cmd->file_id(req->args);
	if (!id)
		return NT_OK;
	if (req->hdr.flags & CSRV_HDR_RELATED) {
		if (!req->chain_has_open)
			return req->chain_status != NT_OK ? req->chain_status :
							    NT_INVALID_PARAMETER;
	} else {
		req->chain_pid = id->persistent_id;
		req->chain_vid = id->volatile_id;
		req->chain_has_open = true;
	}
	req->open = csrv_open_find(req->session, req->chain_pid, req->chain_vid);
	if (!req->open)
		return NT_FILE_CLOSED;
	if (req->open->tree_id != req->tree->id)
		return NT_FILE_CLOSED;
	if (csrv_identity_revoked(req->open->identity))
		return NT_FILE_CLOSED;	/* it is about to be closed */
	if (req->cmd->access && !(req->open->access & req->cmd->access))
		return NT_ACCESS_DENIED;
	return gate_sequence(req);
}

/**
 * csrv_gate() - everything that comes before the handler
 * @req: stands at a command
 *
 * Return: NT_OK and the handler may run; else the reply's status, or with req->drop the
 * connection's end.
 */
nt_status_t csrv_gate(struct csrv_req *req)
{
	static nt_status_t (*const gates[])(struct csrv_req *req) = {
		gate_header, gate_session, gate_tree, gate_decode, gate_open,
	};
	nt_status_t status = NT_OK;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(gates) && status == NT_OK; i++)
		status = gates[i](req);
	/* What was refused before the session was looked up is answered with its key, too. */
	if (status != NT_OK && !req->drop && !req->channel)
		gate_channel(req);
	return status;
}

/**
 * csrv_gate_open() - decrypt a message, and go to its first command, unless that has been done
 * @req: has arrived
 *
 * Return: false, and the connection ends.
 */
bool csrv_gate_open(struct csrv_req *req)
{
	if (!req->opened && !req->drop)
		req->opened = req->conn->fe->open(req);
	if (!req->opened)
		req->drop = true;
	return !req->drop;
}

/**
 * csrv_gate_first() - the first command goes through the gate now, and runs later
 * @req: just arrived
 *
 * Commands that the client sent one after the other are then seen in that order: what
 * each of them names is looked up before the next one can end it.
 */
void csrv_gate_first(struct csrv_req *req)
{
	if (!csrv_gate_open(req))
		return;
	req->gate_status = csrv_gate(req);
	req->gated = true;
}

/**
 * csrv_gate_again() - what the gate saw, looked at once more after a wait
 * @req: about to go on
 *
 * Nothing of it is held by a request that waits: the session may have ended or expired, its
 * tree connect, the share, the account, the open.  Who ends one of these marks it and then
 * asks those who wait on it to end (csrv_session_cancel()); a request lists itself and then
 * looks here.  So one of the two sees the other.  Who stands for room or for a worker is made to
 * run then, and looks here before its handler does.
 * Return: NT_OK, or what the command is answered with.
 */
nt_status_t csrv_gate_again(struct csrv_req *req)
{
	enum csrv_session_state state;

	if (!req->session || (req->cmd->flags & CMD_ENDS_SESSION))
		return NT_OK;
	state = csrv_session_state(req->session);
	if (state == CSRV_SESSION_DEAD)
		return NT_USER_SESSION_DELETED;
	if (state == CSRV_SESSION_EXPIRED && !(req->cmd->flags & CMD_EXPIRED_OK))
		return NT_NETWORK_SESSION_EXPIRED;
	if (req->identity && csrv_identity_revoked(req->identity))
		return NT_USER_SESSION_DELETED;
	if (req->tree && !csrv_tree_alive(req->session, req->tree))
		return NT_NETWORK_NAME_DELETED;
	if (req->open && (atomic_read(&req->open->state) != CSRV_OPEN_LIVE ||
			  csrv_identity_revoked(req->open->identity)))
		return NT_FILE_CLOSED;
	return NT_OK;
}

/**
 * csrv_gate_renew() - a request that has waited, and begins now: its tree as it is today
 * @req: csrv_gate_again() has passed it
 *
 * The share's parameters or the session's user may have changed since the gate saw it: rights,
 * credentials and the duty to encrypt are those of a request that came now.  An open that it
 * names keeps its own.
 * Return: NT_OK; else what the command is answered with, and @req holds what it held.
 */
nt_status_t csrv_gate_renew(struct csrv_req *req)
{
	struct csrv_identity *identity = req->identity;
	struct csrv_rights *rights = req->rights;
	struct csrv_tree *tree = req->tree;
	nt_status_t status;

	if (!tree)
		return NT_OK;
	req->identity = csrv_session_identity(req->session);
	req->rights = NULL;
	req->tree = NULL;
	status = req->identity ? gate_tree(req) : NT_USER_SESSION_DELETED;
	if (status != NT_OK) {
		swap(req->identity, identity);
		swap(req->rights, rights);
		swap(req->tree, tree);
	}
	csrv_identity_put(identity);
	csrv_rights_put(rights);
	csrv_tree_put(tree);
	return status;
}
