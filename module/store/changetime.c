// SPDX-License-Identifier: GPL-2.0-or-later
/* store/changetime.c - the ChangeTime that a client has set, while it is valid */
#include <linux/fs.h>
#include <linux/time64.h>

#include "../core/server.h"
#include "changetime.h"
#include "file.h"
#include "open.h"

/*
 * The ChangeTime that clients see.  It is valid for the st_ctime @ctime only; guarded by the lock
 * of the file's bucket, because listings of a directory read it.  If @ctime was read before another
 * request, which also restores its times, changed the file and put a ChangeTime that is valid now,
 * that stays.
 */
void csrv_change_time_put(struct csrv_file_bucket *b, struct csrv_file *file,
			  const struct timespec64 *ctime, u64 change)
{
	const struct timespec64 now = csrv_vfs_ctime(&file->path);

	lockdep_assert_held(&b->lock);
	file->change_time = change;
	if (!file->has_change)
		atomic_inc(&file->srv->nchange);
	else if (timespec64_equal(&file->change_ctime, &now))
		return;
	file->has_change = true;
	file->change_ctime = *ctime;
}

void csrv_change_time_forget(struct csrv_file_bucket *b, struct csrv_file *file)
{
	lockdep_assert_held(&b->lock);
	if (file->has_change)
		atomic_dec(&file->srv->nchange);
	file->has_change = false;
}

/*
 * The file has changed, and the clock may not have ticked since a client set ChangeTime.  A
 * ChangeTime that was set while the request ran, after @began, stays: it counts as set after the
 * change.
 */
void csrv_change_time_drop(struct csrv_open *o, const struct timespec64 *began)
{
	struct csrv_file_bucket *b = csrv_file_bucket(o->srv, o->file->inode);

	if (!READ_ONCE(o->file->has_change))
		return;
	spin_lock(&b->lock);
	if (timespec64_compare(&o->file->change_ctime, began) <= 0)
		csrv_change_time_forget(b, o->file);
	spin_unlock(&b->lock);
}

/**
 * csrv_change_time() - the ChangeTime that a client has set
 * @srv: the server
 * @inode: of a file
 * @ctime: its current st_ctime
 * @shown: set to the ChangeTime
 *
 * Takes the lock of the inode's bucket.
 * Return: false, and @shown unchanged, if there is none, or a change has ended it.
 */
bool csrv_change_time(struct csrv_server *srv, const struct inode *inode,
		      const struct timespec64 *ctime, u64 *shown)
{
	const struct csrv_file *file;
	struct csrv_file_bucket *b;
	bool found = false;

	if (!atomic_read(&srv->nchange))
		return false;
	b = csrv_file_bucket(srv, inode);
	spin_lock(&b->lock);
	hlist_for_each_entry(file, &b->head, hash) {
		if (file->inode != inode || !file->has_change ||
		    !timespec64_equal(&file->change_ctime, ctime))
			continue;
		found = true;
		*shown = file->change_time;
	}
	spin_unlock(&b->lock);
	return found;
}
