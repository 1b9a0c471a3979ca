/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/access.h - what the caller may do with an object */
#ifndef CIFSSRV_VFS_ACCESS_H
#define CIFSSRV_VFS_ACCESS_H

#include <linux/path.h>
#include <linux/types.h>

/* @mask: of MAY_READ, MAY_WRITE, MAY_EXEC (search a directory), MAY_APPEND. */
int csrv_vfs_permission(const struct path *path, int mask);

/**
 * csrv_vfs_max_access() - the largest access mask that the caller can get
 * @path: the object; for DELETE the parent of its name counts
 * @asked: the bits that the caller looks at; others may be wrong.  ~0u: all
 *
 * From mode and POSIX ACL: r gives FILE_READ_DATA and FILE_READ_EA, w gives
 * FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_WRITE_EA (and FILE_DELETE_CHILD), x gives
 * FILE_EXECUTE; owner and root have WRITE_DAC, WRITE_OWNER and FILE_WRITE_ATTRIBUTES,
 * a writer has FILE_WRITE_ATTRIBUTES too; none of these for a read-only, immutable or append-only
 * object, and for the latter w gives FILE_APPEND_DATA alone; READ_CONTROL, SYNCHRONIZE and
 * FILE_READ_ATTRIBUTES every caller that could walk here; an object that is neither file nor
 * directory gives no right to data or EAs.  DELETE: owners that may write, and callers that may
 * unlink the name in its parent.
 *
 * Return: FILE_*, DELETE … bits of wire/access.h.
 */
u32 csrv_vfs_max_access(const struct path *path, u32 asked);

/* Is it on a read-only file system, or behind a read-only mount? */
bool csrv_vfs_is_read_only(const struct path *path);

/* 0 if the caller may remove this name from its directory, else -EACCES, -EPERM … */
int csrv_vfs_may_delete(const struct path *path);

#endif /* CIFSSRV_VFS_ACCESS_H */
