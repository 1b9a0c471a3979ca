// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/change_notify.c - SMB2 CHANGE_NOTIFY, [MS-SMB2] 2.2.35 and 2.2.36 */
#include "change_notify.h"

/* [MS-SMB2] 2.2.35 */
bool csrv_smb2_decode_change_notify(struct wire_in *in, struct smb2_change_notify_args *args)
{
	args->flags = wire_get_u16(in);
	args->output_len = wire_get_u32(in);
	args->id = smb2_get_file_id(in);
	args->filter = wire_get_u32(in);
	wire_skip(in, 4);				/* Reserved */
	return wire_done(in);
}

/* [MS-SMB2] 2.2.36 */
bool csrv_smb2_encode_change_notify(struct wire_out *out, const struct smb2_change_notify_res *res)
{
	wire_put_u16(out, 9);				/* StructureSize */
	wire_put_u16(out, smb2_buffer_offset(SMB2_HEADER_LEN + 8, res->output.len));
	wire_put_u32(out, res->output.len);
	wire_put_blob(out, &res->output);
	return !out->bad;
}
