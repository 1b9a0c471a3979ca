/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four directories, for configfs.c only. */
#ifndef CSRV_CONFIGFS_SCOPES_H
#define CSRV_CONFIGFS_SCOPES_H

#include "item.h"

extern const struct csrv_item_kind csrv_configfs_share;
extern const struct csrv_item_kind csrv_configfs_user;
extern const struct csrv_item_kind csrv_configfs_listener;

int csrv_configfs_server_init(struct csrv_attr_item *it, struct csrv_server *srv);
void csrv_configfs_server_done(struct csrv_attr_item *it);

#endif /* CSRV_CONFIGFS_SCOPES_H */
