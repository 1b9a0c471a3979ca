/* SPDX-License-Identifier: GPL-2.0-or-later */
/* configfs/item.h - directories in which mkdir makes items that can be enabled */
#ifndef CSRV_CONFIGFS_ITEM_H
#define CSRV_CONFIGFS_ITEM_H

#include <linux/types.h>

#include "attr.h"

/**
 * struct csrv_item_kind - what differs between shares, users and listeners
 * @scope: their attributes; its type has csrv_item_ops
 * @size: bytes of an item, which begins with struct csrv_attr_item
 * @name_check: may mkdir make this name in @dir? 0, or -errno after a line in the log
 * @made: called when the item is otherwise complete; or NULL
 * @ended: the reverse of @made; or NULL
 */
struct csrv_item_kind {
	struct csrv_attr_scope	scope;
	size_t			size;
	int (*name_check)(struct config_group *dir, const char *name);
	void (*made)(struct csrv_attr_item *it);
	void (*ended)(struct csrv_attr_item *it);
};

/* Such a directory, embedded in the tree. */
struct csrv_item_dir {
	struct config_group		group;
	const struct csrv_item_kind	*kind;
	struct csrv_server		*srv;
};

extern struct configfs_item_operations csrv_item_ops;

void csrv_item_dir_init(struct csrv_item_dir *dir, const char *name,
			const struct csrv_item_kind *kind, struct csrv_server *srv);
bool csrv_item_name_taken(struct config_group *dir, const char *name);

#endif /* CSRV_CONFIGFS_ITEM_H */
