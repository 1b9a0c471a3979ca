/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/rw.h - data of what is open
 *
 * What an open reads and writes is a stream.  Its bytes are a regular file's today; a named stream
 * may keep them elsewhere.  So its callers know struct csrv_vfs_file, and where the bytes are its
 * ops know.
 */
#ifndef CIFSSRV_VFS_RW_H
#define CIFSSRV_VFS_RW_H

#include <linux/bits.h>
#include <linux/bvec.h>
#include <linux/types.h>
#include <linux/uio.h>

struct csrv_vfs_file;
struct file;
struct iov_iter;

#define CSRV_RW_NOWAIT	BIT(0)	/* return -EAGAIN rather than wait */
#define CSRV_RW_DSYNC	BIT(1)	/* write: on stable storage when this returns */

/**
 * struct csrv_vfs_file_ops - where the bytes are
 * @read: csrv_vfs_read()
 * @write: csrv_vfs_write()
 * @splice: csrv_vfs_splice()
 * @sync: csrv_vfs_fsync()
 * @truncate: csrv_vfs_truncate()
 * @allocate: csrv_vfs_allocate()
 * @size: bytes from the beginning to the end, as they are at this moment
 * @set_noatime: csrv_vfs_set_noatime()
 * @close: csrv_vfs_close()
 */
struct csrv_vfs_file_ops {
	ssize_t (*read)(const struct csrv_vfs_file *vf, loff_t pos, struct iov_iter *to, u32 flags);
	ssize_t (*write)(const struct csrv_vfs_file *vf, loff_t pos, struct iov_iter *from,
			 u32 flags);
	ssize_t (*splice)(const struct csrv_vfs_file *vf, loff_t pos, size_t len,
			  struct bio_vec *bv, u32 *nbv, u32 max_bv);
	int (*sync)(const struct csrv_vfs_file *vf, bool datasync);
	int (*truncate)(const struct csrv_vfs_file *vf, loff_t size);
	int (*allocate)(const struct csrv_vfs_file *vf, loff_t pos, loff_t len, bool keep_size);
	loff_t (*size)(const struct csrv_vfs_file *vf);
	void (*set_noatime)(const struct csrv_vfs_file *vf, bool on);
	void (*close)(const struct csrv_vfs_file *vf);
};

/**
 * struct csrv_vfs_file - what csrv_vfs_open() has opened
 * @ops: NULL: it is not open
 * @filp: of a regular file or a directory; the reference is this struct's
 *
 * Embedded in an open.  Constant from csrv_vfs_open() to csrv_vfs_close().
 */
struct csrv_vfs_file {
	const struct csrv_vfs_file_ops	*ops;
	struct file			*filp;
};

extern const struct csrv_vfs_file_ops csrv_vfs_regular_ops;

static inline bool csrv_vfs_is_open(const struct csrv_vfs_file *vf)
{
	return vf->ops;
}

/**
 * csrv_vfs_read() - read at a position
 * @vf: open for reading
 * @pos: byte to start at
 * @to: ITER_DEST; advanced by what was read
 * @flags: CSRV_RW_NOWAIT
 *
 * Return: bytes, 0 at end of file; with NOWAIT possibly fewer bytes than there are, and
 * -EAGAIN if not one could be had at once or the file system cannot tell.
 */
static inline ssize_t csrv_vfs_read(const struct csrv_vfs_file *vf, loff_t pos,
				    struct iov_iter *to, u32 flags)
{
	return vf->ops->read(vf, pos, to, flags);
}

/**
 * csrv_vfs_write() - write at a position
 * @vf: open for writing
 * @pos: byte to start at; of no account with O_APPEND
 * @from: ITER_SOURCE; advanced by what was written
 * @flags: CSRV_RW_NOWAIT, CSRV_RW_DSYNC
 *
 * Return: bytes (short only when the disk filled up, or with NOWAIT), or a
 * negative errno; -EAGAIN as above.
 */
static inline ssize_t csrv_vfs_write(const struct csrv_vfs_file *vf, loff_t pos,
				     struct iov_iter *from, u32 flags)
{
	return vf->ops->write(vf, pos, from, flags);
}

/**
 * csrv_vfs_splice() - the pages of a range of the page cache, without a copy
 * @vf: open for reading
 * @pos: where to start
 * @len: bytes wanted
 * @bv: filled in order; each element holds one reference of its page
 *	(csrv_vfs_bvec_put())
 * @nbv: set to the number of elements used
 * @max_bv: room in @bv; @len bytes need at most @len / PAGE_SIZE + 2
 *
 * May wait for the disk.  Do not write to the pages.
 * Return: bytes, short at end of file or when @bv is full; 0 at end of file;
 * -EOPNOTSUPP where the file cannot (use csrv_vfs_read()), other negative errno.
 * On error nothing is held.
 */
static inline ssize_t csrv_vfs_splice(const struct csrv_vfs_file *vf, loff_t pos, size_t len,
				      struct bio_vec *bv, u32 *nbv, u32 max_bv)
{
	return vf->ops->splice(vf, pos, len, bv, nbv, max_bv);
}

void csrv_vfs_bvec_put(struct bio_vec *bv, u32 nbv);

/* @datasync: only what is needed to read the data back. */
static inline int csrv_vfs_fsync(const struct csrv_vfs_file *vf, bool datasync)
{
	return vf->ops->sync(vf, datasync);
}

/**
 * csrv_vfs_truncate() - set the size through what is open
 * @vf: open for writing: rights are not asked again
 * @size: bytes, negative is -EINVAL
 *
 * Return: 0; -EINVAL, also for what is no regular file; -EBADF, -EPERM (append-only, immutable),
 * -ENOSPC …
 */
static inline int csrv_vfs_truncate(const struct csrv_vfs_file *vf, loff_t size)
{
	return vf->ops->truncate(vf, size);
}

/**
 * csrv_vfs_allocate() - reserve space
 * @vf: open for writing
 * @pos: first byte
 * @len: bytes
 * @keep_size: the end of the file stays where it is
 *
 * Return: 0 or a negative errno; -EOPNOTSUPP where space cannot be reserved.
 */
static inline int csrv_vfs_allocate(const struct csrv_vfs_file *vf, loff_t pos, loff_t len,
				    bool keep_size)
{
	return vf->ops->allocate(vf, pos, len, keep_size);
}

/**
 * csrv_vfs_allocate_to() - blocks for what a file gets when it is made as long as @end
 * @vf: open for writing; its size stays as it is
 * @end: bytes from the beginning
 *
 * Return: 0, also where the file system cannot reserve space; what fallocate(2) says.
 */
int csrv_vfs_allocate_to(const struct csrv_vfs_file *vf, loff_t end);

/* Where the file ends, at this moment. */
static inline loff_t csrv_vfs_size(const struct csrv_vfs_file *vf)
{
	return vf->ops->size(vf);
}

/**
 * csrv_vfs_append_at() - before a write through a handle that may only append
 * @vf: open for writing with O_APPEND, so that what is written goes to the end
 * @pos: where the client wants it; beyond the end the file is made as long as that
 *
 * Return: 0; -EACCES if there is something at @pos; what fallocate(2) says.
 */
int csrv_vfs_append_at(const struct csrv_vfs_file *vf, loff_t pos);

/**
 * csrv_vfs_set_noatime() - does what is read move the time of the last access?
 * @vf: open or not
 * @on: it does not (O_NOATIME)
 *
 * Takes a spinlock of the struct file.
 */
static inline void csrv_vfs_set_noatime(const struct csrv_vfs_file *vf, bool on)
{
	if (vf->ops)
		vf->ops->set_noatime(vf, on);
}

/*
 * The last reference flushes and closes before this returns, so a file system can be unmounted
 * afterwards; do not call it under a lock that ->release could need.  What is not open is allowed.
 */
static inline void csrv_vfs_close(const struct csrv_vfs_file *vf)
{
	if (vf->ops)
		vf->ops->close(vf);
}

#endif /* CIFSSRV_VFS_RW_H */
