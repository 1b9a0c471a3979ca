// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/async.c - requests that wait, and CANCEL, [MS-SMB2] 3.3.4.2, 3.3.5.16 */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../policy/user.h"
#include "frontend.h"
#include "req.h"

/*
 * [MS-SMB2] 3.3.4.2 allows the server to refuse.  A leg of a logon is charged as a logon
 * (client/logon.c): requests of clients that are logged on must not take its room.
 */
static bool waiter_charge(struct csrv_req *req)
{
	if (req->cmd->flags & CMD_LOGON)
		return true;
	req->park.charged = !csrv_quota_take(req->conn->account, CSRV_QUOTA_WAITER, 1);
	return req->park.charged;
}

static void waiter_uncharge(struct csrv_req *req)
{
	if (req->park.charged)
		csrv_quota_give(req->conn->account, CSRV_QUOTA_WAITER, 1);
	req->park.charged = false;
}

/*
 * The latest CANCELs of a connection.  The request that a CANCEL names may run, and not wait yet,
 * or not wait again yet: [MS-SMB2] 3.3.5.16 makes the server search all requests that it has
 * received.  No MessageId or AsyncId is used twice, so a CANCEL that comes after the response
 * matches nothing.
 */
#define CANCELS_KEPT	32

struct csrv_cancels {
	struct csrv_cancel_id	latest[CANCELS_KEPT];
	u32			n;
};

static void cancels_add(struct csrv_conn *conn, const struct csrv_cancel_id *by)
	__must_hold(&conn->lock)
{
	lockdep_assert_held(&conn->lock);
	if (conn->cancels)
		conn->cancels->latest[conn->cancels->n++ % CANCELS_KEPT] = *by;
}

/* Has a CANCEL for the request come before the request waits? */
static bool is_cancelled(struct csrv_conn *conn, const struct csrv_req *req)
	__must_hold(&conn->lock)
{
	const struct csrv_cancels *c = conn->cancels;

	lockdep_assert_held(&conn->lock);
	return c && conn->fe->is_cancelled(req, c->latest, min_t(u32, c->n, CANCELS_KEPT));
}

/* Put the request on the list where CANCEL finds it. */
static nt_status_t park_list(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	nt_status_t status = NT_OK;
	u32 spare = 0;

	spin_lock(&conn->lock);
	if (conn->state >= CSRV_CONN_CLOSING)
		status = NT_CANCELLED;
	else if (!waiter_charge(req))
		status = NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK && !csrv_budget_park(req, &spare)) {
		waiter_uncharge(req);
		status = NT_INSUFFICIENT_RESOURCES;
	}
	if (status == NT_OK) {
		/* a CANCEL counts here, but not the end of an earlier wait of the same command */
		req->park.cancelled = is_cancelled(conn, req);
		req->park.parking = true;
		list_add_tail(&req->park.node, &conn->waiting);
		conn->nwaiting++;
	}
	spin_unlock(&conn->lock);
	if (status == NT_OK)
		csrv_conn_release(conn, spare);
	return status;
}

/*
 * The interim reply has been sent.  A request that has been cancelled meanwhile does not begin to
 * wait, nor does one whose session, tree connect or open has ended.
 */
static nt_status_t park_settle(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	nt_status_t status;
	bool cancelled;

	spin_lock(&conn->lock);
	req->park.parking = false;
	cancelled = req->park.cancelled;
	spin_unlock(&conn->lock);
	status = csrv_gate_again(req);
	return status == NT_OK && cancelled ? NT_CANCELLED : status;
}

/**
 * csrv_req_park() - the current command begins to wait
 * @req: its handler is running
 * @interim: notify the client, which may cancel then
 * @cancel: called to end the wait; may lose against the event itself
 *
 * The wait may be completed by any context from now on.  The handler starts what completes it
 * next, and returns NT_PENDING without another look at @req.
 * Return: NT_OK, or the status that the handler returns.
 */
nt_status_t csrv_req_park(struct csrv_req *req, bool interim,
			  void (*cancel)(struct csrv_req *req))
{
	bool notified = req->async_id;	/* by an earlier wait: the final reply is an async one */
	nt_status_t status;

	if (interim && !notified)
		req->async_id = atomic64_inc_return(&req->conn->srv->next_id);
	req->park.cancel = cancel;
	status = park_list(req);
	if (status != NT_OK) {
		if (!notified)
			req->async_id = 0;
		return status;
	}
	if (interim && csrv_send_interim(req))
		status = NT_INSUFFICIENT_RESOURCES;
	else
		notified |= interim;
	csrv_wait_arm(&req->wait);
	csrv_fault_delay(CSRV_FAULT_REQ_NOTIFIED);
	if (status == NT_OK)
		status = park_settle(req);
	if (status == NT_OK)
		csrv_fault_delay(CSRV_FAULT_REQ_PARK);
	if (status != NT_OK) {
		csrv_req_unlist(req);
		atomic_set(&req->wait.state, CSRV_WAIT_IDLE);
		if (!notified)
			req->async_id = 0;
	}
	return status;
}

/* Unlink the request, then wait until concurrent cancellers have put their references. */
void csrv_req_unlist(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;

	spin_lock(&conn->lock);
	if (!list_empty(&req->park.node)) {
		list_del_init(&req->park.node);
		conn->nwaiting--;
		waiter_uncharge(req);
		csrv_budget_unpark(req);
	}
	spin_unlock(&conn->lock);
	wait_var_event(&req->ref, refcount_read(&req->ref) == 1);
}

/**
 * csrv_req_unpark() - the event that a parked request was to wait for did not start
 * @req: parked by its handler
 * @status: the reason
 *
 * Return: what the handler returns: @status, or NT_PENDING if the wait has been
 * completed meanwhile.
 */
nt_status_t csrv_req_unpark(struct csrv_req *req, nt_status_t status)
{
	if (!csrv_wait_disarm(&req->wait))
		return NT_PENDING;
	csrv_req_unlist(req);
	return status;
}

/**
 * csrv_req_hold() - the handler of a parked request is about to ask a question
 * @req: parked; csrv_req_asked() follows
 *
 * The answer may come before the handler has returned.  The request does not go on before
 * csrv_req_asked() (csrv_req_unlist() waits for the reference), so the handler may look at it.
 */
void csrv_req_hold(struct csrv_req *req)
{
	refcount_inc(&req->ref);
}

/**
 * csrv_req_asked() - the question of a parked request has been asked, or has failed
 * @req: csrv_req_hold() was called before the question
 * @status: NT_OK, or the error that the question failed with
 *
 * A canceller between csrv_req_park() and the question found nothing to end, and a request is
 * cancelled once.  So this function cancels again.  No cancel is lost: a canceller marks the
 * request under conn->lock, then ends its wait.  Either this function sees the mark, and ends the
 * question; or the mark comes later, and the canceller finds the question.
 * Return: the status that the handler returns.
 */
nt_status_t csrv_req_asked(struct csrv_req *req, nt_status_t status)
{
	struct csrv_conn *conn = req->conn;
	bool cancelled;

	spin_lock(&conn->lock);
	cancelled = req->park.cancelled;
	spin_unlock(&conn->lock);
	if (cancelled && status == NT_OK)
		req->park.cancel(req);
	csrv_req_put(req);	/* never the last: the request has not continued */
	return status == NT_OK ? NT_PENDING : csrv_req_unpark(req, status);
}

static void standers_cancel(struct csrv_req *req)
{
	csrv_stand_wait_cancel(&req->park.standers);
}

/* The standers of the open, tree connect or session that the current command ends. */
static struct csrv_standers *ended_standers(const struct csrv_req *req)
{
	if (req->open)
		return &req->open->standers;
	return req->tree ? &req->tree->standers : &req->session->standers;
}

/**
 * csrv_req_await_standers() - before a command ends an object that earlier requests name
 * @req: has passed the gate; its row has CMD_ENDS
 *
 * The command waits until none of these requests stands, over whichever channel they came.  If
 * there is no room for the wait it runs at once.  Requests that come later over another channel are
 * waited for, too, if they stand while others do.  The command does not check again afterwards.
 * Return: NT_OK: the handler runs; NT_PENDING: @req is not the caller's any more, and continues
 * when none of them stands; else the command's outcome.
 */
nt_status_t csrv_req_await_standers(struct csrv_req *req)
{
	struct csrv_standers *on = ended_standers(req);
	nt_status_t status;

	if (!csrv_standers_any(on))
		return NT_OK;
	csrv_stand_wait_init(&req->park.standers, req->session, on);
	status = csrv_req_park(req, false, standers_cancel);
	if (status == NT_INSUFFICIENT_RESOURCES)
		return NT_OK;
	if (status != NT_OK)
		return status;
	status = csrv_stand_wait(&req->park.standers, &req->wait);
	return status == NT_PENDING ? status : csrv_req_unpark(req, status);
}

/**
 * struct cancel_match - which waiting requests are asked to end; all, when empty
 * @by: the request that this CANCEL names
 * @ending: requests that use an object that ends
 */
struct cancel_match {
	const struct csrv_cancel_id	*by;
	const struct csrv_ending	*ending;
};

static bool stands_on(const struct csrv_req *req, const struct csrv_ending *e)
{
	if (req->session != e->session || (req->cmd->flags & CMD_ENDS_SESSION))
		return false;
	if (e->tid && (!req->tree || req->tree->id != e->tid))
		return false;
	if (e->open && req->open != e->open)
		return false;
	return !e->life || csrv_identity_of(req->identity, e->life) ||
	       (req->open && csrv_identity_of(req->open->identity, e->life));
}

static bool is_matched(const struct csrv_req *req, const struct cancel_match *match)
{
	if (!req->park.cancel || req->park.cancelled)
		return false;
	if (match->by)
		return req->conn->fe->is_cancelled(req, match->by, 1);
	return !match->ending || stands_on(req, match->ending);
}

static struct csrv_req *waiting_find(struct csrv_conn *conn, const struct cancel_match *match)
	__must_hold(&conn->lock)
{
	struct csrv_req *req;

	lockdep_assert_held(&conn->lock);
	list_for_each_entry(req, &conn->waiting, park.node) {
		if (!is_matched(req, match))
			continue;
		req->park.cancelled = true;
		if (req->park.parking)
			continue;	/* park_settle() sees it */
		refcount_inc(&req->ref);
		return req;
	}
	return NULL;
}

static bool cancel_one(struct csrv_conn *conn, const struct cancel_match *match)
{
	struct csrv_req *req;

	spin_lock(&conn->lock);
	req = waiting_find(conn, match);
	spin_unlock(&conn->lock);
	if (!req)
		return false;
	req->park.cancel(req);
	csrv_req_put(req);
	return true;
}

static void req_cancel_work(struct work_struct *work)
{
	struct csrv_req *req = container_of(work, struct csrv_req, park.cancel_work);

	req->park.cancel(req);
	csrv_req_put(req);
}

/**
 * csrv_cancel() - end the request that a CANCEL names, if it waits, or as soon as it would wait
 * @conn: the connection of the CANCEL
 * @by: the request that it names
 *
 * This runs in the receiver, and ending a wait may take a file's mutex: a worker does that.  The
 * request continues only when the worker has put its reference (csrv_req_unlist()), so the worker
 * belongs to a queue whose work waits for no request.
 */
void csrv_cancel(struct csrv_conn *conn, const struct csrv_cancel_id *by)
{
	const struct cancel_match match = { .by = by };
	struct csrv_cancels *spare = NULL;
	struct csrv_req *req;

	if (!READ_ONCE(conn->cancels))
		spare = kzalloc(sizeof(*spare), GFP_KERNEL);	/* NULL: only what waits is found */
	spin_lock(&conn->lock);
	if (!conn->cancels)
		swap(conn->cancels, spare);
	cancels_add(conn, by);
	req = waiting_find(conn, &match);
	spin_unlock(&conn->lock);
	kfree(spare);
	if (!req)
		return;
	INIT_WORK(&req->park.cancel_work, req_cancel_work);
	csrv_fault_delay(CSRV_FAULT_REQ_CANCEL);
	queue_work(conn->srv->cancel_wq, &req->park.cancel_work);
}

/**
 * csrv_cancel_conn() - end all waits of a connection that can be cancelled
 * @conn: about to end, so no request parks any more
 */
void csrv_cancel_conn(struct csrv_conn *conn)
{
	const struct cancel_match match = {};

	while (cancel_one(conn, &match))
		;
}

/**
 * csrv_cancel_ending() - csrv_server_events.cancel_waiting
 * @conn: a connection of the session
 * @e: the object that ends
 */
void csrv_cancel_ending(struct csrv_conn *conn, const struct csrv_ending *e)
{
	const struct cancel_match match = { .ending = e };

	while (cancel_one(conn, &match))
		;
}
