/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/treeroot.h - the directory of a tree, where the path of its share has macros */
#ifndef CIFSSRV_CLIENT_TREEROOT_H
#define CIFSSRV_CLIENT_TREEROOT_H

#include "../wire/status.h"

struct csrv_conn;
struct csrv_tree;

nt_status_t csrv_tree_find_root(struct csrv_tree *tree, const struct csrv_conn *conn);

#endif /* CIFSSRV_CLIENT_TREEROOT_H */
