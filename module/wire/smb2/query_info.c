// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/query_info.c - SMB2 QUERY_INFO, [MS-SMB2] 2.2.37 and 2.2.38 */
#include "query_info.h"

/* [MS-SMB2] 2.2.37 */
bool csrv_smb2_decode_query_info(struct wire_in *in, struct smb2_query_info_args *args)
{
	u16 off;
	u32 len;

	args->info_type = wire_get_u8(in);
	args->class = wire_get_u8(in);
	args->output_len = wire_get_u32(in);
	off = wire_get_u16(in);
	wire_skip(in, 2);				/* Reserved */
	len = wire_get_u32(in);
	args->additional = wire_get_u32(in);
	args->flags = wire_get_u32(in);
	args->id = smb2_get_file_id(in);
	args->input = wire_blob_at(in, off, len);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.38 */
bool csrv_smb2_encode_query_info(struct wire_out *out, const struct smb2_query_info_res *res)
{
	wire_put_u16(out, 9);				/* StructureSize */
	wire_put_u16(out, smb2_buffer_offset(SMB2_QUERY_INFO_OFFSET, res->output.len));
	wire_put_u32(out, res->output.len);
	wire_put_blob(out, &res->output);
	return !out->bad;
}
