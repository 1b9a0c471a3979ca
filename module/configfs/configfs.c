// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/kernel/config/cifssrv/
 *
 *	server/			attributes of server.cfg; each store applies at once	server.c
 *	listeners/<name>/	attributes of listener.cfg, enable			listener.c
 *	shares/<name>/		attributes of share.cfg, enable				share.c
 *	users/<name>/		attributes of user.cfg, enable				user.c
 *
 * Directories in which mkdir creates items: item.c. Attributes: attr.c.
 *
 * mkdir creates an item with default values, which has no effect until 1 is written to enable.
 * rmdir of an enabled item revokes it first. The .cfg files are in configfs-schema/ and become
 * *_attrs_gen.h.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "configfs.h"
#include "scopes.h"

/* The whole tree, from load to unload. */
struct configfs_tree {
	struct configfs_subsystem	subsys;
	struct csrv_attr_item		server;
	struct csrv_item_dir		listeners;
	struct csrv_item_dir		shares;
	struct csrv_item_dir		users;
};

static const struct config_item_type root_type = {
	.ct_owner	= THIS_MODULE,
};

/* Set once at load: csrv_configfs_exit() has no argument. */
static struct configfs_tree *tree;

static void dir_add(struct config_group *root, struct csrv_item_dir *dir, const char *name,
		    const struct csrv_item_kind *kind, struct csrv_server *srv)
{
	csrv_item_dir_init(dir, name, kind, srv);
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
	dir_add(root, &t->listeners, "listeners", &csrv_configfs_listener, srv);
	dir_add(root, &t->shares, "shares", &csrv_configfs_share, srv);
	dir_add(root, &t->users, "users", &csrv_configfs_user, srv);
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
