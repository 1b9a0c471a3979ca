// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/pipe.c - named pipes: questions to the daemon, [MS-SMB2] 3.3.5.9, 3.3.5.12, .13, .15.1
 *
 * The request parks, the daemon answers, its bytes are put into the reply.
 */
#include <linux/bug.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../client/pipe.h"
#include "../core/server.h"
#include "../store/close.h"
#include "../upcall/upcall.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "create.h"
#include "smb2.h"

#define PIPE_ACCESS	(FILE_GENERIC_READ | FILE_GENERIC_WRITE)

static nt_status_t pipe_errno(int err)
{
	switch (err) {
	case 0:
		return NT_OK;
	case -ENOENT:
		return NT_OBJECT_NAME_NOT_FOUND;
	case -EAGAIN:
		return NT_PIPE_EMPTY;
	case -EPIPE:
	case -ECONNRESET:
	case -ECANCELED:
		return NT_PIPE_DISCONNECTED;
	case -ETIMEDOUT:
		return NT_IO_TIMEOUT;
	case -EACCES:
		return NT_ACCESS_DENIED;
	default:
		return NT_INSUFFICIENT_RESOURCES;
	}
}

/*
 * The connection, its host, its user and all clients have limits for questions at a time.  Once
 * charged, the question's done() gives the charge back, or pipe_asked().
 */
static nt_status_t pipe_park(struct csrv_req *req, void (*cancel)(struct csrv_req *req))
{
	nt_status_t status;

	if (csrv_quota_take(req->conn->account, CSRV_QUOTA_QUESTION, 1))
		return NT_INSUFFICIENT_RESOURCES;
	status = csrv_req_park(req, false, cancel);
	if (status == NT_OK)
		csrv_req_hold(req);
	else
		csrv_quota_give(req->conn->account, CSRV_QUOTA_QUESTION, 1);
	return status;
}

/* @err: from asking the question; 0: done() has been called, or will be. */
static nt_status_t pipe_asked(struct csrv_req *req, int err)
{
	if (err)
		csrv_quota_give(req->conn->account, CSRV_QUOTA_QUESTION, 1);
	return csrv_req_asked(req, pipe_errno(err));
}

/* csrv_up_pipe_done_t of open and write */
static void pipe_done(void *priv, int err, const void *data, u32 len, u32 left)
{
	struct csrv_req *req = priv;

	csrv_quota_give(req->conn->account, CSRV_QUOTA_QUESTION, 1);
	csrv_wait_complete(&req->wait, pipe_errno(err));
}

/* csrv_up_pipe_done_t of read and transact: no other code uses the parked reply */
static void pipe_done_data(void *priv, int err, const void *data, u32 len, u32 left)
{
	struct csrv_req *req = priv;
	nt_status_t status = err == -ENOENT ? NT_PIPE_DISCONNECTED : pipe_errno(err);

	csrv_quota_give(req->conn->account, CSRV_QUOTA_QUESTION, 1);
	if (!err) {
		status = csrv_payload_push_copy(req, smb2_state(req)->pipe_offset, data, len);
		if (WARN_ON_ONCE(status == NT_PENDING))	/* the wait for it is this one */
			status = NT_INSUFFICIENT_RESOURCES;
		if (status == NT_OK && left)
			status = NT_BUFFER_OVERFLOW;
	}
	csrv_wait_complete(&req->wait, status);
}

static void open_cancel(struct csrv_req *req)
{
	struct csrv_open *o = smb2_state(req)->pipe;

	csrv_up_pipe_close(req->conn->srv->up, o->pipe);
}

static void io_cancel(struct csrv_req *req)
{
	csrv_up_pipe_close(req->conn->srv->up, req->open->pipe);
}

static u32 granted(u32 desired)
{
	return desired & MAXIMUM_ALLOWED ? PIPE_ACCESS : wire_access_map_generic(desired);
}

static struct csrv_open *pipe_make(struct csrv_req *req, const char *name)
{
	struct csrv_session *s = req->session;
	struct csrv_open *o;

	if (!csrv_opens_have_room(s))
		return NULL;
	o = csrv_open_alloc(s->srv, s->id, req->tree->id, req->rights);
	if (!o)
		return NULL;
	o->pipe_name = kstrdup(name, GFP_KERNEL);
	o->access = PIPE_ACCESS & granted(smb2_args(req)->create.desired_access);
	o->share = FILE_SHARE_ALL;
	if (o->pipe_name && csrv_open_make_pipe(o) == NT_OK)
		return o;
	csrv_open_abandon(o);
	return NULL;
}

/**
 * csrv_smb2_pipe_open() - CREATE on IPC$
 * @req: a CREATE
 * @name: of the pipe, without leading backslash
 *
 * Return: NT_PENDING: csrv_smb2_pipe_opened() when the daemon has answered; else the error.
 */
nt_status_t csrv_smb2_pipe_open(struct csrv_req *req, const char *name)
{
	struct csrv_up_pipe_open_args ask = {
		.session	= req->session->id,
		.uid		= req->identity->uid,
		.gid		= req->identity->gid,
		.identity	= req->identity->flags,
		.name		= name,
		.user		= req->identity->user,
		.domain		= req->identity->domain,
		.host		= req->conn->peer,
		.key		= req->session->proven ? req->session->app_key : NULL,
	};
	struct csrv_open *o;
	nt_status_t status;
	int err;

	if (!*name || strlen(name) >= CSRV_UP_MAX_NAME)
		return NT_OBJECT_NAME_NOT_FOUND;
	o = pipe_make(req, name);
	if (!o)
		return NT_INSUFFICIENT_RESOURCES;
	smb2_state(req)->pipe = o;
	ask.pipe = o->pipe;
	status = pipe_park(req, open_cancel);
	if (status != NT_OK)
		return status;
	err = csrv_up_pipe_open(req->conn->srv->up, &ask, pipe_done, req);
	return pipe_asked(req, err);
}

/* The daemon has answered a CREATE of a pipe. */
nt_status_t csrv_smb2_pipe_opened(struct csrv_req *req)
{
	struct smb2_create_res *res = &smb2_res(req)->create;
	struct csrv_open *o = smb2_state(req)->pipe;
	nt_status_t status = req->wait.status;

	o->chanseq.seq = smb2_front(req)->hdr.channel_sequence;
	/* The session may be another user's by now, which must not get the former user's pipe. */
	if (status == NT_OK && csrv_identity_named(o->identity) &&
	    !csrv_identity_same(o->identity, req->identity))
		status = NT_ACCESS_DENIED;
	if (status == NT_OK)
		status = csrv_open_publish(req->session, o);
	if (status != NT_OK)
		return status;		/* csrv_smb2_create_release() ends the open */
	smb2_state(req)->pipe = NULL;
	res->action = FILE_OPENED;
	res->attributes = FILE_ATTRIBUTE_NORMAL;
	res->id.persistent_id = o->persistent_id;
	res->id.volatile_id = o->volatile_id;
	csrv_smb2_chain_open(req, o);
	csrv_open_put(o);
	return NT_OK;
}

/* A CREATE is over: end an open that it made and did not publish. */
void csrv_smb2_create_release(struct csrv_req *req)
{
	struct csrv_open *o = smb2_state(req)->pipe;

	smb2_state(req)->pipe = NULL;
	if (o)
		csrv_open_abandon(o);
	csrv_smb2_durable_release(req);
}

/*
 * A CLOSE before the question found none to end.  It marks the open, then looks for questions; this
 * function is called after the question was asked, and looks for the mark.  So one sees the other.
 */
static nt_status_t io_asked(struct csrv_req *req, int err)
{
	if (!err && atomic_read(&req->open->state) != CSRV_OPEN_LIVE)
		io_cancel(req);
	return pipe_asked(req, err);
}

/**
 * csrv_smb2_pipe_read() - READ of a pipe
 * @req: the READ
 * @offset: of the data in the reply
 * @max: bytes
 *
 * Return: NT_PENDING: the READ continues when the daemon has answered; else the error.
 */
nt_status_t csrv_smb2_pipe_read(struct csrv_req *req, u32 offset, u32 max)
{
	struct csrv_up_pipe_io_args ask = {
		.pipe		= req->open->pipe,
		.max_out	= min_t(u32, max, CSRV_UP_MAX_BLOB),
	};
	nt_status_t status = pipe_park(req, io_cancel);
	int err;

	if (status != NT_OK)
		return status;
	smb2_state(req)->pipe_offset = offset;
	err = csrv_up_pipe_read(req->conn->srv->up, &ask, pipe_done_data, req);
	return io_asked(req, err);
}

nt_status_t csrv_smb2_pipe_write(struct csrv_req *req, const void *data, u32 len)
{
	struct csrv_up_pipe_io_args ask = {
		.pipe	= req->open->pipe,
		.data	= data,
		.len	= len,
	};
	nt_status_t status;
	int err;

	if (len > CSRV_UP_MAX_BLOB)
		return NT_INVALID_PARAMETER;
	status = pipe_park(req, io_cancel);
	if (status != NT_OK)
		return status;
	err = csrv_up_pipe_write(req->conn->srv->up, &ask, pipe_done, req);
	return io_asked(req, err);
}

/* FSCTL_PIPE_TRANSCEIVE: [MS-SMB2] 3.3.5.15.1 */
nt_status_t csrv_smb2_pipe_transact(struct csrv_req *req, u32 offset, const struct wire_blob *in,
				    u32 max)
{
	struct csrv_up_pipe_io_args ask = {
		.pipe		= req->open->pipe,
		.data		= in->data,
		.len		= in->len,
		.max_out	= min_t(u32, max, CSRV_UP_MAX_BLOB),
	};
	nt_status_t status;
	int err;

	if (in->len > CSRV_UP_MAX_BLOB)
		return NT_INVALID_PARAMETER;
	status = pipe_park(req, io_cancel);
	if (status != NT_OK)
		return status;
	smb2_state(req)->pipe_offset = offset;
	err = csrv_up_pipe_transact(req->conn->srv->up, &ask, pipe_done_data, req);
	return io_asked(req, err);
}
