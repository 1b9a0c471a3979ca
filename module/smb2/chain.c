// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/chain.c - the commands of a message, one after the other, [MS-SMB2] 3.3.5.2.7 */
#include "../wire/smb2/compound.h"
#include "smb2.h"

/* [MS-SMB2] 3.3.5.2.5: payload that one credit covers */
#define CREDIT_BYTES	65536u

static u32 hdr_flags(u32 flags)
{
	u32 out = 0;

	if (flags & SMB2_FLAGS_SIGNED)
		out |= CSRV_HDR_SIGNED;
	if (flags & SMB2_FLAGS_RELATED_OPERATIONS)
		out |= CSRV_HDR_RELATED;
	if (flags & SMB2_FLAGS_ASYNC_COMMAND)
		out |= CSRV_HDR_ASYNC;
	if (flags & SMB2_FLAGS_REPLAY_OPERATION)
		out |= CSRV_HDR_REPLAY;
	return out;
}

static void set_header(struct csrv_req *req, const struct smb2_header *h)
{
	req->hdr = (struct csrv_hdr) {
		.command		= h->command,
		.credit_charge		= h->credit_charge,
		.credits		= h->credits,
		.channel_sequence	= h->channel_sequence,
		.flags			= hdr_flags(h->flags),
		.mid			= h->message_id,
		.async_id		= h->async_id,
		.pid			= h->process_id,
		.tid			= h->tree_id,
		.sid			= h->session_id,
	};
	memcpy(req->hdr.signature, h->signature, sizeof(req->hdr.signature));
}

/* A header of a request: false if it is none.  csrv_smb2_compound_split() has seen its bounds. */
static bool header_at(const struct csrv_req *req, u32 at, struct smb2_header *h)
{
	struct wire_in in = wire_in(req->in.buf + at, req->in.len - at);

	return csrv_smb2_decode_header(&in, h) && !(h->flags & SMB2_FLAGS_SERVER_TO_REDIR);
}

/* Go to the command at @at, whichever it may be.  False: that is no request. */
static bool chain_go_to(struct csrv_req *req, u32 at)
{
	struct smb2_header h;

	if (!header_at(req, at, &h))
		return false;
	req->at = at;
	req->next = h.next ? at + h.next : 0;
	req->len = (req->next ? req->next : req->in.len) - at;
	req->cmd = csrv_smb2_cmd(req, h.command);
	set_header(req, &h);
	return true;
}

/**
 * csrv_smb2_chain_begin() - go to the first command of a message
 * @req: decrypted, nothing else is known of it
 *
 * Return: false if it is no well-formed chain of commands.
 */
bool csrv_smb2_chain_begin(struct csrv_req *req)
{
	struct smb2_slice slices[SMB2_COMPOUND_MAX];

	return csrv_smb2_compound_split(req->in.buf, req->in.len, slices, ARRAY_SIZE(slices)) &&
	       chain_go_to(req, 0);
}

/* csrv_frontend.next */
bool csrv_smb2_chain_next(struct csrv_req *req)
{
	csrv_smb2_reply_next(req);
	return chain_go_to(req, req->next);
}

/* csrv_frontend.rest_asks: by the credits that the commands spend */
u64 csrv_smb2_chain_asks(const struct csrv_req *req)
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
