// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/dosattr.c - DOS attributes and creation time of a UNIX file
 *
 * Stored in xattr user.DOSATTRIB, as Samba does ("store dos attributes").  Without it they follow
 * from the mode's bits, as far as the "map …" parameters say, and from a leading dot for hidden.
 *
 * A ChangeTime that a client sets is stored when it closes the file: store/times.h.
 */
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/stat.h>

#include "../policy/names.h"
#include "../policy/share.h"
#include "../wire/fscc_file.h"
#include "../wire/time.h"
#include "changetime.h"
#include "dosattr.h"
#include "open.h"

static u64 filetime(const struct timespec64 *ts)
{
	return wire_filetime(ts->tv_sec, ts->tv_nsec);
}

/* smb.conf "map readonly" */
static bool mode_is_readonly(const struct csrv_share_params *p, const struct path *path,
			     const struct csrv_vfs_attr *a)
{
	if (p->map_readonly == CSRV_SHARE_MAP_READONLY_PERMISSIONS)
		return !a->is_dir && csrv_vfs_permission(path, MAY_WRITE);
	return p->map_readonly == CSRV_SHARE_MAP_READONLY_YES && !(a->mode & 0200);
}

/* "map archive", "map system", "map hidden": the three execute bits, smb.conf(5). */
static u32 attributes_of_mode(const struct csrv_share_params *p, const struct path *path,
			      const struct csrv_vfs_attr *a)
{
	u32 attrs = 0;

	if (mode_is_readonly(p, path, a))
		attrs |= FILE_ATTRIBUTE_READONLY;
	if (a->is_dir)
		return attrs;
	if (p->map_archive && (a->mode & 0100))
		attrs |= FILE_ATTRIBUTE_ARCHIVE;
	if (p->map_system && (a->mode & 0010))
		attrs |= FILE_ATTRIBUTE_SYSTEM;
	if (p->map_hidden && (a->mode & 0001))
		attrs |= FILE_ATTRIBUTE_HIDDEN;
	return attrs;
}

/*
 * The FileId of a file: one number for every class that has one.
 * @cfg: the share, which is a volume to clients
 *
 * The inode number is not enough ([MS-FSCC] 2.1.9): it is used again when a file has been removed,
 * so the generation is part of the id; and there may be mounts and subvolumes below a share, each
 * with its own inode numbers.
 */
static u64 file_id(const struct csrv_share_cfg *cfg, const struct csrv_vfs_attr *a)
{
	u64 id = a->ino ^ (u64)a->generation << 32;

	if (a->dev != cfg->root.dev)
		id ^= hash_64(a->dev, 64);
	/* [MS-FSCC] 2.1.9: 0 is no id, and all ones one that is not unique */
	return id + 1 > 1 ? id : 1;
}

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* "hide dot files", "hide files": the attribute that depends on the name only. */
static bool name_hides(const struct csrv_share_params *p, const char *name)
{
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return (p->hide_dot_files && name[0] == '.') ||
	       csrv_names_match(p->hide_files, name, strlen(name), !p->case_sensitive);
}

/* Does an error of csrv_vfs_dosattr_get() mean that nothing is stored, not that reading failed? */
bool csrv_dos_is_none(int err)
{
	return err == -ENODATA || err == -EOPNOTSUPP || err == -EBADMSG;
}

/**
 * csrv_file_attr_get() - all attributes of a file that clients see
 * @cfg: the share's parameters
 * @path: the object
 * @name: its name on disk, for "hide dot files" and "hide files"; a path is cut to its
 *	last component
 * @f: filled
 *
 * Takes the lock of the inode's bucket.
 * Return: 0 or an errno of getattr.  A DOSATTRIB that cannot be read counts as none, but for
 * @f->dos_err, so that no request replaces it.
 */
int csrv_file_attr_get(const struct csrv_share_cfg *cfg, const struct path *path, const char *name,
		       struct csrv_file_attr *f)
{
	struct csrv_vfs_dos dos = {};
	int err = csrv_vfs_getattr(path, &f->vfs);

	if (err)
		return err;
	f->dos_err = 0;
	if (cfg->p.store_dos_attributes) {
		err = csrv_vfs_dosattr_get(path, &dos);
		if (err)
			memset(&dos, 0, sizeof(dos));
		if (err && !csrv_dos_is_none(err))
			f->dos_err = err;
	}
	f->id = file_id(cfg, &f->vfs);
	f->access_time = filetime(&f->vfs.atime);
	f->write_time = filetime(&f->vfs.mtime);
	f->change_time = filetime(&f->vfs.ctime);
	if (dos.has_create_time)
		f->create_time = dos.create_time;
	else if (f->vfs.has_btime)
		f->create_time = filetime(&f->vfs.btime);
	else
		f->create_time = min3(f->access_time, f->write_time, f->change_time);
	if (dos.has_change_time && dos.change_stamp == f->change_time)
		f->change_time = dos.change_time;
	csrv_change_time(cfg->srv, d_inode(path->dentry), &f->vfs.ctime, &f->change_time);

	f->kept = dos.has_attributes ? dos.attributes & FILE_ATTRIBUTE_SETTABLE :
				       attributes_of_mode(&cfg->p, path, &f->vfs);
	f->attributes = f->kept;
	if (name_hides(&cfg->p, last_component(name)))
		f->attributes |= FILE_ATTRIBUTE_HIDDEN;
	if (f->vfs.is_dir)
		f->attributes |= FILE_ATTRIBUTE_DIRECTORY;
	if (!f->attributes)
		f->attributes = FILE_ATTRIBUTE_NORMAL;
	return 0;
}

/* The same for an open, by its current name; the root of a share has none. */
int csrv_open_attr(const struct csrv_open *o, struct csrv_file_attr *f)
{
	struct name_snapshot name;
	int err;

	if (csrv_vfs_path_same(csrv_open_name_path(o), &o->cfg->root.path))
		return csrv_file_attr_get(o->cfg, &o->path, "", f);
	take_dentry_name_snapshot(&name, csrv_open_name_path(o)->dentry);
	err = csrv_file_attr_get(o->cfg, &o->path, (const char *)name.name.name, f);
	release_dentry_name_snapshot(&name);
	return err;
}

/*
 * The attributes to store of those that a client sets: clients set again what they have seen, and
 * HIDDEN that follows from the name is not stored.
 */
u32 csrv_dos_to_keep(const struct csrv_file_attr *f, u32 attributes)
{
	return attributes & ~(f->attributes & ~f->kept & FILE_ATTRIBUTE_HIDDEN);
}

/**
 * csrv_dos_set() - store DOS attributes and creation time
 * @cfg: the share's parameters
 * @path: the object
 * @attributes: FILE_ATTRIBUTE_*; only settable ones are kept
 * @create_time: FILETIME, or 0: store none
 *
 * file->sd_lock is held.
 * Return: 0; -EOPNOTSUPP where they cannot be stored; an errno of setxattr.
 */
int csrv_dos_set(const struct csrv_share_cfg *cfg, const struct path *path, u32 attributes,
		 u64 create_time)
{
	struct csrv_vfs_dos dos = {
		.attributes		= attributes & (FILE_ATTRIBUTE_SETTABLE |
							FILE_ATTRIBUTE_DIRECTORY),
		.create_time		= create_time,
		.has_attributes		= true,
		.has_create_time	= create_time != 0,
	};

	if (!cfg->p.store_dos_attributes)
		return -EOPNOTSUPP;
	return csrv_vfs_dosattr_set(path, &dos);
}

static u32 with_bit(u32 mode, u32 bit, bool mapped, bool set)
{
	if (!mapped)
		return mode;
	return set ? mode | bit : mode & ~bit;
}

/**
 * csrv_dos_to_mode() - DOS attributes as bits of a file's mode
 * @p: parameters of the share
 * @attributes: FILE_ATTRIBUTE_*
 * @mode: permission bits without them
 *
 * Where attributes are stored they do not change the mode: smb.conf(5), "store dos attributes".
 * Takes no lock.
 * Return: the mode, with the bits of those attributes that have one.
 */
u32 csrv_dos_to_mode(const struct csrv_share_params *p, u32 attributes, u32 mode)
{
	if (p->store_dos_attributes)
		return mode;
	mode = with_bit(mode, 0100, p->map_archive, attributes & FILE_ATTRIBUTE_ARCHIVE);
	mode = with_bit(mode, 0010, p->map_system, attributes & FILE_ATTRIBUTE_SYSTEM);
	mode = with_bit(mode, 0001, p->map_hidden, attributes & FILE_ATTRIBUTE_HIDDEN);
	if (p->map_readonly == CSRV_SHARE_MAP_READONLY_YES)
		mode = attributes & FILE_ATTRIBUTE_READONLY ? mode & ~0222 : mode | 0200;
	return mode;
}

/**
 * csrv_dos_set_mode() - set the bits of a file's mode that mean DOS attributes
 * @o: open of the file
 * @f: the file's attributes
 * @attributes: FILE_ATTRIBUTE_*
 *
 * Takes file->sd_lock.
 * Return: 0, or an errno of chmod.  It is no error that the archive attribute cannot be set: a
 * client that may write a file of another owner sets it on each file that it copies.
 */
int csrv_dos_set_mode(struct csrv_open *o, const struct csrv_file_attr *f, u32 attributes)
{
	u32 old = f->vfs.mode & 07777, new = csrv_dos_to_mode(&o->cfg->p, attributes, old);
	int err;

	if (new == old)
		return 0;
	mutex_lock(&o->file->sd_lock);
	err = csrv_vfs_chmod_bits(&o->path, old & ~new, new & ~old);
	mutex_unlock(&o->file->sd_lock);
	return err == -EPERM && (old ^ new) == 0100 ? 0 : err;
}
