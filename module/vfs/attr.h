/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/attr.h - attributes of an object and of its file system */
#ifndef CIFSSRV_VFS_ATTR_H
#define CIFSSRV_VFS_ATTR_H

#include <linux/path.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "dosinfo.h"

struct csrv_vfs_attr {
	u64 ino;
	u64 dev;		/* of the file system: new_encode_dev() */
	u64 size;		/* bytes; 0 for a directory */
	u64 alloc;		/* bytes; see csrv_vfs_getattr() */
	u32 nlink;
	u32 mode;		/* type and permission bits */
	u32 uid;
	u32 gid;
	u32 generation;		/* of the inode number, 0 if the file system has none */
	u32 blksize;
	struct timespec64 atime;
	struct timespec64 mtime;
	struct timespec64 ctime;
	struct timespec64 btime;
	bool has_btime;
	bool has_uid;		/* else the owner has no id here, and @uid may mean any user */
	bool is_dir;
	bool is_reg;
	bool is_symlink;
	bool is_compressed;
	bool is_encrypted;
	bool is_immutable;
};

/**
 * csrv_vfs_getattr() - attributes of an object
 * @path: the object
 * @attr: filled
 *
 * @alloc is st_blocks * 512, with one exception: an empty file of one block reports 0
 * unless it is one of data, because ext4 counts the block that holds long xattrs
 * (DOSATTRIB, ACLs) and SMB clients take space of an empty file for preallocation.  A
 * directory reports 0.
 *
 * Return: 0 or a negative errno.
 */
int csrv_vfs_getattr(const struct path *path, struct csrv_vfs_attr *attr);

/**
 * csrv_vfs_dosattr_get() - read the DOS attributes; needs no right to read the data
 * @path: the object
 * @dos: filled
 *
 * Return: 0, -ENODATA (nothing stored), -EOPNOTSUPP (no xattrs here), -EBADMSG
 * (stored, but not valid: treat as -ENODATA), -EIO …
 */
int csrv_vfs_dosattr_get(const struct path *path, struct csrv_vfs_dos *dos);

/**
 * csrv_vfs_dosattr_set() - replace the DOS attributes; needs the right to write the object
 * @path: the object
 * @dos: what is stored
 *
 * Return: 0, -EACCES, -EPERM, -EOPNOTSUPP, -ENOSPC …; -EWOULDBLOCK: see vfs/modify.c
 */
int csrv_vfs_dosattr_set(const struct path *path, const struct csrv_vfs_dos *dos);

/*
 * st_ctime, read without marking it as queried (multigrain timestamps): the next change within the
 * same tick of the file system's clock gets the same st_ctime.
 */
struct timespec64 csrv_vfs_ctime(const struct path *path);

/* Two marks are equal if a file did not change between them, but for changes in one clock tick. */
struct csrv_vfs_mark {
	u64 size;
	u64 bytes;		/* bytes that the file takes on disk */
	struct timespec64 mtime;
	struct timespec64 ctime;
};

/* From the inode in memory: does not ask the file system. */
struct csrv_vfs_mark csrv_vfs_mark(const struct path *path);

/* Would a change made now leave @mark as it is, apart from size and bytes? */
bool csrv_vfs_mark_is_now(const struct path *path, const struct csrv_vfs_mark *mark);

struct csrv_vfs_fsinfo {
	u64 block_size;		/* bytes per allocation unit */
	u64 total;		/* units */
	u64 free;		/* units, those reserved for root included */
	u64 avail;		/* units the caller can have */
	u64 files;
	u64 files_free;
	u64 fsid;		/* valid while the file system is mounted */
	u32 magic;		/* statfs(2) f_type */
	u32 name_max;		/* bytes */
	u32 logical_sector;	/* bytes */
	u32 physical_sector;	/* bytes */
	bool read_only;
	bool links;		/* it has hard links */
	bool acls;		/* it keeps POSIX ACLs */
	bool eas;		/* it keeps extended attributes of users */
	struct timespec64 created;	/* root directory's btime, else its mtime */
};

int csrv_vfs_statfs(const struct path *path, struct csrv_vfs_fsinfo *info);

#endif /* CIFSSRV_VFS_ATTR_H */
