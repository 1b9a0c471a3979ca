// SPDX-License-Identifier: GPL-2.0-or-later
/* store/close.c - an open leaves its stream: [MS-FSA] 2.1.5.5 */
#include "break.h"
#include "brl.h"
#include "close.h"
#include "dirwatch.h"
#include "lease.h"
#include "link.h"
#include "notify.h"
#include "open.h"
#include "times.h"

/* The delete that @o asked for is the file's from now on, unless its CREATE failed. */
static void open_leave_stream(struct csrv_open *o, bool abandoned, bool last)
{
	struct csrv_file *file = o->file;
	LIST_HEAD(notes);

	csrv_brl_close(o);
	mutex_lock(&file->lock);
	if (o->delete_on_close && o->link_delete && !abandoned) {
		csrv_link_set_delete_pending(file, o, o->link_delete);
		o->link_delete = NULL;
		csrv_break_locked(o->stream, &csrv_open_holder(o)->cache, CSRV_CACHE_ON_DELETE,
				  &notes);
	}
	csrv_stream_leave_locked(o->stream, &o->in_stream, o->access, o->share);
	o->stream->nfull -= o->full;
	if (o->lease)
		csrv_lease_leave_locked(o->lease, o);
	else
		csrv_break_close_locked(&o->oplock);
	if (last)	/* nothing of @o is left in the stream when it unlocks */
		csrv_link_delete_on_last_close(file, o);
	mutex_unlock(&file->lock);
	csrv_break_notify(&notes);
}

/**
 * csrv_close_begin() - the first half of a close: what others may wait for
 * @o: CLOSING
 *
 * Locks, share mode and oplock are given up; a pipe is closed.  Enters no file system.  Takes
 * file->lock.
 */
void csrv_close_begin(struct csrv_open *o)
{
	if (o->is_dir)
		csrv_notify_close(o);
	if (o->file)
		open_leave_stream(o, false, false);
	if (o->closed)
		o->closed(o);
}

/* What others are told of when the file is closed: CSRV_ACTS_UNLISTED. */
static void close_times(struct csrv_open *o)
{
	csrv_times_close(o);
	if (READ_ONCE(o->wrote))
		csrv_dirwatch_changed(o);
}

/**
 * csrv_close_finish() - the other half: times, a link that is to be removed
 * @o: CLOSING
 *
 * Takes as long as the file system likes.  Takes file->lock, and releases it meanwhile.
 */
void csrv_close_finish(struct csrv_open *o)
{
	if (!o->file)
		return;
	close_times(o);
	mutex_lock(&o->file->lock);
	csrv_link_delete_on_last_close(o->file, o);
	mutex_unlock(&o->file->lock);
}

/* Both halves, under one hold of the lock: [MS-FSA] 2.1.5.5. */
void csrv_close_whole(struct csrv_open *o)
{
	if (o->is_dir)
		csrv_notify_close(o);
	if (o->file) {
		close_times(o);
		open_leave_stream(o, false, true);
	}
	if (o->closed)
		o->closed(o);
}

/* An open that never was published leaves its stream.  False: it was, and is to be closed. */
bool csrv_open_abandon(struct csrv_open *o)
{
	if (!csrv_open_move(o, CSRV_OPEN_OPENING, CSRV_OPEN_CLOSING))
		return false;
	if (o->file && !list_empty(&o->in_stream))
		open_leave_stream(o, true, true);
	if (o->closed)
		o->closed(o);
	csrv_open_put(o);
	return true;
}
