// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/logoff.c - SMB2 LOGOFF, [MS-SMB2] 2.2.7 and 2.2.8 */
#include "logoff.h"

/* [MS-SMB2] 2.2.7 */
bool csrv_smb2_decode_logoff(struct wire_in *in, struct smb2_logoff_args *args)
{
	args->reserved = wire_get_u16(in);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.8 */
bool csrv_smb2_encode_logoff(struct wire_out *out, const struct smb2_logoff_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
