// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/fscc_dir.c - directory listings and change notifications, [MS-FSCC] 2.4, 2.7 */
#include <linux/kernel.h>

#include "fscc_dir.h"
#include "utf16.h"

#define SHORT_NAME_LEN	24	/* bytes of the ShortName field: 8.3 in UTF-16 */

/* The fields of a class between FileNameLength and FileName, in this order. */
enum dir_part {
	DIR_EA		= 1 << 0,	/* EaSize, or the reparse tag in its place */
	DIR_TAG		= 1 << 1,	/* EaSize and ReparsePointTag */
	DIR_RESERVED4	= 1 << 2,
	DIR_ID_FIRST	= 1 << 3,	/* FileId, 64 bits, before the short name */
	DIR_ID128	= 1 << 4,	/* FileId, 128 bits */
	DIR_SHORT	= 1 << 5,	/* ShortNameLength, Reserved, ShortName */
	DIR_ID_LAST	= 1 << 6,	/* Reserved2, FileId, 64 bits, behind the short name */
	DIR_NAMES_ONLY	= 1 << 7,	/* no times, sizes, attributes either */
};

struct dir_class {
	u8 class;
	u8 min_len;		/* offset of FileName */
	u8 parts;
};

static const struct dir_class classes[] = {
	{ FILE_DIRECTORY_INFORMATION,		64,	0 },
	{ FILE_FULL_DIRECTORY_INFORMATION,	68,	DIR_EA },
	{ FILE_BOTH_DIRECTORY_INFORMATION,	94,	DIR_EA | DIR_SHORT },
	{ FILE_NAMES_INFORMATION,		12,	DIR_NAMES_ONLY },
	{ FILE_ID_BOTH_DIRECTORY_INFORMATION,	104,	DIR_EA | DIR_SHORT | DIR_ID_LAST },
	{ FILE_ID_FULL_DIRECTORY_INFORMATION,	80,	DIR_EA | DIR_RESERVED4 | DIR_ID_FIRST },
	{ FILE_ID_EXTD_DIRECTORY_INFORMATION,	88,	DIR_TAG | DIR_ID128 },
	{ FILE_ID_EXTD_BOTH_DIRECTORY_INFORMATION, 114,	DIR_TAG | DIR_ID128 | DIR_SHORT },
	{ FILE_ID_64_EXTD_DIRECTORY_INFORMATION, 80,	DIR_TAG | DIR_ID_FIRST },
	{ FILE_ID_64_EXTD_BOTH_DIRECTORY_INFORMATION, 106, DIR_TAG | DIR_ID_FIRST | DIR_SHORT },
	{ FILE_ID_ALL_EXTD_DIRECTORY_INFORMATION, 96,	DIR_TAG | DIR_ID_FIRST | DIR_ID128 },
	{ FILE_ID_ALL_EXTD_BOTH_DIRECTORY_INFORMATION, 122,
	  DIR_TAG | DIR_ID_FIRST | DIR_ID128 | DIR_SHORT },
};

static const struct dir_class *find_class(u8 class)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class)
			return &classes[i];
	return NULL;
}

/**
 * csrv_fscc_dir_min_len() - size of an entry without its name
 * @class: enum fscc_file_class
 *
 * Return: bytes; an OutputBufferLength below is STATUS_INFO_LENGTH_MISMATCH
 * ([MS-FSA] 2.1.5.6.3).  0 for a class that is not one of directories.
 */
u32 csrv_fscc_dir_min_len(u8 class)
{
	const struct dir_class *row = find_class(class);

	return row ? row->min_len : 0;
}

/**
 * csrv_fscc_dir_begin() - start a listing
 * @dir: to be initialised
 * @out: ends where OutputBufferLength ends; must outlive @dir
 * @class: enum fscc_file_class
 *
 * Return: false if @class is no directory class (STATUS_INVALID_INFO_CLASS).
 */
bool csrv_fscc_dir_begin(struct fscc_dir *dir, struct wire_out *out, u8 class)
{
	dir->list = wire_list(out, 8);
	dir->class = class;
	return find_class(class);
}

/* Has each entry of @dir an EaSize?  It need not be computed where there is none. */
bool csrv_fscc_dir_tells_ea(const struct fscc_dir *dir)
{
	const struct dir_class *row = find_class(dir->class);

	return row && (row->parts & (DIR_EA | DIR_TAG));
}

static void put_common(struct wire_out *out, const struct wire_file_info *fi)
{
	wire_put_u64(out, fi->creation_time);
	wire_put_u64(out, fi->access_time);
	wire_put_u64(out, fi->write_time);
	wire_put_u64(out, fi->change_time);
	wire_put_u64(out, fi->end_of_file);
	wire_put_u64(out, fi->alloc_size);
	wire_put_u32(out, fi->attributes);
}

static void put_short_name(struct wire_out *out, const struct wire_blob *name)
{
	u8 utf16[SHORT_NAME_LEN] = {};
	u32 len = csrv_utf8_to_utf16((const char *)name->data, name->len, utf16, sizeof(utf16));

	wire_put_u8(out, len);
	wire_put_u8(out, 0);
	wire_put_bytes(out, utf16, sizeof(utf16));
}

static void put_parts(struct wire_out *out, const struct wire_file_info *fi, u8 parts)
{
	bool reparse = fi->attributes & FILE_ATTRIBUTE_REPARSE_POINT;

	if (parts & DIR_EA)
		wire_put_u32(out, reparse ? fi->reparse_tag : fi->ea_size);
	if (parts & DIR_TAG) {
		wire_put_u32(out, fi->ea_size);
		wire_put_u32(out, reparse ? fi->reparse_tag : 0);
	}
	if (parts & DIR_RESERVED4)
		wire_put_u32(out, 0);
	if (parts & DIR_ID_FIRST)
		wire_put_u64(out, fi->index_number);
	if (parts & DIR_ID128) {
		wire_put_u64(out, fi->index_number);
		wire_put_u64(out, fi->index_high);
	}
	if (parts & DIR_SHORT)
		put_short_name(out, &fi->short_name);
	if (parts & DIR_ID_LAST) {
		wire_put_u16(out, 0);
		wire_put_u64(out, fi->index_number);
	}
}

/**
 * csrv_fscc_dir_add() - append one entry
 * @dir: from csrv_fscc_dir_begin(), which returned true
 * @fi: the file; @fi->name is the bare name
 *
 * Return: false if it does not fit; the listing is unchanged then.
 */
bool csrv_fscc_dir_add(struct fscc_dir *dir, const struct wire_file_info *fi)
{
	const struct dir_class *row = find_class(dir->class);
	const char *name = (const char *)fi->name.data;
	u32 name_len = csrv_utf8_to_utf16_len(name, fi->name.len);
	struct wire_out *out = dir->list.out;

	if (!row || !wire_list_next(&dir->list, row->min_len + name_len))
		return false;
	wire_put_u32(out, fi->file_index);
	if (!(row->parts & DIR_NAMES_ONLY))
		put_common(out, fi);
	wire_put_u32(out, name_len);
	put_parts(out, fi, row->parts);
	csrv_put_utf16(out, name, fi->name.len);
	return true;
}

/* FILE_NOTIFY_INFORMATION, [MS-FSCC] 2.7.1 */
struct wire_list csrv_fscc_notify_begin(struct wire_out *out)
{
	return wire_list(out, 4);
}

/**
 * csrv_fscc_notify_add() - append one change
 * @list: from csrv_fscc_notify_begin()
 * @action: enum fscc_notify_action
 * @name: UTF-8 path from the watched directory, '/' between components
 * @len: of @name, in bytes
 *
 * Return: false if it does not fit (STATUS_NOTIFY_ENUM_DIR); nothing is written then.
 */
bool csrv_fscc_notify_add(struct wire_list *list, u32 action, const char *name, u32 len)
{
	u32 name_len = csrv_utf8_to_utf16_len(name, len);

	if (!wire_list_next(list, 12 + name_len))
		return false;
	wire_put_u32(list->out, action);
	wire_put_u32(list->out, name_len);
	csrv_put_utf16_path(list->out, name, len);
	return true;
}
