// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/rx.c - a message arrives: where its bytes go, and who works on it */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../model/server.h"
#include "../wire/smb2/header.h"
#include "../wire/smb2/transform.h"
#include "../wire/smb2/write.h"
#include "frontend.h"
#include "req.h"

/* Before anybody is logged on: [SAFETY.md] class 7. */
#define CSRV_PREAUTH_MAX	(64u * 1024)
/* What may stand around the largest payload: headers, compounds, names. */
#define CSRV_MSG_SLACK		(64u * 1024)
/* A payload from this size on is received into pages. */
#define CSRV_PAGES_MIN		(8u * 1024)
/* Computing over that many bytes is worth a CPU of its own. */
#define CSRV_LONG_MIN		(32u * 1024)
/*
 * Short requests that one CPU's receivers work on themselves at a time, of the 256 items that
 * its queue runs: when so many wait for file systems, others are queued, and messages are
 * read on.
 */
#define CSRV_RX_EXECUTING	128
/* The first of them are counted only; of the rest one client may have half ... */
#define CSRV_RX_ANYBODY		16
#define CSRV_RX_CLIENT		(CSRV_RX_EXECUTING / 2)
/* ... and the last are for clients that have none of those. */
#define CSRV_RX_LAST		(CSRV_RX_EXECUTING / 8)
/* A named account that has fewer is not counted as its host: as in quota.c. */
#define CSRV_RX_LITTLE		8
/* Linear part of a large encrypted message: enough for the headers of a WRITE. */
#define CSRV_SEALED_HEAD	(SMB2_TRANSFORM_LEN + SMB2_WRITE_PEEK_LEN)

static struct kmem_cache *req_cache;
static const struct csrv_frontend *frontend;	/* set once at load */

/* Whose request a receiver works on: only compared, never looked into. */
struct rx_turn {
	struct list_head	node;
	const void		*host;
	const void		*identity;	/* or NULL */
	bool			proven;
};

/* What the receivers of one CPU are working on.  Its own CPU's alone, but for hotplug. */
struct rx_cpu {
	atomic_t		executing;
	spinlock_t		lock;		/* guards turns */
	struct list_head	turns;		/* rx_turn.node: beyond CSRV_RX_ANYBODY */
};

static DEFINE_PER_CPU(struct rx_cpu, rx_cpus);

static struct rx_turn turn_of(const struct csrv_conn *conn)
{
	const struct csrv_account *a = conn->account;

	return (struct rx_turn){ .host = a->host, .identity = READ_ONCE(a->identity),
				 .proven = READ_ONCE(a->proven) };
}

/* Of its host's, and of its identity's, if somebody has logged on: which are more? */
static u32 turns_of(struct rx_cpu *here, const struct rx_turn *whose)
{
	u32 host = 0, identity = 0;
	const struct rx_turn *t;

	spin_lock(&here->lock);
	list_for_each_entry(t, &here->turns, node) {
		host += t->host == whose->host;
		identity += whose->identity && t->identity == whose->identity;
	}
	spin_unlock(&here->lock);
	return whose->proven && identity < CSRV_RX_LITTLE ? identity : max(host, identity);
}

/*
 * May one more short request of @conn be worked on in the receiver?  As long as few are, they
 * do not wait for anything, and nobody is asked whose they are.
 */
static bool rx_has_room(const struct csrv_conn *conn)
{
	struct rx_cpu *here = raw_cpu_ptr(&rx_cpus);
	int n = atomic_read(&here->executing);
	struct rx_turn turn;
	u32 has;

	if (n < CSRV_RX_ANYBODY)
		return true;
	if (n >= CSRV_RX_EXECUTING)
		return false;
	turn = turn_of(conn);
	has = turns_of(here, &turn);
	return n < CSRV_RX_EXECUTING - CSRV_RX_LAST ? has < CSRV_RX_CLIENT : !has;
}

/* ---- other workers ---- */

static void req_work(struct work_struct *work)
{
	struct csrv_req *req = csrv_req_of(container_of(work, struct csrv_msg, work));
	struct csrv_conn *conn = csrv_conn_get(req->conn);
	bool charged = !req->job.free;

	csrv_fault_delay(CSRV_FAULT_REQ_RESUME);
	csrv_run(req);
	if (charged)
		csrv_worker_give(conn);
	csrv_conn_put(conn);
}

/*
 * Is the message nothing but a command that touches no file, or one that was refused?  Whoever
 * logs on, or answers a break, must not stand behind those that wait for a file system.  One of
 * which the command is not known, because it is encrypted, may stand.
 */
static bool touches_no_file(struct csrv_req *req)
{
	const struct csrv_frontend *fe = req->fe;
	struct csrv_hdr hdr;

	if (req->drop)
		return true;
	if (req->opened)
		return !req->index && !req->next &&
		       ((req->gated && req->gate_status != NT_OK) ||
			(req->cmd && req->cmd->flags & CMD_NO_FILE));
	return csrv_smb2_message_protocol(req->buf, req->buf_len) == SMB2_PROTOCOL_ID &&
	       fe->parse(req->buf, req->buf_len, &hdr) && hdr.command < fe->ncmds &&
	       fe->cmds[hdr.command].flags & CMD_NO_FILE && !fe->slice(req->buf, req->buf_len, 0);
}

/*
 * It is about to stand for a worker, or has stood for room and may not run at once: CLOSE and the
 * like wait for it.
 */
static void req_stands(struct csrv_req *req)
{
	csrv_standers_join(&req->job, req->session, req->identity, req->tree, req->open);
}

/*
 * There is no worker.  What it names is looked up now, also of a large message, so that what ends
 * it later knows.  That takes time of the one who reads on, for as many bytes as the connection may
 * have in flight.  False: it touches no file, and need not stand.
 */
static bool req_stand(struct csrv_req *req)
{
	if (!req->opened)
		csrv_run_gate(req);	/* it has just arrived, so this may sleep */
	if (touches_no_file(req))
		return false;
	req_stands(req);
	csrv_worker_stand(&req->job);
	return true;
}

/* True: the caller queues it on srv->wq.  Else it is queued, or stands, and may be gone. */
static bool req_admit(struct csrv_req *req)
{
	req->job.free = false;
	if (!touches_no_file(req)) {
		if (csrv_worker_take(req->conn))
			return true;
		if (req_stand(req))
			return false;
	}
	req->job.free = true;
	queue_work(req->conn->srv->logon_wq, &req->msg.work);
	return false;
}

/* csrv_xprt_events.admit */
bool csrv_rx_admit(struct csrv_msg *msg)
{
	return req_admit(csrv_req_of(msg));
}

/* It goes on in a worker; not the caller's any more. */
void csrv_req_requeue(struct csrv_req *req)
{
	if (req_admit(req))
		queue_work(req->conn->srv->wq, &req->msg.work);
}

static void req_wake(struct csrv_wait *wait)
{
	csrv_req_requeue(container_of(wait, struct csrv_req, wait));
}

/* ---- arrival ---- */

/* All but the buffers and the arguments, which are written before they are read. */
static void req_clear(struct csrv_req *req)
{
	memset(req, 0, offsetof(struct csrv_req, msg.inl));
	memset_startat(req, 0, ref);
	req->args = req + 1;
	req->res = (u8 *)req->args + frontend->args_size;
	memset(req->res, 0, frontend->res_size);
}

/* csrv_xprt_events.alloc */
struct csrv_msg *csrv_rx_alloc(void *owner)
{
	struct csrv_conn *conn = owner;
	struct csrv_req *req;

	if (csrv_fault(CSRV_FAULT_REQ_ALLOC))
		return NULL;
	req = kmem_cache_alloc(req_cache, GFP_KERNEL);
	if (!req)
		return NULL;
	req_clear(req);
	refcount_set(&req->ref, 1);
	req->conn = csrv_conn_get(conn);
	req->fe = frontend;
	req->wait.wake = req_wake;
	INIT_LIST_HEAD(&req->waiting);
	INIT_LIST_HEAD(&req->granted);
	INIT_LIST_HEAD(&req->job.node);
	INIT_LIST_HEAD(&req->job.in_session);
	req->job.work = &req->msg.work;
	req->job.conn = conn;
	INIT_WORK(&req->msg.work, req_work);
	req->rbuf = req->rinl;
	req->rcap = sizeof(req->rinl);
	atomic_inc(&conn->nreqs);
	csrv_object_created(CSRV_OBJ_REQ);
	return &req->msg;
}

static void req_free(struct csrv_req *req)
{
	struct csrv_conn *conn = req->conn;
	u32 charged = req->charged;

	csrv_gate_release(req);
	if (req->logon)
		csrv_logon_end(req->logon, true);
	csrv_session_put(req->seal_session);
	csrv_sign_key_put(req->rlast_key);
	csrv_sign_key_put(req->force_key);
	csrv_rpages_put(&req->rpages);
	if (req->rbuf != req->rinl)
		kvfree(req->rbuf);
	kvfree(req->unsealed);
	csrv_msg_release(&req->msg);
	csrv_object_destroyed(CSRV_OBJ_REQ);
	kmem_cache_free(req_cache, req);
	csrv_conn_req_done(conn, charged);
	csrv_conn_put(conn);
}

/* The runner's reference, or a canceller's. */
void csrv_req_put(struct csrv_req *req)
{
	if (refcount_dec_and_test(&req->ref)) {
		req_free(req);
		return;
	}
	/*
	 * The reference is gone, then a waiter is looked for.  Pairs with
	 * prepare_to_wait_event() in csrv_req_unlist(), before it looks at the references.
	 */
	smp_mb__after_atomic();
	wake_up_var(&req->ref);
}

/* csrv_xprt_events.free: it never became whole */
void csrv_rx_free(struct csrv_msg *msg)
{
	csrv_req_put(csrv_req_of(msg));
}

static u32 message_max(const struct csrv_conn *conn)
{
	if (csrv_conn_state(conn) != CSRV_CONN_NEGOTIATED || csrv_table_empty(&conn->channels))
		return CSRV_PREAUTH_MAX;
	return max(conn->nego.max_write, conn->nego.max_trans) + CSRV_MSG_SLACK;
}

/* csrv_xprt_events.place */
int csrv_rx_place(void *owner, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);
	struct csrv_conn *conn = owner;
	u32 have = min(msg->len, CSRV_MSG_PEEK);
	struct smb2_write_peek peek;
	int err;

	if (msg->len > message_max(conn))
		return -EMSGSIZE;
	req->size = msg->len + kmem_cache_size(req_cache);
	err = csrv_conn_charge(conn, req->size);
	if (err)
		return err;
	req->charged = req->size;
	if (msg->len < CSRV_PAGES_MIN)
		return msg->len;
	if (smb2_is_transform(msg->inl, have))
		return CSRV_SEALED_HEAD;
	if (csrv_smb2_write_peek(msg->inl, have, msg->len,
				 &peek) && peek.data_len >= CSRV_PAGES_MIN) {
		msg->may_take = !peek.is_signed;	/* it is read once, and never changed */
		return peek.header_len;
	}
	return msg->len;
}

/* Is there much to sign or to encrypt?  What is only copied or spliced is not long. */
static enum csrv_msg_work how_long(struct csrv_req *req)
{
	u64 sent = 0, asked = 0;

	if (req->msg.len >= CSRV_LONG_MIN) {
		if (smb2_is_transform(req->buf, req->buf_len))
			return CSRV_MSG_LONG;
		/* its header is parsed again, and checked, where it is worked on */
		return req->fe->parse(req->buf, req->buf_len, &req->hdr) &&
		       req->hdr.flags & CSRV_HDR_SIGNED ? CSRV_MSG_LONG : CSRV_MSG_SHORT;
	}
	if (!req->gated || req->gate_status != NT_OK ||
	    !(req->cmd->flags & CMD_CREDIT_BY_LENGTH) || csrv_reply_may_splice(req))
		return CSRV_MSG_SHORT;
	req->cmd->payload(req->args, &sent, &asked);
	return asked >= CSRV_LONG_MIN ? CSRV_MSG_LONG : CSRV_MSG_SHORT;
}

/* The message is whole: where its bytes are, and what it asks for. */
static void arrive(struct csrv_conn *conn, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);

	trace_csrv_msg_rx(conn->id, msg->len);
	WRITE_ONCE(conn->active, jiffies);
	req->start = ktime_get_ns();
	req->buf = msg->head;
	req->buf_len = msg->head_len;
	req->bv = msg->bv;
	req->nbv = msg->nbv;
	/* Large ones cost time to verify and to decrypt: not in the one who reads on. */
	if (msg->len < CSRV_PAGES_MIN)
		csrv_run_gate(req);
}

/* Does all of the message, not only its first command, run at once in the receiver? */
static bool is_inline(const struct csrv_req *req)
{
	return req->cmd && req->cmd->flags & CMD_INLINE && !req->next;
}

/*
 * It stands for room, and what it stands on has ended: it is answered with an error, for which
 * there is room, and lets go of the open and of the share that it holds.
 */
static bool is_void(struct csrv_req *req)
{
	if (req->stood && req->gate_status == NT_OK)
		req->gate_status = csrv_gate_again(req);
	return req->stood && req->gate_status != NT_OK;
}

/* Not before there is room for it: its client need not take the replies that it stands for. */
static void has_stood(struct csrv_req *req)
{
	if (req->stood && req->gated && req->gate_status == NT_OK && !req->drop)
		req_stands(req);
}

/* csrv_xprt_events.receive */
enum csrv_msg_work csrv_rx_receive(void *owner, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);
	struct csrv_conn *conn = owner;
	enum csrv_msg_work todo;

	if (!req->buf)
		arrive(conn, msg);
	if (req->gated && !req->drop && csrv_conn_is_open(conn) && !is_void(req) &&
	    !csrv_budget_reserve(req)) {
		req->stood = true;
		return CSRV_MSG_LATER;
	}
	has_stood(req);
	/* Before NEGOTIATE is done the order counts, and there is one message at most. */
	if (csrv_conn_state(conn) != CSRV_CONN_NEW && !req->drop && !is_inline(req)) {
		todo = how_long(req);
		if (todo == CSRV_MSG_SHORT && !rx_has_room(conn))
			todo = CSRV_MSG_LONG;
		return todo;
	}
	csrv_run(req);
	return CSRV_MSG_DONE;
}

/* csrv_xprt_events.execute */
void csrv_rx_execute(struct csrv_msg *msg)
{
	struct rx_cpu *here = raw_cpu_ptr(&rx_cpus);	/* it may sleep, and wake elsewhere */
	struct csrv_req *req = csrv_req_of(msg);
	struct rx_turn turn;
	bool listed = atomic_inc_return(&here->executing) > CSRV_RX_ANYBODY;

	if (listed) {
		turn = turn_of(req->conn);
		spin_lock(&here->lock);
		list_add_tail(&turn.node, &here->turns);
		spin_unlock(&here->lock);
	}
	csrv_run(req);
	if (listed) {
		spin_lock(&here->lock);
		list_del(&turn.node);
		spin_unlock(&here->lock);
	}
	atomic_dec(&here->executing);
}

/* The one that connections begin with; it does not change after load. */
const struct csrv_frontend *csrv_dispatch_frontend(void)
{
	return frontend;
}

/**
 * csrv_dispatch_init() - at load, before anything can arrive
 * @fe: the front end that all connections begin with
 */
int csrv_dispatch_init(const struct csrv_frontend *fe)
{
	u32 size = sizeof(struct csrv_req) + fe->args_size + fe->res_size;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rx_cpu *rx = per_cpu_ptr(&rx_cpus, cpu);

		spin_lock_init(&rx->lock);
		INIT_LIST_HEAD(&rx->turns);
	}
	frontend = fe;
	csrv_run_init(fe);
	req_cache = kmem_cache_create("cifssrv_req", size, 0, SLAB_HWCACHE_ALIGN, NULL);
	return req_cache ? 0 : -ENOMEM;
}

void csrv_dispatch_exit(void)
{
	kmem_cache_destroy(req_cache);
}
