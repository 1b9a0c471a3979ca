// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/ioctl.c - SMB2 IOCTL, [MS-SMB2] 3.3.5.15: one row per FSCTL that is served */
#include "smb2.h"

#define IOCTL_FIXED	48u	/* reply body before the buffers */

enum fsctl_flags {
	FSCTL_NO_OPEN	= 1 << 0,	/* FileId is all ones */
	FSCTL_PIPE	= 1 << 1,	/* on a pipe, and only there */
	FSCTL_DISK	= 1 << 2,	/* on a file or directory, and only there */
};

/**
 * struct fsctl_row - one control code
 * @code: FSCTL_*
 * @flags: enum fsctl_flags
 * @access: granted access of which one bit is needed; 0: none
 * @handle: writes the output at @out; NULL: @refuse is the answer
 * @refuse: the status of a code that is known and not served
 * @partial: the status but NT_OK that comes with output, [MS-SMB2] 3.3.4.4; NT_OK: none
 */
struct fsctl_row {
	u32		code;
	u32		flags;
	u32		access;
	nt_status_t	(*handle)(struct csrv_req *req, struct wire_out *out);
	nt_status_t	refuse;
	nt_status_t	partial;
};

static nt_status_t transceive(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;

	return csrv_smb2_pipe_transact(req, SMB2_IOCTL_BUFFER_OFFSET, &args->input,
				       args->max_output);
}

/*
 * [MS-FSCC] 2.3.1: an id that the file keeps.  Ours needs no storage: it is made of what
 * names the file on this volume, so it is the same whenever and however it is asked.
 */
static nt_status_t object_id(struct csrv_req *req, struct wire_out *out)
{
	struct fsctl_object_id id = {};
	struct csrv_vfs_attr a;
	int err = csrv_vfs_getattr(&req->open->path, &a);

	if (err)
		return csrv_errno_status(err);
	wire_guid_of(id.id, a.ino, a.generation, req->open->cfg->volume);
	if (csrv_fsctl_encode_object_id(out, &id))
		return NT_OK;
	csrv_smb2_reply_needs(req, sizeof(id.id) + sizeof(id.extra));
	return NT_BUFFER_TOO_SMALL;
}

static const struct fsctl_row rows[] = {
	{ .code = FSCTL_VALIDATE_NEGOTIATE_INFO,	/* 3.3.5.15.12 */
	  .flags = FSCTL_NO_OPEN, .handle = csrv_smb2_fsctl_validate },
	{ .code = FSCTL_QUERY_NETWORK_INTERFACE_INFO,	/* 3.3.5.15.11 */
	  .flags = FSCTL_NO_OPEN, .handle = csrv_smb2_fsctl_netif },
	{ .code = FSCTL_PIPE_TRANSCEIVE,		/* 3.3.5.15.1 */
	  .flags = FSCTL_PIPE, .handle = transceive, .partial = NT_BUFFER_OVERFLOW },
	{ .code = FSCTL_CREATE_OR_GET_OBJECT_ID, .flags = FSCTL_DISK, .handle = object_id },
	{ .code = FSCTL_DFS_GET_REFERRALS,		/* 3.3.5.15.2: no DFS here */
	  .flags = FSCTL_NO_OPEN, .refuse = NT_FS_DRIVER_REQUIRED },
	{ .code = FSCTL_DFS_GET_REFERRALS_EX,
	  .flags = FSCTL_NO_OPEN, .refuse = NT_FS_DRIVER_REQUIRED },
	{ .code = FSCTL_PIPE_WAIT,
	  .flags = FSCTL_NO_OPEN, .refuse = NT_NOT_SUPPORTED },
};

static const struct fsctl_row *row_of(u32 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

u32 csrv_smb2_ioctl_reply_max(const struct csrv_req *req)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;

	return IOCTL_FIXED + min(args->max_output, CSRV_REPLY_BUFFER);
}

void csrv_smb2_ioctl_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_ioctl_args *a = args;

	*sent = (u64)a->input.len + a->output.len;
	*requested = (u64)a->max_input + a->max_output;
}

/* NULL where the code wants no open, or is unknown. */
const void *csrv_smb2_ioctl_file_id(const void *args)
{
	const struct smb2_ioctl_args *a = args;
	const struct fsctl_row *row = row_of(a->ctl_code);

	return row && (row->flags & FSCTL_NO_OPEN) ? NULL : &a->id;
}

/* [MS-SMB2] 3.3.4.4: does the status come with output? */
bool csrv_smb2_ioctl_body_with(const struct csrv_req *req, nt_status_t status)
{
	const struct fsctl_row *row = row_of(smb2_args(req)->ioctl.ctl_code);

	return row && status == row->partial;
}

/* [MS-SMB2] 2.2.31: the FileId of codes that want no open */
static bool no_file(const struct smb2_file_id *id)
{
	return id->persistent_id == U64_MAX && id->volatile_id == U64_MAX;
}

static nt_status_t check(struct csrv_req *req, const struct smb2_ioctl_args *args,
			 const struct fsctl_row *row)
{
	if (args->flags != SMB2_0_IOCTL_IS_FSCTL)
		return NT_NOT_SUPPORTED;
	if (args->input.len > req->conn->nego.max_trans ||
	    args->max_output > req->conn->nego.max_trans ||
	    args->max_input > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	if (!row)
		return NT_INVALID_DEVICE_REQUEST;
	if ((row->flags & FSCTL_NO_OPEN) && !no_file(&args->id))
		return NT_INVALID_PARAMETER;
	if ((row->flags & FSCTL_PIPE) && !req->open->pipe)
		return NT_INVALID_DEVICE_REQUEST;
	if ((row->flags & FSCTL_DISK) && req->open->pipe)
		return NT_INVALID_DEVICE_REQUEST;
	if (row->access && !(req->open->access & row->access))
		return NT_ACCESS_DENIED;
	return row->handle ? NT_OK : row->refuse;
}

/* [MS-SMB2] 3.3.5.15 */
nt_status_t csrv_smb2_ioctl(struct csrv_req *req)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;
	const struct fsctl_row *row = row_of(args->ctl_code);
	struct smb2_ioctl_res *res = &smb2_res(req)->ioctl;
	nt_status_t status = check(req, args, row);
	struct wire_out out;

	if (status != NT_OK)
		return status;
	res->id = args->id;
	res->ctl_code = args->ctl_code;
	out = csrv_reply_window(req, SMB2_IOCTL_BUFFER_OFFSET);
	out.base = out.pos;
	out.end = min(out.end, out.pos + args->max_output);
	status = row->handle(req, &out);
	if (status != NT_OK && status != row->partial)
		return status;
	if (out.bad)
		return NT_BUFFER_TOO_SMALL;
	res->output.data = out.base;
	res->output.len = wire_out_len(&out);
	return status;
}

/* The daemon has answered a transaction of a pipe. */
nt_status_t csrv_smb2_ioctl_resume(struct csrv_req *req)
{
	struct smb2_ioctl_res *res = &smb2_res(req)->ioctl;
	struct wire_out out = csrv_reply_window(req, SMB2_IOCTL_BUFFER_OFFSET);

	res->output.data = out.pos;
	res->output.len = req->reply.extra;
	req->reply.extra = 0;	/* encode() counts it */
	return req->wait.status;
}
