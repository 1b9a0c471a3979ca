/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What module/vfs/watch.h needs: the numbers are the kernel's. */
#ifndef SHIM_LINUX_FSNOTIFY_BACKEND_H
#define SHIM_LINUX_FSNOTIFY_BACKEND_H

#include <linux/types.h>

#define FS_ACCESS	0x00000001
#define FS_MODIFY	0x00000002
#define FS_ATTRIB	0x00000004
#define FS_MOVED_FROM	0x00000040
#define FS_MOVED_TO	0x00000080
#define FS_CREATE	0x00000100
#define FS_DELETE	0x00000200
#define FS_RENAME	0x10000000
#define FS_MOVE		(FS_MOVED_FROM | FS_MOVED_TO)

struct fsnotify_mark {
	u32 mask;
};

#endif
