// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/smb2/cancel.c - SMB2 CANCEL, [MS-SMB2] 2.2.30 */
#include "cancel.h"

/* [MS-SMB2] 2.2.30 */
bool csrv_smb2_decode_cancel(struct wire_in *in, struct smb2_cancel_args *args)
{
	args->reserved = wire_get_u16(in);
	return wire_done(in);
}
