/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/rw.h - data of an open file */
#ifndef CIFSSRV_VFS_RW_H
#define CIFSSRV_VFS_RW_H

#include <linux/bits.h>
#include <linux/bvec.h>
#include <linux/types.h>
#include <linux/uio.h>

struct file;

#define CSRV_RW_NOWAIT	BIT(0)	/* return -EAGAIN rather than wait */
#define CSRV_RW_DSYNC	BIT(1)	/* write: on stable storage when this returns */

/**
 * csrv_vfs_read() - read at a position
 * @file: open for reading
 * @pos: byte to start at
 * @to: ITER_DEST; advanced by what was read
 * @flags: CSRV_RW_NOWAIT
 *
 * Return: bytes, 0 at end of file; with NOWAIT possibly fewer bytes than there are, and
 * -EAGAIN if not one could be had at once or the file system cannot tell.
 */
ssize_t csrv_vfs_read(struct file *file, loff_t pos, struct iov_iter *to, u32 flags);

/**
 * csrv_vfs_write() - write at a position
 * @file: open for writing
 * @pos: byte to start at; of no account with O_APPEND
 * @from: ITER_SOURCE; advanced by what was written
 * @flags: CSRV_RW_NOWAIT, CSRV_RW_DSYNC
 *
 * Return: bytes (short only when the disk filled up, or with NOWAIT), or a
 * negative errno; -EAGAIN as above.
 */
ssize_t csrv_vfs_write(struct file *file, loff_t pos, struct iov_iter *from, u32 flags);

/**
 * csrv_vfs_splice() - the pages of a range of the page cache, without a copy
 * @file: open for reading
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
ssize_t csrv_vfs_splice(struct file *file, loff_t pos, size_t len, struct bio_vec *bv,
			u32 *nbv, u32 max_bv);
void csrv_vfs_bvec_put(struct bio_vec *bv, u32 nbv);

/* @datasync: only what is needed to read the data back. */
int csrv_vfs_fsync(struct file *file, bool datasync);

/**
 * csrv_vfs_fallocate() - reserve space
 * @file: open for writing
 * @pos: first byte
 * @len: bytes
 * @keep_size: the end of the file stays where it is
 *
 * Return: 0 or a negative errno.
 */
int csrv_vfs_fallocate(struct file *file, loff_t pos, loff_t len, bool keep_size);

/**
 * csrv_vfs_allocate_to() - blocks for what a file gets when it is made as long as @end
 * @file: open for writing; its size stays as it is
 * @end: bytes from the beginning
 *
 * Return: 0, also where the file system cannot reserve space; what fallocate(2) says.
 */
int csrv_vfs_allocate_to(struct file *file, loff_t end);

/**
 * csrv_vfs_append_at() - before a write through a handle that may only append
 * @file: open for writing with O_APPEND, so that what is written goes to the end
 * @pos: where the client wants it; beyond the end the file is made as long as that
 *
 * Return: 0; -EACCES if there is something at @pos; what fallocate(2) says.
 */
int csrv_vfs_append_at(struct file *file, loff_t pos);

#endif /* CIFSSRV_VFS_RW_H */
