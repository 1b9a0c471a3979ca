// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/transform.c - encrypted messages, [MS-SMB2] 2.2.41 */
#include "transform.h"

/* [MS-SMB2] 2.2.41; the sealed message follows */
bool csrv_smb2_decode_transform(struct wire_in *in, struct smb2_transform *tf)
{
	wire_expect(in, wire_get_u32(in) == SMB2_TRANSFORM_PROTOCOL_ID);
	wire_get_bytes(in, tf->signature, sizeof(tf->signature));
	wire_get_bytes(in, tf->nonce, sizeof(tf->nonce));
	tf->original_size = wire_get_u32(in);
	wire_skip(in, 2);				/* Reserved */
	tf->flags = wire_get_u16(in);
	tf->session_id = wire_get_u64(in);
	return wire_done(in);
}

bool csrv_smb2_encode_transform(struct wire_out *out, const struct smb2_transform *tf)
{
	wire_put_u32(out, SMB2_TRANSFORM_PROTOCOL_ID);
	wire_put_bytes(out, tf->signature, sizeof(tf->signature));
	wire_put_bytes(out, tf->nonce, sizeof(tf->nonce));
	wire_put_u32(out, tf->original_size);
	wire_put_u16(out, 0);
	wire_put_u16(out, tf->flags);
	wire_put_u64(out, tf->session_id);
	return !out->bad;
}
