// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/create.c - opening a file, [MS-FSA] 2.1.5.1
 *
 * struct csrv_create walks through named steps, each of which returns a status; the first that is
 * not NT_OK ends the walk.  csrv_create_begin() ends with an open that no client can name.
 * The caller publishes it, and csrv_create_commit() does the rest.
 *
 * What can fail comes first.  A new name is made, joined, described and published while every
 * other CREATE of that name waits (csrv_making_wait()): no other CREATE opens what may still
 * be taken back, or what has not got its security descriptor yet.  The content of a file that is
 * overwritten is removed when the open has been published, so that a client that may no longer
 * open it has not emptied it.  Only room for the allocation and the EAs that it asks for is looked
 * for after that: it may be the room that the old ones had.
 */
#include <linux/string.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/sd.h"
#include "../wire/smb2/create.h"
#include "break.h"
#include "close.h"
#include "create.h"
#include "dirwatch.h"
#include "dosattr.h"
#include "durable.h"
#include "ea.h"
#include "lease.h"
#include "link.h"
#include "modify.h"
#include "stream.h"

#define CSRV_CREATE_TRIES	4	/* the name was created and removed between two look-ups */

/* Rights to change something. */
#define MODIFYING_ACCESS	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | \
				 FILE_DELETE_CHILD | FILE_WRITE_ATTRIBUTES | ACCESS_DELETE | \
				 WRITE_DAC | WRITE_OWNER)

static bool overwrites(const struct csrv_create *c)
{
	return c->disposition == FILE_SUPERSEDE || c->disposition == FILE_OVERWRITE ||
	       c->disposition == FILE_OVERWRITE_IF;
}

static bool may_create(const struct csrv_create *c)
{
	return c->disposition != FILE_OPEN && c->disposition != FILE_OVERWRITE;
}

/* [MS-FSA] 2.1.5.1, phases 1 and 2: checks of the arguments only */
static nt_status_t create_check_args(struct csrv_create *c)
{
	c->access = wire_access_map_generic(c->access);
	if (!c->access)
		return NT_ACCESS_DENIED;
	if ((c->options & FILE_DIRECTORY_FILE) && (c->options & FILE_NON_DIRECTORY_FILE))
		return NT_INVALID_PARAMETER;
	if ((c->options & FILE_DIRECTORY_FILE) && overwrites(c))
		return NT_INVALID_PARAMETER;
	if ((c->options & FILE_DELETE_ON_CLOSE) && !(c->access & (ACCESS_DELETE | MAXIMUM_ALLOWED)))
		return NT_INVALID_PARAMETER;
	if (c->options & FILE_OPEN_BY_FILE_ID)
		return NT_NOT_SUPPORTED;
	if (c->access & ACCESS_SYSTEM_SECURITY)
		return NT_PRIVILEGE_NOT_HELD;
	if (c->alloc_size > S64_MAX)
		return NT_INVALID_PARAMETER;
	if (c->rights->read_only) {
		if ((c->access & MODIFYING_ACCESS) || overwrites(c) ||
		    (c->options & FILE_DELETE_ON_CLOSE))
			return NT_ACCESS_DENIED;
	}
	return NT_OK;
}

static nt_status_t create_resolve(struct csrv_create *c)
{
	int err;

	err = csrv_vfs_resolve(&c->rights->cfg->root, c->name, 0, &c->nm);
	if (err)
		return c->nm.parent_missing ? NT_OBJECT_PATH_NOT_FOUND : csrv_errno_status(err);
	/* The CREATE that is making the name may have to remove it again. */
	if (c->nm.exists && csrv_making_wait(c->srv, c->nm.path.dentry))
		return NT_RETRY;
	if (c->nm.exists)
		return c->disposition == FILE_CREATE ? NT_OBJECT_NAME_COLLISION : NT_OK;
	if (!may_create(c))
		return NT_OBJECT_NAME_NOT_FOUND;
	return c->rights->read_only ? NT_ACCESS_DENIED : NT_OK;
}

/* The key of a lease belongs to one stream: [MS-SMB2] 3.3.5.9.8.  Before anything is made. */
static nt_status_t create_check_lease(struct csrv_create *c)
{
	struct csrv_lease *lease = c->lease ? csrv_lease_find(c->srv, &c->lease->key) : NULL;
	bool collides;

	if (!lease)
		return NT_OK;
	collides = csrv_lease_collides(lease, c->lease,
				       c->nm.exists ? d_inode(c->nm.path.dentry) : NULL);
	csrv_lease_put(lease);
	return collides ? NT_INVALID_PARAMETER : NT_OK;
}

/* An invalid list fails before anything is changed. */
static nt_status_t create_check_eas(struct csrv_create *c)
{
	if (!c->eas || (c->nm.exists && !overwrites(c)))
		return NT_OK;
	return csrv_eas_check(c->rights->cfg, c->eas);
}

/* A file's mode before the masks, with the attributes that create_apply() will see there. */
static u32 file_mode(const struct csrv_create *c, u32 mode)
{
	const struct csrv_share_params *p = &c->rights->cfg->p;

	/* Its owner can execute it, whether attributes are stored or not. */
	if (p->map_archive)
		mode |= 0100;
	return csrv_dos_to_mode(p, c->attributes | FILE_ATTRIBUTE_ARCHIVE, mode);
}

static u32 create_mode(const struct csrv_create *c, const struct csrv_vfs_attr *parent, bool dir)
{
	const struct csrv_share_params *p = &c->rights->cfg->p;

	if (dir && p->inherit_permissions)
		return parent->mode & 07777 & ~S_ISUID;
	if (dir)
		return (0777 & p->directory_mask) | p->force_directory_mode;
	if (p->inherit_permissions)
		return file_mode(c, parent->mode & 0666);
	return (file_mode(c, 0666) & p->create_mask) | p->force_create_mode;
}

/*
 * Has this CREATE made the object that it opens?  Then it gets all rights that it asked for.  What
 * had to be found again by its name may be another object by now: its rights count as for one that
 * was there, and it is neither given to another owner nor removed again.
 */
static bool is_maker(const struct csrv_create *c)
{
	return c->created && !c->nm.found_again;
}

/* The name does not exist: make it. */
static nt_status_t create_make(struct csrv_create *c)
{
	bool dir = c->options & FILE_DIRECTORY_FILE;
	struct csrv_vfs_attr parent;
	struct csrv_acting acting;
	int err;

	if (c->nm.exists)
		return NT_OK;
	if (c->nm.link.dentry)
		return NT_OBJECT_NAME_COLLISION;	/* a symlink to nothing */
	if ((c->attributes & FILE_ATTRIBUTE_READONLY) && (c->options & FILE_DELETE_ON_CLOSE) &&
	    !c->rights->cfg->p.delete_readonly)
		return NT_CANNOT_DELETE;
	if (csrv_file_delete_pending(c->srv, d_inode(c->nm.parent.dentry)))
		return NT_DELETE_PENDING;
	err = csrv_vfs_getattr(&c->nm.parent, &parent);
	if (err)
		return csrv_errno_status(err);
	csrv_vfs_name_settle(&c->nm);
	csrv_making_begin(c->srv, &c->making, d_inode(c->nm.parent.dentry), c->nm.last);
	c->is_making = true;
	csrv_acting_begin(&acting, &c->changer, csrv_acts_name(dir));
	if (dir)
		err = csrv_vfs_mkdir(&c->nm, create_mode(c, &parent, true));
	else
		err = csrv_vfs_create(&c->nm, create_mode(c, &parent, false));
	csrv_acting_end(&acting);
	if (err == -EEXIST)
		return NT_RETRY;
	if (err)
		return err == -EWOULDBLOCK ? NT_OPLOCK_BREAK_IN_PROGRESS : csrv_errno_status(err);
	c->created = true;
	csrv_fault_delay(CSRV_FAULT_CREATE_MADE);
	c->owner = parent.has_uid ? parent.uid : U32_MAX;
	return NT_OK;
}

static nt_status_t create_check_type(struct csrv_create *c)
{
	struct inode *inode = d_inode(c->nm.path.dentry);

	if (S_ISDIR(inode->i_mode)) {
		if (c->options & FILE_NON_DIRECTORY_FILE)
			return NT_FILE_IS_A_DIRECTORY;
		if (overwrites(c))
			return NT_OBJECT_NAME_COLLISION;
		return NT_OK;
	}
	/* A symlink that leads nowhere may be one to a directory. */
	if ((c->options & FILE_DIRECTORY_FILE) && S_ISLNK(inode->i_mode))
		return NT_ACCESS_DENIED;
	return c->options & FILE_DIRECTORY_FILE ? NT_NOT_A_DIRECTORY : NT_OK;
}

/* What FILE_ATTRIBUTE_READONLY forbids: [MS-FSA] 2.1.5.1.2.1 */
static nt_status_t check_readonly(const struct csrv_create *c, const struct csrv_file_attr *f)
{
	if (!(f->attributes & FILE_ATTRIBUTE_READONLY) || f->vfs.is_dir)
		return NT_OK;
	if ((c->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) || overwrites(c))
		return NT_ACCESS_DENIED;
	if ((c->options & FILE_DELETE_ON_CLOSE) && !c->rights->cfg->p.delete_readonly)
		return NT_CANNOT_DELETE;
	return NT_OK;
}

/* Of the rights that count here, those that the user can get. */
static u32 maximal(const struct csrv_create *c, const struct csrv_file_attr *f)
{
	u32 asked = c->access & MAXIMUM_ALLOWED ? ~0u : c->access;
	u32 max;

	if (overwrites(c))
		asked |= FILE_WRITE_DATA;
	if (c->disposition == FILE_SUPERSEDE)
		asked |= ACCESS_DELETE;
	max = csrv_vfs_max_access(&c->nm.path, asked) & c->rights->max_access;

	if ((f->attributes & FILE_ATTRIBUTE_READONLY) && !f->vfs.is_dir)
		max &= ~(FILE_WRITE_DATA | FILE_APPEND_DATA);
	return max;
}

/* @missing: the rights that the user cannot get */
static nt_status_t create_denied(const struct csrv_create *c, u32 missing)
{
	if ((missing & MODIFYING_ACCESS) && csrv_vfs_is_read_only(&c->nm.path))
		return NT_MEDIA_WRITE_PROTECTED;
	return NT_ACCESS_DENIED;
}

/* [MS-FSA] 2.1.5.1.2: @max, the rights that the user can get */
static nt_status_t check_overwrite(const struct csrv_create *c, const struct csrv_file_attr *f,
				   u32 max)
{
	const u32 sticky = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;

	if (f->dos_err)
		return csrv_errno_status(f->dos_err);
	/*
	 * These must be asked for again.  What only the name says ("hide dot files") no client has
	 * set, and no overwriting takes away.
	 */
	if (f->kept & sticky & ~c->attributes)
		return NT_ACCESS_DENIED;
	if (!(max & FILE_WRITE_DATA))
		return create_denied(c, FILE_WRITE_DATA);
	/* What is superseded is as good as deleted. */
	if (c->disposition == FILE_SUPERSEDE && !(max & ACCESS_DELETE))
		return NT_ACCESS_DENIED;
	return NT_OK;
}

/* [MS-FSA] 2.1.5.1.2.1: for an object that was there, or may have been */
static nt_status_t create_check_access(struct csrv_create *c)
{
	u32 needed = c->access & ~MAXIMUM_ALLOWED, max;
	struct csrv_file_attr *f = &c->attr;
	nt_status_t status;
	int err;

	if (is_maker(c)) {
		c->granted = c->access & MAXIMUM_ALLOWED ? c->rights->max_access : needed;
		return NT_OK;
	}
	err = csrv_file_attr_get(c->rights->cfg, &c->nm.path, c->nm.last, f);
	if (err)
		return csrv_errno_status(err);
	status = check_readonly(c, f);
	if (status != NT_OK)
		return status;
	max = maximal(c, f);
	if (overwrites(c) && !c->created) {
		status = check_overwrite(c, f, max);
		if (status != NT_OK)
			return status;
		c->truncate = true;
	}
	if (needed & ~max)
		return create_denied(c, needed & ~max);
	c->granted = c->access & MAXIMUM_ALLOWED ? max : needed;
	if ((c->options & FILE_DELETE_ON_CLOSE) && !(c->granted & ACCESS_DELETE))
		return NT_ACCESS_DENIED;
	return NT_OK;
}

/*
 * Sharing, and what others cache: [MS-FSA] 2.1.5.1.2.  A batch oplock is broken before
 * a sharing violation is final, because its holder may close.
 */
static nt_status_t check_others(const struct csrv_create *c, struct csrv_stream *stream, u32 access,
				struct list_head *notes) __must_hold(&stream->file->lock)
{
	enum csrv_cache_event event;
	nt_status_t status;
	bool wait;

	lockdep_assert_held(&stream->file->lock);
	status = csrv_sharing_allows(&stream->sharing, access, c->share) ? NT_OK :
									 NT_SHARING_VIOLATION;
	if (status != NT_OK)
		event = c->truncate ? CSRV_CACHE_ON_SHARING_OVERWRITE : CSRV_CACHE_ON_SHARING;
	else if (c->truncate)
		event = CSRV_CACHE_ON_OVERWRITE;
	else if (csrv_access_is_full(c->granted))
		event = CSRV_CACHE_ON_OPEN;
	else if (c->granted & READ_CONTROL)
		event = CSRV_CACHE_ON_CONTROL;
	else
		return NT_OK;
	wait = csrv_break_locked(stream, &csrv_open_holder(c->o)->cache, event, notes);
	return wait ? NT_OPLOCK_BREAK_IN_PROGRESS : status;
}

/* The new open, as far as it is known before others see it. */
static nt_status_t create_alloc(struct csrv_create *c)
{
	struct csrv_open *o;

	o = csrv_open_alloc(c->srv, c->session_id, c->tree_id, c->rights);
	if (!o)
		return NT_INSUFFICIENT_RESOURCES;
	c->o = o;
	o->access = c->granted;
	o->share = c->share;
	o->options = c->options;
	o->changer = c->changer;
	o->mode = c->options & FILE_MODE_SETTABLE;
	o->home = c->home;
	o->chanseq.seq = c->seq;
	o->is_dir = d_is_dir(c->nm.path.dentry);
	o->path = c->nm.path;
	path_get(&o->path);
	if (c->nm.link.dentry) {
		o->link = c->nm.link;
		path_get(&o->link);
	}
	if (c->durable && !o->is_dir)
		o->durable = csrv_durable_get(c->durable);
	if (c->options & FILE_DELETE_ON_CLOSE)
		o->link_delete = csrv_link_delete_alloc();
	o->stream = csrv_stream_get(c->srv, &o->path, CSRV_STREAM_UNNAMED);
	if (!o->stream)
		return NT_INSUFFICIENT_RESOURCES;
	o->file = o->stream->file;
	csrv_holder_init(&o->oplock, o->stream, NULL, c->holder_ops);
	if ((c->options & FILE_DELETE_ON_CLOSE) && !o->link_delete)
		return NT_INSUFFICIENT_RESOURCES;
	return NT_OK;
}

/* [MS-SMB2] 3.3.5.9.8, 3.3.5.9.11 */
static nt_status_t create_lease(struct csrv_create *c)
{
	if (!c->lease || (c->o->is_dir && !c->lease->dirs))
		return NT_OK;
	return csrv_lease_get(c->o, c->lease, c->holder_ops);
}

/*
 * The last close of a link whose delete is pending sees that under the file's lock, and removes the
 * link.  An open that joins later finds the delete pending; or under way, which is to be waited for
 * (@nremoved); or the link removed.  Then it has to be looked for again.  Where opens without a
 * connection are being closed, which may remove the link, it is looked for after a while.
 */
static nt_status_t check_link(const struct csrv_open *o, bool *removing, u32 *nremoved)
	__must_hold(&o->file->lock)
{
	const struct dentry *link = csrv_open_name_path(o)->dentry;

	lockdep_assert_held(&o->file->lock);
	*removing = csrv_link_is_being_removed(o->file, link, nremoved);
	if (*removing)
		return NT_RETRY;
	if (csrv_link_delete_pending(o->file, link))
		return o->file->nlate ? NT_OPLOCK_BREAK_IN_PROGRESS : NT_DELETE_PENDING;
	return d_unlinked(link) ? NT_RETRY : NT_OK;
}

/* Opens without a connection have been closed at once: then there is nothing to wait for. */
static bool must_wait(struct csrv_open *o)
{
	bool waits;

	mutex_lock(&o->file->lock);
	waits = csrv_cache_waits(&o->stream->caches, &csrv_open_holder(o)->cache);
	mutex_unlock(&o->file->lock);
	return waits;
}

/* Take a place among the stream's opens; from here on others see our share mode. */
static nt_status_t create_join(struct csrv_create *c)
{
	u32 access = c->granted | (c->truncate ? FILE_WRITE_DATA : 0);
	LIST_HEAD(notes);
	struct csrv_open *o = c->o;
	nt_status_t status;
	bool removing, late;
	u32 nremoved;

	csrv_fault_delay(CSRV_FAULT_CREATE_JOIN);
	o->full = access & ~CSRV_ACCESS_STAT;
	mutex_lock(&o->file->lock);
	status = check_link(o, &removing, &nremoved);
	late = status == NT_OPLOCK_BREAK_IN_PROGRESS;
	if (status == NT_OK && o->file->replacing)
		status = NT_SHARING_VIOLATION;
	if (status == NT_OK)
		status = check_others(c, o->stream, access, &notes);
	if (status == NT_OK && o->lease && !csrv_lease_join_locked(o->lease, o))
		status = NT_RETRY;
	if (status == NT_OK) {
		csrv_stream_join_locked(o->stream, &o->in_stream, o->access, o->share);
		o->stream->nfull += o->full;
	}
	mutex_unlock(&o->file->lock);
	csrv_break_notify(&notes);
	if (removing)
		csrv_link_removed_wait(o->file, nremoved);
	if (status == NT_OPLOCK_BREAK_IN_PROGRESS && !late) {
		if (!must_wait(o))
			return NT_RETRY;
		kref_get(&o->stream->ref);
		c->wait_for = o->stream;
	}
	return status;
}

static nt_status_t create_delete_on_close(struct csrv_create *c)
{
	struct csrv_open *o = c->o;
	nt_status_t status;

	if (!(c->options & FILE_DELETE_ON_CLOSE))
		return NT_OK;
	status = csrv_open_may_delete(o);
	if (status != NT_OK)
		return status;
	mutex_lock(&o->file->lock);
	o->delete_on_close = true;
	mutex_unlock(&o->file->lock);
	return NT_OK;
}

/* Flags to open the struct file with; -1: it is not needed. */
static int open_flags(const struct csrv_create *c)
{
	bool rd = c->granted & (FILE_READ_DATA | FILE_EXECUTE);
	bool wr = c->granted & (FILE_WRITE_DATA | FILE_APPEND_DATA);
	int flags;

	if (c->o->is_dir)
		return rd ? O_RDONLY : -1;
	wr |= c->truncate;
	if (!rd && !wr)
		return -1;
	flags = rd && wr ? O_RDWR : wr ? O_WRONLY : O_RDONLY;
	/* With the right to append only, each WRITE appends, whatever its offset. */
	return wr && !(c->granted & FILE_WRITE_DATA) ? flags | O_APPEND : flags;
}

/* Open the struct file, if access to data or a listing was requested. */
static nt_status_t create_open_file(struct csrv_create *c)
{
	struct csrv_open *o = c->o;
	int flags = open_flags(c), err;

	if (flags < 0)
		return NT_OK;
	if (is_maker(c) && !o->is_dir)
		err = csrv_vfs_open_created(&o->path, flags, &o->vf);
	else
		err = csrv_vfs_open(&o->path, flags, &o->vf);
	/* Execute alone, or a listing never asked for, is no reason to refuse. */
	if (err == -EACCES && o->is_dir && (c->access & MAXIMUM_ALLOWED))
		return NT_OK;
	if (err == -EWOULDBLOCK)
		return NT_OPLOCK_BREAK_IN_PROGRESS;
	return err ? csrv_errno_status(err) : NT_OK;
}

/*
 * A process of this machine has got a delegation of what has just been made.  To wait would be to
 * find it made.
 */
static nt_status_t create_status(nt_status_t status)
{
	return status == NT_OPLOCK_BREAK_IN_PROGRESS ? NT_SHARING_VIOLATION : status;
}

static void apply_attributes(struct csrv_create *c, u32 attrs)
{
	struct csrv_open *o = c->o;

	mutex_lock(&o->file->sd_lock);
	csrv_dos_set(c->rights->cfg, &o->path, attrs, c->attr.create_time);
	mutex_unlock(&o->file->sd_lock);
}

/* DOS attributes and EAs of a new file, or of one that was overwritten. */
static nt_status_t create_apply(struct csrv_create *c)
{
	u32 attrs = c->attributes & FILE_ATTRIBUTE_SETTABLE;
	struct csrv_open *o = c->o;
	struct csrv_file_attr *f = &c->attr;
	int err;

	if (!o->is_dir)
		attrs |= FILE_ATTRIBUTE_ARCHIVE;
	err = csrv_file_attr_get(c->rights->cfg, &o->path, c->nm.last, f);
	if (err)
		return csrv_errno_status(err);
	attrs = csrv_dos_to_keep(f, attrs);
	/* Attributes that follow from the mode or the name need no xattr. */
	if (!c->rights->cfg->p.store_dos_attributes && c->truncate && !o->is_dir)
		csrv_dos_set_mode(o, f, attrs);
	else if ((c->created && attrs) || (c->truncate && f->kept != attrs))
		apply_attributes(c, attrs);
	if (c->truncate && c->rights->cfg->p.ea_support)
		csrv_vfs_ea_clear(&o->path);
	return c->eas ? create_status(csrv_eas_set(&o->path, c->eas)) : NT_OK;
}

static nt_status_t create_attr(struct csrv_create *c)
{
	int err = csrv_file_attr_get(c->rights->cfg, &c->o->path, c->nm.last, &c->attr);

	return err ? csrv_errno_status(err) : NT_OK;
}

/* Reserve space where possible; only a lack of space is a reason to fail. */
static nt_status_t create_allocate(struct csrv_create *c)
{
	int err;

	if (!c->alloc_size || !csrv_vfs_is_open(&c->o->vf) || c->o->is_dir)
		return NT_OK;
	err = csrv_vfs_allocate(&c->o->vf, 0, c->alloc_size, true);
	return err == -ENOSPC || err == -EDQUOT ? NT_DISK_FULL : NT_OK;
}

/* Can the object that was found again by its name be the one that this CREATE has made? */
static bool looks_made(const struct csrv_create *c)
{
	const struct csrv_vfs_attr *a = &c->attr.vfs;

	if (is_maker(c))
		return true;
	return a->is_dir ? csrv_vfs_dir_empty(&c->o->path) != -ENOTEMPTY :
			   a->nlink == 1 && !a->size;
}

/* The security descriptor is set last: it may take away rights that the other steps need. */
static nt_status_t describe(struct csrv_create *c)
{
	nt_status_t status;

	if (!looks_made(c))
		return NT_SHARING_VIOLATION;
	status = create_apply(c);
	if (status == NT_OK)
		status = create_allocate(c);
	if (status != NT_OK)
		return status;
	if (c->sd) {
		mutex_lock(&c->o->file->sd_lock);
		status = create_status(csrv_vfs_sd_set_new(&c->o->path, c->sd));
		mutex_unlock(&c->o->file->sd_lock);
		if (status != NT_OK)
			return status;
	}
	return create_attr(c);
}

/* [MS-FSA] 2.1.5.1.1: the notification for the new name stands for this, too. */
static nt_status_t create_describe(struct csrv_create *c)
{
	struct csrv_acting acting;
	nt_status_t status;

	if (!c->created)
		return NT_OK;
	csrv_acting_begin(&acting, &c->changer, CSRV_ACTS_UNTOLD);
	status = describe(c);
	csrv_acting_end(&acting);
	return status;
}

/* Where the client has given a descriptor, the owner alone changes: it gives no user a right. */
static bool give(struct csrv_create *c)
{
	const struct wire_sd sd = {
		.has_owner	= true,
		.owner		= csrv_sid_unix_user(c->owner),
	};
	nt_status_t status;

	if (!c->sd)
		return !csrv_vfs_chown(&c->o->path, c->owner, U32_MAX);
	mutex_lock(&c->o->file->sd_lock);
	status = csrv_vfs_sd_set(&c->o->path, &sd, OWNER_SECURITY_INFORMATION);
	mutex_unlock(&c->o->file->sd_lock);
	return status == NT_OK;
}

/*
 * smb.conf "inherit owner": the one thing here that the user's own rights do not allow.  It comes
 * when all that the user does is done: afterwards it is another's.  What cannot be given away stays
 * its maker's.
 */
static nt_status_t create_inherit_owner(struct csrv_create *c)
{
	struct csrv_acting acting;
	const struct cred *old;

	/* An owner that the mount does not show cannot be named: it would be the overflow uid. */
	if (!c->rights->cfg->p.inherit_owner || !is_maker(c) || c->owner == U32_MAX)
		return NT_OK;
	old = csrv_cred_enter_root();
	if (IS_ERR(old))
		return csrv_errno_status(PTR_ERR(old));
	csrv_acting_begin(&acting, &c->changer, CSRV_ACTS_UNTOLD);
	c->given = give(c);
	csrv_acting_end(&acting);
	csrv_cred_leave(old);
	return c->given ? create_attr(c) : NT_OK;
}

static nt_status_t create_action(struct csrv_create *c)
{
	if (c->created)
		c->action = FILE_CREATED;
	else if (c->disposition == FILE_SUPERSEDE)
		c->action = FILE_SUPERSEDED;
	else
		c->action = c->truncate ? FILE_OVERWRITTEN : FILE_OPENED;
	return NT_OK;
}

/* What has no room any more, space or EAs, has none when the content has been removed. */
static nt_status_t overwrite(struct csrv_create *c)
{
	int err = csrv_vfs_truncate(&c->o->vf, 0);
	nt_status_t status = err ? csrv_errno_status(err) : create_allocate(c);

	return status == NT_OK ? create_apply(c) : status;
}

static nt_status_t create_truncate(struct csrv_create *c)
{
	struct csrv_modify m;
	nt_status_t status;

	if (!c->truncate)
		return NT_OK;
	/* [MS-FSA] 2.1.5.1.2: what changes is the data, and attributes and EAs are replaced */
	csrv_modify_begin(c->o, &m, true,
			  FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE |
			  FILE_NOTIFY_CHANGE_ATTRIBUTES);
	m.tried = true;
	status = overwrite(c);
	csrv_modify_end(c->o, &m, status);
	return status == NT_OK ? create_attr(c) : status;
}

/* Is no other open in the way of W?  Of a lease's none is that only looks at attributes. */
static bool is_alone_locked(const struct csrv_open *o) __must_hold(&o->stream->file->lock)
{
	lockdep_assert_held(&o->stream->file->lock);
	if (o->lease)
		return o->stream->nfull == o->lease->nfull;
	return list_is_singular(&o->stream->opens);
}

static bool may_cache_locked(const struct csrv_open *o) __must_hold(&o->file->lock)
{
	lockdep_assert_held(&o->file->lock);
	return !csrv_link_delete_pending(o->file, csrv_open_name_path(o)->dentry);
}

static void grant_locked(struct csrv_create *c, struct csrv_open *o, u8 want)
	__must_hold(&o->stream->file->lock)
{
	struct csrv_holder *h = csrv_open_holder(o);
	u8 had = h->cache.held;

	lockdep_assert_held(&o->stream->file->lock);
	c->granted_oplock = csrv_break_grant_locked(h, want, is_alone_locked(o),
						    !csrv_brl_idle(&o->stream->brl));
	c->lease_breaking = h->cache.state == CSRV_CACHE_IS_BREAKING;
	/* Clients believe the reply that comes last, unless it says that a break is under way. */
	c->grants = c->granted_oplock != CSRV_CACHE_NONE && !c->lease_breaking;
	if (c->grants)
		csrv_break_hold_locked(h);
	if (o->is_dir && had == CSRV_CACHE_NONE && c->granted_oplock != CSRV_CACHE_NONE)
		csrv_dirwatch_granted_locked(o->lease);
	if (c->granted_oplock != had)
		h->told = h->epoch;
	c->lease_epoch = h->told;
}

/* [MS-SMB2] 3.3.5.9.6, 3.3.5.9.10: an open whose client may cache the handle */
static void make_durable(struct csrv_create *c, struct csrv_durable *d)
{
	d->granted = d->wanted && c->granted_oplock & CSRV_CACHE_H;
	c->is_durable = d->granted;
}

static void create_grant(struct csrv_create *c)
{
	u8 want = c->lease ? c->lease->state : c->oplock;
	struct csrv_open *o = c->o;

	c->granted_oplock = CSRV_CACHE_NONE;
	if (c->lease ? !o->lease : !want || o->is_dir)
		return;
	if (o->is_dir)
		want &= ~CSRV_CACHE_W;	/* [MS-SMB2] 3.3.5.9.11 */
	mutex_lock(&o->file->lock);
	csrv_open_holder(o)->id = o->persistent_id;
	/* the open may have been closed already */
	if (atomic_read(&o->state) == CSRV_OPEN_LIVE)
		grant_locked(c, o, may_cache_locked(o) ? want : CSRV_CACHE_NONE);
	if (o->durable)
		make_durable(c, o->durable);
	mutex_unlock(&o->file->lock);
}

static nt_status_t create_walk(struct csrv_create *c)
{
	static nt_status_t (*const steps[])(struct csrv_create *) = {
		create_resolve, create_check_lease, create_check_eas, create_make,
		create_check_type, create_check_access, create_alloc, create_lease, create_join,
		create_delete_on_close,
		create_open_file, create_describe, create_inherit_owner, create_action,
	};
	nt_status_t status = NT_OK;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps) && status == NT_OK; i++)
		status = steps[i](c);
	return status;
}

/* In a sticky directory only the owner may remove it, and that is another user by now. */
static void unmake_name(struct csrv_create *c)
{
	const struct cred *old = c->given ? csrv_cred_enter_root() : NULL;
	struct csrv_acting acting;

	csrv_acting_begin(&acting, &c->changer, csrv_acts_name(d_is_dir(c->nm.path.dentry)));
	csrv_vfs_remove(&c->rights->cfg->root, &c->nm.path);
	csrv_acting_end(&acting);
	if (!IS_ERR_OR_NULL(old))
		csrv_cred_leave(old);
}

/* What this CREATE has made is removed, unless another client has opened it by another name. */
static void create_unmake(struct csrv_create *c)
{
	struct csrv_file *file = csrv_file_find(c->srv, d_inode(c->nm.path.dentry));
	bool alone, mine;

	if (!file) {
		unmake_name(c);
		return;
	}
	mutex_lock(&file->lock);
	alone = !csrv_file_is_open_locked(file);
	mine = alone && !file->replacing;
	if (mine)
		file->replacing = true;	/* no open by another name meanwhile */
	mutex_unlock(&file->lock);
	if (alone)
		unmake_name(c);
	if (mine) {
		mutex_lock(&file->lock);
		file->replacing = false;
		mutex_unlock(&file->lock);
	}
	csrv_file_put(file);
}

/* Undo what a walk that failed has done. */
static void create_unwind(struct csrv_create *c, nt_status_t status)
{
	struct csrv_open *o = c->o;

	c->o = NULL;
	if (o && !csrv_open_abandon(o))
		csrv_open_put(o);	/* it was published: the caller has closed it */
	/* To wait is to wait for a process that has it open, on this machine or through a link. */
	if (is_maker(c) && status != NT_OPLOCK_BREAK_IN_PROGRESS)
		create_unmake(c);
	c->created = false;
	c->given = false;
	c->truncate = false;
}

/* Let other CREATEs of the name continue. */
static void create_end(struct csrv_create *c)
{
	if (c->is_making)
		csrv_making_end(c->srv, &c->making);
	c->is_making = false;
	csrv_vfs_name_done(&c->nm);
}

static nt_status_t create_once(struct csrv_create *c)
{
	nt_status_t status;

	memset(&c->nm, 0, sizeof(c->nm));
	status = create_walk(c);
	if (status != NT_OK) {
		create_unwind(c, status);
		create_end(c);
	}
	return status;
}

static const struct cred *create_enter(const struct csrv_create *c)
{
	return csrv_cred_enter(csrv_rights_cred(c->rights));
}

/**
 * csrv_create_begin() - open or create a file or directory, as far as no client can name it
 * @c: see there
 *
 * csrv_create_commit() or csrv_create_abort() follows when this succeeds; until then other
 * CREATEs of a name that is being made wait.  Called without locks; takes those of the file.
 * Return: NT_OK and @c->o is OPENING; or the status that [MS-FSA] 2.1.5.1 has.  What it created is
 * removed again when a later step fails, where the file system says which object that is.
 * NT_OPLOCK_BREAK_IN_PROGRESS: csrv_break_wait() for @c->wait_for, a reference, and call again;
 * where that is NULL a process of this machine, or a client of nfsd, has been asked for a lease:
 * call again after a while.
 */
nt_status_t csrv_create_begin(struct csrv_create *c)
{
	const struct cred *old;
	nt_status_t status;
	int tries = CSRV_CREATE_TRIES;

	c->wait_for = NULL;
	csrv_changer_init(&c->changer, c->rights->account, c->parent_key);
	status = create_check_args(c);
	if (status != NT_OK)
		return status;
	old = create_enter(c);
	do {
		status = create_once(c);
	} while (status == NT_RETRY && --tries);
	csrv_cred_leave(old);
	/* The name is created and removed faster than it can be looked up. */
	return status == NT_RETRY ? NT_SHARING_VIOLATION : status;
}

/**
 * csrv_create_commit() - what comes when the open has been published
 * @c: csrv_create_begin() succeeded; @c->o is LIVE
 *
 * The content of a file that is overwritten is removed; the oplock is granted.  Called without
 * locks; takes those of the file.
 * Return: NT_OK and @c->open, @c->action, @c->granted_oplock, @c->attr; else a status, and the
 * caller closes @c->o, which takes no delete with it that this CREATE asked for, and calls
 * csrv_create_abort().
 */
nt_status_t csrv_create_commit(struct csrv_create *c)
{
	const struct cred *old = create_enter(c);
	nt_status_t status = create_truncate(c);

	csrv_cred_leave(old);
	if (status == NT_OK) {
		if (c->o->durable)
			c->o->durable->action = c->action;
		create_grant(c);
		c->open = c->o;
		create_end(c);
		return NT_OK;
	}
	mutex_lock(&c->o->file->lock);
	c->o->delete_on_close = false;
	mutex_unlock(&c->o->file->lock);
	return status;
}

/**
 * csrv_create_abort() - the open was not published, or csrv_create_commit() failed
 * @c: csrv_create_begin() succeeded
 * @status: why
 *
 * Called without locks; takes those of the file.
 */
void csrv_create_abort(struct csrv_create *c, nt_status_t status)
{
	const struct cred *old = create_enter(c);

	create_unwind(c, status);
	create_end(c);
	csrv_cred_leave(old);
}
