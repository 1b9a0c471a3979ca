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
 * struct csrv_tree_dir - the directory of a tree connect, found by one look-up
 * @ref: held by the parameters of its tree, and by those that replace them
 * @share: a reference
 * @payer: a reference: the account that the tree connect is charged to, until the directory is
 *	put.  However often the tree's rights are replaced, for whichever user, a client has no
 *	more ends waiting than there is room for tree connects
 * @place: the directory
 * @end: puts the directory in a worker, which may wait for its file system
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
