// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/range.c - ranges of a stream are reserved
 *
 * By its ops alone, so it runs in user space too (tests/unit/vfs).
 */
#include <linux/errno.h>

#include "rw.h"

int csrv_vfs_allocate_to(const struct csrv_vfs_file *vf, loff_t end)
{
	loff_t size = vf->ops->size(vf);
	int err = end > size ? vf->ops->allocate(vf, size, end - size, true) : 0;

	return err == -EOPNOTSUPP ? 0 : err;
}

int csrv_vfs_append_at(const struct csrv_vfs_file *vf, loff_t pos)
{
	loff_t size = vf->ops->size(vf);

	if (pos < size)
		return -EACCES;
	/* Never makes the file shorter, should it grow meanwhile. */
	return pos > size ? vf->ops->allocate(vf, pos - 1, 1, false) : 0;
}
