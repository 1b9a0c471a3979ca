// SPDX-License-Identifier: GPL-2.0-or-later
/* model/treeroot.c - the directory of a tree, where the path of its share has macros */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "access.h"
#include "conn.h"
#include "ends.h"
#include "server.h"
#include "session.h"
#include "share.h"
#include "sharepath.h"
#include "treeroot.h"

/**
 * struct csrv_tree_dir - the directory of a tree connect: what one look-up has found
 * @ref: of the own parameters of its trees, one after the other
 * @share: a reference
 * @payer: a reference: the account that the tree connect is charged to, until the directory is
 *	put.  So however often its tree is replaced, and whoever it is of by then, nobody makes
 *	more ends stand than there is room for tree connects
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

static void dir_free(struct csrv_tree_dir *dir)
{
	csrv_quota_give(dir->payer, CSRV_QUOTA_TREE, 1);
	csrv_account_put(dir->payer);
	csrv_share_put_later(dir->share);
	csrv_object_destroyed(CSRV_OBJ_DIR);
	kfree(dir);
}

/* Off share->left: takes as long as the file system of the directory likes. */
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
 * csrv_tree_dir_put() - a reference goes; may be called from anywhere
 * @dir: the directory
 *
 * Whoever revokes the share waits for the last one's end, and does it where it would stand.
 */
void csrv_tree_dir_put(struct csrv_tree_dir *dir)
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

/* One that stands behind other ends of its user.  NULL: none does, nor will. */
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

/* The share is revoked: what would stand is put here, and from now on nothing stands. */
void csrv_tree_dirs_finish(struct csrv_share *share)
{
	struct csrv_tree_dir *dir;

	while ((dir = dir_pop(share)))
		dir_close(dir);
}

/* @cfg: a tree's own, which holds @dir and the share's */
void csrv_tree_dir_root(const struct csrv_tree_dir *dir, struct csrv_share_cfg *cfg)
{
	cfg->root = csrv_vfs_root_at(&cfg->of->root, &dir->place);
	cfg->volume = jhash(cfg->root.abs, strlen(cfg->root.abs), cfg->of->volume) ?: 1;
}

/*
 * What the macros stand for.  The name, group and home of "force user" and "force group" are
 * not known here: whoever writes the path replaces the macros that would be theirs.
 */
static void values_of(const struct csrv_tree *tree, const struct csrv_conn *conn,
		      struct csrv_path_values *v)
{
	const struct csrv_share_params *p = &tree->cfg->p;
	const struct csrv_identity *id = tree->identity;

	*v = (struct csrv_path_values){
		.session_user	= id->user,
		.session_group	= id->group,
		.client		= conn->peer,
		.share		= p->homes ? id->user : tree->share->name,
	};
	if (csrv_share_is_guests(p)) {
		v->user = p->guest_user;
	} else if (p->force_uid == U32_MAX) {
		v->user = id->user;
		v->home = id->home;
		if (p->force_gid == U32_MAX)
			v->group = id->group;
	}
}

static int root_expand(const struct csrv_tree *tree, const struct csrv_conn *conn, char *path,
		       size_t *own)
{
	struct csrv_path_values v;
	char macro;
	int err;

	values_of(tree, conn, &v);
	err = csrv_path_expand(tree->cfg->p.path, &v, path, PATH_MAX, own, &macro);
	if (err == -ENAMETOOLONG)
		csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: the path would have more than %d bytes\n",
					tree->share->name, tree->identity->user, conn->peer,
					PATH_MAX - 1);
	else if (err)
		csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: %%%c cannot be used\n",
					tree->share->name, tree->identity->user, conn->peer, macro);
	return err;
}

/* As whom the tree acts.  @own: as for csrv_vfs_place_find() */
static int place_look_up(const struct csrv_tree *tree, struct csrv_vfs_place *place,
			 const char *path, size_t own)
{
	const struct cred *old = csrv_cred_enter(tree->cred ?: tree->identity->cred);
	int err = csrv_vfs_place_find(place, &tree->cfg->root, path, own);

	csrv_cred_leave(old);
	return err;
}

/* The charge of the tree connect is the directory's from then on. */
static struct csrv_tree_dir *dir_look_up(struct csrv_tree *tree, const char *path, size_t own)
{
	struct csrv_tree_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int err;

	if (!dir)
		return ERR_PTR(-ENOMEM);
	err = place_look_up(tree, &dir->place, path, own);
	if (err) {
		kfree(dir);
		return ERR_PTR(err);
	}
	refcount_set(&dir->ref, 1);
	dir->share = csrv_share_get(tree->share);
	dir->payer = tree->payer;
	tree->payer = NULL;
	csrv_object_created(CSRV_OBJ_DIR);
	return dir;
}

/* Consumes the reference. */
static int tree_set_dir(struct csrv_tree *tree, struct csrv_tree_dir *dir)
{
	struct csrv_share_cfg *cfg = csrv_share_cfg_own(tree, dir);

	if (!cfg)
		return -ENOMEM;
	csrv_share_cfg_put(tree->cfg);
	tree->cfg = cfg;
	return 0;
}

static nt_status_t root_find(struct csrv_tree *tree, const struct csrv_conn *conn, char *path)
{
	struct csrv_tree_dir *dir;
	size_t own;
	int err;

	if (root_expand(tree, conn, path, &own))
		return NT_BAD_NETWORK_NAME;
	dir = dir_look_up(tree, path, own);
	err = IS_ERR(dir) ? PTR_ERR(dir) : tree_set_dir(tree, dir);
	if (!err)
		return NT_OK;
	csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: %s: %pe\n",
				tree->share->name, tree->identity->user, conn->peer, path,
				ERR_PTR(err));
	return err == -ENOMEM ? NT_INSUFFICIENT_RESOURCES : NT_BAD_NETWORK_NAME;
}

/**
 * csrv_tree_find_root() - a new tree gets its directory, if it is not the share's
 * @tree: has its rights, is charged, and is nobody else's yet
 * @conn: over which the client connects
 *
 * Takes as long as the file system likes, and is called without a lock.
 * Return: NT_OK; NT_BAD_NETWORK_NAME where there is none for this user (the log says why);
 * NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_tree_find_root(struct csrv_tree *tree, const struct csrv_conn *conn)
{
	nt_status_t status;
	char *path;

	if (!tree->cfg->each)
		return NT_OK;
	path = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!path)
		return NT_INSUFFICIENT_RESOURCES;
	status = root_find(tree, conn, path);
	kfree(path);
	return status;
}

/**
 * csrv_tree_keep_root() - ... one that takes the place of another keeps that one's
 * @tree: has the share's parameters of today
 * @was: the other
 *
 * Waits for no file system.  Return: 0; -ENOMEM.
 */
int csrv_tree_keep_root(struct csrv_tree *tree, const struct csrv_tree *was)
{
	struct csrv_tree_dir *dir = was->cfg->dir;

	if (!dir)
		return 0;
	refcount_inc(&dir->ref);
	return tree_set_dir(tree, dir);
}
