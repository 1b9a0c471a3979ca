/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_PATH_H
#define SHIM_LINUX_PATH_H

struct dentry;
struct vfsmount;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

#endif
