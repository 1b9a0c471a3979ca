// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/set_info.c - SMB2 SET_INFO, [MS-SMB2] 3.3.5.21 */
#include "../info/info.h"
#include "smb2.h"

void smb2_set_info_payload(const void *args, u64 *sent, u64 *asked)
{
	const struct smb2_set_info_args *a = args;

	*sent = a->input.len;
}

nt_status_t smb2_set_info(struct csrv_req *req)
{
	const struct smb2_set_info_args *args = &smb2_args(req)->set_info;

	if (args->input.len > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	switch (args->info_type) {
	case SMB2_0_INFO_FILE:
		return csrv_info_set_file(req->open, args->class, &args->input);
	case SMB2_0_INFO_SECURITY:
		return csrv_info_set_sec(req->open, args->additional, &args->input);
	case SMB2_0_INFO_FILESYSTEM:
	case SMB2_0_INFO_QUOTA:
		return NT_NOT_SUPPORTED;
	default:
		return NT_INVALID_PARAMETER;
	}
}
