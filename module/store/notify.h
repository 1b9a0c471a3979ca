/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/notify.h - an open that watches its directory: [MS-FSA] 2.1.5.11, 2.1.1.8
 *
 *	csrv_notify_begin()	the first request of the open: from now on events are collected
 *	csrv_notify_take()	those that have been collected, if no other request waits for them
 *	csrv_notify_wait()	else the request waits
 *	csrv_notify_close()	the open is closed: all that wait end
 *
 * An event ends the wait of one request, the oldest, which gets all events that there are.  So each
 * request gets its own, whenever a worker continues it.
 */
#ifndef CIFSSRV_STORE_NOTIFY_H
#define CIFSSRV_STORE_NOTIFY_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "../vfs/watch.h"
#include "../wire/status.h"
#include "file.h"
#include "notify_events.h"

struct csrv_account;
struct csrv_open;
struct csrv_wait;
struct dentry;

/**
 * struct csrv_notify_ask - what the first request of an open asks for; later ones change nothing
 * @filter: CompletionFilter
 * @max: OutputBufferLength: so much is collected between two requests
 * @tree: SMB2_WATCH_TREE
 */
struct csrv_notify_ask {
	u32	filter;
	u32	max;
	bool	tree;
};

/**
 * struct csrv_notify - [MS-FSA] 2.1.1.8, ChangeNotifyEntry
 * @watch: what the file system tells
 * @ref: the open's (of csrv_open.notify), the watch's, and one of a function that runs
 * @payer: a reference: the account that is charged with it and with the events
 * @ask: constant; @max is not above NOTIFY_MAX
 * @local: changes by local processes count; constant
 * @lock: guards the rest
 * @events: no request has got them
 * @waiters: requests that wait, the oldest first; then there are no @events
 * @closed: the open is closed: nothing waits any more, and nothing is collected
 *
 * Made by the first CHANGE_NOTIFY of an open; ends when the open has been freed and the kernel
 * tells the watch nothing any more.
 */
struct csrv_notify {
	struct csrv_vfs_watch		watch;
	refcount_t			ref;
	struct csrv_account		*payer;
	struct csrv_notify_ask		ask;
	bool				local;
	spinlock_t			lock;		/* guards the rest */
	struct csrv_notify_events	events __guarded_by(&lock);
	struct list_head		waiters __guarded_by(&lock);
	bool				closed __guarded_by(&lock);
};

/**
 * struct csrv_notify_waiter - a request that waits; embedded in it
 * @node: csrv_notify.waiters; its lock.  Who takes it off completes @wait
 * @notify: of the request's open, which the request holds
 * @wait: the request's
 * @got: the events that have ended the wait, to be freed by csrv_notify_done()
 * @cancelled: a status: the wait has ended before it began
 */
struct csrv_notify_waiter {
	struct list_head		node;
	struct csrv_notify		*notify;
	struct csrv_wait		*wait;
	struct csrv_notify_events	got;
	nt_status_t			cancelled;
};

nt_status_t csrv_notify_begin(struct csrv_open *o, const struct csrv_notify_ask *ask);
bool csrv_notify_take(struct csrv_open *o, struct csrv_notify_events *ret);
void csrv_notify_wait_init(struct csrv_notify_waiter *w, struct csrv_open *o);
nt_status_t csrv_notify_wait(struct csrv_notify_waiter *w, struct csrv_wait *wait, bool again);
void csrv_notify_cancel(struct csrv_notify_waiter *w, nt_status_t status);
void csrv_notify_done(struct csrv_open *o, struct csrv_notify_events *got);
void csrv_notify_end(struct csrv_open *o, nt_status_t status);
void csrv_notify_deleted(struct csrv_file *file, const struct dentry *link)
	__must_hold(&file->lock);
void csrv_notify_close(struct csrv_open *o);
void csrv_notify_free(struct csrv_open *o);

#endif /* CIFSSRV_STORE_NOTIFY_H */
