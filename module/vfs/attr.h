/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/attr.h - facts about an object and about its file system */
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
	bool has_uid;		/* else the owner has no number here, and @uid may be anybody's */
	bool is_dir;
	bool is_reg;
	bool is_symlink;
	bool is_compressed;
	bool is_encrypted;
	bool is_immutable;
};

/**
 * csrv_vfs_getattr() - facts about an object
 *
 * @alloc is st_blocks * 512, with one exception: an empty file of one block reports 0
 * unless it is one of data, because ext4 counts the block that holds long xattrs
 * (DOSATTRIB, ACLs) and SMB clients take space of an empty file for preallocation.  A
 * directory reports 0.
 */
int csrv_vfs_getattr(const struct path *path, struct csrv_vfs_attr *attr);

/**
 * csrv_vfs_settimes() - set access and write time
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

/**
 * csrv_vfs_dosattr_get() - read it; needs no right to read the data
 *
 * Return: 0, -ENODATA (nothing stored), -EOPNOTSUPP (no xattrs here), -EBADMSG
 * (what is stored is not what it should be: treat as -ENODATA), -EIO …
 */
int csrv_vfs_dosattr_get(const struct path *path, struct csrv_vfs_dos *dos);

/**
 * csrv_vfs_dosattr_set() - replace it; needs the right to write the object
 *
 * Return: 0, -EACCES, -EPERM, -EOPNOTSUPP, -ENOSPC …; -EWOULDBLOCK: see vfs/modify.c
 */
int csrv_vfs_dosattr_set(const struct path *path, const struct csrv_vfs_dos *dos);

/*
 * st_ctime without telling the file system that it was looked at: the next change within the
 * same tick of its clock then gets the same.
 */
struct timespec64 csrv_vfs_ctime(const struct path *path);

/* What no change of a file leaves alone, but for one that comes in the same tick of the clock. */
struct csrv_vfs_mark {
	u64 size;
	u64 bytes;		/* that the disk has for it */
	struct timespec64 mtime;
	struct timespec64 ctime;
};

/* As the kernel knows it: asks no file system. */
struct csrv_vfs_mark csrv_vfs_mark(const struct path *path);

/* Would a change that came now leave @mark as it is, but for size and bytes? */
bool csrv_vfs_mark_is_now(const struct path *path, const struct csrv_vfs_mark *mark);

/* @mask: of MAY_READ, MAY_WRITE, MAY_EXEC (search a directory), MAY_APPEND. */
int csrv_vfs_permission(const struct path *path, int mask);

/**
 * csrv_vfs_max_access() - the access mask the caller could get at most
 * @path: the object; its name's parent counts for DELETE
 * @asked: bits that matter; others need not be right. ~0u: all
 *
 * From mode and POSIX ACL: r gives FILE_READ_DATA and FILE_READ_EA, w gives
 * FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_WRITE_EA (and FILE_DELETE_CHILD), x gives
 * FILE_EXECUTE; owner and root have WRITE_DAC, WRITE_OWNER and FILE_WRITE_ATTRIBUTES,
 * a writer has FILE_WRITE_ATTRIBUTES too; none of these for what is read-only, immutable
 * or append-only, and of the latter w gives FILE_APPEND_DATA alone; READ_CONTROL, SYNCHRONIZE
 * and FILE_READ_ATTRIBUTES everyone who got here; of what is neither file nor directory no
 * right to data or EAs.  DELETE: an owner who may write,
 * and who may unlink the name in its parent.
 *
 * Return: FILE_*, DELETE … bits of wire/access.h.
 */
u32 csrv_vfs_max_access(const struct path *path, u32 asked);

/* Is it on a read-only file system, or behind a read-only mount? */
bool csrv_vfs_is_read_only(const struct path *path);

/* 0 if the caller may remove this name from its directory, else -EACCES, -EPERM … */
int csrv_vfs_may_delete(const struct path *path);

struct csrv_vfs_fsinfo {
	u64 block_size;		/* bytes per allocation unit */
	u64 total;		/* units */
	u64 free;		/* units, those reserved for root included */
	u64 avail;		/* units the caller can have */
	u64 files;
	u64 files_free;
	u64 fsid;		/* stable while the file system is mounted */
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
