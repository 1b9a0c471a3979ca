// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/walk.c - vfs_path_lookup() by the policy of a share
 *
 * Every walk begins at the share's root or at a directory that such a walk has found, with
 * LOOKUP_BENEATH and LOOKUP_NO_MAGICLINKS: the kernel's walker does not leave it, also while other
 * tasks rename and link.
 */
#include <linux/dcache.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "internal.h"
#include "path.h"

#define WALK_BENEATH	(LOOKUP_BENEATH | LOOKUP_NO_MAGICLINKS)

/* LOOKUP_BENEATH returns -EAGAIN when a rename could have led ".." out. */
int csrv_walk_beneath(const struct path *start, const char *name, unsigned int lookup,
		      struct path *path)
{
	int tries = VFS_RETRIES;
	int err;

	do {
		err = vfs_path_lookup(start->dentry, start->mnt, name, lookup | WALK_BENEATH, path);
	} while (err == -EAGAIN && --tries);
	return err;
}

/* Walk the same name from the root of the file system tree, where a symlink can lead anywhere. */
static int walk_wide(const struct csrv_vfs_root *root, const char *name, unsigned int lookup,
		     struct path *path)
{
	char *full = kasprintf(GFP_KERNEL, "%s/%s", root->abs, name);
	int err;

	if (!full)
		return -ENOMEM;
	err = vfs_path_lookup(root->fs.dentry, root->fs.mnt, full, lookup | LOOKUP_NO_MAGICLINKS,
			      path);
	kfree(full);
	return err;
}

static int walk_as_asked(const struct csrv_vfs_root *root, const char *name, unsigned int lookup,
			 struct path *path)
{
	int err;

	if (root->flags & CSRV_ROOT_NO_SYMLINKS)
		lookup |= LOOKUP_NO_SYMLINKS;
	err = csrv_walk_beneath(&root->path, name, lookup, path);
	if (err == -EXDEV && (root->flags & CSRV_ROOT_WIDE_LINKS))
		err = walk_wide(root, name, lookup, path);
	/* Both errors mean a symlink that may not be followed. */
	return err == -EXDEV || err == -ELOOP ? -EACCES : err;
}

int csrv_walk(const struct csrv_vfs_root *root, const char *name, unsigned int lookup,
	      struct path *path)
{
	int err;

	if (!*name) {
		*path = root->path;
		path_get(path);
		return 0;
	}
	if (csrv_vetoed_in(root, name))
		return -ENOENT;
	err = walk_as_asked(root, name, lookup, path);
	/* A symlink leads to other names, and some file systems regard several names as one. */
	if (!err && csrv_vfs_path_vetoed(root, path)) {
		path_put(path);
		return -ENOENT;
	}
	return err;
}

int csrv_vfs_path_shown(const struct csrv_vfs_root *root, const struct path *path)
{
	if (!(root->flags & CSRV_ROOT_WIDE_LINKS) && !path_is_under(path, &root->path))
		return -EXDEV;
	return csrv_vfs_path_vetoed(root, path) ? -ENOENT : 0;
}
