// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/tree_disconnect.c - SMB2 TREE_DISCONNECT, [MS-SMB2] 2.2.11 and 2.2.12 */
#include "tree_disconnect.h"

/* [MS-SMB2] 2.2.11 */
bool csrv_smb2_decode_tree_disconnect(struct wire_in *in, struct smb2_tree_disconnect_args *args)
{
	args->reserved = wire_get_u16(in);
	return wire_done(in);
}

/* [MS-SMB2] 2.2.12 */
bool csrv_smb2_encode_tree_disconnect(struct wire_out *out,
				      const struct smb2_tree_disconnect_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
