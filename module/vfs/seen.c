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

static int may(const struct path *dir, const char *name, unsigned int lookup, int mask)
{
	struct path path;
	int err = csrv_walk_beneath(dir, name, lookup | LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV, &path);

	if (err)
		return err == -EACCES ? err : -ENOENT;
	if (d_is_dir(path.dentry))
		mask |= MAY_EXEC;	/* as a listing has it that hides what cannot be read */
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
		err = may(dir, of, LOOKUP_DIRECTORY, MAY_READ);
	kfree(of);
	return err;
}

int csrv_vfs_may_read(const struct path *dir, const char *name)
{
	return may(dir, name, 0, MAY_READ);
}
