// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/change.c - change owner, mode and times; begin and end of every change */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/uidgid.h>

#include "../compat/vfs.h"
#include "change.h"
#include "internal.h"

int csrv_change_begin(const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	if (!IS_IMMUTABLE(inode) && !IS_APPEND(inode))
		return 0;
	mnt_drop_write(path->mnt);
	return -EPERM;
}

void csrv_change_end(const struct path *path)
{
	mnt_drop_write(path->mnt);
}

static int change_locked(const struct path *path, struct iattr *attr, compat_deleg *deleg)
{
	struct inode *inode = d_inode(path->dentry);
	int err = 0;

	lockdep_assert_held_write(&inode->i_rwsem);
	if (attr->ia_valid & ATTR_MODE)
		err = csrv_acl_mode(inode, ACL_TYPE_ACCESS, &attr->ia_mode);
	if (err < 0)
		return err;
	return notify_change(compat_mnt_idmap(path->mnt), path->dentry, attr, deleg);
}

/* The caller stands between csrv_change_begin() and csrv_change_end(). */
static int change_begun(const struct path *path, struct iattr *attr)
{
	struct inode *inode = d_inode(path->dentry);
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err;

	inode_lock(inode);
	err = change_locked(path, attr, &deleg);
	inode_unlock(inode);
	return compat_deleg_err(&deleg, err);
}

static int change_attr(const struct path *path, struct iattr *attr)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = change_begun(path, attr);
	csrv_change_end(path);
	return err;
}

static void attr_times(struct iattr *attr, const struct timespec64 *atime,
		       const struct timespec64 *mtime)
{
	if (atime) {
		attr->ia_atime = *atime;
		attr->ia_valid |= ATTR_ATIME | ATTR_ATIME_SET;
	}
	if (mtime) {
		attr->ia_mtime = *mtime;
		attr->ia_valid |= ATTR_MTIME | ATTR_MTIME_SET;
	}
}

int csrv_vfs_settimes(const struct path *path, const struct timespec64 *atime,
		      const struct timespec64 *mtime)
{
	struct iattr attr = { .ia_valid = ATTR_CTIME | ATTR_TIMES_SET };
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct inode *inode = d_inode(path->dentry);
	int err;

	if (!atime && !mtime)
		return 0;
	attr_times(&attr, atime, mtime);
	/* Linux requires the owner; a client needs FILE_WRITE_ATTRIBUTES. */
	if (!inode_owner_or_capable(idmap, inode)) {
		err = inode_permission(idmap, inode, MAY_WRITE);
		if (err)
			return err;
		attr.ia_valid |= ATTR_FORCE;
	}
	return change_attr(path, &attr);
}

int csrv_vfs_put_mtime(const struct path *path,
		       bool (*what)(void *arg, struct timespec64 *mtime), void *arg)
{
	struct iattr attr = { .ia_valid = ATTR_CTIME | ATTR_FORCE | ATTR_MTIME | ATTR_MTIME_SET };
	struct inode *inode = d_inode(path->dentry);
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err = csrv_change_begin(path);

	if (err)
		return err;
	inode_lock(inode);
	if (what(arg, &attr.ia_mtime))
		err = change_locked(path, &attr, &deleg);
	inode_unlock(inode);
	csrv_change_end(path);
	return compat_deleg_err(&deleg, err);
}

static struct iattr mode_attr(const struct inode *inode, umode_t mode)
{
	return (struct iattr){
		.ia_valid = ATTR_MODE | ATTR_CTIME,
		.ia_mode = (mode & S_IALLUGO) | (inode->i_mode & S_IFMT),
	};
}

int csrv_change_mode(const struct path *path, umode_t mode)
{
	struct iattr attr = mode_attr(d_inode(path->dentry), mode);

	return change_begun(path, &attr);
}

int csrv_vfs_chmod_bits(const struct path *path, umode_t clear, umode_t set)
{
	umode_t now, mode;
	int err = csrv_change_begin(path);

	if (err)
		return err;
	now = d_inode(path->dentry)->i_mode & S_IALLUGO;
	mode = (now & ~clear) | set;
	if (mode != now)
		err = csrv_change_mode(path, mode);
	csrv_change_end(path);
	return err;
}

/* U32_MAX leaves an id as it is, as for chown(2). */
static int owner_attr(u32 uid, u32 gid, struct iattr *attr)
{
	kuid_t kuid = make_kuid(&init_user_ns, uid);
	kgid_t kgid = make_kgid(&init_user_ns, gid);

	*attr = (struct iattr){ .ia_valid = ATTR_CTIME };
	if (uid != (u32)-1) {
		if (!uid_valid(kuid))
			return -EINVAL;
		attr->ia_vfsuid = VFSUIDT_INIT(kuid);
		attr->ia_valid |= ATTR_UID;
	}
	if (gid != (u32)-1) {
		if (!gid_valid(kgid))
			return -EINVAL;
		attr->ia_vfsgid = VFSGIDT_INIT(kgid);
		attr->ia_valid |= ATTR_GID;
	}
	return 0;
}

int csrv_may_chown(const struct path *path, u32 uid, u32 gid)
{
	struct inode *inode = d_inode(path->dentry);
	struct iattr attr;
	int err = owner_attr(uid, gid, &attr);

	if (err)
		return err;
	inode_lock(inode);
	err = setattr_prepare(compat_mnt_idmap(path->mnt), path->dentry, &attr);
	inode_unlock(inode);
	return err;
}

int csrv_change_owner(const struct path *path, u32 uid, u32 gid)
{
	struct inode *inode = d_inode(path->dentry);
	struct iattr attr;
	int err = owner_attr(uid, gid, &attr);

	if (err)
		return err;
	if (!S_ISDIR(inode->i_mode)) {
		attr.ia_valid |= ATTR_KILL_SUID | ATTR_KILL_PRIV;
		if ((inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
			attr.ia_valid |= ATTR_KILL_SGID;
	}
	return change_begun(path, &attr);
}

int csrv_vfs_chown(const struct path *path, u32 uid, u32 gid)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = csrv_change_owner(path, uid, gid);
	csrv_change_end(path);
	return err;
}
