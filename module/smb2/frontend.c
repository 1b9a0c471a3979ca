// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/frontend.c - SMB2 as the dispatcher sees it */
#include "../wire/smb2/compound.h"
#include "../wire/smb2/error.h"
#include "smb2.h"

static u32 split(const u8 *buf, u32 len)
{
	struct smb2_slice slices[SMB2_COMPOUND_MAX];

	return csrv_smb2_compound_split(buf, len, slices, ARRAY_SIZE(slices));
}

/* split() has seen that it is in bounds and goes forward. */
static u32 slice(const u8 *buf, u32 len, u32 at)
{
	struct wire_in in = wire_in(buf + at, len - at);
	struct smb2_header hdr;

	if (!csrv_smb2_decode_header(&in, &hdr) || !hdr.next)
		return 0;
	return at + hdr.next;
}

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

static bool parse(const u8 *buf, u32 len, struct csrv_hdr *hdr)
{
	struct wire_in in = wire_in(buf, len);
	struct smb2_header h;

	if (!csrv_smb2_decode_header(&in, &h) || (h.flags & SMB2_FLAGS_SERVER_TO_REDIR))
		return false;
	*hdr = (struct csrv_hdr) {
		.command		= h.command,
		.credit_charge		= h.credit_charge,
		.credits		= h.credits,
		.channel_sequence	= h.channel_sequence,
		.flags			= hdr_flags(h.flags),
		.mid			= h.message_id,
		.async_id		= h.async_id,
		.pid			= h.process_id,
		.tid			= h.tree_id,
		.sid			= h.session_id,
	};
	memcpy(hdr->signature, h.signature, sizeof(hdr->signature));
	return true;
}

/* [MS-SMB2] 3.3.4.1.2: the reply's header repeats the request's */
static void put_header(struct csrv_req *req, struct wire_out *out, nt_status_t status, u16 credits)
{
	struct smb2_header h = {
		.credit_charge	= req->hdr.credit_charge,
		.status		= status,
		.command	= req->hdr.command,
		.credits	= credits,
		.flags		= SMB2_FLAGS_SERVER_TO_REDIR,
		.message_id	= req->hdr.mid,
		.async_id	= req->async_id,
		.process_id	= req->hdr.pid,
		.tree_id	= req->hdr.tid,
		.session_id	= req->hdr.sid,
	};

	if (req->async_id)
		h.flags |= SMB2_FLAGS_ASYNC_COMMAND;
	if (req->hdr.flags & CSRV_HDR_RELATED)
		h.flags |= SMB2_FLAGS_RELATED_OPERATIONS;
	csrv_smb2_encode_header(out, &h);
}

static bool put_error(struct csrv_req *req, struct wire_out *out)
{
	struct smb2_error_res res = {
		.data		= { .data = req->error_data, .len = req->error_len },
		.context	= (req->error_len || req->error_context) &&
				  req->conn->nego.dialect == SMB2_DIALECT_311,
	};

	return csrv_smb2_encode_error(out, &res);
}

const struct csrv_frontend csrv_smb2_frontend = {
	.name		= "SMB2",
	.cmds		= csrv_smb2_cmds,
	.ncmds		= SMB2_COMMANDS,
	.args_size	= sizeof(union smb2_args),
	.res_size	= sizeof(union smb2_res),
	.header_len	= SMB2_HEADER_LEN,
	.sig_offset	= SMB2_SIGNATURE_OFFSET,
	.split		= split,
	.slice		= slice,
	.parse		= parse,
	.hello		= csrv_smb2_hello,
	.put_header	= put_header,
	.put_error	= put_error,
	.put_break	= csrv_smb2_put_break,
	.patch_next	= csrv_smb2_header_set_next,
	.set_signed	= csrv_smb2_header_set_signed,
};
