// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/budget.c - memory of a request and its reply, on the connection's account
 *
 * A request's own bytes are charged before they are received (rx.c).  The most that its reply may
 * take is reserved when the request has passed the gate in arrival order, before the next
 * message is read: until there is room the request is not worked on, and nothing more is
 * read, so there is nothing to refuse.  Memory beyond the reservation (for a large message, which
 * passes the gate where it runs, or a compound that requests more than the whole budget) is
 * refused when there is no room.
 */
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/* Every request may take so much, and is not refused for it. */
#define REPLY_FREE	4096u

static u32 held_bytes(const struct csrv_req *req)
{
	return req->size + req->reply.held;
}

/**
 * csrv_budget_reserve() - reserve the most that a reply may take
 * @req: its first command has passed the gate
 *
 * Return: false if there is no room now.
 */
bool csrv_budget_reserve(struct csrv_req *req)
{
	u64 requested = req->requested;
	u32 got;

	if (req->next)
		requested += req->conn->fe->rest_requested(req);
	if (requested <= CSRV_REPLY_INLINE - CSRV_REPLY_SLACK / 2)
		return true;
	got = csrv_conn_reserve(req->conn, requested + CSRV_REPLY_SLACK);
	req->charged += got;
	return got;
}

/**
 * csrv_budget_take() - memory for a reply
 * @req: the request that is answered
 * @bytes: to be allocated for it, or held
 * @must: for an error, which is small: never refused
 *
 * Return: false when the connection holds as much as it may.
 */
bool csrv_budget_take(struct csrv_req *req, u32 bytes, bool must)
{
	u64 need = (u64)held_bytes(req) + bytes;

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

/**
 * csrv_budget_give() - memory that csrv_budget_take() counted is free again
 * @req: the request that is answered
 * @bytes: how many; the account gets them back when the reply has been sent
 */
void csrv_budget_give(struct csrv_req *req, u32 bytes)
{
	req->reply.held -= bytes;
}

/**
 * csrv_budget_park() - a request waits from now on, and gives its reservation back meanwhile
 * @req: under its connection's lock
 * @spare: set to the bytes that the caller is to release (csrv_conn_release())
 *
 * Return: false if it may not wait.
 */
bool csrv_budget_park(struct csrv_req *req, u32 *spare)
{
	u32 mine = min(held_bytes(req), req->charged);

	lockdep_assert_held(&req->conn->lock);
	if (!csrv_conn_park(req->conn, mine, req->cmd->flags & CMD_LOGON))
		return false;
	*spare = req->charged - mine;
	req->charged = mine;
	return true;
}

/**
 * csrv_budget_unpark() - a request goes on
 * @req: under its connection's lock
 */
void csrv_budget_unpark(struct csrv_req *req)
{
	lockdep_assert_held(&req->conn->lock);
	csrv_conn_unpark(req->conn, req->charged);
}
