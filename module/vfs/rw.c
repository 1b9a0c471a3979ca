// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/rw.c - data of a regular file */
#include <linux/types.h>	/* falloc.h uses them */
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
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

static ssize_t regular_read(const struct csrv_vfs_file *vf, loff_t pos, struct iov_iter *to,
			    u32 flags)
{
	struct file *file = vf->filp;
	struct kiocb iocb;
	int err = kiocb_init(&iocb, file, pos, iov_iter_count(to), flags & CSRV_RW_NOWAIT);

	if (err)
		return err;
	return nowait_errno(vfs_iocb_iter_read(file, &iocb, to), flags);
}

static ssize_t regular_write(const struct csrv_vfs_file *vf, loff_t pos, struct iov_iter *from,
			     u32 flags)
{
	struct file *file = vf->filp;
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

static ssize_t regular_splice(const struct csrv_vfs_file *vf, loff_t pos, size_t len,
			      struct bio_vec *bv, u32 *nbv, u32 max_bv)
{
	struct collect c = { .bv = bv, .max = max_bv };
	struct splice_desc sd = { .total_len = len, .pos = pos, .u.data = &c };
	struct file *file = vf->filp;
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

static int regular_sync(const struct csrv_vfs_file *vf, bool datasync)
{
	return vfs_fsync(vf->filp, datasync);
}

/*
 * As ftruncate(2): the handle may write, so rights do not count again
 * (ATTR_FORCE), but set-id bits go.
 */
static int regular_truncate(const struct csrv_vfs_file *vf, loff_t size)
{
	struct file *file = vf->filp;
	struct dentry *dentry = file->f_path.dentry;
	struct inode *inode = d_inode(dentry);
	struct iattr attr = {
		.ia_size = size,
		.ia_file = file,
		.ia_valid = ATTR_SIZE | ATTR_FILE | ATTR_MTIME | ATTR_CTIME | ATTR_FORCE |
			    ATTR_KILL_PRIV,
	};
	int err;

	if (size < 0 || !S_ISREG(inode->i_mode))
		return -EINVAL;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode))
		return -EPERM;
	sb_start_write(inode->i_sb);
	inode_lock(inode);
	if (inode->i_mode & S_ISUID)
		attr.ia_valid |= ATTR_KILL_SUID;
	if ((inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		attr.ia_valid |= ATTR_KILL_SGID;
	err = notify_change(compat_mnt_idmap(file->f_path.mnt), dentry, &attr, NULL);
	inode_unlock(inode);
	sb_end_write(inode->i_sb);
	return err;
}

static int regular_allocate(const struct csrv_vfs_file *vf, loff_t pos, loff_t len, bool keep_size)
{
	return vfs_fallocate(vf->filp, keep_size ? FALLOC_FL_KEEP_SIZE : 0, pos, len);
}

static loff_t regular_size(const struct csrv_vfs_file *vf)
{
	return i_size_read(file_inode(vf->filp));
}

static void regular_set_noatime(const struct csrv_vfs_file *vf, bool on)
{
	struct file *file = vf->filp;

	spin_lock(&file->f_lock);
	if (on)
		file->f_flags |= O_NOATIME;
	else
		file->f_flags &= ~O_NOATIME;
	spin_unlock(&file->f_lock);
}

static void regular_close(const struct csrv_vfs_file *vf)
{
	struct file *file = vf->filp;

	/* filp_close() flushes and drops; keep one more reference to drop it at once. */
	get_file(file);
	filp_close(file, NULL);
	if (current->flags & PF_KTHREAD)
		__fput_sync(file);
	else
		fput(file);	/* ends when the task returns to user space */
}

/* Of a directory as well: the VFS refuses what it does not do. */
const struct csrv_vfs_file_ops csrv_vfs_regular_ops = {
	.read		= regular_read,
	.write		= regular_write,
	.splice		= regular_splice,
	.sync		= regular_sync,
	.truncate	= regular_truncate,
	.allocate	= regular_allocate,
	.size		= regular_size,
	.set_noatime	= regular_set_noatime,
	.close		= regular_close,
};
