/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/vfs.h - VFS calls that changed between 6.1 and today; for the room vfs/ only */
#ifndef CIFSSRV_COMPAT_VFS_H
#define CIFSSRV_COMPAT_VFS_H

#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/xattr.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* Exported since 2.6.27, but its declaration came to a public header in 6.5 only. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);
#endif

/* 6.3 gave the mapping of ids of a mount a type of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
typedef struct mnt_idmap compat_idmap;

static inline compat_idmap *compat_mnt_idmap(const struct vfsmount *mnt)
{
	return mnt_idmap(mnt);
}
#else
typedef struct user_namespace compat_idmap;

static inline compat_idmap *compat_mnt_idmap(const struct vfsmount *mnt)
{
	return mnt_user_ns(mnt);
}
#endif

/* 6.19: an inode whose delegation must be broken before a change can be made. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
typedef struct delegated_inode compat_deleg;
#define COMPAT_DELEG_INIT	{ }

static inline bool compat_is_delegated(compat_deleg *deleg)
{
	return is_delegated(deleg);
}

static inline struct inode *compat_deleg_inode(const compat_deleg *deleg)
{
	return deleg->di_inode;
}
#else
typedef struct inode *compat_deleg;
#define COMPAT_DELEG_INIT	NULL

static inline bool compat_is_delegated(compat_deleg *deleg)
{
	return *deleg;
}

static inline struct inode *compat_deleg_inode(const compat_deleg *deleg)
{
	return *deleg;
}
#endif

/*
 * The result of a call that takes a delegated inode: -EWOULDBLOCK if there is a delegation.  Its
 * holder has been asked to return it, and the caller may not wait for that here.
 */
static inline int compat_deleg_err(compat_deleg *deleg, int err)
{
	if (!compat_is_delegated(deleg))
		return err;
	iput(compat_deleg_inode(deleg));
	return -EWOULDBLOCK;
}

/* 6.16: lookup_one*() take a qstr. */
static inline struct dentry *compat_lookup_one_unlocked(const struct vfsmount *mnt,
							const char *name, u32 len,
							struct dentry *dir)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return lookup_one_unlocked(mnt_idmap(mnt), &QSTR_LEN(name, len), dir);
#else
	return lookup_one_unlocked(compat_mnt_idmap(mnt), name, dir, len);
#endif
}

/*
 * Lock a directory and look up a name to create in it.  The dentry is positive if the name
 * exists already.  Ends with compat_end_creating().
 */
static inline struct dentry *compat_start_creating(const struct vfsmount *mnt,
						   struct dentry *dir, const char *name, u32 len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return start_creating(mnt_idmap(mnt), dir, &QSTR_LEN(name, len));
#else
	struct dentry *dentry;

	inode_lock_nested(d_inode(dir), I_MUTEX_PARENT);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	dentry = lookup_one(mnt_idmap(mnt), &QSTR_LEN(name, len), dir);
#else
	dentry = lookup_one(compat_mnt_idmap(mnt), name, dir, len);
#endif
	if (IS_ERR(dentry))
		inode_unlock(d_inode(dir));
	return dentry;
#endif
}

/* Unlock and drop @dentry; does nothing with an ERR_PTR, when nothing is locked. */
static inline void compat_end_creating(struct dentry *dir, struct dentry *dentry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	end_creating(dentry);
#else
	if (IS_ERR(dentry))
		return;
	inode_unlock(d_inode(dir));
	dput(dentry);
#endif
}

/* 7.0: the directory is known from the dentry. */
static inline int compat_vfs_create(const struct vfsmount *mnt, struct dentry *dir,
				    struct dentry *dentry, umode_t mode, compat_deleg *deleg)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return vfs_create(mnt_idmap(mnt), dentry, mode, deleg);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return vfs_create(mnt_idmap(mnt), d_inode(dir), dentry, mode, true);
#else
	return vfs_create(compat_mnt_idmap(mnt), d_inode(dir), dentry, mode, true);
#endif
}

/*
 * Consumes @dentry; returns the directory's dentry or an ERR_PTR.  Since 6.19 vfs_mkdir() ends a
 * failed creation itself; here this holds for every kernel.
 */
static inline struct dentry *compat_vfs_mkdir(const struct vfsmount *mnt, struct dentry *dir,
					      struct dentry *dentry, umode_t mode,
					      compat_deleg *deleg)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return vfs_mkdir(mnt_idmap(mnt), d_inode(dir), dentry, mode, deleg);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	dentry = vfs_mkdir(mnt_idmap(mnt), d_inode(dir), dentry, mode);
	if (IS_ERR(dentry))
		inode_unlock(d_inode(dir));
	return dentry;
#else
	int err = vfs_mkdir(compat_mnt_idmap(mnt), d_inode(dir), dentry, mode);

	if (!err)
		return dentry;
	compat_end_creating(dir, dentry);
	return ERR_PTR(err);
#endif
}

/*
 * Lock @dir for the removal of @dentry; -ENOENT if that is no longer a name in it.
 * 0: locked, compat_end_removing() follows.
 */
static inline int compat_start_removing(struct dentry *dir, struct dentry *dentry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	struct dentry *ret = start_removing_dentry(dir, dentry);

	if (ret == ERR_PTR(-EINVAL))
		return -ENOENT;
	return PTR_ERR_OR_ZERO(ret);
#else
	inode_lock_nested(d_inode(dir), I_MUTEX_PARENT);
	if (!IS_DEADDIR(d_inode(dir)) && dentry->d_parent == dir && !d_unhashed(dentry) &&
	    d_is_positive(dentry)) {
		/* If this were the only user, vfs_unlink() would take the inode from the dentry. */
		dget(dentry);
		return 0;
	}
	inode_unlock(d_inode(dir));
	return -ENOENT;
#endif
}

static inline void compat_end_removing(struct dentry *dir, struct dentry *dentry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	end_removing(dentry);
#else
	inode_unlock(d_inode(dir));
	dput(dentry);
#endif
}

static inline int compat_vfs_rmdir(const struct vfsmount *mnt, struct dentry *dir,
				   struct dentry *dentry, compat_deleg *deleg)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return vfs_rmdir(mnt_idmap(mnt), d_inode(dir), dentry, deleg);
#else
	return vfs_rmdir(compat_mnt_idmap(mnt), d_inode(dir), dentry);
#endif
}

/* One rename between two directories of one mount. */
struct compat_rename {
	struct renamedata rd;
	struct dentry *old_dir;		/* referenced from start to end */
	struct dentry *new_dir;
	struct dentry *old;		/* the same: so an unlink does not take its inode */
	struct dentry *new;		/* the same */
};

/*
 * Lock both directories and look up the target.  -ENOENT if @old has no name any more, -EINVAL if
 * it is above @new_dir, -ENOTEMPTY if the target is above it, -EXDEV for unconnected directories.
 */
static inline int compat_start_renaming(struct compat_rename *cr, const struct vfsmount *mnt,
					struct dentry *old, struct dentry *new_dir,
					const char *name, u32 len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	int err;

	*cr = (struct compat_rename){
		.rd = { .mnt_idmap = mnt_idmap(mnt), .new_parent = new_dir },
		.new_dir = new_dir,
		.old = old,
	};
	err = start_renaming_dentry(&cr->rd, 0, old, &QSTR_LEN(name, len));
	if (err == -EINVAL && d_unhashed(old))
		return -ENOENT;
	cr->old_dir = cr->rd.old_parent;
	cr->new = cr->rd.new_dentry;
	return err;
#else
	struct dentry *trap;
	int err;

	*cr = (struct compat_rename){ .old_dir = dget_parent(old), .new_dir = new_dir,
				      .old = dget(old) };
	trap = lock_rename(new_dir, cr->old_dir);
	if (IS_ERR(trap)) {
		err = PTR_ERR(trap);
		goto put;
	}
	err = -ENOENT;
	if (d_unhashed(old) || old->d_parent != cr->old_dir || IS_DEADDIR(d_inode(new_dir)))
		goto unlock;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	cr->new = lookup_one(mnt_idmap(mnt), &QSTR_LEN(name, len), new_dir);
#else
	cr->new = lookup_one(compat_mnt_idmap(mnt), name, new_dir, len);
#endif
	err = PTR_ERR(cr->new);
	if (IS_ERR(cr->new))
		goto unlock;
	err = old == trap ? -EINVAL : cr->new == trap ? -ENOTEMPTY : 0;
	if (!err)
		return 0;
	dput(cr->new);
unlock:
	unlock_rename(new_dir, cr->old_dir);
put:
	dput(cr->old_dir);
	dput(old);
	return err;
#endif
}

static inline int compat_vfs_rename(struct compat_rename *cr, const struct vfsmount *mnt,
				    u32 flags, compat_deleg *deleg)
{
	cr->rd.delegated_inode = deleg;
	cr->rd.flags = flags;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
	cr->rd.old_dentry = cr->old;
	cr->rd.new_dentry = cr->new;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	cr->rd.mnt_idmap = mnt_idmap(mnt);
	cr->rd.old_parent = cr->old_dir;
	cr->rd.new_parent = cr->new_dir;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	cr->rd.old_mnt_idmap = mnt_idmap(mnt);
	cr->rd.new_mnt_idmap = mnt_idmap(mnt);
	cr->rd.old_parent = cr->old_dir;
	cr->rd.new_parent = cr->new_dir;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	cr->rd.old_mnt_idmap = mnt_idmap(mnt);
	cr->rd.new_mnt_idmap = mnt_idmap(mnt);
	cr->rd.old_dir = d_inode(cr->old_dir);
	cr->rd.new_dir = d_inode(cr->new_dir);
#else
	cr->rd.old_mnt_userns = mnt_user_ns(mnt);
	cr->rd.new_mnt_userns = mnt_user_ns(mnt);
	cr->rd.old_dir = d_inode(cr->old_dir);
	cr->rd.new_dir = d_inode(cr->new_dir);
#endif
#endif
	return vfs_rename(&cr->rd);
}

static inline void compat_end_renaming(struct compat_rename *cr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	end_renaming(&cr->rd);
#else
	dput(cr->new);
	unlock_rename(cr->new_dir, cr->old_dir);
	dput(cr->old_dir);
	dput(cr->old);
#endif
}

/* 6.6: the time of the last change is read through a function. */
static inline struct timespec64 compat_inode_ctime(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return inode_get_ctime(inode);
#else
	return inode->i_ctime;
#endif
}

/* 6.7: likewise. */
static inline struct timespec64 compat_inode_mtime(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_mtime(inode);
#else
	return inode->i_mtime;
#endif
}

/* 6.8: vfs_iocb_iter_write() protects itself against freezing. */
static inline ssize_t compat_iocb_iter_write(struct file *file, struct kiocb *iocb,
					     struct iov_iter *from)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return vfs_iocb_iter_write(file, iocb, from);
#else
	ssize_t ret;

	file_start_write(file);
	ret = vfs_iocb_iter_write(file, iocb, from);
	file_end_write(file);
	return ret;
#endif
}

/* 6.2: ACLs have functions of their own, with the checks inside. */
static inline struct posix_acl *compat_get_acl(struct inode *inode, int type)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return get_inode_acl(inode, type);
#else
	return get_acl(inode, type);
#endif
}

/*
 * Set an xattr, or remove it if @value is NULL; not those of ACLs.  Between
 * csrv_change_begin() and csrv_change_end().  -EWOULDBLOCK: see compat_deleg_err().
 */
static inline int compat_set_xattr(const struct path *path, const char *name, const void *value,
				   size_t size)
{
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct inode *inode = d_inode(path->dentry);
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err;

	inode_lock(inode);
	if (value)
		err = __vfs_setxattr_locked(idmap, path->dentry, name, value, size, 0, &deleg);
	else
		err = __vfs_removexattr_locked(idmap, path->dentry, name, &deleg);
	inode_unlock(inode);
	return compat_deleg_err(&deleg, err);
}

/* Ask for delegations of @inode to be returned; -EWOULDBLOCK if there are any. */
static inline int compat_ask_deleg(struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	return break_deleg(inode, LEASE_BREAK_NONBLOCK);
#else
	return break_deleg(inode, O_WRONLY | O_NONBLOCK);
#endif
}

/*
 * @acl NULL removes it; its ids, those of the mount, may be changed.  Takes the inode's lock
 * itself; between csrv_change_begin() and csrv_change_end().
 *
 * Before 6.2 only setting the xattr calls security modules, breaks delegations and checks whether
 * the inode may change.  Since then that is not possible, and the function that does all this waits
 * for delegations: so their return is requested before.  It waits for one that is granted in
 * between.
 */
static inline int compat_set_acl(const struct path *path, int type, struct posix_acl *acl)
{
	const char *name = type == ACL_TYPE_ACCESS ? XATTR_NAME_POSIX_ACL_ACCESS :
						     XATTR_NAME_POSIX_ACL_DEFAULT;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	int err = compat_ask_deleg(d_inode(path->dentry));

	if (err)
		return err;
	if (!acl)
		return vfs_remove_acl(idmap, path->dentry, name);
	return vfs_set_acl(idmap, path->dentry, name, acl);
#else
	size_t size;
	void *buf;
	int err;

	if (!acl)
		return compat_set_xattr(path, name, NULL, 0);
	size = posix_acl_xattr_size(acl->a_count);
	buf = kmalloc(size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	err = posix_acl_to_xattr(&init_user_ns, acl, buf, size);
	if (err >= 0)
		err = compat_set_xattr(path, name, buf, size);
	kfree(buf);
	return err;
#endif
}

/* Since 6.12 memory that is allocated under the mutex of any group enters no file system. */
#ifndef FSNOTIFY_GROUP_NOFS
#define FSNOTIFY_GROUP_NOFS	0
#endif

/* 6.10: marks are added to an object, not to the place of its marks. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
static inline int compat_fsnotify_add(struct fsnotify_mark *mark, struct inode *inode, bool on_sb)
{
	if (on_sb)
		return fsnotify_add_mark(mark, inode->i_sb, FSNOTIFY_OBJ_TYPE_SB, 0);
	return fsnotify_add_mark(mark, inode, FSNOTIFY_OBJ_TYPE_INODE, 0);
}
#else
static inline int compat_fsnotify_add(struct fsnotify_mark *mark, struct inode *inode, bool on_sb)
{
	if (on_sb)
		return fsnotify_add_mark(mark, &inode->i_sb->s_fsnotify_marks,
					 FSNOTIFY_OBJ_TYPE_SB, 0, NULL);
	return fsnotify_add_mark(mark, &inode->i_fsnotify_marks, FSNOTIFY_OBJ_TYPE_INODE, 0, NULL);
}
#endif

#endif /* CIFSSRV_COMPAT_VFS_H */
