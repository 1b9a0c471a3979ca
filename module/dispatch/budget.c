// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/budget.c - what a request and its reply hold, on the connection's account
 *
 * A request's own bytes are charged before they are received (rx.c).  What its reply may
 * take is reserved when the request has passed the gate in arrival order, before the next
 * message is read: until there is room the request is not worked on, and nothing more is
 * read, so there is nothing to refuse.  Memory beyond the reservation (a large message, which
 * is looked at where it runs, or a compound that asks for more than the whole budget) is
 * refused when there is no room.
 */
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/* Never refused: what every request may take. */
#define REPLY_FREE	4096u

static u32 held(const struct csrv_req *req)
{
	return req->size + req->reply.held;
}

/*
 * The first command went through the gate: reserve what the reply may take.  False: there
 * is no room now.
 */
bool csrv_budget_reserve(struct csrv_req *req)
{
	u64 asks = req->asked;
	u32 got;

	if (req->next)
		asks += req->conn->fe->rest_asks(req);
	if (asks <= CSRV_REPLY_INLINE - CSRV_REPLY_SLACK / 2)
		return true;
	got = csrv_conn_reserve(req->conn, asks + CSRV_REPLY_SLACK);
	req->charged += got;
	return got;
}

/**
 * csrv_budget_take() - memory for a reply
 * @req: whose
 * @bytes: that are going to be allocated for it, or held
 * @must: for an error, which is small: never refused
 *
 * Return: false when the connection holds as much as it may.
 */
bool csrv_budget_take(struct csrv_req *req, u32 bytes, bool must)
{
	u64 need = (u64)held(req) + bytes;

	if (need > req->charged) {
		u64 more = need - req->charged;

		if (must || req->reply.held + bytes <= REPLY_FREE)
			csrv_conn_force(req->conn, more);
		else if (more > U32_MAX || !csrv_conn_take(req->conn, more))
			return false;
		req->charged += more;
	}
	req->reply.held += bytes;
	return true;
}

/* That memory is free again; the account keeps it until the reply has left. */
void csrv_budget_give(struct csrv_req *req, u32 bytes)
{
	req->reply.held -= bytes;
}

/*
 * It waits from now on: what is reserved only is to be given back, as long as it takes.
 * Under conn->lock.  Return: false, it may not wait; else @spare is to be released.
 */
bool csrv_budget_park(struct csrv_req *req, u32 *spare)
{
	u32 mine = min(held(req), req->charged);

	lockdep_assert_held(&req->conn->lock);
	if (!csrv_conn_park(req->conn, mine, req->cmd->flags & CMD_LOGON))
		return false;
	*spare = req->charged - mine;
	req->charged = mine;
	return true;
}

void csrv_budget_unpark(struct csrv_req *req)
{
	lockdep_assert_held(&req->conn->lock);
	csrv_conn_unpark(req->conn, req->charged);
}
