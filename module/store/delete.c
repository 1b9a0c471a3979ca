// SPDX-License-Identifier: GPL-2.0-or-later
/* store/delete.c - may the link of an open be removed, and is it to be: [MS-FSA] 2.1.5.15.3 */
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "break.h"
#include "dosattr.h"
#include "lease.h"
#include "link.h"
#include "open.h"

/* Is the link through which it was opened to be removed: [MS-FSA] Open.Link.IsDeleted */
bool csrv_open_delete_pending(struct csrv_open *o)
{
	return o->file && csrv_link_is_deleted(o->file, csrv_open_name_path(o)->dentry);
}

/* May the object be deleted: [MS-FSA] 2.1.5.15.3 (FileDispositionInformation) */
nt_status_t csrv_open_may_delete(struct csrv_open *o)
{
	struct csrv_file_attr f;
	int err = csrv_file_attr_get(o->cfg, &o->path, "", &f);

	if (err)
		return csrv_errno_status(err);
	if (o->rights->read_only || path_equal(&o->path, &o->cfg->root.path))
		return NT_ACCESS_DENIED;
	if ((f.attributes & FILE_ATTRIBUTE_READONLY) && !o->cfg->p.delete_readonly)
		return NT_CANNOT_DELETE;
	if (o->is_dir) {
		err = csrv_vfs_dir_empty(&o->path);
		if (err == -ENOTEMPTY)
			return NT_DIRECTORY_NOT_EMPTY;
	}
	err = csrv_vfs_path_shown(&o->cfg->root, csrv_open_name_path(o));
	if (err == -EXDEV)
		return NT_ACCESS_DENIED;
	if (!err)
		err = csrv_vfs_may_delete(csrv_open_name_path(o));
	return err ? csrv_errno_status(err) : NT_OK;
}

/**
 * csrv_open_set_delete() - FileDispositionInformation
 * @o: of a file or directory
 * @on: delete with the last close, or do not
 *
 * Runs under the open's credentials.  Called without file->lock, which it takes.
 * Return: NT_OK; NT_FILE_CLOSED; what csrv_open_may_delete() says; NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_open_set_delete(struct csrv_open *o, bool on)
{
	struct csrv_link_delete *del = on ? csrv_link_delete_alloc() : NULL;
	nt_status_t status = NT_OK;
	LIST_HEAD(notes);

	if (on && !del)
		return NT_INSUFFICIENT_RESOURCES;
	if (on)
		status = csrv_open_may_delete(o);
	mutex_lock(&o->file->lock);
	/* Closed meanwhile: no close would carry it out. */
	if (list_empty(&o->in_stream))
		status = NT_FILE_CLOSED;
	if (status == NT_OK && on) {
		csrv_link_set_delete_pending(o->file, o, del);
		csrv_break_locked(o->stream, &csrv_open_holder(o)->cache, CSRV_CACHE_ON_DELETE,
				  &notes);
		del = NULL;
	} else if (status == NT_OK) {
		del = csrv_link_clear_delete_pending(o->file, o);
	}
	mutex_unlock(&o->file->lock);
	/* Nothing waits for it: the name stays until all have closed. */
	csrv_break_notify(&notes);
	csrv_link_delete_free(del);
	return status;
}
