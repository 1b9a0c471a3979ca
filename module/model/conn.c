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

static void conn_set_state(struct csrv_conn *conn, enum csrv_conn_state to) __must_hold(&conn->lock)
{
	lockdep_assert_held(&conn->lock);
	trace_csrv_conn_state(conn->id, conn->state, to);
	smp_store_release(&conn->state, to);	/* after conn->nego: csrv_conn_state() */
}

/* It can, or cannot, be closed any more for another one to have room. */
static void conn_move(struct csrv_conn *conn, enum csrv_peers_rank to)
	__must_hold(&conn->srv->conn_lock)
{
	lockdep_assert_held(&conn->srv->conn_lock);
	csrv_peers_move(&conn->srv->peers, &conn->peer_place, to);
}

/* The connection that has to make room, with a reference, or NULL. */
static struct csrv_conn *conn_pop(struct csrv_server *srv, enum csrv_peers_rank rank)
	__must_hold(&srv->conn_lock)
{
	struct csrv_peer *place;

	lockdep_assert_held(&srv->conn_lock);
	place = csrv_peers_pop(&srv->peers, rank);
	/* conn_closed() takes it out of its rank, so it has not ended */
	return place ? csrv_conn_get(container_of(place, struct csrv_conn, peer_place)) : NULL;
}

/* Somebody has logged on over it: it is no stranger any more.  @proven: a named account. */
void csrv_conn_set_known(struct csrv_conn *conn, bool proven)
{
	WRITE_ONCE(conn->known, true);
	if (proven)
		WRITE_ONCE(conn->proven, true);
	spin_lock(&conn->srv->conn_lock);
	conn_move(conn, proven ? CSRV_PEERS_NONE : CSRV_PEERS_UNPROVEN);
	spin_unlock(&conn->srv->conn_lock);
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

/* End a connection from our side: closed() follows, from a worker. */
void csrv_conn_shutdown(struct csrv_conn *conn)
{
	conn->xprt->ops->shutdown(conn->xprt);
}

/* ... so that what the peer has not taken yet never reaches it. */
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

/* @done: conn->nego stands; else another NEGOTIATE may come (SMB 2.???). */
void csrv_conn_negotiate_end(struct csrv_conn *conn, bool done)
{
	spin_lock(&conn->lock);
	conn->negotiating = false;
	if (done && conn->state == CSRV_CONN_NEW)
		conn_set_state(conn, CSRV_CONN_NEGOTIATED);
	spin_unlock(&conn->lock);
}

/* ---- bytes in flight ---- */

/*
 * What a connection may have in flight whatever others hold: the largest message that is read
 * before a logon, and the request that it becomes.
 */
#define CONN_OWN	(72L << 10)

/*
 * Most bytes that one may have in flight, and as many again that wait.  Both together are no
 * more than it can have at all, so what is in flight here always makes room.
 */
static long inflight_max(const struct csrv_conn *conn)
{
	const struct csrv_nego *n = &conn->nego;
	long max;

	rcu_read_lock();
	max = rcu_dereference(conn->srv->config)->max_inflight;
	rcu_read_unlock();
	/* Who has not proven who he is gets one request of the largest size at a time. */
	if (!READ_ONCE(conn->proven))
		max = min3(max, (long)CSRV_SIZE_MAX, (long)max3(n->max_read, n->max_write,
								n->max_trans));
	return max + CSRV_SIZE_SLACK;
}

static long inflight(const struct csrv_conn *conn)
{
	return csrv_quota_used(conn->account, CSRV_QUOTA_BYTES) - READ_ONCE(conn->parked);
}

/* What can be had for one message or reply while nothing else that is large is in flight. */
static long bytes_most(const struct csrv_conn *conn)
{
	return inflight_max(conn) - CONN_OWN;
}

/* Is there room for @bytes more?  Then they are charged. */
static bool bytes_take(struct csrv_conn *conn, u32 bytes)
{
	enum csrv_quota_level full;

	if (inflight(conn) + bytes > inflight_max(conn))
		return false;	/* what is in flight here makes room */
	full = csrv_quota_take(conn->account, CSRV_QUOTA_BYTES, bytes);
	if (full == CSRV_LEVEL_NONE)
		return true;
	if (full != CSRV_LEVEL_CONN)
		csrv_server_tight(conn);
	return false;
}

/**
 * csrv_conn_charge() - account for a message that is about to be received
 * @conn: the connection
 * @bytes: its length, and what working on it takes
 *
 * Return: 0, or -EAGAIN when the connection, or somebody whom it belongs to, holds as much
 * as may be: reading stops until there is room, when the transport's resume() is called.
 * A small message is never refused to a connection that has nothing else in flight, so what
 * ends a wait can always be read.  -EMSGSIZE: there will never be room for it, because there
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
 * csrv_conn_reserve() - account for a reply that a request will lead to
 * @conn: the connection
 * @bytes: of it, at most
 *
 * Return: how many were put on the account: not more than it may hold altogether; 0 when
 * there is no room now, as csrv_conn_charge().
 */
u32 csrv_conn_reserve(struct csrv_conn *conn, u64 bytes)
{
	bytes = min_t(u64, bytes, bytes_most(conn));
	return bytes_take(conn, bytes) ? bytes : 0;
}

/* Account for memory that nobody reserved, if there is room for it. */
bool csrv_conn_take(struct csrv_conn *conn, u32 bytes)
{
	return bytes_take(conn, bytes);
}

/* ... for what is small, and cannot be refused. */
void csrv_conn_force(struct csrv_conn *conn, u32 bytes)
{
	csrv_quota_force(conn->account, CSRV_QUOTA_BYTES, bytes);
}

/**
 * csrv_conn_park() - a request is going to wait
 * @conn: the connection; the caller has its lock
 * @bytes: what the request holds meanwhile
 * @logon: it is a leg of a logon
 *
 * What it waits for may come over this connection: so it does not keep that from being read.
 * All that wait together hold no more than may be in flight besides; and what is beyond
 * CONN_OWN of them waits only while this connection holds nothing that there was no room
 * for.  What others hold is no reason to refuse it.  Of legs CSRV_QUOTA_LOGON is the limit:
 * a logon is not refused because of those who are logged on.
 *
 * Return: false, it may not wait.
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

/* It goes on. */
void csrv_conn_unpark(struct csrv_conn *conn, u32 bytes)
{
	lockdep_assert_held(&conn->lock);
	WRITE_ONCE(conn->parked, conn->parked - bytes);
}

/* @bytes are free again: go on reading if that is what stopped it. */
void csrv_conn_release(struct csrv_conn *conn, u32 bytes)
{
	if (bytes)
		csrv_quota_give(conn->account, CSRV_QUOTA_BYTES, bytes);
	conn->xprt->ops->resume(conn->xprt);
}

/* A request of @bytes is answered and gone. */
void csrv_conn_req_done(struct csrv_conn *conn, u32 bytes)
{
	struct csrv_xprt *xprt = conn->xprt;

	if (bytes)
		csrv_quota_give(conn->account, CSRV_QUOTA_BYTES, bytes);
	/* a full barrier; pairs with prepare_to_wait_event() in conn_end_run(), conn_closed() */
	if (atomic_dec_and_test(&conn->nreqs)) {
		wake_up_var(&conn->nreqs);
		csrv_end_hurry(&conn->end);
	}
	xprt->ops->resume(xprt);
}

/* Nobody logs on over it any more, and sessions that have no other connection are DEAD. */
static void conn_leave(struct csrv_conn *conn)
{
	csrv_logons_drop_conn(conn, jiffies);
	csrv_channels_drop_conn(conn);
}

/*
 * The one teardown: intake has stopped; cancel what waits, let what runs finish, take the
 * connection out of sessions that it came into meanwhile, and let go.  It takes as long as
 * the file system likes for which the connection's requests wait.
 */
static void conn_end_run(struct csrv_end *end)
{
	struct csrv_conn *conn = container_of(end, struct csrv_conn, end);
	struct csrv_server *srv = conn->srv;

	srv->events->conn_gone(conn);
	conn->xprt->ops->detach(conn->xprt);
	csrv_fault_delay(CSRV_FAULT_CONN_GONE);
	srv->events->conn_gone(conn);	/* what parked while the transport ended */
	wait_var_event(&conn->nreqs, !atomic_read(&conn->nreqs));
	conn_leave(conn);

	spin_lock(&conn->lock);
	conn_set_state(conn, CSRV_CONN_DEAD);
	spin_unlock(&conn->lock);
	spin_lock(&srv->conn_lock);
	list_del_init(&conn->node);
	spin_unlock(&srv->conn_lock);
	csrv_conn_put(conn);
}

/*
 * The sessions of a client that has gone end here: others wait for what those have open, and
 * wait neither for this connection's requests nor for anybody else's.
 */
static void conn_closed(void *owner)
{
	struct csrv_conn *conn = owner;
	struct csrv_account *payer;

	csrv_fault_delay(CSRV_FAULT_CONN_CLOSED);
	spin_lock(&conn->lock);
	conn_set_state(conn, CSRV_CONN_CLOSING);
	spin_unlock(&conn->lock);
	spin_lock(&conn->srv->conn_lock);
	conn_move(conn, CSRV_PEERS_NONE);
	spin_unlock(&conn->srv->conn_lock);
	conn_leave(conn);
	/* At once, as the end below may stand: nobody is left to tell what they waited for. */
	conn->srv->events->conn_gone(conn);
	csrv_workers_drop(conn);
	conn->xprt->ops->resume(conn->xprt);	/* what stands for room is dropped */
	payer = csrv_account_payer(conn->account);
	csrv_conn_get(conn);		/* its end may be over before it is queued here */
	csrv_end_queue(&conn->end, payer, conn->srv->gone_wq);
	csrv_account_put(payer);
	smp_mb();	/* listed, then looked for requests: pairs with csrv_conn_req_done() */
	if (!atomic_read(&conn->nreqs))
		csrv_end_hurry(&conn->end);
	csrv_conn_put(conn);
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

/*
 * Is there room for one more connection, of this host too?  0 and it is charged; @old is one
 * that makes room for it, with a reference, or NULL.
 */
static int conn_admit(struct csrv_server *srv, const struct csrv_config *cfg,
		      struct csrv_conn *conn, struct csrv_conn **old) __must_hold(&srv->conn_lock)
{
	const struct csrv_account *host = conn->account->host;
	u32 per_host = cfg->p.max_connections_per_ip;
	enum csrv_quota_level full;

	lockdep_assert_held(&srv->conn_lock);
	if (srv->stopping)
		return -ESHUTDOWN;
	if (per_host && csrv_quota_used(host, CSRV_QUOTA_CONN) >= per_host)
		return -EUSERS;
	full = csrv_quota_take(conn->account, CSRV_QUOTA_CONN, 1);
	if (full == CSRV_LEVEL_CONN || full == CSRV_LEVEL_HOST)
		return -EUSERS;
	if (full != CSRV_LEVEL_NONE) {
		*old = conn_pop(srv, CSRV_PEERS_UNPROVEN);
		if (!*old)
			*old = conn_pop(srv, CSRV_PEERS_STRANGERS);
		if (!*old)
			return -EUSERS;
		csrv_quota_force(conn->account, CSRV_QUOTA_CONN, 1);
	}
	conn->counted = true;
	return 0;
}

/* From here on it can be found; @spare is kfree()d when it is not NULL. */
static void conn_list(struct csrv_server *srv, const struct csrv_config *cfg,
		      struct csrv_conn *conn, struct csrv_peers **spare, struct csrv_conn **old)
	__must_hold(&srv->conn_lock)
{
	lockdep_assert_held(&srv->conn_lock);
	csrv_conn_get(conn);
	conn->id = atomic64_inc_return(&srv->next_id);	/* in the list's order */
	list_add_tail(&conn->node, &srv->conns);
	conn->peer_place.id = conn->id;
	*spare = csrv_peers_add(&srv->peers, &conn->peer_place, &conn->account->host->peers,
				*spare);
	if (!*old && srv->peers.n[CSRV_PEERS_STRANGERS] > cfg->p.max_half_open)
		*old = conn_pop(srv, CSRV_PEERS_STRANGERS);
}

static void stranger_close(struct csrv_conn *conn)
{
	if (!conn)
		return;
	csrv_notice_ratelimited("connection from %s closed: nobody has proven who they are, and more come\n",
				conn->peer);
	csrv_conn_shutdown(conn);
	csrv_conn_put(conn);
}

static struct csrv_conn *conn_create(struct csrv_server *srv, struct csrv_xprt *xprt)
{
	struct sockaddr_storage peer = {};
	struct csrv_conn *conn;
	int err;

	/* One that was reset before we came to it has no address, and what it sent is not run. */
	err = xprt->ops->peer(xprt, &peer);
	if (err)
		return ERR_PTR(err);
	conn = csrv_object_zalloc(CSRV_OBJ_CONN);
	if (!conn)
		return ERR_PTR(-ENOMEM);
	if (!peer_text(&peer, conn->peer, sizeof(conn->peer)))
		err = -EAFNOSUPPORT;
	if (!err) {
		conn->account = csrv_account_conn(&srv->quota, &peer);
		err = conn->account ? 0 : -ENOMEM;
	}
	if (err) {
		csrv_object_free(CSRV_OBJ_CONN, conn);
		return ERR_PTR(err);
	}
	kref_init(&conn->ref);
	conn->srv = srv;
	conn->xprt = xprt;
	conn->fe = srv->fe;
	conn->since = jiffies;
	conn->active = jiffies;
	conn->trimmed = jiffies - 1;
	spin_lock_init(&conn->lock);
	INIT_LIST_HEAD(&conn->node);
	csrv_peer_init(&conn->peer_place);
	INIT_LIST_HEAD(&conn->logons);
	INIT_LIST_HEAD(&conn->waiting);
	csrv_standing_init(&conn->standing);
	csrv_credits_init(&conn->credits);
	csrv_table_init(&conn->channels);
	csrv_end_init(&conn->end, CSRV_END_CONN, conn_end_run);
	return conn;
}

/* The connection after @prev, or the first; with a reference, for the one of @prev. */
struct csrv_conn *csrv_conn_next(struct csrv_server *srv, struct csrv_conn *prev)
{
	struct csrv_conn *conn = prev, *ret = NULL;

	spin_lock(&srv->conn_lock);
	if (!prev || list_empty(&prev->node))	/* it has gone: search */
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
	struct csrv_conn *conn = NULL;

	while ((conn = csrv_conn_next(srv, conn)))
		host_recheck(conn);
}

/**
 * csrv_server_accept() - a listener has a new connection
 * @srv: the server
 * @listener: its number; csrv_conns_end() ends the connection with it
 * @xprt: its transport; becomes the connection's on success
 *
 * Return: 0; -EACCES for a host that may not connect, -EUSERS when a budget is used up,
 * -ENOTCONN when it has ended already,
 * -ESHUTDOWN, -ENOMEM.
 */
int csrv_server_accept(struct csrv_server *srv, u64 listener, struct csrv_xprt *xprt)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	struct csrv_conn *conn = conn_create(srv, xprt), *old = NULL;
	struct csrv_peers *spare = NULL;
	int err = PTR_ERR_OR_ZERO(conn);
	bool admits;

	if (!err)
		spare = csrv_peers_new(csrv_account_network(conn->account->host, srv));
	if (err)
		goto out;
	conn->listener = listener;
	xprt->owner = conn;
	xprt->events = &srv->xprt_events;
	admits = csrv_host_allowed(cfg->p.hosts_allow, cfg->p.hosts_deny, conn->peer);
	spin_lock(&srv->conn_lock);
	err = -ENOMEM;
	if (!admits)
		err = -EACCES;
	else if (spare)
		err = conn_admit(srv, cfg, conn, &old);
	if (!err)
		conn_list(srv, cfg, conn, &spare, &old);
	spin_unlock(&srv->conn_lock);
	kfree(spare);
	stranger_close(old);
	if (err) {
		csrv_notice_ratelimited("connection from %s refused: %s\n", conn->peer,
					err == -EUSERS ? "too many connections" :
					err == -ENOMEM ? "no memory" :
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
	srv->xprt_events.admit = srv->events->admit;
	srv->xprt_events.execute = srv->events->execute;
}
