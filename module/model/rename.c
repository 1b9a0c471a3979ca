// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model/rename.c - another name for what is open: [MS-FSA] 2.1.5.15.11, 2.1.5.15.6
 *
 * A batch oplock lets a client keep open what its user has closed long ago.  So whoever
 * stands in the way of a name and holds one is asked first, and counts as in the way
 * only if it is still there when it has answered.
 */
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "break.h"
#include "dosattr.h"
#include "open.h"
#include "server.h"
#include "share.h"

/* The next open below the directory @dir from @index on, with a reference; NULL at the end. */
static struct csrv_open *below_next(struct csrv_server *srv, struct dentry *dir,
				    unsigned long *index)
{
	struct csrv_open *o;

	xa_lock(&srv->opens);
	for (o = xa_find(&srv->opens, index, ULONG_MAX, XA_PRESENT); o;
	     o = xa_find_after(&srv->opens, index, ULONG_MAX, XA_PRESENT)) {
		if (!o->path.dentry || o->path.dentry == dir || o->path.dentry->d_sb != dir->d_sb)
			continue;
		if (is_subdir(o->path.dentry, dir)) {
			kref_get(&o->ref);
			break;
		}
	}
	xa_unlock(&srv->opens);
	++*index;
	return o;
}

/* Its holder is to be asked for a batch oplock first, or has been: then @wait_for is set. */
static bool asked_first(struct csrv_file *file, struct csrv_file **wait_for,
			struct list_head *notes)
{
	lockdep_assert_held(&file->lock);
	if (!csrv_break_locked(file, NULL, CSRV_OPLOCK_NAME, notes))
		return false;
	if (!*wait_for) {
		kref_get(&file->ref);
		*wait_for = file;
	}
	return true;
}

/*
 * [MS-FSA] 2.1.5.15.11: a directory with something open in it keeps its name.  All that
 * can be asked are asked at once, so that the wait is no longer than for one of them.
 */
static nt_status_t check_below(struct csrv_open *o, struct csrv_file **wait_for)
{
	struct csrv_open *other;
	unsigned long index = 0;
	bool asked = true;

	while (asked && (other = below_next(o->srv, o->path.dentry, &index))) {
		LIST_HEAD(notes);

		mutex_lock(&other->file->lock);
		asked = list_empty(&other->in_file) || asked_first(other->file, wait_for, &notes);
		mutex_unlock(&other->file->lock);
		csrv_break_send(&notes);
		csrv_open_put(other);
	}
	if (asked)
		return *wait_for ? NT_OPLOCK_BREAK_IN_PROGRESS : NT_OK;
	csrv_file_put(*wait_for);
	*wait_for = NULL;
	return NT_ACCESS_DENIED;
}

/*
 * [MS-FSA] 2.1.5.15.11 opens the directory for the new entry and does not share its
 * deletion: who may delete that directory keeps names in it from changing.
 */
static bool parent_may_go(struct csrv_open *o)
{
	struct dentry *dir = dget_parent(csrv_open_name_path(o)->dentry);
	struct csrv_file *file = csrv_file_find(o->srv, d_inode(dir));
	struct csrv_open *other;
	bool may = false;

	dput(dir);
	if (!file)
		return false;
	mutex_lock(&file->lock);
	list_for_each_entry(other, &file->opens, in_file)
		may |= !!(other->access & ACCESS_DELETE);
	mutex_unlock(&file->lock);
	csrv_file_put(file);
	return may;
}

/* Whatever share modes say, what somebody has open is not replaced. */
static nt_status_t check_in_use(struct csrv_open *o, struct inode *inode,
				struct csrv_file **wait_for)
{
	struct csrv_file *file = csrv_file_find(o->srv, inode);
	nt_status_t status = NT_OK;
	LIST_HEAD(notes);

	if (!file)
		return NT_OK;
	mutex_lock(&file->lock);
	if (file->delete_pending)
		status = NT_DELETE_PENDING;
	else if (asked_first(file, wait_for, &notes))
		status = NT_OPLOCK_BREAK_IN_PROGRESS;
	else if (!list_empty(&file->opens))
		status = NT_ACCESS_DENIED;
	mutex_unlock(&file->lock);
	csrv_break_send(&notes);
	csrv_file_put(file);
	return status;
}

/* What a new name takes the place of: [MS-FSA] 2.1.5.15.11, 2.1.5.15.6 */
static nt_status_t check_target(struct csrv_open *o, const struct csrv_vfs_name *nm, bool replace,
				struct csrv_file **wait_for)
{
	struct csrv_facts f;
	int err;

	if (!nm->exists || d_inode(nm->path.dentry) == d_inode(o->path.dentry))
		return NT_OK;
	if (!replace)
		return NT_OBJECT_NAME_COLLISION;
	err = csrv_facts_get(o->cfg, &nm->path, nm->last, &f);
	if (err)
		return csrv_errno_status(err);
	if (f.vfs.is_dir || (f.attributes & FILE_ATTRIBUTE_READONLY))
		return NT_ACCESS_DENIED;
	return check_in_use(o, d_inode(nm->path.dentry), wait_for);
}

static nt_status_t resolve_target(struct csrv_open *o, const char *name, struct csrv_vfs_name *nm)
{
	int err = csrv_vfs_resolve(&o->cfg->root, name, CSRV_RESOLVE_NOFOLLOW, nm);

	if (err)
		return nm->parent_missing ? NT_OBJECT_PATH_NOT_FOUND : csrv_errno_status(err);
	return *nm->last ? NT_OK : NT_OBJECT_NAME_INVALID;
}

static nt_status_t check_source(struct csrv_open *o, struct csrv_file **wait_for)
{
	if (path_equal(&o->path, &o->cfg->root.path))
		return NT_ACCESS_DENIED;
	if (csrv_open_delete_pending(o))
		return NT_DELETE_PENDING;
	/* Closed while it waited: the name is no longer this client's to give. */
	if (atomic_read(&o->state) != CSRV_OPEN_LIVE)
		return NT_FILE_CLOSED;
	if (parent_may_go(o))
		return NT_SHARING_VIOLATION;
	return o->is_dir ? check_below(o, wait_for) : NT_OK;
}

/**
 * csrv_open_rename() - FileRenameInformation
 * @o: granted DELETE
 * @name: new name from the share's root, UTF-8
 * @replace: an existing file gives way
 * @wait_for: a reference, with NT_OPLOCK_BREAK_IN_PROGRESS; else NULL
 *
 * Runs under the open's credentials.
 * Return: NT_OPLOCK_BREAK_IN_PROGRESS: nothing has happened yet; csrv_break_wait() for
 * @wait_for and call again.
 */
nt_status_t csrv_open_rename(struct csrv_open *o, const char *name, bool replace,
			     struct csrv_file **wait_for)
{
	struct csrv_vfs_name nm = {};
	nt_status_t status;
	int err;

	*wait_for = NULL;
	status = check_source(o, wait_for);
	if (status != NT_OK)
		return status;
	status = resolve_target(o, name, &nm);
	if (status == NT_OK)
		status = check_target(o, &nm, replace, wait_for);
	if (status == NT_OK) {
		err = csrv_vfs_rename(&o->cfg->root, csrv_open_name_path(o), &nm, replace);
		status = err ? csrv_errno_status(err) : NT_OK;
	}
	csrv_vfs_name_done(&nm);
	return status;
}

/* FileLinkInformation: as csrv_open_rename(), for a further name. */
nt_status_t csrv_open_link(struct csrv_open *o, const char *name, bool replace,
			   struct csrv_file **wait_for)
{
	struct csrv_vfs_name nm = {};
	nt_status_t status;
	int err;

	*wait_for = NULL;
	if (o->is_dir)
		return NT_FILE_IS_A_DIRECTORY;
	if (atomic_read(&o->state) != CSRV_OPEN_LIVE)
		return NT_FILE_CLOSED;
	status = resolve_target(o, name, &nm);
	if (status == NT_OK)
		status = check_target(o, &nm, replace, wait_for);
	if (status == NT_OK) {
		err = csrv_vfs_link(&o->path, &nm, replace);
		status = err ? csrv_errno_status(err) : NT_OK;
	}
	csrv_vfs_name_done(&nm);
	return status;
}
