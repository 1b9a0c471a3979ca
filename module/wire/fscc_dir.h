/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/fscc_dir.h - directory listings and change notifications, [MS-FSCC] 2.4, 2.7 */
#ifndef CIFSSRV_WIRE_FSCC_DIR_H
#define CIFSSRV_WIRE_FSCC_DIR_H

#include "cursor.h"
#include "fscc_file.h"

/**
 * struct fscc_dir - a listing being built
 * @list: the entries so far; @list.count is their number
 * @class: one of the directory classes of enum fscc_file_class
 */
struct fscc_dir {
	struct wire_list list;
	u8 class;
};

u32 csrv_fscc_dir_min_len(u8 class);
bool csrv_fscc_dir_begin(struct fscc_dir *dir, struct wire_out *out, u8 class);
bool csrv_fscc_dir_tells_ea(const struct fscc_dir *dir);
bool csrv_fscc_dir_add(struct fscc_dir *dir, const struct wire_file_info *fi);

/* [MS-FSCC] 2.7.1 */
enum fscc_notify_action {
	FILE_ACTION_ADDED			= 1,
	FILE_ACTION_REMOVED			= 2,
	FILE_ACTION_MODIFIED			= 3,
	FILE_ACTION_RENAMED_OLD_NAME		= 4,
	FILE_ACTION_RENAMED_NEW_NAME		= 5,
	FILE_ACTION_ADDED_STREAM		= 6,
	FILE_ACTION_REMOVED_STREAM		= 7,
	FILE_ACTION_MODIFIED_STREAM		= 8,
	FILE_ACTION_REMOVED_BY_DELETE		= 9,
	FILE_ACTION_ID_NOT_TUNNELLED		= 10,
	FILE_ACTION_TUNNELLED_ID_COLLISION	= 11,
};

struct wire_list csrv_fscc_notify_begin(struct wire_out *out);
bool csrv_fscc_notify_add(struct wire_list *list, u32 action, const char *name, u32 len);

#endif /* CIFSSRV_WIRE_FSCC_DIR_H */
