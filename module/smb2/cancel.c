// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/cancel.c - SMB2 CANCEL, [MS-SMB2] 3.3.5.16 */
#include "smb2.h"

/* By AsyncId or MessageId.  A CANCEL needs the proof that the request had. */
static bool cancel_matches(const struct csrv_cancel_id *by, const struct csrv_req *req)
{
	const struct smb2_front *f = smb2_front(req);

	if (f->chain.sid != by->sid)
		return false;
	/* 0 is no AsyncId, but requests without one have it. */
	if (by->async ? !by->id || req->async_id != by->id : f->hdr.message_id != by->id)
		return false;
	if (req->sealed)
		return by->sealed;
	return by->proof || !smb2_is_signed(req);
}

/* csrv_frontend.is_cancelled */
bool csrv_smb2_is_cancelled(const struct csrv_req *req, const struct csrv_cancel_id *ids, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (cancel_matches(&ids[i], req))
			return true;
	return false;
}

/* Is a CANCEL signed with the session's key, over a connection that is not, or not yet, bound? */
static bool proves_binding(struct csrv_req *by)
{
	struct csrv_session *s = csrv_session_find(by->conn->srv, by->hdr.sid);
	bool proof;

	if (!s)
		return false;
	/* keys are set before it says VALID */
	proof = csrv_session_state(s) != CSRV_SESSION_IN_PROGRESS &&
		csrv_smb2_signed_by(by, s->sign_key);
	csrv_session_put(s);
	return proof;
}

nt_status_t csrv_smb2_cancel(struct csrv_req *req)
{
	const struct smb2_header *h = &smb2_front(req)->hdr;
	bool async = h->flags & SMB2_FLAGS_ASYNC_COMMAND;
	struct csrv_cancel_id id = {
		.sid	= req->hdr.sid,
		.id	= async ? h->async_id : h->message_id,
		.async	= async,
		.sealed	= req->sealed,
		.proof	= req->sealed,
	};

	if (!id.proof && smb2_is_signed(req))
		id.proof = req->channel || proves_binding(req);	/* the gate has checked it */
	csrv_cancel(req->conn, &id);
	return NT_OK;
}
