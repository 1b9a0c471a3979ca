// SPDX-License-Identifier: GPL-2.0-or-later
/* dispatch/rx.c - a message arrives: where its bytes are put, and which worker runs it */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>

#include "../base/fault.h"
#include "../base/trace.h"
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

/* The longest message before the first logon over its connection. */
#define CSRV_PREAUTH_MAX	(64u * 1024)
/* What may surround the largest payload: headers, compounds, names. */
#define CSRV_MSG_SLACK		(64u * 1024)
/* To sign or encrypt so many bytes is worth a CPU of its own. */
#define CSRV_LONG_MIN		(32u * 1024)
/*
 * How many short requests one CPU's receivers run themselves at a time, of the 256 items that
 * its queue runs: when so many wait for file systems, further ones are queued, and receiving
 * continues.
 */
#define CSRV_RX_EXECUTING	128
/* The first of them are only counted; of the rest one client may have half ... */
#define CSRV_RX_ANYBODY		16
#define CSRV_RX_CLIENT		(CSRV_RX_EXECUTING / 2)
/* ... and the last are for clients that have none. */
#define CSRV_RX_LAST		(CSRV_RX_EXECUTING / 8)
/* A named account with fewer is not limited by its host: as in quota.c. */
#define CSRV_RX_LITTLE		8

/* The accounts of a request that a receiver runs: compared, never dereferenced. */
struct rx_turn {
	struct list_head	node;
	const void		*host;
	const void		*identity;	/* or NULL */
	bool			proven;
};

/* Requests that the receivers of one CPU run.  Used by that CPU only, but for hotplug. */
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

/* How many are of the same host, or of the same identity, if there is one: the larger number. */
static u32 turns_of(struct rx_cpu *here, const struct rx_turn *turn)
{
	u32 host = 0, identity = 0;
	const struct rx_turn *t;

	spin_lock(&here->lock);
	list_for_each_entry(t, &here->turns, node) {
		host += t->host == turn->host;
		identity += turn->identity && t->identity == turn->identity;
	}
	spin_unlock(&here->lock);
	return turn->proven && identity < CSRV_RX_LITTLE ? identity : max(host, identity);
}

/*
 * May the receiver run one more short request of @conn?  While there are few, they are only
 * counted.
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

/* csrv_xprt_events.admit */
static bool rx_admit(struct csrv_msg *msg)
{
	return csrv_req_admit(csrv_req_of(msg));
}

static void req_wake(struct csrv_wait *wait)
{
	csrv_req_requeue(container_of(wait, struct csrv_req, wait));
}

/* ---- arrival ---- */

/* csrv_xprt_events.alloc */
static struct csrv_msg *rx_alloc(void *owner)
{
	struct csrv_req *req = csrv_req_alloc(owner);

	if (!req)
		return NULL;
	req->wait.wake = req_wake;
	INIT_WORK(&req->msg.work, req_work);
	return &req->msg;
}

/* csrv_xprt_events.free: the message was never received completely, or its connection ended */
static void rx_free(struct csrv_msg *msg)
{
	csrv_req_put(csrv_req_of(msg));
}

static u32 message_max(const struct csrv_conn *conn)
{
	u32 most;

	BUILD_BUG_ON(CSRV_PREAUTH_MAX > CSRV_MESSAGE_LEAST);
	if (csrv_conn_state(conn) != CSRV_CONN_NEGOTIATED || csrv_table_empty(&conn->channels))
		return CSRV_PREAUTH_MAX;
	most = max(conn->nego.max_write, conn->nego.max_trans) + CSRV_MSG_SLACK;
	return min(most, conn->xprt->max_message);
}

/* csrv_xprt_events.place */
static int rx_place(void *owner, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);
	struct csrv_conn *conn = owner;
	int err;

	if (msg->len > message_max(conn))
		return -EMSGSIZE;
	req->size = msg->len + csrv_req_object_size();
	err = csrv_conn_charge(conn, req->size);
	if (err)
		return err;
	req->charged = req->size;
	return msg->len < CSRV_PAGES_MIN ? msg->len : conn->fe->place(req);
}

/* Signing or encrypting many bytes makes it long; copying and splicing does not. */
static enum csrv_msg_work rx_work_class(struct csrv_req *req)
{
	if (req->msg.len >= CSRV_LONG_MIN)
		return req->computed ? CSRV_MSG_LONG : CSRV_MSG_SHORT;
	if (!req->gated || req->gate_status != NT_OK || req->requested < CSRV_LONG_MIN)
		return CSRV_MSG_SHORT;
	return req->conn->fe->plain(req) ? CSRV_MSG_SHORT : CSRV_MSG_LONG;
}

/* The message is complete. */
static void rx_arrived(struct csrv_conn *conn, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);

	trace_csrv_msg_rx(conn->id, msg->len);
	WRITE_ONCE(conn->active, jiffies);
	req->start = ktime_get_ns();
	req->in.buf = msg->head;
	req->in.len = msg->head_len;
	req->in.bv = msg->bv;
	req->in.nbv = msg->nbv;
	/* Large ones take time to verify and to decrypt, which the receiver does not spend. */
	if (msg->len < CSRV_PAGES_MIN)
		csrv_gate_first(req);
}

/* Does the whole message, not only its first command, run in the receiver? */
static bool rx_is_inline(const struct csrv_req *req)
{
	return req->cmd && req->cmd->flags & CMD_INLINE && !req->next;
}

/*
 * The request stands for room, and an object that it names has ended: it is answered with an
 * error, for which there is room, and drops its references to the open and the share.
 */
static bool rx_is_void(struct csrv_req *req)
{
	if (req->stood && req->gate_status == NT_OK)
		req->gate_status = csrv_gate_again(req);
	return req->stood && req->gate_status != NT_OK;
}

/* Only once it has room: while its client takes no replies, it could stand for room without end. */
static void rx_now_stands(struct csrv_req *req)
{
	if (req->stood && req->gated && req->gate_status == NT_OK && !req->drop)
		csrv_req_stands(req);
}

/* csrv_xprt_events.receive */
static enum csrv_msg_work rx_receive(void *owner, struct csrv_msg *msg)
{
	struct csrv_req *req = csrv_req_of(msg);
	struct csrv_conn *conn = owner;
	enum csrv_msg_work todo;

	if (!req->in.buf)
		rx_arrived(conn, msg);
	if (req->gated && !req->drop && csrv_conn_is_open(conn) && !rx_is_void(req) &&
	    !csrv_budget_reserve(req)) {
		req->stood = true;
		return CSRV_MSG_LATER;
	}
	rx_now_stands(req);
	/* Before NEGOTIATE is done the order matters, and there is one message at most. */
	if (csrv_conn_state(conn) != CSRV_CONN_NEW && !req->drop && !rx_is_inline(req)) {
		todo = rx_work_class(req);
		if (todo == CSRV_MSG_SHORT && !rx_has_room(conn))
			todo = CSRV_MSG_LONG;
		return todo;
	}
	csrv_run(req);
	return CSRV_MSG_DONE;
}

/* csrv_xprt_events.execute */
static void rx_execute(struct csrv_msg *msg)
{
	struct rx_cpu *here = raw_cpu_ptr(&rx_cpus);	/* csrv_run() may change CPUs */
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

const struct csrv_server_events csrv_dispatch_events = {
	.alloc		= rx_alloc,
	.free		= rx_free,
	.place		= rx_place,
	.receive	= rx_receive,
	.admit		= rx_admit,
	.execute	= rx_execute,
	.conn_gone	= csrv_cancel_conn,
	.cancel_waiting	= csrv_cancel_ending,
	.send_break	= csrv_send_break,
	.show_commands	= csrv_stats_show,
};

/**
 * csrv_dispatch_init() - at load, before anything can arrive
 * @fe: the front end of new connections
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_dispatch_init(const struct csrv_frontend *fe)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rx_cpu *rx = per_cpu_ptr(&rx_cpus, cpu);

		spin_lock_init(&rx->lock);
		INIT_LIST_HEAD(&rx->turns);
	}
	return csrv_req_cache_init(fe);
}

/**
 * csrv_dispatch_exit() - at unload, when no connection is left
 */
void csrv_dispatch_exit(void)
{
	csrv_req_cache_exit();
}
