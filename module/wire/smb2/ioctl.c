// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/ioctl.c - SMB2 IOCTL, [MS-SMB2] 2.2.31 and 2.2.32 */
#include "ioctl.h"

/* [MS-SMB2] 2.2.31 */
bool csrv_smb2_decode_ioctl(struct wire_in *in, struct smb2_ioctl_args *args)
{
	u32 in_off, in_len, out_off, out_len;

	wire_skip(in, 2);				/* Reserved */
	args->ctl_code = wire_get_u32(in);
	args->id = smb2_get_file_id(in);
	in_off = wire_get_u32(in);
	in_len = wire_get_u32(in);
	args->max_input = wire_get_u32(in);
	out_off = wire_get_u32(in);
	out_len = wire_get_u32(in);
	args->max_output = wire_get_u32(in);
	args->flags = wire_get_u32(in);
	wire_skip(in, 4);				/* Reserved2 */
	args->input = wire_blob_at(in, in_off, in_len);
	args->output = wire_blob_at(in, out_off, out_len);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.32 */
bool csrv_smb2_encode_ioctl(struct wire_out *out, const struct smb2_ioctl_res *res)
{
	wire_put_u16(out, 49);				/* StructureSize */
	wire_put_u16(out, 0);				/* Reserved */
	wire_put_u32(out, res->ctl_code);
	smb2_put_file_id(out, res->id);
	wire_put_u32(out, SMB2_IOCTL_BUFFER_OFFSET);	/* InputOffset */
	wire_put_u32(out, 0);				/* InputCount */
	wire_put_u32(out, SMB2_IOCTL_BUFFER_OFFSET);	/* OutputOffset */
	wire_put_u32(out, res->output.len);
	wire_put_u32(out, 0);				/* Flags */
	wire_put_u32(out, 0);				/* Reserved2 */
	wire_put_blob(out, &res->output);
	return !out->bad;
}
