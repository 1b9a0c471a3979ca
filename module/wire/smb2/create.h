/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/smb2/create.h - SMB2 CREATE, [MS-SMB2] 2.2.13 and 2.2.14 */
#ifndef CIFSSRV_WIRE_SMB2_CREATE_H
#define CIFSSRV_WIRE_SMB2_CREATE_H

#include "create_ctx.h"

/* RequestedOplockLevel */
enum smb2_oplock_level {
	SMB2_OPLOCK_LEVEL_NONE		= 0x00,
	SMB2_OPLOCK_LEVEL_II		= 0x01,
	SMB2_OPLOCK_LEVEL_EXCLUSIVE	= 0x08,
	SMB2_OPLOCK_LEVEL_BATCH		= 0x09,
	SMB2_OPLOCK_LEVEL_LEASE		= 0xff,
};

enum smb2_impersonation {
	SMB2_IMPERSONATION_ANONYMOUS		= 0,
	SMB2_IMPERSONATION_IDENTIFICATION	= 1,
	SMB2_IMPERSONATION_IMPERSONATION	= 2,
	SMB2_IMPERSONATION_DELEGATE		= 3,
};

/* ShareAccess */
#define FILE_SHARE_READ		0x00000001u
#define FILE_SHARE_WRITE	0x00000002u
#define FILE_SHARE_DELETE	0x00000004u
#define FILE_SHARE_ALL		0x00000007u

/* CreateDisposition */
enum smb2_disposition {
	FILE_SUPERSEDE		= 0,
	FILE_OPEN		= 1,
	FILE_CREATE		= 2,
	FILE_OPEN_IF		= 3,
	FILE_OVERWRITE		= 4,
	FILE_OVERWRITE_IF	= 5,
	FILE_DISPOSITIONS	= 6,	/* how many there are */
};

/* CreateOptions */
#define FILE_DIRECTORY_FILE		0x00000001u
#define FILE_WRITE_THROUGH		0x00000002u
#define FILE_SEQUENTIAL_ONLY		0x00000004u
#define FILE_NO_INTERMEDIATE_BUFFERING	0x00000008u
#define FILE_SYNCHRONOUS_IO_ALERT	0x00000010u
#define FILE_SYNCHRONOUS_IO_NONALERT	0x00000020u
#define FILE_NON_DIRECTORY_FILE		0x00000040u
#define FILE_COMPLETE_IF_OPLOCKED	0x00000100u
#define FILE_NO_EA_KNOWLEDGE		0x00000200u
#define FILE_OPEN_REMOTE_INSTANCE	0x00000400u
#define FILE_RANDOM_ACCESS		0x00000800u
#define FILE_DELETE_ON_CLOSE		0x00001000u
#define FILE_OPEN_BY_FILE_ID		0x00002000u
#define FILE_OPEN_FOR_BACKUP_INTENT	0x00004000u
#define FILE_NO_COMPRESSION		0x00008000u
#define FILE_OPEN_REQUIRING_OPLOCK	0x00010000u
#define FILE_DISALLOW_EXCLUSIVE		0x00020000u
#define FILE_RESERVE_OPFILTER		0x00100000u
#define FILE_OPEN_REPARSE_POINT		0x00200000u
#define FILE_OPEN_NO_RECALL		0x00400000u
#define FILE_OPEN_FOR_FREE_SPACE_QUERY	0x00800000u
#define FILE_CREATE_OPTIONS_VALID	0x00ffffffu	/* others: STATUS_INVALID_PARAMETER */

/* CreateAction, [MS-SMB2] 2.2.14 */
enum smb2_create_action {
	FILE_SUPERSEDED		= 0,
	FILE_OPENED		= 1,
	FILE_CREATED		= 2,
	FILE_OVERWRITTEN	= 3,
};

#define SMB2_CREATE_FLAG_REPARSEPOINT	0x01	/* reply Flags */

struct smb2_create_args {
	u8 oplock_level;		/* enum smb2_oplock_level, unchecked like all below */
	u32 impersonation;
	u32 desired_access;
	u32 file_attributes;
	u32 share_access;
	u32 disposition;
	u32 options;
	struct wire_blob name;		/* UTF-16LE, even length, see csrv_path_parse() */
	struct smb2_create_ctxs ctx;
};

struct smb2_create_res {
	u8 oplock_level;
	u8 flags;			/* SMB2_CREATE_FLAG_REPARSEPOINT */
	u32 action;			/* enum smb2_create_action */
	u64 creation_time;		/* FILETIME, like the three below */
	u64 access_time;
	u64 write_time;
	u64 change_time;
	u64 alloc_size;
	u64 end_of_file;
	u32 attributes;
	struct smb2_file_id id;
	struct smb2_create_ctxs_res ctx;
};

bool csrv_smb2_decode_create(struct wire_in *in, struct smb2_create_args *args);
bool csrv_smb2_encode_create(struct wire_out *out, const struct smb2_create_res *res);

#endif /* CIFSSRV_WIRE_SMB2_CREATE_H */
