/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model/break.h - opens and their oplocks: granting, telling, waiting, timing out
 *
 * The rules are model/caching.c's.  Everything here that is called _locked wants the
 * file's mutex; nothing is sent and nobody waits under it.
 */
#ifndef CIFSSRV_MODEL_BREAK_H
#define CIFSSRV_MODEL_BREAK_H

#include <linux/list.h>
#include <linux/workqueue.h>

#include "caching.h"
#include "open.h"

struct csrv_account;
struct csrv_server;
struct csrv_wait;

/**
 * struct csrv_break_waiter - a request that waits until a file's breaks are over
 * @node: file->break_waiters; empty when not queued.  file->lock, like @cancelled
 * @wait: of the request
 * @cancelled: asked to end before it was queued
 * @file: a reference, the request's; NULL when it waits for a lease of this machine
 * @payer: charged as for an open while there is @file, whose last reference this may come to be,
 *	to be put by an end; a reference
 * @clock: ends a wait for such a lease
 * @delay: jiffies of the next of them
 * @give_up: jiffies: later it does not begin another
 *
 * Embedded in a request.
 */
struct csrv_break_waiter {
	struct list_head	node;
	struct csrv_wait	*wait;
	bool			cancelled;
	struct csrv_file	*file;
	struct csrv_account	*payer;
	struct delayed_work	clock;
	unsigned long		delay;
	unsigned long		give_up;
};

void csrv_break_open_init(struct csrv_open *o);
bool csrv_break_locked(struct csrv_file *file, const struct csrv_open *self,
		       enum csrv_cache_event event, struct list_head *notes)
	__must_hold(&file->lock);
void csrv_break_send(struct list_head *notes);
void csrv_break_modified(struct csrv_open *o);
u8 csrv_break_grant(struct csrv_open *o, u8 want);
void csrv_break_granted(struct csrv_open *o);
nt_status_t csrv_break_ack(struct csrv_open *o, u8 level);
void csrv_break_close_locked(struct csrv_open *o) __must_hold(&o->file->lock);

void csrv_break_wait_first(struct csrv_break_waiter *w);
nt_status_t csrv_break_wait_init(struct csrv_break_waiter *w, struct csrv_wait *wait,
				 struct csrv_file *file, struct csrv_account *payer);
nt_status_t csrv_break_wait(struct csrv_break_waiter *w);
nt_status_t csrv_break_wait_lease(struct csrv_break_waiter *w, struct csrv_server *srv);
void csrv_break_wait_cancel(struct csrv_break_waiter *w, nt_status_t status);
void csrv_break_wait_done(struct csrv_break_waiter *w);

#endif /* CIFSSRV_MODEL_BREAK_H */
