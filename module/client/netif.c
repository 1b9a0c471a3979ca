// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/netif.c - interfaces and addresses of a network namespace, [MS-SMB2] 3.3.5.15.11
 *
 * To list them takes the RTNL and calls drivers, which a client must not make the host do often:
 * a list is made every few seconds at most, by one request at a time, and shared.
 */
#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/net_namespace.h>

#include "../core/server.h"
#include "netif.h"

#define NETIF_FRESH	(5 * HZ)	/* how long a list is used */
#define NETIF_MAX	256u		/* addresses in it */
#define SPEED_DEFAULT	1000u		/* Mbit/s, where the device does not say */

static u64 link_speed(struct net_device *dev)
{
	struct ethtool_link_ksettings ks;
	u32 mbit = SPEED_DEFAULT;

	if (!__ethtool_get_link_ksettings(dev, &ks) && ks.base.speed &&
	    ks.base.speed != (u32)SPEED_UNKNOWN)
		mbit = ks.base.speed;
	return (u64)mbit * 1000000;
}

static void add(struct csrv_netif_list *l, const struct csrv_netif *ni)
{
	if (l->num < NETIF_MAX)
		l->ni[l->num++] = *ni;
}

static void add_v4(struct csrv_netif_list *l, struct net_device *dev, struct csrv_netif *ni)
{
	struct in_device *in = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;

	if (!in)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in) {
		if (ifa->ifa_scope >= RT_SCOPE_LINK || ipv4_is_linklocal_169(ifa->ifa_local) ||
		    ipv4_is_loopback(ifa->ifa_local))
			continue;
		ipv6_addr_set_v4mapped(ifa->ifa_local, &ni->addr);
		add(l, ni);
	}
}

#if IS_ENABLED(CONFIG_IPV6)
/* An address of narrower scope needs an interface of the client's. */
static bool usable_v6(const struct inet6_ifaddr *ifa)
{
	const u32 unfit = IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_TEMPORARY;
	int type = ipv6_addr_type(&ifa->addr);

	return !(ifa->flags & unfit) && (type & IPV6_ADDR_UNICAST) &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL | IPV6_ADDR_SITELOCAL));
}

static void add_v6(struct csrv_netif_list *l, struct net_device *dev, struct csrv_netif *ni)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (!in6)
		return;
	read_lock_bh(&in6->lock);
	list_for_each_entry(ifa, &in6->addr_list, if_list) {
		if (!usable_v6(ifa))
			continue;
		ni->addr = ifa->addr;
		add(l, ni);
	}
	read_unlock_bh(&in6->lock);
}
#else
static void add_v6(struct csrv_netif_list *l, struct net_device *dev, struct csrv_netif *ni)
{
}
#endif

static struct csrv_netif_list *list_make(struct net *net)
{
	struct csrv_netif_list *l = kvzalloc(struct_size(l, ni, NETIF_MAX), GFP_KERNEL);
	struct net_device *dev;
	struct csrv_netif ni;

	if (!l)
		return NULL;
	refcount_set(&l->ref, 1);
	INIT_LIST_HEAD(&l->node);
	l->cookie = net->net_cookie;
	rtnl_lock();
	for_each_netdev(net, dev) {
		if (!(dev->flags & IFF_UP) || (dev->flags & IFF_LOOPBACK) ||
		    !netif_carrier_ok(dev))
			continue;
		ni = (struct csrv_netif){
			.index	= dev->ifindex,
			.rss	= dev->real_num_rx_queues > 1,
			.speed	= link_speed(dev),
		};
		strscpy(ni.name, dev->name, sizeof(ni.name));
		add_v4(l, dev, &ni);
		add_v6(l, dev, &ni);
	}
	rtnl_unlock();
	l->made = jiffies;
	return l;
}

void csrv_netifs_put(struct csrv_netif_list *l)
{
	if (l && refcount_dec_and_test(&l->ref))
		kvfree(l);
}

/* The list of a namespace with a reference, or NULL. */
static struct csrv_netif_list *cached(struct csrv_netif_cache *c, const struct net *net)
{
	struct csrv_netif_list *l, *ret = NULL;

	spin_lock(&c->lock);
	list_for_each_entry(l, &c->lists, node) {
		if (l->cookie != net->net_cookie)
			continue;
		refcount_inc(&l->ref);
		ret = l;
		break;
	}
	spin_unlock(&c->lock);
	return ret;
}

static bool is_fresh(const struct csrv_netif_list *l)
{
	return l && time_before(jiffies, l->made + NETIF_FRESH);
}

/* Replace the old list of the namespace by @new; the cache takes a reference. */
static void replace(struct csrv_netif_cache *c, struct csrv_netif_list *new)
{
	struct csrv_netif_list *l, *next;
	LIST_HEAD(old);

	spin_lock(&c->lock);
	list_for_each_entry_safe(l, next, &c->lists, node)
		if (l->cookie == new->cookie || time_after(jiffies, l->made + NETIF_FRESH))
			list_move(&l->node, &old);
	refcount_inc(&new->ref);
	list_add(&new->node, &c->lists);
	spin_unlock(&c->lock);
	list_for_each_entry_safe(l, next, &old, node)
		csrv_netifs_put(l);
}

/* The mutex is held: another request may have made a list while the caller waited for it. */
static struct csrv_netif_list *renew(struct csrv_netif_cache *c, struct net *net)
	__must_hold(&c->making)
{
	struct csrv_netif_list *old, *new;

	lockdep_assert_held(&c->making);
	old = cached(c, net);
	if (is_fresh(old))
		return old;
	new = list_make(net);
	if (!new)
		return old;
	replace(c, new);
	csrv_netifs_put(old);
	return new;
}

/* As renew(), but while another request makes a list: @old. */
static struct csrv_netif_list *renew_or_old(struct csrv_netif_cache *c, struct net *net,
					    struct csrv_netif_list *old)
{
	struct csrv_netif_list *l;

	if (!mutex_trylock(&c->making))
		return old;
	l = renew(c, net);
	mutex_unlock(&c->making);
	csrv_netifs_put(old);
	return l;
}

/**
 * csrv_netifs_get() - the addresses of a namespace that clients may see
 * @c: the server's cache
 * @net: the connection's namespace
 *
 * Without loopback, link- and site-local, tentative, deprecated and temporary addresses.  While one
 * request makes a new list, others get the old one; they wait for it where there is none.
 * Takes the RTNL inside c->making: the caller holds neither.
 * Return: a list with a reference (csrv_netifs_put()), or NULL without memory.
 */
struct csrv_netif_list *csrv_netifs_get(struct csrv_netif_cache *c, struct net *net)
{
	struct csrv_netif_list *l = cached(c, net);

	if (is_fresh(l))
		return l;
	if (l)
		return renew_or_old(c, net, l);
	mutex_lock(&c->making);
	l = renew(c, net);
	mutex_unlock(&c->making);
	return l;
}

void csrv_netifs_init(struct csrv_netif_cache *c)
{
	mutex_init(&c->making);
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->lists);
}

/* No request is left that uses @c. */
void csrv_netifs_exit(struct csrv_netif_cache *c)
{
	struct csrv_netif_list *l, *next;

	list_for_each_entry_safe(l, next, &c->lists, node)
		csrv_netifs_put(l);
}
