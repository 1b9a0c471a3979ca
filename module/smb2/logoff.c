// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/logoff.c - SMB2 LOGOFF, [MS-SMB2] 3.3.5.6 */
#include "smb2.h"

nt_status_t smb2_logoff(struct csrv_req *req)
{
	csrv_session_end(req->session);
	return NT_OK;
}
