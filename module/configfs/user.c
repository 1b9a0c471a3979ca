// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/errno.h>
#include <linux/module.h>

#include "../policy/user.h"
#include "../server/revoke.h"
#include "scopes.h"
#include "user_attrs_gen.h"

#define USER_NAME_MAX	256	/* CSRV_UP_MAX_NAME: what the daemon may answer */

CSRV_ATTR_PARAMS(user)

static int user_publish(struct csrv_attr_item *it, const void *params)
{
	return csrv_user_publish(it->srv, config_item_name(&it->group.cg_item), params);
}

static void user_revoke(struct csrv_attr_item *it)
{
	csrv_user_revoke(it->srv, config_item_name(&it->group.cg_item));
}

static const struct config_item_type user_type = {
	.ct_item_ops	= &csrv_item_ops,
	.ct_attrs	= user_attrs,
	.ct_owner	= THIS_MODULE,
};

static int user_name_check(struct config_group *dir, const char *name)
{
	if (!csrv_text_name_ok(name, USER_NAME_MAX, "\\/:\"")) {
		csrv_err_ratelimited("users: legal names: UTF-8 without control characters and \\ / : \"\n");
		return -EINVAL;
	}
	return csrv_item_name_taken(dir, name) ? -EEXIST : 0;
}

const struct csrv_item_kind csrv_configfs_user = {
	.scope = {
		.dir		= "users/",
		.type		= &user_type,
		.params_size	= sizeof(struct csrv_user_params),
		.init		= user_params_init,
		.copy		= user_params_copy,
		.free		= user_params_free,
		.publish	= user_publish,
		.revoke		= user_revoke,
	},
	.size		= sizeof(struct csrv_attr_item),
	.name_check	= user_name_check,
};
