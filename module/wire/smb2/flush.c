// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/flush.c - SMB2 FLUSH, [MS-SMB2] 2.2.17 and 2.2.18 */
#include "flush.h"

/* [MS-SMB2] 2.2.17 */
bool csrv_smb2_decode_flush(struct wire_in *in, struct smb2_flush_args *args)
{
	args->reserved1 = wire_get_u16(in);
	wire_skip(in, 4);				/* Reserved2 */
	args->id = smb2_get_file_id(in);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.18 */
bool csrv_smb2_encode_flush(struct wire_out *out, const struct smb2_flush_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
