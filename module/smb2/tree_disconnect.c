// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/tree_disconnect.c - SMB2 TREE_DISCONNECT, [MS-SMB2] 3.3.5.8 */
#include "smb2.h"

nt_status_t csrv_smb2_tree_disconnect(struct csrv_req *req)
{
	return csrv_tree_disconnect(req->session, req->tree) ? NT_OK : NT_NETWORK_NAME_DELETED;
}
