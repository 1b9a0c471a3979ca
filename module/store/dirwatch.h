/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/dirwatch.h - what changes in a directory breaks its leases, whoever makes the change
 *
 * [MS-FSA] 2.1.4.12 with PARENT_OBJECT.  A directory that has a lease is watched (vfs/watch.h).
 * Which leases a change concerns is decided when it is noticed, in the task that makes it, with the
 * inode of the directory locked.  They are broken in a work item.
 *
 *	          granted                    a change by another
 *	(unlisted) ---------------> CLEAN -------------------------> DIRTY
 *	    ^                         |  ^                             |
 *	    |      the lease ends     |  | granted, after it had       | broken, or
 *	    +-------------------------+  | lost everything             | the lease ends
 *	    ^                            +-----------------------------+
 *	    +----------------------------------------------------------+
 *
 * A change finds the leases in CLEAN only: so the next ones of the same cost nothing, and however
 * many changes there are, each lease is broken once.
 */
#ifndef CIFSSRV_STORE_DIRWATCH_H
#define CIFSSRV_STORE_DIRWATCH_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "../vfs/watch.h"
#include "lease.h"

struct csrv_open;
struct csrv_server;
struct csrv_stream;

/**
 * struct csrv_dirwatch - the watch of a directory that has leases
 * @watch: from csrv_dirwatch_use() until it is freed
 * @ref: of @watch, until no event comes any more; of @work while it is queued
 * @srv: the server
 * @users: leases; file->lock.  The last one stops @watch
 * @lock: guards the next two; no other lock is taken inside
 * @clean: csrv_lease.in_dir: hold something, and no other than their holder has changed what the
 *	directory lists since they got it
 * @dirty: likewise, of those to be broken: in neither list the lease has ended, or holds nothing
 * @work: breaks those in @dirty
 *
 * Its leases keep it; stream->dirwatch finds it, under file->lock.
 */
struct csrv_dirwatch {
	struct csrv_vfs_watch	watch;
	struct kref		ref;
	struct csrv_server	*srv;
	u32			users;
	spinlock_t		lock;	/* guards the next two */
	struct list_head	clean __guarded_by(&lock);
	struct list_head	dirty __guarded_by(&lock);
	struct delayed_work	work;
};

struct csrv_dirwatch *csrv_dirwatch_use(struct csrv_stream *stream);
void csrv_dirwatch_unuse(struct csrv_stream *stream, struct csrv_dirwatch *dw);
void csrv_dirwatch_granted_locked(struct csrv_lease *lease)
	__must_hold(&lease->stream->file->lock);
void csrv_dirwatch_ended_locked(struct csrv_lease *lease)
	__must_hold(&lease->stream->file->lock);
void csrv_dirwatch_changed(struct csrv_open *o);

#endif /* CIFSSRV_STORE_DIRWATCH_H */
