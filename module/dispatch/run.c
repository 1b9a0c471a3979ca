// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/run.c - a message is worked on, command after command */
#include <linux/percpu.h>
#include <linux/sysfs.h>

#include "../base/trace.h"
#include "../model/server.h"
#include "../wire/smb2/header.h"
#include "../wire/smb2/transform.h"
#include "frontend.h"
#include "req.h"

#define CSRV_STAT_CMDS	32

/* Per command and CPU; read as sums, never reset. */
static DEFINE_PER_CPU(struct csrv_cmd_stats [CSRV_STAT_CMDS], cmd_stats);

static void count(const struct csrv_req *req, nt_status_t status)
{
	u32 cmd = req->hdr.command;

	if (cmd >= CSRV_STAT_CMDS)
		return;
	this_cpu_inc(cmd_stats[cmd].calls);
	if (csrv_status_is_error(status) && !csrv_reply_has_body(req, status))
		this_cpu_inc(cmd_stats[cmd].errors);
}

static const struct csrv_frontend *stats_fe;

/* csrv_server_events.show_commands */
static ssize_t show_commands(char *page)
{
	u64 calls, errors;
	ssize_t n = 0;
	u32 i;
	int cpu;

	for (i = 0; stats_fe && i < stats_fe->ncmds; i++) {
		calls = 0;
		errors = 0;
		for_each_possible_cpu(cpu) {
			calls += per_cpu(cmd_stats[i].calls, cpu);
			errors += per_cpu(cmd_stats[i].errors, cpu);
		}
		n += sysfs_emit_at(page, n, "%s %llu %llu\n", stats_fe->cmds[i].name, calls,
				   errors);
	}
	return n;
}

/* Go to the command at @at; the split was checked. */
static void walk_to(struct csrv_req *req, u32 at)
{
	u32 next = req->fe->slice(req->buf, req->buf_len, at);

	req->at = at;
	req->next = next;
	req->len = (next ? next : req->buf_len) - at;
}

/* Decrypt, and see that it is a chain of whole commands.  False: drop. */
static bool run_open(struct csrv_req *req)
{
	u32 proto = csrv_smb2_message_protocol(req->buf, req->buf_len);

	if (req->opened)
		return true;
	if (proto == SMB2_TRANSFORM_PROTOCOL_ID) {
		if (csrv_unseal_req(req) != NT_OK)
			return false;
		proto = csrv_smb2_message_protocol(req->buf, req->buf_len);
	}
	if (proto != SMB2_PROTOCOL_ID)
		return false;
	if (!req->fe->split(req->buf, req->buf_len))
		return false;
	walk_to(req, 0);
	req->opened = true;
	return true;
}

static nt_status_t run_handler(struct csrv_req *req)
{
	const struct cred *old;
	nt_status_t status;

	req->handled = true;
	if (!req->open || req->open->pipe)
		return req->cmd->handle(req);
	old = csrv_open_enter(req->open);
	status = req->cmd->handle(req);
	csrv_open_leave(old);	/* @req may be somebody else's by now */
	return status;
}

/*
 * It passed the gate on arrival, and stood then, for room or for a worker: it has waited like any
 * other, looks again, and has the rights of today.  Nobody would know of what it opens or locks for
 * a connection that has closed.
 */
static nt_status_t stood(struct csrv_req *req)
{
	nt_status_t status;

	if (!csrv_conn_is_open(req->conn)) {
		req->drop = true;
		return NT_CONNECTION_RESET;
	}
	status = csrv_gate_again(req);
	return status == NT_OK ? csrv_gate_renew(req) : status;
}

/* What the gate says. */
static nt_status_t run_gated(struct csrv_req *req)
{
	nt_status_t status = req->gated ? req->gate_status : csrv_gate(req);

	if (status == NT_OK && req->gated && (req->stood || req->job.stood))
		status = stood(req);
	csrv_standers_leave(&req->job);
	req->gated = false;
	return status;
}

/* What ends what others name waits for those that stand on it, and were sent before. */
static nt_status_t run_allowed(struct csrv_req *req)
{
	nt_status_t status = NT_OK;

	if (req->cmd->flags & CMD_ENDS)
		status = csrv_req_await_standers(req);
	return status == NT_OK ? run_handler(req) : status;
}

/* One command up to its outcome.  NT_PENDING: @req is not ours any more. */
static nt_status_t run_command(struct csrv_req *req)
{
	nt_status_t status = run_gated(req);

	if (req->drop)
		return status;
	if (req->cmd && (req->cmd->flags & CMD_NO_REPLY))
		return status == NT_OK ? req->cmd->handle(req) : status;
	if (status == NT_OK && !csrv_reply_prepare(req, req->cmd->reply_max(req)))
		status = NT_INSUFFICIENT_RESOURCES;
	return status == NT_OK ? run_allowed(req) : status;
}

/* The outcome is known: write the reply, remember what the chain needs. */
static void run_finish(struct csrv_req *req, nt_status_t status)
{
	bool body = csrv_reply_has_body(req, status);
	struct wire_out out;

	trace_csrv_req_done(req->cmd ? req->cmd->name : "?", req->hdr.mid, (__force u32)status,
			    (ktime_get_ns() - req->start) / NSEC_PER_USEC);
	count(req, status);
	if (!body && !(req->hdr.flags & CSRV_HDR_RELATED && req->chain_has_open))
		req->chain_status = status;
	if (req->cmd && (req->cmd->flags & CMD_NO_REPLY))
		goto out;
	if (body) {
		out = csrv_reply_window(req, req->fe->header_len);
		if (req->cmd->encode(&out, req->res))
			csrv_reply_end(req, &out, status);
		else
			csrv_reply_error(req, NT_INSUFFICIENT_RESOURCES);
	} else {
		csrv_reply_error(req, status);
	}
out:
	csrv_gate_release(req);
	req->handled = false;
	req->async_id = 0;
	req->interim_credits = false;
	req->owed_credits = 0;
	req->error_len = 0;
	req->error_context = false;
	req->rextra = 0;
	req->echo_signature = false;
	memset(req->res, 0, req->fe->res_size);
}

/* On with the commands from the current one on; @status: it has come out so. */
static void run_from(struct csrv_req *req, bool have, nt_status_t status)
{
	for (;;) {
		if (!have)
			status = run_command(req);
		have = false;
		if (status == NT_PENDING)
			return;		/* it may be gone by now: not one more look at it */
		if (req->drop)
			break;
		run_finish(req, status);
		if (!req->next)
			break;
		req->index++;
		walk_to(req, req->next);
		if (req->job.free) {	/* the first had nothing to do with a file; this may */
			csrv_req_requeue(req);
			return;
		}
	}
	csrv_reply_send(req);
}

/*
 * What the wait has brought, if what the request stands on is still there.  It may be gone
 * since the event came, and the event is why most waits of that kind end: so every request
 * looks again before it goes on, and what it changes it changes afterwards.  A row without
 * resume() has nothing left to change: it has what it waited for, and CANCEL came too late.
 */
static nt_status_t resume_status(struct csrv_req *req)
{
	nt_status_t status = req->wait.status, now;

	if (csrv_status_is_error(status) && status != NT_CANCELLED)
		return status;
	now = csrv_gate_again(req);
	/* Nobody would know of what it opens.  Without resume() it has what it waited for. */
	if (now == NT_OK && (req->cmd->resume || !req->handled) && !csrv_conn_is_open(req->conn))
		now = NT_CANCELLED;
	/* What has no open yet begins anew, with the rights of today: CREATE. */
	if (now == NT_OK && !req->open && req->cmd->resume)
		now = csrv_gate_renew(req);
	if (now != NT_OK)
		return now;
	return req->cancelled && req->cmd->resume ? NT_CANCELLED : status;
}

static nt_status_t run_resume(struct csrv_req *req)
{
	const struct cred *old = NULL;
	nt_status_t status;

	csrv_req_unlist(req);
	atomic_set(&req->wait.state, CSRV_WAIT_IDLE);
	status = resume_status(req);
	csrv_standers_leave(&req->job);
	if (!req->handled)	/* it has waited before its handler ran */
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
 * csrv_run_gate() - the first command goes through the gate now, and runs later
 * @req: just arrived
 *
 * Commands that the client sent one after the other are then seen in that order: what
 * each of them names is looked up before the next one can end it.
 */
void csrv_run_gate(struct csrv_req *req)
{
	if (csrv_smb2_message_protocol(req->buf, req->buf_len) == SMB1_PROTOCOL_ID)
		return;
	if (!run_open(req)) {
		req->drop = true;
		return;
	}
	req->gate_status = csrv_gate(req);
	req->gated = true;
}

/**
 * csrv_run() - work on a message, or go on with one whose wait is over
 * @req: the caller's no more
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
	if (csrv_smb2_message_protocol(req->buf, req->buf_len) == SMB1_PROTOCOL_ID) {
		if (!req->fe->hello(req))
			req->drop = true;
		csrv_reply_send(req);
		return;
	}
	if (!req->drop && !run_open(req))
		req->drop = true;
	if (req->drop)
		csrv_reply_send(req);
	else
		run_from(req, false, NT_OK);
}

const struct csrv_server_events csrv_dispatch_events = {
	.alloc		= csrv_rx_alloc,
	.free		= csrv_rx_free,
	.place		= csrv_rx_place,
	.receive	= csrv_rx_receive,
	.admit		= csrv_rx_admit,
	.execute	= csrv_rx_execute,
	.conn_gone	= csrv_cancel_conn,
	.cancel_waiting	= csrv_cancel_ending,
	.send_break	= csrv_send_break,
	.show_commands	= show_commands,
};

void csrv_run_init(const struct csrv_frontend *fe)
{
	stats_fe = fe;
}
