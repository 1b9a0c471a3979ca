// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/set_info.c - SMB2 SET_INFO, [MS-SMB2] 3.3.5.21 */
#include "../info/info.h"
#include "../store/lease.h"
#include "../store/modify.h"
#include "smb2.h"

void csrv_smb2_set_info_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_set_info_args *a = args;

	*sent = a->input.len;
}

static const struct csrv_cache_key *lease_key(const struct csrv_open *o)
{
	return o->lease ? &o->lease->key : NULL;
}

/*
 * Repeats until there is an outcome, or the request waits.  As on Windows the client is not told
 * that it does (smb2.compound_async.rename_non_compound_no_async), unless it waits @again: one wait
 * is shorter than the time a client has for a request, [MS-SMB2] 3.3.2.5, two may not be.
 */
static nt_status_t set_file(struct csrv_req *req, bool again)
{
	const struct smb2_set_info_args *args = &smb2_args(req)->set_info;
	struct csrv_stream *wait_for = NULL;
	const struct csrv_info_set q = {
		.open		= req->open,
		.rights		= req->rights,
		.class		= args->class,
		.input		= &args->input,
		.wait_for	= &wait_for,
	};
	nt_status_t status;

	for (;;) {
		status = csrv_info_set_file(&q);
		if (status != NT_OPLOCK_BREAK_IN_PROGRESS)
			return status;
		status = csrv_smb2_break_wait(req, wait_for, lease_key(req->open),
					      again || !wait_for);
		if (status != NT_OK)
			return status;
	}
}

static nt_status_t set_sec_once(struct csrv_req *req)
{
	const struct smb2_set_info_args *args = &smb2_args(req)->set_info;
	struct csrv_modify m;
	nt_status_t status;

	/* [MS-FSA] 2.1.5.17 */
	csrv_modify_begin(req->open, &m, false, FILE_NOTIFY_CHANGE_SECURITY);
	status = csrv_info_set_sec(req->open, args->additional, &args->input);
	csrv_modify_end(req->open, &m, status);
	return status;
}

/* The same for a descriptor; only delegations of this machine can make it wait. */
static nt_status_t set_sec(struct csrv_req *req)
{
	nt_status_t status;

	if (req->open->pipe)
		return NT_NOT_SUPPORTED;
	for (;;) {
		status = set_sec_once(req);
		if (status != NT_OPLOCK_BREAK_IN_PROGRESS)
			return status;
		status = csrv_smb2_break_wait(req, NULL, NULL, true);
		if (status != NT_OK)
			return status;
	}
}

static nt_status_t set_any(struct csrv_req *req, bool again)
{
	const struct smb2_set_info_args *args = &smb2_args(req)->set_info;

	return args->info_type == SMB2_0_INFO_FILE ? set_file(req, again) : set_sec(req);
}

/* Other clients cache nothing that is in the way any more, or the wait was ended. */
nt_status_t csrv_smb2_set_info_resume(struct csrv_req *req)
{
	nt_status_t status = req->wait.status;

	csrv_break_wait_done(&smb2_state(req)->brk);
	/* The new name obeys the current parameters of the share. */
	if (status == NT_OK)
		status = csrv_gate_renew(req);
	return status == NT_OK ? set_any(req, true) : status;
}

nt_status_t csrv_smb2_set_info(struct csrv_req *req)
{
	const struct smb2_set_info_args *args = &smb2_args(req)->set_info;

	if (args->input.len > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	switch (args->info_type) {
	case SMB2_0_INFO_FILE:
	case SMB2_0_INFO_SECURITY:
		csrv_break_wait_first(&smb2_state(req)->brk);
		return set_any(req, false);
	case SMB2_0_INFO_FILESYSTEM:
	case SMB2_0_INFO_QUOTA:
		return NT_NOT_SUPPORTED;
	default:
		return NT_INVALID_PARAMETER;
	}
}
