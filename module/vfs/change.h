/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/change.h - owner, mode and times are changed */
#ifndef CIFSSRV_VFS_CHANGE_H
#define CIFSSRV_VFS_CHANGE_H

#include <linux/path.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * csrv_vfs_settimes() - set access and write time
 * @path: the object
 * @atime: NULL leaves it as it is
 * @mtime: NULL leaves it as it is
 *
 * Return: 0; -EACCES for who neither owns the object nor may write it; -EROFS, -EPERM …
 */
int csrv_vfs_settimes(const struct path *path, const struct timespec64 *atime,
		      const struct timespec64 *mtime);

/*
 * The write time, without a look at rights: for one that a change has moved and whose owner has
 * said that it shall not.
 * @what: tells, with the inode locked, what it is to be; false: it is to stay as it is
 */
int csrv_vfs_put_mtime(const struct path *path,
		       bool (*what)(void *arg, struct timespec64 *mtime), void *arg);

/*
 * @clear, then @set, of the twelve permission bits; a POSIX ACL's mask follows as in chmod(2).
 * Where that would switch the ACL off others get less than the mode says: csrv_acl_mode().  The
 * caller lets no descriptor of the object be set meanwhile.
 */
int csrv_vfs_chmod_bits(const struct path *path, umode_t clear, umode_t set);

/* @uid, @gid: (u32)-1 leaves it as it is. */
int csrv_vfs_chown(const struct path *path, u32 uid, u32 gid);

#endif /* CIFSSRV_VFS_CHANGE_H */
