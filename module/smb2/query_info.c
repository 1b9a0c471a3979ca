// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/query_info.c - SMB2 QUERY_INFO, [MS-SMB2] 3.3.5.20 */
#include "../info/info.h"
#include "../wire/fscc_file.h"
#include "smb2.h"

#define QUERY_FIXED	8u

u32 csrv_smb2_query_info_reply_max(const struct csrv_req *req)
{
	return QUERY_FIXED + min(smb2_args(req)->query_info.output_len, CSRV_REPLY_BUFFER);
}

void csrv_smb2_query_info_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_query_info_args *a = args;

	*sent = a->input.len;
	*requested = a->output_len;
}

static nt_status_t query_sec(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_query_info_args *args = &smb2_args(req)->query_info;
	nt_status_t status;
	u32 needed = 0;

	status = csrv_info_get_sec(req->open, args->additional, out, &needed);
	if (status == NT_BUFFER_TOO_SMALL)	/* [MS-SMB2] 3.3.5.20.3: with the size needed */
		csrv_smb2_reply_needs(req, needed);
	return status;
}

/* [MS-SMB2] 3.3.5.20.1 */
static nt_status_t query_file(struct csrv_req *req, struct csrv_info_get *q)
{
	if (q->class == FILE_NORMALIZED_NAME_INFORMATION &&
	    req->conn->nego.dialect != SMB2_DIALECT_311)
		return NT_NOT_SUPPORTED;
	return csrv_info_get_file(q);
}

/* [MS-SMB2] 3.3.5.20.2: too short a buffer gets an ErrorContext, without data */
static nt_status_t query_fs(struct csrv_req *req, struct csrv_info_get *q)
{
	nt_status_t status = csrv_info_get_fs(q);

	smb2_front(req)->error_context = status == NT_INFO_LENGTH_MISMATCH;
	return status;
}

static nt_status_t query(struct csrv_req *req, struct wire_out *out)
{
	const struct smb2_query_info_args *args = &smb2_args(req)->query_info;
	struct csrv_info_get q = {
		.open	= req->open,
		.class	= args->class,
		.flags	= args->flags,
		.input	= args->input,
		.out	= out,
	};

	switch (args->info_type) {
	case SMB2_0_INFO_FILE:
		return query_file(req, &q);
	case SMB2_0_INFO_FILESYSTEM:
		return query_fs(req, &q);
	case SMB2_0_INFO_SECURITY:
		return query_sec(req, out);
	case SMB2_0_INFO_QUOTA:
		return NT_NOT_SUPPORTED;
	default:
		return NT_INVALID_PARAMETER;
	}
}

nt_status_t csrv_smb2_query_info(struct csrv_req *req)
{
	const struct smb2_query_info_args *args = &smb2_args(req)->query_info;
	struct smb2_query_info_res *res = &smb2_res(req)->query_info;
	struct wire_out out = csrv_reply_window(req, SMB2_QUERY_INFO_OFFSET);
	nt_status_t status;

	if (args->output_len > req->conn->nego.max_trans ||
	    args->input.len > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	out.base = out.pos;
	out.end = min(out.end, out.pos + args->output_len);
	status = query(req, &out);
	res->output.data = out.base;
	res->output.len = wire_out_len(&out);
	return status;
}
