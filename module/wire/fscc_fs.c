// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/fscc_fs.c - file system information classes, [MS-FSCC] 2.5, see there by name */
#include <linux/kernel.h>

#include "fscc_fs.h"
#include "utf16.h"

static bool put_label(struct wire_out *out, const struct wire_blob *name)
{
	return csrv_put_utf16_part(out, (const char *)name->data, name->len);
}

static bool put_volume(struct wire_out *out, const struct wire_fs_info *fs)
{
	const char *label = (const char *)fs->label.data;

	wire_put_u64(out, fs->creation_time);
	wire_put_u32(out, fs->serial);
	wire_put_u32(out, csrv_utf8_to_utf16_len(label, fs->label.len));
	wire_put_u8(out, fs->supports_objects);
	wire_put_u8(out, 0);				/* Reserved */
	return put_label(out, &fs->label);
}

static bool put_size(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_u64(out, fs->total_units);
	wire_put_u64(out, fs->caller_units);
	wire_put_u32(out, fs->sectors_per_unit);
	wire_put_u32(out, fs->bytes_per_sector);
	return true;
}

static bool put_device(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_u32(out, fs->device_type);
	wire_put_u32(out, fs->characteristics);
	return true;
}

/* FileSystemNameLength is the length of what is written, not of the whole name. */
static bool put_attribute(struct wire_out *out, const struct wire_fs_info *fs)
{
	u32 at, start;
	bool whole;

	wire_put_u32(out, fs->attributes);
	wire_put_u32(out, fs->name_max);
	at = wire_reserve(out, 4);
	start = wire_out_len(out);
	whole = put_label(out, &fs->fs_name);
	wire_patch_u32(out, at, wire_out_len(out) - start);
	return whole;
}

static bool put_control(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_zero(out, 24);				/* FreeSpace*: content indexing */
	wire_put_u64(out, fs->quota_threshold);
	wire_put_u64(out, fs->quota_limit);
	wire_put_u32(out, fs->quota_flags);
	wire_put_u32(out, 0);				/* Padding */
	return true;
}

static bool put_full_size(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_u64(out, fs->total_units);
	wire_put_u64(out, fs->caller_units);
	wire_put_u64(out, fs->free_units);
	wire_put_u32(out, fs->sectors_per_unit);
	wire_put_u32(out, fs->bytes_per_sector);
	return true;
}

static bool put_object_id(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_bytes(out, fs->object_id, sizeof(fs->object_id));
	wire_put_bytes(out, fs->object_extra, sizeof(fs->object_extra));
	return true;
}

static bool put_sector_size(struct wire_out *out, const struct wire_fs_info *fs)
{
	wire_put_u32(out, fs->sector_logical);
	wire_put_u32(out, fs->sector_physical_atomic);
	wire_put_u32(out, fs->sector_physical_perf);
	wire_put_u32(out, fs->sector_effective_atomic);
	wire_put_u32(out, fs->sector_flags);
	wire_put_u32(out, fs->sector_align_offset);
	wire_put_u32(out, fs->partition_align_offset);
	return true;
}

/*
 * min_len is the size of the structure with its padding: [MS-FSA] 2.1.5, Server
 * Requests a Query of File System Information.  put() returns false if it had
 * to cut the name.
 */
struct fs_class {
	u8 class;
	u8 min_len;
	bool (*put)(struct wire_out *out, const struct wire_fs_info *fs);
};

static const struct fs_class classes[] = {
	{ FILE_FS_VOLUME_INFORMATION,		24,	put_volume },
	{ FILE_FS_SIZE_INFORMATION,		24,	put_size },
	{ FILE_FS_DEVICE_INFORMATION,		8,	put_device },
	{ FILE_FS_ATTRIBUTE_INFORMATION,	16,	put_attribute },
	{ FILE_FS_CONTROL_INFORMATION,		48,	put_control },
	{ FILE_FS_FULL_SIZE_INFORMATION,	32,	put_full_size },
	{ FILE_FS_OBJECTID_INFORMATION,		64,	put_object_id },
	{ FILE_FS_SECTOR_SIZE_INFORMATION,	28,	put_sector_size },
};

static const struct fs_class *find_class(u8 class)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class)
			return &classes[i];
	return NULL;
}

/**
 * csrv_fscc_fs_min_len() - least OutputBufferLength for which a class can be queried
 * @class: enum fscc_fs_class
 *
 * Return: bytes, below which the answer is STATUS_INFO_LENGTH_MISMATCH; 0 for a
 * class that cannot be queried.
 */
u32 csrv_fscc_fs_min_len(u8 class)
{
	const struct fs_class *row = find_class(class);

	return row ? row->min_len : 0;
}

/**
 * csrv_fscc_encode_fs() - one file system information class
 * @class: enum fscc_fs_class
 * @out: ends where OutputBufferLength ends
 * @fs: the volume
 *
 * Return: NT_OK; NT_BUFFER_OVERFLOW if only part of a name fitted (that part is
 * written, and to be sent); NT_INFO_LENGTH_MISMATCH; NT_INVALID_INFO_CLASS.
 */
nt_status_t csrv_fscc_encode_fs(u8 class, struct wire_out *out, const struct wire_fs_info *fs)
{
	const struct fs_class *row = find_class(class);

	if (!row)
		return NT_INVALID_INFO_CLASS;
	if (wire_out_left(out) < row->min_len)
		return NT_INFO_LENGTH_MISMATCH;
	return row->put(out, fs) ? NT_OK : NT_BUFFER_OVERFLOW;
}

static nt_status_t get_label(struct wire_in *in, struct wire_fs_set *set)
{
	u32 len = wire_get_u32(in);

	set->label = wire_get_blob(in, len);
	return len % 2 || !wire_done(in) ? NT_INVALID_PARAMETER : NT_OK;
}

static nt_status_t get_control(struct wire_in *in, struct wire_fs_set *set)
{
	wire_skip(in, 24);
	set->control.quota_threshold = wire_get_u64(in);
	set->control.quota_limit = wire_get_u64(in);
	set->control.quota_flags = wire_get_u32(in);
	return NT_OK;
}

static nt_status_t get_object_id(struct wire_in *in, struct wire_fs_set *set)
{
	wire_get_bytes(in, set->object_id.id, sizeof(set->object_id.id));
	wire_get_bytes(in, set->object_id.extra, sizeof(set->object_id.extra));
	return NT_OK;
}

struct fs_set_class {
	u8 class;
	u8 min_len;		/* up to a variable part */
	nt_status_t (*get)(struct wire_in *in, struct wire_fs_set *set);
};

static const struct fs_set_class set_classes[] = {
	{ FILE_FS_LABEL_INFORMATION,	4,	get_label },
	{ FILE_FS_CONTROL_INFORMATION,	48,	get_control },
	{ FILE_FS_OBJECTID_INFORMATION,	64,	get_object_id },
};

/**
 * csrv_fscc_decode_fs_set() - the buffer of a SET_INFO of a file system class
 * @class: enum fscc_fs_class
 * @buf: the buffer; blobs in @set point into it
 * @set: filled in on success
 *
 * Return: NT_OK, NT_INVALID_INFO_CLASS, NT_INFO_LENGTH_MISMATCH or
 * NT_INVALID_PARAMETER, as csrv_fscc_decode_file_set().
 */
nt_status_t csrv_fscc_decode_fs_set(u8 class, const struct wire_blob *buf, struct wire_fs_set *set)
{
	struct wire_in in = wire_sub(buf);
	size_t i;

	memset(set, 0, sizeof(*set));
	set->class = class;
	for (i = 0; i < ARRAY_SIZE(set_classes); i++)
		if (set_classes[i].class == class)
			break;
	if (i == ARRAY_SIZE(set_classes))
		return NT_INVALID_INFO_CLASS;
	if (buf->len < set_classes[i].min_len)
		return NT_INFO_LENGTH_MISMATCH;
	return set_classes[i].get(&in, set);
}
