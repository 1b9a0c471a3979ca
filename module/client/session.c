// SPDX-License-Identifier: GPL-2.0-or-later
/* client/session.c - sessions and channels */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/share.h"
#include "../policy/user.h"
#include "../store/open.h"
#include "../upcall/uapi.h"
#include "../wire/time.h"
#include "conn.h"
#include "session.h"

/* The only function that changes the state. */
void csrv_session_set_state(struct csrv_session *s, enum csrv_session_state to)
{
	lockdep_assert_held(&s->lock);
	trace_csrv_session_state(s->id, s->state, to);
	smp_store_release(&s->state, to);	/* after the keys: csrv_session_state() */
}

/* The account is no longer charged with the session. */
void csrv_session_leave_account(struct csrv_account *account)
{
	if (!account)
		return;
	csrv_quota_give(account, CSRV_QUOTA_SESSION, 1);
	csrv_account_put(account);
}

static void session_free(struct kref *ref) __no_context_analysis
{
	struct csrv_session *s = container_of(ref, struct csrv_session, ref);

	csrv_fault_delay(CSRV_FAULT_SESSION_PUT);
	csrv_identity_put(s->identity);
	csrv_identity_put(s->maker);
	csrv_sign_key_put(s->sign_key);
	csrv_seal_key_put(s->seal_out);
	csrv_seal_key_put(s->seal_in);
	memzero_explicit(s->app_key, sizeof(s->app_key));
	csrv_table_done(&s->trees);
	csrv_table_done(&s->opens);
	csrv_session_leave_account(s->account);
	csrv_object_free(CSRV_OBJ_SESSION, s);
}

struct csrv_session *csrv_session_get(struct csrv_session *s)
{
	kref_get(&s->ref);
	return s;
}

void csrv_session_put(struct csrv_session *s)
{
	if (s)
		kref_put(&s->ref, session_free);
}

/* Requests that wait for the end go on, and none begins to wait. */
static void end_waiters_go_locked(struct csrv_session *s) __must_hold(&s->lock)
{
	struct csrv_end_waiter *w, *tmp;

	lockdep_assert_held(&s->lock);
	s->unawaited = true;
	list_for_each_entry_safe(w, tmp, &s->end_waiters, node) {
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, NT_OK);	/* @w belongs to the woken request now */
	}
}

/*
 * Opens are still not closed: their file system may never answer.  A client that has lost its
 * connection is let in anyhow: one file there must not keep it from all others.
 */
static void session_end_late(struct work_struct *work)
{
	struct csrv_session *s = container_of(to_delayed_work(work), struct csrv_session,
					      end_late);

	mutex_lock(&s->lock);
	end_waiters_go_locked(s);
	mutex_unlock(&s->lock);
}

/* The session is DEAD, and all its opens are closed. */
static void session_ended(struct csrv_session *s)
{
	xa_erase(&s->srv->sessions, (u32)s->id);	/* the reference is put below */
	cancel_delayed_work_sync(&s->end_late);
	mutex_lock(&s->lock);
	complete_all(&s->ended);
	end_waiters_go_locked(s);
	mutex_unlock(&s->lock);
	csrv_session_put(s);
}

/**
 * csrv_session_left() - an open of a session is closed
 * @s: the session; the caller uses it afterwards only with a reference of its own
 *
 * The session has ended when it is DEAD and has no open left, whichever caller closes the last: an
 * earlier CLOSE or TREE_DISCONNECT may still wait for a file system.
 * The last one takes session->lock, and waits for @s->end_late, which takes it, too: the caller
 * does not hold it.
 */
void csrv_session_left(struct csrv_session *s)
{
	if (atomic_dec_and_test(&s->nopens))
		session_ended(s);
}

/**
 * csrv_session_end_wait_init() - before the request parks, so that a CANCEL finds it complete
 * @w: embedded in the request
 * @s: about to end, or ended; @w takes a reference
 *
 * Takes no lock.
 */
void csrv_session_end_wait_init(struct csrv_end_waiter *w, struct csrv_session *s)
{
	INIT_LIST_HEAD(&w->node);
	w->wait = NULL;
	w->cancelled = false;
	w->session = csrv_session_get(s);
}

/**
 * csrv_session_end_wait() - wait until all opens of a session that ends are closed
 * @w: csrv_session_end_wait_init()
 * @wait: armed by the caller beforehand
 *
 * At most until CSRV_END_SECS after the session died, whenever the wait began: so a client with
 * a shorter time-out succeeds at a later attempt.  Takes session->lock.
 * Return: NT_OK: there is nothing to wait for (@wait is still armed); NT_PENDING: @wait
 * completes later, or has already; NT_CANCELLED.
 */
nt_status_t csrv_session_end_wait(struct csrv_end_waiter *w, struct csrv_wait *wait)
{
	struct csrv_session *s = csrv_session_get(w->session);	/* @w may end before the unlock */
	nt_status_t status = NT_OK;

	mutex_lock(&s->lock);
	if (w->cancelled) {
		status = NT_CANCELLED;
	} else if (!s->unawaited) {
		w->wait = wait;
		list_add_tail(&w->node, &s->end_waiters);
		status = NT_PENDING;
	}
	mutex_unlock(&s->lock);
	csrv_session_put(s);
	return status;
}

/* The connection ends: so does a wait that has begun, or is about to begin. */
void csrv_session_end_wait_cancel(struct csrv_end_waiter *w)
{
	struct csrv_session *s = w->session;

	mutex_lock(&s->lock);
	w->cancelled = true;
	if (!list_empty(&w->node)) {
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, NT_CANCELLED);
	}
	mutex_unlock(&s->lock);
}

/* The request goes on. */
void csrv_session_end_wait_done(struct csrv_end_waiter *w)
{
	csrv_session_put(w->session);
	w->session = NULL;
}

/* The session of that id with a reference, or NULL.  It may be DEAD, with opens left to close. */
struct csrv_session *csrv_session_find(struct csrv_server *srv, u64 id)
{
	struct csrv_session *s;

	xa_lock(&srv->sessions);
	s = xa_load(&srv->sessions, (u32)id);
	if (s && s->id == id)
		kref_get(&s->ref);
	else
		s = NULL;
	xa_unlock(&srv->sessions);
	return s;
}

/* The session's identity at this moment, with a reference; NULL before VALID. */
struct csrv_identity *csrv_session_identity(struct csrv_session *s)
{
	struct csrv_identity *id;

	mutex_lock(&s->lock);
	id = s->identity ? csrv_identity_get(s->identity) : NULL;
	mutex_unlock(&s->lock);
	return id;
}

/* The state; sets EXPIRED when due.  If it is VALID, the members that are constant then are set. */
enum csrv_session_state csrv_session_state(struct csrv_session *s)
{
	enum csrv_session_state state;

	/* pairs with csrv_session_set_state() */
	state = smp_load_acquire(&s->state);
	if (state != CSRV_SESSION_VALID)
		return state;
	mutex_lock(&s->lock);
	if (s->state == CSRV_SESSION_VALID && s->identity->expiry &&
	    ktime_get_real_seconds() >= s->identity->expiry)
		csrv_session_set_state(s, CSRV_SESSION_EXPIRED);
	state = s->state;
	mutex_unlock(&s->lock);
	return state;
}

/* DEAD is final.  Does not sleep. */
bool csrv_session_is_dead(const struct csrv_session *s)
{
	/* pairs with csrv_session_set_state() */
	return smp_load_acquire(&s->state) == CSRV_SESSION_DEAD;
}

/* DEAD, and its durable opens wait for the client, or are about to.  Does not sleep. */
bool csrv_session_keeps(const struct csrv_session *s)
{
	return csrv_session_is_dead(s) && s->keep;
}

/*
 * Any number of callers may try: true for the first, which calls csrv_session_let_go().  @keep: its
 * durable opens wait for the client.
 */
bool csrv_session_die_locked(struct csrv_session *s, bool keep)
{
	lockdep_assert_held(&s->lock);
	if (s->state == CSRV_SESSION_DEAD)
		return false;
	s->keep = keep;
	csrv_session_set_state(s, CSRV_SESSION_DEAD);
	return true;
}

/* The session at @index or after it, with a reference, or NULL; @index is past it. */
struct csrv_session *csrv_session_next(struct csrv_server *srv, unsigned long *index)
{
	struct csrv_session *s;

	xa_lock(&srv->sessions);
	s = xa_find(&srv->sessions, index, ULONG_MAX, XA_PRESENT);
	if (s)
		kref_get(&s->ref);
	xa_unlock(&srv->sessions);
	(*index)++;
	return s;
}

/**
 * csrv_session_alloc() - a session in no table
 * @srv: the server
 * @nego: of the connection it begins on
 *
 * Takes no lock; may sleep.
 * Return: the session with one reference; NULL without memory.
 */
struct csrv_session *csrv_session_alloc(struct csrv_server *srv, const struct csrv_nego *nego)
{
	struct csrv_session *s;
	struct timespec64 now;

	s = csrv_object_zalloc(CSRV_OBJ_SESSION);
	if (!s)
		return NULL;
	kref_init(&s->ref);
	s->srv = srv;
	mutex_init(&s->lock);
	INIT_LIST_HEAD(&s->channels);
	INIT_LIST_HEAD(&s->end_waiters);
	spin_lock_init(&s->stand_lock);
	INIT_LIST_HEAD(&s->standing);
	csrv_standers_init(&s->standers);
	csrv_table_init(&s->trees);
	csrv_table_init(&s->opens);
	init_completion(&s->ended);
	INIT_DELAYED_WORK(&s->end_late, session_end_late);
	atomic_set(&s->nopens, 1);
	INIT_LIST_HEAD(&s->left);
	ktime_get_real_ts64(&now);
	s->created = wire_filetime(now.tv_sec, now.tv_nsec);
	s->dialect = nego->dialect;
	s->cipher = nego->cipher;
	s->signing_alg = nego->signing_alg;
	memcpy(s->client_guid, nego->client_guid, sizeof(s->client_guid));
	return s;
}
