// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/create_lease.c - the lease of a CREATE, [MS-SMB2] 3.3.5.9.8, 3.3.5.9.11 */
#include "../store/lease.h"
#include "create.h"
#include "smb2.h"

static bool has_lease(const struct csrv_req *req)
{
	u32 present = smb2_args(req)->create.ctx.present;

	return present & SMB2_CTX_RQLS && req->conn->nego.leases &&
	       (!(present & SMB2_CTX_RQLS_V2) || req->conn->nego.dialect >= SMB2_DIALECT_300);
}

/**
 * csrv_smb2_lease_shown() - the lease that a CREATE names
 * @req: the CREATE
 * @name: of the file, UTF-8
 * @ret: filled if there is one
 *
 * Return: true if there is.
 */
bool csrv_smb2_lease_shown(const struct csrv_req *req, const char *name,
			   struct csrv_lease_request *ret)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	const struct smb2_lease_ctx *ctx = &a->ctx.lease;
	bool v2 = a->ctx.present & SMB2_CTX_RQLS_V2;

	if (!has_lease(req))
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

/* Does the CREATE ask for a lease?  @ret is filled then. */
bool csrv_smb2_lease_wanted(const struct csrv_req *req, const char *name,
			    struct csrv_lease_request *ret)
{
	return smb2_args(req)->create.oplock_level == SMB2_OPLOCK_LEVEL_LEASE &&
	       csrv_smb2_lease_shown(req, name, ret);
}

/**
 * csrv_smb2_parent_key() - the ParentLeaseKey of a CREATE
 * @req: the CREATE
 *
 * The client shows that it holds the lease of the directory.  It counts whether a lease of the file
 * is granted or not.
 * Return: of @req; NULL: there is none.
 */
const u8 *csrv_smb2_parent_key(const struct csrv_req *req)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;

	if (a->oplock_level != SMB2_OPLOCK_LEVEL_LEASE || !has_lease(req) ||
	    !(a->ctx.present & SMB2_CTX_RQLS_V2) ||
	    !(a->ctx.lease.flags & SMB2_LEASE_FLAG_PARENT_LEASE_KEY_SET))
		return NULL;
	return a->ctx.lease.parent_key;
}
