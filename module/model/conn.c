// SPDX-License-Identifier: GPL-2.0-or-later
/* model/conn.c - the life of a connection */
#include <net/ipv6.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../base/fault.h"
#include "access.h"
#include "conn.h"
#include "server.h"
#include "session.h"

static void conn_set_state(struct csrv_conn *conn, enum csrv_conn_state to)
{
	lockdep_assert_held(&conn->lock);
	trace_csrv_conn_state(conn->id, conn->state, to);
	smp_store_release(&conn->state, to);	/* after conn->nego: csrv_conn_state() */
}

/* Somebody has logged on over it: it is no stranger any more. */
void csrv_conn_set_known(struct csrv_conn *conn)
{
	bool was;

	spin_lock(&conn->lock);
	was = conn->known;
	conn->known = true;
	spin_unlock(&conn->lock);
	if (!was)
		atomic_dec(&conn->srv->budget.strangers);
}

static void conn_free(struct kref *ref)
{
	struct csrv_conn *conn = container_of(ref, struct csrv_conn, ref);

	csrv_fault_delay(CSRV_FAULT_CONN_PUT);
	if (conn->xprt)
		conn->xprt->ops->free(conn->xprt);
	csrv_credits_done(&conn->credits);
	csrv_table_done(&conn->channels);
	csrv_account_put(conn->account);
	csrv_conn_set_known(conn);
	atomic_dec(&conn->srv->budget.conns);
	csrv_object_destroyed(CSRV_OBJ_CONN);
	kfree(conn);
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

/* End a connection from our side: closed() follows, from a worker. */
void csrv_conn_shutdown(struct csrv_conn *conn)
{
	conn->xprt->ops->shutdown(conn->xprt);
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

/* @done: conn->nego stands; else another NEGOTIATE may come (SMB 2.???). */
void csrv_conn_negotiate_end(struct csrv_conn *conn, bool done)
{
	spin_lock(&conn->lock);
	conn->negotiating = false;
	if (done && conn->state == CSRV_CONN_NEW)
		conn_set_state(conn, CSRV_CONN_NEGOTIATED);
	spin_unlock(&conn->lock);
}

/*
 * Bytes of all connections are summed per CPU and folded together now and then, so that
 * two connections do not write one cache line for each request.
 */
#define CSRV_INFLIGHT_BATCH	(256 * 1024)

static void account_add(struct csrv_conn *conn, long bytes)
{
	atomic_long_add(bytes, &conn->inflight);
	percpu_counter_add_batch(&conn->srv->budget.inflight, bytes, CSRV_INFLIGHT_BATCH);
}

/* Is there no room for @bytes more beside what the connection holds? */
static bool account_full(struct csrv_conn *conn, u64 bytes)
{
	u64 mine = atomic_long_read(&conn->inflight);
	u64 all = percpu_counter_read_positive(&conn->srv->budget.inflight);
	const struct csrv_config *cfg;
	bool full;

	rcu_read_lock();
	cfg = rcu_dereference(conn->srv->config);
	full = mine + bytes > cfg->p.max_inflight || all + bytes > cfg->p.max_inflight_total;
	rcu_read_unlock();
	return full;
}

/**
 * csrv_conn_charge() - account for a message that is about to be received
 * @conn: the connection
 * @bytes: its length, and what working on it takes
 *
 * Return: 0, or -EAGAIN when the connection or the server holds as much as it may:
 * reading stops until csrv_conn_req_done() has made room.  A connection that holds
 * nothing but requests that wait is never refused, so one message always gets through.
 */
int csrv_conn_charge(struct csrv_conn *conn, u32 bytes)
{
	if (atomic_long_read(&conn->inflight) && account_full(conn, bytes))
		return -EAGAIN;
	account_add(conn, bytes);
	return 0;
}

/**
 * csrv_conn_reserve() - account for a reply that a request will lead to
 * @conn: the connection
 * @bytes: of it, at most
 *
 * Never refused: the request is there already.  The next one is not read before there is
 * room again.
 * Return: how many were put on the account: not more than it may hold altogether.
 */
u32 csrv_conn_reserve(struct csrv_conn *conn, u64 bytes)
{
	rcu_read_lock();
	bytes = min(bytes, rcu_dereference(conn->srv->config)->p.max_inflight);
	rcu_read_unlock();
	account_add(conn, bytes);
	return bytes;
}

/* Account for memory that nobody reserved, if there is room for it. */
bool csrv_conn_take(struct csrv_conn *conn, u32 bytes)
{
	if (account_full(conn, bytes))
		return false;
	account_add(conn, bytes);
	return true;
}

/*
 * A request that holds @bytes is going to wait.  What it waits for may come over this
 * connection: so it does not keep that from being read.  But all that wait together hold
 * no more than may be in flight besides.
 */
bool csrv_conn_park(struct csrv_conn *conn, u32 bytes)
{
	u64 max;

	lockdep_assert_held(&conn->lock);
	rcu_read_lock();
	max = rcu_dereference(conn->srv->config)->p.max_inflight;
	rcu_read_unlock();
	if (conn->parked + bytes > max)
		return false;
	conn->parked += bytes;
	atomic_long_sub(bytes, &conn->inflight);
	return true;
}

/* It goes on. */
void csrv_conn_unpark(struct csrv_conn *conn, u32 bytes)
{
	lockdep_assert_held(&conn->lock);
	conn->parked -= bytes;
	atomic_long_add(bytes, &conn->inflight);
}

/* @bytes are free again: go on reading if that is what stopped it. */
void csrv_conn_release(struct csrv_conn *conn, u32 bytes)
{
	account_add(conn, -(long)bytes);
	conn->xprt->ops->resume(conn->xprt);
}

/* A request of @bytes is answered and gone. */
void csrv_conn_req_done(struct csrv_conn *conn, u32 bytes)
{
	account_add(conn, -(long)bytes);
	if (atomic_dec_and_test(&conn->nreqs))	/* a full barrier: conn_end_work() waits */
		wake_up_var(&conn->nreqs);
	conn->xprt->ops->resume(conn->xprt);
}

/*
 * The one teardown: intake has stopped; cancel what waits, let what runs finish,
 * take the connection out of its sessions, and let go.
 */
static void conn_end_work(struct work_struct *work)
{
	struct csrv_conn *conn = container_of(work, struct csrv_conn, end_work);
	struct csrv_server *srv = conn->srv;

	srv->events->conn_gone(conn);
	conn->xprt->ops->detach(conn->xprt);
	csrv_fault_delay(CSRV_FAULT_CONN_GONE);
	srv->events->conn_gone(conn);	/* what parked while the transport ended */
	wait_var_event(&conn->nreqs, !atomic_read(&conn->nreqs));
	csrv_logons_drop_conn(conn, jiffies);
	csrv_channels_drop_conn(conn);

	spin_lock(&conn->lock);
	conn_set_state(conn, CSRV_CONN_DEAD);
	spin_unlock(&conn->lock);
	spin_lock(&srv->conn_lock);
	list_del_init(&conn->node);
	spin_unlock(&srv->conn_lock);
	csrv_conn_put(conn);
}

static void conn_closed(void *owner)
{
	struct csrv_conn *conn = owner;

	csrv_fault_delay(CSRV_FAULT_CONN_CLOSED);
	spin_lock(&conn->lock);
	conn_set_state(conn, CSRV_CONN_CLOSING);
	spin_unlock(&conn->lock);
	queue_work(conn->srv->teardown_wq, &conn->end_work);
}

static struct csrv_msg *conn_alloc(void *owner)
{
	struct csrv_conn *conn = owner;

	return conn->srv->events->alloc(conn);
}

/* Text of a peer's address without its port.  False: it is neither IPv4 nor IPv6. */
static bool peer_text(const struct sockaddr_storage *ss, char *buf, size_t size)
{
	if (ss->ss_family == AF_INET) {
		snprintf(buf, size, "%pI4", &((const struct sockaddr_in *)ss)->sin_addr);
	} else if (ss->ss_family == AF_INET6) {
		const struct in6_addr *a = &((const struct sockaddr_in6 *)ss)->sin6_addr;

		if (ipv6_addr_v4mapped(a))
			snprintf(buf, size, "%pI4", &a->s6_addr32[3]);
		else
			snprintf(buf, size, "%pI6c", a);
	} else {
		return false;
	}
	return true;
}

/* Is there room for one more connection, from this address too? */
static int conn_admit(struct csrv_server *srv, const struct csrv_config *cfg,
		      const struct csrv_conn *new)
{
	struct csrv_conn *conn;
	u32 same = 0;

	lockdep_assert_held(&srv->conn_lock);
	if (srv->stopping)
		return -ESHUTDOWN;
	if (atomic_read(&srv->budget.conns) > cfg->p.max_connections)
		return -EUSERS;
	if (!cfg->p.max_connections_per_ip)
		return 0;
	list_for_each_entry(conn, &srv->conns, node)
		if (!strcmp(conn->peer, new->peer) && ++same >= cfg->p.max_connections_per_ip)
			return -EUSERS;
	return 0;
}

/*
 * Too many connections that nobody has logged on over: the oldest of them, with a
 * reference, or NULL.  Refusing the new one instead would let whoever opens so many and
 * says nothing keep everybody else out.
 */
static struct csrv_conn *stranger_oldest(struct csrv_server *srv, const struct csrv_config *cfg)
{
	struct csrv_conn *conn;

	lockdep_assert_held(&srv->conn_lock);
	if (atomic_read(&srv->budget.strangers) <= cfg->p.max_half_open)
		return NULL;
	list_for_each_entry(conn, &srv->conns, node)
		if (!READ_ONCE(conn->known) && csrv_conn_is_open(conn) &&
		    kref_get_unless_zero(&conn->ref))
			return conn;
	return NULL;
}

static void stranger_close(struct csrv_conn *conn)
{
	if (!conn)
		return;
	csrv_notice_ratelimited("connection from %s closed: nobody has logged on, and more come\n",
				conn->peer);
	csrv_conn_shutdown(conn);
	csrv_conn_put(conn);
}

static struct csrv_conn *conn_create(struct csrv_server *srv, struct csrv_xprt *xprt)
{
	struct csrv_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL);
	struct sockaddr_storage peer = {};
	int err;

	if (!conn)
		return ERR_PTR(-ENOMEM);
	/* One that was reset before we came to it has no address, and what it sent is not run. */
	err = xprt->ops->peer(xprt, &peer);
	if (!err && !peer_text(&peer, conn->peer, sizeof(conn->peer)))
		err = -EAFNOSUPPORT;
	if (!err) {
		conn->account = csrv_account_conn(&srv->quota, &peer);
		err = conn->account ? 0 : -ENOMEM;
	}
	if (err) {
		kfree(conn);
		return ERR_PTR(err);
	}
	kref_init(&conn->ref);
	conn->srv = srv;
	conn->xprt = xprt;
	conn->since = jiffies;
	conn->active = jiffies;
	conn->trimmed = jiffies - 1;
	spin_lock_init(&conn->lock);
	INIT_LIST_HEAD(&conn->node);
	INIT_LIST_HEAD(&conn->logons);
	INIT_LIST_HEAD(&conn->waiting);
	csrv_credits_init(&conn->credits);
	csrv_table_init(&conn->channels);
	INIT_WORK(&conn->end_work, conn_end_work);
	atomic_inc(&srv->budget.conns);
	atomic_inc(&srv->budget.strangers);
	csrv_object_created(CSRV_OBJ_CONN);
	return conn;
}

/* The next connection in the list's order after @id, with a reference, or NULL. */
static struct csrv_conn *conn_after(struct csrv_server *srv, u64 id)
{
	struct csrv_conn *conn, *found = NULL;

	spin_lock(&srv->conn_lock);
	list_for_each_entry(conn, &srv->conns, node) {
		if (conn->id <= id || !kref_get_unless_zero(&conn->ref))
			continue;
		found = conn;
		break;
	}
	spin_unlock(&srv->conn_lock);
	return found;
}

static void host_recheck(struct csrv_conn *conn)
{
	if (csrv_server_admits_host(conn->srv, conn->peer))
		return;
	csrv_notice_ratelimited("connection from %s closed: hosts allow, hosts deny\n", conn->peer);
	csrv_conn_shutdown(conn);
}

/* The server's lists of hosts have changed: end what they no longer allow. */
void csrv_conns_recheck_hosts(struct csrv_server *srv)
{
	struct csrv_conn *conn;
	u64 id = 0;

	while ((conn = conn_after(srv, id))) {
		id = conn->id;
		host_recheck(conn);
		csrv_conn_put(conn);
	}
}

/**
 * csrv_server_accept() - a listener has a new connection
 * @owner: the struct csrv_server
 * @xprt: its transport; becomes the connection's on success
 *
 * Return: 0; -EACCES for a host that may not connect, -EUSERS when a budget is used up,
 * -ENOTCONN when it has ended already,
 * -ESHUTDOWN, -ENOMEM.
 */
int csrv_server_accept(void *owner, struct csrv_xprt *xprt)
{
	struct csrv_server *srv = owner;
	struct csrv_config *cfg = csrv_config_get(srv);
	struct csrv_conn *conn = conn_create(srv, xprt), *old = NULL;
	bool admits;
	int err;

	if (IS_ERR(conn)) {
		err = PTR_ERR(conn);
		goto out;
	}
	xprt->owner = conn;
	xprt->events = &srv->xprt_events;
	admits = csrv_host_allowed(cfg->p.hosts_allow, cfg->p.hosts_deny, conn->peer);
	spin_lock(&srv->conn_lock);
	err = admits ? conn_admit(srv, cfg, conn) : -EACCES;
	if (!err) {
		old = stranger_oldest(srv, cfg);
		csrv_conn_get(conn);
		conn->id = atomic64_inc_return(&srv->next_id);	/* in the list's order */
		list_add_tail(&conn->node, &srv->conns);
	}
	spin_unlock(&srv->conn_lock);
	stranger_close(old);
	if (err) {
		csrv_notice_ratelimited("connection from %s refused: %s\n", conn->peer,
					err == -EUSERS ? "too many connections" :
					err == -EACCES ? "hosts allow, hosts deny" : "stopping");
		conn->xprt = NULL;	/* stays the caller's */
		csrv_conn_put(conn);
		goto out;
	}
	csrv_tcp_keepalive(xprt, cfg->p.keepalive);
	xprt->ops->start(xprt);
	/* The lists may have changed, and been gone through, before it stood among the others. */
	if (rcu_access_pointer(srv->config) != cfg)
		host_recheck(conn);
	csrv_conn_put(conn);	/* the list's reference may be gone already */
out:
	csrv_config_put(cfg);
	return err;
}

/* The transport's events, put together once per server. */
void csrv_conn_events(struct csrv_server *srv)
{
	srv->xprt_events.alloc = conn_alloc;
	srv->xprt_events.closed = conn_closed;
	srv->xprt_events.free = srv->events->free;
	srv->xprt_events.place = srv->events->place;
	srv->xprt_events.receive = srv->events->receive;
	srv->xprt_events.execute = srv->events->execute;
}
