// SPDX-License-Identifier: GPL-2.0-or-later
/* info/dir.c - listing a directory: [MS-FSA] 2.1.5.6.3 */
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../policy/share.h"
#include "../store/dosattr.h"
#include "../vfs/xattr.h"
#include "../wire/fscc_dir.h"
#include "../wire/name.h"
#include "../wire/shortname.h"
#include "../wire/utf16.h"
#include "info.h"

/* EAs that one reply reads, before it ends: a file may have thousands. */
#define DIR_EAS_MAX	1024

/* Entries that one call visits: the client chooses pattern and directory, and so the work. */
#define DIR_LOOKS	1024u

static bool is_dots(const struct csrv_vfs_dirent *ent)
{
	return ent->name[0] == '.' && (ent->len == 1 || (ent->len == 2 && ent->name[1] == '.'));
}

/* Does the share show this object? */
static bool shown(const struct csrv_open *o, const struct csrv_vfs_dirent *ent,
		  const struct path *path, const struct csrv_file_attr *f)
{
	const struct csrv_share_params *p = &o->cfg->p;

	if (!is_dots(ent) && p->hide_unreadable)
		return !csrv_vfs_permission(path, f->vfs.is_dir ? MAY_READ | MAY_EXEC : MAY_READ);
	return true;
}

/* The 8.3 name of an entry; 0: it has none. */
static u32 short_of(const struct csrv_open *o, const struct csrv_vfs_dirent *ent, char *buf)
{
	return csrv_short_name(ent->name, ent->len, o->cfg->root.short_seed, buf);
}

/*
 * By its name as clients see it, or by its 8.3 name: [MS-FSA] 2.1.5.6.3.  The latter only for a
 * pattern with a '~': "*.htm", which is not about 8.3 names, must not match *.html.
 */
static bool wanted(const struct csrv_open *o, const struct csrv_vfs_dirent *ent)
	__must_hold(&o->dir_lock)
{
	bool ignore_case = !o->cfg->p.case_sensitive;
	size_t len = strlen(o->pattern);
	char buf[WIRE_SHORT_NAME_MAX];
	u32 n;

	if (!is_dots(ent) && csrv_vfs_vetoes(&o->cfg->root, ent->name, ent->len))
		return false;
	if (csrv_name_match(o->pattern, len, ent->shown, ent->shown_len, ignore_case))
		return true;
	if (!memchr(o->pattern, '~', len))
		return false;
	n = short_of(o, ent, buf);
	return n && csrv_name_match(o->pattern, len, buf, n, true);
}

/* Fill in an entry, but for its names; false: leave it out. */
static bool entry_fill(struct csrv_open *o, const struct csrv_vfs_dirent *ent,
		       struct wire_file_info *fi, u32 *neas) __must_hold(&o->dir_lock)
{
	struct csrv_file_attr f = {};
	struct path path;
	bool ok;

	if (csrv_vfs_dirent_path(o->dir, ent, &path))
		return false;
	ok = !csrv_file_attr_get(o->cfg, &path, ent->name, &f) && shown(o, ent, &path, &f);
	if (ok)
		csrv_info_fill(fi, &f);
	if (ok && neas)
		fi->ea_size = csrv_vfs_ea_size(&path, neas);
	path_put(&path);
	return ok;
}

/* @neas: NULL: there is no EaSize; else incremented by the EAs that were read */
static bool add(struct csrv_open *o, struct fscc_dir *list, const struct csrv_vfs_dirent *ent,
		u32 *neas) __must_hold(&o->dir_lock)
{
	char short_name[WIRE_SHORT_NAME_MAX];
	struct wire_file_info fi = {};
	u32 n;

	if (!entry_fill(o, ent, &fi, neas))
		return true;	/* vanished, hidden: as if it were not there */
	fi.name.data = (const u8 *)ent->shown;
	fi.name.len = ent->shown_len;
	n = short_of(o, ent, short_name);
	/* A name that is an 8.3 name already gets no short name: [MS-FSCC] 2.4.8 */
	if (n && csrv_name_casecmp(short_name, n, ent->shown, ent->shown_len))
		fi.short_name = (struct wire_blob) { .data = (u8 *)short_name, .len = n };
	return csrv_fscc_dir_add(list, &fi);
}

static nt_status_t list(const struct csrv_dir_query *q, struct fscc_dir *list)
	__must_hold(&q->open->dir_lock)
{
	bool tells_ea = q->open->cfg->p.ea_support && csrv_fscc_dir_tells_ea(list);
	struct csrv_open *o = q->open;
	struct csrv_vfs_dirent ent;
	u32 neas = 0, looks = 0;
	int n;

	while ((n = csrv_vfs_dir_next(o->dir, &ent)) > 0) {
		if (++looks > DIR_LOOKS) {
			csrv_vfs_dir_push_back(o->dir);
			return list->list.count ? NT_OK : NT_RETRY;
		}
		cond_resched();
		if (!wanted(o, &ent))
			continue;
		if (!add(o, list, &ent, tells_ea ? &neas : NULL)) {
			csrv_vfs_dir_push_back(o->dir);
			/* [MS-FSA] 2.1.5.6.3: not even one fits */
			return list->list.count ? NT_OK : NT_INFO_LENGTH_MISMATCH;
		}
		if ((q->single || neas >= DIR_EAS_MAX) && list->list.count)
			break;
	}
	if (list->list.count)
		return NT_OK;
	if (n < 0)
		return csrv_errno_status(n);
	return o->dir_started ? NT_NO_MORE_FILES : NT_NO_SUCH_FILE;
}

/* Begin the scan, or begin it again: [MS-SMB2] 3.3.5.18 */
static nt_status_t begin(const struct csrv_dir_query *q) __must_hold(&q->open->dir_lock)
{
	struct csrv_open *o = q->open;
	char *pattern;
	int err;

	if (!o->dir) {
		o->dir = csrv_vfs_dir_open(&o->cfg->root, &o->vf);
		if (IS_ERR(o->dir)) {
			err = PTR_ERR(o->dir);
			o->dir = NULL;
			return csrv_errno_status(err);
		}
	} else if (q->restart) {
		err = csrv_vfs_dir_rewind(o->dir);
		if (err)
			return csrv_errno_status(err);
		o->dir_started = false;
	}
	if (o->pattern && !(q->restart && q->pattern))
		return NT_OK;
	if (!q->pattern)
		return NT_OBJECT_NAME_INVALID;
	pattern = kstrdup(q->pattern, GFP_KERNEL);
	if (!pattern)
		return NT_INSUFFICIENT_RESOURCES;
	kfree(o->pattern);
	o->pattern = pattern;
	return NT_OK;
}

/**
 * csrv_info_dir() - the next entries of a directory
 * @q: what is asked
 *
 * Return: NT_OK and at least one; NT_RETRY after many entries, none of which matched: the next call
 * continues the scan; NT_NO_MORE_FILES; NT_NO_SUCH_FILE when no entry has ever matched;
 * NT_INFO_LENGTH_MISMATCH; NT_INVALID_INFO_CLASS.
 */
nt_status_t csrv_info_dir(const struct csrv_dir_query *q)
{
	struct csrv_open *o = q->open;
	struct fscc_dir out;
	nt_status_t status;

	if (o->pipe || !o->is_dir)
		return NT_INVALID_PARAMETER;
	if (!csrv_vfs_is_open(&o->vf))
		return NT_ACCESS_DENIED;
	if (!csrv_fscc_dir_begin(&out, q->out, q->class))
		return NT_INVALID_INFO_CLASS;
	mutex_lock(&o->dir_lock);
	status = begin(q);
	if (status == NT_OK)
		status = list(q, &out);
	if (status == NT_OK)
		o->dir_started = true;
	mutex_unlock(&o->dir_lock);
	return status;
}
