/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/open.h - opening
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

#include "rw.h"

/**
 * csrv_vfs_open() - open an existing file or directory
 * @path: the object: a regular file or a directory, anything else is -EACCES
 * @oflags: O_RDONLY, O_WRONLY or O_RDWR, plus any of O_APPEND, O_SYNC, O_DSYNC,
 *	O_DIRECT, O_NOATIME; others, O_TRUNC and O_CREAT among them, are -EINVAL (see
 *	csrv_vfs_truncate())
 * @vf: filled on success; csrv_vfs_close() ends it
 *
 * Rights are checked against the caller's credentials, which stay with the
 * file.  A directory can be opened with O_RDONLY only (-EISDIR).
 * Return: 0, -EACCES, -EISDIR, -EROFS, -ETXTBSY, -EMFILE …; -EWOULDBLOCK: a process on the
 * server's machine has a lease of the file (fcntl(2), F_SETLEASE), or nfsd's client has.  It has
 * been asked to give it up, and is not waited for.
 */
int csrv_vfs_open(const struct path *path, int oflags, struct csrv_vfs_file *vf);

/*
 * The same for a file that this request has just created: its mode does not
 * limit the one who made it (open(2), O_CREAT).
 */
int csrv_vfs_open_created(const struct path *path, int oflags, struct csrv_vfs_file *vf);

#endif /* CIFSSRV_VFS_OPEN_H */
