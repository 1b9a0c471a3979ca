// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/tx.c - replies: memory, shape, sending */
#include <linux/slab.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../store/break.h"
#include "../store/durable.h"
#include "../store/lease.h"
#include "frontend.h"
#include "req.h"

/* Charged memory: @bytes more than what it replaces.  NULL: the charge is given back. */
static u8 *reply_alloc(struct csrv_req *req, u32 cap, u32 bytes)
{
	u8 *buf = csrv_fault(CSRV_FAULT_REPLY_ROOM) ? NULL : kvmalloc(cap, GFP_KERNEL);

	if (!buf)
		csrv_budget_give(req, bytes);
	return buf;
}

/**
 * csrv_reply_room() - make room at the end of the reply
 * @req: the request that is answered
 * @len: bytes
 * @must: for an error, which is small: the budget does not refuse it
 *
 * Return: false without memory, beyond the connection's budget, or if the message would have more
 * than csrv_reply_max() bytes.
 */
bool csrv_reply_room(struct csrv_req *req, u32 len, bool must)
{
	struct csrv_reply *r = &req->reply;
	bool grown = r->buf != r->inl;
	u32 need = r->len + len, old = grown ? r->cap : 0;
	u8 *buf = NULL;
	u32 cap;

	/* Also where there is room.  An error follows replies that are as long as they may be. */
	if (need > csrv_reply_max(req) + (must ? CSRV_REPLY_SPARE - 256 : 0))
		return false;
	if (need <= r->cap)
		return true;
	/* For many small replies of one compound: do not copy all of them for each. */
	cap = max(need, r->cap + r->cap / 2);
	if (grown && !must && csrv_budget_take(req, cap - old, false))
		buf = reply_alloc(req, cap, cap - old);
	if (!buf && csrv_budget_take(req, need - old, must)) {
		cap = need;
		buf = reply_alloc(req, cap, cap - old);
	}
	if (!buf)
		return false;
	memcpy(buf, r->buf, r->len);
	if (grown)
		kvfree(r->buf);
	r->buf = buf;
	r->cap = cap;
	return true;
}

/**
 * csrv_reply_window() - the room of the current command's reply
 * @req: csrv_frontend.reply_begin() has made it
 * @offset: where to begin, from the reply's header
 *
 * Return: a cursor at @offset that ends with the room; a bad one if there is none.
 */
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
 * @req: at a command
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

/**
 * csrv_reply_error() - answer the current command with an error
 * @req: at the command
 * @status: the error
 *
 * Payload that the handler has put into the reply is freed here, and is not sent.
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
 * csrv_req_grants() - the reply of this message grants an oplock or a lease
 * @req: the CREATE
 * @o: the open; a reference is taken, and put once the reply is queued for sending
 *
 * The client is not notified of a break before that: it ignores a FileId that it does not know,
 * [MS-SMB2] 3.2.5.19.
 */
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o)
{
	csrv_open_get(o);
	if (o->durable)
		csrv_durable_use(o->durable);
	list_add_tail(&o->granted, &req->reply.granted);
}

/* The reply that grants oplocks to @opens is queued, or dropped because the connection ends. */
static void grants_sent(struct list_head *opens)
{
	struct csrv_open *o, *tmp;

	list_for_each_entry_safe(o, tmp, opens, granted) {
		list_del(&o->granted);
		csrv_break_granted(csrv_open_holder(o));
		csrv_open_unuse(o);
		csrv_open_put_later(o);	/* the logon queue waits for no file system */
	}
}

/**
 * struct early - replies that are sent before their message is done
 * @out: as they are sent
 * @conn: a reference; counted in its nreqs
 * @charged: bytes on the connection's account
 * @buf: the replies
 * @head: room for an encryption header before them
 */
struct early {
	struct csrv_out		out;
	struct csrv_conn	*conn;
	u32			charged;
	u8			*buf;
	u8			head[CSRV_HEAD_MAX];
};

static void early_free(struct early *e)
{
	struct csrv_conn *conn = e->conn;
	u32 charged = e->charged;

	kvfree(e->buf);
	kfree(e);
	csrv_conn_req_done(conn, charged);
	csrv_conn_put(conn);
}

static void early_sent(struct csrv_out *out)
{
	early_free(container_of(out, struct early, out));
}

/* @req keeps its connection from ending. */
static struct early *early_alloc(struct csrv_req *req)
{
	struct early *e = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return NULL;
	e->conn = csrv_conn_get(req->conn);
	atomic_inc(&req->conn->nreqs);
	return e;
}

/* The replies leave @req, which has room for an inline one then, with what they are charged. */
static bool early_take(struct csrv_req *req, struct early *e)
{
	struct csrv_reply *r = &req->reply;

	if (r->buf == r->inl) {
		r->buf = kmemdup(r->inl, r->len, GFP_KERNEL);
		if (!r->buf) {
			r->buf = r->inl;
			return false;
		}
	}
	csrv_out_init(&e->out, r->buf, r->len, NULL, 0);
	if (req->conn->fe->close(req, &e->out, e->head))
		req->drop = true;	/* nor could a later reply be signed or encrypted */
	e->buf = r->buf;
	e->charged = r->held;
	req->charged -= r->held;
	r->held = 0;
	r->buf = r->inl;
	r->cap = sizeof(r->inl);
	r->len = 0;
	r->last = 0;
	return true;
}

/**
 * csrv_reply_send_early() - send what has been answered, before a command that may wait without end
 * @req: at its last command
 *
 * Return: false without memory, or if the connection is to end (@req->drop).
 */
bool csrv_reply_send_early(struct csrv_req *req)
{
	struct csrv_xprt *xprt = req->conn->xprt;
	LIST_HEAD(granted);
	struct early *e;

	if (!req->reply.len)
		return true;
	e = early_alloc(req);
	if (!e)
		return false;
	if (!early_take(req, e) || req->drop) {
		early_free(e);
		return false;
	}
	list_splice_init(&req->reply.granted, &granted);
	e->out.done = early_sent;
	xprt->ops->send(xprt, &e->out);
	grants_sent(&granted);
	return true;
}

static void reply_send(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	struct csrv_reply *r = &req->reply;

	csrv_out_init(&r->out, r->buf, r->len, r->pages.bv, r->pages.nbv);
	if (req->drop || (r->len && conn->fe->close(req, &r->out, r->head))) {
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
 * @req: not the caller's any more
 */
void csrv_reply_send(struct csrv_req *req)
{
	LIST_HEAD(granted);

	csrv_fault_delay(CSRV_FAULT_REQ_COMPLETE);
	list_splice(&req->reply.granted, &granted);	/* @req may be freed once it is sent */
	reply_send(req);
	grants_sent(&granted);
}
