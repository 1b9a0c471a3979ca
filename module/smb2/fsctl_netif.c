// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/fsctl_netif.c - FSCTL_QUERY_NETWORK_INTERFACE_INFO, [MS-SMB2] 3.3.5.15.11 */
#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

#include "../wire/fsctl.h"
#include "smb2.h"

#define SPEED_DEFAULT	1000u	/* Mbit/s, where the device does not say */

static u64 link_speed(struct net_device *dev)
{
	struct ethtool_link_ksettings ks;
	u32 mbit = SPEED_DEFAULT;

	if (!__ethtool_get_link_ksettings(dev, &ks) && ks.base.speed &&
	    ks.base.speed != (u32)SPEED_UNKNOWN)
		mbit = ks.base.speed;
	return (u64)mbit * 1000000;
}

static bool add_v4(struct wire_list *list, struct net_device *dev,
		   struct smb2_network_interface *ni)
{
	struct in_device *in = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;

	if (!in)
		return true;
	in_dev_for_each_ifa_rtnl(ifa, in) {
		ni->ipv6 = false;
		memset(ni->address, 0, sizeof(ni->address));
		memcpy(ni->address, &ifa->ifa_local, sizeof(ifa->ifa_local));
		if (!smb2_network_interface_add(list, ni))
			return false;
	}
	return true;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool add_v6(struct wire_list *list, struct net_device *dev,
		   struct smb2_network_interface *ni)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool ok = true;

	if (!in6)
		return true;
	read_lock_bh(&in6->lock);
	list_for_each_entry(ifa, &in6->addr_list, if_list) {
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DEPRECATED))
			continue;
		ni->ipv6 = true;
		memcpy(ni->address, &ifa->addr, sizeof(ni->address));
		ok = smb2_network_interface_add(list, ni);
		if (!ok)
			break;
	}
	read_unlock_bh(&in6->lock);
	return ok;
}
#else
static bool add_v6(struct wire_list *list, struct net_device *dev,
		   struct smb2_network_interface *ni)
{
	return true;
}
#endif

nt_status_t smb2_fsctl_netif(struct csrv_req *req, struct wire_out *out)
{
	struct wire_list list = smb2_network_interface_begin(out);
	struct net *net = req->conn->xprt->net;
	struct smb2_network_interface ni;
	struct net_device *dev;
	bool ok = true;

	if (!(req->conn->nego.server_caps & SMB2_GLOBAL_CAP_MULTI_CHANNEL))
		return NT_NOT_SUPPORTED;
	rtnl_lock();
	for_each_netdev(net, dev) {
		if (!(dev->flags & IFF_UP) || (dev->flags & IFF_LOOPBACK) ||
		    !netif_carrier_ok(dev))
			continue;
		ni = (struct smb2_network_interface) {
			.index		= dev->ifindex,
			.link_speed	= link_speed(dev),
			.capability	= dev->real_num_rx_queues > 1 ?
					  NETWORK_INTERFACE_RSS_CAPABLE : 0,
		};
		ok = add_v4(&list, dev, &ni) && add_v6(&list, dev, &ni);
		if (!ok)
			break;
	}
	rtnl_unlock();
	if (!ok)
		return NT_BUFFER_TOO_SMALL;
	return NT_OK;
}
