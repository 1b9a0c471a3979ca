/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/change.h - change owner, mode and times */
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
 * Return: 0; -EACCES for a caller that neither owns the object nor may write it; -EROFS, -EPERM …
 */
int csrv_vfs_settimes(const struct path *path, const struct timespec64 *atime,
		      const struct timespec64 *mtime);

/*
 * Set the write time without a check of permissions: to undo a change of it that the client has
 * forbidden.
 * @what: called with the inode locked, gives the time; false: it stays as it is
 */
int csrv_vfs_put_mtime(const struct path *path,
		       bool (*what)(void *arg, struct timespec64 *mtime), void *arg);

/*
 * Clear @clear, then set @set, of the twelve permission bits; a POSIX ACL's mask follows as in
 * chmod(2).  Where that would switch the ACL off others get less than the mode says:
 * csrv_acl_mode().  The caller excludes changes of the object's descriptor meanwhile.
 */
int csrv_vfs_chmod_bits(const struct path *path, umode_t clear, umode_t set);

/* @uid, @gid: (u32)-1 leaves it as it is. */
int csrv_vfs_chown(const struct path *path, u32 uid, u32 gid);

#endif /* CIFSSRV_VFS_CHANGE_H */
