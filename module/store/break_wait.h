/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/break_wait.h - requests that wait until others have given up what they cache */
#ifndef CIFSSRV_STORE_BREAK_WAIT_H
#define CIFSSRV_STORE_BREAK_WAIT_H

#include <linux/list.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "../wire/status.h"
#include "caching.h"
#include "stream.h"

struct csrv_account;
struct csrv_server;
struct csrv_stream;
struct csrv_wait;

/**
 * struct csrv_break_waiter - a request that waits until a stream's breaks are over
 * @node: stream->break_waiters; empty when not queued.  file->lock, like @cancelled
 * @wait: of the request
 * @key: of the lease through which the request acts: it waits for no break of that
 * @keyed: there is one
 * @cancelled: asked to end before it was queued
 * @stream: a reference, the request's; NULL when it waits for a lease of this machine
 * @payer: charged as for an open while there is @stream: this may come to be the last reference of
 *	that, to be put by an end; a reference
 * @poll: looks at such a lease again
 * @delay: jiffies to the next look
 * @poll_until: jiffies: later there is no further look
 *
 * Embedded in a request.
 */
struct csrv_break_waiter {
	struct list_head	node;
	struct csrv_wait	*wait;
	struct csrv_cache_key	key;
	bool			keyed;
	bool			cancelled;
	struct csrv_stream	*stream;
	struct csrv_account	*payer;
	struct delayed_work	poll;
	unsigned long		delay;
	unsigned long		poll_until;
};

void csrv_break_wait_first(struct csrv_break_waiter *w);
nt_status_t csrv_break_wait_init(struct csrv_break_waiter *w, struct csrv_wait *wait,
				 struct csrv_stream *stream, struct csrv_account *payer,
				 const struct csrv_cache_key *key);
bool csrv_break_must_wait_locked(const struct csrv_break_waiter *w)
	__must_hold(&w->stream->file->lock);
nt_status_t csrv_break_wait(struct csrv_break_waiter *w);
nt_status_t csrv_break_wait_lease(struct csrv_break_waiter *w, struct csrv_server *srv);
void csrv_break_wait_cancel(struct csrv_break_waiter *w, nt_status_t status);
void csrv_break_wait_done(struct csrv_break_waiter *w);

#endif /* CIFSSRV_STORE_BREAK_WAIT_H */
