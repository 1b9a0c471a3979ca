/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch/req.h - a request: one message on its way from arrival to reply
 *
 * A message is one command or a compound of several; they are worked on one after
 * the other, and their replies leave as one message.
 */
#ifndef CIFSSRV_DISPATCH_REQ_H
#define CIFSSRV_DISPATCH_REQ_H

#include <linux/refcount.h>
#include <linux/types.h>

#include "../store/break_wait.h"
#include "../store/brl.h"
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
#define CSRV_HEAD_MAX		64u	/* what stands before a message: an encryption header */

enum csrv_hdr_flags {
	CSRV_HDR_SIGNED		= 1 << 0,
	CSRV_HDR_RELATED	= 1 << 1,
	CSRV_HDR_ASYNC		= 1 << 2,
	CSRV_HDR_REPLAY		= 1 << 3,
};

/* A command's header, in host order and in no dialect's words. */
struct csrv_hdr {
	u16	command;
	u16	credit_charge;
	u16	credits;
	u16	channel_sequence;
	u32	flags;		/* enum csrv_hdr_flags */
	u64	mid;
	u64	async_id;
	u32	pid;
	u32	tid;
	u64	sid;
	u8	signature[16];
};

/**
 * struct csrv_in - a message that has arrived, decrypted when it was opened
 * @buf: its linear part
 * @len: bytes of that
 * @bv: the payload of a WRITE beyond it, in pages; or NULL
 * @nbv: their number
 * @payload: csrv_payload_iter()
 */
struct csrv_in {
	u8		*buf;
	u32		len;
	struct bio_vec	*bv;
	u32		nbv;
	struct kvec	payload;
};

/**
 * struct csrv_rpages - payload of a reply that lies in pages
 * @bv: the pages, or NULL
 * @nbv: their number
 * @put: frees @bv and what it holds
 *
 * A handler's own until the command has succeeded; csrv_rpages_give() hands them over.
 */
struct csrv_rpages {
	struct bio_vec	*bv;
	u32		nbv;
	void		(*put)(struct bio_vec *bv, u32 nbv);
};

/**
 * struct csrv_reply - the message that answers a request
 * @inl: room for a short one
 * @head: room for what stands before it
 * @buf: its linear part: the replies to the commands of the request, one behind the other.
 *	Zero in a fresh request, like all that follows, or set by csrv_req_alloc()
 * @cap: bytes of room at @buf
 * @len: bytes that are final but for a signature
 * @last: offset of the latest command's reply
 * @extra: bytes that were put behind what encode() writes
 * @held: bytes of memory that it holds, but those of @inl
 * @pages: the message ends with them
 * @granted: csrv_open.granted: csrv_req_grants()
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
 * struct csrv_park - a request that waits, or is about to
 * @node: in conn->waiting, where CANCEL finds it; conn->lock
 * @cancel: asks for the wait to end; may lose against the event itself
 * @cancel_work: calls @cancel: csrv_cancel()
 * @cancelled: it has been asked to end; conn->lock, like the next one
 * @parking: it does not wait yet, and @cancel is not to be called
 * @charged: as one that waits
 * @standers: what a command with CMD_ENDS waits for before its handler runs
 *
 * What a handler waits for itself is in csrv_req.state: its @cancel knows what that is.
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
 * struct csrv_req - one message being worked on
 *
 * Made when its first bytes arrive, freed when its reply has left (or there is none).
 * It belongs to whoever runs it; while it waits, to the one who wins its wait.  A
 * list of waiting requests on the connection lets CANCEL find it.
 */
struct csrv_req {
	struct csrv_msg			msg;	/* first: the transport knows this part */
	struct csrv_reply		reply;
	refcount_t			ref;	/* the runner, and lookups of CANCEL */
	struct csrv_wait		wait;
	struct csrv_conn		*conn;	/* a reference */
	u64				start;	/* ns of arrival */
	u32				size;	/* bytes of the message, and of this object */
	u32				charged;	/* bytes on the connection's account */
	u32				asked;	/* payload that the current command asks for */

	struct csrv_in			in;
	/* what the first bytes of a large one say, unchecked: csrv_frontend.place() */
	bool				computed;	/* it is signed or encrypted */
	bool				no_file;	/* its only command touches none */
	bool				opened;	/* decrypted, seen to be a chain of commands */
	bool				gated;	/* the current command went through the gate */
	bool				stood;	/* for room, since it arrived; for a worker: @job */
	nt_status_t			gate_status;
	bool				sealed;
	struct csrv_session		*seal_session;	/* a reference: whose keys */
	u8				*unsealed;	/* memory of @in.buf if made anew */

	/* where in it */
	u32				at;	/* offset of the current command */
	u32				len;	/* its length */
	u32				next;	/* offset of the next one, 0: the last */
	u32				index;

	/* the current command */
	struct csrv_hdr			hdr;
	const struct csrv_cmd		*cmd;
	bool				handled;	/* by its handler: args and res count */
	void				*args;	/* csrv_frontend has their sizes */
	void				*res;
	void				*state;	/* what it keeps until it is answered */
	void				*front;	/* what the front end keeps of the message */
	struct csrv_channel		*channel;	/* references, like the next five */
	struct csrv_session		*session;
	struct csrv_identity		*identity;
	struct csrv_tree		*tree;
	struct csrv_rights		*rights;
	struct csrv_open		*open;
	bool				counted;	/* in @open's chanseq */
	u64				async_id;	/* not 0: an interim reply was sent */
	struct csrv_park		park;
	struct csrv_job			job;		/* @msg.work, when it needs a worker */

	/* what a related command takes over: [MS-SMB2] 3.3.5.2.7.2 */
	bool				chained;	/* its first was no related one */
	u64				chain_sid;
	u32				chain_tid;
	u64				chain_pid;	/* FileId of the chain */
	u64				chain_vid;
	bool				chain_has_open;
	nt_status_t			chain_status;	/* why the chain has no open */

	/* the reply */
	bool				drop;		/* no reply: the connection ends */
	struct csrv_sign_key		*force_key;	/* sign this reply with it: SESSION_SETUP */
	bool				echo_signature;	/* an error keeps the request's */
};

static inline struct csrv_req *csrv_req_of(struct csrv_msg *msg)
{
	return container_of(msg, struct csrv_req, msg);
}

struct csrv_server;

/* A small message of its own: an interim reply, a break notification. */
struct csrv_note {
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
bool csrv_gate_open(struct csrv_req *req);
void csrv_gate_first(struct csrv_req *req);
nt_status_t csrv_gate_again(struct csrv_req *req);
nt_status_t csrv_gate_renew(struct csrv_req *req);
nt_status_t csrv_gate_proof(struct csrv_req *req);
void csrv_gate_release(struct csrv_req *req);
void csrv_gate_stranger(struct csrv_req *req);
bool csrv_req_signed_by(struct csrv_req *req, struct csrv_sign_key *key);
void csrv_req_answer_with(struct csrv_req *req, struct csrv_sign_key *key);

/* async.c */
nt_status_t csrv_req_park(struct csrv_req *req, bool interim,
			  void (*cancel)(struct csrv_req *req));
nt_status_t csrv_req_unpark(struct csrv_req *req, nt_status_t status);
void csrv_req_hold(struct csrv_req *req);
nt_status_t csrv_req_asked(struct csrv_req *req, nt_status_t status);
void csrv_req_unlist(struct csrv_req *req);
nt_status_t csrv_req_await_standers(struct csrv_req *req);
void csrv_cancel(struct csrv_req *by);
void csrv_cancel_conn(struct csrv_conn *conn);
void csrv_cancel_ending(struct csrv_conn *conn, const struct csrv_ending *e);

/* budget.c */
bool csrv_budget_reserve(struct csrv_req *req);
bool csrv_budget_take(struct csrv_req *req, u32 bytes, bool must);
void csrv_budget_give(struct csrv_req *req, u32 bytes);
bool csrv_budget_park(struct csrv_req *req, u32 *spare) __must_hold(&req->conn->lock);
void csrv_budget_unpark(struct csrv_req *req) __must_hold(&req->conn->lock);

/* payload.c */
int csrv_payload_iter(struct csrv_req *req, u32 data_offset, u32 len, struct iov_iter *iter);
bool csrv_reply_is_last(const struct csrv_req *req);
bool csrv_rpages_give(struct csrv_req *req, struct csrv_rpages *p, u32 len);
void csrv_rpages_put(struct csrv_rpages *p);

/* tx.c */
bool csrv_reply_room(struct csrv_req *req, u32 len, bool must);
struct wire_out csrv_reply_window(struct csrv_req *req, u32 offset);
void csrv_reply_error(struct csrv_req *req, nt_status_t status);
bool csrv_reply_has_body(const struct csrv_req *req, nt_status_t status);
void csrv_reply_send(struct csrv_req *req);
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o);

/* note.c */
int csrv_send_break(struct csrv_channel *ch, const struct csrv_open *o, u8 to, u64 *end);
int csrv_send_interim(struct csrv_req *req);

#endif /* CIFSSRV_DISPATCH_REQ_H */
