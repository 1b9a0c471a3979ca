// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/durable.c - CREATEs of durable opens: asked for, replayed, reconnected
 *
 * [MS-SMB2] 3.3.5.9.6, 3.3.5.9.7, 3.3.5.9.10, 3.3.5.9.12.  No share has continuous availability:
 * no open is persistent, and SMB2_DHANDLE_FLAG_PERSISTENT counts as not set.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../client/reconnect.h"
#include "../store/create.h"
#include "../store/detached.h"
#include "../store/durable.h"
#include "../store/lease.h"
#include "../wire/name.h"
#include "create.h"
#include "smb2.h"

/* ms for which an open waits for its client.  3.3.5.9.6: 16 minutes, as Windows. */
#define TIMEOUT_V1		(16 * 60 * 1000u)
/* 3.3.5.9.10: what a request gets that leaves the choice to the server, and the most */
#define TIMEOUT_DEFAULT		(60 * 1000u)
#define TIMEOUT_MOST		(300 * 1000u)

#define CTX_DURABLE		(SMB2_CTX_DHNQ | SMB2_CTX_DHNC | SMB2_CTX_DH2Q | SMB2_CTX_DH2C)

/* Those of the second version belong to SMB 3. */
static u32 contexts(const struct csrv_req *req)
{
	u32 present = smb2_args(req)->create.ctx.present & CTX_DURABLE;

	if (req->conn->nego.dialect < SMB2_DIALECT_300)
		present &= ~(SMB2_CTX_DH2Q | SMB2_CTX_DH2C);
	return present;
}

/**
 * csrv_smb2_durable_check() - which of the contexts may come together
 * @req: a CREATE
 *
 * Return: NT_OK or NT_INVALID_PARAMETER.
 */
nt_status_t csrv_smb2_durable_check(const struct csrv_req *req)
{
	u32 present = contexts(req), v2 = present & (SMB2_CTX_DH2Q | SMB2_CTX_DH2C);

	return v2 && v2 != present ? NT_INVALID_PARAMETER :
	       v2 == (SMB2_CTX_DH2Q | SMB2_CTX_DH2C) ? NT_INVALID_PARAMETER : NT_OK;
}

/* Does the client come back to an open that it had?  Then no other argument counts. */
bool csrv_smb2_reconnects(const struct csrv_req *req)
{
	return contexts(req) & (SMB2_CTX_DHNC | SMB2_CTX_DH2C);
}

static bool is_replay(const struct csrv_req *req)
{
	return smb2_front(req)->hdr.flags & SMB2_FLAGS_REPLAY_OPERATION;
}

static struct csrv_reconnect reconnect_of(const struct csrv_req *req,
					  const struct csrv_lease_request *lease)
{
	return (struct csrv_reconnect){
		.lease	= lease,
		.rights	= req->rights,
		.at	= {
			.tree_id	= req->tree->id,
			.home		= req->channel->number,
			.seq		= smb2_front(req)->hdr.channel_sequence,
		},
	};
}

static void answer(struct csrv_req *req, struct csrv_create *c)
{
	if (c->grants)
		csrv_req_grants(req, c->open);
	csrv_smb2_create_fill(req, c);
	csrv_smb2_chain_open(req, c->open);
	if (c->grants)
		csrv_open_unuse(c->open);
	csrv_open_put(c->open);
}

/* ---- a client comes back ---- */

/*
 * The lease that the client shows, with the name of its file.  A name that is none is that of
 * another file.
 */
static bool lease_shown(const struct csrv_req *req, struct csrv_lease_request *ret)
{
	const struct smb2_create_args *a = &smb2_args(req)->create;
	size_t size = wire_path_room(&a->name);
	char *buf = kmalloc(size, GFP_KERNEL);
	struct wire_path path = {};
	bool shown;

	if (!buf || csrv_path_parse(&a->name, buf, size, &path) != NT_OK)
		path.path = "";
	shown = csrv_smb2_lease_shown(req, path.path, ret);
	kfree(buf);
	return shown;
}

static nt_status_t reconnect_once(struct csrv_req *req, struct csrv_create *c)
{
	const struct smb2_create_ctxs *ctx = &smb2_args(req)->create.ctx;
	bool v2 = contexts(req) & SMB2_CTX_DH2C;
	u64 id = v2 ? ctx->dh2c.id.persistent_id : ctx->dhnc.persistent_id;
	struct csrv_lease_request lease;
	struct csrv_reconnect r = reconnect_of(req, lease_shown(req, &lease) ? &lease : NULL);
	struct csrv_open *o = csrv_open_by_id(req->conn->srv, id);
	nt_status_t status;

	if (!o)
		return NT_OBJECT_NAME_NOT_FOUND;
	r.guid = v2 ? ctx->dh2c.create_guid : NULL;
	status = csrv_open_reconnect(req->session, o, &r, c);
	csrv_open_put(o);
	return status;
}

/**
 * csrv_smb2_reconnect() - 3.3.5.9.7, 3.3.5.9.12
 * @req: a CREATE with csrv_smb2_reconnects(), which runs, or continues after a wait
 *
 * Return: NT_OK, NT_PENDING, or the reply's status.
 */
nt_status_t csrv_smb2_reconnect(struct csrv_req *req)
{
	struct csrv_create c = {};
	nt_status_t status = reconnect_once(req, &c);

	if (status == NT_OK)
		answer(req, &c);
	else if (status == NT_OPLOCK_BREAK_IN_PROGRESS)
		status = csrv_smb2_break_wait(req, NULL, NULL, true);
	return status;
}

/* ---- durability is asked for ---- */

/* 3.3.5.9.6, 3.3.5.9.10: with a batch oplock, or a lease of the handle */
static bool wants_handle(const struct csrv_req *req)
{
	struct csrv_lease_request lease;

	if (smb2_args(req)->create.oplock_level == SMB2_OPLOCK_LEVEL_BATCH)
		return true;
	return csrv_smb2_lease_wanted(req, "", &lease) && lease.state & CSRV_CACHE_H;
}

static void durable_fill(const struct csrv_req *req, struct csrv_durable *d)
{
	const struct smb2_create_ctxs *ctx = &smb2_args(req)->create.ctx;
	struct csrv_lease_request lease;

	d->wanted = req->rights->cfg->p.durable_handles && wants_handle(req);
	d->leased = csrv_smb2_lease_wanted(req, "", &lease);
	if (d->leased)
		memcpy(d->lease, lease.key.lease, sizeof(d->lease));
	d->timeout = TIMEOUT_V1;
	d->has_guid = contexts(req) & SMB2_CTX_DH2Q;
	if (!d->has_guid)
		return;
	memcpy(d->client, req->conn->nego.client_guid, sizeof(d->client));
	memcpy(d->guid, ctx->dh2q.create_guid, sizeof(d->guid));
	d->timeout = min(ctx->dh2q.timeout ?: TIMEOUT_DEFAULT, TIMEOUT_MOST);
}

/* 3.3.5.9.10: with the same key, or without */
static bool is_same_lease(const struct csrv_durable *a, const struct csrv_durable *b)
{
	return a->leased == b->leased && !memcmp(a->lease, b->lease, sizeof(a->lease));
}

/* @o: of the CREATE that this one repeats */
static nt_status_t replay(struct csrv_req *req, struct csrv_open *o, struct csrv_create *c)
{
	struct csrv_lease_request lease;
	const struct csrv_durable *d = smb2_state(req)->durable;
	struct csrv_reconnect r =
		reconnect_of(req, d->leased && lease_shown(req, &lease) ? &lease : NULL);
	nt_status_t status;
	u8 asked;

	if (!is_replay(req))
		return NT_DUPLICATE_OBJECTID;
	if (!is_same_lease(o->durable, d))
		return NT_ACCESS_DENIED;
	status = csrv_open_replay(req->session, o, &r, c);
	if (status != NT_OK)
		return status;
	/* As Windows: of an oplock, no more than this request asks for; of a lease, all. */
	asked = csrv_smb2_oplock_from_wire(smb2_args(req)->create.oplock_level);
	if (!o->lease)
		c->granted_oplock &= asked;
	c->is_durable = o->durable->granted && c->granted_oplock & CSRV_CACHE_H;
	return NT_OK;
}

/* Enter the CreateGuid, or find the CREATE that has it. */
static nt_status_t guid_begin(struct csrv_req *req, bool *answered)
{
	struct csrv_durable *d = smb2_state(req)->durable;
	struct csrv_create c = {};
	struct csrv_open *o = NULL;
	nt_status_t status;

	if (!d->has_guid || !hlist_unhashed_lockless(&d->node))
		return NT_OK;
	switch (csrv_durable_begin(d, &o)) {
	case CSRV_REPLAY_NONE:
		return NT_OK;
	case CSRV_REPLAY_BUSY:
		return is_replay(req) ? NT_FILE_NOT_AVAILABLE : NT_DUPLICATE_OBJECTID;
	case CSRV_REPLAY_DONE:
		break;
	}
	status = replay(req, o, &c);
	csrv_open_put(o);
	*answered = status == NT_OK;
	if (*answered)
		answer(req, &c);
	return status == NT_OPLOCK_BREAK_IN_PROGRESS ? csrv_smb2_break_wait(req, NULL, NULL, true) :
						       status;
}

/**
 * csrv_smb2_durable_begin() - before a CREATE opens anything: 3.3.5.9.6, 3.3.5.9.10
 * @req: a CREATE that does not reconnect, which runs, or continues after a wait
 * @answered: set if it repeats another one, and its result is complete
 *
 * csrv_smb2_durable_release() follows, whatever this returns.
 * Return: NT_OK, NT_PENDING, or the reply's status.
 */
nt_status_t csrv_smb2_durable_begin(struct csrv_req *req, bool *answered)
{
	struct smb2_state *state = smb2_state(req);

	/* Nothing proves that two guests are one. */
	if (!contexts(req) || !csrv_identity_named(req->rights->identity))
		return NT_OK;
	if (!state->durable) {
		state->durable = csrv_durable_alloc(req->conn->srv);
		if (!state->durable)
			return NT_INSUFFICIENT_RESOURCES;
		durable_fill(req, state->durable);
	}
	return guid_begin(req, answered);
}

/**
 * csrv_smb2_durable_release() - a CREATE has failed, or has been answered
 * @req: the CREATE; nothing happens the second time
 */
void csrv_smb2_durable_release(struct csrv_req *req)
{
	struct csrv_durable *d = smb2_state(req)->durable;

	smb2_state(req)->durable = NULL;
	if (!d)
		return;
	csrv_durable_end(d, NULL);
	csrv_durable_unuse(d);
	csrv_durable_put(d);
}
