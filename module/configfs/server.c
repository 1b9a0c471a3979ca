// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../model/server.h"
#include "scopes.h"
#include "server_attrs_gen.h"

static int server_copy(void *to, const void *from)
{
	return csrv_server_params_copy(to, from);
}

static void server_free(void *params)
{
	csrv_server_params_free(params);
}

static int server_publish(struct csrv_attr_item *it, const void *params)
{
	const struct csrv_server_params *p = params;

	if (p->min_protocol > p->max_protocol) {
		csrv_err_ratelimited("server: min_protocol must not be newer than max_protocol\n");
		return -EINVAL;
	}
	return csrv_server_apply(it->srv, p);
}

static const struct csrv_attr_scope server_scope = {
	.dir		= "",
	.params_size	= sizeof(struct csrv_server_params),
	.copy		= server_copy,
	.free		= server_free,
	.publish	= server_publish,
};

static const struct config_item_type server_type = {
	.ct_attrs	= server_attrs,
	.ct_owner	= THIS_MODULE,
};

/* csrv_configfs_server_init() - the group server/, and its defaults in force */
int csrv_configfs_server_init(struct csrv_attr_item *it, struct csrv_server *srv)
{
	struct csrv_server_params *params = kzalloc(sizeof(*params), GFP_KERNEL);
	int err;

	if (!params)
		return -ENOMEM;
	err = csrv_server_params_init(params);
	if (err) {
		kfree(params);
		return err;
	}
	csrv_attr_item_init(it, &server_scope, srv, params);
	config_group_init_type_name(&it->group, "server", &server_type);
	err = server_publish(it, params);
	if (err)
		csrv_configfs_server_done(it);
	else
		it->enabled = true;	/* for ever: every store is published */
	return err;
}

void csrv_configfs_server_done(struct csrv_attr_item *it)
{
	csrv_attr_item_done(it);
}
