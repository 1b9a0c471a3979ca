// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/read.c - SMB2 READ, [MS-SMB2] 2.2.19 and 2.2.20 */
#include "read.h"

/* [MS-SMB2] 2.2.19 */
bool csrv_smb2_decode_read(struct wire_in *in, struct smb2_read_args *args)
{
	u16 off, len;

	args->padding = wire_get_u8(in);
	args->flags = wire_get_u8(in);
	args->length = wire_get_u32(in);
	args->offset = wire_get_u64(in);
	args->id = smb2_get_file_id(in);
	args->min_count = wire_get_u32(in);
	args->channel = wire_get_u32(in);
	args->remaining = wire_get_u32(in);
	off = wire_get_u16(in);
	len = wire_get_u16(in);
	args->channel_info = (struct wire_blob){};
	if (args->channel != SMB2_CHANNEL_NONE)
		args->channel_info = wire_blob_at(in, off, len);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.20 */
bool csrv_smb2_encode_read(struct wire_out *out, const struct smb2_read_res *res)
{
	wire_put_u16(out, 17);				/* StructureSize */
	wire_put_u8(out, SMB2_READ_DATA_OFFSET);
	wire_put_u8(out, 0);				/* Reserved */
	wire_put_u32(out, res->data_length);
	wire_put_u32(out, res->data_remaining);
	wire_put_u32(out, res->flags);
	return !out->bad;
}
