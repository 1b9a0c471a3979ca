// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/errno.h>
#include <linux/module.h>

#include "../core/server.h"
#include "../server/life.h"
#include "scopes.h"
#include "server_attrs_gen.h"

CSRV_ATTR_PARAMS(server)

static int server_publish(struct csrv_attr_item *it, const void *params)
{
	const struct csrv_server_params *p = params;

	if (p->min_protocol > p->max_protocol) {
		csrv_err_ratelimited("server: min_protocol must not be newer than max_protocol\n");
		return -EINVAL;
	}
	return csrv_server_apply(it->srv, p);
}

static const struct config_item_type server_type = {
	.ct_attrs	= server_attrs,
	.ct_owner	= THIS_MODULE,
};

static const struct csrv_attr_scope server_scope = {
	.dir		= "",
	.type		= &server_type,
	.params_size	= sizeof(struct csrv_server_params),
	.init		= server_params_init,
	.copy		= server_params_copy,
	.free		= server_params_free,
	.publish	= server_publish,
};

/* csrv_configfs_server_init() - make the group server/, and put its defaults into effect */
int csrv_configfs_server_init(struct csrv_attr_item *it, struct csrv_server *srv)
{
	int err = csrv_attr_item_init(it, "server", &server_scope, srv);

	if (err)
		return err;
	err = server_publish(it, it->params);
	if (err)
		csrv_configfs_server_done(it);
	else
		it->enabled = true;	/* always: every store is published */
	return err;
}

void csrv_configfs_server_done(struct csrv_attr_item *it)
{
	csrv_attr_item_done(it);
}
