// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/range.c - ranges of a file: reserve, zero, copy, find */
#include <linux/types.h>
#include <linux/falloc.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "../compat/vfs.h"
#include "rw.h"

#define ZERO_PAGES	16u		/* written per call */
#define COPY_BUF	(256u * 1024)	/* bytes copied per turn where the VFS cannot */

int csrv_vfs_fallocate(struct file *file, loff_t pos, loff_t len, bool keep_size)
{
	return vfs_fallocate(file, keep_size ? FALLOC_FL_KEEP_SIZE : 0, pos, len);
}

int csrv_vfs_allocate_to(struct file *file, loff_t end)
{
	loff_t size = i_size_read(file_inode(file));
	int err = end > size ? csrv_vfs_fallocate(file, size, end - size, true) : 0;

	return err == -EOPNOTSUPP ? 0 : err;
}

int csrv_vfs_append_at(struct file *file, loff_t pos)
{
	loff_t size = i_size_read(file_inode(file));

	if (pos < size)
		return -EACCES;
	/* Never makes the file shorter, should it grow meanwhile. */
	return pos > size ? vfs_fallocate(file, 0, pos - 1, 1) : 0;
}

static int write_zeros(struct file *file, loff_t pos, loff_t len)
{
	struct bio_vec bv[ZERO_PAGES];
	struct iov_iter iter;
	ssize_t ret;
	u32 i;

	for (i = 0; i < ZERO_PAGES; i++)
		bv[i] = (struct bio_vec){ .bv_page = ZERO_PAGE(0), .bv_len = PAGE_SIZE };
	while (len > 0) {
		if (fatal_signal_pending(current))
			return -EINTR;
		iov_iter_bvec(&iter, ITER_SOURCE, bv, ZERO_PAGES,
			      min_t(loff_t, len, ZERO_PAGES * PAGE_SIZE));
		ret = csrv_vfs_write(file, pos, &iter, 0);
		if (ret <= 0)
			return ret ? ret : -EIO;
		pos += ret;
		len -= ret;
		cond_resched();
	}
	return 0;
}

int csrv_vfs_zero_range(struct file *file, loff_t pos, loff_t len, bool punch)
{
	loff_t size = i_size_read(file_inode(file));
	int err;

	if (pos < 0 || len < 0)
		return -EINVAL;
	if (pos >= size || !len)
		return 0;
	len = min(len, size - pos);
	err = vfs_fallocate(file, FALLOC_FL_KEEP_SIZE |
			    (punch ? FALLOC_FL_PUNCH_HOLE : FALLOC_FL_ZERO_RANGE), pos, len);
	return err == -EOPNOTSUPP ? write_zeros(file, pos, len) : err;
}

/* One buffer full from @pos_in to @pos_out. */
static ssize_t copy_piece(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out,
			  struct kvec *kv)
{
	struct iov_iter iter;
	ssize_t got, put, ret;

	iov_iter_kvec(&iter, ITER_DEST, kv, 1, kv->iov_len);
	got = csrv_vfs_read(in, pos_in, &iter, 0);
	for (put = 0; put < got; put += ret) {
		struct kvec part = { .iov_base = kv->iov_base + put, .iov_len = got - put };

		iov_iter_kvec(&iter, ITER_SOURCE, &part, 1, part.iov_len);
		ret = csrv_vfs_write(out, pos_out + put, &iter, 0);
		if (ret <= 0)
			return put ? put : ret ? ret : -EIO;
	}
	return got;
}

/*
 * Within one file, where source and target overlap: as memmove().  Goes backwards when
 * the target is behind the source, so that nothing is read after it was written; then
 * a failure in the middle leaves no prefix to report, and is an error.
 */
static ssize_t copy_overlap(struct file *file, loff_t from, loff_t to, size_t len)
{
	loff_t size = i_size_read(file_inode(file));
	bool back = to > from;
	struct kvec kv;
	size_t done;
	ssize_t ret = 0;
	void *buf;

	if (from >= size)
		return 0;
	len = min_t(u64, len, size - from);
	buf = kvmalloc(min_t(size_t, len, COPY_BUF), GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	for (done = 0; done < len; done += kv.iov_len) {
		size_t off;

		kv.iov_base = buf;
		kv.iov_len = min_t(size_t, len - done, COPY_BUF);
		off = back ? len - done - kv.iov_len : done;
		ret = copy_piece(file, from + off, file, to + off, &kv);
		if (ret != kv.iov_len)
			break;
		cond_resched();
	}
	kvfree(buf);
	if (done >= len)
		return len;
	if (ret < 0 && (back || !done))
		return ret;
	return back ? -EIO : done + max_t(ssize_t, ret, 0);
}

static bool ranges_overlap(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out,
			   size_t len)
{
	return file_inode(in) == file_inode(out) && pos_in < pos_out + (loff_t)len &&
	       pos_out < pos_in + (loff_t)len;
}

/* Share blocks if the file system can, else copy through the page cache. */
static ssize_t copy_some(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out,
			 size_t len)
{
	ssize_t ret = vfs_copy_file_range(in, pos_in, out, pos_out, len, 0);

	if (ret == -EXDEV || ret == -EOPNOTSUPP || ret == -EINVAL)
		ret = vfs_copy_file_range(in, pos_in, out, pos_out, len, COPY_FILE_SPLICE);
	return ret;
}

ssize_t csrv_vfs_copy_range(struct file *in, loff_t pos_in, struct file *out, loff_t pos_out,
			    size_t len)
{
	size_t done = 0;
	ssize_t ret = 0;
	loff_t end;

	if (pos_in < 0 || pos_out < 0 || len > MAX_RW_COUNT ||
	    check_add_overflow(pos_in, (loff_t)len, &end) ||
	    check_add_overflow(pos_out, (loff_t)len, &end))
		return -EINVAL;
	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (ranges_overlap(in, pos_in, out, pos_out, len))
		return copy_overlap(in, pos_in, pos_out, len);
	while (done < len) {
		ret = copy_some(in, pos_in + done, out, pos_out + done, len - done);
		if (ret <= 0)
			break;
		done += ret;
		cond_resched();
	}
	return done ? done : ret;
}

int csrv_vfs_next_data(struct file *file, loff_t pos, loff_t end, loff_t *start, loff_t *stop)
{
	loff_t size = i_size_read(file_inode(file));
	loff_t data, hole;

	if (pos < 0 || end < pos)
		return -EINVAL;
	end = min(end, size);
	if (pos >= end)
		return 0;
	data = vfs_llseek(file, pos, SEEK_DATA);
	if (data == -ENXIO || data >= end)
		return 0;
	if (data < 0)
		return data;
	hole = vfs_llseek(file, data, SEEK_HOLE);
	if (hole < 0)
		return hole == -ENXIO ? 0 : hole;
	*start = max(data, pos);
	*stop = min(hole, end);
	return *stop > *start;
}
