/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/nameidx.h - finding a name of another case without reading the directory
 *
 * For each directory in which a name was missed, the names that clients are shown, without
 * regard to case
 * (and, once asked for, their 8.3 names) are kept in a hash table, for as long as the
 * directory's change counter stands.
 * A hit is one probe and so is a miss, which is what making a new file costs each time.
 *
 * The table (vfs/nametab.h) has names that differ in nothing but case once.
 *
 * An index belongs to one share and is bounded; memory pressure empties it.  It is a
 * cache only: what it says is confirmed by a walk.  Rights are asked per caller.
 */
#ifndef CIFSSRV_VFS_NAMEIDX_H
#define CIFSSRV_VFS_NAMEIDX_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/types.h>

struct csrv_nameidx;
struct csrv_vfs_root;

/* What a directory was like at some moment: two are equal if no name came or went between. */
struct csrv_nameidx_stamp {
	u64 version;		/* i_version; 0 where the file system counts no changes */
	struct timespec64 ctime;
};

/* NULL if there is no memory; everything works without, only slower. */
struct csrv_nameidx *csrv_nameidx_create(u32 short_seed);
void csrv_nameidx_destroy(struct csrv_nameidx *idx);

/*
 * As csrv_dir_find(), from the index of @root where there is one and it can tell.  A directory
 * is read by one at a time into the index, without a lock; the others read it for themselves.
 */
int csrv_nameidx_find(const struct csrv_vfs_root *root, const struct path *dir, const char *name,
		      size_t len, bool any_case, char *found);

/* To be asked for under the directory's lock, before a change that is to be told of. */
struct csrv_nameidx_stamp csrv_nameidx_stamp(struct inode *dir);

/**
 * csrv_nameidx_change() - keep the index of a directory valid across our own change
 * @idx: may be NULL
 * @dir: the directory, its lock held since @before was taken
 * @before: csrv_nameidx_stamp()
 * @gone: a name that went, or NULL
 * @made: a name that came, or NULL
 */
void csrv_nameidx_change(struct csrv_nameidx *idx, struct inode *dir,
			 const struct csrv_nameidx_stamp *before, const char *gone,
			 const char *made);

#endif /* CIFSSRV_VFS_NAMEIDX_H */
