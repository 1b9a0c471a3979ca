// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/gate.c - may this command run: [MS-SMB2] 3.3.5.2, in its order
 *
 * Every command of a compound passes all of it: the objects of the command before may have ended.
 * A command is refused unless its row allows it.
 */
#include "../base/trace.h"
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/**
 * csrv_gate_release() - drop all references of the current command
 * @req: at the command
 */
void csrv_gate_release(struct csrv_req *req)
{
	if (req->cmd && req->cmd->release)
		req->cmd->release(req);
	req->cmd = NULL;
	req->conn->fe->leave(req);
	csrv_standers_leave(&req->job);
	if (req->open)
		csrv_open_unuse(req->open);
	if (req->open && req->job.free)
		csrv_open_put_later(req->open);	/* the logon queue waits for no file system */
	else
		csrv_open_put(req->open);
	req->open = NULL;
	csrv_rights_put(req->rights);
	req->rights = NULL;
	csrv_tree_put(req->tree);
	req->tree = NULL;
	csrv_identity_put(req->identity);
	req->identity = NULL;
	csrv_session_put(req->session);
	req->session = NULL;
	csrv_channel_put(req->channel);
	req->channel = NULL;
}

/* NEGOTIATE must come first, and only once.  The front end refuses a command without a row. */
static nt_status_t gate_state(struct csrv_req *req)
{
	bool new = csrv_conn_state(req->conn) == CSRV_CONN_NEW;

	if (!req->cmd)
		return NT_OK;
	trace_csrv_req_start(req->conn->id, req->cmd->name, req->hdr.mid);
	if (!csrv_conn_is_open(req->conn) || new != !!(req->cmd->flags & CMD_NEGOTIATE))
		return csrv_req_drop(req);
	return NT_OK;
}

/**
 * csrv_gate_channel() - look up the current command's session on its connection
 * @req: hdr.sid is set; gets the channel and its session, if there is one
 */
void csrv_gate_channel(struct csrv_req *req)
{
	req->channel = csrv_channel_find(req->conn, req->hdr.sid);
	if (req->channel)
		req->session = csrv_session_get(req->channel->session);
}

/* [MS-SMB2] 3.3.5.2.9 */
static nt_status_t gate_session(struct csrv_req *req)
{
	enum csrv_session_state state;

	if (!(req->cmd->flags & CMD_NEEDS_SESSION))
		return NT_OK;
	if (!req->session)
		return NT_USER_SESSION_DELETED;
	state = csrv_session_state(req->session);
	if (state == CSRV_SESSION_DEAD || state == CSRV_SESSION_IN_PROGRESS)
		return NT_USER_SESSION_DELETED;
	if (state == CSRV_SESSION_EXPIRED && !(req->cmd->flags & CMD_EXPIRED_OK))
		return NT_NETWORK_SESSION_EXPIRED;
	if (req->session->encrypt && !req->sealed)
		return NT_ACCESS_DENIED;	/* [MS-SMB2] 3.3.5.2.9, RejectUnencryptedAccess */
	req->identity = csrv_session_identity(req->session);
	return req->identity ? NT_OK : NT_USER_SESSION_DELETED;
}

/* [MS-SMB2] 3.3.5.2.11 */
static nt_status_t gate_tree(struct csrv_req *req)
{
	nt_status_t status;

	if (!(req->cmd->flags & CMD_NEEDS_TREE))
		return NT_OK;
	status = csrv_tree_use(req->session, req->hdr.tid, &req->tree, &req->rights);
	if (status != NT_OK)
		return status;
	/* The anonymous user's keys are public, and hide nothing. */
	if (req->rights->encrypt && !(req->sealed && req->session->proven))
		return NT_ACCESS_DENIED;
	if (req->rights->identity != req->identity) {
		/* The session's user has just changed: rights and user belong together. */
		csrv_identity_put(req->identity);
		req->identity = csrv_identity_get(req->rights->identity);
	}
	return NT_OK;
}

static nt_status_t gate_decode(struct csrv_req *req)
{
	nt_status_t status = req->conn->fe->decode(req);

	if (status != NT_OK)
		trace_csrv_decode_fail(req->conn->id, req->cmd->name);
	return status;
}

/**
 * csrv_gate_hold_open() - look up the open that the current command works on
 * @req: at the command, has session and tree
 * @persistent_id: of the open
 * @volatile_id: likewise
 *
 * Return: NT_OK, and @req holds the open; else the reply's status.
 */
nt_status_t csrv_gate_hold_open(struct csrv_req *req, u64 persistent_id, u64 volatile_id)
{
	req->open = csrv_open_find(req->session, persistent_id, volatile_id);
	if (!req->open)
		return NT_FILE_CLOSED;
	if (req->open->tree_id != req->tree->id)
		return NT_FILE_CLOSED;
	if (csrv_identity_revoked(req->open->identity))
		return NT_FILE_CLOSED;	/* it is about to be closed */
	if (req->cmd->access && !(req->open->access & req->cmd->access))
		return NT_ACCESS_DENIED;
	return NT_OK;
}

static nt_status_t gate_open(struct csrv_req *req)
{
	return req->cmd->flags & CMD_NEEDS_OPEN ? req->conn->fe->find_open(req) : NT_OK;
}

/**
 * csrv_gate() - all checks before the handler
 * @req: at a command
 *
 * Return: NT_OK and the handler may run; else the reply's status, or with req->drop the
 * connection's end.
 */
nt_status_t csrv_gate(struct csrv_req *req)
{
	nt_status_t status = gate_state(req);

	if (status == NT_OK)
		status = req->conn->fe->admit(req);
	if (status == NT_OK)
		status = gate_session(req);
	if (status == NT_OK)
		status = gate_tree(req);
	if (status == NT_OK)
		status = gate_decode(req);
	return status == NT_OK ? gate_open(req) : status;
}

/**
 * csrv_req_open() - decrypt a message, and go to its first command, unless done already
 * @req: has arrived
 *
 * Return: false, and the connection ends.
 */
bool csrv_req_open(struct csrv_req *req)
{
	if (!req->opened && !req->drop)
		req->opened = req->conn->fe->open(req);
	if (!req->opened)
		req->drop = true;
	return !req->drop;
}

/**
 * csrv_gate_first() - pass the first command through the gate now, to run it later
 * @req: has just arrived
 *
 * Commands pass the gate in the order in which the client has sent them: the objects of a command
 * are looked up before the next one can end them.
 */
void csrv_gate_first(struct csrv_req *req)
{
	if (!csrv_req_open(req))
		return;
	req->gate_status = csrv_gate(req);
	req->gated = true;
}

/**
 * csrv_gate_again() - check the state of the request's objects once more after a wait
 * @req: about to continue
 *
 * A request that waits holds references, but they keep no object from ending: the session may have
 * ended or expired, its tree connect, the share, the account, the open may have ended.  Each end
 * marks the object first, then asks the requests that wait on it to end (csrv_session_cancel()); a
 * request lists itself first, then checks the mark here.  So one of the two sees the other.  A
 * request that stands for room or for a worker is run then, and checks here before its handler
 * runs.
 * Return: NT_OK, or the reply's status.
 */
nt_status_t csrv_gate_again(struct csrv_req *req)
{
	enum csrv_session_state state;

	if (!req->session || (req->cmd->flags & CMD_ENDS_SESSION))
		return NT_OK;
	state = csrv_session_state(req->session);
	if (state == CSRV_SESSION_DEAD)
		return NT_USER_SESSION_DELETED;
	if (state == CSRV_SESSION_EXPIRED && !(req->cmd->flags & CMD_EXPIRED_OK))
		return NT_NETWORK_SESSION_EXPIRED;
	if (req->identity && csrv_identity_revoked(req->identity))
		return NT_USER_SESSION_DELETED;
	if (req->tree && !csrv_tree_alive(req->session, req->tree))
		return NT_NETWORK_NAME_DELETED;
	if (req->open && (atomic_read(&req->open->state) != CSRV_OPEN_LIVE ||
			  csrv_identity_revoked(req->open->identity)))
		return NT_FILE_CLOSED;
	return NT_OK;
}

/**
 * csrv_gate_renew() - replace the tree connect's rights of a request that has stood by the current
 * @req: csrv_gate_again() has passed it, and its handler has not run
 *
 * The share's parameters or the session's user may have changed since the gate passed it: rights,
 * credentials and the duty to encrypt are those of a request that arrives now.  An open that it
 * names keeps its own.
 * Return: NT_OK; else the reply's status, and @req keeps its references.
 */
nt_status_t csrv_gate_renew(struct csrv_req *req)
{
	struct csrv_identity *identity = req->identity;
	struct csrv_rights *rights = req->rights;
	struct csrv_tree *tree = req->tree;
	nt_status_t status;

	if (!tree)
		return NT_OK;
	req->identity = csrv_session_identity(req->session);
	req->rights = NULL;
	req->tree = NULL;
	status = req->identity ? gate_tree(req) : NT_USER_SESSION_DELETED;
	if (status != NT_OK) {
		swap(req->identity, identity);
		swap(req->rights, rights);
		swap(req->tree, tree);
	}
	csrv_identity_put(identity);
	csrv_rights_put(rights);
	csrv_tree_put(tree);
	return status;
}
