// SPDX-License-Identifier: GPL-2.0-or-later
/* client/standers.c - requests that stand, by the objects that they name: client/standers.h */
#include "../core/wait.h"
#include "../policy/share.h"
#include "../store/open.h"
#include "session.h"
#include "standers.h"
#include "tree.h"
#include "workers.h"

/* ---- requests that stand ---- */

static void standers_add(struct csrv_session *s, struct csrv_standers *on, int n)
	__must_hold(&s->stand_lock)
{
	lockdep_assert_held(&s->stand_lock);
	WRITE_ONCE(on->n, on->n + n);
}

/* @job joins (@n 1) or leaves (-1) the standers of the objects that it names. */
static void count_locked(struct csrv_session *s, const struct csrv_stands_on *on, int n)
	__must_hold(&s->stand_lock)
{
	lockdep_assert_held(&s->stand_lock);
	standers_add(s, &s->standers, n);
	if (on->tree)
		standers_add(s, &on->tree->standers, n);
	if (on->open)
		standers_add(s, &on->open->standers, n);
}

/**
 * csrv_standers_join() - a request is about to stand for room or for a worker
 * @job: the caller's job.  Nothing happens if it has joined before
 * @s: the session that it names; NULL: none, and nothing happens
 * @id: the identity that it acts as, or NULL
 * @tree: the tree connect that it names, or NULL
 * @o: the open that it names, or NULL
 *
 * Called before the client's next message is read, so that a command in that can wait for this
 * request.  Takes session->stand_lock; does not sleep.
 */
void csrv_standers_join(struct csrv_job *job, struct csrv_session *s, struct csrv_identity *id,
			struct csrv_tree *tree, struct csrv_open *o)
{
	if (!s || job->on.session)
		return;
	job->on.session = s;
	job->on.identity = id ? csrv_identity_get(id) : NULL;
	job->on.tree = tree ? csrv_tree_get(tree) : NULL;
	job->on.open = o;
	spin_lock(&s->stand_lock);
	list_add_tail(&job->in_session, &s->standing);
	count_locked(s, &job->on, 1);
	spin_unlock(&s->stand_lock);
}

/* Remove a waiter for @on; NULL: none is left. */
static struct csrv_stand_waiter *waiter_pop(struct csrv_session *s, struct csrv_standers *on)
{
	struct csrv_stand_waiter *w = NULL;

	spin_lock(&s->stand_lock);
	if (!on->n)
		w = list_first_entry_or_null(&on->waiters, struct csrv_stand_waiter, node);
	if (w)
		list_del_init(&w->node);
	spin_unlock(&s->stand_lock);
	return w;
}

/* Without the lock: a woken request may stand itself, and takes the lock. */
static void waiters_go(struct csrv_session *s, struct csrv_standers *on)
{
	struct csrv_stand_waiter *w;

	while (!list_empty_careful(&on->waiters) && (w = waiter_pop(s, on)))
		csrv_wait_complete(w->wait, NT_OK);	/* @w belongs to the woken request now */
}

/**
 * csrv_standers_leave() - a request does not stand any more
 * @job: the caller's job.  Nothing happens if it does not stand
 *
 * It has looked up the objects that it names, and holds references: the objects may end from here
 * on.  Takes session->stand_lock, and completes the waits without it.
 */
void csrv_standers_leave(struct csrv_job *job)
{
	struct csrv_session *s = job->on.session;
	struct csrv_stands_on on;

	if (!s)
		return;
	on = job->on;
	spin_lock(&s->stand_lock);
	list_del_init(&job->in_session);
	count_locked(s, &on, -1);
	spin_unlock(&s->stand_lock);
	job->on.session = NULL;
	if (on.open)
		waiters_go(s, &on.open->standers);
	if (on.tree)
		waiters_go(s, &on.tree->standers);
	waiters_go(s, &s->standers);
	csrv_tree_put(on.tree);
	csrv_identity_put(on.identity);
}

/* ---- ends that do not wait for them ---- */

/*
 * Has one of the objects ended?  Looks at final marks only: if it returns true, the request can
 * only fail, whenever it checks itself (csrv_gate_again()).
 */
bool csrv_stands_on_void(const struct csrv_stands_on *on)
{
	if (!on->session)
		return false;
	return csrv_session_is_dead(on->session) ||
	       (on->identity && csrv_identity_revoked(on->identity)) ||
	       (on->tree && READ_ONCE(on->tree->gone)) ||
	       (on->open && (atomic_read(&on->open->state) != CSRV_OPEN_LIVE ||
			     csrv_identity_revoked(on->open->identity)));
}

/* ---- commands that wait for them ---- */

/* Before the request parks, so that a CANCEL finds it complete. */
void csrv_stand_wait_init(struct csrv_stand_waiter *w, struct csrv_session *s,
			  struct csrv_standers *on)
{
	INIT_LIST_HEAD(&w->node);
	w->wait = NULL;
	w->cancelled = false;
	w->session = s;
	w->on = on;
}

/**
 * csrv_stand_wait() - wait until no request stands on an object
 * @w: csrv_stand_wait_init()
 * @wait: armed by the caller beforehand
 *
 * Takes session->stand_lock.
 * Return: NT_OK: none stands (@wait is still armed); NT_PENDING: @wait completes later, or has
 * already; NT_CANCELLED.
 */
nt_status_t csrv_stand_wait(struct csrv_stand_waiter *w, struct csrv_wait *wait)
{
	struct csrv_session *s = csrv_session_get(w->session);	/* @w may end before the unlock */
	nt_status_t status = NT_OK;

	spin_lock(&s->stand_lock);
	if (w->cancelled) {
		status = NT_CANCELLED;
	} else if (w->on->n) {
		w->wait = wait;
		list_add_tail(&w->node, &w->on->waiters);
		status = NT_PENDING;
	}
	spin_unlock(&s->stand_lock);
	csrv_session_put(s);
	return status;
}

/* End a wait that has begun, or is about to begin. */
void csrv_stand_wait_cancel(struct csrv_stand_waiter *w)
{
	struct csrv_session *s = w->session;
	bool mine;

	spin_lock(&s->stand_lock);
	w->cancelled = true;
	mine = !list_empty(&w->node);
	if (mine)
		list_del_init(&w->node);
	spin_unlock(&s->stand_lock);
	if (mine)
		csrv_wait_complete(w->wait, NT_CANCELLED);
}
