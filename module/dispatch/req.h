/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch/req.h - a request: one message from arrival to reply
 *
 * A message is one command or a compound of several; they are worked on one after
 * the other, and their replies leave as one message.
 */
#ifndef CIFSSRV_DISPATCH_REQ_H
#define CIFSSRV_DISPATCH_REQ_H

#include <linux/refcount.h>
#include <linux/types.h>

#include "../client/conn.h"
#include "../store/open.h"
#include "../client/session.h"
#include "../policy/rights.h"
#include "../client/tree.h"
#include "../core/wait.h"
#include "../client/workers.h"
#include "../transport/transport.h"
#include "cmd.h"

struct csrv_frontend;

#define CSRV_REPLY_INLINE	512u
/* Of the longest message; left for an error behind the other replies, and for encryption */
#define CSRV_REPLY_SPARE	4096u
#define CSRV_HEAD_MAX		64u	/* before a message: an encryption header */

/**
 * struct csrv_hdr - the part of a command's header that dispatch/ uses
 * @command: index of its row, if it has one
 * @tid: of the tree connect
 * @mid: for traces
 * @sid: of the session
 */
struct csrv_hdr {
	u16	command;
	u32	tid;
	u64	mid;
	u64	sid;
};

/**
 * struct csrv_cancel_id - which request a CANCEL names, as the front end read it
 * @sid: the request's session
 * @id: AsyncId if @async, or MessageId
 * @async: see @id
 * @sealed: the CANCEL was encrypted
 * @proof: the CANCEL is signed or encrypted with the keys of its session
 */
struct csrv_cancel_id {
	u64	sid;
	u64	id;
	bool	async;
	bool	sealed;
	bool	proof;
};

/**
 * struct csrv_in - a message that has arrived, decrypted when it was opened
 * @buf: its linear part
 * @len: bytes of the linear part
 * @bv: the payload of a WRITE beyond it, in pages; or NULL
 * @nbv: their number
 * @payload: of the current command: csrv_payload_pull()
 * @linear: of it, where it is in one piece
 */
struct csrv_in {
	u8		*buf;
	u32		len;
	struct bio_vec	*bv;
	u32		nbv;
	struct iov_iter	payload;
	struct kvec	linear;
};

/**
 * struct csrv_rpages - payload of a reply that lies in pages
 * @bv: the pages, or NULL
 * @nbv: their number
 * @put: frees @bv and the pages
 *
 * A handler's own until the command has succeeded; csrv_payload_push() hands them over.
 */
struct csrv_rpages {
	struct bio_vec	*bv;
	u32		nbv;
	void		(*put)(struct bio_vec *bv, u32 nbv);
};

/**
 * struct csrv_reply - the message that answers a request
 * @inl: room for a short one
 * @head: room for an encryption header before it
 * @buf: its linear part: the replies to the commands of the request, one after the other.
 *	Zero in a fresh request, like all that follows, or set by csrv_req_alloc()
 * @cap: bytes of room at @buf
 * @len: bytes that are final but for a signature
 * @last: offset of the current command's reply
 * @extra: bytes of payload after the part that encode() writes
 * @held: bytes of memory that it takes, but those of @inl
 * @pages: the message ends with them
 * @granted: csrv_open.granted of opens that it grants oplocks to: csrv_req_grants()
 * @out: the message as it is sent
 */
struct csrv_reply {
	u8			inl[CSRV_REPLY_INLINE];
	u8			head[CSRV_HEAD_MAX];
	u8			*buf;
	u32			cap;
	u32			len;
	u32			last;
	u32			extra;
	u32			held;
	struct csrv_rpages	pages;
	struct list_head	granted;
	struct csrv_out		out;
};

/**
 * struct csrv_park - a request that waits, or is about to wait
 * @node: in conn->waiting, where CANCEL finds it; conn->lock
 * @cancel: called to end the wait; may lose against the event itself
 * @cancel_work: calls @cancel: csrv_cancel()
 * @cancelled: @cancel is due or has been called; conn->lock, like @parking
 * @parking: the request does not wait yet, and @cancel is not to be called
 * @charged: the account is charged with the wait
 * @standers: a command with CMD_ENDS waits here before its handler runs
 *
 * A handler's own waiter is in csrv_req.state, where its @cancel finds it.
 */
struct csrv_park {
	struct list_head	node;
	void			(*cancel)(struct csrv_req *req);
	struct work_struct	cancel_work;
	bool			cancelled;
	bool			parking;
	bool			charged;
	struct csrv_stand_waiter standers;
};

/**
 * struct csrv_req - one message in progress
 * @msg: as it was received; first, because the transport knows this part only
 * @reply: to it
 * @ref: one of the worker that runs it, and one of each canceller that has found it
 * @wait: completes when the request is to continue
 * @conn: a reference
 * @start: ns of arrival
 * @size: bytes of the message, and of this object
 * @charged: bytes on the connection's account
 * @requested: bytes of payload that the current command requests
 * @in: the decrypted message
 * @computed: a large message says that it is signed or encrypted; unchecked, like @no_file
 * @no_file: the only command of a large message says that it touches no file
 * @opened: it has been decrypted, and is at a command
 * @gated: the current command passed the gate, with @gate_status
 * @stood: it has stood for room since it arrived; for a worker: @job
 * @gate_status: see @gated
 * @sealed: the message was encrypted, and so is its reply
 * @drop: there is no reply, and the connection ends
 * @handled: the handler has run: @args and @res are valid
 * @at: offset of the current command in @in
 * @len: its length
 * @next: offset of the next command, 0: there is none
 * @index: number of the current command, from 0
 * @hdr: of the current command
 * @cmd: its row; NULL: there is none
 * @args: decoded; struct csrv_frontend has the sizes of this and of the next three
 * @res: result, to be encoded
 * @state: kept from the handler until the command is answered
 * @front: kept by the front end as long as the message
 * @channel: a reference, like the next five: of the current command's session on @conn
 * @session: that the command names
 * @identity: the session's user
 * @tree: the tree connect that the command names
 * @rights: of the user on the share, as they were at the gate
 * @open: that the command names
 * @async_id: not 0: the client was notified that it waits, and may cancel it by this id
 * @park: how it waits
 * @job: @msg.work, when it needs a worker
 *
 * Made when its first bytes arrive, freed when its reply has been sent (or there is none).  It is
 * owned by the worker that runs it; while it waits, by the context that completes its wait.  CANCEL
 * finds it on the connection's list of waiting requests.
 *
 * From @reply.buf on all members are zero in a fresh request: csrv_req_alloc().
 */
struct csrv_req {
	struct csrv_msg			msg;
	struct csrv_reply		reply;
	refcount_t			ref;
	struct csrv_wait		wait;
	struct csrv_conn		*conn;
	u64				start;
	u32				size;
	u32				charged;
	u32				requested;

	struct csrv_in			in;
	bool				computed;
	bool				no_file;
	bool				opened;
	bool				gated;
	bool				stood;
	nt_status_t			gate_status;
	bool				sealed;
	bool				drop;
	bool				handled;

	u32				at;
	u32				len;
	u32				next;
	u32				index;

	struct csrv_hdr			hdr;
	const struct csrv_cmd		*cmd;
	void				*args;
	void				*res;
	void				*state;
	void				*front;
	struct csrv_channel		*channel;
	struct csrv_session		*session;
	struct csrv_identity		*identity;
	struct csrv_tree		*tree;
	struct csrv_rights		*rights;
	struct csrv_open		*open;
	u64				async_id;
	struct csrv_park		park;
	struct csrv_job			job;
};

/* A reply has no more bytes, so that it is one message when it has been encrypted. */
static inline u32 csrv_reply_max(const struct csrv_req *req)
{
	return req->conn->xprt->max_message - CSRV_REPLY_SPARE;
}

static inline struct csrv_req *csrv_req_of(struct csrv_msg *msg)
{
	return container_of(msg, struct csrv_req, msg);
}

/* End the connection, without a reply.  A handler or a check returns the same status. */
static inline nt_status_t csrv_req_drop(struct csrv_req *req)
{
	req->drop = true;
	return NT_CONNECTION_RESET;
}

struct csrv_server;

/* A message that is no reply: an interim response, a break notification. */
struct csrv_notification {
	struct csrv_out		out;
	struct csrv_conn	*conn;	/* a reference; counted in its nreqs */
	u8			head[CSRV_HEAD_MAX];
	u8			buf[128];
};

/* req.c */
int csrv_req_cache_init(const struct csrv_frontend *fe);
void csrv_req_cache_exit(void);
u32 csrv_req_object_size(void);
struct csrv_req *csrv_req_alloc(struct csrv_conn *conn);
void csrv_req_put(struct csrv_req *req);
void csrv_rpages_put(struct csrv_rpages *p);

/* stats.c */
void csrv_stats_count(const struct csrv_req *req, nt_status_t status);
ssize_t csrv_stats_show(const struct csrv_frontend *fe, char *page);

/* admit.c */
void csrv_req_stands(struct csrv_req *req);
bool csrv_req_admit(struct csrv_req *req);
void csrv_req_requeue(struct csrv_req *req);

/* run.c */
void csrv_run(struct csrv_req *req);

/* gate.c */
nt_status_t csrv_gate(struct csrv_req *req);
bool csrv_req_open(struct csrv_req *req);
void csrv_gate_first(struct csrv_req *req);
nt_status_t csrv_gate_again(struct csrv_req *req);
nt_status_t csrv_gate_renew(struct csrv_req *req);
void csrv_gate_release(struct csrv_req *req);
void csrv_gate_channel(struct csrv_req *req);
nt_status_t csrv_gate_hold_open(struct csrv_req *req, u64 persistent_id, u64 volatile_id);

/* async.c */
nt_status_t csrv_req_park(struct csrv_req *req, bool interim,
			  void (*cancel)(struct csrv_req *req));
nt_status_t csrv_req_unpark(struct csrv_req *req, nt_status_t status);
void csrv_req_hold(struct csrv_req *req);
nt_status_t csrv_req_asked(struct csrv_req *req, nt_status_t status);
void csrv_req_unlist(struct csrv_req *req);
nt_status_t csrv_req_await_standers(struct csrv_req *req);
void csrv_cancel(struct csrv_conn *conn, const struct csrv_cancel_id *by);
void csrv_cancel_conn(struct csrv_conn *conn);
void csrv_cancel_ending(struct csrv_conn *conn, const struct csrv_ending *e);

/* budget.c */
bool csrv_budget_reserve(struct csrv_req *req);
bool csrv_budget_take(struct csrv_req *req, u32 bytes, bool must);
void csrv_budget_give(struct csrv_req *req, u32 bytes);
bool csrv_budget_park(struct csrv_req *req, u32 *spare) __must_hold(&req->conn->lock);
void csrv_budget_unpark(struct csrv_req *req) __must_hold(&req->conn->lock);

/* payload.c */
nt_status_t csrv_payload_pull(struct csrv_req *req, u32 data_offset, u32 len);
const void *csrv_payload_linear(const struct csrv_req *req);
void *csrv_payload_room(struct csrv_req *req, u32 offset, u32 len);
nt_status_t csrv_payload_push(struct csrv_req *req, struct csrv_rpages *p, u32 len);
nt_status_t csrv_payload_push_copy(struct csrv_req *req, u32 offset, const void *data, u32 len);
bool csrv_reply_is_last(const struct csrv_req *req);
int csrv_rpages_alloc(struct csrv_rpages *p, u32 len, struct iov_iter *iter);

/* tx.c */
bool csrv_reply_room(struct csrv_req *req, u32 len, bool must);
struct wire_out csrv_reply_window(struct csrv_req *req, u32 offset);
void csrv_reply_error(struct csrv_req *req, nt_status_t status);
bool csrv_reply_has_body(const struct csrv_req *req, nt_status_t status);
bool csrv_reply_send_early(struct csrv_req *req);
void csrv_reply_send(struct csrv_req *req);
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o);

/* notify.c */
int csrv_send_break(struct csrv_channel *ch, const struct csrv_holder *h,
		    const struct csrv_break *b, u64 *end);
int csrv_send_interim(struct csrv_req *req);

#endif /* CIFSSRV_DISPATCH_REQ_H */
