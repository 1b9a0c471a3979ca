// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/rename.c - rename and link what is open: [MS-FSA] 2.1.5.15.11, 2.1.5.15.6
 *
 * A batch oplock lets a client keep open what its user has closed long ago.  So an open that
 * stands in the way of a name and holds one is broken first, and counts as in the way
 * only if it is still there when its client has answered.
 */
#include "../core/server.h"
#include "../policy/share.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "break.h"
#include "dosattr.h"
#include "file.h"
#include "lease.h"
#include "link.h"
#include "open.h"
#include "stream.h"

#define RENAME_TRIES	4	/* the target was created and removed between two look-ups */

/* csrv_opens_next(): is it below the directory @of */
static bool is_below(const struct csrv_open *o, const void *of)
{
	struct dentry *dentry = o->path.dentry, *dir = ((const struct csrv_open *)of)->path.dentry;

	return dentry && dentry != dir && dentry->d_sb == dir->d_sb && is_subdir(dentry, dir);
}

/*
 * Holders of handle caches are to be asked first, or have been: then @wait_for is set.  @by: the
 * holder of the open through which it happens, or NULL
 */
static bool asked_first(struct csrv_stream *stream, const struct csrv_cache *by,
			enum csrv_cache_event event, struct csrv_stream **wait_for,
			struct list_head *notes) __must_hold(&stream->file->lock)
{
	lockdep_assert_held(&stream->file->lock);
	if (!csrv_break_locked(stream, by, event, notes))
		return false;
	if (!*wait_for) {
		kref_get(&stream->ref);
		*wait_for = stream;
	}
	return true;
}

/* Other clients that keep the file open for their caches know it by its name. */
static nt_status_t check_caches(struct csrv_open *o, struct csrv_stream **wait_for)
{
	LIST_HEAD(notes);
	bool asked;

	mutex_lock(&o->file->lock);
	asked = asked_first(o->stream, &csrv_open_holder(o)->cache, CSRV_CACHE_ON_NAME, wait_for,
			    &notes);
	mutex_unlock(&o->file->lock);
	csrv_break_notify(&notes);
	return asked ? NT_OPLOCK_BREAK_IN_PROGRESS : NT_OK;
}

/*
 * [MS-FSA] 2.1.5.15.11: a directory with something open in it keeps its name.  All that
 * can be asked are asked at once, so that the wait is no longer than for one of them.
 */
static nt_status_t check_below(struct csrv_open *o, struct csrv_stream **wait_for)
{
	struct csrv_open *other;
	unsigned long index = 0;
	bool asked = true;

	while (asked && (other = csrv_opens_next(o->srv, &index, is_below, o))) {
		LIST_HEAD(notes);

		mutex_lock(&other->file->lock);
		asked = list_empty(&other->in_stream) ||
			asked_first(other->stream, NULL, CSRV_CACHE_ON_NAME, wait_for, &notes);
		mutex_unlock(&other->file->lock);
		csrv_break_notify(&notes);
		csrv_open_put_later(other);
	}
	if (asked)
		return *wait_for ? NT_OPLOCK_BREAK_IN_PROGRESS : NT_OK;
	csrv_stream_put(*wait_for);
	*wait_for = NULL;
	return NT_ACCESS_DENIED;
}

/*
 * [MS-FSA] 2.1.5.15.11 opens the directories of a name that changes and does not share their
 * deletion: an open with the right to delete one is in the way.  2.1.5.15.6 shares it.
 */
static nt_status_t check_parent(struct csrv_open *o, const struct dentry *dir, bool share_delete,
				struct csrv_stream **wait_for)
{
	struct csrv_file *file = csrv_file_find(o->srv, d_inode(dir));
	nt_status_t status = NT_OK;
	struct csrv_stream *stream;
	LIST_HEAD(notes);

	if (!file)
		return NT_OK;
	mutex_lock(&file->lock);
	stream = csrv_stream_peek_locked(file, CSRV_STREAM_UNNAMED);
	if (csrv_file_has_deletes(file))
		status = NT_DELETE_PENDING;
	else if (!share_delete && stream && stream->sharing.with[CSRV_SHARING_DELETE])
		status = asked_first(stream, NULL, CSRV_CACHE_ON_SHARING, wait_for, &notes) ?
			 NT_OPLOCK_BREAK_IN_PROGRESS : NT_SHARING_VIOLATION;
	mutex_unlock(&file->lock);
	csrv_break_notify(&notes);
	csrv_file_put(file);
	return status;
}

static nt_status_t check_own_parent(struct csrv_open *o, struct csrv_stream **wait_for)
{
	struct dentry *dir = dget_parent(csrv_open_name_path(o)->dentry);
	nt_status_t status = check_parent(o, dir, false, wait_for);

	dput(dir);
	/* The directory is removed together with its content, not before. */
	return status == NT_DELETE_PENDING ? NT_OK : status;
}

/*
 * Whatever share modes say, what a client has open is not replaced.  And what is to be
 * replaced is not opened meanwhile: @nt->held says so until target_done().
 */
struct new_target {
	struct csrv_vfs_name	nm;
	struct csrv_file	*held;		/* a reference, its @replacing is ours */
	struct csrv_stream	**wait_for;
};

/* All streams go with their file: of each those that can be asked are asked at once. */
static bool any_asked_first(struct csrv_file *file, struct csrv_stream **wait_for,
			    struct list_head *notes) __must_hold(&file->lock)
{
	struct csrv_stream *stream;
	bool asked = false;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(stream, &file->streams, node)
		asked |= asked_first(stream, NULL, CSRV_CACHE_ON_NAME, wait_for, notes);
	return asked;
}

static nt_status_t target_hold(struct csrv_open *o, struct new_target *nt)
{
	struct csrv_file *file = csrv_file_get(o->srv, &nt->nm.path);
	nt_status_t status = NT_OK;
	LIST_HEAD(notes);
	bool removing;
	u32 nremoved;

	if (!file)
		return NT_INSUFFICIENT_RESOURCES;
	mutex_lock(&file->lock);
	removing = csrv_link_is_being_removed(file, nt->nm.path.dentry, &nremoved);
	if (removing)
		status = NT_RETRY;
	else if (csrv_file_has_deletes(file))
		status = NT_DELETE_PENDING;
	else if (file->replacing)
		status = NT_SHARING_VIOLATION;
	else if (any_asked_first(file, nt->wait_for, &notes))
		status = NT_OPLOCK_BREAK_IN_PROGRESS;
	else if (csrv_file_is_open_locked(file))
		status = NT_ACCESS_DENIED;
	else
		file->replacing = true;
	mutex_unlock(&file->lock);
	csrv_break_notify(&notes);
	if (removing)
		csrv_link_removed_wait(file, nremoved);
	if (status == NT_OK)
		nt->held = file;
	else
		csrv_file_put(file);
	return status;
}

static void target_done(struct new_target *nt)
{
	if (nt->held) {
		mutex_lock(&nt->held->lock);
		nt->held->replacing = false;
		mutex_unlock(&nt->held->lock);
		csrv_file_put(nt->held);
		nt->held = NULL;
	}
	csrv_vfs_name_done(&nt->nm);
}

/* The new name is another link of the same file, which is not replaced if it is to be removed. */
static nt_status_t check_own_link(struct csrv_open *o, const struct dentry *link)
{
	struct csrv_file *file = o->file;
	bool deleted, removing;
	u32 nremoved;

	mutex_lock(&file->lock);
	removing = csrv_link_is_being_removed(file, link, &nremoved);
	deleted = csrv_link_delete_pending(file, link);
	mutex_unlock(&file->lock);
	if (!removing)
		return deleted ? NT_DELETE_PENDING : NT_OK;
	csrv_link_removed_wait(file, nremoved);
	return NT_RETRY;
}

/*
 * What a new name takes the place of: [MS-FSA] 2.1.5.15.11, 2.1.5.15.6.  @moved is what
 * gets the name: a symlink is not the file that it leads to.
 */
static nt_status_t check_target(struct csrv_open *o, const struct path *moved, bool replace,
				struct new_target *nt)
{
	const struct csrv_vfs_name *nm = &nt->nm;
	struct csrv_file_attr f;
	int err;

	if (!nm->exists || nm->path.dentry == moved->dentry)
		return NT_OK;
	if (d_inode(nm->path.dentry) == d_inode(moved->dentry))
		return check_own_link(o, nm->path.dentry);
	if (!replace)
		return NT_OBJECT_NAME_COLLISION;
	err = csrv_file_attr_get(o->cfg, &nm->path, nm->last, &f);
	if (err)
		return csrv_errno_status(err);
	if (f.vfs.is_dir || (f.attributes & FILE_ATTRIBUTE_READONLY))
		return NT_ACCESS_DENIED;
	return target_hold(o, nt);
}

/* By what the share vetoes today: @o keeps what it was granted, and no name is granted. */
static nt_status_t resolve_target(struct csrv_open *o, const struct csrv_vfs_root *now,
				  const char *name, bool share_delete, struct new_target *nt)
{
	struct csrv_vfs_name *nm = &nt->nm;
	int err = csrv_vfs_resolve(now, name, CSRV_RESOLVE_NOFOLLOW, nm);

	if (err)
		return nm->parent_missing ? NT_OBJECT_PATH_NOT_FOUND : csrv_errno_status(err);
	if (!*nm->last)
		return NT_OBJECT_NAME_INVALID;
	return check_parent(o, nm->parent.dentry, share_delete, nt->wait_for);
}

static nt_status_t check_source(struct csrv_open *o, const struct csrv_vfs_root *now,
				struct csrv_stream **wait_for)
{
	if (path_equal(&o->path, &o->cfg->root.path))
		return NT_ACCESS_DENIED;
	if (csrv_open_delete_pending(o))
		return NT_DELETE_PENDING;
	/* Closed while it waited: the name is no longer this client's to give. */
	if (atomic_read(&o->state) != CSRV_OPEN_LIVE)
		return NT_FILE_CLOSED;
	/* It was given a vetoed name since, which no client may change. */
	if (csrv_vfs_path_vetoed(now, csrv_open_name_path(o)))
		return NT_OBJECT_NAME_NOT_FOUND;
	return check_own_parent(o, wait_for);
}

static nt_status_t rename_once(struct csrv_open *o, const struct csrv_vfs_root *now,
			       const char *name, bool replace, struct new_target *nt)
{
	const struct path *old = csrv_open_name_path(o);
	nt_status_t status = check_source(o, now, nt->wait_for);
	int err;

	if (status == NT_OK)
		status = resolve_target(o, now, name, false, nt);
	if (status == NT_OK)
		status = check_target(o, old, replace, nt);
	if (status == NT_OK)
		status = check_caches(o, nt->wait_for);
	if (o->is_dir && (status == NT_OK || status == NT_OPLOCK_BREAK_IN_PROGRESS))
		status = check_below(o, nt->wait_for);
	if (status != NT_OK)
		return status;
	err = csrv_vfs_rename(now, old, &nt->nm, replace);
	return err == -EAGAIN ? NT_RETRY : err ? csrv_errno_status(err) : NT_OK;
}

static nt_status_t link_once(struct csrv_open *o, const struct csrv_vfs_root *now,
			     const char *name, bool replace, struct new_target *nt)
{
	nt_status_t status = NT_OK;
	int err;

	if (atomic_read(&o->state) != CSRV_OPEN_LIVE)
		return NT_FILE_CLOSED;
	if (csrv_vfs_path_vetoed(now, &o->path))
		return NT_OBJECT_NAME_NOT_FOUND;
	if (csrv_link_is_deleted(o->file, o->path.dentry))
		return NT_ACCESS_DENIED;	/* [MS-FSA] 2.1.5.15.6 */
	status = resolve_target(o, now, name, true, nt);
	if (status == NT_OK)
		status = check_target(o, &o->path, replace, nt);
	if (status != NT_OK)
		return status;
	err = csrv_vfs_link(&o->path, &nt->nm, replace);
	return err == -EAGAIN ? NT_RETRY : err ? csrv_errno_status(err) : NT_OK;
}

typedef nt_status_t (*name_fn)(struct csrv_open *o, const struct csrv_vfs_root *now,
			       const char *name, bool replace, struct new_target *nt);

/* Repeat until the object that was checked is the one that is replaced. */
static nt_status_t until_still(name_fn once, struct csrv_open *o, const struct csrv_share_cfg *now,
			       const char *name, bool replace, struct csrv_stream **wait_for)
{
	int tries = RENAME_TRIES;
	nt_status_t status;

	*wait_for = NULL;
	do {
		struct new_target nt = { .wait_for = wait_for };

		status = once(o, &now->root, name, replace, &nt);
		target_done(&nt);
	} while (status == NT_RETRY && --tries);
	/* Nor is a delegation that another process has been asked for returned at once. */
	return status == NT_RETRY ? NT_OPLOCK_BREAK_IN_PROGRESS : status;
}

/**
 * csrv_open_rename() - FileRenameInformation
 * @o: granted DELETE
 * @now: the current parameters of the share: the new name is looked up by them
 * @name: new name from the share's root, UTF-8
 * @replace: replace an existing file
 * @wait_for: a reference, with NT_OPLOCK_BREAK_IN_PROGRESS; else NULL
 *
 * Runs under the open's credentials.  Called without locks; takes file->lock, and the table's.
 * Return: NT_OK; NT_OPLOCK_BREAK_IN_PROGRESS: nothing has happened yet; csrv_break_wait() for
 * @wait_for and call again; else why not.
 */
nt_status_t csrv_open_rename(struct csrv_open *o, const struct csrv_share_cfg *now,
			     const char *name, bool replace, struct csrv_stream **wait_for)
{
	return until_still(rename_once, o, now, name, replace, wait_for);
}

/* FileLinkInformation: as csrv_open_rename(), for a further name. */
nt_status_t csrv_open_link(struct csrv_open *o, const struct csrv_share_cfg *now,
			   const char *name, bool replace, struct csrv_stream **wait_for)
{
	*wait_for = NULL;
	if (o->is_dir)
		return NT_FILE_IS_A_DIRECTORY;
	return until_still(link_once, o, now, name, replace, wait_for);
}
