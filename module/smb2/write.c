// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/write.c - SMB2 WRITE, [MS-SMB2] 3.3.5.13 */
#include <linux/uio.h>

#include "../store/brl.h"
#include "../store/modify.h"
#include "../wire/access.h"
#include "smb2.h"

void csrv_smb2_write_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_write_args *a = args;

	*sent = a->length;
}

static bool write_through(const struct csrv_req *req, const struct smb2_write_args *args)
{
	/* smb.conf(5): without "strict sync" there is no "sync always" either */
	return req->rights->cfg->p.strict_sync &&
	       (req->rights->cfg->p.sync_always || (req->open->options & FILE_WRITE_THROUGH) ||
		(args->flags & SMB2_WRITEFLAG_WRITE_THROUGH));
}

static bool appends_only(const struct csrv_open *o)
{
	return !(o->access & FILE_WRITE_DATA);
}

/* What only appends lands where the file ends when it is written: at its offset or behind it. */
static nt_status_t check_locks(struct csrv_open *o, const struct smb2_write_args *args)
{
	u64 len = args->length;

	if (len && appends_only(o))
		len = S64_MAX - args->offset;
	return csrv_brl_check(o, args->offset, len, true);
}

/*
 * [MS-SMB2] 3.3.5.13: with FILE_APPEND_DATA only, a WRITE changes no existing data.  The file is
 * open with O_APPEND then, so this holds whatever happens meanwhile.
 */
static nt_status_t check_append(const struct csrv_open *o, const struct smb2_write_args *args)
{
	int err;

	if (!appends_only(o) || !args->length)
		return NT_OK;
	err = csrv_vfs_append_at(&o->vf, args->offset);
	return err ? csrv_errno_status(err) : NT_OK;
}

/* "strict allocate": no hole between the end of the file and what is written behind it */
static nt_status_t fill_gap(const struct csrv_req *req, const struct smb2_write_args *args)
{
	int err = 0;

	if (req->rights->cfg->p.strict_allocate && args->length)
		err = csrv_vfs_allocate_to(&req->open->vf, args->offset);
	return err ? csrv_errno_status(err) : NT_OK;
}

/* What may change the file before anything is written. */
static nt_status_t make_room(const struct csrv_req *req, const struct smb2_write_args *args)
{
	nt_status_t status = fill_gap(req, args);

	return status == NT_OK ? check_append(req->open, args) : status;
}

/* @put: set to how much was written */
static nt_status_t write_data(struct csrv_req *req, const struct smb2_write_args *args,
			      size_t *put)
{
	struct csrv_open *o = req->open;
	ssize_t n;

	n = csrv_vfs_write(&o->vf, args->offset, &req->in.payload,
			   write_through(req, args) ? CSRV_RW_DSYNC : 0);
	if (n < 0)
		return csrv_errno_status(n);
	*put = n;
	return n ? NT_OK : NT_DISK_FULL;
}

/*
 * [MS-FSA] 2.1.5.4.  Who knows a listing of the directory learns of it when the file is closed
 * (smbtorture's smb2.dirlease.v2_request): NTFS itself writes its directories late.
 */
static u32 what_changes(const struct csrv_open *o, const struct smb2_write_args *args)
{
	u32 what = FILE_NOTIFY_CHANGE_LAST_WRITE | CSRV_ACTS_UNLISTED;

	if (appends_only(o) || args->offset + args->length > csrv_vfs_size(&o->vf))
		what |= FILE_NOTIFY_CHANGE_SIZE;
	return what;
}

static nt_status_t write_file(struct csrv_req *req)
{
	const struct smb2_write_args *args = &smb2_args(req)->write;
	struct csrv_open *o = req->open;
	struct csrv_modify m;
	nt_status_t status;
	size_t n = 0;

	if (o->rights->read_only)
		return NT_ACCESS_DENIED;
	status = check_locks(o, args);
	if (status != NT_OK)
		return status;
	csrv_modify_begin(o, &m, true, what_changes(o, args));
	status = make_room(req, args);
	if (status == NT_OK && args->length) {
		m.tried = true;
		status = write_data(req, args, &n);
	}
	csrv_modify_end(o, &m, status);
	if (status != NT_OK)
		return status;
	o->position = args->offset + n;
	smb2_res(req)->write.count = n;
	return NT_OK;
}

static nt_status_t write_pipe(struct csrv_req *req)
{
	u32 len = smb2_args(req)->write.length;
	const void *data = len ? csrv_payload_linear(req) : NULL;

	if (!data)
		return NT_INVALID_PARAMETER;	/* a pipe's message is never in pages */
	return csrv_smb2_pipe_write(req, data, len);
}

/* The payload is there: the WRITE goes on. */
static nt_status_t write_pulled(struct csrv_req *req)
{
	return req->open->pipe ? write_pipe(req) : write_file(req);
}

nt_status_t csrv_smb2_write(struct csrv_req *req)
{
	const struct smb2_write_args *args = &smb2_args(req)->write;
	nt_status_t status;

	if (args->length > req->conn->nego.max_write || args->channel != SMB2_CHANNEL_NONE)
		return NT_INVALID_PARAMETER;
	status = csrv_smb2_check_range(req->open, args->offset, args->length);
	if (status != NT_OK)
		return status;
	if (args->length && args->data_offset < SMB2_HEADER_LEN + 48)
		return NT_INVALID_PARAMETER;
	if (args->length)
		status = csrv_payload_pull(req, args->data_offset, args->length);
	return status == NT_OK ? write_pulled(req) : status;
}

/* The daemon has answered a WRITE to a pipe. */
nt_status_t csrv_smb2_write_resume(struct csrv_req *req)
{
	if (req->wait.status == NT_OK)
		smb2_res(req)->write.count = smb2_args(req)->write.length;
	return req->wait.status;
}
