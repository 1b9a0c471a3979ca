// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/range.c - ranges of a file are reserved */
#include <linux/types.h>	/* falloc.h uses them */
#include <linux/falloc.h>

#include "../compat/vfs.h"
#include "rw.h"

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
