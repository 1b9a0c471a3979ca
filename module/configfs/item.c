// SPDX-License-Identifier: GPL-2.0-or-later
/* configfs/item.c - mkdir and rmdir in shares/, users/ and listeners/ */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../policy/access.h"
#include "item.h"

static const struct csrv_item_kind *kind_of(const struct csrv_attr_item *it)
{
	return container_of(it->scope, struct csrv_item_kind, scope);
}

static void item_release(struct config_item *item)
{
	struct csrv_attr_item *it = to_csrv_attr_item(item);
	const struct csrv_item_kind *kind = kind_of(it);

	if (kind->ended)
		kind->ended(it);
	csrv_attr_item_done(it);
	kfree(it);
}

struct configfs_item_operations csrv_item_ops = {
	.release	= item_release,
};

/**
 * csrv_item_name_taken() - is there an item with the same name, as clients compare names?
 * @dir: the group in which the item is to be made
 * @name: of the new item
 *
 * The server compares the names of shares and users without case; there must not be two items with
 * one name, or the end of one would be the end of both. Called from make_item, which configfs calls
 * under the subsystem's mutex, so the list does not change.
 *
 * Return: true if there is.
 */
bool csrv_item_name_taken(struct config_group *dir, const char *name)
{
	struct config_item *item;

	list_for_each_entry(item, &dir->cg_children, ci_entry)
		if (csrv_names_same(config_item_name(item), name))
			return true;
	return false;
}

static struct config_item *item_make(struct config_group *group, const char *name)
{
	struct csrv_item_dir *dir = container_of(group, struct csrv_item_dir, group);
	const struct csrv_item_kind *kind = dir->kind;
	struct csrv_attr_item *it;
	int err;

	err = kind->name_check(group, name);
	if (err)
		return ERR_PTR(err);
	it = kzalloc(kind->size, GFP_KERNEL);
	if (!it)
		return ERR_PTR(-ENOMEM);
	err = csrv_attr_item_init(it, name, &kind->scope, dir->srv);
	if (err) {
		kfree(it);
		return ERR_PTR(err);
	}
	if (kind->made)
		kind->made(it);
	return &it->group.cg_item;
}

/* Revoke, then drop. */
static void item_drop(struct config_group *group, struct config_item *item)
{
	csrv_attr_item_revoke(to_csrv_attr_item(item));
	config_item_put(item);
}

static struct configfs_group_operations dir_ops = {
	.make_item	= item_make,
	.drop_item	= item_drop,
};

static const struct config_item_type dir_type = {
	.ct_group_ops	= &dir_ops,
	.ct_owner	= THIS_MODULE,
};

/**
 * csrv_item_dir_init() - initialize a directory before configfs gets it
 * @dir: zeroed
 * @name: of the directory
 * @kind: of the items in it
 * @srv: outlives the directory
 */
void csrv_item_dir_init(struct csrv_item_dir *dir, const char *name,
			const struct csrv_item_kind *kind, struct csrv_server *srv)
{
	dir->kind = kind;
	dir->srv = srv;
	config_group_init_type_name(&dir->group, name, &dir_type);
}
