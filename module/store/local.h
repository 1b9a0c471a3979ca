/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/local.h - what clients cache of a file, and processes of this machine
 *
 * smb.conf "kernel oplocks".  A file of which clients cache something has a delegation of the
 * kernel (vfs/lease.h), which a local process breaks, or nfsd, before it opens or changes the file:
 *
 *	            csrv_local_take()              lm_break
 *	NONE <----------------------> READ, WRITE ----------> BROKEN: nothing is granted
 *	 ^                                ^                      |
 *	 |                                | an open for reading: | no client has to acknowledge
 *	 |                                | without W            | any more, or it is too late
 *	 |                                +----------------------+
 *	 +-------------------------------------------------------+
 *	                     all others: without anything
 *
 * It is not given up with the last cache, but with the last reference of the file: until then the
 * next CREATE finds it taken, and a local process that breaks it waits for no client.
 */
#ifndef CIFSSRV_STORE_LOCAL_H
#define CIFSSRV_STORE_LOCAL_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "../core/wait.h"
#include "../vfs/lease.h"
#include "break_wait.h"
#include "file.h"

struct csrv_account;

/**
 * struct csrv_local - the delegation of a file
 * @file: that it is part of
 * @lease: file->lock, but for its breaks
 * @payer: the account of the open that it was first taken for: charged with an open for the file
 *	that @work may be the last to put; a reference
 * @work: breaks what clients cache, and gives the delegation up; with a reference of @file.  Again
 *	when they have acknowledged, or when the kernel is about to take it away
 * @wait: completed by the last acknowledgment
 * @waiter: of @wait, as a request's.  file->lock
 *
 * Made by the first CREATE that is granted something, freed with the file.
 */
struct csrv_local {
	struct csrv_file		*file;
	struct csrv_vfs_lease		lease;
	struct csrv_account		*payer;
	struct delayed_work		work;
	struct csrv_wait		wait;
	struct csrv_break_waiter	waiter;
};

u8 csrv_local_allows_locked(const struct csrv_file *file) __must_hold(&file->lock);
void csrv_local_take(struct csrv_file *file, struct csrv_account *payer, u8 need);
void csrv_local_free(struct csrv_local *l);	/* file.c, which frees what has one */

#endif /* CIFSSRV_STORE_LOCAL_H */
