// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/oplock_break.c - SMB2 OPLOCK_BREAK, [MS-SMB2] 3.3.5.22 */
#include "smb2.h"

/* No oplock or lease is granted yet, so there is none whose break can be acknowledged. */
nt_status_t smb2_oplock_break(struct csrv_req *req)
{
	return NT_INVALID_OPLOCK_PROTOCOL;
}
