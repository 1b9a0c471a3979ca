/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/standers.h - requests that stand, by the objects that they name, and ends of these
 *
 * A request that has passed the gate, or whose wait is over, stands while it has to wait for room
 * on its account or for a worker.  An object that it names can end meanwhile, and it is refused
 * then.  So CLOSE, TREE_DISCONNECT and LOGOFF wait for the requests that stand on the object they
 * end: the client has sent them before.  No other end of the object waits for a request; one that
 * stands for a worker is answered without a worker then, because it can only fail
 * (csrv_worker_void()).
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
 * struct csrv_stand_waiter - a command that waits for the requests that stand on an object
 * @node: csrv_standers.waiters; empty when not queued.  session->stand_lock, like @wait, @cancelled
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
 * struct csrv_stands_on - the objects that a standing request names
 * @session: NULL: it names none, or does not stand.  Held by the request, like @open
 * @identity: the identity that it acts as, a reference; or NULL
 * @tree: the tree connect, a reference; or NULL
 * @open: the open, or NULL
 *
 * Does not change while the job is in session->standing; all of its objects exist then.
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
