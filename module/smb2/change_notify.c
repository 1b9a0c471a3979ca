// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/change_notify.c - SMB2 CHANGE_NOTIFY, [MS-SMB2] 3.3.5.19, 3.3.1.3 */
#include "../core/config.h"
#include "../core/server.h"
#include "../info/info.h"
#include "../policy/share.h"
#include "../store/notify.h"
#include "smb2.h"

#define NOTIFY_FIXED	8u	/* of the response, before the events */

void csrv_smb2_change_notify_payload(const void *args, u64 *sent, u64 *requested)
{
	const struct smb2_change_notify_args *a = args;

	*requested = a->output_len;
}

static bool is_offered(const struct csrv_server *srv)
{
	bool on;

	rcu_read_lock();
	on = rcu_dereference(srv->config)->p.change_notify;
	rcu_read_unlock();
	return on;
}

/* The events of one response.  NT_RETRY: the client may know of none of them. */
static nt_status_t tell(struct csrv_req *req, const struct csrv_notify_events *events)
{
	u32 max = smb2_args(req)->change_notify.output_len;
	struct wire_blob *output = &smb2_res(req)->change_notify.output;
	struct wire_out out;
	nt_status_t status;

	/* Without memory the client is to look for itself, as when there is too much to tell. */
	if (events->lost || !csrv_smb2_reply_begin(req, NOTIFY_FIXED + min(max, events->wire)))
		return NT_NOTIFY_ENUM_DIR;
	out = csrv_reply_window(req, SMB2_HEADER_LEN + NOTIFY_FIXED);
	out.base = out.pos;
	out.end = min(out.end, out.pos + max);
	status = csrv_info_notify(req->open, events, &out);
	if (status == NT_OK)
		*output = (struct wire_blob){ .data = out.base, .len = wire_out_len(&out) };
	return status;
}

static nt_status_t answer(struct csrv_req *req, struct csrv_notify_events *events)
{
	nt_status_t status = tell(req, events);

	csrv_notify_done(req->open, events);
	return status;
}

/* An object of the request has ended: answered as when its open closes, [MS-SMB2] 3.3.5.10. */
static nt_status_t ended(nt_status_t status)
{
	bool gone = status == NT_USER_SESSION_DELETED || status == NT_NETWORK_NAME_DELETED ||
		    status == NT_FILE_CLOSED;

	return gone ? NT_NOTIFY_CLEANUP : status;
}

/* CANCEL, or the end of an object of the request. */
static void notify_cancel(struct csrv_req *req)
{
	nt_status_t status = csrv_gate_again(req);

	csrv_notify_cancel(&smb2_state(req)->notify,
			   status == NT_OK ? NT_CANCELLED : ended(status));
}

/* @o: the request's, held by the caller: the request may be freed while it waits. */
static nt_status_t wait_begun(struct csrv_req *req, struct csrv_open *o, bool again)
{
	struct csrv_notify_waiter *w = &smb2_state(req)->notify;
	nt_status_t status = csrv_notify_wait(w, &req->wait, again);

	if (status != NT_PENDING)
		return csrv_req_unpark(req, status);
	/* Listed, then looked: who marks the directory as deleted does it the other way round. */
	if (csrv_open_delete_pending(o))
		csrv_notify_end(o, NT_DELETE_PENDING);
	return NT_PENDING;
}

/*
 * NT_OK: there are events, in the waiter.  @again: it has waited before.  [MS-SMB2] 3.3.4.2: only
 * the last command of a message is answered later; Windows fails another one with that status.
 */
static nt_status_t wait_for_events(struct csrv_req *req, bool again)
{
	struct csrv_open *o = csrv_open_get(req->open);
	nt_status_t status = NT_INTERNAL_ERROR;

	if (!req->next) {
		csrv_notify_wait_init(&smb2_state(req)->notify, o);
		status = csrv_req_park(req, !req->async_id, notify_cancel);
		status = status == NT_OK ? wait_begun(req, o, again) : ended(status);
	}
	csrv_open_put(o);
	return status;
}

static nt_status_t events_or_wait(struct csrv_req *req, bool again)
{
	struct csrv_notify_events events;
	nt_status_t status;

	do {
		if (csrv_notify_take(req->open, &events)) {
			status = answer(req, &events);
			continue;
		}
		status = wait_for_events(req, again);
		if (status == NT_OK)
			status = answer(req, &smb2_state(req)->notify.got);
	} while (status == NT_RETRY);
	return status;
}

static nt_status_t notify(struct csrv_req *req, const struct smb2_change_notify_args *args)
{
	const struct csrv_notify_ask ask = {
		.filter	= args->filter,
		.max	= args->output_len,
		.tree	= args->flags & SMB2_WATCH_TREE,
	};
	nt_status_t status;

	if (!is_offered(req->conn->srv))
		return NT_NOT_SUPPORTED;
	if (csrv_open_delete_pending(req->open))
		return NT_DELETE_PENDING;
	status = csrv_notify_begin(req->open, &ask);
	return status == NT_OK ? events_or_wait(req, false) : ended(status);
}

/*
 * Implementation: macOS watches the root of a share by a FileId of all ones, without an open, and
 * its backups fail where that is refused.  The request has an open of its own, in no table.
 */
static nt_status_t open_root(struct csrv_req *req)
{
	const struct cred *old;
	struct csrv_open *o;
	int err;

	if (req->tree->share->ipc)
		return NT_FILE_CLOSED;
	if (!req->rights->max_access)
		return NT_ACCESS_DENIED;	/* not admitted any more: as CREATE */
	if (!csrv_opens_have_room(req->session))
		return NT_INSUFFICIENT_RESOURCES;
	o = csrv_open_alloc(req->conn->srv, req->session->id, req->tree->id, req->rights);
	if (!o)
		return NT_INSUFFICIENT_RESOURCES;
	o->is_dir = true;
	o->unnamed = true;
	o->path = o->cfg->root.path;
	path_get(&o->path);
	old = csrv_open_enter(o);
	err = csrv_vfs_permission(&o->path, MAY_READ | MAY_EXEC);
	csrv_open_leave(old);
	if (err) {
		csrv_open_put(o);
		return csrv_errno_status(err);
	}
	csrv_open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_LIVE);
	req->open = o;
	return NT_OK;
}

nt_status_t csrv_smb2_change_notify(struct csrv_req *req)
{
	const struct smb2_change_notify_args *args = &smb2_args(req)->change_notify;
	const struct cred *old;
	nt_status_t status;

	if (args->output_len > req->conn->nego.max_trans)
		return NT_INVALID_PARAMETER;
	if (req->open)
		return req->open->is_dir ? notify(req, args) : NT_INVALID_PARAMETER;
	status = open_root(req);
	if (status != NT_OK)
		return status;
	old = csrv_open_enter(req->open);
	status = notify(req, args);
	csrv_open_leave(old);
	return status;
}

/* The open of open_root() ends with its request. */
void csrv_smb2_change_notify_release(struct csrv_req *req)
{
	if (req->open && req->open->unnamed)
		csrv_notify_close(req->open);
}

/* A CANCEL comes too late when there are events: no other request would get them. */
nt_status_t csrv_smb2_change_notify_resume(struct csrv_req *req)
{
	struct csrv_notify_events *got = &smb2_state(req)->notify.got;
	nt_status_t status = req->wait.status;

	if (csrv_notify_events_any(got) && (status == NT_OK || status == NT_CANCELLED)) {
		status = answer(req, got);
		return status == NT_RETRY ? events_or_wait(req, true) : status;
	}
	csrv_notify_done(req->open, got);
	return ended(status);
}
