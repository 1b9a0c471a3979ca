// SPDX-License-Identifier: GPL-2.0-or-later
/* server/listener.c - where the server can be reached */
#include <linux/inet.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../transport/transport.h"
#include "accept.h"
#include "listener.h"

/*
 * One enabled listeners/<name>.  Held by the server's list alone, from start to
 * stop; connections that it took know its number, and end with it.
 */
struct csrv_listener {
	struct csrv_server		*srv;
	u64				id;	/* csrv_conn.listener */
	char				*name;
	struct list_head		node;	/* srv->listeners; srv->names_lock */
	struct csrv_xprt_listener	*xprt;
};

/* The transports that are served, by enum csrv_listener_transport. */
static const struct csrv_xprt_class *const classes[] = {
	[CSRV_LISTENER_TRANSPORT_TCP] = &csrv_tcp_class,
};

/**
 * csrv_listener_caches() - make the slab caches of all transports
 *
 * Return: 0, or -ENOMEM; csrv_object_caches_destroy() ends what was made.
 */
int csrv_listener_caches(void)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && i < ARRAY_SIZE(classes); i++)
		err = classes[i]->cache();
	return err;
}

static int listener_accept(void *owner, struct csrv_xprt *xprt)
{
	struct csrv_listener *l = owner;

	return csrv_server_accept(l->srv, l->id, xprt);
}

static int listener_bind(struct csrv_server *srv, struct csrv_listener *l, struct net *net,
			 const struct csrv_listener_params *p)
{
	const struct csrv_xprt_class *class = classes[p->transport];
	struct sockaddr_storage ss = {};
	struct csrv_listen_addr at = {
		.net	= net,
		.addr	= (struct sockaddr *)&ss,
		.ifname	= p->interface,
	};
	const struct csrv_xprt_wqs wqs = { .rx = srv->rx_wq, .any = srv->wq, .net = srv->net_wq };
	char port[8];
	int err;

	snprintf(port, sizeof(port), "%u", p->port);
	err = inet_pton_with_scope(net, AF_UNSPEC, p->address, port, &ss);
	if (err) {
		csrv_err_ratelimited("listeners/%s/address: '%s' is no IPv4 or IPv6 address\n",
				     l->name, p->address);
		return err;
	}
	at.len = ss.ss_family == AF_INET ? sizeof(struct sockaddr_in) :
					   sizeof(struct sockaddr_in6);
	l->xprt = class->listen(&at, &wqs, listener_accept, l);
	if (!IS_ERR(l->xprt))
		return 0;
	csrv_err_ratelimited("listeners/%s: cannot listen on %s port %u (%s): %pe\n", l->name,
			     p->address, p->port, class->name, l->xprt);
	return PTR_ERR(l->xprt);
}

/**
 * csrv_listener_start() - listen
 * @srv: the server
 * @name: of the listener
 * @net: the namespace to listen in; held until stopped
 * @p: address, port, interface and transport
 *
 * Takes srv->names_lock, after it listens; may sleep.
 * Return: 0, -EINVAL (address), -EOPNOTSUPP (transport), what bind() says, -ENOMEM.
 */
int csrv_listener_start(struct csrv_server *srv, const char *name, struct net *net,
			const struct csrv_listener_params *p)
{
	struct csrv_listener *l;
	int err = -ENOMEM;

	if (p->transport >= ARRAY_SIZE(classes)) {
		csrv_err_ratelimited("listeners/%s/transport: rdma is not served yet; legal: tcp\n",
				     name);
		return -EOPNOTSUPP;
	}
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	l->srv = srv;
	l->id = atomic64_inc_return(&srv->next_id);
	l->name = kstrdup(name, GFP_KERNEL);
	if (!l->name)
		goto free;
	err = listener_bind(srv, l, net, p);
	if (err)
		goto free;
	csrv_object_created(CSRV_OBJ_LISTENER);
	mutex_lock(&srv->names_lock);
	list_add_tail(&l->node, &srv->listeners);
	mutex_unlock(&srv->names_lock);
	return 0;
free:
	kfree(l->name);
	kfree(l);
	return err;
}

static void listener_end(struct csrv_listener *l)
{
	/* No connection is taken any more after this: all are listed. */
	l->xprt->class->unlisten(l->xprt);
	csrv_conns_end(l->srv, l->id);
	kfree(l->name);
	csrv_object_destroyed(CSRV_OBJ_LISTENER);
	kfree(l);
}

/* Stop listening, and shut down the listener's connections: they end from workers. */
void csrv_listener_stop(struct csrv_server *srv, const char *name)
{
	struct csrv_listener *l, *found = NULL;

	mutex_lock(&srv->names_lock);
	list_for_each_entry(l, &srv->listeners, node)
		if (!strcmp(l->name, name)) {
			found = l;
			list_del(&l->node);
			break;
		}
	mutex_unlock(&srv->names_lock);
	if (found)
		listener_end(found);
}

void csrv_listeners_stop_all(struct csrv_server *srv)
{
	struct csrv_listener *l;

	for (;;) {
		mutex_lock(&srv->names_lock);
		l = list_first_entry_or_null(&srv->listeners, struct csrv_listener, node);
		if (l)
			list_del(&l->node);
		mutex_unlock(&srv->names_lock);
		if (!l)
			return;
		listener_end(l);
	}
}
