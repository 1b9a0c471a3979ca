// SPDX-License-Identifier: GPL-2.0-or-later
/* model/treeroot.c - the directory of a tree, where the path of its share has macros */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "access.h"
#include "conn.h"
#include "session.h"
#include "share.h"
#include "sharepath.h"
#include "treeroot.h"

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

/* As whom the tree acts. */
static int root_look_up(const struct csrv_tree *tree, struct csrv_share_cfg *cfg, const char *path,
			size_t own)
{
	const struct cred *old = csrv_cred_enter(tree->cred ?: tree->identity->cred);
	int err = csrv_vfs_root_find(&cfg->root, &cfg->of->root, path, own);

	csrv_cred_leave(old);
	return err;
}

static void cfg_locate(struct csrv_share_cfg *cfg)
{
	cfg->volume = jhash(cfg->root.abs, strlen(cfg->root.abs), cfg->of->volume) ?: 1;
}

static void tree_set_cfg(struct csrv_tree *tree, struct csrv_share_cfg *cfg)
{
	csrv_share_cfg_put(tree->cfg);
	tree->cfg = cfg;
}

static nt_status_t root_find(struct csrv_tree *tree, const struct csrv_conn *conn, char *path)
{
	struct csrv_share_cfg *cfg;
	size_t own;
	int err;

	if (root_expand(tree, conn, path, &own))
		return NT_BAD_NETWORK_NAME;
	cfg = csrv_share_cfg_own(tree);
	if (!cfg)
		return NT_INSUFFICIENT_RESOURCES;
	err = root_look_up(tree, cfg, path, own);
	if (err) {
		csrv_share_cfg_put(cfg);
		csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: %s: %pe\n",
					tree->share->name, tree->identity->user, conn->peer, path,
					ERR_PTR(err));
		return err == -ENOMEM ? NT_INSUFFICIENT_RESOURCES : NT_BAD_NETWORK_NAME;
	}
	cfg_locate(cfg);
	tree_set_cfg(tree, cfg);
	return NT_OK;
}

/**
 * csrv_tree_find_root() - a new tree gets its directory, if it is not the share's
 * @tree: has its rights, and is nobody else's yet
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
	struct csrv_share_cfg *cfg;

	if (!was->cfg->of)
		return 0;
	if (was->cfg->of == tree->cfg) {	/* only the user has changed */
		tree_set_cfg(tree, csrv_share_cfg_ref(was->cfg));
		return 0;
	}
	cfg = csrv_share_cfg_own(tree);
	if (!cfg)
		return -ENOMEM;
	if (csrv_vfs_root_find_again(&cfg->root, &cfg->of->root, &was->cfg->root)) {
		csrv_share_cfg_put(cfg);
		return -ENOMEM;
	}
	cfg_locate(cfg);
	tree_set_cfg(tree, cfg);
	return 0;
}
