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
	if (a->ctx.present & (SMB2_CTX_DHNC | SMB2_CTX_DH2C))
		return NT_OBJECT_NAME_NOT_FOUND;	/* there are no durable opens */
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

/* [MS-SMB2] 3.3.5.9.8, 3.3.5.9.11 */
static bool has_lease_context(const struct csrv_req *req)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	bool v2 = a->ctx.present & SMB2_CTX_RQLS_V2;

	return a->oplock_level == SMB2_OPLOCK_LEVEL_LEASE && (a->ctx.present & SMB2_CTX_RQLS) &&
	       req->conn->nego.leases && (!v2 || req->conn->nego.dialect >= SMB2_DIALECT_300);
}

/* Who knows it holds the lease of the directory.  It counts whether a lease is granted or not. */
static const u8 *parent_key(const struct csrv_req *req)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;

	if (!has_lease_context(req) || !(a->ctx.present & SMB2_CTX_RQLS_V2) ||
	    !(a->ctx.lease.flags & SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET))
		return NULL;
	return a->ctx.lease.parent_key;
}

/* Does the client ask for a lease?  @ret is filled then. */
static bool lease_wanted(const struct csrv_req *req, const char *name,
			 struct csrv_lease_request *ret)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	const struct smb2_lease_ctx *ctx = &a->ctx.lease;
	bool v2 = a->ctx.present & SMB2_CTX_RQLS_V2;

	if (!has_lease_context(req))
		return false;
	*ret = (struct csrv_lease_request){
		.key		= csrv_smb2_lease_key(req, ctx->key),
		.name		= csrv_lease_name(name),
		.state		= csrv_smb2_lease_from_wire(ctx->state),
		.v2		= v2,
		.dirs		= v2 && req->conn->nego.dir_leases,
		.epoch		= v2 ? ctx->epoch : 0,
	};
	return true;
}

/* [MS-SMB2] 2.2.14.2.10, 2.2.14.2.11: of the version that the lease was made with */
static void fill_lease(const struct smb2_create_args *a, struct smb2_create_res *res,
		       const struct csrv_create *c)
{
	const struct smb2_lease_ctx *asked = &a->ctx.lease;
	struct smb2_lease_ctx *ctx = &res->ctx.lease;

	res->oplock_level = SMB2_OPLOCK_LEVEL_LEASE;
	res->ctx.present |= SMB2_CTX_RQLS;
	memcpy(ctx->key, asked->key, sizeof(ctx->key));
	ctx->state = csrv_smb2_lease_to_wire(c->granted_oplock);
	ctx->flags = c->lease_breaking ? SMB2_LEASE_FLAG_BREAK_IN_PROGRESS : 0;
	if (!c->open->lease->v2)
		return;
	res->ctx.present |= SMB2_CTX_RQLS_V2;
	ctx->epoch = c->lease_epoch;
	if (!c->lease->v2 || !(asked->flags & SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET))
		return;
	ctx->flags |= SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET;
	memcpy(ctx->parent_key, asked->parent_key, sizeof(ctx->parent_key));
}

static void fill_reply(struct csrv_req *req, const struct csrv_create *c)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	struct smb2_create_res *res = &smb2_res(req)->create;
	struct csrv_open *o = c->open;
	const struct csrv_file_attr *f = &c->attr;
	const struct cred *old;

	if (o->lease)
		fill_lease(a, res, c);
	else
		res->oplock_level = csrv_smb2_oplock_to_wire(c->granted_oplock);
	res->action = c->action;
	res->creation_time = f->create_time;
	res->access_time = f->access_time;
	res->write_time = f->write_time;
	res->change_time = f->change_time;
	res->alloc_size = f->vfs.alloc;
	res->end_of_file = f->vfs.size;
	res->attributes = f->attributes;
	res->id.persistent_id = o->persistent_id;
	res->id.volatile_id = o->volatile_id;
	if (a->ctx.present & SMB2_CTX_MXAC) {
		old = csrv_open_enter(o);
		res->ctx.present |= SMB2_CTX_MXAC;
		res->ctx.mxac_access = csrv_vfs_max_access(&o->path, ~0u) &
				       o->rights->max_access;
		csrv_open_leave(old);
	}
	if (a->ctx.present & SMB2_CTX_QFID) {
		res->ctx.present |= SMB2_CTX_QFID;
		res->ctx.disk_file_id = f->id;
		res->ctx.disk_volume_id = o->cfg->volume;
	}
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
		.lease		= may_cache && lease_wanted(req, name, &lease) ? &lease : NULL,
		.parent_key	= parent_key(req),
		.holder_ops	= &csrv_holder_ops,
	};
	nt_status_t status;

	if (dir_only && (a->options & FILE_NON_DIRECTORY_FILE))
		return NT_OBJECT_NAME_INVALID;
	status = create_open(req, &c);
	if (status != NT_OK)
		return status;
	/* no client knows its id yet */
	c.open->chanseq.seq = smb2_front(req)->hdr.channel_sequence;
	if (c.grants)
		csrv_req_grants(req, c.open);
	fill_reply(req, &c);
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

/* [MS-SMB2] 3.3.5.9 */
nt_status_t csrv_smb2_create(struct csrv_req *req)
{
	nt_status_t status = check_args(&smb2_args(req)->create);

	if (status != NT_OK)
		return status;
	csrv_break_wait_first(&smb2_state(req)->brk);
	if (!req->rights->max_access)
		return NT_ACCESS_DENIED;	/* the session's current user is not admitted */
	return req->tree->share->ipc ? create_pipe(req) : create_on_disk(req);
}

/* The daemon has answered for a pipe; or other clients cache nothing in the way any more. */
nt_status_t csrv_smb2_create_resume(struct csrv_req *req)
{
	if (req->tree->share->ipc)
		return csrv_smb2_pipe_opened(req);
	csrv_break_wait_done(&smb2_state(req)->brk);
	if (req->wait.status != NT_OK)
		return req->wait.status;
	if (!req->rights->max_access)
		return NT_ACCESS_DENIED;	/* the session's current user is not admitted */
	return create_on_disk(req);
}
