// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../model/access.h"
#include "../model/revoke.h"
#include "../model/share.h"
#include "../model/sharepath.h"
#include "scopes.h"
#include "share_attrs_gen.h"

#define SHARE_NAME_MAX	80	/* [MS-SMB2] 2.2.9: the server's own limit on a share name */

static int share_copy(void *to, const void *from)
{
	return csrv_share_params_copy(to, from);
}

static void share_free(void *params)
{
	csrv_share_params_free(params);
}

static int share_publish(struct csrv_attr_item *it, const void *params)
{
	const struct csrv_share_params *p = params;
	const char *name = config_item_name(&it->group.cg_item);
	int err;

	if (!*p->path) {
		csrv_err_ratelimited("shares/%s: path is not set\n", name);
		return -EINVAL;
	}
	if (csrv_path_check(p->path) < 0) {
		csrv_err_ratelimited("shares/%s/path: %s: legal after %%: U u G g H m I S %%; where one of these but %%%% is used: an absolute path, or one that begins with %%H, without a component \".\" or \"..\"\n",
				     name, p->path);
		return -EINVAL;
	}
	err = csrv_share_publish(it->srv, name, p);
	if (err == -ENOENT || err == -ENOTDIR)
		csrv_err_ratelimited("shares/%s/path: %s: no such directory\n", name, p->path);
	return err;
}

static void share_revoke(struct csrv_attr_item *it)
{
	csrv_share_revoke(it->srv, config_item_name(&it->group.cg_item));
}

static const struct csrv_attr_scope share_scope = {
	.dir		= "shares/",
	.params_size	= sizeof(struct csrv_share_params),
	.copy		= share_copy,
	.free		= share_free,
	.publish	= share_publish,
	.revoke		= share_revoke,
};

static void share_release(struct config_item *item)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);

	csrv_attr_item_done(it);
	kfree(it);
}

static struct configfs_item_operations share_item_ops = {
	.release	= share_release,
};

static const struct config_item_type share_type = {
	.ct_item_ops	= &share_item_ops,
	.ct_attrs	= share_attrs,
	.ct_owner	= THIS_MODULE,
};

static int share_name_check(struct config_group *dir, const char *name)
{
	if (!csrv_text_name_ok(name, SHARE_NAME_MAX, "\\/:*?\"<>|")) {
		csrv_err_ratelimited("shares: legal names: at most %d bytes of UTF-8 without control characters and \\ / : * ? \" < > |\n",
				     SHARE_NAME_MAX);
		return -EINVAL;
	}
	if (csrv_names_same(name, "IPC$") || csrv_names_same(name, "ADMIN$")) {
		csrv_err_ratelimited("shares: the names IPC$ and ADMIN$ are the server's own\n");
		return -EINVAL;
	}
	return csrv_attr_name_taken(dir, name) ? -EEXIST : 0;
}

static struct config_item *share_make(struct config_group *dir, const char *name)
{
	struct csrv_share_params *params;
	struct csrv_attr_item *it;
	int err = share_name_check(dir, name);

	if (err)
		return ERR_PTR(err);
	it = kzalloc(sizeof(*it), GFP_KERNEL);
	params = kzalloc(sizeof(*params), GFP_KERNEL);
	err = it && params ? csrv_share_params_init(params) : -ENOMEM;
	if (err) {
		kfree(params);
		kfree(it);
		return ERR_PTR(err);
	}
	csrv_attr_item_init(it, &share_scope, to_csrv_configfs_dir(dir)->srv, params);
	config_group_init_type_name(&it->group, name, &share_type);
	return &it->group.cg_item;
}

static struct configfs_group_operations shares_ops = {
	.make_item	= share_make,
	.drop_item	= csrv_configfs_drop,
};

const struct config_item_type csrv_configfs_shares_type = {
	.ct_group_ops	= &shares_ops,
	.ct_owner	= THIS_MODULE,
};
