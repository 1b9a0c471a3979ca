// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/header.c - the 64 bytes before every SMB2 command, [MS-SMB2] 2.2.1 */
#include "header.h"

/**
 * csrv_smb2_message_protocol() - what kind of message is this?
 * @msg: its first bytes
 * @len: how many of them there are
 *
 * Return: ProtocolId as a little-endian number (SMB2_PROTOCOL_ID and the like,
 * or anything else); 0 if there are less than four bytes.
 */
u32 csrv_smb2_message_protocol(const void *msg, size_t len)
{
	struct wire_in in = wire_in(msg, len);

	return wire_get_u32(&in);
}

/**
 * csrv_smb2_decode_header() - [MS-SMB2] 2.2.1.1 and 2.2.1.2
 * @in: at ProtocolId; moves to the byte after the header
 * @hdr: filled in; members of the other form (async, sync) are zero
 *
 * Return: false if ProtocolId or StructureSize are not those of SMB2, or bytes
 * are missing.
 */
bool csrv_smb2_decode_header(struct wire_in *in, struct smb2_header *hdr)
{
	memset(hdr, 0, sizeof(*hdr));
	wire_expect(in, wire_get_u32(in) == SMB2_PROTOCOL_ID);
	wire_expect(in, wire_get_u16(in) == SMB2_HEADER_LEN);
	hdr->credit_charge = wire_get_u16(in);
	hdr->channel_sequence = wire_get_u16(in);
	wire_skip(in, 2);				/* Reserved, upper half of Status */
	hdr->command = wire_get_u16(in);
	hdr->credits = wire_get_u16(in);
	hdr->flags = wire_get_u32(in);
	hdr->next = wire_get_u32(in);
	hdr->message_id = wire_get_u64(in);
	if (hdr->flags & SMB2_FLAGS_ASYNC_COMMAND) {
		hdr->async_id = wire_get_u64(in);
	} else {
		hdr->process_id = wire_get_u32(in);
		hdr->tree_id = wire_get_u32(in);
	}
	hdr->session_id = wire_get_u64(in);
	wire_get_bytes(in, hdr->signature, sizeof(hdr->signature));
	return wire_done(in);
}

/**
 * csrv_smb2_encode_header() - the header of a reply
 * @out: at the place of the header, which is also its base
 * @hdr: flags as given: SMB2_FLAGS_SERVER_TO_REDIR is the caller's to set
 *
 * Return: false if there is no room.
 */
bool csrv_smb2_encode_header(struct wire_out *out, const struct smb2_header *hdr)
{
	wire_put_u32(out, SMB2_PROTOCOL_ID);
	wire_put_u16(out, SMB2_HEADER_LEN);
	wire_put_u16(out, hdr->credit_charge);
	wire_put_u32(out, csrv_status_code(hdr->status));
	wire_put_u16(out, hdr->command);
	wire_put_u16(out, hdr->credits);
	wire_put_u32(out, hdr->flags);
	wire_put_u32(out, hdr->next);
	wire_put_u64(out, hdr->message_id);
	if (hdr->flags & SMB2_FLAGS_ASYNC_COMMAND) {
		wire_put_u64(out, hdr->async_id);
	} else {
		wire_put_u32(out, hdr->process_id);
		wire_put_u32(out, hdr->tree_id);
	}
	wire_put_u64(out, hdr->session_id);
	wire_put_bytes(out, hdr->signature, sizeof(hdr->signature));
	return !out->bad;
}

static void put_u32_at(void *hdr, u32 offset, u32 v)
{
	struct wire_out out = wire_out((u8 *)hdr + offset, sizeof(v));

	wire_put_u32(&out, v);
}

/**
 * csrv_smb2_header_set_next() - another command follows: NextCommand, [MS-SMB2] 2.2.1.2
 * @hdr: a header that was encoded, SMB2_HEADER_LEN bytes
 * @next: bytes from this header to the next one
 */
void csrv_smb2_header_set_next(void *hdr, u32 next)
{
	put_u32_at(hdr, SMB2_NEXT_OFFSET, next);
}

/**
 * csrv_smb2_header_set_signed() - set SMB2_FLAGS_SIGNED, and Signature to zeros, to be signed
 * @hdr: a header that was encoded, SMB2_HEADER_LEN bytes
 */
void csrv_smb2_header_set_signed(void *hdr)
{
	struct wire_in in = wire_in(hdr, SMB2_HEADER_LEN);

	wire_skip(&in, SMB2_FLAGS_OFFSET);
	put_u32_at(hdr, SMB2_FLAGS_OFFSET, wire_get_u32(&in) | SMB2_FLAGS_SIGNED);
	csrv_smb2_header_set_signature(hdr, NULL);
}

/**
 * csrv_smb2_header_set_signature() - set Signature, [MS-SMB2] 3.1.4.1
 * @hdr: a header, SMB2_HEADER_LEN bytes
 * @signature: SMB2_SIGNATURE_LEN bytes; NULL: zeros, as when it is computed
 */
void csrv_smb2_header_set_signature(void *hdr, const u8 *signature)
{
	struct wire_out out = wire_out((u8 *)hdr + SMB2_SIGNATURE_OFFSET, SMB2_SIGNATURE_LEN);

	if (signature)
		wire_put_bytes(&out, signature, SMB2_SIGNATURE_LEN);
	else
		wire_put_zero(&out, SMB2_SIGNATURE_LEN);
}
