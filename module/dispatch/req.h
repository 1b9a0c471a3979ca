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

#include "../model/break_wait.h"
#include "../model/brl.h"
#include "../model/conn.h"
#include "../model/open.h"
#include "../model/session.h"
#include "../model/share.h"
#include "../model/wait.h"
#include "../model/workers.h"
#include "../transport/transport.h"
#include "cmd.h"

struct csrv_frontend;

#define CSRV_REPLY_INLINE	512u
#define CSRV_PREFIX_MAX		64u	/* transport prefix and encryption header */

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
 * struct csrv_req - one message being worked on
 *
 * Made when its first bytes arrive, freed when its reply has left (or there is none).
 * It belongs to whoever runs it; while it waits, to the one who wins its wait.  A
 * list of waiting requests on the connection lets CANCEL find it.
 */
struct csrv_req {
	struct csrv_msg			msg;	/* first: the transport knows this part */
	u8				rinl[CSRV_REPLY_INLINE];
	u8				prefix[CSRV_PREFIX_MAX];
	/* from here on zero in a fresh request: csrv_rx_alloc() */
	refcount_t			ref;	/* the runner, and lookups of CANCEL */
	struct csrv_wait		wait;
	struct csrv_conn		*conn;	/* a reference */
	const struct csrv_frontend	*fe;
	u64				start;	/* ns of arrival */
	u32				size;	/* bytes of the message, and of this object */
	u32				charged;	/* bytes on the connection's account */
	u32				asked;	/* payload that the current command asks for */
	u32				rheld;	/* bytes of memory of the reply, but inline ones */

	/* the message, decrypted */
	u8				*buf;	/* linear part */
	u32				buf_len;
	struct bio_vec			*bv;	/* a WRITE's payload beyond it */
	u32				nbv;
	bool				opened;	/* decrypted, seen to be a chain of commands */
	bool				gated;	/* the current command went through the gate */
	bool				stood;	/* for room, since it arrived; for a worker: @job */
	nt_status_t			gate_status;
	bool				sealed;
	struct csrv_session		*seal_session;	/* a reference: whose keys */
	u8				*unsealed;	/* memory of @buf if made anew */

	/* where in it */
	u32				at;	/* offset of the current command */
	u32				len;	/* its length */
	u32				next;	/* offset of the next one, 0: the last */
	u32				index;

	/* the current command */
	struct csrv_hdr			hdr;
	const struct csrv_cmd		*cmd;
	bool				handled;	/* by its handler: args and res count */
	void				*args;
	void				*res;
	struct csrv_channel		*channel;	/* references, like the next five */
	struct csrv_session		*session;
	struct csrv_identity		*identity;
	struct csrv_tree		*tree;
	struct csrv_share_cfg		*cfg;
	struct csrv_open		*open;
	bool				counted;	/* in @open's chanseq */
	u64				async_id;	/* not 0: an interim reply was sent */
	bool				interim_credits;	/* they have been granted */
	u16				owed_credits;	/* ... but the interim reply was not sent */
	struct list_head		waiting;	/* conn->waiting; conn->lock */
	struct csrv_job			job;		/* @msg.work, when it needs a worker */
	struct work_struct		cancel_work;	/* csrv_cancel() */
	void				(*cancel)(struct csrv_req *req);
	bool				cancelled;	/* conn->lock, like the next one */
	bool				parking;	/* not yet waiting: not to be called */
	bool				waiter;		/* charged as one that waits */
	struct csrv_lock_waiter		lock_waiter;
	struct csrv_break_waiter	break_waiter;
	struct csrv_end_waiter		end_waiter;
	struct csrv_stand_waiter	stand_waiter;	/* CMD_ENDS */
	struct list_head		granted;	/* csrv_open.granted: csrv_req_grants() */
	u32				pipe_offset;	/* in the reply: where a pipe's data goes */

	/* what a related command takes over: [MS-SMB2] 3.3.5.2.7.2 */
	bool				chained;	/* its first was no related one */
	u64				chain_sid;
	u32				chain_tid;
	u64				chain_pid;	/* FileId of the chain */
	u64				chain_vid;
	bool				chain_has_open;
	nt_status_t			chain_status;	/* why the chain has no open */

	/* the reply */
	u8				*rbuf;
	u32				rcap;
	u32				rlen;
	u32				rlast;	/* offset of the latest command's reply */
	u64				rlast_mid;
	struct csrv_sign_key		*rlast_key;	/* a reference: how it is signed */
	struct csrv_rpages		rpages;	/* the message ends with them */
	u32				rextra;	/* bytes put behind what encode() writes */
	bool				drop;		/* no reply: the connection ends */
	bool				drop_after;	/* ends when the reply has left */
	struct csrv_sign_key		*force_key;	/* sign this reply with it: SESSION_SETUP */
	bool				echo_signature;	/* an error keeps the request's */
	bool				force_plain;	/* neither signed nor sealed: NEGOTIATE */
	int				(*before_send)(struct csrv_req *req,
						       const struct csrv_bytes *reply);
	struct csrv_logon		*logon;	/* a reference: SESSION_SETUP */
	void				*private;	/* the handler's; release() frees */
	const void			*error_data;
	u32				error_len;
	bool				error_context;	/* 3.1.1: a context, though it be empty */
	u8				error_buf[4];

	struct csrv_out			out;
	struct kvec			kv[2];
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
	struct kvec		kv[2];
	u8			prefix[CSRV_PREFIX_MAX];
	u8			buf[128];
};

/* rx.c */
const struct csrv_frontend *csrv_dispatch_frontend(void);
struct csrv_msg *csrv_rx_alloc(void *conn);
void csrv_rx_free(struct csrv_msg *msg);
int csrv_rx_place(void *conn, struct csrv_msg *msg);
enum csrv_msg_work csrv_rx_receive(void *conn, struct csrv_msg *msg);
bool csrv_rx_admit(struct csrv_msg *msg);
void csrv_rx_execute(struct csrv_msg *msg);
void csrv_req_requeue(struct csrv_req *req);
void csrv_req_put(struct csrv_req *req);

/* run.c */
void csrv_run_init(const struct csrv_frontend *fe);
void csrv_run(struct csrv_req *req);
void csrv_run_gate(struct csrv_req *req);

/* unseal.c */
nt_status_t csrv_unseal_req(struct csrv_req *req);

/* gate.c */
nt_status_t csrv_gate(struct csrv_req *req);
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
bool csrv_reply_may_splice(const struct csrv_req *req);
bool csrv_reply_is_last(const struct csrv_req *req);
bool csrv_rpages_give(struct csrv_req *req, struct csrv_rpages *p, u32 len);
void csrv_rpages_put(struct csrv_rpages *p);

/* tx.c */
bool csrv_reply_prepare(struct csrv_req *req, u32 body_max);
struct wire_out csrv_reply_window(struct csrv_req *req, u32 offset);
void csrv_reply_end(struct csrv_req *req, const struct wire_out *out, nt_status_t status);
void csrv_reply_error(struct csrv_req *req, nt_status_t status);
void csrv_reply_needs(struct csrv_req *req, u32 bytes);
bool csrv_reply_has_body(const struct csrv_req *req, nt_status_t status);
void csrv_reply_send(struct csrv_req *req);
void csrv_req_grants(struct csrv_req *req, struct csrv_open *o);
int csrv_send_interim(struct csrv_req *req);
int csrv_wrap(struct csrv_session *seal, u8 *prefix, struct kvec *kv, struct bio_vec *bv,
	      u32 nbv, struct csrv_bytes *bytes);

/* note.c */
struct csrv_note *csrv_note_alloc(struct csrv_conn *conn, bool in_request);
void csrv_note_free(struct csrv_note *note);
int csrv_note_send(struct csrv_note *note, u32 len, struct csrv_session *seal, u64 *end);
int csrv_send_break(struct csrv_channel *ch, const struct csrv_open *o, u8 to, u64 *end);

#endif /* CIFSSRV_DISPATCH_REQ_H */
