/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/standers.h - requests that stand, by what they name, and what ends that
 *
 * A request that has passed the gate, or whose wait is over, may stand: for room, or for a worker.
 * What it names can end meanwhile, and it is refused then.  So CLOSE, TREE_DISCONNECT and LOGOFF
 * wait for those that stand on what they would end: the client has sent them before.  Any other
 * end of that waits for no request; those that stand for a worker are answered without one then,
 * as there is nothing left for them to do (csrv_worker_void()).
 */
#ifndef CIFSSRV_CLIENT_STANDERS_H
#define CIFSSRV_CLIENT_STANDERS_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

#include "../wire/status.h"
#include "../core/standing.h"

struct csrv_identity;
struct csrv_job;
struct csrv_open;
struct csrv_session;
struct csrv_tree;
struct csrv_wait;

/**
 * struct csrv_stand_waiter - a request that ends what others stand on, and waits for them
 * @node: csrv_standers.waiters; empty when not queued.  session->stand_lock, like the next two
 * @wait: of the request
 * @cancelled: asked to end before it was queued
 * @session: the request's
 * @on: the requests that it waits for
 *
 * Embedded in a request, which holds what @session and @on belong to.
 */
struct csrv_stand_waiter {
	struct list_head	node;
	struct csrv_wait	*wait;
	bool			cancelled;
	struct csrv_session	*session;
	struct csrv_standers	*on;
};

/**
 * struct csrv_stands_on - what a request names that stands
 * @session: NULL: nothing, or it does not stand.  Held by the request, like @open
 * @identity: that it acts as, a reference; or NULL
 * @tree: its tree connect, a reference; or NULL
 * @open: that it names, or NULL
 *
 * Does not change while the job is in session->standing, and all of it is there.
 */
struct csrv_stands_on {
	struct csrv_session	*session;
	struct csrv_identity	*identity;
	struct csrv_tree	*tree;
	struct csrv_open	*open;
};

void csrv_standers_join(struct csrv_job *job, struct csrv_session *s, struct csrv_identity *id,
			struct csrv_tree *tree, struct csrv_open *o);
void csrv_standers_leave(struct csrv_job *job);
void csrv_standers_void(struct csrv_session *s);
bool csrv_stands_on_void(const struct csrv_stands_on *on);

void csrv_stand_wait_init(struct csrv_stand_waiter *w, struct csrv_session *s,
			  struct csrv_standers *on);
nt_status_t csrv_stand_wait(struct csrv_stand_waiter *w, struct csrv_wait *wait);
void csrv_stand_wait_cancel(struct csrv_stand_waiter *w);

#endif /* CIFSSRV_CLIENT_STANDERS_H */
