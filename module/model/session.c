// SPDX-License-Identifier: GPL-2.0-or-later
/* model/session.c - sessions and channels */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../upcall/uapi.h"
#include "../wire/time.h"
#include "conn.h"
#include "open.h"
#include "server.h"
#include "session.h"
#include "share.h"
#include "user.h"

static void session_set_state(struct csrv_session *s, enum csrv_session_state to)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	trace_csrv_session_state(s->id, s->state, to);
	smp_store_release(&s->state, to);	/* after the keys: csrv_session_state() */
}

/* A session no longer is @account's. */
static void account_leave(struct csrv_account *account)
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
	account_leave(s->account);
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

/* Requests that wait for the end go on, and none begins to. */
static void end_waiters_go_locked(struct csrv_session *s) __must_hold(&s->lock)
{
	struct csrv_end_waiter *w, *tmp;

	lockdep_assert_held(&s->lock);
	s->unawaited = true;
	list_for_each_entry_safe(w, tmp, &s->end_waiters, node) {
		list_del_init(&w->node);
		csrv_wait_complete(w->wait, NT_OK);	/* w is the woken request's now */
	}
}

/*
 * Opens are still not closed: their file system may never answer.  A client that has lost its
 * connection would be kept out of everything by one file there, so it is let in.
 */
static void session_end_late(struct work_struct *work)
{
	struct csrv_session *s = container_of(to_delayed_work(work), struct csrv_session,
					      end_late);

	mutex_lock(&s->lock);
	end_waiters_go_locked(s);
	mutex_unlock(&s->lock);
}

/* It is DEAD, and all its opens are closed. */
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
 * csrv_session_left() - one of its opens is closed
 * @s: the session; not used by the caller any more, but for a reference of its own
 *
 * It has ended when it is DEAD and none is left, whoever closes the last: a CLOSE or a
 * TREE_DISCONNECT that came before may still wait for a file system.
 */
void csrv_session_left(struct csrv_session *s)
{
	if (atomic_dec_and_test(&s->nopens))
		session_ended(s);
}

/**
 * csrv_session_end_wait_init() - before the request parks: a CANCEL finds it whole
 * @w: embedded in the request
 * @s: about to end, or ended; @w takes a reference
 */
void csrv_session_end_wait_init(struct csrv_end_waiter *w, struct csrv_session *s)
{
	INIT_LIST_HEAD(&w->node);
	w->wait = NULL;
	w->cancelled = false;
	w->session = csrv_session_get(s);
}

/**
 * csrv_session_end_wait() - until all opens of a session that ends are closed
 * @w: csrv_session_end_wait_init()
 * @wait: armed by the caller beforehand
 *
 * At most until CSRV_END_SECS after the session died, whoever waits and since when: so a client
 * that is less patient gets in at a later attempt.
 * Return: NT_OK: there is nothing to wait for (@wait is still armed); NT_PENDING: @wait
 * completes later, or has already; NT_CANCELLED.
 */
nt_status_t csrv_session_end_wait(struct csrv_end_waiter *w, struct csrv_wait *wait)
{
	struct csrv_session *s = csrv_session_get(w->session);	/* @w may go before the unlock */
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

/* The connection ends: a wait that is still on, or about to begin, is over. */
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

static void session_leave(struct work_struct *work);
static void session_finish(struct csrv_end *end);

/**
 * csrv_session_create() - a session whose logon has begun
 * @srv: the server
 * @nego: of the connection it begins on
 *
 * It is charged to nobody before csrv_session_establish(); until then its logon is.
 * Its id is a running number of 32 bits, since there are clients that keep no more of it: one
 * that was used before names nothing until all others have been used.
 * Return: the session, one reference the caller's and one the table's; -ENOMEM.
 */
struct csrv_session *csrv_session_create(struct csrv_server *srv, const struct csrv_nego *nego)
{
	struct csrv_session *s;
	struct timespec64 now;
	int err;
	u32 id;

	s = csrv_object_zalloc(CSRV_OBJ_SESSION);
	if (!s)
		return ERR_PTR(-ENOMEM);
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
	INIT_WORK(&s->leave, session_leave);
	csrv_end_init(&s->end, CSRV_END_SESSION, session_finish);
	ktime_get_real_ts64(&now);
	s->created = wire_filetime(now.tv_sec, now.tv_nsec);
	s->dialect = nego->dialect;
	s->cipher = nego->cipher;
	s->signing_alg = nego->signing_alg;
	memcpy(s->client_guid, nego->client_guid, sizeof(s->client_guid));

	/* Reserve first: what stands in the table has its id, and can be ended by it. */
	err = xa_alloc_cyclic(&srv->sessions, &id, NULL, XA_LIMIT(1, U32_MAX - 1),
			      &srv->next_session, GFP_KERNEL);
	if (err < 0) {
		csrv_session_put(s);
		return ERR_PTR(err);
	}
	s->id = id;
	kref_get(&s->ref);
	xa_store(&srv->sessions, id, s, GFP_KERNEL);	/* the place is there: cannot fail */
	return s;
}

/* The session of that id with a reference, or NULL.  It may be DEAD, and not have ended yet. */
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

/* Who the session is at this moment, with a reference; NULL before VALID. */
struct csrv_identity *csrv_session_identity(struct csrv_session *s)
{
	struct csrv_identity *id;

	mutex_lock(&s->lock);
	id = s->identity ? csrv_identity_get(s->identity) : NULL;
	mutex_unlock(&s->lock);
	return id;
}

/* The state, with expiry noticed on the way.  If it is VALID, what is constant then stands. */
enum csrv_session_state csrv_session_state(struct csrv_session *s)
{
	enum csrv_session_state state = smp_load_acquire(&s->state);	/* session_set_state() */

	if (state != CSRV_SESSION_VALID)
		return state;
	mutex_lock(&s->lock);
	if (s->state == CSRV_SESSION_VALID && s->identity->expiry &&
	    ktime_get_real_seconds() >= s->identity->expiry)
		session_set_state(s, CSRV_SESSION_EXPIRED);
	state = s->state;
	mutex_unlock(&s->lock);
	return state;
}

/* For good.  Does not sleep. */
bool csrv_session_is_dead(const struct csrv_session *s)
{
	return smp_load_acquire(&s->state) == CSRV_SESSION_DEAD;	/* session_set_state() */
}

static void channel_free(struct kref *ref)
{
	struct csrv_channel *ch = container_of(ref, struct csrv_channel, ref);

	csrv_sign_key_put(ch->sign_key);
	csrv_session_put(ch->session);
	csrv_conn_put(ch->conn);
	csrv_object_destroyed(CSRV_OBJ_CHANNEL);
	kfree(ch);
}

struct csrv_channel *csrv_channel_get(struct csrv_channel *ch)
{
	kref_get(&ch->ref);
	return ch;
}

void csrv_channel_put(struct csrv_channel *ch)
{
	if (ch)
		kref_put(&ch->ref, channel_free);
}

/*
 * A client that goes on using a session which has ended is told so with a signature it
 * can check: the latest such channel stays with its connection for that.
 */
static void ghost_set(struct csrv_conn *conn, struct csrv_channel *ch)
{
	struct csrv_channel *old = ch;

	spin_lock(&conn->lock);
	if (!ch || conn->state == CSRV_CONN_NEGOTIATED) {
		old = conn->ghost;
		conn->ghost = ch;
	}
	spin_unlock(&conn->lock);
	csrv_channel_put(old);
}

static struct csrv_channel *ghost_find(struct csrv_conn *conn, u64 session_id)
{
	struct csrv_channel *ch;

	spin_lock(&conn->lock);
	ch = conn->ghost;
	if (ch && ch->session->id == session_id)
		kref_get(&ch->ref);
	else
		ch = NULL;
	spin_unlock(&conn->lock);
	return ch;
}

/*
 * The session's channel on this connection, with a reference, or NULL.  The session may
 * be DEAD: see ghost_set().
 */
struct csrv_channel *csrv_channel_find(struct csrv_conn *conn, u64 session_id)
{
	struct csrv_channel *ch;

	csrv_table_lock(&conn->channels);
	ch = csrv_table_peek_locked(&conn->channels, session_id);
	if (ch && ch->session->id == session_id)
		kref_get(&ch->ref);
	else
		ch = NULL;
	csrv_table_unlock(&conn->channels);
	return ch ?: ghost_find(conn, session_id);
}

/* Take a channel out of its connection's table; true for the one who did. */
static bool channel_unlink_conn(struct csrv_channel *ch)
{
	return csrv_table_erase_entry(&ch->conn->channels, ch->session->id, ch);
}

static struct csrv_channel *channel_pop(struct csrv_session *s)
{
	struct csrv_channel *ch;

	mutex_lock(&s->lock);
	ch = list_first_entry_or_null(&s->channels, struct csrv_channel, node);
	if (ch) {
		list_del_init(&ch->node);
		ch->listed = false;
		s->nchannels--;
	}
	mutex_unlock(&s->lock);
	return ch;
}

/**
 * csrv_channel_after() - walk a session's channels, some of which may go meanwhile
 * @s: the session
 * @number: of the channel that the walk is at; 0 to begin
 *
 * Return: the next one, with a reference, or NULL.  None that stays is left out.
 */
struct csrv_channel *csrv_channel_after(struct csrv_session *s, u64 number)
{
	struct csrv_channel *ch, *ret = NULL;

	mutex_lock(&s->lock);
	list_for_each_entry(ch, &s->channels, node)
		if (ch->number > number) {
			ret = csrv_channel_get(ch);
			break;
		}
	mutex_unlock(&s->lock);
	return ret;
}

/* How many channels the session has from number @number on, @but that one; 0: no one. */
u32 csrv_channels_from(struct csrv_session *s, u64 number, u64 but)
{
	struct csrv_channel *ch;
	u32 n = 0;

	mutex_lock(&s->lock);
	list_for_each_entry(ch, &s->channels, node)
		n += ch->number >= number && ch->number != but;
	mutex_unlock(&s->lock);
	return n;
}

/**
 * csrv_session_cancel() - something of a session has ended: so do the requests that wait on it
 * @e: what; it is marked, so that no request parks on it after this has looked
 *
 * A message that stands for room is received once more: it looks whether it stands on what
 * has ended, and is answered then (csrv_rx_receive()).  One that stands for a worker needs none.
 */
void csrv_session_cancel(const struct csrv_ending *e)
{
	struct csrv_channel *ch;
	u64 at = 0;

	while ((ch = csrv_channel_after(e->session, at))) {
		at = ch->number;
		e->session->srv->events->cancel_waiting(ch->conn, e);
		ch->conn->xprt->ops->resume(ch->conn->xprt);	/* who stands for room looks */
		csrv_channel_put(ch);
	}
	csrv_standers_void(e->session);
}

/* Any number of callers may try: true for the first, who calls session_let_go(). */
static bool session_die_locked(struct csrv_session *s) __must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	if (s->state == CSRV_SESSION_DEAD)
		return false;
	session_set_state(s, CSRV_SESSION_DEAD);
	return true;
}

/*
 * The second half: takes as long as the file systems like.  So the others of the same user may
 * stand behind it (ends.c); nobody else waits for what it does.
 */
static void session_finish(struct csrv_end *end)
{
	struct csrv_session *s = container_of(end, struct csrv_session, end);

	csrv_opens_finish(s, &s->left);
	csrv_session_left(s);	/* its own */
}

/*
 * The first half, in a worker: what the requests that wait on it are asked may wait for a file's
 * mutex, and a session may have many opens.  Enters no file system.  Holds no lock.
 */
static void session_leave(struct work_struct *work)
{
	struct csrv_session *s = container_of(work, struct csrv_session, leave);
	const struct csrv_ending e = { .session = s };
	struct csrv_channel *ch;

	csrv_fault_delay(CSRV_FAULT_SESSION_END);
	csrv_session_cancel(&e);
	while ((ch = channel_pop(s))) {
		if (channel_unlink_conn(ch))
			ghost_set(ch->conn, ch);	/* the table's reference */
		csrv_channel_put(ch);
	}
	csrv_trees_leave_all(s);
	if (s->account)		/* DEAD: it does not change any more */
		csrv_end_queue(&s->end, s->account->identity, s->srv->end_wq);
	else
		session_finish(&s->end);
}

/* DEAD, by the caller: so who it is does not change any more. */
static void session_let_go(struct csrv_session *s)
{
	/* session_ended(), which cancels it, has a reference */
	queue_delayed_work(s->srv->net_wq, &s->end_late, CSRV_END_SECS * HZ);
	if (s->account)
		queue_work(s->srv->cancel_wq, &s->leave);
	else
		session_leave(&s->leave);	/* nobody has logged on: nothing is open */
}

/**
 * csrv_session_end() - logoff, revocation, last channel gone: mark, and let go
 * @s: the session; the caller holds a reference
 *
 * In workers the requests that wait on it end and its opens close; those under way finish
 * with the references they hold.  Nothing new is done for it: the gate looks at the state.
 * Waits for no file system, so it may be called from anywhere.  The session is found until its
 * opens are closed, so that whoever comes later can wait for that too (csrv_session_end_wait()).
 * Return: false if it had ended before.
 */
bool csrv_session_end(struct csrv_session *s)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = session_die_locked(s);
	mutex_unlock(&s->lock);
	if (mine)
		session_let_go(s);
	return mine;
}

/* The connection's channel at or after @index, with a reference; NULL after the last. */
static struct csrv_channel *channel_next(struct csrv_conn *conn, unsigned long *index)
{
	struct csrv_channel *ch;

	csrv_table_lock(&conn->channels);
	ch = csrv_table_next_locked(&conn->channels, index);
	if (ch)
		kref_get(&ch->ref);
	csrv_table_unlock(&conn->channels);
	return ch;
}

/* A connection has gone: so have its channels, and sessions that had no other. */
void csrv_channels_drop_conn(struct csrv_conn *conn)
{
	struct csrv_session *s;
	struct csrv_channel *ch;
	bool last, listed;

	ghost_set(conn, NULL);
	while ((ch = csrv_table_pop(&conn->channels))) {
		s = ch->session;
		mutex_lock(&s->lock);
		listed = ch->listed;
		if (listed) {
			list_del_init(&ch->node);
			ch->listed = false;
			s->nchannels--;
		}
		/* In the same hold: a binding that comes now is refused, or has come before. */
		last = listed && !s->nchannels && session_die_locked(s);
		mutex_unlock(&s->lock);
		if (last)
			session_let_go(s);
		if (listed)
			csrv_channel_put(ch);
		csrv_channel_put(ch);
	}
}

/* The connection is silent: its keys stay, their transforms need not. */
void csrv_channels_trim(struct csrv_conn *conn)
{
	struct csrv_channel *ch;
	unsigned long index;

	for (index = 0; (ch = channel_next(conn, &index)); index++) {
		csrv_sign_key_trim(ch->sign_key);
		csrv_seal_key_trim(ch->session->seal_in);
		csrv_seal_key_trim(ch->session->seal_out);
		csrv_channel_put(ch);
	}
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

void csrv_sessions_end_all(struct csrv_server *srv)
{
	struct csrv_session *s;
	unsigned long index = 0;

	while ((s = csrv_session_next(srv, &index))) {
		csrv_session_end(s);
		csrv_session_put(s);
	}
}

/* Does the server take sessions of this kind of user?  Named users always. */
static bool kind_admitted(struct csrv_server *srv, const struct csrv_identity *id)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	bool admitted = true;

	if (id->flags & CSRV_ID_ANONYMOUS)
		admitted = cfg->p.restrict_anonymous < 2;
	if (id->flags & CSRV_ID_GUEST)
		admitted &= cfg->p.map_to_guest != CSRV_SERVER_MAP_TO_GUEST_NEVER;
	csrv_config_put(cfg);
	return admitted;
}

static void session_recheck(struct csrv_session *s)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = s->identity && !kind_admitted(s->srv, s->identity) && session_die_locked(s);
	mutex_unlock(&s->lock);
	if (mine)
		session_let_go(s);
}

/**
 * csrv_sessions_recheck() - the server no longer takes sessions of guests, or of nobody
 * @srv: the server; its new parameters stand, for whoever logs on meanwhile
 *
 * Theirs are DEAD when this returns: whoever is not let in any more must not stay, and reach what
 * is shared later with everybody who is.
 */
void csrv_sessions_recheck(struct csrv_server *srv)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_recheck(s);
}

/* What the account waits for and has open in a session that is another user's now: first half. */
static void session_disown(struct csrv_session *s, const struct csrv_user_life *life)
{
	const struct csrv_ending e = { .session = s, .life = life };

	csrv_session_cancel(&e);
	csrv_opens_leave_account(s, life);
}

static void session_mark_user(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = csrv_identity_of(s->identity, life) && session_die_locked(s);
	mutex_unlock(&s->lock);
	if (mine)
		session_let_go(s);
}

/* A session of the account is DEAD, and stays its; in another's it has nothing left. */
static void session_close_user(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool his;

	mutex_lock(&s->lock);
	his = csrv_identity_of(s->identity, life);
	mutex_unlock(&s->lock);
	if (!his)
		session_disown(s, life);
}

static void session_await_end(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool his;

	mutex_lock(&s->lock);
	his = csrv_identity_of(s->identity, life);
	mutex_unlock(&s->lock);
	if (his)
		wait_for_completion(&s->ended);
}

/**
 * csrv_sessions_mark_user() - an account is revoked: nothing more is done for it
 * @srv: the server
 * @life: of the account; marked
 *
 * Its sessions are DEAD when this returns, those being renewed too.  What it has open in
 * sessions that are another user's now is refused by the gate, because of the mark.
 */
void csrv_sessions_mark_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_mark_user(s, life);
}

/**
 * csrv_sessions_close_user() - ... and all that it has open is closed when this returns
 * @srv: the server
 * @life: csrv_sessions_mark_user() came before
 *
 * Whoever ended the sessions.  Takes as long as the file systems like.  All give up what others
 * wait for before the first of them waits for a file system.
 */
void csrv_sessions_close_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_close_user(s, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		csrv_opens_finish_account(s, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_await_end(s, life);
}

/* ---- what a finished logon does to its session ---- */

static struct csrv_sign_key *channel_key(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	u8 key[CSRV_KEY_LEN];
	struct csrv_sign_key *ret;
	int err;

	if (!k->key_len)
		return NULL;
	if (k->key_len != CSRV_KEY_LEN)
		return ERR_PTR(-EINVAL);	/* never "no key": that proves nothing */
	err = csrv_keys_signing(l->session->dialect, k->key, l->preauth, key);
	if (err)
		return ERR_PTR(err);
	ret = csrv_sign_key_alloc(l->conn->nego.signing_alg, key, GFP_KERNEL);
	memzero_explicit(key, sizeof(key));
	return ret;
}

static struct csrv_channel *channel_make(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = kzalloc(sizeof(*ch), GFP_KERNEL);
	struct csrv_sign_key *key;

	if (!ch)
		return ERR_PTR(-ENOMEM);
	key = channel_key(l, k);
	if (IS_ERR(key)) {
		kfree(ch);
		return ERR_CAST(key);
	}
	kref_init(&ch->ref);
	ch->session = csrv_session_get(l->session);
	ch->conn = csrv_conn_get(l->conn);
	ch->sign_key = key;
	INIT_LIST_HEAD(&ch->node);
	csrv_object_created(CSRV_OBJ_CHANNEL);
	return ch;
}

/*
 * The session becomes @id's, on the account of connection @conn.
 * Return: 0; -EUSERS when that user, the host or the server has no room, -ENOMEM.
 */
static int account_join(struct csrv_session *s, struct csrv_account *conn,
			const struct csrv_identity *id, struct csrv_account **ret)
	__must_hold(&s->lock)
{
	struct csrv_account *a = csrv_account_session(conn, id);

	lockdep_assert_held(&s->lock);
	if (!a)
		return -ENOMEM;
	/* Who is at its limit may prove again who it is. */
	if (s->account && s->account->identity == a->identity) {
		csrv_quota_force(a, CSRV_QUOTA_SESSION, 1);
	} else if (csrv_quota_take(a, CSRV_QUOTA_SESSION, 1)) {
		csrv_account_put(a);
		return -EUSERS;
	}
	*ret = a;
	return 0;
}

/* Both tables, or none.  session->lock is held and the session is not DEAD. */
static int channel_link(struct csrv_channel *ch) __must_hold(&ch->session->lock)
{
	struct csrv_session *s = ch->session;
	int err;

	lockdep_assert_held(&s->lock);
	if (s->nchannels >= CSRV_MAX_CHANNELS)
		return -EUSERS;
	ch->number = ++s->last_channel;
	csrv_channel_get(ch);
	err = csrv_table_insert(&ch->conn->channels, s->id, ch);
	/* Inserted, then looked: or whoever has closed it takes this one out with the others. */
	if (!err && !csrv_conn_is_open(ch->conn)) {
		err = -ESTALE;
		if (!csrv_table_erase(&ch->conn->channels, s->id))
			return err;	/* taken out, with the reference */
	}
	if (err) {
		csrv_channel_put(ch);
		return err;
	}
	csrv_channel_get(ch);
	list_add_tail(&ch->node, &s->channels);
	ch->listed = true;
	s->nchannels++;
	csrv_account_own(ch->conn->account, s->account);
	csrv_conn_set_known(ch->conn, s->proven);
	return 0;
}

static int session_seal_keys(struct csrv_session *s, const struct csrv_logon *l,
			     const struct csrv_logon_keys *k)
{
	struct csrv_full_key full = { .len = CSRV_KEY_LEN };
	struct csrv_seal_keys sk = {};
	int err;

	if (!s->cipher)
		return 0;
	memcpy(full.key, k->key, CSRV_KEY_LEN);
	err = csrv_keys_sealing(s->dialect, s->cipher, &full, l->preauth, &sk);
	if (err)
		goto out;
	s->seal_in = csrv_seal_key_alloc(s->cipher, sk.c2s, sk.len);
	s->seal_out = csrv_seal_key_alloc(s->cipher, sk.s2c, sk.len);
	if (IS_ERR(s->seal_in)) {
		err = PTR_ERR(s->seal_in);
		s->seal_in = NULL;
	}
	if (IS_ERR(s->seal_out)) {
		err = PTR_ERR(s->seal_out);
		s->seal_out = NULL;
	}
out:
	memzero_explicit(&full, sizeof(full));
	memzero_explicit(&sk, sizeof(sk));
	return err;
}

static int session_keys(struct csrv_session *s, const struct csrv_logon *l,
			const struct csrv_channel *ch, const struct csrv_logon_keys *k)
{
	int err;

	if (!k->key_len)
		return 0;
	s->sign_key = csrv_sign_key_get(ch->sign_key);
	err = csrv_keys_application(s->dialect, k->key, l->preauth, s->app_key);
	return err ? err : session_seal_keys(s, l, k);
}

/* Its account went while it logged on: marked before s->lock is taken to look at the identity. */
bool csrv_identity_revoked(const struct csrv_identity *id)
{
	return id->account && READ_ONCE(id->account->life->revoked);
}

/*
 * May a logon that has succeeded count?  Under s->lock: what takes it away (a mark at the account,
 * the server's parameters) stands before that lock is taken to look at the session's identity.
 */
static bool may_log_on(struct csrv_session *s, const struct csrv_identity *id)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	return !csrv_identity_revoked(id) && kind_admitted(s->srv, id);
}

/**
 * csrv_session_establish() - the first logon of a session succeeded
 * @l: the logon; its preauth hash includes the request that ended it
 * @id: who it is; a reference becomes the session's on success
 * @k: session key of the mechanism; none for guests
 *
 * Keys before state: nothing can be asked of the session until all stands.
 * Return: 0, -ESTALE when the session has been ended meanwhile, -EUSERS when there is no
 * room for one more of this user's, -ENOMEM.
 */
int csrv_session_establish(struct csrv_logon *l, struct csrv_identity *id,
			   const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = channel_make(l, k);
	struct csrv_session *s = l->session;
	int err;

	if (IS_ERR(ch))
		return PTR_ERR(ch);
	mutex_lock(&s->lock);
	err = s->state == CSRV_SESSION_IN_PROGRESS && may_log_on(s, id) ? 0 : -ESTALE;
	if (!err)
		err = account_join(s, l->conn->account, id, &s->account);
	if (!err)
		err = session_keys(s, l, ch, k);
	if (!err) {
		s->maker = csrv_identity_get(id);
		s->proven = csrv_identity_named(id);
		err = channel_link(ch);
	}
	if (!err) {
		s->identity = id;
		session_set_state(s, CSRV_SESSION_VALID);
	}
	mutex_unlock(&s->lock);
	csrv_channel_put(ch);
	return err;
}

/*
 * May @id be the session's user from now on?  The keys stay, and whoever has them acts as
 * @id; but the logon that has just ended may be one that was relayed, and its user need not
 * have them.  So a session whose keys nobody or everybody has never becomes a named user's;
 * and where messages must be signed or encrypted, only the user whose logon made the keys
 * comes back.  Any session with secret keys may go down to guest or anonymous.
 */
static bool may_become(const struct csrv_session *s, const struct csrv_identity *id)
	__must_hold(&s->lock)
{
	const u32 kind = CSRV_ID_GUEST | CSRV_ID_ANONYMOUS;

	lockdep_assert_held(&s->lock);
	if (!s->proven)
		return (id->flags & kind) == (s->maker->flags & kind);
	return !csrv_identity_named(id) || !csrv_session_demands_proof(s) ||
	       csrv_identity_same(s->maker, id);
}

/**
 * csrv_session_reauth() - a session's user proved who it is again
 *
 * Keys stay ([MS-SMB2] 3.3.5.5.3); the identity is replaced as a whole.
 * Another user may do so as well if may_become() says so: the session is his from then on,
 * its trees have his rights, and its opens stay with whom they were made for.
 * Return: 0 and @id is the session's; -EPERM when it must not be, -EUSERS when that user has
 * no room for it, -ENOMEM, and all is as it was; -ESTALE when the session has ended, or the
 * account has.
 */
int csrv_session_reauth(struct csrv_logon *l, struct csrv_identity *id)
{
	struct csrv_session *s = l->session;
	struct csrv_account *account = NULL;
	struct csrv_identity *old = NULL;
	struct xarray trees;
	int err = -ESTALE;

	xa_init(&trees);
	mutex_lock(&s->lock);
	if ((s->state == CSRV_SESSION_VALID || s->state == CSRV_SESSION_EXPIRED) &&
	    may_log_on(s, id))
		err = may_become(s, id) ? account_join(s, s->account->conn, id, &account) : -EPERM;
	if (!err) {
		swap(s->account, account);
		err = csrv_trees_renew_locked(s, id, &trees);
		if (err)
			swap(s->account, account);
	}
	if (!err) {
		old = s->identity;
		s->identity = id;
		session_set_state(s, CSRV_SESSION_VALID);
	}
	mutex_unlock(&s->lock);
	csrv_trees_forget(&trees);
	account_leave(account);
	csrv_identity_put(old);
	return err;
}

/**
 * csrv_session_bind() - a further connection joins a session
 *
 * The caller has checked everything that [MS-SMB2] 3.3.5.5.2 asks, the user's being
 * the same among it.
 * Return: 0, -ESTALE, -EBUSY when the connection has a channel of it, -EUSERS when the
 * session has as many as it may, -ENOMEM.
 */
int csrv_session_bind(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = channel_make(l, k);
	struct csrv_session *s = l->session;
	int err;

	if (IS_ERR(ch))
		return PTR_ERR(ch);
	mutex_lock(&s->lock);
	err = s->state == CSRV_SESSION_VALID ? channel_link(ch) : -ESTALE;
	mutex_unlock(&s->lock);
	csrv_channel_put(ch);
	return err;
}
