// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/ioctl.c - SMB2 IOCTL, [MS-SMB2] 3.3.5.15: its framing, its checks, and the FSCTLs that are
 * of SMB2 itself; those of files and volumes are fsctl/'s
 */
#include "../fsctl/fsctl.h"
#include "smb2.h"

#define IOCTL_FIXED	48u	/* reply body before the buffers */

/**
 * struct own_row - a control code about the connection or a pipe
 * @code: FSCTL_*
 * @pipe: on a pipe, and only there; else without an open
 * @handle: writes the output at @out
 * @partial: the status but NT_OK that comes with output, [MS-SMB2] 3.3.4.4; NT_OK: none
 */
struct own_row {
	u32		code;
	bool		pipe;
	nt_status_t	(*handle)(struct csrv_req *req, struct wire_out *out);
	nt_status_t	partial;
};

static nt_status_t transceive(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;

	return csrv_smb2_pipe_transact(req, SMB2_IOCTL_BUFFER_OFFSET, &args->input,
				       args->max_output);
}

static const struct own_row own_rows[] = {
	{ .code = FSCTL_VALIDATE_NEGOTIATE_INFO,	/* 3.3.5.15.12 */
	  .handle = csrv_smb2_fsctl_validate },
	{ .code = FSCTL_QUERY_NETWORK_INTERFACE_INFO,	/* 3.3.5.15.11 */
	  .handle = csrv_smb2_fsctl_netif },
	{ .code = FSCTL_PIPE_TRANSCEIVE,		/* 3.3.5.15.1 */
	  .pipe = true, .handle = transceive, .partial = NT_BUFFER_OVERFLOW },
};

/**
 * struct ioctl_code - the row of a control code; one of the two, or none where it is unknown
 * @own: of SMB2 itself
 * @shared: of a file, a volume or a name space
 */
struct ioctl_code {
	const struct own_row		*own;
	const struct csrv_fsctl_row	*shared;
};

static struct ioctl_code row_of(u32 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(own_rows); i++)
		if (own_rows[i].code == code)
			return (struct ioctl_code) { .own = &own_rows[i] };
	return (struct ioctl_code) { .shared = csrv_fsctl_find(code) };
}

/* Does the code come without an open, its FileId all ones? */
static bool wants_no_open(struct ioctl_code c)
{
	if (c.own)
		return !c.own->pipe;
	return c.shared && !(c.shared->flags & CSRV_FSCTL_OPEN);
}

/* Is @status the one but NT_OK that comes with output? */
static bool is_partial(struct ioctl_code c, nt_status_t status)
{
	if (c.own)
		return status == c.own->partial;
	return c.shared && status == c.shared->partial;
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

/* NULL where the code wants no open. */
const void *csrv_smb2_ioctl_file_id(const void *args)
{
	const struct smb2_ioctl_args *a = args;

	return wants_no_open(row_of(a->ctl_code)) ? NULL : &a->id;
}

/* [MS-SMB2] 3.3.4.4: does the status come with output? */
bool csrv_smb2_ioctl_body_with(const struct csrv_req *req, nt_status_t status)
{
	return is_partial(row_of(smb2_args(req)->ioctl.ctl_code), status);
}

static nt_status_t check(struct csrv_req *req, const struct smb2_ioctl_args *args,
			 struct ioctl_code c)
{
	if (args->flags != SMB2_0_IOCTL_IS_FSCTL)
		return NT_NOT_SUPPORTED;
	if (args->input.len > req->conn->nego.max_trans ||
	    args->max_output > req->conn->nego.max_trans ||
	    args->max_input > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	if (!c.own && !c.shared)
		return NT_INVALID_DEVICE_REQUEST;
	if (wants_no_open(c) && !smb2_no_file(&args->id))
		return NT_INVALID_PARAMETER;
	if (c.shared)
		return csrv_fsctl_check(c.shared, req->open);
	return c.own->pipe && !req->open->pipe ? NT_INVALID_DEVICE_REQUEST : NT_OK;
}

static nt_status_t run_shared(struct csrv_req *req, const struct csrv_fsctl_row *row,
			      struct wire_out *out)
{
	struct csrv_fsctl c = {
		.open	= req->open,
		.in	= &smb2_args(req)->ioctl.input,
		.out	= out,
	};
	nt_status_t status = row->run(&c);

	if (status == NT_BUFFER_TOO_SMALL && c.needed)
		csrv_smb2_reply_needs(req, c.needed);
	return status;
}

/* [MS-SMB2] 3.3.5.15 */
nt_status_t csrv_smb2_ioctl(struct csrv_req *req)
{
	const struct smb2_ioctl_args *args = &smb2_args(req)->ioctl;
	struct ioctl_code c = row_of(args->ctl_code);
	struct smb2_ioctl_res *res = &smb2_res(req)->ioctl;
	nt_status_t status = check(req, args, c);
	struct wire_out out;

	if (status != NT_OK)
		return status;
	res->id = args->id;
	res->ctl_code = args->ctl_code;
	out = csrv_reply_window(req, SMB2_IOCTL_BUFFER_OFFSET);
	out.base = out.pos;
	out.end = min(out.end, out.pos + args->max_output);
	status = c.own ? c.own->handle(req, &out) : run_shared(req, c.shared, &out);
	if (status != NT_OK && !is_partial(c, status))
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
