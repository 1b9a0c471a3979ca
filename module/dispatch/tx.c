// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/tx.c - replies: their memory, their shape, and how they leave */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../model/break.h"
#include "../model/server.h"
#include "frontend.h"
#include "req.h"

/**
 * csrv_reply_room() - room behind what the reply has
 * @req: whose
 * @len: bytes
 * @must: for an error, which is small: it may be more than there is room for
 *
 * Return: false without memory, or beyond the connection's budget.
 */
bool csrv_reply_room(struct csrv_req *req, u32 len, bool must)
{
	struct csrv_reply *r = &req->reply;
	bool grown = r->buf != r->inl;
	u32 need = r->len + len, cap = need, old = grown ? r->cap : 0;
	u8 *buf;

	if (need <= r->cap)
		return true;
	/* Many small replies of one compound: do not copy all of them for each. */
	if (grown)
		cap = max(need, r->cap + r->cap / 2);
	if (!csrv_budget_take(req, cap - old, must)) {
		cap = need;
		if (!csrv_budget_take(req, cap - old, must))
			return false;
	}
	buf = kvmalloc(cap, GFP_KERNEL);
	if (!buf) {
		csrv_budget_give(req, cap - old);
		return false;
	}
	memcpy(buf, r->buf, r->len);
	if (grown)
		kvfree(r->buf);
	r->buf = buf;
	r->cap = cap;
	return true;
}

/* Where @offset (from its header) of the current reply is; up to the room's end. */
struct wire_out csrv_reply_window(struct csrv_req *req, u32 offset)
{
	u8 *base = req->reply.buf + req->reply.len;
	struct wire_out out = wire_out(base, req->reply.cap - req->reply.len);

	if (wire_out_left(&out) >= offset)
		out.pos += offset;
	else
		out.bad = true;
	return out;
}

/**
 * csrv_reply_has_body() - the shape of a reply, [MS-SMB2] 3.3.4.4
 * @req: stands at a command
 * @status: its outcome
 *
 * Return: true for the command's own response, false for an ERROR response.
 */
bool csrv_reply_has_body(const struct csrv_req *req, nt_status_t status)
{
	const struct csrv_cmd *cmd = req->cmd;

	if (!req->handled)
		return false;	/* refused before there were arguments */
	return status == NT_OK || (cmd->body_with && cmd->body_with(req, status));
}

/*
 * The current command's reply is an error.  Payload that the handler has put anywhere
 * goes here, and so does not leave with it.
 */
void csrv_reply_error(struct csrv_req *req, nt_status_t status)
{
	req->reply.extra = 0;
	csrv_rpages_put(&req->reply.pages);
	if (!req->conn->fe->reply_error(req, status))
		req->drop = true;
}

static void reply_sent(struct csrv_out *out)
{
	csrv_req_put(container_of(out, struct csrv_req, reply.out));
}

/**
 * csrv_req_grants() - the reply of this message grants an oplock
 * @req: whose CREATE it is
 * @o: the open; a reference is taken, and put once the reply is queued for sending
 *
 * Until then no break is told: a client that does not know the FileId ignores it,
 * [MS-SMB2] 3.2.5.19.
 */
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o)
{
	csrv_open_get(o);
	list_add_tail(&o->granted, &req->reply.granted);
}

/* What stands on @opens has been granted to the client, or never will be: its connection ends. */
static void grants_told(struct list_head *opens)
{
	struct csrv_open *o, *tmp;

	list_for_each_entry_safe(o, tmp, opens, granted) {
		list_del(&o->granted);
		csrv_break_granted(o);
		csrv_open_put_later(o);	/* where logons are, no file system is waited for */
	}
}

static void reply_send(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	struct csrv_reply *r = &req->reply;

	csrv_out_init(&r->out, r->buf, r->len, r->pages.bv, r->pages.nbv);
	if (req->drop || (r->len && conn->fe->close(req))) {
		csrv_conn_shutdown(conn);
		csrv_req_put(req);
	} else if (!r->len) {
		csrv_req_put(req);
	} else {
		r->out.done = reply_sent;
		conn->xprt->ops->send(conn->xprt, &r->out);
	}
}

/**
 * csrv_reply_send() - all commands are done: send the reply, or end the connection
 * @req: the caller's no more
 */
void csrv_reply_send(struct csrv_req *req)
{
	LIST_HEAD(granted);

	csrv_fault_delay(CSRV_FAULT_REQ_COMPLETE);
	list_splice(&req->reply.granted, &granted);	/* @req may be gone once it is sent */
	reply_send(req);
	grants_told(&granted);
}
