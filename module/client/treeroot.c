// SPDX-License-Identifier: GPL-2.0-or-later
/* client/treeroot.c - the directory of a tree, where the path of its share has macros */
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../core/ends.h"
#include "../core/server.h"
#include "../policy/access.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../policy/sharedir.h"
#include "../policy/sharepath.h"
#include "conn.h"
#include "session.h"
#include "tree.h"
#include "treeroot.h"

/*
 * The values of the macros.  The name, group and home of "force user" and "force group" are not
 * known here: the writer of the path has replaced macros that depend on them.
 */
static void values_of(const struct csrv_rights *r, const struct csrv_conn *conn,
		      struct csrv_path_values *v)
{
	const struct csrv_share_params *p = &r->cfg->p;
	const struct csrv_identity *id = r->identity;

	*v = (struct csrv_path_values){
		.session_user	= id->user,
		.session_group	= id->group,
		.client		= conn->peer,
		.share		= p->homes ? id->user : r->share->name,
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

static int root_expand(const struct csrv_rights *r, const struct csrv_conn *conn, char *path,
		       size_t *own)
{
	struct csrv_path_values v;
	char macro;
	int err;

	values_of(r, conn, &v);
	err = csrv_path_expand(r->cfg->p.path, &v, path, PATH_MAX, own, &macro);
	if (err == -ENAMETOOLONG)
		csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: the path would have more than %d bytes\n",
					r->share->name, r->identity->user, conn->peer,
					PATH_MAX - 1);
	else if (err)
		csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: %%%c cannot be used\n",
					r->share->name, r->identity->user, conn->peer, macro);
	return err;
}

/* Look up with the credentials of the rights.  @own: as for csrv_vfs_place_find() */
static int place_look_up(const struct csrv_rights *r, struct csrv_vfs_place *place,
			 const char *path, size_t own)
{
	const struct cred *old = csrv_cred_enter(csrv_rights_cred(r));
	int err = csrv_vfs_place_find(place, &r->cfg->root, path, own);

	csrv_cred_leave(old);
	return err;
}

/* The directory takes over the charge of the tree connect. */
static struct csrv_tree_dir *dir_look_up(struct csrv_tree *tree, const struct csrv_rights *r,
					 const char *path, size_t own)
{
	struct csrv_tree_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int err;

	if (!dir)
		return ERR_PTR(-ENOMEM);
	err = place_look_up(r, &dir->place, path, own);
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

static nt_status_t root_find(struct csrv_tree *tree, struct csrv_rights *r,
			     const struct csrv_conn *conn, char *path)
{
	struct csrv_tree_dir *dir;
	size_t own;
	int err;

	if (root_expand(r, conn, path, &own))
		return NT_BAD_NETWORK_NAME;
	dir = dir_look_up(tree, r, path, own);
	err = IS_ERR(dir) ? PTR_ERR(dir) : csrv_rights_set_dir(r, dir);
	if (!err)
		return NT_OK;
	csrv_notice_ratelimited("shares/%s/path: no directory for user %s from %s: %s: %pe\n",
				r->share->name, r->identity->user, conn->peer, path,
				ERR_PTR(err));
	return err == -ENOMEM ? NT_INSUFFICIENT_RESOURCES : NT_BAD_NETWORK_NAME;
}

/**
 * csrv_tree_find_root() - look up the directory of a new tree, if it is not the share's
 * @tree: has its rights, is charged, and is not shared yet
 * @conn: the connection over which the client connects
 *
 * Takes as long as the file system takes, and is called without a lock.
 * Return: NT_OK; NT_BAD_NETWORK_NAME where this user has none (the log says why);
 * NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_tree_find_root(struct csrv_tree *tree, const struct csrv_conn *conn)
{
	struct csrv_rights *r = rcu_dereference_raw(tree->rights);	/* not shared yet */
	nt_status_t status;
	char *path;

	if (!r->cfg->each)
		return NT_OK;
	path = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!path)
		return NT_INSUFFICIENT_RESOURCES;
	status = root_find(tree, r, conn, path);
	kfree(path);
	return status;
}
