// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/chain.c - the commands of a message in order, [MS-SMB2] 3.3.5.2.7 */
#include "../wire/smb2/compound.h"
#include "smb2.h"

/* [MS-SMB2] 3.3.5.2.5: bytes of payload that one credit covers */
#define CREDIT_BYTES	65536u

/* Decode a request's header; csrv_smb2_compound_split() has checked its bounds. */
static bool header_at(const struct csrv_req *req, u32 at, struct smb2_header *h)
{
	struct wire_in in = wire_in(req->in.buf + at, req->in.len - at);

	return csrv_smb2_decode_header(&in, h) && !(h->flags & SMB2_FLAGS_SERVER_TO_REDIR);
}

/* Go to the command at @at; cmd is NULL if it is unknown.  False: there is no request. */
static bool chain_go_to(struct csrv_req *req, u32 at)
{
	struct smb2_header *h = &smb2_front(req)->hdr;

	if (!header_at(req, at, h))
		return false;
	req->at = at;
	req->next = h->next ? at + h->next : 0;
	req->len = (req->next ? req->next : req->in.len) - at;
	req->cmd = csrv_smb2_cmd(req, h->command);
	req->hdr = (struct csrv_hdr) {
		.command	= h->command,
		.mid		= h->message_id,
		.tid		= h->tree_id,
		.sid		= h->session_id,
	};
	return true;
}

/**
 * csrv_smb2_chain_begin() - go to the first command of a message
 * @req: decrypted, nothing else is known about it
 *
 * Return: false if it is not a well-formed chain of commands.
 */
bool csrv_smb2_chain_begin(struct csrv_req *req)
{
	struct smb2_slice slices[SMB2_COMPOUND_MAX];

	return csrv_smb2_compound_split(req->in.buf, req->in.len, slices, ARRAY_SIZE(slices)) &&
	       chain_go_to(req, 0);
}

/* csrv_frontend.next */
bool csrv_smb2_chain_next(struct csrv_req *req, nt_status_t status, bool body)
{
	struct smb2_front *f = smb2_front(req);

	if (!body && !(smb2_is_related(req) && f->chain.has_open))
		f->chain.status = status;
	/* these belong to the previous response */
	f->interim_credits = false;
	f->owed_credits = 0;
	f->echo_signature = false;
	f->error_len = 0;
	f->error_context = false;
	return chain_go_to(req, req->next);
}

/**
 * csrv_smb2_chain_relate() - give a related command its ids, [MS-SMB2] 3.3.5.2.7.2
 * @req: at a command, related or not
 *
 * Return: NT_OK, or NT_INVALID_PARAMETER if there is no command that it could be related to.
 */
nt_status_t csrv_smb2_chain_relate(struct csrv_req *req)
{
	struct smb2_chain *c = &smb2_front(req)->chain;

	if (smb2_is_related(req)) {
		if (!c->begun)
			return NT_INVALID_PARAMETER;
		req->hdr.sid = c->sid;
		req->hdr.tid = c->tid;
		return NT_OK;
	}
	c->begun = true;
	c->has_open = false;
	c->status = NT_OK;
	c->sid = req->hdr.sid;
	c->tid = req->hdr.tid;
	return NT_OK;
}

/* A CREATE has made @o: related commands after it use that. */
void csrv_smb2_chain_open(struct csrv_req *req, const struct csrv_open *o)
{
	struct smb2_chain *c = &smb2_front(req)->chain;

	c->id = (struct smb2_file_id){ o->persistent_id, o->volatile_id };
	c->has_open = true;
}

/* [MS-SMB2] 3.3.5.2.10: count the command, or refuse it if a channel was lost after it was sent. */
static nt_status_t sequence_begin(struct csrv_req *req)
{
	struct smb2_front *f = smb2_front(req);
	struct csrv_open *o = req->open;
	enum csrv_chanseq_age age;

	if (req->conn->nego.dialect < SMB2_DIALECT_300)
		return NT_OK;
	spin_lock(&o->seq_lock);
	age = csrv_chanseq_begin(&o->chanseq, f->hdr.channel_sequence,
				 f->hdr.flags & SMB2_FLAGS_REPLAY_OPERATION);
	spin_unlock(&o->seq_lock);
	f->counted = age == CSRV_CHANSEQ_COUNTED;
	return !f->counted && req->cmd->flags & CMD_NOT_STALE ? NT_FILE_NOT_AVAILABLE : NT_OK;
}

/* [MS-SMB2] 3.3.4.1: the current command has been answered, or is dropped. */
void csrv_smb2_sequence_end(struct csrv_req *req)
{
	struct smb2_front *f = smb2_front(req);
	struct csrv_open *o = req->open;

	if (!f->counted)
		return;
	f->counted = false;
	spin_lock(&o->seq_lock);
	csrv_chanseq_end(&o->chanseq, f->hdr.channel_sequence);
	spin_unlock(&o->seq_lock);
}

/* csrv_frontend.find_open: by FileId, or by the chain: [MS-SMB2] 3.3.5.2.10, 3.3.5.2.7.2 */
nt_status_t csrv_smb2_find_open(struct csrv_req *req)
{
	const struct smb2_file_id *id = req->cmd->file_id(req->args);
	struct smb2_chain *c = &smb2_front(req)->chain;
	nt_status_t status;

	if (!id || (req->cmd->flags & CMD_ROOT && !smb2_is_related(req) && smb2_no_file(id)))
		return NT_OK;
	if (!smb2_is_related(req)) {
		c->id = *id;
		c->has_open = true;
	} else if (!c->has_open) {
		return c->status != NT_OK ? c->status : NT_INVALID_PARAMETER;
	}
	status = csrv_gate_hold_open(req, c->id.persistent_id, c->id.volatile_id);
	return status == NT_OK ? sequence_begin(req) : status;
}

/* csrv_frontend.rest_requested: by the credits that the commands charge */
u64 csrv_smb2_chain_requested(const struct csrv_req *req)
{
	struct smb2_header h;
	const struct csrv_cmd *cmd;
	u32 at, charge;
	u64 sum = 0;

	for (at = req->next; at && header_at(req, at, &h); at = h.next ? at + h.next : 0) {
		sum += CSRV_REPLY_SLACK;
		cmd = csrv_smb2_cmd(req, h.command);
		if (!cmd || !(cmd->flags & CMD_CREDIT_BY_LENGTH))
			continue;
		charge = req->conn->nego.large_mtu ? max_t(u32, h.credit_charge, 1) : 1;
		sum += (u64)charge * CREDIT_BYTES;
	}
	return sum;
}
