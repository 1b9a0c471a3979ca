// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/open.c - opening */
#include <linux/cred.h>
#include <linux/fs.h>

#include "../compat/vfs.h"
#include "open.h"

#define OPEN_FLAGS	(O_ACCMODE | O_APPEND | O_SYNC | O_DSYNC | O_DIRECT | O_NOATIME)

/* What open(2) checks of the object before it looks at rights. */
static int check_type(const struct inode *inode, int oflags)
{
	if (oflags & ~OPEN_FLAGS || (oflags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	/* Devices, FIFOs and sockets do things when opened; a symlink is no object. */
	if (!S_ISREG(inode->i_mode) && !S_ISDIR(inode->i_mode))
		return -EACCES;
	if (S_ISDIR(inode->i_mode) && (oflags & O_ACCMODE) != O_RDONLY)
		return -EISDIR;
	if (IS_APPEND(inode) && (oflags & O_ACCMODE) != O_RDONLY && !(oflags & O_APPEND))
		return -EPERM;
	return 0;
}

/* dentry_open() checks no rights: whoever calls it has to. */
static int check_rights(const struct path *path, int oflags)
{
	struct inode *inode = d_inode(path->dentry);
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	int mask = MAY_OPEN;

	if ((oflags & O_ACCMODE) != O_WRONLY)
		mask |= MAY_READ;
	if ((oflags & O_ACCMODE) != O_RDONLY)
		mask |= MAY_WRITE;
	if (oflags & O_APPEND)
		mask |= MAY_APPEND;
	if (oflags & O_NOATIME && !inode_owner_or_capable(idmap, inode))
		return -EPERM;
	return inode_permission(idmap, inode, mask);
}

static int open_checked(const struct path *path, int oflags, struct csrv_vfs_file *vf)
{
	struct file *f = dentry_open(path, oflags | O_LARGEFILE | O_NONBLOCK, current_cred());

	if (IS_ERR(f))
		return PTR_ERR(f);
	/* It was for leases of others, not for what will be read and written. */
	spin_lock(&f->f_lock);
	f->f_flags &= ~O_NONBLOCK;
	spin_unlock(&f->f_lock);
	*vf = (struct csrv_vfs_file){ .ops = &csrv_vfs_regular_ops, .filp = f };
	return 0;
}

int csrv_vfs_open(const struct path *path, int oflags, struct csrv_vfs_file *vf)
{
	int err = check_type(d_inode(path->dentry), oflags);

	if (!err)
		err = check_rights(path, oflags);
	return err ? err : open_checked(path, oflags, vf);
}

int csrv_vfs_open_created(const struct path *path, int oflags, struct csrv_vfs_file *vf)
{
	int err = check_type(d_inode(path->dentry), oflags);

	return err ? err : open_checked(path, oflags, vf);
}
