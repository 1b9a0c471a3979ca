/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire/fscc_file.h - file information classes, [MS-FSCC] 2.4
 *
 * The subsections of 2.4 are numbered anew with each version of the document;
 * the class's name is what to look for.
 */
#ifndef CIFSSRV_WIRE_FSCC_FILE_H
#define CIFSSRV_WIRE_FSCC_FILE_H

#include "cursor.h"
#include "status.h"

/* [MS-FSCC] 2.4, the class numbers */
enum fscc_file_class {
	FILE_DIRECTORY_INFORMATION		= 1,
	FILE_FULL_DIRECTORY_INFORMATION		= 2,
	FILE_BOTH_DIRECTORY_INFORMATION		= 3,
	FILE_BASIC_INFORMATION			= 4,
	FILE_STANDARD_INFORMATION		= 5,
	FILE_INTERNAL_INFORMATION		= 6,
	FILE_EA_INFORMATION			= 7,
	FILE_ACCESS_INFORMATION			= 8,
	FILE_NAME_INFORMATION			= 9,
	FILE_RENAME_INFORMATION			= 10,
	FILE_LINK_INFORMATION			= 11,
	FILE_NAMES_INFORMATION			= 12,
	FILE_DISPOSITION_INFORMATION		= 13,
	FILE_POSITION_INFORMATION		= 14,
	FILE_FULL_EA_INFORMATION		= 15,
	FILE_MODE_INFORMATION			= 16,
	FILE_ALIGNMENT_INFORMATION		= 17,
	FILE_ALL_INFORMATION			= 18,
	FILE_ALLOCATION_INFORMATION		= 19,
	FILE_END_OF_FILE_INFORMATION		= 20,
	FILE_ALTERNATE_NAME_INFORMATION		= 21,
	FILE_STREAM_INFORMATION			= 22,
	FILE_PIPE_INFORMATION			= 23,
	FILE_PIPE_LOCAL_INFORMATION		= 24,
	FILE_PIPE_REMOTE_INFORMATION		= 25,
	FILE_COMPRESSION_INFORMATION		= 28,
	FILE_OBJECT_ID_INFORMATION		= 29,
	FILE_QUOTA_INFORMATION			= 32,
	FILE_REPARSE_POINT_INFORMATION		= 33,
	FILE_NETWORK_OPEN_INFORMATION		= 34,
	FILE_ATTRIBUTE_TAG_INFORMATION		= 35,
	FILE_ID_BOTH_DIRECTORY_INFORMATION	= 37,
	FILE_ID_FULL_DIRECTORY_INFORMATION	= 38,
	FILE_VALID_DATA_LENGTH_INFORMATION	= 39,
	FILE_SHORT_NAME_INFORMATION		= 40,
	FILE_HARD_LINK_INFORMATION		= 46,
	FILE_NORMALIZED_NAME_INFORMATION	= 48,
	FILE_STANDARD_LINK_INFORMATION		= 54,
	FILE_ID_INFORMATION			= 59,
	FILE_ID_EXTD_DIRECTORY_INFORMATION	= 60,
	FILE_ID_EXTD_BOTH_DIRECTORY_INFORMATION	= 63,
	FILE_DISPOSITION_INFORMATION_EX		= 64,
	FILE_RENAME_INFORMATION_EX		= 65,
	FILE_STAT_INFORMATION			= 68,
	FILE_STAT_LX_INFORMATION		= 70,
	FILE_CASE_SENSITIVE_INFORMATION		= 71,
	FILE_LINK_INFORMATION_EX		= 72,
	FILE_ID_64_EXTD_DIRECTORY_INFORMATION	= 78,
	FILE_ID_64_EXTD_BOTH_DIRECTORY_INFORMATION	= 79,
	FILE_ID_ALL_EXTD_DIRECTORY_INFORMATION	= 80,
	FILE_ID_ALL_EXTD_BOTH_DIRECTORY_INFORMATION	= 81,
};

/* [MS-FSCC] 2.6 */
#define FILE_ATTRIBUTE_READONLY			0x00000001u
#define FILE_ATTRIBUTE_HIDDEN			0x00000002u
#define FILE_ATTRIBUTE_SYSTEM			0x00000004u
#define FILE_ATTRIBUTE_VOLUME			0x00000008u	/* SMB1 only, [MS-CIFS] 2.2.1.2.3 */
#define FILE_ATTRIBUTE_DIRECTORY		0x00000010u
#define FILE_ATTRIBUTE_ARCHIVE			0x00000020u
#define FILE_ATTRIBUTE_NORMAL			0x00000080u	/* nothing else set */
#define FILE_ATTRIBUTE_TEMPORARY		0x00000100u
#define FILE_ATTRIBUTE_SPARSE_FILE		0x00000200u
#define FILE_ATTRIBUTE_REPARSE_POINT		0x00000400u
#define FILE_ATTRIBUTE_COMPRESSED		0x00000800u
#define FILE_ATTRIBUTE_OFFLINE			0x00001000u
#define FILE_ATTRIBUTE_NOT_CONTENT_INDEXED	0x00002000u
#define FILE_ATTRIBUTE_ENCRYPTED		0x00004000u
#define FILE_ATTRIBUTE_INTEGRITY_STREAM		0x00008000u
#define FILE_ATTRIBUTE_NO_SCRUB_DATA		0x00020000u
#define FILE_ATTRIBUTE_RECALL_ON_OPEN		0x00040000u
#define FILE_ATTRIBUTE_PINNED			0x00080000u
#define FILE_ATTRIBUTE_UNPINNED			0x00100000u
#define FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS	0x00400000u
#define FILE_ATTRIBUTE_ALL	0x005effb7u	/* of [MS-FSCC] 2.6; VOLUME is not */

/* what a client may store with FileBasicInformation */
#define FILE_ATTRIBUTE_SETTABLE	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | \
				 FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE | \
				 FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_OFFLINE | \
				 FILE_ATTRIBUTE_NOT_CONTENT_INDEXED | FILE_ATTRIBUTE_NO_SCRUB_DATA)

/* [MS-FSCC] 2.1.2.1 */
#define IO_REPARSE_TAG_MOUNT_POINT	0xa0000003u
#define IO_REPARSE_TAG_SYMLINK		0xa000000cu
#define IO_REPARSE_TAG_DFS		0x8000000au
#define IO_REPARSE_TAG_NFS		0x80000014u
#define IO_REPARSE_TAG_LX_SYMLINK	0xa000001du
#define IO_REPARSE_TAG_AF_UNIX		0x80000023u
#define IO_REPARSE_TAG_LX_FIFO		0x80000024u
#define IO_REPARSE_TAG_LX_CHR		0x80000025u
#define IO_REPARSE_TAG_LX_BLK		0x80000026u

/* FileModeInformation, [MS-FSCC] 2.4 */
#define FILE_MODE_SETTABLE	0x00000036u	/* WRITE_THROUGH SEQUENTIAL_ONLY SYNC_* */

/* FileDispositionInformationEx, [MS-FSCC] 2.4 */
#define FILE_DISPOSITION_DELETE				0x00000001u
#define FILE_DISPOSITION_POSIX_SEMANTICS		0x00000002u
#define FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK	0x00000004u
#define FILE_DISPOSITION_ON_CLOSE			0x00000008u
#define FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE	0x00000010u

/* FileRenameInformationEx, [MS-FSCC] 2.4 */
#define FILE_RENAME_REPLACE_IF_EXISTS		0x00000001u
#define FILE_RENAME_POSIX_SEMANTICS		0x00000002u
#define FILE_RENAME_IGNORE_READONLY_ATTRIBUTE	0x00000040u

/* FileCaseSensitiveInformation, [MS-FSCC] 2.4 */
#define FILE_CS_FLAG_CASE_SENSITIVE_DIR		0x00000001u

/*
 * struct wire_file_info - all that classes have about one file, host order
 *
 * On the stack of the info and directory handlers; members that a class does not
 * have may stay zero.
 */
struct wire_file_info {
	u64 creation_time;	/* FILETIME, like the three below */
	u64 access_time;
	u64 write_time;
	u64 change_time;
	u64 alloc_size;		/* bytes */
	u64 end_of_file;
	u64 index_number;	/* 64-bit file id, unique on the volume */
	u64 index_high;		/* upper half of the 128-bit file id, mostly zero */
	u64 volume_serial;	/* FileIdInformation */
	u64 position;		/* CurrentByteOffset */
	u32 attributes;		/* FILE_ATTRIBUTE_* */
	u32 reparse_tag;	/* IO_REPARSE_TAG_*, zero unless a reparse point */
	u32 nlink;
	u32 ea_size;
	u32 access;		/* granted to this open, access.h */
	u32 effective_access;	/* FileStatInformation: what this user could be granted */
	u32 mode;		/* FileModeInformation */
	u32 alignment;		/* FileAlignmentInformation: 0 is byte alignment */
	u32 file_index;		/* directory entries: may be zero */
	u32 cs_flags;		/* FILE_CS_FLAG_* */
	bool delete_pending;
	bool directory;
	struct wire_blob name;	/* UTF-8, '/' between components */
	struct wire_blob short_name;	/* UTF-8, 8.3, at most 12 characters; mostly empty */
};

/* One row of FileStreamInformation, [MS-FSCC] 2.4 */
struct wire_stream_info {
	u64 size;
	u64 alloc_size;
	struct wire_blob name;	/* UTF-8 without colons and type; empty: the default stream */
};

/* FilePipeInformation, FilePipeLocalInformation: [MS-FSCC] 2.4 */
struct wire_pipe_info {
	u32 read_mode;		/* 0 byte stream, 1 messages */
	u32 completion_mode;	/* 0 queue, 1 complete */
	u32 type;		/* 0 byte stream, 1 messages */
	u32 configuration;	/* 0 inbound, 1 outbound, 2 full duplex */
	u32 max_instances;	/* ~0 is unlimited */
	u32 instances;
	u32 inbound_quota;
	u32 read_available;	/* bytes */
	u32 outbound_quota;
	u32 write_available;	/* bytes */
	u32 state;		/* 1 disconnected, 2 listening, 3 connected, 4 closing */
	u32 end;		/* 0 client, 1 server */
};

/* The decoded buffer of a SET_INFO of a file class; the class says which member counts. */
struct wire_rename_info {
	u32 flags;		/* FILE_RENAME_*; ReplaceIfExists of the older class is bit 0 */
	struct wire_blob name;	/* UTF-16LE in the message, see csrv_path_parse() */
};

struct wire_file_set {
	u8 class;		/* enum fscc_file_class */
	union {
		struct {
			u64 creation_time;	/* FILETIME or FILETIME_OMIT/FREEZE/THAW */
			u64 access_time;
			u64 write_time;
			u64 change_time;
			u32 attributes;		/* zero: leave as they are */
		} basic;
		struct wire_rename_info rename;	/* RENAME, RENAME_EX, LINK, LINK_EX */
		u32 disposition;		/* DISPOSITION, _EX: FILE_DISPOSITION_* */
		u64 size;	/* ALLOCATION END_OF_FILE VALID_DATA_LENGTH POSITION; fits loff_t */
		u32 mode;			/* MODE */
		u32 cs_flags;			/* CASE_SENSITIVE */
		struct wire_blob eas;		/* FULL_EA: see ea.h; shape already checked */
		struct wire_blob short_name;	/* SHORT_NAME, UTF-16LE */
		struct {
			u32 read_mode;
			u32 completion_mode;
		} pipe;				/* PIPE */
	};
};

u32 csrv_fscc_file_min_len(u8 class);
nt_status_t csrv_fscc_encode_file(u8 class, struct wire_out *out, const struct wire_file_info *fi);
nt_status_t csrv_fscc_encode_file_pipe(u8 class, struct wire_out *out,
				       const struct wire_pipe_info *pi);
nt_status_t csrv_fscc_decode_file_set(u8 class, const struct wire_blob *buf,
				      struct wire_file_set *set);

struct wire_list csrv_fscc_stream_begin(struct wire_out *out);
bool csrv_fscc_stream_add(struct wire_list *list, const struct wire_stream_info *stream);

#endif /* CIFSSRV_WIRE_FSCC_FILE_H */
