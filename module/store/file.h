/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/file.h - files, [MS-FSA] 2.1.1.3: what all streams of one inode share */
#ifndef CIFSSRV_STORE_FILE_H
#define CIFSSRV_STORE_FILE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "../core/ends.h"
#include "../core/quota.h"
#include "heldtimes.h"

struct csrv_file_bucket;
struct csrv_server;
struct inode;

/*
 * The file object: what all streams of one inode share.  What belongs to one of them is in
 * struct csrv_stream.
 *
 * Made by the first open (or by a rename that replaces it), kept by its streams, ended with the
 * last.  The server's hash finds it and holds no reference (kref_get_unless_zero under its
 * bucket's lock).
 */
struct csrv_file {
	struct kref		ref;
	struct csrv_server	*srv;
	struct path		path;		/* held: an inode alone would not pin its mount */
	struct inode		*inode;		/* of @path */
	/* a descriptor or DOS attributes: between reading and storing them */
	struct mutex		sd_lock;
	struct hlist_node	hash;		/* csrv_file_bucket.head; its lock */
	struct csrv_end		freeing;	/* csrv_file_put_later() */
	struct csrv_account	*payer;		/* ... of it; a reference */
	u8			payer_kind;	/* enum csrv_quota_kind: what it is charged with */

	struct mutex		lock;		/* guards all below, and its streams */
	struct list_head	streams __guarded_by(&lock);	/* csrv_stream.node */
	bool			replacing;	/* another takes its place, or it is removed */
	struct list_head	deletes;	/* csrv_link_delete.node */
	u32			ndeletes;
	u32			nremoved;	/* grows with each link whose removal was tried */
	u32			nlate;		/* once DISCONNECTED opens, being closed */

	/* store/times.c; its bucket's lock, but for the counts in @held */
	struct csrv_held_times	held;
	bool			has_change;
	u64			change_time;	/* FILETIME: shown instead of … */
	struct timespec64	change_ctime;	/* … this st_ctime */
	struct timespec64	stamped;	/* st_ctime for which a ChangeTime was stored */
};

struct csrv_file_bucket *csrv_file_bucket(struct csrv_server *srv, const struct inode *inode);
struct csrv_file *csrv_file_get(struct csrv_server *srv, const struct path *path);
struct csrv_file *csrv_file_find(struct csrv_server *srv, const struct inode *inode);
void csrv_file_put(struct csrv_file *file);
void csrv_file_put_later(struct csrv_file *file, struct csrv_account *payer,
			 enum csrv_quota_kind kind);
bool csrv_file_delete_pending(struct csrv_server *srv, struct inode *inode);

/* Is the delete of one of its links pending?  Without file->lock: a moment ago. */
static inline bool csrv_file_has_deletes(const struct csrv_file *file)
{
	return READ_ONCE(file->ndeletes);
}

#endif /* CIFSSRV_STORE_FILE_H */
