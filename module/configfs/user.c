// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../model/revoke.h"
#include "../model/user.h"
#include "scopes.h"
#include "user_attrs_gen.h"

#define USER_NAME_MAX	256	/* CSRV_UP_MAX_NAME: what the daemon may answer */

static int user_copy(void *to, const void *from)
{
	return csrv_user_params_copy(to, from);
}

static void user_free(void *params)
{
	csrv_user_params_free(params);
}

static int user_publish(struct csrv_attr_item *it, const void *params)
{
	return csrv_user_publish(it->srv, config_item_name(&it->group.cg_item), params);
}

static void user_revoke(struct csrv_attr_item *it)
{
	csrv_user_revoke(it->srv, config_item_name(&it->group.cg_item));
}

static const struct csrv_attr_scope user_scope = {
	.dir		= "users/",
	.params_size	= sizeof(struct csrv_user_params),
	.copy		= user_copy,
	.free		= user_free,
	.publish	= user_publish,
	.revoke		= user_revoke,
};

static void user_release(struct config_item *item)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);

	csrv_attr_item_done(it);
	kfree(it);
}

static struct configfs_item_operations user_item_ops = {
	.release	= user_release,
};

static const struct config_item_type user_type = {
	.ct_item_ops	= &user_item_ops,
	.ct_attrs	= user_attrs,
	.ct_owner	= THIS_MODULE,
};

static struct config_item *user_make(struct config_group *dir, const char *name)
{
	struct csrv_user_params *params;
	struct csrv_attr_item *it;
	int err;

	if (!csrv_text_name_ok(name, USER_NAME_MAX, "\\/:\"")) {
		csrv_err_ratelimited("users: legal names: UTF-8 without control characters and \\ / : \"\n");
		return ERR_PTR(-EINVAL);
	}
	if (csrv_attr_name_taken(dir, name))
		return ERR_PTR(-EEXIST);
	it = kzalloc(sizeof(*it), GFP_KERNEL);
	params = kzalloc(sizeof(*params), GFP_KERNEL);
	err = it && params ? csrv_user_params_init(params) : -ENOMEM;
	if (err) {
		kfree(params);
		kfree(it);
		return ERR_PTR(err);
	}
	csrv_attr_item_init(it, &user_scope, to_csrv_configfs_dir(dir)->srv, params);
	config_group_init_type_name(&it->group, name, &user_type);
	return &it->group.cg_item;
}

static struct configfs_group_operations users_ops = {
	.make_item	= user_make,
	.drop_item	= csrv_configfs_drop,
};

const struct config_item_type csrv_configfs_users_type = {
	.ct_group_ops	= &users_ops,
	.ct_owner	= THIS_MODULE,
};
