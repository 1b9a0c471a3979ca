// SPDX-License-Identifier: GPL-2.0-or-later
/* info/file_set.c - what a client may change through an open: [MS-FSA] 2.1.5.15 */
#include <linux/slab.h>
#include <linux/string.h>

#include "../policy/rights.h"
#include "../policy/share.h"
#include "../store/dosattr.h"
#include "../store/modify.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/name.h"
#include "../wire/time.h"
#include "info.h"

/* What of the file a class changes. */
enum set_changes {
	CHANGES_OPEN,		/* nothing: it is the open's, and may be set on what is read-only */
	CHANGES_NOTHING,	/* yet: a name goes with the last close */
	CHANGES_FILE,		/* names, EAs */
	CHANGES_DATA,		/* data, size or space */
	CHANGES_TIMES,		/* or attributes: set_basic() begins and ends it, it knows which */
};

/* @m: has begun for CHANGES_FILE and CHANGES_DATA, and is to begin for CHANGES_TIMES */
typedef nt_status_t (*set_fn)(const struct csrv_info_set *q, const struct wire_file_set *set,
			      struct csrv_modify *m);

/* @what: csrv_actor.what of CHANGES_FILE and CHANGES_DATA, of a name for a file */
struct set_row {
	u8			class;
	enum set_changes	changes;
	u32			access;	/* granted access of which one bit is needed */
	set_fn			set;
	u32			what;
};

/* The status of a change, which a delegation of another process may delay. */
static nt_status_t change_status(int err)
{
	if (err == -EWOULDBLOCK)
		return NT_OPLOCK_BREAK_IN_PROGRESS;
	return err ? csrv_errno_status(err) : NT_OK;
}

static struct timespec64 to_unix(u64 filetime)
{
	struct timespec64 ts;
	s64 sec;
	u32 nsec;

	wire_filetime_to_unix(filetime, &sec, &nsec);
	ts.tv_sec = sec;
	ts.tv_nsec = nsec;
	return ts;
}

/* [MS-FSCC] 2.4.7: 0 leaves a time alone, -1 freezes it, -2 lets it go on, others set it. */
static u32 own_time(u32 own, u32 which, u64 value)
{
	if (value == FILETIME_THAW)
		return own & ~which;
	return value == FILETIME_OMIT ? own : own | which;
}

/* The times that are the client's own after the request. */
static u32 own_times(const struct csrv_open *o, const struct wire_file_set *s)
{
	u32 own = READ_ONCE(o->own_times);

	own = own_time(own, CSRV_TIME_ACCESS, s->basic.access_time);
	own = own_time(own, CSRV_TIME_WRITE, s->basic.write_time);
	return own_time(own, CSRV_TIME_CHANGE, s->basic.change_time);
}

/* Those that it sets, of those that others may be putting back. */
static u32 set_of(const struct wire_file_set *s)
{
	return (wire_filetime_is_set(s->basic.write_time) ? CSRV_TIME_WRITE : 0) |
	       (wire_filetime_is_set(s->basic.change_time) ? CSRV_TIME_CHANGE : 0);
}

/* ... and those that it moves: what it changes moves ChangeTime where that is not kept. */
static u32 moved_by(const struct csrv_open *o, const struct wire_file_set *s)
{
	return set_of(s) | (CSRV_TIME_CHANGE & ~(own_times(o, s) & READ_ONCE(o->own_times)));
}

/* Times that are refused are not restored, either. */
static int set_times(struct csrv_open *o, const struct wire_file_set *s, struct csrv_modify *m)
{
	struct timespec64 atime = to_unix(s->basic.access_time);
	struct timespec64 mtime = to_unix(s->basic.write_time);
	u32 set = set_of(s), own = own_times(o, s);
	bool a = wire_filetime_is_set(s->basic.access_time);
	int err;

	err = csrv_vfs_settimes(&o->path, a ? &atime : NULL, set & CSRV_TIME_WRITE ? &mtime : NULL);
	if (err)
		return err;
	csrv_times_own(o, own);
	m->tried = set;
	m->times.which = own & CSRV_TIMES_HELD;
	m->times.set = set;
	m->times.mtime = mtime;
	m->times.change = s->basic.change_time;
	return 0;
}

/* Attributes of a file that are bits of its mode, as the "map" parameters say. */
static u32 attributes_in_mode(const struct csrv_share_params *p)
{
	return (p->map_readonly == CSRV_SHARE_MAP_READONLY_YES ? FILE_ATTRIBUTE_READONLY : 0) |
	       (p->map_hidden ? FILE_ATTRIBUTE_HIDDEN : 0) |
	       (p->map_system ? FILE_ATTRIBUTE_SYSTEM : 0);
}

/*
 * Where attributes cannot be stored: those that Windows obeys must not be answered OK
 * and lost.  The others say nothing that a client would miss.  @kept: what has a place all
 * the same.
 */
static nt_status_t attributes_lost(u32 attrs, const struct csrv_file_attr *f, u32 kept)
{
	const u32 obeyed = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;

	return attrs & obeyed & ~f->attributes & ~kept ? NT_NOT_SUPPORTED : NT_OK;
}

/* If it is refused nothing has changed. */
static nt_status_t store_attributes(struct csrv_open *o, const struct csrv_file_attr *f, u32 attrs,
				    u64 create)
{
	nt_status_t status;
	int err;

	if (!o->cfg->p.store_dos_attributes && !f->vfs.is_dir) {
		status = attributes_lost(attrs, f, attributes_in_mode(&o->cfg->p));
		if (status != NT_OK)
			return status;
		err = csrv_dos_set_mode(o, f, attrs);
	} else {
		mutex_lock(&o->file->sd_lock);
		err = csrv_dos_set(o->cfg, &o->path, attrs & FILE_ATTRIBUTE_SETTABLE, create);
		mutex_unlock(&o->file->sd_lock);
		if (err == -EOPNOTSUPP)
			return attributes_lost(attrs, f, 0);
	}
	return change_status(err);
}

static nt_status_t set_attributes(struct csrv_open *o, const struct wire_file_set *s)
{
	u64 create = s->basic.creation_time;
	u32 attrs = s->basic.attributes;
	struct csrv_file_attr f;
	int err = csrv_open_attr(o, &f);

	if (err)
		return csrv_errno_status(err);
	/* [MS-FSA] 2.1.5.15.2 */
	if ((attrs & FILE_ATTRIBUTE_DIRECTORY) && !f.vfs.is_dir)
		return NT_INVALID_PARAMETER;
	if ((attrs & FILE_ATTRIBUTE_TEMPORARY) && f.vfs.is_dir)
		return NT_INVALID_PARAMETER;
	if (!attrs && !wire_filetime_is_set(create))
		return NT_OK;
	/* Attributes that cannot be read are not overwritten by a guess. */
	if (f.dos_err)
		return csrv_errno_status(f.dos_err);
	attrs = attrs ? csrv_dos_to_keep(&f, attrs) : f.kept;
	if (!wire_filetime_is_set(create))
		create = f.create_time;
	return store_attributes(o, &f, attrs, create);
}

/* To freeze and thaw times changes nothing. */
static bool changes_basic(const struct wire_file_set *s)
{
	return s->basic.attributes || wire_filetime_is_set(s->basic.creation_time) ||
	       wire_filetime_is_set(s->basic.access_time) ||
	       wire_filetime_is_set(s->basic.write_time) ||
	       wire_filetime_is_set(s->basic.change_time);
}

/* FilterMatch in [MS-FSA] 2.1.5.15.2; there is none for ChangeTime. */
static u32 basic_what(const struct wire_file_set *s)
{
	u32 what = s->basic.attributes ? FILE_NOTIFY_CHANGE_ATTRIBUTES : 0;

	if (wire_filetime_is_set(s->basic.creation_time))
		what |= FILE_NOTIFY_CHANGE_CREATION;
	if (wire_filetime_is_set(s->basic.access_time))
		what |= FILE_NOTIFY_CHANGE_LAST_ACCESS;
	if (wire_filetime_is_set(s->basic.write_time))
		what |= FILE_NOTIFY_CHANGE_LAST_WRITE;
	return what ?: CSRV_ACTS_UNTOLD;
}

/* [MS-FSA] 2.1.5.15.2 */
static nt_status_t set_basic(const struct csrv_info_set *q, const struct wire_file_set *s,
			     struct csrv_modify *m)
{
	nt_status_t status;
	int err;

	if (!changes_basic(s)) {
		csrv_times_own(q->open, own_times(q->open, s));
		return NT_OK;
	}
	err = csrv_modify_begin_set(q->open, m, moved_by(q->open, s), basic_what(s));
	if (err)
		return csrv_errno_status(err);
	status = set_attributes(q->open, s);
	if (status == NT_OK)
		status = change_status(set_times(q->open, s, m));
	csrv_modify_end(q->open, m, status);
	return status;
}

/*
 * The new name is a path from the share's root, [MS-FSCC] 2.4.43 for SMB2 use.  Samba's clients
 * begin a link's with a backslash, and Samba takes it.
 */
static nt_status_t rename_name(const struct wire_file_set *s, char *buf, size_t size,
			       struct wire_path *path)
{
	struct wire_blob name = s->rename.name;
	nt_status_t status;

	if (name.len >= 2 && name.data[0] == '\\' && !name.data[1]) {
		name.data += 2;
		name.len -= 2;
	}
	status = csrv_path_parse(&name, buf, size, path);
	if (status != NT_OK)
		return status;
	if (path->stream || path->stream_given)
		return NT_NOT_SUPPORTED;
	return path->len ? NT_OK : NT_OBJECT_NAME_INVALID;
}

typedef nt_status_t (*name_fn)(struct csrv_open *o, const struct csrv_share_cfg *now,
			       const char *name, bool replace, struct csrv_stream **wait_for);

static nt_status_t with_name(const struct csrv_info_set *q, const struct wire_file_set *s,
			     name_fn act)
{
	bool replace = s->rename.flags & FILE_RENAME_REPLACE_IF_EXISTS;
	size_t size = wire_path_room(&s->rename.name);
	char *buf = kmalloc(size, GFP_KERNEL);
	struct wire_path path;
	nt_status_t status;

	if (!buf)
		return NT_INSUFFICIENT_RESOURCES;
	status = rename_name(s, buf, size, &path);
	if (status == NT_OK)
		status = act(q->open, q->rights->cfg, path.path, replace, q->wait_for);
	kfree(buf);
	return status;
}

static nt_status_t set_rename(const struct csrv_info_set *q, const struct wire_file_set *s,
			      struct csrv_modify *m)
{
	return with_name(q, s, csrv_open_rename);
}

static nt_status_t set_link(const struct csrv_info_set *q, const struct wire_file_set *s,
			    struct csrv_modify *m)
{
	const struct cred *old;
	nt_status_t status;

	/*
	 * No granted right covers the new name, so the handle has none to keep: it is created with
	 * the current rights of the session's current user on the share.
	 */
	if (q->rights->read_only)
		return NT_ACCESS_DENIED;
	old = csrv_cred_enter(csrv_rights_cred(q->rights));
	status = with_name(q, s, csrv_open_link);
	csrv_cred_leave(old);
	return status;
}

static nt_status_t set_disposition(const struct csrv_info_set *q, const struct wire_file_set *s,
				   struct csrv_modify *m)
{
	return csrv_open_set_delete(q->open, s->disposition & FILE_DISPOSITION_DELETE);
}

static nt_status_t set_position(const struct csrv_info_set *q, const struct wire_file_set *s,
				struct csrv_modify *m)
{
	if (s->size > S64_MAX)
		return NT_INVALID_PARAMETER;
	q->open->position = s->size;
	return NT_OK;
}

static nt_status_t set_mode(const struct csrv_info_set *q, const struct wire_file_set *s,
			    struct csrv_modify *m)
{
	if (s->mode & ~FILE_MODE_SETTABLE)
		return NT_INVALID_PARAMETER;
	q->open->mode = s->mode;
	return NT_OK;
}

static nt_status_t set_end_of_file(const struct csrv_info_set *q, const struct wire_file_set *s,
				   struct csrv_modify *m)
{
	struct csrv_open *o = q->open;
	int err;

	if (s->size > S64_MAX)
		return NT_INVALID_PARAMETER;
	if (o->is_dir || !csrv_vfs_is_open(&o->vf))
		return NT_INVALID_PARAMETER;
	m->breaks = true;
	err = o->cfg->p.strict_allocate ? csrv_vfs_allocate_to(&o->vf, s->size) : 0;
	if (err)
		return csrv_errno_status(err);
	m->tried = true;
	err = csrv_vfs_truncate(&o->vf, s->size);
	return err ? csrv_errno_status(err) : NT_OK;
}

/* @size: where the file ends, or more.  A file system without reservations has nothing to do. */
static int reserve(struct csrv_open *o, u64 size, struct csrv_modify *m)
{
	int err = csrv_vfs_allocate(&o->vf, 0, size, true);

	m->tried = err != -EOPNOTSUPP;
	return m->tried ? err : 0;
}

/* [MS-FSA] 2.1.5.15.1: smaller than the file cuts it, larger reserves */
static nt_status_t set_allocation(const struct csrv_info_set *q, const struct wire_file_set *s,
				  struct csrv_modify *m)
{
	struct csrv_open *o = q->open;
	struct csrv_vfs_attr a;
	int err;

	if (s->size > S64_MAX || o->is_dir || !csrv_vfs_is_open(&o->vf))
		return NT_INVALID_PARAMETER;
	m->breaks = true;
	err = csrv_vfs_getattr(&o->path, &a);
	if (!err && s->size < a.size) {
		m->tried = true;
		err = csrv_vfs_truncate(&o->vf, s->size);
	} else if (!err && s->size) {
		err = reserve(o, s->size, m);
	}
	return err ? csrv_errno_status(err) : NT_OK;
}

static nt_status_t set_eas(const struct csrv_info_set *q, const struct wire_file_set *s,
			   struct csrv_modify *m)
{
	return csrv_info_set_eas(q->open, &s->eas);
}

static const struct set_row rows[] = {
	{ FILE_BASIC_INFORMATION, CHANGES_TIMES, FILE_WRITE_ATTRIBUTES, set_basic },
	{ FILE_RENAME_INFORMATION, CHANGES_FILE, ACCESS_DELETE, set_rename,
	  FILE_NOTIFY_CHANGE_FILE_NAME },		/* [MS-FSA] 2.1.5.15.11 */
	{ FILE_LINK_INFORMATION, CHANGES_FILE, 0, set_link,
	  FILE_NOTIFY_CHANGE_FILE_NAME },		/* 2.1.5.15.6 */
	{ FILE_DISPOSITION_INFORMATION, CHANGES_NOTHING, ACCESS_DELETE, set_disposition },
	{ FILE_POSITION_INFORMATION, CHANGES_OPEN, 0, set_position },
	{ FILE_FULL_EA_INFORMATION, CHANGES_FILE, FILE_WRITE_EA, set_eas,
	  FILE_NOTIFY_CHANGE_EA },			/* 2.1.5.15.5 */
	{ FILE_MODE_INFORMATION, CHANGES_OPEN, 0, set_mode },
	{ FILE_ALLOCATION_INFORMATION, CHANGES_DATA, FILE_WRITE_DATA, set_allocation,
	  FILE_NOTIFY_CHANGE_SIZE },			/* 2.1.5.15.1 */
	{ FILE_END_OF_FILE_INFORMATION, CHANGES_DATA, FILE_WRITE_DATA, set_end_of_file,
	  FILE_NOTIFY_CHANGE_SIZE },			/* 2.1.5.15.4 */
};

static u32 what_of(const struct set_row *row, const struct csrv_open *o)
{
	return row->what == FILE_NOTIFY_CHANGE_FILE_NAME ? csrv_acts_name(o->is_dir) : row->what;
}

static nt_status_t set_row(const struct csrv_info_set *q, const struct set_row *row,
			   const struct wire_file_set *set)
{
	struct csrv_modify m;
	nt_status_t status;

	if (row->changes != CHANGES_FILE && row->changes != CHANGES_DATA)
		return row->set(q, set, &m);
	csrv_modify_begin(q->open, &m, row->changes == CHANGES_DATA, what_of(row, q->open));
	status = row->set(q, set, &m);
	csrv_modify_end(q->open, &m, status);
	return status;
}

/**
 * csrv_info_set_file() - change something through a file information class
 * @q: what is to be set
 *
 * Return: NT_OPLOCK_BREAK_IN_PROGRESS with @q->wait_for set: nothing has happened yet;
 * csrv_break_wait() for that file, and call again.
 */
nt_status_t csrv_info_set_file(const struct csrv_info_set *q)
{
	const struct csrv_open *o = q->open;
	const struct set_row *row = NULL;
	struct wire_file_set set;
	nt_status_t status;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].class == q->class)
			row = &rows[i];
	if (!row)
		return csrv_fscc_file_min_len(q->class) ? NT_NOT_SUPPORTED : NT_INVALID_INFO_CLASS;
	if (o->pipe)
		return NT_NOT_SUPPORTED;
	if (o->rights->read_only && row->changes != CHANGES_OPEN)
		return NT_ACCESS_DENIED;
	if (row->access && !(o->access & row->access))
		return NT_ACCESS_DENIED;
	status = csrv_fscc_decode_file_set(q->class, q->input, &set);
	return status == NT_OK ? set_row(q, row, &set) : status;
}
