// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/seen.c - may the caller learn a name below a directory, as by listing those on the way? */
#include <linux/dcache.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "access.h"
#include "internal.h"
#include "seen.h"

bool csrv_vfs_name_vetoed(const struct csrv_vfs_root *root, const char *name)
{
	return csrv_vetoed_in(root, name);
}

static int may(const struct path *dir, const char *name, unsigned int lookup)
{
	struct path path;
	int mask, err = csrv_walk_beneath(dir, name, lookup | LOOKUP_NO_XDEV | LOOKUP_NO_SYMLINKS,
					  &path);

	if (err)
		return err == -EACCES ? err : -ENOENT;
	mask = d_is_dir(path.dentry) ? MAY_READ | MAY_EXEC : MAY_READ;
	/* What a symlink leads to would count. */
	err = d_is_symlink(path.dentry) ? -ENOENT : csrv_vfs_permission(&path, mask);
	path_put(&path);
	return err && err != -EACCES ? -ENOENT : err;
}

int csrv_vfs_may_list(const struct path *dir, const char *name, size_t len)
{
	char *of = kmemdup_nul(name, len, GFP_KERNEL);
	int err = -ENOENT;

	if (of)
		err = may(dir, of, LOOKUP_DIRECTORY);
	kfree(of);
	return err;
}

int csrv_vfs_may_read(const struct path *dir, const char *name)
{
	return may(dir, name, 0);
}
