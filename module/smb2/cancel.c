// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/cancel.c - SMB2 CANCEL, [MS-SMB2] 3.3.5.16 */
#include "smb2.h"

nt_status_t csrv_smb2_cancel(struct csrv_req *req)
{
	csrv_cancel(req);
	return NT_OK;
}
