// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/compound.c - split a message into its commands, [MS-SMB2] 3.3.5.2.7 */
#include "compound.h"

/**
 * csrv_smb2_compound_split() - split a message into its commands, before any is decoded
 * @msg: the whole message, the first header first
 * @len: of @msg
 * @slices: receives them in order; together they are the message
 * @cap: room in @slices, at most SMB2_COMPOUND_MAX makes sense
 *
 * Return: how many there are; 0 if NextCommand is no multiple of 8, leaves no
 * room for a header on either side, or there are more than @cap commands.
 */
u32 csrv_smb2_compound_split(const void *msg, u32 len, struct smb2_slice *slices, u32 cap)
{
	struct wire_in in = wire_in(msg, len);
	u32 at = 0;
	u32 n;

	for (n = 0; n < cap; n++) {
		struct wire_in hdr = in;
		u32 next;

		wire_skip(&in, SMB2_HEADER_LEN);
		wire_skip(&hdr, SMB2_NEXT_OFFSET);
		next = wire_get_u32(&hdr);
		if (!wire_done(&in))
			return 0;
		slices[n] = (struct smb2_slice){ .offset = at, .len = next ? next : len - at };
		if (!next)
			return n + 1;
		if (next % 8 || next < SMB2_HEADER_LEN)
			return 0;
		wire_skip(&in, next - SMB2_HEADER_LEN);
		at += next;
	}
	return 0;
}
