// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/rw.c - data of an open file */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>

#include "../base/fault.h"
#include "../compat/vfs.h"
#include "rw.h"

static int kiocb_init(struct kiocb *iocb, struct file *file, loff_t pos, size_t len, u32 flags)
{
	loff_t end;

	if (pos < 0 || check_add_overflow(pos, (loff_t)len, &end))
		return -EINVAL;
	if (csrv_fault(CSRV_FAULT_VFS_IO))
		return -EIO;
	init_sync_kiocb(iocb, file);
	iocb->ki_pos = pos;
	if (flags & CSRV_RW_DSYNC)
		iocb->ki_flags |= IOCB_DSYNC;
	if (flags & CSRV_RW_NOWAIT) {
		if (!(file->f_mode & FMODE_NOWAIT))
			return -EAGAIN;
		iocb->ki_flags |= IOCB_NOWAIT;
	}
	return 0;
}

/* A file system that cannot tell whether it would wait says so in its own way. */
static ssize_t nowait_errno(ssize_t ret, u32 flags)
{
	return ret == -EOPNOTSUPP && flags & CSRV_RW_NOWAIT ? -EAGAIN : ret;
}

ssize_t csrv_vfs_read(struct file *file, loff_t pos, struct iov_iter *to, u32 flags)
{
	struct kiocb iocb;
	int err = kiocb_init(&iocb, file, pos, iov_iter_count(to), flags & CSRV_RW_NOWAIT);

	if (err)
		return err;
	return nowait_errno(vfs_iocb_iter_read(file, &iocb, to), flags);
}

ssize_t csrv_vfs_write(struct file *file, loff_t pos, struct iov_iter *from, u32 flags)
{
	struct kiocb iocb;
	int err = kiocb_init(&iocb, file, pos, iov_iter_count(from), flags);

	if (err)
		return err;
	/* Starting a write to a frozen file system waits until it thaws. */
	if (flags & CSRV_RW_NOWAIT &&
	    READ_ONCE(file_inode(file)->i_sb->s_writers.frozen) != SB_UNFROZEN)
		return -EAGAIN;
	return nowait_errno(compat_iocb_iter_write(file, &iocb, from), flags);
}

struct collect {
	struct bio_vec *bv;
	u32 num;
	u32 max;
};

/* Take one buffer's page out of the pipe; 0 when there is no room. */
static int collect_page(struct pipe_inode_info *pipe, struct pipe_buffer *buf,
			struct splice_desc *sd)
{
	struct collect *c = sd->u.data;

	if (c->num == c->max)
		return 0;
	if (!pipe_buf_get(pipe, buf))
		return -EFAULT;
	c->bv[c->num++] = (struct bio_vec){
		.bv_page = buf->page,
		.bv_offset = buf->offset,
		.bv_len = sd->len,
	};
	return sd->len;
}

static int collect_pipe(struct pipe_inode_info *pipe, struct splice_desc *sd)
{
	return __splice_from_pipe(pipe, sd, collect_page);
}

ssize_t csrv_vfs_splice(struct file *file, loff_t pos, size_t len, struct bio_vec *bv,
			u32 *nbv, u32 max_bv)
{
	struct collect c = { .bv = bv, .max = max_bv };
	struct splice_desc sd = { .total_len = len, .pos = pos, .u.data = &c };
	ssize_t ret;

	*nbv = 0;
	if (pos < 0)
		return -EINVAL;
	if (!file->f_op->splice_read || !(file->f_mode & FMODE_LSEEK))
		return -EOPNOTSUPP;
	if (!len || !max_bv)
		return 0;
	if (csrv_fault(CSRV_FAULT_VFS_IO))
		return -EIO;
	ret = splice_direct_to_actor(file, &sd, collect_pipe);
	if (ret < 0) {
		csrv_vfs_bvec_put(bv, c.num);
		return ret;
	}
	*nbv = c.num;
	return ret;
}

void csrv_vfs_bvec_put(struct bio_vec *bv, u32 nbv)
{
	u32 i;

	for (i = 0; i < nbv; i++)
		put_page(bv[i].bv_page);
}

int csrv_vfs_fsync(struct file *file, bool datasync)
{
	return vfs_fsync(file, datasync);
}
