// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/lock.c - SMB2 LOCK, [MS-SMB2] 2.2.26 and 2.2.27 */
#include "lock.h"

/* [MS-SMB2] 2.2.26, 2.2.26.1; a request without elements is refused by 3.3.5.14 */
bool smb2_decode_lock(struct wire_in *in, struct smb2_lock_args *args)
{
	u32 sequence;
	u16 i;

	args->num = wire_get_u16(in);
	sequence = wire_get_u32(in);
	args->sequence_number = sequence & 0xf;
	args->sequence_index = sequence >> 4;
	args->id = smb2_get_file_id(in);
	wire_expect(in, args->num && args->num <= SMB2_LOCKS);
	for (i = 0; wire_done(in) && i < args->num; i++) {
		args->locks[i].offset = wire_get_u64(in);
		args->locks[i].length = wire_get_u64(in);
		args->locks[i].flags = wire_get_u32(in);
		wire_skip(in, 4);			/* Reserved */
	}
	return wire_done(in);
}

/* [MS-SMB2] 2.2.27 */
bool smb2_encode_lock(struct wire_out *out, const struct smb2_lock_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
