// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/logoff.c - SMB2 LOGOFF, [MS-SMB2] 3.3.5.6 */
#include "smb2.h"

static void end_wait_cancel(struct csrv_req *req)
{
	csrv_session_end_wait_cancel(&smb2_state(req)->end);
}

/*
 * Let the current command wait until all opens of @s, which has ended, are closed: so that a client
 * that has the answer does not meet its own locks and share modes.  NT_PENDING: @req is not the
 * caller's any more, its row's resume() calls csrv_session_end_wait_done(); anything else: it need
 * not wait, or may not, and the session has ended all the same.
 */
nt_status_t csrv_smb2_end_wait(struct csrv_req *req, struct csrv_session *s)
{
	nt_status_t status;

	csrv_session_end_wait_init(&smb2_state(req)->end, s);
	status = csrv_req_park(req, false, end_wait_cancel);
	if (status == NT_OK) {
		status = csrv_session_end_wait(&smb2_state(req)->end, &req->wait);
		if (status != NT_PENDING)
			status = csrv_req_unpark(req, status);
	}
	if (status != NT_PENDING)
		csrv_session_end_wait_done(&smb2_state(req)->end);
	return status;
}

nt_status_t csrv_smb2_logoff(struct csrv_req *req)
{
	csrv_session_lose(req->session);
	return csrv_smb2_end_wait(req, req->session) == NT_PENDING ? NT_PENDING : NT_OK;
}

nt_status_t csrv_smb2_logoff_resume(struct csrv_req *req)
{
	csrv_session_end_wait_done(&smb2_state(req)->end);
	return NT_OK;
}
