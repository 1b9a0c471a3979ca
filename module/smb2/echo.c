// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/echo.c - SMB2 ECHO, [MS-SMB2] 3.3.5.17 */
#include "smb2.h"

nt_status_t csrv_smb2_echo(struct csrv_req *req)
{
	return NT_OK;
}
