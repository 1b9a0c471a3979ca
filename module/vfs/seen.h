/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/seen.h - may the caller learn a name below a directory, as by listing those on the way? */
#ifndef CIFSSRV_VFS_SEEN_H
#define CIFSSRV_VFS_SEEN_H

#include <linux/path.h>
#include <linux/types.h>

struct csrv_vfs_root;

/* Has @name, relative to any directory of the share, a vetoed component? */
bool csrv_vfs_name_vetoed(const struct csrv_vfs_root *root, const char *name);

/**
 * csrv_vfs_may_list() - may the caller list a directory now?
 * @dir: a directory
 * @name: of another one below it, with "/" between components
 * @len: bytes of @name
 *
 * Follows no symlink and enters no other mount.
 * Return: 0; -EACCES; -ENOENT: it cannot be said, as the directory has this name no longer.
 */
int csrv_vfs_may_list(const struct path *dir, const char *name, size_t len);

/* Likewise: would a listing with "hide unreadable" show @name, which ends with a NUL? */
int csrv_vfs_may_read(const struct path *dir, const char *name);

#endif /* CIFSSRV_VFS_SEEN_H */
