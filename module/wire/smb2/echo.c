// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/echo.c - SMB2 ECHO, [MS-SMB2] 2.2.28 and 2.2.29 */
#include "echo.h"

/* [MS-SMB2] 2.2.28 */
bool csrv_smb2_decode_echo(struct wire_in *in, struct smb2_echo_args *args)
{
	args->reserved = wire_get_u16(in);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.29 */
bool csrv_smb2_encode_echo(struct wire_out *out, const struct smb2_echo_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
