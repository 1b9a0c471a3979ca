// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/lock.c - SMB2 LOCK, [MS-SMB2] 2.2.26 and 2.2.27 */
#include "lock.h"

#define LOCK_ELEMENT_LEN	24	/* Reserved included */

/* [MS-SMB2] 2.2.26, 2.2.26.1; a request without elements is refused by 3.3.5.14 */
bool csrv_smb2_decode_lock(struct wire_in *in, struct smb2_lock_args *args)
{
	u32 sequence;

	args->num = wire_get_u16(in);
	sequence = wire_get_u32(in);
	args->sequence_number = sequence & 0xf;
	args->sequence_index = sequence >> 4;
	args->id = smb2_get_file_id(in);
	wire_expect(in, args->num);
	args->locks = wire_get_blob(in, args->num * LOCK_ELEMENT_LEN);
	return wire_done(in);
}

/* The @i-th element, from 0, all of zeroes if there are not as many.  [MS-SMB2] 2.2.26.1 */
struct smb2_lock_element csrv_smb2_lock_element(const struct smb2_lock_args *args, u16 i)
{
	struct wire_in in = wire_sub(&args->locks);
	struct smb2_lock_element e;

	wire_skip(&in, i * LOCK_ELEMENT_LEN);
	e.offset = wire_get_u64(&in);
	e.length = wire_get_u64(&in);
	e.flags = wire_get_u32(&in);
	return e;
}

/* [MS-SMB2] 2.2.27 */
bool csrv_smb2_encode_lock(struct wire_out *out, const struct smb2_lock_res *res)
{
	wire_put_u16(out, 4);				/* StructureSize */
	wire_put_u16(out, res->reserved);
	return !out->bad;
}
