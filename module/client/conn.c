// SPDX-License-Identifier: GPL-2.0-or-later
/* client/conn.c - the life of a connection */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/log.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../core/config.h"
#include "../core/server.h"
#include "conn.h"

/* The only function that changes the state. */
void csrv_conn_set_state(struct csrv_conn *conn, enum csrv_conn_state to)
{
	lockdep_assert_held(&conn->lock);
	trace_csrv_conn_state(conn->id, conn->state, to);
	smp_store_release(&conn->state, to);	/* after conn->nego: csrv_conn_state() */
}

/* Set which rank of connections the connection may be closed in, to make room for another. */
void csrv_conn_set_rank(struct csrv_conn *conn, enum csrv_peers_rank to)
{
	spin_lock(&conn->srv->conn_lock);
	csrv_peers_move(&conn->srv->peers, &conn->peer_place, to);
	spin_unlock(&conn->srv->conn_lock);
}

/* A user has logged on over @conn: it is not half-open any more.  @proven: a named account. */
void csrv_conn_set_known(struct csrv_conn *conn, bool proven)
{
	WRITE_ONCE(conn->known, true);
	if (proven)
		WRITE_ONCE(conn->proven, true);
	csrv_conn_set_rank(conn, proven ? CSRV_PEERS_NONE : CSRV_PEERS_UNPROVEN);
}

static void conn_free(struct kref *ref) __no_context_analysis
{
	struct csrv_conn *conn = container_of(ref, struct csrv_conn, ref);

	csrv_fault_delay(CSRV_FAULT_CONN_PUT);
	if (conn->xprt)
		conn->xprt->ops->free(conn->xprt);
	csrv_credits_done(&conn->credits);
	csrv_table_done(&conn->channels);
	if (conn->counted)
		csrv_quota_give(conn->account, CSRV_QUOTA_CONN, 1);
	csrv_quota_close(conn->account);
	csrv_account_put(conn->account);
	kfree(conn->cancels);
	csrv_object_free(CSRV_OBJ_CONN, conn);
}

struct csrv_conn *csrv_conn_get(struct csrv_conn *conn)
{
	kref_get(&conn->ref);
	return conn;
}

void csrv_conn_put(struct csrv_conn *conn)
{
	if (conn)
		kref_put(&conn->ref, conn_free);
}

bool csrv_conn_is_open(struct csrv_conn *conn)
{
	return csrv_conn_state(conn) < CSRV_CONN_CLOSING;
}

/* End a connection from the server's side: closed() follows, from a worker. */
void csrv_conn_shutdown(struct csrv_conn *conn)
{
	conn->xprt->ops->shutdown(conn->xprt);
}

/* The same, but bytes that the peer has not acknowledged are never sent again. */
void csrv_conn_abort(struct csrv_conn *conn)
{
	conn->xprt->ops->abort(conn->xprt);
}

/* [MS-SMB2] 3.3.5.3.1, 3.3.5.4: one NEGOTIATE in the life of a connection. */
bool csrv_conn_negotiate_begin(struct csrv_conn *conn)
{
	bool ok;

	spin_lock(&conn->lock);
	ok = conn->state == CSRV_CONN_NEW && !conn->negotiating;
	conn->negotiating = ok || conn->negotiating;
	spin_unlock(&conn->lock);
	return ok;
}

/* @done: conn->nego is set; else another NEGOTIATE may follow (SMB 2.???). */
void csrv_conn_negotiate_end(struct csrv_conn *conn, bool done)
{
	spin_lock(&conn->lock);
	conn->negotiating = false;
	if (done && conn->state == CSRV_CONN_NEW)
		csrv_conn_set_state(conn, CSRV_CONN_NEGOTIATED);
	spin_unlock(&conn->lock);
}

/* ---- bytes in flight ---- */

/* How often connections that wait for memory are asked again, while there is too little for all. */
#define CSRV_TIGHT_TIME		(HZ / 20)

/*
 * What a connection may have in flight whatever other clients hold: the largest message that is
 * read before a logon, and the request that it becomes.
 */
#define CONN_OWN	(72L << 10)

/*
 * The most bytes that a connection may have in flight, and as many again in requests that wait.
 * Both together are no more than its quota, so releasing what is in flight always makes room.
 */
static long inflight_max(const struct csrv_conn *conn)
{
	const struct csrv_nego *n = &conn->nego;
	long max;

	rcu_read_lock();
	max = rcu_dereference(conn->srv->config)->max_inflight;
	rcu_read_unlock();
	/* An unproven connection gets one request of the largest size at a time. */
	if (!READ_ONCE(conn->proven))
		max = min3(max, (long)CSRV_SIZE_MAX, (long)max3(n->max_read, n->max_write,
								n->max_trans));
	return max + CSRV_SIZE_SLACK;
}

static long inflight(const struct csrv_conn *conn)
{
	return csrv_quota_used(conn->account, CSRV_QUOTA_BYTES) - READ_ONCE(conn->parked);
}

/* The largest charge for one message or reply while nothing else that is large is in flight. */
static long bytes_most(const struct csrv_conn *conn)
{
	return inflight_max(conn) - CONN_OWN;
}

/*
 * @conn is not read, because others hold the bytes that it needs: of its host, of its user, or of
 * all clients.  A connection that releases bytes does not look for those that wait, which would
 * take a cache line that all share; tight_work() looks, for as long as a connection waits.
 */
static void await_room(struct csrv_conn *conn)
{
	WRITE_ONCE(conn->thirsty, true);
	/*
	 * Set, then queue.  Pairs with set_work_pool_and_clear_pending(), which comes before
	 * tight_work() looks: either the work is queued once more, or it sees this.
	 */
	smp_mb();
	queue_delayed_work(conn->srv->net_wq, &conn->srv->tight, CSRV_TIGHT_TIME);
}

/* Charge @bytes if there is room for them. */
static bool bytes_take(struct csrv_conn *conn, u32 bytes)
{
	enum csrv_quota_level full;

	if (inflight(conn) + bytes > inflight_max(conn))
		return false;	/* the release of what is in flight here makes room */
	full = csrv_quota_take(conn->account, CSRV_QUOTA_BYTES, bytes);
	if (full == CSRV_LEVEL_NONE)
		return true;
	if (full != CSRV_LEVEL_CONN)
		await_room(conn);
	return false;
}

/**
 * csrv_conn_charge() - account for a message that is about to be received
 * @conn: the connection
 * @bytes: its length, and the memory that it takes while it is worked on
 *
 * Does not sleep; takes the quota's own locks only.
 * Return: 0, or -EAGAIN when the connection, its host, its user or the server holds as much as it
 * may: nothing is read until the transport's resume() is called when there is room.
 * A small message is never refused to a connection that has nothing else in flight, so a message
 * that ends a wait can always be read.  -EMSGSIZE: there will never be room for it, because there
 * may be less than when the sizes were negotiated.
 */
int csrv_conn_charge(struct csrv_conn *conn, u32 bytes)
{
	if (bytes_take(conn, bytes))
		return 0;
	if (inflight(conn) + bytes <= CONN_OWN) {
		csrv_conn_force(conn, bytes);
		return 0;
	}
	return bytes <= bytes_most(conn) ? -EAGAIN : -EMSGSIZE;
}

/**
 * csrv_conn_reserve() - account for a reply before its request is worked on
 * @conn: the connection
 * @bytes: the most that it takes
 *
 * Does not sleep; takes the quota's own locks only.
 * Return: how many bytes were charged: no more than the connection may hold; 0 when there is no
 * room now, as csrv_conn_charge().
 */
u32 csrv_conn_reserve(struct csrv_conn *conn, u64 bytes)
{
	bytes = min_t(u64, bytes, bytes_most(conn));
	return bytes_take(conn, bytes) ? bytes : 0;
}

/* Account for memory that was not reserved, if there is room for it. */
bool csrv_conn_take(struct csrv_conn *conn, u32 bytes)
{
	return bytes_take(conn, bytes);
}

/* The same for what is small and cannot be refused. */
void csrv_conn_force(struct csrv_conn *conn, u32 bytes)
{
	csrv_quota_force(conn->account, CSRV_QUOTA_BYTES, bytes);
}

/**
 * csrv_conn_park() - account for a request that begins to wait
 * @conn: the connection; the caller has its lock
 * @bytes: what the request holds meanwhile
 * @logon: it is a leg of a logon
 *
 * The message that ends the wait may come over this connection, so the wait must not keep it from
 * being read.  All waiting requests together hold no more than may be in flight besides; beyond
 * CONN_OWN, one waits only while this connection is not charged with more than there was room
 * for.  What other connections hold is no reason to refuse a wait.  The limit of logons is
 * CSRV_QUOTA_LOGON: a logon is not refused because of users that are logged on.
 *
 * Return: false if it may not wait.
 */
bool csrv_conn_park(struct csrv_conn *conn, u32 bytes, bool logon)
{
	long parked = (long)conn->parked + bytes;

	lockdep_assert_held(&conn->lock);
	if (parked > inflight_max(conn))
		return false;
	if (!logon && parked > CONN_OWN && csrv_quota_forced(conn->account, CSRV_QUOTA_BYTES))
		return false;
	WRITE_ONCE(conn->parked, parked);
	return true;
}

/* The request resumes. */
void csrv_conn_unpark(struct csrv_conn *conn, u32 bytes)
{
	lockdep_assert_held(&conn->lock);
	WRITE_ONCE(conn->parked, conn->parked - bytes);
}

/* Release @bytes, and resume reading if that was what stopped it. */
void csrv_conn_release(struct csrv_conn *conn, u32 bytes)
{
	if (bytes)
		csrv_quota_give(conn->account, CSRV_QUOTA_BYTES, bytes);
	conn->xprt->ops->resume(conn->xprt);
}

/* A request of @bytes is answered and finished. */
void csrv_conn_req_done(struct csrv_conn *conn, u32 bytes)
{
	struct csrv_xprt *xprt = conn->xprt;

	if (bytes)
		csrv_quota_give(conn->account, CSRV_QUOTA_BYTES, bytes);
	/* a full barrier; pairs with those of csrv_conn_end_run() and csrv_conn_closed() */
	if (atomic_dec_and_test(&conn->nreqs)) {
		wake_up_var(&conn->nreqs);
		csrv_end_hurry(&conn->end);
	}
	xprt->ops->resume(xprt);
}

/* The connection after @prev, or the first; with a reference, in exchange for that of @prev. */
struct csrv_conn *csrv_conn_next(struct csrv_server *srv, struct csrv_conn *prev)
{
	struct csrv_conn *conn = prev, *ret = NULL;

	spin_lock(&srv->conn_lock);
	if (!prev || list_empty(&prev->node))	/* @prev was removed: search */
		conn = list_entry(&srv->conns, struct csrv_conn, node);
	list_for_each_entry_continue(conn, &srv->conns, node)
		if ((!prev || conn->id > prev->id) && kref_get_unless_zero(&conn->ref)) {
			ret = conn;
			break;
		}
	spin_unlock(&srv->conn_lock);
	csrv_conn_put(prev);
	return ret;
}
