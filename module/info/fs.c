// SPDX-License-Identifier: GPL-2.0-or-later
/* info/fs.c - query file system information classes: [MS-FSCC] 2.5, [MS-FSA] 2.1.5.13 */
#include <linux/string.h>

#include "../policy/rights.h"
#include "../policy/share.h"
#include "../wire/fscc_fs.h"
#include "../wire/time.h"
#include "info.h"

static const u8 fs_classes[] = {
	FILE_FS_VOLUME_INFORMATION, FILE_FS_SIZE_INFORMATION, FILE_FS_DEVICE_INFORMATION,
	FILE_FS_ATTRIBUTE_INFORMATION, FILE_FS_FULL_SIZE_INFORMATION,
	FILE_FS_OBJECTID_INFORMATION, FILE_FS_SECTOR_SIZE_INFORMATION,
};

static struct wire_blob text(const char *s)
{
	return (struct wire_blob) { .data = (const u8 *)s, .len = strlen(s) };
}

static u32 volume_attributes(const struct csrv_share_cfg *cfg, const struct csrv_vfs_fsinfo *v)
{
	u32 a = FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK;

	if (v->acls)
		a |= FILE_PERSISTENT_ACLS;
	if (v->links)
		a |= FILE_SUPPORTS_HARD_LINKS;
	if (cfg->p.case_sensitive)
		a |= FILE_CASE_SENSITIVE_SEARCH;
	if (cfg->p.ea_support && v->eas)
		a |= FILE_SUPPORTS_EXTENDED_ATTRIBUTES;
	if (v->read_only || cfg->p.read_only)
		a |= v->read_only ? FILE_READ_ONLY_VOLUME : 0;
	return a;
}

static void fill_sizes(struct wire_fs_info *fs, const struct csrv_vfs_fsinfo *v)
{
	u32 sector = v->logical_sector && v->logical_sector <= v->block_size ?
		     v->logical_sector : 512;

	fs->total_units = v->total;
	fs->free_units = v->free;
	fs->caller_units = v->avail;
	fs->bytes_per_sector = sector;
	fs->sectors_per_unit = max_t(u32, v->block_size / sector, 1);
	fs->sector_logical = sector;
	fs->sector_physical_atomic = max(v->physical_sector, sector);
	fs->sector_physical_perf = fs->sector_physical_atomic;
	fs->sector_effective_atomic = fs->sector_physical_atomic;
	fs->sector_flags = SSINFO_FLAGS_ALIGNED_DEVICE | SSINFO_FLAGS_PARTITION_ALIGNED_ON_DEVICE;
}

/**
 * csrv_info_get_fs() - a file system information class
 * @q: the query
 *
 * Return: as csrv_info_get_file().
 */
nt_status_t csrv_info_get_fs(const struct csrv_info_get *q)
{
	struct csrv_open *o = q->open;
	struct wire_fs_info fs = {};
	struct csrv_vfs_fsinfo v;
	int err;

	if (!memchr(fs_classes, q->class, sizeof(fs_classes)))
		return csrv_fscc_fs_min_len(q->class) ? NT_NOT_SUPPORTED : NT_INVALID_INFO_CLASS;
	if (o->pipe)
		return NT_INVALID_DEVICE_REQUEST;
	err = csrv_vfs_statfs(&o->path, &v);
	if (err)
		return csrv_errno_status(err);
	fill_sizes(&fs, &v);
	fs.creation_time = wire_filetime(v.created.tv_sec, v.created.tv_nsec);
	fs.serial = o->cfg->volume;
	fs.label = text(*o->cfg->p.volume ? o->cfg->p.volume : csrv_rights_name(o->rights));
	fs.device_type = FILE_DEVICE_DISK;
	fs.characteristics = FILE_DEVICE_IS_MOUNTED;
	fs.attributes = volume_attributes(o->cfg, &v);
	fs.name_max = 255;
	fs.fs_name = text(o->cfg->p.fstype);
	wire_guid_of(fs.object_id, v.fsid, o->cfg->volume, 0);
	return csrv_fscc_encode_fs(q->class, q->out, &fs);
}
