/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/fscc_fs.h - file system information classes, [MS-FSCC] 2.5 */
#ifndef CIFSSRV_WIRE_FSCC_FS_H
#define CIFSSRV_WIRE_FSCC_FS_H

#include "cursor.h"
#include "status.h"

/* [MS-FSCC] 2.5 */
enum fscc_fs_class {
	FILE_FS_VOLUME_INFORMATION	= 1,
	FILE_FS_LABEL_INFORMATION	= 2,	/* set only */
	FILE_FS_SIZE_INFORMATION	= 3,
	FILE_FS_DEVICE_INFORMATION	= 4,
	FILE_FS_ATTRIBUTE_INFORMATION	= 5,
	FILE_FS_CONTROL_INFORMATION	= 6,
	FILE_FS_FULL_SIZE_INFORMATION	= 7,
	FILE_FS_OBJECTID_INFORMATION	= 8,
	FILE_FS_SECTOR_SIZE_INFORMATION	= 11,
};

/* [MS-FSCC] 2.5.1 FileSystemAttributes */
#define FILE_CASE_SENSITIVE_SEARCH		0x00000001u
#define FILE_CASE_PRESERVED_NAMES		0x00000002u
#define FILE_UNICODE_ON_DISK			0x00000004u
#define FILE_PERSISTENT_ACLS			0x00000008u
#define FILE_FILE_COMPRESSION			0x00000010u
#define FILE_VOLUME_QUOTAS			0x00000020u
#define FILE_SUPPORTS_SPARSE_FILES		0x00000040u
#define FILE_SUPPORTS_REPARSE_POINTS		0x00000080u
#define FILE_SUPPORTS_REMOTE_STORAGE		0x00000100u
#define FILE_VOLUME_IS_COMPRESSED		0x00008000u
#define FILE_SUPPORTS_OBJECT_IDS		0x00010000u
#define FILE_SUPPORTS_ENCRYPTION		0x00020000u
#define FILE_NAMED_STREAMS			0x00040000u
#define FILE_READ_ONLY_VOLUME			0x00080000u
#define FILE_SEQUENTIAL_WRITE_ONCE		0x00100000u
#define FILE_SUPPORTS_TRANSACTIONS		0x00200000u
#define FILE_SUPPORTS_HARD_LINKS		0x00400000u
#define FILE_SUPPORTS_EXTENDED_ATTRIBUTES	0x00800000u
#define FILE_SUPPORTS_OPEN_BY_FILE_ID		0x01000000u
#define FILE_SUPPORTS_USN_JOURNAL		0x02000000u
#define FILE_SUPPORTS_INTEGRITY_STREAMS		0x04000000u
#define FILE_SUPPORTS_BLOCK_REFCOUNTING		0x08000000u
#define FILE_SUPPORTS_SPARSE_VDL		0x10000000u

/* [MS-FSCC] 2.5.10 */
#define FILE_DEVICE_CD_ROM		0x00000002u
#define FILE_DEVICE_DISK		0x00000007u
#define FILE_REMOVABLE_MEDIA		0x00000001u
#define FILE_READ_ONLY_DEVICE		0x00000002u
#define FILE_REMOTE_DEVICE		0x00000010u
#define FILE_DEVICE_IS_MOUNTED		0x00000020u

/* [MS-FSCC] 2.5.2 FileSystemControlFlags */
#define FILE_VC_QUOTA_TRACK		0x00000001u
#define FILE_VC_QUOTA_ENFORCE		0x00000002u
#define FILE_VC_LOG_QUOTA_THRESHOLD	0x00000010u
#define FILE_VC_LOG_QUOTA_LIMIT		0x00000020u

/* [MS-FSCC] 2.5.8 Flags */
#define SSINFO_FLAGS_ALIGNED_DEVICE			0x00000001u
#define SSINFO_FLAGS_PARTITION_ALIGNED_ON_DEVICE	0x00000002u
#define SSINFO_FLAGS_NO_SEEK_PENALTY			0x00000004u
#define SSINFO_FLAGS_TRIM_ENABLED			0x00000008u

/*
 * struct wire_fs_info - all that classes have about one volume, host order
 *
 * Sizes are in allocation units of @sectors_per_unit * @bytes_per_sector bytes.
 */
struct wire_fs_info {
	u64 creation_time;		/* FILETIME */
	u32 serial;			/* VolumeSerialNumber */
	bool supports_objects;
	struct wire_blob label;		/* UTF-8 */

	u64 total_units;
	u64 caller_units;		/* available to this user (quota, reserve) */
	u64 free_units;			/* available at all */
	u32 sectors_per_unit;
	u32 bytes_per_sector;

	u32 device_type;
	u32 characteristics;

	u32 attributes;			/* FILE_* above */
	u32 name_max;			/* MaximumComponentNameLength, characters */
	struct wire_blob fs_name;	/* UTF-8, "NTFS" */

	u64 quota_threshold;		/* bytes; ~0 is none */
	u64 quota_limit;
	u32 quota_flags;		/* FILE_VC_* */

	u8 object_id[WIRE_GUID_LEN];
	u8 object_extra[48];

	u32 sector_logical;		/* bytes, like the next three */
	u32 sector_physical_atomic;
	u32 sector_physical_perf;
	u32 sector_effective_atomic;
	u32 sector_flags;		/* SSINFO_FLAGS_* */
	u32 sector_align_offset;
	u32 partition_align_offset;
};

/* The buffer of a SET_INFO of a file system class; the class says which member counts. */
struct wire_fs_set {
	u8 class;			/* enum fscc_fs_class */
	union {
		struct wire_blob label;		/* LABEL, UTF-16LE */
		struct {
			u64 quota_threshold;
			u64 quota_limit;
			u32 quota_flags;
		} control;			/* CONTROL */
		struct {
			u8 id[WIRE_GUID_LEN];
			u8 extra[48];
		} object_id;			/* OBJECTID */
	};
};

u32 csrv_fscc_fs_min_len(u8 class);
nt_status_t csrv_fscc_encode_fs(u8 class, struct wire_out *out, const struct wire_fs_info *fs);
nt_status_t csrv_fscc_decode_fs_set(u8 class, const struct wire_blob *buf, struct wire_fs_set *set);

#endif /* CIFSSRV_WIRE_FSCC_FS_H */
