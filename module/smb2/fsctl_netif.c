// SPDX-License-Identifier: GPL-2.0-or-later
/* smb2/fsctl_netif.c - FSCTL_QUERY_NETWORK_INTERFACE_INFO, [MS-SMB2] 3.3.5.15.11 */
#include <linux/string.h>
#include <net/ipv6.h>

#include "../client/netif.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/access.h"
#include "../upcall/upcall.h"
#include "../wire/fsctl.h"
#include "smb2.h"

/* [MS-SMB2] 2.2.32.5 */
static bool put(struct wire_list *list, const struct csrv_netif *from)
{
	struct smb2_network_interface ni = {
		.index		= from->index,
		.capability	= from->rss ? NETWORK_INTERFACE_RSS_CAPABLE : 0,
		.link_speed	= from->speed,
		.ipv6		= !ipv6_addr_v4mapped(&from->addr),
	};

	if (ni.ipv6)
		memcpy(ni.address, &from->addr, sizeof(from->addr));
	else
		memcpy(ni.address, &from->addr.s6_addr32[3], 4);
	return csrv_smb2_network_interface_add(list, &ni);
}

static nt_status_t put_all(struct csrv_req *req, const struct csrv_netif_list *from,
			   const char *interfaces, struct wire_out *out)
{
	struct wire_list list = csrv_smb2_network_interface_begin(out);
	u32 i, wanted = 0;
	bool ok = true;

	for (i = 0; i < from->num; i++) {
		const struct csrv_netif *ni = &from->ni[i];

		if (*interfaces && !csrv_interfaces_have(interfaces, ni->name, &ni->addr))
			continue;
		wanted++;
		ok = ok && put(&list, ni);
	}
	if (ok)
		return NT_OK;
	csrv_smb2_reply_needs(req, wanted * SMB2_NETWORK_INTERFACE_LEN);
	return NT_BUFFER_TOO_SMALL;
}

/*
 * The answer shows the inside of the server's network to the client of the connection: so only
 * where a named account has logged on over that connection.  Then that client may know it, from
 * whichever of its sessions it asks, the anonymous one too.
 */
nt_status_t csrv_smb2_fsctl_netif(struct csrv_req *req, struct wire_out *out)
{
	struct csrv_server *srv = req->conn->srv;
	struct csrv_netif_list *list;
	struct csrv_config *cfg;
	nt_status_t status;

	if (!(req->conn->nego.server_caps & SMB2_GLOBAL_CAP_MULTI_CHANNEL))
		return NT_NOT_SUPPORTED;
	if (!READ_ONCE(req->conn->proven))
		return NT_ACCESS_DENIED;
	list = csrv_netifs_get(&srv->netifs, req->conn->xprt->net);
	if (!list)
		return NT_INSUFFICIENT_RESOURCES;
	cfg = csrv_config_get(srv);
	status = put_all(req, list, cfg->p.interfaces, out);
	csrv_config_put(cfg);
	csrv_netifs_put(list);
	return status;
}
