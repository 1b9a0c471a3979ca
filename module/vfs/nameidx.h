/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/nameidx.h - find a name of another case without reading the directory
 *
 * For each directory in which a name was missed, a hash table keeps the names that clients see,
 * without regard to case (and, once asked for, their 8.3 names), for as long as the directory's
 * change counter does not change.  A hit is one probe and so is a miss, which every new file costs.
 *
 * In the table (vfs/nametab.h), names that differ only in case have one entry.
 *
 * An index belongs to one share and is bounded; memory pressure empties it.  It is a
 * cache only: a walk confirms each answer.  Permissions are checked per caller.
 */
#ifndef CIFSSRV_VFS_NAMEIDX_H
#define CIFSSRV_VFS_NAMEIDX_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/types.h>

struct csrv_nameidx;
struct csrv_vfs_root;

/* Two stamps of a directory are equal if no name was added or removed between them. */
struct csrv_nameidx_stamp {
	u64 version;		/* i_version; 0 where the file system counts no changes */
	struct timespec64 ctime;
};

/* NULL if there is no memory; everything works without, but slower. */
struct csrv_nameidx *csrv_nameidx_create(u32 short_seed);
void csrv_nameidx_destroy(struct csrv_nameidx *idx);

/*
 * As csrv_dir_find(), from the index of @root if that has the answer.  One caller at a time reads a
 * directory into the index, without a lock; others read it for themselves.
 */
int csrv_nameidx_find(const struct csrv_vfs_root *root, const struct path *dir, const char *name,
		      size_t len, bool any_case, char *found);

/* Taken under the directory's lock, before a change that csrv_nameidx_change() reports. */
struct csrv_nameidx_stamp csrv_nameidx_stamp(struct inode *dir);

/**
 * csrv_nameidx_change() - keep the index of a directory valid across this server's change
 * @idx: may be NULL
 * @dir: the directory, its lock held since @before was taken
 * @before: csrv_nameidx_stamp()
 * @gone: a name that was removed, or NULL
 * @made: a name that was added, or NULL
 */
void csrv_nameidx_change(struct csrv_nameidx *idx, struct inode *dir,
			 const struct csrv_nameidx_stamp *before, const char *gone,
			 const char *made);

#endif /* CIFSSRV_VFS_NAMEIDX_H */
