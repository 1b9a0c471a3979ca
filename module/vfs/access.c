// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/access.c - what the caller may do with an object */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/stat.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "access.h"
#include "internal.h"

bool csrv_vfs_is_read_only(const struct path *path)
{
	return __mnt_is_readonly(path->mnt);
}

int csrv_vfs_permission(const struct path *path, int mask)
{
	struct inode *inode = d_inode(path->dentry);

	if (mask & MAY_WRITE && csrv_vfs_is_read_only(path))
		return -EROFS;
	return inode_permission(compat_mnt_idmap(path->mnt), inode, mask);
}

/* In a sticky directory only the owners of file and directory may remove: inode(7), S_ISVTX. */
int csrv_vfs_may_delete(const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct path dir;
	int err;

	if (path->dentry == path->mnt->mnt_root || d_unlinked(path->dentry))
		return -EACCES;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode))
		return -EPERM;
	err = csrv_path_parent(path, &dir);
	if (err)
		return err;
	err = csrv_vfs_permission(&dir, MAY_WRITE | MAY_EXEC);
	if (!err && d_inode(dir.dentry)->i_mode & S_ISVTX)
		err = __check_sticky(idmap, d_inode(dir.dentry), inode) ? -EPERM : 0;
	if (!err && IS_APPEND(d_inode(dir.dentry)))
		err = -EPERM;
	path_put(&dir);
	return err;
}

#define READ_BITS	(FILE_READ_DATA | FILE_READ_EA)
#define WRITE_BITS	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)

static u32 access_from_mode(const struct path *path, u32 asked, bool dir)
{
	bool append = !dir && IS_APPEND(d_inode(path->dentry));
	u32 access = 0;

	if ((asked & READ_BITS) && !csrv_vfs_permission(path, MAY_READ))
		access |= READ_BITS;
	/* Owners get DELETE if they may write: csrv_vfs_max_access(). */
	if ((asked & (WRITE_BITS | FILE_DELETE_CHILD | ACCESS_DELETE)) &&
	    !csrv_vfs_permission(path, MAY_WRITE)) {
		access |= append ? FILE_APPEND_DATA : WRITE_BITS;	/* chattr(1), "a" */
		/* No meaning for a file, but some clients ask for all rights to one. */
		if (!dir || !csrv_vfs_permission(path, MAY_WRITE | MAY_EXEC))
			access |= FILE_DELETE_CHILD;
	}
	/* To execute a file, clients read it. */
	if ((asked & FILE_EXECUTE) &&
	    !csrv_vfs_permission(path, dir ? MAY_EXEC : MAY_EXEC | MAY_READ))
		access |= FILE_EXECUTE;
	return access;
}

/*
 * Sockets, FIFOs, devices and symlinks that lead nowhere are listed, renamed and removed like
 * other names.  Their data are for local programs.
 */
static u32 access_of_kind(const struct inode *inode)
{
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		return ~0u;
	if (S_ISLNK(inode->i_mode))
		return FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE | ACCESS_DELETE;
	return FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE | ACCESS_DELETE |
	       FILE_WRITE_ATTRIBUTES | WRITE_DAC | WRITE_OWNER;
}

/* Would csrv_change_begin() succeed? */
static bool is_changeable(const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);

	return !csrv_vfs_is_read_only(path) && !IS_IMMUTABLE(inode) && !IS_APPEND(inode);
}

u32 csrv_vfs_max_access(const struct path *path, u32 asked)
{
	struct inode *inode = d_inode(path->dentry);
	u32 access = FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;

	access |= access_from_mode(path, asked, S_ISDIR(inode->i_mode));
	if (inode_owner_or_capable(compat_mnt_idmap(path->mnt), inode)) {
		if (is_changeable(path))
			access |= WRITE_DAC | WRITE_OWNER | FILE_WRITE_ATTRIBUTES;
		/* Full control includes DELETE; a removal is checked when it comes. */
		if (access & FILE_WRITE_DATA)
			access |= ACCESS_DELETE;
	}
	if ((asked & ACCESS_DELETE & ~access) && !csrv_vfs_may_delete(path))
		access |= ACCESS_DELETE;
	return access & access_of_kind(inode);
}
