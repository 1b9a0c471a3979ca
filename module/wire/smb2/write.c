// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/write.c - SMB2 WRITE, [MS-SMB2] 2.2.21 and 2.2.22 */
#include "read.h"
#include "write.h"

#define DATA_OFFSET_MAX	0x100	/* [MS-SMB2] 3.3.5.13 */

/* [MS-SMB2] 2.2.21; csrv_smb2_write_data() checks whether the payload is there */
bool csrv_smb2_decode_write(struct wire_in *in, struct smb2_write_args *args)
{
	u16 off, len;

	args->data_offset = wire_get_u16(in);
	args->length = wire_get_u32(in);
	args->offset = wire_get_u64(in);
	args->id = smb2_get_file_id(in);
	args->channel = wire_get_u32(in);
	args->remaining = wire_get_u32(in);
	off = wire_get_u16(in);
	len = wire_get_u16(in);
	args->flags = wire_get_u32(in);
	args->channel_info = (struct wire_blob){};
	if (args->channel != SMB2_CHANNEL_NONE)
		args->channel_info = wire_blob_at(in, off, len);
	wire_expect(in, args->data_offset <= DATA_OFFSET_MAX);
	return wire_done(in);
}

/**
 * csrv_smb2_write_data() - the payload of a WRITE whose message is linear
 * @in: the cursor that csrv_smb2_decode_write() used; bad afterwards if the payload
 *	is not inside the command (STATUS_INVALID_PARAMETER)
 * @args: as decoded
 *
 * Return: the payload; empty if there is none, or @in is bad.
 */
struct wire_blob csrv_smb2_write_data(struct wire_in *in, const struct smb2_write_args *args)
{
	wire_expect(in, !args->length || args->data_offset >= SMB2_WRITE_PEEK_LEN);
	return wire_blob_at(in, args->data_offset, args->length);
}

/* [MS-SMB2] 2.2.22 */
bool csrv_smb2_encode_write(struct wire_out *out, const struct smb2_write_res *res)
{
	wire_put_u16(out, 17);				/* StructureSize */
	wire_put_u16(out, 0);				/* Reserved */
	wire_put_u32(out, res->count);
	wire_put_u32(out, res->remaining);
	wire_put_u32(out, 0);				/* WriteChannelInfoOffset, Length */
	return !out->bad;
}

/**
 * csrv_smb2_write_peek() - will this message's payload be received into pages?
 * @msg: the first bytes of the message, in clear
 * @have: how many of them there are; SMB2_WRITE_PEEK_LEN is enough
 * @msg_len: length of the whole message
 * @peek: filled in if it will
 *
 * A guess for the transport only, no check: the message is decoded and checked when it is
 * complete.
 *
 * Return: true for a single WRITE, all of whose data follow its header.
 */
bool csrv_smb2_write_peek(const void *msg, size_t have, u32 msg_len,
			  struct smb2_write_peek *peek)
{
	struct wire_in in = wire_in(msg, have);
	struct smb2_write_args args;
	struct smb2_header hdr;

	if (have > SMB2_WRITE_PEEK_LEN)
		in = wire_in(msg, SMB2_WRITE_PEEK_LEN);
	if (!csrv_smb2_decode_header(&in, &hdr) || hdr.command != SMB2_WRITE || hdr.next ||
	    (hdr.flags & (SMB2_FLAGS_SERVER_TO_REDIR | SMB2_FLAGS_ASYNC_COMMAND)))
		return false;
	wire_expect(&in, wire_get_u16(&in) == 49);	/* StructureSize */
	if (!csrv_smb2_decode_write(&in, &args) || args.channel != SMB2_CHANNEL_NONE ||
	    args.data_offset < SMB2_WRITE_PEEK_LEN || msg_len < args.data_offset ||
	    !args.length || args.length != msg_len - args.data_offset)
		return false;
	peek->header_len = args.data_offset;
	peek->data_len = args.length;
	peek->is_signed = hdr.flags & SMB2_FLAGS_SIGNED;
	return true;
}
