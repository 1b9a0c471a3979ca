// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/create.c - SMB2 CREATE, [MS-SMB2] 3.3.5.9 */
#include <linux/slab.h>

#include "../client/notify_break.h"
#include "../info/info.h"
#include "../store/create.h"
#include "../store/dosattr.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/name.h"
#include "../wire/sd.h"
#include "../wire/utf16.h"
#include "create.h"
#include "smb2.h"

/* [MS-SMB2] 3.3.5.9, the checks before any look-up */
static nt_status_t check_args(const struct smb2_create_args *a)
{
	if (a->impersonation > SMB2_IMPERSONATION_DELEGATE)
		return NT_BAD_IMPERSONATION_LEVEL;
	if (a->disposition >= FILE_DISPOSITIONS)
		return NT_INVALID_PARAMETER;
	if (a->options & ~FILE_CREATE_OPTIONS_VALID)
		return NT_INVALID_PARAMETER;
	if (a->share_access & ~FILE_SHARE_ALL)
		return NT_INVALID_PARAMETER;
	if (a->desired_access & ACCESS_RESERVED_MASK)
		return NT_ACCESS_DENIED;
	if (a->file_attributes & ~FILE_ATTRIBUTE_ALL & ~FILE_ATTRIBUTE_VOLUME)
		return NT_INVALID_PARAMETER;
	if (a->ctx.present & SMB2_CTX_TWRP)
		return NT_OBJECT_NAME_NOT_FOUND;	/* there are no snapshots */
	if (a->options & FILE_OPEN_REQUIRING_OPLOCK)
		return NT_OPLOCK_NOT_GRANTED;
	return NT_OK;
}

static nt_status_t parse_name(const struct smb2_create_args *a, char *buf, size_t size,
			      struct wire_path *path)
{
	nt_status_t status = csrv_path_parse(&a->name, buf, size, path);

	if (status != NT_OK)
		return status;
	/* Named streams are not kept yet, and the volume says so. */
	if (path->stream || path->stream_type == WIRE_STREAM_INDEX)
		return NT_OBJECT_NAME_INVALID;
	return NT_OK;
}

/* Repeats until there is an outcome, or the request waits. */
static nt_status_t create_open(struct csrv_req *req, struct csrv_create *c)
{
	nt_status_t status;

	for (;;) {
		status = csrv_open_create(req->session, c);
		if (status != NT_OPLOCK_BREAK_IN_PROGRESS)
			return status;
		status = csrv_smb2_break_wait(req, c->wait_for, c->lease ? &c->lease->key : NULL,
					      true);
		if (status != NT_OK)
			return status;
	}
}

static nt_status_t create_file(struct csrv_req *req, const char *name, bool dir_only,
			       const struct wire_sd *sd)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	bool may_cache = req->rights->cfg->p.oplocks;
	struct csrv_lease_request lease;
	struct csrv_create c = {
		.tree_id	= req->tree->id,
		.home		= req->channel->number,
		.seq		= smb2_front(req)->hdr.channel_sequence,
		.rights		= req->rights,
		.name		= name,
		.access		= a->desired_access,
		.share		= a->share_access,
		.disposition	= a->disposition,
		.options	= a->options,
		.attributes	= a->file_attributes,
		.alloc_size	= a->ctx.present & SMB2_CTX_ALSI ? a->ctx.alloc_size : 0,
		.sd		= sd,
		.eas		= a->ctx.present & SMB2_CTX_EXTA && a->ctx.ea.len ? &a->ctx.ea :
										   NULL,
		.oplock		= may_cache ? csrv_smb2_oplock_from_wire(a->oplock_level) :
				  CSRV_CACHE_NONE,
		.lease		= may_cache && csrv_smb2_lease_wanted(req, name, &lease) ?
				  &lease : NULL,
		.parent_key	= csrv_smb2_parent_key(req),
		.holder_ops	= &csrv_holder_ops,
		.durable	= smb2_state(req)->durable,
	};
	nt_status_t status;

	if (dir_only && (a->options & FILE_NON_DIRECTORY_FILE))
		return NT_OBJECT_NAME_INVALID;
	status = create_open(req, &c);
	if (status != NT_OK)
		return status;
	if (c.grants)
		csrv_req_grants(req, c.open);
	csrv_smb2_create_fill(req, &c);
	csrv_smb2_chain_open(req, c.open);
	csrv_open_put(c.open);
	return NT_OK;
}

/* The security descriptor of SecD, in a form and memory of its own. */
static nt_status_t parse_sd(const struct smb2_create_args *a, struct wire_sd **ret)
{
	*ret = NULL;
	if (!(a->ctx.present & SMB2_CTX_SECD))
		return NT_OK;
	return csrv_sd_decode(&a->ctx.sd, ret);
}

static nt_status_t create_on_disk(struct csrv_req *req)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	size_t size = wire_path_room(&a->name);
	char *buf = kmalloc(size, GFP_KERNEL);
	struct wire_sd *sd = NULL;
	struct wire_path path;
	nt_status_t status;

	if (!buf)
		return NT_INSUFFICIENT_RESOURCES;
	status = parse_name(a, buf, size, &path);
	if (status == NT_OK)
		status = parse_sd(a, &sd);
	if (status == NT_OK)
		status = create_file(req, path.path, path.trailing_slash, sd);
	csrv_sd_free(sd);
	kfree(buf);
	return status;
}

static nt_status_t create_pipe(struct csrv_req *req)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	char name[CSRV_PIPE_NAME_MAX];

	if (csrv_utf16_to_utf8(&a->name, name, sizeof(name)) < 0)
		return NT_OBJECT_NAME_INVALID;
	return csrv_smb2_pipe_open(req, name[0] == '\\' ? name + 1 : name);
}

/* Begin, or continue after a wait. */
static nt_status_t create_disk(struct csrv_req *req)
{
	bool answered = false;
	nt_status_t status = csrv_smb2_durable_begin(req, &answered);

	return status != NT_OK || answered ? status : create_on_disk(req);
}

/* A replay that comes after the failure begins anew. */
static nt_status_t create_over(struct csrv_req *req, nt_status_t status)
{
	if (status != NT_OK && status != NT_PENDING)
		csrv_smb2_durable_release(req);
	return status;
}

/* [MS-SMB2] 3.3.5.9 */
nt_status_t csrv_smb2_create(struct csrv_req *req)
{
	bool reconnects = csrv_smb2_reconnects(req);
	nt_status_t status = csrv_smb2_durable_check(req);

	if (status == NT_OK && !reconnects)
		status = check_args(&smb2_args(req)->create);
	if (status != NT_OK)
		return status;
	csrv_break_wait_first(&smb2_state(req)->brk);
	if (!req->rights->max_access)
		return NT_ACCESS_DENIED;	/* the session's current user is not admitted */
	if (reconnects)
		return csrv_smb2_reconnect(req);
	return req->tree->share->ipc ? create_pipe(req) : create_over(req, create_disk(req));
}

/* What it has waited for: the daemon, other clients that cache, or requests that use an open. */
nt_status_t csrv_smb2_create_resume(struct csrv_req *req)
{
	bool reconnects = csrv_smb2_reconnects(req);

	if (req->tree->share->ipc && !reconnects)
		return csrv_smb2_pipe_opened(req);
	csrv_break_wait_done(&smb2_state(req)->brk);
	if (req->wait.status != NT_OK)
		return create_over(req, req->wait.status);
	if (!req->rights->max_access)	/* the session's current user is not admitted */
		return create_over(req, NT_ACCESS_DENIED);
	return reconnects ? csrv_smb2_reconnect(req) : create_over(req, create_disk(req));
}
