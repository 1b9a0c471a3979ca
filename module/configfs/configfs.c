// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/kernel/config/cifssrv/
 *
 *	server/			attributes of server.cfg; each store applies at once	server.c
 *	listeners/<name>/	attributes of listener.cfg, enable			listener.c
 *	shares/<name>/		attributes of share.cfg, enable				share.c
 *	users/<name>/		attributes of user.cfg, enable				user.c
 *
 * mkdir makes an item with default values, which does nothing until 1 is
 * written to enable. rmdir of an enabled item revokes it first. The .cfg
 * files are in configfs-schema/ and become *_attrs_gen.h.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "configfs.h"
#include "scopes.h"

/* The whole tree. Made at load, ended at unload. */
struct configfs_tree {
	struct configfs_subsystem	subsys;
	struct csrv_attr_item		server;
	struct csrv_configfs_dir	listeners;
	struct csrv_configfs_dir	shares;
	struct csrv_configfs_dir	users;
};

static const struct config_item_type root_type = {
	.ct_owner	= THIS_MODULE,
};

/* Set once at load: csrv_configfs_exit() has no argument to find it by. */
static struct configfs_tree *tree;

/* csrv_configfs_drop() - drop_item of all directories: revoke, then let go */
void csrv_configfs_drop(struct config_group *dir, struct config_item *item)
{
	csrv_attr_item_revoke(to_csrv_attr_item(item));
	config_item_put(item);
}

static void dir_add(struct config_group *root, struct csrv_configfs_dir *dir, const char *name,
		    const struct config_item_type *type, struct csrv_server *srv)
{
	dir->srv = srv;
	config_group_init_type_name(&dir->group, name, type);
	configfs_add_default_group(&dir->group, root);
}

static int tree_register(struct configfs_tree *t, struct csrv_server *srv)
{
	struct config_group *root = &t->subsys.su_group;
	int err;

	err = csrv_configfs_server_init(&t->server, srv);
	if (err)
		return err;
	mutex_init(&t->subsys.su_mutex);
	config_group_init_type_name(root, "cifssrv", &root_type);
	configfs_add_default_group(&t->server.group, root);
	dir_add(root, &t->listeners, "listeners", &csrv_configfs_listeners_type, srv);
	dir_add(root, &t->shares, "shares", &csrv_configfs_shares_type, srv);
	dir_add(root, &t->users, "users", &csrv_configfs_users_type, srv);
	err = configfs_register_subsystem(&t->subsys);
	if (err)
		csrv_configfs_server_done(&t->server);
	return err;
}

int csrv_configfs_init(struct csrv_server *srv)
{
	struct configfs_tree *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	err = tree_register(t, srv);
	if (err) {
		kfree(t);
		return err;
	}
	tree = t;
	return 0;
}

void csrv_configfs_exit(void)
{
	configfs_unregister_subsystem(&tree->subsys);
	csrv_configfs_server_done(&tree->server);
	mutex_destroy(&tree->subsys.su_mutex);
	kfree(tree);
	tree = NULL;
}
