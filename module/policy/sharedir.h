/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/sharedir.h - directories of tree connects, where the path of a share has macros */
#ifndef CIFSSRV_POLICY_SHAREDIR_H
#define CIFSSRV_POLICY_SHAREDIR_H

#include <linux/list.h>
#include <linux/refcount.h>
#include "../vfs/vfs.h"
#include "../core/ends.h"

struct csrv_account;
struct csrv_share;
struct csrv_share_cfg;

/**
 * struct csrv_tree_dir - the directory of a tree connect: what one look-up has found
 * @ref: of the own parameters of its trees, one after the other
 * @share: a reference
 * @payer: a reference: the account that the tree connect is charged to, until the directory is
 *	put.  So however often its rights are replaced, for whichever user, no client makes more
 *	ends stand than there is room for tree connects
 * @place: the directory
 * @end: puts it, in a worker: that may wait for its file system
 * @node: share->left; share->left_lock
 */
struct csrv_tree_dir {
	refcount_t		ref;
	struct csrv_share	*share;
	struct csrv_account	*payer;
	struct csrv_vfs_place	place;
	struct csrv_end		end;
	struct list_head	node;
};

struct csrv_tree_dir *csrv_tree_dir_get(struct csrv_tree_dir *dir);
void csrv_tree_dirs_finish(struct csrv_share *share);
struct csrv_share_cfg *csrv_share_cfg_own(struct csrv_share_cfg *of, struct csrv_tree_dir *dir);

#endif /* CIFSSRV_POLICY_SHAREDIR_H */
