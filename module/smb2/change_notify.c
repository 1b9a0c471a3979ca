// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/change_notify.c - SMB2 CHANGE_NOTIFY, [MS-SMB2] 3.3.5.19 */
#include "smb2.h"

void csrv_smb2_change_notify_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_change_notify_args *a = args;

	*requested = a->output_len;
}

/* [MS-SMB2] 3.3.5.19: the status of a server that does not support it */
nt_status_t csrv_smb2_change_notify(struct csrv_req *req)
{
	if (!req->open->is_dir)
		return NT_INVALID_PARAMETER;
	return NT_NOT_SUPPORTED;
}
