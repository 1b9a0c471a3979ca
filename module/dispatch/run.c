// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/run.c - run a message, command after command */
#include "../base/trace.h"
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

static nt_status_t run_handler(struct csrv_req *req)
{
	const struct cred *old;
	nt_status_t status;

	req->handled = true;
	if (!req->open || req->open->pipe)
		return req->cmd->handle(req);
	old = csrv_open_enter(req->open);
	status = req->cmd->handle(req);
	csrv_open_leave(old);	/* @req may have been freed */
	return status;
}

/*
 * The request passed the gate on arrival, and stood for room or for a worker since: its objects are
 * checked again, and it gets the rights of a request that arrives now.  It is dropped if its
 * connection has closed: the client would not learn of the opens and locks that it makes.
 */
static nt_status_t recheck_stood(struct csrv_req *req)
{
	nt_status_t status;

	if (!csrv_conn_is_open(req->conn))
		return csrv_req_drop(req);
	status = csrv_gate_again(req);
	return status == NT_OK ? csrv_gate_renew(req) : status;
}

/* The gate's result, on arrival or now. */
static nt_status_t run_gated(struct csrv_req *req)
{
	nt_status_t status = req->gated ? req->gate_status : csrv_gate(req);

	if (status == NT_OK && req->gated && (req->stood || req->job.stood))
		status = recheck_stood(req);
	csrv_standers_leave(&req->job);
	req->gated = false;
	return status;
}

/* A command that ends an object waits for earlier requests that stand on the object. */
static nt_status_t run_allowed(struct csrv_req *req)
{
	nt_status_t status = NT_OK;

	if (req->cmd->flags & CMD_ENDS)
		status = csrv_req_await_standers(req);
	return status == NT_OK ? run_handler(req) : status;
}

/*
 * [MS-SMB2] 3.3.4.1.3: the replies of a compound may be sent in any number of messages.  A client
 * that opens a directory and waits for its changes in one message gets the reply to the CREATE now.
 */
static bool run_answers_before(struct csrv_req *req)
{
	return !(req->cmd->flags & CMD_WAITS) || req->next || csrv_reply_send_early(req);
}

/* Run one command.  NT_PENDING: @req is not the caller's any more. */
static nt_status_t run_command(struct csrv_req *req)
{
	nt_status_t status = run_gated(req);

	if (req->drop)
		return status;
	if (req->cmd && (req->cmd->flags & CMD_NO_REPLY))
		return status == NT_OK ? req->cmd->handle(req) : status;
	if (status == NT_OK && !run_answers_before(req))
		status = NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK && !req->conn->fe->reply_begin(req, req->cmd->reply_max(req)))
		status = NT_INSUFFICIENT_RESOURCES;
	return status == NT_OK ? run_allowed(req) : status;
}

/* Write the reply.  True: it is the command's own response. */
static bool run_finish(struct csrv_req *req, nt_status_t status)
{
	bool body = csrv_reply_has_body(req, status);

	trace_csrv_req_done(req->cmd ? req->cmd->name : "?", req->hdr.mid, (__force u32)status,
			    (ktime_get_ns() - req->start) / NSEC_PER_USEC);
	csrv_stats_count(req, status);
	if (!req->cmd || !(req->cmd->flags & CMD_NO_REPLY)) {
		if (!body)
			csrv_reply_error(req, status);
		else if (!req->conn->fe->reply_end(req, status))
			csrv_reply_error(req, NT_INSUFFICIENT_RESOURCES);
	}
	csrv_gate_release(req);
	return body;
}

/* Go to the next command; the current one is answered.  False: the connection ends. */
static bool run_next(struct csrv_req *req, nt_status_t status, bool body)
{
	const struct csrv_frontend *fe = req->conn->fe;

	req->index++;
	req->handled = false;
	req->async_id = 0;
	req->reply.extra = 0;
	memset(req->res, 0, fe->res_size);
	if (!fe->next(req, status, body))
		req->drop = true;
	return !req->drop;
}

/* Run the commands from the current one on; @have: that one has ended with @status. */
static void run_from(struct csrv_req *req, bool have, nt_status_t status)
{
	bool body;

	for (;;) {
		if (!have)
			status = run_command(req);
		have = false;
		if (status == NT_PENDING)
			return;		/* @req may have been freed */
		if (req->drop)
			break;
		body = run_finish(req, status);
		if (!req->next || !run_next(req, status, body))
			break;
		if (req->job.free) {	/* the first command touched no file; this one may */
			csrv_req_requeue(req);
			return;
		}
	}
	csrv_reply_send(req);
}

/*
 * The status of the wait, if the request's objects have not ended.  They may have ended since the
 * event came, and their end is the event of most waits that end early: so every request checks
 * them before it continues and changes anything.  A row without resume() changes nothing any more:
 * the event has completed it, and CANCEL came too late.
 */
static nt_status_t resume_status(struct csrv_req *req)
{
	nt_status_t status = req->wait.status, now;

	if (csrv_status_is_error(status) && status != NT_CANCELLED)
		return status;
	now = csrv_gate_again(req);
	/* The client would not learn of its opens.  Without resume() the event has completed it. */
	if (now == NT_OK && (req->cmd->resume || !req->handled) && !csrv_conn_is_open(req->conn))
		now = NT_CANCELLED;
	/* A command without an open, CREATE, begins anew, with the current rights. */
	if (now == NT_OK && !req->open && req->cmd->resume)
		now = csrv_gate_renew(req);
	if (now != NT_OK)
		return now;
	return req->park.cancelled && req->cmd->resume ? NT_CANCELLED : status;
}

static nt_status_t run_resume(struct csrv_req *req)
{
	const struct cred *old = NULL;
	nt_status_t status;

	csrv_req_unlist(req);
	atomic_set(&req->wait.state, CSRV_WAIT_IDLE);
	status = resume_status(req);
	csrv_standers_leave(&req->job);
	if (!req->handled)	/* csrv_req_await_standers() */
		return status == NT_OK ? run_handler(req) : status;
	req->wait.status = status;
	if (!req->cmd->resume)
		return status;
	if (req->open && !req->open->pipe)
		old = csrv_open_enter(req->open);
	status = req->cmd->resume(req);
	if (old)
		csrv_open_leave(old);
	return status;
}

/**
 * csrv_run() - run a message, or continue one whose wait is over
 * @req: not the caller's any more
 */
void csrv_run(struct csrv_req *req)
{
	nt_status_t status;

	if (atomic_read_acquire(&req->wait.state) == CSRV_WAIT_DONE) {
		status = run_resume(req);
		if (status != NT_PENDING)
			run_from(req, true, status);
		return;
	}
	if (csrv_req_open(req))
		run_from(req, false, NT_OK);
	else
		csrv_reply_send(req);
}
