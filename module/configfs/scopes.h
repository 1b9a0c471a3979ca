/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four directories, for configfs.c only. */
#ifndef CSRV_CONFIGFS_SCOPES_H
#define CSRV_CONFIGFS_SCOPES_H

#include "attr.h"

/* Directory in which mkdir makes items. Embedded in the tree, and as long-lived. */
struct csrv_configfs_dir {
	struct config_group	group;
	struct csrv_server	*srv;
};

static inline struct csrv_configfs_dir *to_csrv_configfs_dir(struct config_group *group)
{
	return container_of(group, struct csrv_configfs_dir, group);
}

extern const struct config_item_type csrv_configfs_shares_type;
extern const struct config_item_type csrv_configfs_users_type;
extern const struct config_item_type csrv_configfs_listeners_type;

int csrv_configfs_server_init(struct csrv_attr_item *it, struct csrv_server *srv);
void csrv_configfs_server_done(struct csrv_attr_item *it);
void csrv_configfs_drop(struct config_group *dir, struct config_item *item);

#endif /* CSRV_CONFIGFS_SCOPES_H */
