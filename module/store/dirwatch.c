// SPDX-License-Identifier: GPL-2.0-or-later
/* store/dirwatch.c - what changes in a directory breaks its leases, whoever makes the change */
#include <linux/dcache.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "acting.h"
#include "break.h"
#include "dirwatch.h"
#include "lease.h"

#define REPLY_FIRST_MS	40	/* longer than a reply takes */

static void dirwatch_free(struct kref *ref)
{
	kfree(container_of(ref, struct csrv_dirwatch, ref));
	csrv_object_destroyed(CSRV_OBJ_DIRWATCH);
}

static void dirwatch_put(struct csrv_dirwatch *dw)
{
	kref_put(&dw->ref, dirwatch_free);
}

/*
 * How long until holders are notified of a change.  A client that makes it is answered before, as
 * smbtorture's smb2.dirlease.rename expects, and all that comes meanwhile is one break.  Of a
 * rename the holders of the old directory come first.
 */
static unsigned long notify_delay(const struct csrv_changer *by, u32 what)
{
	if (!by)
		return 0;
	return msecs_to_jiffies(REPLY_FIRST_MS) + !!(what & CSRV_CHANGED_TO);
}

/* A change by @by: those that are not its maker's are to be broken.  @what: CSRV_CHANGED_* */
static void note_change(struct csrv_dirwatch *dw, const struct csrv_changer *by, u32 what)
{
	struct csrv_lease *lease, *next;

	spin_lock(&dw->lock);
	list_for_each_entry_safe(lease, next, &dw->clean, in_dir)
		if (!csrv_changer_has(by, &lease->key, lease->payer))
			list_move_tail(&lease->in_dir, &dw->dirty);
	if (!list_empty(&dw->dirty)) {
		kref_get(&dw->ref);	/* there is one: of the watch, until events end */
		if (!queue_delayed_work(dw->srv->clock_wq, &dw->work, notify_delay(by, what)))
			dirwatch_put(dw);	/* not the last */
	}
	spin_unlock(&dw->lock);
}

static struct csrv_dirwatch *dirwatch_of(struct csrv_vfs_watch *w)
{
	return container_of(w, struct csrv_dirwatch, watch);
}

/* csrv_vfs_watch_ops.event */
static void dir_event(struct csrv_vfs_watch *w, const struct csrv_vfs_event *event)
{
	if (!event->actor || !(event->actor->what & CSRV_ACTS_UNLISTED))
		note_change(dirwatch_of(w), csrv_acting_by(event->actor), event->what);
}

/* csrv_vfs_watch_ops.free */
static void dir_free(struct csrv_vfs_watch *w)
{
	dirwatch_put(dirwatch_of(w));
}

static const struct csrv_vfs_watch_ops dir_ops = {
	.event	= dir_event,
	.free	= dir_free,
};

/* The next one to break, which is in no list then. */
static struct csrv_lease *dirty_pop(struct csrv_dirwatch *dw)
{
	struct csrv_lease *lease;

	spin_lock(&dw->lock);
	lease = list_first_entry_or_null(&dw->dirty, struct csrv_lease, in_dir);
	if (lease)
		list_del_init(&lease->in_dir);
	spin_unlock(&dw->lock);
	return lease;
}

/* A listed lease has not ended, and one that ends is unlisted under the mutex: it stays. */
static void break_dirty(struct csrv_dirwatch *dw, struct csrv_stream *stream)
{
	struct csrv_lease *lease;
	LIST_HEAD(breaks);

	mutex_lock(&stream->file->lock);
	while ((lease = dirty_pop(dw)))
		csrv_break_holder_locked(&lease->holder, CSRV_CACHE_LISTING, &breaks);
	mutex_unlock(&stream->file->lock);
	csrv_break_notify(&breaks);
}

/* With a reference, which keeps the stream; NULL: those that were dirty have ended. */
static struct csrv_holder *dirty_get(struct csrv_dirwatch *dw)
{
	struct csrv_holder *h = NULL;
	struct csrv_lease *lease;

	spin_lock(&dw->lock);
	lease = list_first_entry_or_null(&dw->dirty, struct csrv_lease, in_dir);
	if (lease) {
		h = &lease->holder;
		h->ops->get(h);
	}
	spin_unlock(&dw->lock);
	return h;
}

static void dir_work(struct work_struct *work)
{
	struct csrv_dirwatch *dw = container_of(to_delayed_work(work), struct csrv_dirwatch, work);
	struct csrv_holder *h;

	csrv_fault_delay(CSRV_FAULT_DIR_CHANGED);
	h = dirty_get(dw);
	if (h) {
		break_dirty(dw, h->stream);
		h->ops->put(h);
	}
	dirwatch_put(dw);
}

static struct csrv_dirwatch *dirwatch_start(struct csrv_stream *stream) __no_context_analysis
{
	struct csrv_dirwatch *dw = kzalloc(sizeof(*dw), GFP_KERNEL);

	if (!dw)
		return NULL;
	csrv_object_created(CSRV_OBJ_DIRWATCH);
	kref_init(&dw->ref);
	dw->srv = stream->file->srv;
	dw->users = 1;
	spin_lock_init(&dw->lock);
	INIT_LIST_HEAD(&dw->clean);
	INIT_LIST_HEAD(&dw->dirty);
	INIT_DELAYED_WORK(&dw->work, dir_work);
	if (csrv_vfs_watch_start(&dw->watch, &dir_ops, &stream->file->path, false,
				 CSRV_CHANGED_ANY))
		return NULL;	/* dir_free() */
	return dw;
}

/* The watch of @stream, if there is one, else @new, or NULL. */
static struct csrv_dirwatch *find_or_set(struct csrv_stream *stream, struct csrv_dirwatch *new)
{
	struct csrv_dirwatch *dw;

	mutex_lock(&stream->file->lock);
	dw = stream->dirwatch;
	if (dw)
		dw->users++;
	else
		stream->dirwatch = new;
	mutex_unlock(&stream->file->lock);
	return dw ?: new;
}

/**
 * csrv_dirwatch_use() - a lease of a directory is made
 * @stream: the directory's; the lease holds a reference
 *
 * From now on changes are noticed.  Sleeps; takes file->lock, and locks of fsnotify's.
 * Return: for csrv_dirwatch_unuse(); NULL: without memory, or its file system is unmounted.
 */
struct csrv_dirwatch *csrv_dirwatch_use(struct csrv_stream *stream)
{
	struct csrv_dirwatch *dw = find_or_set(stream, NULL), *new;

	if (!dw) {
		new = dirwatch_start(stream);
		dw = new ? find_or_set(stream, new) : NULL;
		if (new && dw != new)
			csrv_vfs_watch_stop(&new->watch);
	}
	if (dw)
		atomic_inc(&dw->srv->ndirwatches);
	return dw;
}

/**
 * csrv_dirwatch_unuse() - the lease is freed
 * @stream: as for csrv_dirwatch_use()
 * @dw: what that returned
 *
 * Sleeps; takes file->lock, and locks of fsnotify's.  Enters no file system.
 */
void csrv_dirwatch_unuse(struct csrv_stream *stream, struct csrv_dirwatch *dw)
{
	bool last;

	atomic_dec(&dw->srv->ndirwatches);
	mutex_lock(&stream->file->lock);
	last = !--dw->users;
	if (last)
		stream->dirwatch = NULL;
	mutex_unlock(&stream->file->lock);
	if (last)
		csrv_vfs_watch_stop(&dw->watch);
}

/**
 * csrv_dirwatch_granted_locked() - a lease of a directory that held nothing holds something
 * @lease: not ended
 *
 * What has changed until now its client sees when it lists the directory.  file->lock is held.
 */
void csrv_dirwatch_granted_locked(struct csrv_lease *lease)
{
	struct csrv_dirwatch *dw = lease->dir;

	lockdep_assert_held(&lease->stream->file->lock);
	spin_lock(&dw->lock);
	list_move_tail(&lease->in_dir, &dw->clean);
	spin_unlock(&dw->lock);
}

/* The last open has left @lease.  file->lock is held. */
void csrv_dirwatch_ended_locked(struct csrv_lease *lease)
{
	struct csrv_dirwatch *dw = lease->dir;

	lockdep_assert_held(&lease->stream->file->lock);
	spin_lock(&dw->lock);
	list_del_init(&lease->in_dir);
	spin_unlock(&dw->lock);
}

/**
 * csrv_dirwatch_changed() - what the directory of a file lists has changed
 * @o: an open of the file, through which it was changed
 *
 * Of what the kernel does not report: a ChangeTime, an access time that is set, and what was
 * written when the file is closed.
 * Called after the change, without file->lock; takes that of the directory, and may put its last
 * reference.
 */
void csrv_dirwatch_changed(struct csrv_open *o)
{
	struct csrv_stream *stream;
	struct csrv_file *file;
	struct dentry *dir;

	smp_mb();	/* the change, then the look: pairs with csrv_break_grant_locked() */
	if (!atomic_read(&o->srv->ndirwatches))
		return;
	dir = dget_parent(o->path.dentry);
	file = csrv_file_find(o->srv, d_inode(dir));
	dput(dir);
	if (!file)
		return;
	mutex_lock(&file->lock);
	stream = csrv_stream_peek_locked(file, CSRV_STREAM_UNNAMED);
	if (stream && stream->dirwatch)
		note_change(stream->dirwatch, &o->changer, CSRV_CHANGED_ATTR);
	mutex_unlock(&file->lock);
	csrv_file_put(file);
}
