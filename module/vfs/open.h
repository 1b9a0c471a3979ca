/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/open.h - opening and closing
 *
 * An open that only looks at attributes, or only deletes or renames, keeps just
 * a struct path (path_get(), path_put()): it needs no right to read, makes no
 * struct file, and everything in attr.h, path.h, xattr.h and acl.h takes a path.
 * csrv_vfs_open() is for data and for listing directories.
 */
#ifndef CIFSSRV_VFS_OPEN_H
#define CIFSSRV_VFS_OPEN_H

#include <linux/fs.h>
#include <linux/path.h>

/**
 * csrv_vfs_open() - open an existing file or directory
 * @path: the object: a regular file or a directory, anything else is -EACCES
 * @oflags: O_RDONLY, O_WRONLY or O_RDWR, plus any of O_APPEND, O_SYNC, O_DSYNC,
 *	O_DIRECT, O_NOATIME; others, O_TRUNC and O_CREAT among them, are -EINVAL (see
 *	csrv_vfs_ftruncate())
 * @file: the open file; the caller owns the reference (csrv_vfs_close())
 *
 * Rights are checked against the caller's credentials, which stay with the
 * file.  A directory can be opened with O_RDONLY only (-EISDIR).
 * Return: 0, -EACCES, -EISDIR, -EROFS, -ETXTBSY, -EMFILE …; -EWOULDBLOCK: a process on the
 * server's machine has a lease of the file (fcntl(2), F_SETLEASE), or nfsd's client has.  It has
 * been asked to give it up, and is not waited for.
 */
int csrv_vfs_open(const struct path *path, int oflags, struct file **file);

/*
 * The same for a file that this request has just created: its mode does not
 * limit the one who made it (open(2), O_CREAT).
 */
int csrv_vfs_open_created(const struct path *path, int oflags, struct file **file);

/*
 * Drop a reference.  The last one flushes and closes before this returns, so a
 * file system can be unmounted afterwards; do not call it under a lock that
 * ->release could need.  NULL is allowed.
 */
void csrv_vfs_close(struct file *file);

/**
 * csrv_vfs_ftruncate() - set the size through an open file
 * @file: open for writing: rights are not asked again
 * @size: bytes, negative is -EINVAL
 *
 * Return: 0; -EINVAL, also for what is no regular file; -EBADF, -EPERM (append-only, immutable),
 * -ENOSPC …
 */
int csrv_vfs_ftruncate(struct file *file, loff_t size);

#endif /* CIFSSRV_VFS_OPEN_H */
