// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/set_info.c - SMB2 SET_INFO, [MS-SMB2] 2.2.39 and 2.2.40 */
#include "set_info.h"

/* [MS-SMB2] 2.2.39 */
bool csrv_smb2_decode_set_info(struct wire_in *in, struct smb2_set_info_args *args)
{
	u32 len;
	u16 off;

	args->info_type = wire_get_u8(in);
	args->class = wire_get_u8(in);
	len = wire_get_u32(in);
	off = wire_get_u16(in);
	wire_skip(in, 2);				/* Reserved */
	args->additional = wire_get_u32(in);
	args->id = smb2_get_file_id(in);
	args->input = wire_blob_at(in, off, len);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.40: only its size; @res is there for symmetry */
bool csrv_smb2_encode_set_info(struct wire_out *out, const struct smb2_set_info_res *res)
{
	(void)res;
	wire_put_u16(out, 2);				/* StructureSize */
	return !out->bad;
}
