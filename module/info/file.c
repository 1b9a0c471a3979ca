// SPDX-License-Identifier: GPL-2.0-or-later
/* info/file.c - query file information classes: [MS-FSCC] 2.4, [MS-FSA] 2.1.5.12 */
#include <linux/dcache.h>
#include <linux/slab.h>

#include "../core/server.h"
#include "../policy/share.h"
#include "../store/dosattr.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/shortname.h"
#include "info.h"

enum file_flags {
	FILE_WANTS_NAME	= 1 << 0,	/* fails without a name */
	FILE_WANTS_EAS	= 1 << 1,
	FILE_ON_PIPE	= 1 << 2,	/* pipes have it too */
	FILE_LIKES_NAME	= 1 << 3,	/* has a name; the query succeeds also without it */
};

/* One class: its needs, and its function; the encoder is wire/'s where @get is NULL. */
struct file_row {
	u8		class;
	u32		access;
	u32		flags;
	nt_status_t	(*get)(const struct csrv_info_get *q);
};

static nt_status_t get_streams(const struct csrv_info_get *q)
{
	struct wire_list list = wire_list(q->out, 8);
	struct wire_stream_info st = {};
	struct csrv_file_attr f;
	int err = csrv_open_attr(q->open, &f);

	if (err)
		return csrv_errno_status(err);
	if (f.vfs.is_dir)
		return NT_OK;	/* directories have no default stream */
	st.size = f.vfs.size;
	st.alloc_size = f.vfs.alloc;
	return csrv_fscc_stream_add(&list, &st) ? NT_OK : NT_BUFFER_OVERFLOW;
}

/*
 * FileAlternateNameInformation, [MS-FSCC] 2.4.5.  The root of a share has no name in it, and
 * clients do not learn the name of its directory on the server.
 */
static nt_status_t get_short_name(const struct csrv_info_get *q)
{
	char short_name[WIRE_SHORT_NAME_MAX];
	struct wire_file_info fi = {};
	struct name_snapshot name;

	if (csrv_vfs_path_same(csrv_open_name_path(q->open), &q->open->cfg->root.path))
		return NT_OBJECT_NAME_NOT_FOUND;
	take_dentry_name_snapshot(&name, csrv_open_name_path(q->open)->dentry);
	fi.short_name.len = csrv_short_name(name.name.name, name.name.len,
					    q->open->cfg->root.short_seed, short_name);
	release_dentry_name_snapshot(&name);
	fi.short_name.data = (const u8 *)short_name;
	if (!fi.short_name.len)
		return NT_OBJECT_NAME_NOT_FOUND;
	return csrv_fscc_encode_file(q->class, q->out, &fi);
}

static const struct file_row rows[] = {
	{ FILE_BASIC_INFORMATION,	FILE_READ_ATTRIBUTES },
	{ FILE_STANDARD_INFORMATION,	0,	FILE_ON_PIPE },
	{ FILE_INTERNAL_INFORMATION,	0,	FILE_ON_PIPE },
	{ FILE_EA_INFORMATION,		0,	FILE_WANTS_EAS },
	{ FILE_ACCESS_INFORMATION },
	{ FILE_POSITION_INFORMATION },
	{ FILE_FULL_EA_INFORMATION,	FILE_READ_EA, 0, csrv_info_get_eas },
	{ FILE_MODE_INFORMATION },
	{ FILE_ALIGNMENT_INFORMATION },
	{ FILE_ALL_INFORMATION,		FILE_READ_ATTRIBUTES, FILE_LIKES_NAME | FILE_WANTS_EAS },
	{ FILE_ALTERNATE_NAME_INFORMATION, 0,	0, get_short_name },
	{ FILE_STREAM_INFORMATION,	0,	0, get_streams },
	{ FILE_COMPRESSION_INFORMATION },
	{ FILE_NETWORK_OPEN_INFORMATION, FILE_READ_ATTRIBUTES },
	{ FILE_ATTRIBUTE_TAG_INFORMATION, FILE_READ_ATTRIBUTES },
	{ FILE_NORMALIZED_NAME_INFORMATION, 0,	FILE_WANTS_NAME },
	{ FILE_ID_INFORMATION },
};

static const struct file_row *row_of(u8 class)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].class == class)
			return &rows[i];
	return NULL;
}

/* Fill in the attributes that are part of every class. */
void csrv_info_fill(struct wire_file_info *fi, const struct csrv_file_attr *f)
{
	fi->creation_time = f->create_time;
	fi->access_time = f->access_time;
	fi->write_time = f->write_time;
	fi->change_time = f->change_time;
	fi->alloc_size = f->vfs.alloc;
	fi->end_of_file = f->vfs.size;
	fi->index_number = f->id;
	fi->attributes = f->attributes;
	fi->nlink = f->vfs.nlink;
	fi->directory = f->vfs.is_dir;
}

static void fill_open(struct wire_file_info *fi, struct csrv_open *o)
{
	fi->volume_serial = o->cfg->volume;	/* the same as in FileFsVolumeInformation */
	fi->position = o->position;
	fi->access = o->access;
	fi->mode = o->mode;
	fi->delete_pending = csrv_open_delete_pending(o) || READ_ONCE(o->delete_on_close);
	if (fi->delete_pending && fi->nlink)
		fi->nlink--;
	if (fi->directory)
		fi->nlink = fi->delete_pending ? 0 : 1;
}

/* A pipe has these attributes only: [MS-FSCC] 2.4.44, 2.4.20 */
static void fill_pipe(struct wire_file_info *fi, const struct csrv_open *o)
{
	fi->attributes = FILE_ATTRIBUTE_NORMAL;
	fi->nlink = 1;
	fi->alloc_size = 4096;
	fi->delete_pending = true;
	fi->access = o->access;
}

/*
 * An object behind a wide link, or one that another process has removed or moved away, has no name
 * in the share: then its last component is used alone.
 */
static int fill_name(struct wire_file_info *fi, const struct csrv_info_get *q, u32 flags,
		     char *buf)
{
	const struct csrv_vfs_root *root = &q->open->cfg->root;
	const struct path *path = csrv_open_name_path(q->open);
	char *name = csrv_vfs_path_name(root, path, buf + CSRV_SHOWN_PATH_MAX, PATH_MAX);
	struct name_snapshot last;

	fi->name.data = (const u8 *)buf;
	if (!IS_ERR(name)) {
		fi->name.len = csrv_vfs_path_show(root, name, buf);
		return 0;
	}
	if (!(flags & FILE_LIKES_NAME) || PTR_ERR(name) == -ENOMEM)
		return PTR_ERR(name);
	take_dentry_name_snapshot(&last, path->dentry);
	fi->name.len = csrv_vfs_path_show(root, (const char *)last.name.name, buf);
	release_dentry_name_snapshot(&last);
	return 0;
}

static nt_status_t get_plain(const struct csrv_info_get *q, const struct file_row *row, char *buf)
{
	struct csrv_open *o = q->open;
	struct wire_file_info fi = {};
	struct csrv_file_attr f;
	u32 num = 0;
	int err;

	if (o->pipe) {
		fill_pipe(&fi, o);
		return csrv_fscc_encode_file(q->class, q->out, &fi);
	}
	err = csrv_open_attr(o, &f);
	if (err)
		return csrv_errno_status(err);
	csrv_info_fill(&fi, &f);
	fill_open(&fi, o);
	if (row->flags & FILE_WANTS_EAS)
		fi.ea_size = o->cfg->p.ea_support ? csrv_vfs_ea_size(&o->path, &num) : 0;
	if (buf) {
		err = fill_name(&fi, q, row->flags, buf);
		if (err)
			return csrv_errno_status(err);
	}
	return csrv_fscc_encode_file(q->class, q->out, &fi);
}

/**
 * csrv_info_get_file() - a file information class
 * @q: the query
 *
 * Return: NT_OK; NT_BUFFER_OVERFLOW with as much as fits; NT_INFO_LENGTH_MISMATCH,
 * NT_INVALID_INFO_CLASS, NT_ACCESS_DENIED …
 */
nt_status_t csrv_info_get_file(const struct csrv_info_get *q)
{
	const struct file_row *row = row_of(q->class);
	nt_status_t status;
	char *buf = NULL;

	if (!row)
		return csrv_fscc_file_min_len(q->class) ? NT_NOT_SUPPORTED : NT_INVALID_INFO_CLASS;
	if (q->open->pipe && !(row->flags & FILE_ON_PIPE))
		return NT_INVALID_PARAMETER;
	if (wire_out_left(q->out) < csrv_fscc_file_min_len(q->class))
		return NT_INFO_LENGTH_MISMATCH;
	if (row->access & ~q->open->access)
		return NT_ACCESS_DENIED;
	if (row->get)
		return row->get(q);
	if (row->flags & (FILE_WANTS_NAME | FILE_LIKES_NAME)) {
		buf = kmalloc(CSRV_SHOWN_PATH_MAX + PATH_MAX, GFP_KERNEL);
		if (!buf)
			return NT_INSUFFICIENT_RESOURCES;
	}
	status = get_plain(q, row, buf);
	kfree(buf);
	return status;
}
