// SPDX-License-Identifier: GPL-2.0-or-later
/* server/accept.c - accept connections, and close one to make room for another */
#include <net/ipv6.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../client/conn.h"
#include "../client/conn_end.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/access.h"
#include "accept.h"

/* The connection that is closed to make room, with a reference, or NULL. */
static struct csrv_conn *conn_pop(struct csrv_server *srv, enum csrv_peers_rank rank)
	__must_hold(&srv->conn_lock)
{
	struct csrv_peer *place;

	lockdep_assert_held(&srv->conn_lock);
	place = csrv_peers_pop(&srv->peers, rank);
	/* csrv_conn_closed() takes it out of its rank, so it has not ended */
	return place ? csrv_conn_get(container_of(place, struct csrv_conn, peer_place)) : NULL;
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
 * Is there room for one more connection, also of its host?  0: the connection is charged; @old is
 * a connection to close for it, with a reference, or NULL.
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
			*old = conn_pop(srv, CSRV_PEERS_UNAUTHENTICATED);
		if (!*old)
			return -EUSERS;
		csrv_quota_force(conn->account, CSRV_QUOTA_CONN, 1);
	}
	conn->counted = true;
	return 0;
}

/* The connection can be found from here on; @spare is kfree()d when it is not NULL. */
static void conn_list(struct csrv_server *srv, const struct csrv_config *cfg,
		      struct csrv_conn *conn, struct csrv_peers **spare, struct csrv_conn **old)
	__must_hold(&srv->conn_lock)
{
	lockdep_assert_held(&srv->conn_lock);
	csrv_conn_get(conn);
	conn->id = atomic64_inc_return(&srv->next_id);	/* in the order of the list */
	list_add_tail(&conn->node, &srv->conns);
	conn->peer_place.id = conn->id;
	*spare = csrv_peers_add(&srv->peers, &conn->peer_place, &conn->account->host->peers,
				*spare);
	if (!*old && srv->peers.n[CSRV_PEERS_UNAUTHENTICATED] > cfg->p.max_half_open)
		*old = conn_pop(srv, CSRV_PEERS_UNAUTHENTICATED);
}

static void unproven_close(struct csrv_conn *conn)
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

	if (WARN_ON_ONCE(xprt->max_message < CSRV_MESSAGE_LEAST))
		return ERR_PTR(-EINVAL);
	/* A connection that was reset meanwhile has no address, and its requests are not run. */
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
	csrv_end_init(&conn->end, CSRV_END_CONN, csrv_conn_end_run);
	return conn;
}

static void host_recheck(struct csrv_conn *conn)
{
	if (csrv_server_admits_host(conn->srv, conn->peer))
		return;
	csrv_notice_ratelimited("connection from %s closed: hosts allow, hosts deny\n", conn->peer);
	csrv_conn_shutdown(conn);
}

/* The server's lists of hosts have changed: end the connections that they no longer allow. */
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
 * Takes srv->conn_lock; may sleep.
 * Return: 0; -EACCES for a host that may not connect, -EUSERS when a budget is used up,
 * -ESHUTDOWN when the server ends, -EAFNOSUPPORT when the peer's address is neither IPv4 nor IPv6,
 * -ENOTCONN when the connection has ended already, -EINVAL when the messages of @xprt are too short
 * (CSRV_MESSAGE_LEAST), -ENOMEM.
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
	unproven_close(old);
	if (err) {
		csrv_notice_ratelimited("connection from %s refused: %s\n", conn->peer,
					err == -EUSERS ? "too many connections" :
					err == -ENOMEM ? "no memory" :
					err == -EACCES ? "hosts allow, hosts deny" : "stopping");
		conn->xprt = NULL;	/* the transport stays the caller's */
		csrv_conn_put(conn);
		goto out;
	}
	csrv_xprt_keepalive(xprt, cfg->p.keepalive);
	xprt->ops->start(xprt);
	/* The lists may have changed, and been checked, before the connection was listed. */
	if (rcu_access_pointer(srv->config) != cfg)
		host_recheck(conn);
	csrv_conn_put(conn);	/* the list's reference may be dropped already */
out:
	csrv_config_put(cfg);
	return err;
}

/* Shut down the connections of the listener of that number; 0: all.  They end from workers. */
void csrv_conns_end(struct csrv_server *srv, u64 listener)
{
	struct csrv_conn *conn = NULL;

	while ((conn = csrv_conn_next(srv, conn)))
		if (!listener || conn->listener == listener)
			csrv_conn_shutdown(conn);
}

/* Fill in the transport's events, once per server. */
void csrv_conn_events(struct csrv_server *srv)
{
	srv->xprt_events.alloc = conn_alloc;
	srv->xprt_events.closed = csrv_conn_closed;
	srv->xprt_events.free = srv->events->free;
	srv->xprt_events.place = srv->events->place;
	srv->xprt_events.receive = srv->events->receive;
	srv->xprt_events.admit = srv->events->admit;
	srv->xprt_events.execute = srv->events->execute;
}
