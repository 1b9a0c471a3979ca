/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/change_notify.h - SMB2 CHANGE_NOTIFY, [MS-SMB2] 2.2.35 and 2.2.36 */
#ifndef CIFSSRV_WIRE_SMB2_CHANGE_NOTIFY_H
#define CIFSSRV_WIRE_SMB2_CHANGE_NOTIFY_H

#include "header.h"

#define SMB2_WATCH_TREE		0x0001

/* CompletionFilter */
#define FILE_NOTIFY_CHANGE_FILE_NAME	0x00000001u
#define FILE_NOTIFY_CHANGE_DIR_NAME	0x00000002u
#define FILE_NOTIFY_CHANGE_ATTRIBUTES	0x00000004u
#define FILE_NOTIFY_CHANGE_SIZE		0x00000008u
#define FILE_NOTIFY_CHANGE_LAST_WRITE	0x00000010u
#define FILE_NOTIFY_CHANGE_LAST_ACCESS	0x00000020u
#define FILE_NOTIFY_CHANGE_CREATION	0x00000040u
#define FILE_NOTIFY_CHANGE_EA		0x00000080u
#define FILE_NOTIFY_CHANGE_SECURITY	0x00000100u
#define FILE_NOTIFY_CHANGE_STREAM_NAME	0x00000200u
#define FILE_NOTIFY_CHANGE_STREAM_SIZE	0x00000400u
#define FILE_NOTIFY_CHANGE_STREAM_WRITE	0x00000800u
#define FILE_NOTIFY_CHANGE_ALL		0x00000fffu

struct smb2_change_notify_args {
	struct smb2_file_id id;
	u16 flags;
	u32 output_len;		/* OutputBufferLength */
	u32 filter;		/* FILE_NOTIFY_CHANGE_* */
};

/* @output is built with csrv_fscc_notify_add(), wire/fscc_dir.h */
struct smb2_change_notify_res {
	struct wire_blob output;
};

bool csrv_smb2_decode_change_notify(struct wire_in *in, struct smb2_change_notify_args *args);
bool csrv_smb2_encode_change_notify(struct wire_out *out, const struct smb2_change_notify_res *res);

#endif /* CIFSSRV_WIRE_SMB2_CHANGE_NOTIFY_H */
