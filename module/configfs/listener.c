// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "../model/listener.h"
#include "listener_attrs_gen.h"
#include "scopes.h"

#define LISTENER_NAME_MAX	80

struct listener {
	struct csrv_attr_item	it;	/* first */
	struct net		*net;	/* the creator's, at mkdir; a reference */
};

static struct listener *to_listener(struct csrv_attr_item *it)
{
	return container_of(it, struct listener, it);
}

static int listener_copy(void *to, const void *from)
{
	return csrv_listener_params_copy(to, from);
}

static void listener_free(void *params)
{
	csrv_listener_params_free(params);
}

static int listener_publish(struct csrv_attr_item *it, const void *params)
{
	const struct csrv_listener_params *p = params;
	const char *name = config_item_name(&it->group.cg_item);

	if (p->transport == CSRV_LISTENER_TRANSPORT_RDMA) {
		csrv_err_ratelimited("listeners/%s/transport: rdma is not served yet; legal: tcp\n",
				     name);
		return -EOPNOTSUPP;
	}
	return csrv_listener_start(it->srv, name, to_listener(it)->net, p);
}

static void listener_revoke(struct csrv_attr_item *it)
{
	csrv_listener_stop(it->srv, config_item_name(&it->group.cg_item));
}

static const struct csrv_attr_scope listener_scope = {
	.dir		= "listeners/",
	.params_size	= sizeof(struct csrv_listener_params),
	.copy		= listener_copy,
	.free		= listener_free,
	.publish	= listener_publish,
	.revoke		= listener_revoke,
};

static void listener_release(struct config_item *item)
{
	struct listener *l = to_listener(to_csrv_attr_item(item));

	put_net(l->net);
	csrv_attr_item_done(&l->it);
	kfree(l);
}

static struct configfs_item_operations listener_item_ops = {
	.release	= listener_release,
};

static const struct config_item_type listener_type = {
	.ct_item_ops	= &listener_item_ops,
	.ct_attrs	= listener_attrs,
	.ct_owner	= THIS_MODULE,
};

static struct config_item *listener_make(struct config_group *dir, const char *name)
{
	struct csrv_listener_params *params;
	struct listener *l;
	int err;

	if (!csrv_text_name_ok(name, LISTENER_NAME_MAX, "/")) {
		csrv_err_ratelimited("listeners: legal names: at most %d bytes of UTF-8 without control characters\n",
				     LISTENER_NAME_MAX);
		return ERR_PTR(-EINVAL);
	}
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	params = kzalloc(sizeof(*params), GFP_KERNEL);
	err = l && params ? csrv_listener_params_init(params) : -ENOMEM;
	if (err) {
		kfree(params);
		kfree(l);
		return ERR_PTR(err);
	}
	l->net = get_net(current->nsproxy->net_ns);
	csrv_attr_item_init(&l->it, &listener_scope, to_csrv_configfs_dir(dir)->srv, params);
	config_group_init_type_name(&l->it.group, name, &listener_type);
	return &l->it.group.cg_item;
}

static struct configfs_group_operations listeners_ops = {
	.make_item	= listener_make,
	.drop_item	= csrv_configfs_drop,
};

const struct config_item_type csrv_configfs_listeners_type = {
	.ct_group_ops	= &listeners_ops,
	.ct_owner	= THIS_MODULE,
};
