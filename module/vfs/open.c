// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/open.c - opening and closing */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/sched.h>

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

static int open_checked(const struct path *path, int oflags, struct file **file)
{
	struct file *f = dentry_open(path, oflags | O_LARGEFILE | O_NONBLOCK, current_cred());

	if (IS_ERR(f))
		return PTR_ERR(f);
	/* It was for leases of others, not for what will be read and written. */
	spin_lock(&f->f_lock);
	f->f_flags &= ~O_NONBLOCK;
	spin_unlock(&f->f_lock);
	*file = f;
	return 0;
}

int csrv_vfs_open(const struct path *path, int oflags, struct file **file)
{
	int err = check_type(d_inode(path->dentry), oflags);

	if (!err)
		err = check_rights(path, oflags);
	return err ? err : open_checked(path, oflags, file);
}

int csrv_vfs_open_created(const struct path *path, int oflags, struct file **file)
{
	int err = check_type(d_inode(path->dentry), oflags);

	return err ? err : open_checked(path, oflags, file);
}

void csrv_vfs_close(struct file *file)
{
	if (!file)
		return;
	/* filp_close() flushes and drops; keep one more reference to drop it at once. */
	get_file(file);
	filp_close(file, NULL);
	if (current->flags & PF_KTHREAD)
		__fput_sync(file);
	else
		fput(file);	/* ends when the task returns to user space */
}

/*
 * As ftruncate(2): the handle may write, so rights do not count again
 * (ATTR_FORCE), but set-id bits go.
 */
int csrv_vfs_ftruncate(struct file *file, loff_t size)
{
	struct dentry *dentry = file->f_path.dentry;
	struct inode *inode = d_inode(dentry);
	struct iattr attr = {
		.ia_size = size,
		.ia_file = file,
		.ia_valid = ATTR_SIZE | ATTR_FILE | ATTR_MTIME | ATTR_CTIME | ATTR_FORCE |
			    ATTR_KILL_PRIV,
	};
	int err;

	if (size < 0 || !S_ISREG(inode->i_mode))
		return -EINVAL;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode))
		return -EPERM;
	sb_start_write(inode->i_sb);
	inode_lock(inode);
	if (inode->i_mode & S_ISUID)
		attr.ia_valid |= ATTR_KILL_SUID;
	if ((inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		attr.ia_valid |= ATTR_KILL_SGID;
	err = notify_change(compat_mnt_idmap(file->f_path.mnt), dentry, &attr, NULL);
	inode_unlock(inode);
	sb_end_write(inode->i_sb);
	return err;
}
