// SPDX-License-Identifier: GPL-2.0-or-later
/* store/changetime.c - the ChangeTime that a client has set, as long as it holds */
#include <linux/fs.h>
#include <linux/time64.h>

#include "../core/server.h"
#include "changetime.h"
#include "file.h"
#include "open.h"

/*
 * What is told as ChangeTime.  It stands for @ctime, and for nothing that changes later;
 * guarded by the lock of the file's bucket, because those who list a directory ask for it.
 */
void csrv_change_time_put(struct csrv_open *o, const struct timespec64 *ctime, u64 change)
{
	struct csrv_file *file = o->file;
	struct csrv_file_bucket *b = csrv_file_bucket(o->srv, file->inode);

	spin_lock(&b->lock);
	if (!file->has_change)
		atomic_inc(&o->srv->nchange);
	file->has_change = true;
	file->change_time = change;
	file->change_ctime = *ctime;
	spin_unlock(&b->lock);
}

/*
 * The file has changed, and the clock may not have ticked since a client set ChangeTime.  One that
 * was set while the request ran, after @began, is left: it counts as set after the change.
 */
void csrv_change_time_drop(struct csrv_open *o, const struct timespec64 *began)
{
	struct csrv_file *file = o->file;
	struct csrv_file_bucket *b = csrv_file_bucket(o->srv, file->inode);

	if (!READ_ONCE(file->has_change))
		return;
	spin_lock(&b->lock);
	if (file->has_change && timespec64_compare(&file->change_ctime, began) <= 0) {
		file->has_change = false;
		atomic_dec(&o->srv->nchange);
	}
	spin_unlock(&b->lock);
}

/**
 * csrv_change_time() - the ChangeTime that a client has set
 * @srv: the server
 * @inode: of a file
 * @ctime: its st_ctime now
 * @told: set to it
 *
 * Return: false if there is none, or it has been outlived by a change.
 */
bool csrv_change_time(struct csrv_server *srv, const struct inode *inode,
		      const struct timespec64 *ctime, u64 *told)
{
	const struct csrv_file *file;
	struct csrv_file_bucket *b;
	bool found = false;

	if (!atomic_read(&srv->nchange))
		return false;
	b = csrv_file_bucket(srv, inode);
	spin_lock(&b->lock);
	hlist_for_each_entry(file, &b->head, hash) {
		if (file->inode != inode || !file->has_change)
			continue;
		found = timespec64_equal(&file->change_ctime, ctime);
		*told = file->change_time;
	}
	spin_unlock(&b->lock);
	return found;
}
