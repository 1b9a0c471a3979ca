/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/xattr.h - extended attributes, as SMB's EAs
 *
 * An EA "Name" is the xattr "user.Name".  EA names match without regard to case
 * ([MS-FSCC] 2.4.15); the name on disk keeps the case it was made with.  Names this
 * server and Samba keep for themselves (DOSATTRIB, DosStream.*) are not EAs: they are
 * never listed, and naming one is -EACCES.
 */
#ifndef CIFSSRV_VFS_XATTR_H
#define CIFSSRV_VFS_XATTR_H

#include <linux/path.h>
#include <linux/types.h>

#define CSRV_EA_NAME_MAX	250u	/* "user." + name <= XATTR_NAME_MAX */
#define CSRV_EA_VALUE_MAX	65535u

struct csrv_vfs_ea_list {
	char *names;		/* without "user.", each with its NUL */
	size_t len;		/* bytes in @names, NULs included */
};

/**
 * csrv_vfs_ea_list() - the names of all EAs; csrv_vfs_ea_list_done() frees them
 * @path: the object
 * @list: filled
 *
 * Names longer than CSRV_EA_NAME_MAX do not occur.  A file system without xattrs gives an
 * empty list.
 * Return: 0, -EACCES, -ENOMEM, -EIO …
 */
int csrv_vfs_ea_list(const struct path *path, struct csrv_vfs_ea_list *list);
void csrv_vfs_ea_list_done(struct csrv_vfs_ea_list *list);

/* The next name after @name in the list (NULL: the first), NULL at the end. */
const char *csrv_vfs_ea_next(const struct csrv_vfs_ea_list *list, const char *name);

/* The name in the list that equals @name without regard to case; NULL: there is none. */
const char *csrv_vfs_ea_find(const struct csrv_vfs_ea_list *list, const char *name);

/**
 * csrv_vfs_ea_get() - the value of one EA
 * @path: the object
 * @name: as csrv_vfs_ea_list() has it
 * @buf: room for @size bytes, may be NULL to ask for the length
 * @size: bytes at @buf
 *
 * Return: bytes, -ENODATA if there is no such EA, -ERANGE if @size is too small, -EACCES …
 */
ssize_t csrv_vfs_ea_get(const struct path *path, const char *name, void *buf, size_t size);

/**
 * csrv_vfs_ea_set() - make or replace one EA
 * @path: the object
 * @name: without "user."
 * @value: @len bytes
 * @len: 0 removes it; removing an EA that does not exist succeeds, as on Windows
 *
 * Return: 0, -EINVAL (bad name), -E2BIG, -EACCES, -EOPNOTSUPP, -ENOSPC …; -EWOULDBLOCK: see
 * vfs/modify.c
 */
int csrv_vfs_ea_set(const struct path *path, const char *name, const void *value, size_t len);

/* Remove all EAs. */
int csrv_vfs_ea_clear(const struct path *path);

/**
 * csrv_vfs_ea_size() - EaSize of [MS-FSCC] 2.4.12
 * @path: the object
 * @num: incremented per EA that was read, each by a call of the file system
 *
 * Return: what all EAs take as FILE_FULL_EA_INFORMATION; 0 if there are none.
 */
u32 csrv_vfs_ea_size(const struct path *path, u32 *num);

#endif /* CIFSSRV_VFS_XATTR_H */
