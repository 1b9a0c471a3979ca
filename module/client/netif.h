/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/netif.h - the addresses to which a client may open further connections */
#ifndef CIFSSRV_CLIENT_NETIF_H
#define CIFSSRV_CLIENT_NETIF_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct csrv_netif_cache;
struct net;

/**
 * struct csrv_netif - one address of one interface
 * @name: of the interface
 * @index: of the interface, never 0
 * @rss: it has several receive queues
 * @speed: bits per second
 * @addr: IPv4 ones are mapped
 */
struct csrv_netif {
	char		name[IFNAMSIZ];
	u32		index;
	bool		rss;
	u64		speed;
	struct in6_addr	addr;
};

/**
 * struct csrv_netif_list - the addresses of a network namespace, a few seconds ago
 * @ref: held by the cache, and by readers
 * @node: in the cache
 * @cookie: of the namespace
 * @made: when, in jiffies
 * @num: entries of @ni
 * @ni: the addresses
 *
 * Immutable; replaced as a whole.
 */
struct csrv_netif_list {
	refcount_t		ref;
	struct list_head	node;
	u64			cookie;
	unsigned long		made;
	u32			num;
	struct csrv_netif	ni[];
};

void csrv_netifs_init(struct csrv_netif_cache *c);
void csrv_netifs_exit(struct csrv_netif_cache *c);
struct csrv_netif_list *csrv_netifs_get(struct csrv_netif_cache *c, struct net *net);
void csrv_netifs_put(struct csrv_netif_list *l);

#endif /* CIFSSRV_CLIENT_NETIF_H */
