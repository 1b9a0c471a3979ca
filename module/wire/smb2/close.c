// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/close.c - SMB2 CLOSE, [MS-SMB2] 2.2.15 and 2.2.16 */
#include "close.h"

/* [MS-SMB2] 2.2.15 */
bool csrv_smb2_decode_close(struct wire_in *in, struct smb2_close_args *args)
{
	args->flags = wire_get_u16(in);
	wire_skip(in, 4);				/* Reserved */
	args->id = smb2_get_file_id(in);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.16 */
bool csrv_smb2_encode_close(struct wire_out *out, const struct smb2_close_res *res)
{
	wire_put_u16(out, 60);				/* StructureSize */
	wire_put_u16(out, res->flags);
	wire_put_u32(out, 0);				/* Reserved */
	wire_put_u64(out, res->creation_time);
	wire_put_u64(out, res->access_time);
	wire_put_u64(out, res->write_time);
	wire_put_u64(out, res->change_time);
	wire_put_u64(out, res->alloc_size);
	wire_put_u64(out, res->end_of_file);
	wire_put_u32(out, res->attributes);
	return !out->bad;
}
