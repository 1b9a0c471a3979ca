// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "../server/listener.h"
#include "listener_attrs_gen.h"
#include "scopes.h"

#define LISTENER_NAME_MAX	80

struct listener {
	struct csrv_attr_item	it;	/* first */
	struct net		*net;	/* the creator's, at mkdir; a reference */
};

static_assert(!offsetof(struct listener, it));

static struct listener *to_listener(struct csrv_attr_item *it)
{
	return container_of(it, struct listener, it);
}

CSRV_ATTR_PARAMS(listener)

static int listener_publish(struct csrv_attr_item *it, const void *params)
{
	return csrv_listener_start(it->srv, config_item_name(&it->group.cg_item),
				   to_listener(it)->net, params);
}

static void listener_revoke(struct csrv_attr_item *it)
{
	csrv_listener_stop(it->srv, config_item_name(&it->group.cg_item));
}

static const struct config_item_type listener_type = {
	.ct_item_ops	= &csrv_item_ops,
	.ct_attrs	= listener_attrs,
	.ct_owner	= THIS_MODULE,
};

static int listener_name_check(struct config_group *dir, const char *name)
{
	if (csrv_text_name_ok(name, LISTENER_NAME_MAX, "/"))
		return 0;
	csrv_err_ratelimited("listeners: legal names: at most %d bytes of UTF-8 without control characters\n",
			     LISTENER_NAME_MAX);
	return -EINVAL;
}

static void listener_made(struct csrv_attr_item *it)
{
	to_listener(it)->net = get_net(current->nsproxy->net_ns);
}

static void listener_ended(struct csrv_attr_item *it)
{
	put_net(to_listener(it)->net);
}

const struct csrv_item_kind csrv_configfs_listener = {
	.scope = {
		.dir		= "listeners/",
		.type		= &listener_type,
		.params_size	= sizeof(struct csrv_listener_params),
		.init		= listener_params_init,
		.copy		= listener_params_copy,
		.free		= listener_params_free,
		.publish	= listener_publish,
		.revoke		= listener_revoke,
	},
	.size		= sizeof(struct listener),
	.name_check	= listener_name_check,
	.made		= listener_made,
	.ended		= listener_ended,
};
