// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/frontend.c - the front end of SMB2 */
#include <linux/slab.h>

#include "../wire/smb2/transform.h"
#include "../wire/utf16.h"
#include "smb2.h"

/* Linear part of a large encrypted message: enough for the headers of a WRITE. */
#define SEALED_HEAD	(SMB2_TRANSFORM_LEN + SMB2_WRITE_PEEK_LEN)

/* csrv_frontend.place: checks nothing; all of it is decoded again when the message is opened. */
static u32 place_message(struct csrv_req *req)
{
	struct csrv_msg *msg = &req->msg;
	u32 have = min(msg->len, CSRV_MSG_PEEK);
	struct wire_in in = wire_in(msg->inl, have);
	struct smb2_write_peek peek;
	const struct csrv_cmd *cmd;
	struct smb2_header h;

	req->computed = smb2_is_transform(msg->inl, have);
	if (req->computed)
		return SEALED_HEAD;
	if (!csrv_smb2_decode_header(&in, &h) || (h.flags & SMB2_FLAGS_SERVER_TO_REDIR))
		return msg->len;
	cmd = csrv_smb2_cmd(req, h.command);
	req->computed = h.flags & SMB2_FLAGS_SIGNED;
	req->no_file = cmd && cmd->flags & CMD_NO_FILE && !h.next;
	if (!csrv_smb2_write_peek(msg->inl, have, msg->len, &peek) ||
	    peek.data_len < CSRV_PAGES_MIN)
		return msg->len;
	msg->may_zerocopy = !peek.is_signed;	/* the payload is read once, and never changed */
	return peek.header_len;
}

/* [MS-SMB2] 3.3.5.3: an SMB1 NEGOTIATE that offers SMB2 is one command, decoded here. */
static bool open_smb1(struct csrv_req *req)
{
	struct smb1_negotiate_args *args = &smb2_args(req)->smb1;

	if (!csrv_smb1_decode_negotiate(req->in.buf, req->in.len, args) ||
	    (args->index_smb_2xx == SMB1_DIALECT_NONE &&
	     args->index_smb_2002 == SMB1_DIALECT_NONE))
		return false;
	req->len = req->in.len;
	req->hdr.command = SMB2_NEGOTIATE;
	req->cmd = &csrv_smb2_from_smb1;
	return true;
}

/* csrv_frontend.open */
static bool open_message(struct csrv_req *req)
{
	u32 proto = csrv_smb2_message_protocol(req->in.buf, req->in.len);

	if (proto == SMB1_PROTOCOL_ID)
		return open_smb1(req);
	if (proto == SMB2_TRANSFORM_PROTOCOL_ID) {
		if (csrv_smb2_unseal(req) != NT_OK)
			return false;
		proto = csrv_smb2_message_protocol(req->in.buf, req->in.len);
	}
	return proto == SMB2_PROTOCOL_ID && csrv_smb2_chain_begin(req);
}

/* csrv_frontend.free */
static void req_free(struct csrv_req *req)
{
	struct smb2_front *f = smb2_front(req);

	if (smb2_state(req)->logon)
		csrv_logon_end(smb2_state(req)->logon, true);
	csrv_sign_key_put(f->last_key);
	csrv_sign_key_put(f->force_key);
	csrv_session_put(f->seal_session);
	kvfree(f->unsealed);
}

const struct csrv_frontend csrv_smb2_frontend = {
	.name		= "SMB2",
	.cmds		= csrv_smb2_cmds,
	.ncmds		= SMB2_COMMANDS,
	.args_size	= sizeof(union smb2_args),
	.res_size	= sizeof(union smb2_res),
	.state_size	= sizeof(struct smb2_state),
	.front_size	= sizeof(struct smb2_front),
	.place		= place_message,
	.open		= open_message,
	.next		= csrv_smb2_chain_next,
	.rest_requested	= csrv_smb2_chain_requested,
	.admit		= csrv_smb2_admit,
	.decode		= csrv_smb2_decode,
	.find_open	= csrv_smb2_find_open,
	.is_cancelled	= csrv_smb2_is_cancelled,
	.plain		= csrv_smb2_reply_is_plain,
	.reply_begin	= csrv_smb2_reply_begin,
	.reply_end	= csrv_smb2_reply_end,
	.reply_error	= csrv_smb2_reply_error,
	.interim	= csrv_smb2_interim,
	.close		= csrv_smb2_close_reply,
	.notify_break	= csrv_smb2_notify_break,
	.leave		= csrv_smb2_sequence_end,
	.free		= req_free,
};
