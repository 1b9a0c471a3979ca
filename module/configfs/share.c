// SPDX-License-Identifier: GPL-2.0-or-later
#include "../base/log.h"

#include <linux/errno.h>
#include <linux/module.h>

#include "../policy/access.h"
#include "../policy/groups.h"
#include "../policy/share.h"
#include "../policy/sharepath.h"
#include "../server/revoke.h"
#include "scopes.h"
#include "share_attrs_gen.h"

#define SHARE_NAME_MAX	80	/* [MS-SMB2] 2.2.9: the server's own limit on a share name */

CSRV_ATTR_PARAMS(share)

/* The words of the list are numbers: the attribute has no others. */
static int groups_check(const char *name, const char *attr, const char *list)
{
	if (csrv_groups_read(list, NULL) >= 0)
		return 0;
	csrv_err_ratelimited("shares/%s/%s: legal: at most %d numbers\n", name, attr,
			     CSRV_GROUPS_MAX);
	return -EINVAL;
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
	if (groups_check(name, "force_groups", p->force_groups) ||
	    groups_check(name, "guest_groups", p->guest_groups))
		return -EINVAL;
	err = csrv_share_publish(it->srv, name, p);
	if (err == -ENOENT || err == -ENOTDIR)
		csrv_err_ratelimited("shares/%s/path: %s: no such directory\n", name, p->path);
	return err;
}

static void share_revoke(struct csrv_attr_item *it)
{
	csrv_share_revoke(it->srv, config_item_name(&it->group.cg_item));
}

static const struct config_item_type share_type = {
	.ct_item_ops	= &csrv_item_ops,
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
	return csrv_item_name_taken(dir, name) ? -EEXIST : 0;
}

const struct csrv_item_kind csrv_configfs_share = {
	.scope = {
		.dir		= "shares/",
		.type		= &share_type,
		.params_size	= sizeof(struct csrv_share_params),
		.init		= share_params_init,
		.copy		= share_params_copy,
		.free		= share_params_free,
		.publish	= share_publish,
		.revoke		= share_revoke,
	},
	.size		= sizeof(struct csrv_attr_item),
	.name_check	= share_name_check,
};
