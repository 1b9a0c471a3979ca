// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/query_directory.c - SMB2 QUERY_DIRECTORY, [MS-SMB2] 3.3.5.18 */
#include <linux/slab.h>

#include "../info/info.h"
#include "../wire/name.h"
#include "smb2.h"

#define QUERY_FIXED	8u

u32 csrv_smb2_query_directory_reply_max(const struct csrv_req *req)
{
	return QUERY_FIXED + min(smb2_args(req)->query_directory.output_len,
				 CSRV_REPLY_BUFFER);
}

void csrv_smb2_query_directory_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_query_directory_args *a = args;

	*sent = a->pattern.len;
	*requested = a->output_len;
}

/*
 * A pattern may match nothing of a large directory.  A CLOSE, or the end of tree connect, session
 * or connection, ends the search, which occupies a worker.
 */
static nt_status_t search(struct csrv_req *req, struct csrv_dir_query *q)
{
	nt_status_t status, again;

	while ((status = csrv_info_dir(q)) == NT_RETRY) {
		q->restart = false;
		again = csrv_conn_is_open(req->conn) ? csrv_gate_again(req) : NT_CANCELLED;
		if (again != NT_OK)
			return again;
	}
	return status;
}

static nt_status_t query(struct csrv_req *req, char *pattern)
{
	const struct smb2_query_directory_args *args = &smb2_args(req)->query_directory;
	struct wire_out out = csrv_reply_window(req, SMB2_QUERY_DIRECTORY_OFFSET);
	struct csrv_dir_query q = {
		.open		= req->open,
		.class		= args->class,
		.restart	= args->flags & (SMB2_RESTART_SCANS | SMB2_REOPEN),
		.single		= args->flags & SMB2_RETURN_SINGLE_ENTRY,
		.out		= &out,
	};
	nt_status_t status = NT_OK;
	u32 len;

	if (args->pattern.len) {
		status = csrv_pattern_parse(&args->pattern, pattern, CSRV_PATTERN_MAX * 2, &len);
		q.pattern = pattern;
	}
	if (status != NT_OK)
		return status;
	out.base = out.pos;
	out.end = min(out.end, out.pos + args->output_len);
	status = search(req, &q);
	smb2_res(req)->query_directory.output.data = out.base;
	smb2_res(req)->query_directory.output.len = wire_out_len(&out);
	return status;
}

nt_status_t csrv_smb2_query_directory(struct csrv_req *req)
{
	const struct smb2_query_directory_args *args = &smb2_args(req)->query_directory;
	char *pattern;
	nt_status_t status;

	if (args->output_len > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	pattern = kmalloc(CSRV_PATTERN_MAX * 2, GFP_KERNEL);
	if (!pattern)
		return NT_INSUFFICIENT_RESOURCES;
	status = query(req, pattern);
	kfree(pattern);
	return status;
}
