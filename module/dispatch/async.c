// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/async.c - requests that wait, and CANCEL, [MS-SMB2] 3.3.4.2, 3.3.5.16 */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../model/server.h"
#include "../model/user.h"
#include "frontend.h"
#include "req.h"

/*
 * [MS-SMB2] 3.3.4.2 lets us refuse.  A leg of a logon is charged as that (model/logon.c):
 * it must not wait for room that others have taken who are logged on.
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
 * The latest CANCELs of a connection.  What one means is under way, but may not wait yet, or not
 * wait again yet: [MS-SMB2] 3.3.5.16 has the server look among all requests that it has received.
 * No MessageId or AsyncId comes back, so those whose requests have been answered mean nothing.
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

/* Has a CANCEL for it come before it waits? */
static bool is_cancelled(struct csrv_conn *conn, const struct csrv_req *req)
	__must_hold(&conn->lock)
{
	const struct csrv_cancels *c = conn->cancels;

	lockdep_assert_held(&conn->lock);
	return c && conn->fe->is_cancelled(req, c->latest, min_t(u32, c->n, CANCELS_KEPT));
}

/* From here on CANCEL finds the request. */
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
		/* not by what ended an earlier wait of the same command, but a CANCEL counts */
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
 * The client has been told: what it cancelled meanwhile does not begin to wait, nor what
 * stands on something that has ended.
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
 * csrv_req_park() - the current command is going to wait
 * @req: its handler is running
 * @interim: the client is told (STATUS_PENDING) and may cancel
 * @cancel: asks for the wait to end; may lose against the event itself
 *
 * From here on the wait may be completed by anyone; so the handler arranges for that
 * next, and returns NT_PENDING without another look at @req.
 * Return: NT_OK, or why not: the handler then returns that.
 */
nt_status_t csrv_req_park(struct csrv_req *req, bool interim,
			  void (*cancel)(struct csrv_req *req))
{
	bool told = req->async_id;	/* of an earlier wait: the final reply is an async one */
	nt_status_t status;

	if (interim && !told)
		req->async_id = atomic64_inc_return(&req->conn->srv->next_id);
	req->park.cancel = cancel;
	status = park_list(req);
	if (status != NT_OK) {
		if (!told)
			req->async_id = 0;
		return status;
	}
	if (interim && csrv_send_interim(req))
		status = NT_INSUFFICIENT_RESOURCES;
	else
		told |= interim;
	csrv_wait_arm(&req->wait);
	csrv_fault_delay(CSRV_FAULT_REQ_TOLD);
	if (status == NT_OK)
		status = park_settle(req);
	if (status == NT_OK)
		csrv_fault_delay(CSRV_FAULT_REQ_PARK);
	if (status != NT_OK) {
		csrv_req_unlist(req);
		atomic_set(&req->wait.state, CSRV_WAIT_IDLE);
		if (!told)
			req->async_id = 0;
	}
	return status;
}

/* Nobody new can find the request; those who have are waited for. */
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
 * csrv_req_unpark() - what the handler wanted to wait for did not start
 * @req: parked by its handler
 * @status: why
 *
 * Return: what the handler returns: @status, or NT_PENDING when somebody completed the
 * wait meanwhile.
 */
nt_status_t csrv_req_unpark(struct csrv_req *req, nt_status_t status)
{
	if (!csrv_wait_disarm(&req->wait))
		return NT_PENDING;
	csrv_req_unlist(req);
	return status;
}

/**
 * csrv_req_hold() - a parked request's handler is going to ask somebody
 * @req: parked; csrv_req_asked() follows
 *
 * The answer may come before the one who asks has returned.  Until he has, the request
 * does not go on (csrv_req_unlist() waits for the reference), and he may look at it.
 */
void csrv_req_hold(struct csrv_req *req)
{
	refcount_inc(&req->ref);
}

/**
 * csrv_req_asked() - the question that a parked request waits for is out, or is not
 * @req: csrv_req_hold() came before the question
 * @status: NT_OK, or why it could not be asked
 *
 * A canceller that came between csrv_req_park() and the question found nothing that it
 * could end, and nobody cancels a request twice.  So this does it for him.  No cancel is
 * lost: it marks the request under conn->lock and asks for the end afterwards.  Either
 * the mark is there when this looks, and the question is ended here; or it comes later,
 * and so does the canceller's own look for the question, which is out.
 * Return: what the handler returns.
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
	csrv_req_put(req);	/* never the last: the request has not gone on */
	return status == NT_OK ? NT_PENDING : csrv_req_unpark(req, status);
}

static void standers_cancel(struct csrv_req *req)
{
	csrv_stand_wait_cancel(&req->park.standers);
}

/* What the current command would end. */
static struct csrv_standers *ends(const struct csrv_req *req)
{
	if (req->open)
		return &req->open->standers;
	return req->tree ? &req->tree->standers->on : &req->session->standers;
}

/**
 * csrv_req_await_standers() - before a command ends what requests before it name
 * @req: has passed the gate; its row has CMD_ENDS
 *
 * It waits until none of them stands, over whichever channel they came.  One that may not wait, for
 * want of room, goes on at once.  Those that come later, over another channel, and stand while
 * others do are waited for, too: it goes on when there is nobody.  Then it does not look again.
 * Return: NT_OK: the handler runs; NT_PENDING: @req is not ours any more, and goes on when they
 * have looked; else the command's outcome.
 */
nt_status_t csrv_req_await_standers(struct csrv_req *req)
{
	struct csrv_standers *on = ends(req);
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
 * struct whom - which waiting requests are asked to end; all, when empty
 * @by: the one that this CANCEL means
 * @ending: those that stand on what ends
 */
struct whom {
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

static bool is_meant(const struct csrv_req *req, const struct whom *whom)
{
	if (!req->park.cancel || req->park.cancelled)
		return false;
	if (whom->by)
		return req->conn->fe->is_cancelled(req, whom->by, 1);
	return !whom->ending || stands_on(req, whom->ending);
}

static struct csrv_req *waiting_find(struct csrv_conn *conn, const struct whom *whom)
	__must_hold(&conn->lock)
{
	struct csrv_req *req;

	lockdep_assert_held(&conn->lock);
	list_for_each_entry(req, &conn->waiting, park.node) {
		if (!is_meant(req, whom))
			continue;
		req->park.cancelled = true;
		if (req->park.parking)
			continue;	/* park_settle() sees it */
		refcount_inc(&req->ref);
		return req;
	}
	return NULL;
}

static bool cancel_one(struct csrv_conn *conn, const struct whom *whom)
{
	struct csrv_req *req;

	spin_lock(&conn->lock);
	req = waiting_find(conn, whom);
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
 * csrv_cancel() - CANCEL: the request that it means ends, if that waits, or as soon as it would
 * @conn: over which it has come
 * @by: which request that is
 *
 * In the receiver: so what may have to wait for a file's mutex goes to a worker.  The
 * request goes on only when that has put its reference (csrv_req_unlist()), so the queue is
 * one whose work waits for no request.
 */
void csrv_cancel(struct csrv_conn *conn, const struct csrv_cancel_id *by)
{
	const struct whom whom = { .by = by };
	struct csrv_cancels *spare = NULL;
	struct csrv_req *req;

	if (!READ_ONCE(conn->cancels))
		spare = kzalloc(sizeof(*spare), GFP_KERNEL);	/* NULL: what waits is found */
	spin_lock(&conn->lock);
	if (!conn->cancels)
		swap(conn->cancels, spare);
	cancels_add(conn, by);
	req = waiting_find(conn, &whom);
	spin_unlock(&conn->lock);
	kfree(spare);
	if (!req)
		return;
	INIT_WORK(&req->park.cancel_work, req_cancel_work);
	csrv_fault_delay(CSRV_FAULT_REQ_CANCEL);
	queue_work(conn->srv->cancel_wq, &req->park.cancel_work);
}

/* The connection ends: so do all waits on it that can be ended. */
void csrv_cancel_conn(struct csrv_conn *conn)
{
	const struct whom whom = {};

	while (cancel_one(conn, &whom))
		;
}

/* csrv_server_events.cancel_waiting */
void csrv_cancel_ending(struct csrv_conn *conn, const struct csrv_ending *e)
{
	const struct whom whom = { .ending = e };

	while (cancel_one(conn, &whom))
		;
}
