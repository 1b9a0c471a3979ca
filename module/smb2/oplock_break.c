// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/oplock_break.c - SMB2 OPLOCK_BREAK, [MS-SMB2] 3.3.4.6, 3.3.5.22.1 */
#include "../store/break.h"
#include "smb2.h"

/* A mask of enum csrv_cache_mask.  No level means a lease, because none is granted. */
u8 csrv_smb2_oplock_from_wire(u8 level)
{
	switch (level) {
	case SMB2_OPLOCK_LEVEL_II:
		return CSRV_CACHE_II;
	case SMB2_OPLOCK_LEVEL_EXCLUSIVE:
		return CSRV_CACHE_EXCLUSIVE;
	case SMB2_OPLOCK_LEVEL_BATCH:
		return CSRV_CACHE_BATCH;
	default:
		return CSRV_CACHE_NONE;
	}
}

u8 csrv_smb2_oplock_to_wire(u8 mask)
{
	static const u8 levels[] = {
		[CSRV_CACHE_NONE]	= SMB2_OPLOCK_LEVEL_NONE,
		[CSRV_CACHE_II]		= SMB2_OPLOCK_LEVEL_II,
		[CSRV_CACHE_EXCLUSIVE]	= SMB2_OPLOCK_LEVEL_EXCLUSIVE,
		[CSRV_CACHE_BATCH]	= SMB2_OPLOCK_LEVEL_BATCH,
	};

	return levels[mask];
}

/* csrv_frontend.notify_break: [MS-SMB2] 2.2.23.1, 3.3.4.6; never signed */
int csrv_smb2_notify_break(struct csrv_channel *ch, const struct csrv_open *o, u8 to,
			   struct csrv_notification *n)
{
	struct wire_out out = wire_out(n->buf, sizeof(n->buf));
	struct csrv_session *s = ch->session;
	bool seal = s->seal_out && (s->encrypt || o->rights->encrypt);	/* 3.3.4.1.4 */
	struct smb2_header hdr = {
		.command	= SMB2_OPLOCK_BREAK,
		.flags		= SMB2_FLAGS_SERVER_TO_REDIR,
		.message_id	= SMB2_MESSAGE_ID_BREAK,
	};
	struct smb2_oplock_break_note body = {
		.id		= { o->persistent_id, o->volatile_id },
		.oplock_level	= csrv_smb2_oplock_to_wire(to),
	};

	csrv_smb2_encode_header(&out, &hdr);
	csrv_smb2_encode_oplock_break_note(&out, &body);
	return csrv_smb2_notification_close(n, wire_out_len(&out), seal ? s : NULL);
}

static bool level_known(u8 level)
{
	return level == SMB2_OPLOCK_LEVEL_NONE ||
	       csrv_smb2_oplock_from_wire(level) != CSRV_CACHE_NONE;
}

/* [MS-SMB2] 3.3.5.22.1 */
nt_status_t csrv_smb2_oplock_break(struct csrv_req *req)
{
	const struct smb2_oplock_break_args *args = &smb2_args(req)->oplock_break;
	struct smb2_oplock_break_res *res = &smb2_res(req)->oplock_break;
	nt_status_t status;

	if (req->open->pipe)
		return NT_INVALID_DEVICE_STATE;
	status = csrv_break_ack(req->open, csrv_smb2_oplock_from_wire(args->oplock_level));
	if (status == NT_OK && !level_known(args->oplock_level))
		return NT_INVALID_PARAMETER;	/* the oplock is given up all the same */
	res->id.persistent_id = req->open->persistent_id;
	res->id.volatile_id = req->open->volatile_id;
	res->oplock_level = args->oplock_level;
	return status;
}

static void wait_cancel(struct csrv_req *req)
{
	csrv_break_wait_cancel(&smb2_state(req)->brk, NT_CANCELLED);
}

/* Wait for the lease of a process on the server's machine. */
static nt_status_t lease_wait(struct csrv_req *req)
{
	csrv_req_hold(req);
	return csrv_req_asked(req, csrv_break_wait_lease(&smb2_state(req)->brk, req->conn->srv));
}

static nt_status_t break_wait(struct csrv_req *req)
{
	nt_status_t status = csrv_break_wait(&smb2_state(req)->brk);

	return status == NT_PENDING ? status : csrv_req_unpark(req, status);
}

/*
 * The current command cannot go on before other clients have given up what they cache of @stream,
 * a reference that is taken over.  NULL: before a process of this machine has.  NT_OK: they have
 * by now; NT_PENDING: @req is not the caller's any more, its row's resume() calls
 * csrv_break_wait_done(); else the command's outcome.
 */
nt_status_t csrv_smb2_break_wait(struct csrv_req *req, struct csrv_stream *stream)
{
	nt_status_t status;

	status = csrv_break_wait_init(&smb2_state(req)->brk, &req->wait, stream,
				      req->rights->account);
	if (status != NT_OK)
		return status;
	status = csrv_req_park(req, !req->async_id, wait_cancel);
	if (status == NT_OK)
		status = stream ? break_wait(req) : lease_wait(req);
	if (status != NT_PENDING)
		csrv_break_wait_done(&smb2_state(req)->brk);
	return status;
}
