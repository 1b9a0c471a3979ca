// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/create_reply.c - the result of a CREATE, [MS-SMB2] 3.3.5.9, "Response Construction" */
#include "../info/info.h"
#include "../store/create.h"
#include "../wire/access.h"
#include "create.h"
#include "smb2.h"

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
	if (!(a->ctx.present & SMB2_CTX_RQLS_V2) ||
	    !(asked->flags & SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET))
		return;
	ctx->flags |= SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET;
	memcpy(ctx->parent_key, asked->parent_key, sizeof(ctx->parent_key));
}

/* [MS-SMB2] 2.2.14.2.3, 2.2.14.2.12; a client that comes back gets neither */
static void fill_durable(struct smb2_create_res *res, const struct csrv_durable *d)
{
	if (!d->has_guid) {
		res->ctx.present |= SMB2_CTX_DHNQ;
		return;
	}
	res->ctx.present |= SMB2_CTX_DH2Q;
	res->ctx.dh2q_timeout = d->timeout;
	res->ctx.dh2q_flags = 0;	/* not SMB2_DHANDLE_FLAG_PERSISTENT */
}

/**
 * csrv_smb2_create_fill() - the result of a CREATE
 * @req: the CREATE
 * @c: its outcome
 */
void csrv_smb2_create_fill(struct csrv_req *req, const struct csrv_create *c)
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
	if (c->is_durable)
		fill_durable(res, o->durable);
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
