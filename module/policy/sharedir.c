// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/sharedir.c - directories of tree connects, where the path of a share has macros */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/objects.h"
#include "../core/ends.h"
#include "../core/server.h"
#include "share.h"
#include "sharedir.h"

struct csrv_tree_dir *csrv_tree_dir_get(struct csrv_tree_dir *dir)
{
	refcount_inc(&dir->ref);
	return dir;
}

static void dir_free(struct csrv_tree_dir *dir)
{
	csrv_quota_give(dir->payer, CSRV_QUOTA_TREE, 1);
	csrv_account_put(dir->payer);
	csrv_share_put_later(dir->share);
	csrv_object_destroyed(CSRV_OBJ_DIR);
	kfree(dir);
}

/* @dir is off share->left.  Takes as long as the directory's file system takes. */
static void dir_close(struct csrv_tree_dir *dir)
{
	csrv_vfs_place_close(&dir->place);
	csrv_share_one_left(dir->share);
	dir_free(dir);
}

static void dir_close_end(struct csrv_end *end)
{
	struct csrv_tree_dir *dir = container_of(end, struct csrv_tree_dir, end);

	spin_lock(&dir->share->left_lock);
	list_del_init(&dir->node);
	spin_unlock(&dir->share->left_lock);
	dir_close(dir);
}

/**
 * dir_put() - a reference is dropped
 * @dir: the directory
 *
 * The last reference queues the end, for which the revocation of the share waits; it does the end
 * itself if that is listed behind others.  Does not sleep; takes share->left_lock.
 */
static void dir_put(struct csrv_tree_dir *dir)
{
	struct csrv_share *share = dir->share;

	if (!refcount_dec_and_test(&dir->ref))
		return;
	csrv_end_init(&dir->end, CSRV_END_FILE, dir_close_end);
	spin_lock(&share->left_lock);
	atomic_inc(&share->nleft);
	list_add_tail(&dir->node, &share->left);
	csrv_end_queue(&dir->end, dir->payer->identity, share->srv->end_wq);
	if (share->left_late)
		csrv_end_hurry(&dir->end);
	spin_unlock(&share->left_lock);
}

/* A directory whose end is listed behind others of its user; NULL: there is none, nor will be. */
static struct csrv_tree_dir *dir_pop(struct csrv_share *share)
{
	struct csrv_tree_dir *dir, *found = NULL;

	spin_lock(&share->left_lock);
	list_for_each_entry(dir, &share->left, node)
		if (csrv_end_take(&dir->end)) {
			list_del_init(&dir->node);
			found = dir;
			break;
		}
	if (!found)
		share->left_late = true;
	spin_unlock(&share->left_lock);
	return found;
}

/* The share is revoked: put the directories whose ends are listed; from now on none is listed. */
void csrv_tree_dirs_finish(struct csrv_share *share)
{
	struct csrv_tree_dir *dir;

	while ((dir = dir_pop(share)))
		dir_close(dir);
}

/* A tree's own. */
static void own_free(struct csrv_share_cfg *cfg)
{
	csrv_share_cfg_put(cfg->of);
	dir_put(cfg->dir);
	kfree(cfg);
}

/**
 * csrv_share_cfg_own() - make the parameters of a share for one tree
 * @of: the share's parameters; the tree's own hold a reference
 * @dir: the tree's directory; the reference is taken over, and put without memory
 *
 * Sleeps; takes share->left_lock where @dir is put.
 * Return: with one reference; NULL without memory.
 */
struct csrv_share_cfg *csrv_share_cfg_own(struct csrv_share_cfg *of, struct csrv_tree_dir *dir)
{
	struct csrv_share_cfg *cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);

	if (!cfg) {
		dir_put(dir);
		return NULL;
	}
	refcount_set(&cfg->ref, 1);
	cfg->srv = of->srv;
	cfg->of = csrv_share_cfg_ref(of);
	cfg->p = of->p;
	cfg->force_groups = of->force_groups;
	cfg->guest_groups = of->guest_groups;
	cfg->dir = dir;
	cfg->free = own_free;
	cfg->root = csrv_vfs_root_at(&of->root, &dir->place);
	cfg->volume = jhash(cfg->root.abs, strlen(cfg->root.abs), of->volume) ?: 1;
	return cfg;
}
