// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/session_setup.c - SMB2 SESSION_SETUP, [MS-SMB2] 2.2.5 and 2.2.6 */
#include "session_setup.h"

/* [MS-SMB2] 2.2.5 */
bool csrv_smb2_decode_session_setup(struct wire_in *in, struct smb2_session_setup_args *args)
{
	u16 off, len;

	args->flags = wire_get_u8(in);
	args->security_mode = wire_get_u8(in);
	args->capabilities = wire_get_u32(in);
	wire_skip(in, 4);				/* Channel */
	off = wire_get_u16(in);
	len = wire_get_u16(in);
	args->previous_session_id = wire_get_u64(in);
	args->security = wire_blob_at(in, off, len);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.6 */
bool csrv_smb2_encode_session_setup(struct wire_out *out, const struct smb2_session_setup_res *res)
{
	wire_put_u16(out, 9);				/* StructureSize */
	wire_put_u16(out, res->session_flags);
	wire_put_u16(out, wire_out_len(out) + 4);	/* SecurityBufferOffset */
	wire_expect_out(out, res->security.len <= 0xffff);
	wire_put_u16(out, res->security.len);
	wire_put_blob(out, &res->security);
	return !out->bad;
}
