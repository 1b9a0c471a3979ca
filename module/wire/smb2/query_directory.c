// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/query_directory.c - SMB2 QUERY_DIRECTORY, [MS-SMB2] 2.2.33 and 2.2.34 */
#include "query_directory.h"

/* [MS-SMB2] 2.2.33 */
bool csrv_smb2_decode_query_directory(struct wire_in *in, struct smb2_query_directory_args *args)
{
	u16 off, len;

	args->class = wire_get_u8(in);
	args->flags = wire_get_u8(in);
	args->file_index = wire_get_u32(in);
	args->id = smb2_get_file_id(in);
	off = wire_get_u16(in);
	len = wire_get_u16(in);
	args->output_len = wire_get_u32(in);
	args->pattern = wire_blob_at(in, off, len);
	wire_expect(in, len % 2 == 0);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.34 */
bool csrv_smb2_encode_query_directory(struct wire_out *out,
				      const struct smb2_query_directory_res *res)
{
	wire_put_u16(out, 9);				/* StructureSize */
	wire_put_u16(out, SMB2_QUERY_DIRECTORY_OFFSET);
	wire_put_u32(out, res->output.len);
	wire_put_blob(out, &res->output);
	return !out->bad;
}
