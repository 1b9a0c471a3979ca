// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/oplock_break.c - SMB2 OPLOCK_BREAK, [MS-SMB2] 2.2.23 to 2.2.25 */
#include "oplock_break.h"

/*
 * [MS-SMB2] 2.2.24.1, 2.2.24.2.  Two structures of one command: the StructureSize just before
 * the cursor says which it is.
 */
bool csrv_smb2_decode_oplock_break(struct wire_in *in, struct smb2_oplock_break_args *args)
{
	struct wire_in size = *in;

	memset(args, 0, sizeof(*args));
	if (in->bad || in->pos - in->base < 2)
		return false;
	size.pos -= 2;
	switch (wire_get_u16(&size)) {
	case SMB2_OPLOCK_BREAK_SIZE:
		args->oplock_level = wire_get_u8(in);
		wire_skip(in, 5);			/* Reserved, Reserved2 */
		args->id = smb2_get_file_id(in);
		return wire_done(in);
	case SMB2_LEASE_BREAK_ACK_SIZE:
		args->lease = true;
		wire_skip(in, 6);			/* Reserved, Flags */
		wire_get_bytes(in, args->lease_key, sizeof(args->lease_key));
		args->lease_state = wire_get_u32(in);
		wire_skip(in, 8);			/* LeaseDuration */
		return wire_done(in);
	default:
		return false;
	}
}

static bool put_oplock(struct wire_out *out, struct smb2_file_id id, u8 level)
{
	wire_put_u16(out, SMB2_OPLOCK_BREAK_SIZE);
	wire_put_u8(out, level);
	wire_put_zero(out, 5);				/* Reserved, Reserved2 */
	smb2_put_file_id(out, id);
	return !out->bad;
}

/* [MS-SMB2] 2.2.25.1, 2.2.25.2 */
bool csrv_smb2_encode_oplock_break(struct wire_out *out, const struct smb2_oplock_break_res *res)
{
	if (!res->lease)
		return put_oplock(out, res->id, res->oplock_level);
	wire_put_u16(out, SMB2_LEASE_BREAK_ACK_SIZE);
	wire_put_zero(out, 6);				/* Reserved, Flags */
	wire_put_bytes(out, res->lease_key, sizeof(res->lease_key));
	wire_put_u32(out, res->lease_state);
	wire_put_u64(out, 0);				/* LeaseDuration */
	return !out->bad;
}

/* [MS-SMB2] 2.2.23.1 */
bool csrv_smb2_encode_oplock_break_note(struct wire_out *out,
					const struct smb2_oplock_break_note *note)
{
	return put_oplock(out, note->id, note->oplock_level);
}

/* [MS-SMB2] 2.2.23.2 */
bool csrv_smb2_encode_lease_break_note(struct wire_out *out,
				       const struct smb2_lease_break_note *note)
{
	wire_put_u16(out, 44);				/* StructureSize */
	wire_put_u16(out, note->new_epoch);
	wire_put_u32(out, note->flags);
	wire_put_bytes(out, note->lease_key, sizeof(note->lease_key));
	wire_put_u32(out, note->current_state);
	wire_put_u32(out, note->new_state);
	wire_put_zero(out, 12);		/* BreakReason, AccessMaskHint, ShareMaskHint */
	return !out->bad;
}
