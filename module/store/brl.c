// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/brl.c - byte-range locks: budgets, waiting, the end of an open
 *
 * Which lock is in the way of which is brl_set.c's.  Here everything happens under the
 * file's mutex, and what a client can make long (the locks of an open that closes, the
 * requests that wait for a lock that is removed) is done in steps with the mutex released between
 * them.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../core/wait.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "break.h"
#include "lease.h"
#include "brl.h"
#include "open.h"

#define BRL_STEP	64	/* locks or waiters looked at under the mutex at a time */
#define BRL_WAITERS	4096	/* of one stream */

/* A range that wraps is refused, [MS-FSA] 2.1.5.8; one that ends at 2^64 is legal. */
static bool range_ok(const struct csrv_range *r)
{
	return !r->len || r->start + r->len - 1 >= r->start;
}

static struct csrv_open *open_of(const struct csrv_lock *l)
{
	return container_of(l->owner, struct csrv_open, brl);
}

/* Granted or waiting, it counts from here on: an open, its user and all may have so many. */
static struct csrv_lock *lock_make(struct csrv_open *o, const struct csrv_range *r)
{
	struct csrv_lock *l;
	bool room;

	rcu_read_lock();
	room = atomic_inc_return(&o->nlocks) <=
	       rcu_dereference(o->srv->config)->p.max_locks_per_open;
	rcu_read_unlock();
	if (!room || csrv_quota_take(o->rights->account, CSRV_QUOTA_LOCK, 1))
		goto full;
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		goto give;
	csrv_brl_lock_init(l, &o->brl, r);
	return l;
give:
	csrv_quota_give(o->rights->account, CSRV_QUOTA_LOCK, 1);
full:
	atomic_dec(&o->nlocks);
	return NULL;
}

static void lock_free(struct csrv_lock *l)
{
	struct csrv_open *o = open_of(l);

	csrv_quota_give(o->rights->account, CSRV_QUOTA_LOCK, 1);
	atomic_dec(&o->nlocks);
	kfree(l);
}

/**
 * csrv_brl_lock() - lock now, or fail
 * @o: the open
 * @r: what to lock
 *
 * Called without file->lock, which it takes.
 * Return: NT_OK, NT_LOCK_NOT_GRANTED, NT_INVALID_LOCK_RANGE, NT_INSUFFICIENT_RESOURCES,
 * NT_FILE_CLOSED.
 */
nt_status_t csrv_brl_lock(struct csrv_open *o, const struct csrv_range *r)
{
	nt_status_t status = NT_OK;
	struct csrv_lock *l;

	if (!range_ok(r))
		return NT_INVALID_LOCK_RANGE;
	l = lock_make(o, r);
	if (!l)
		return NT_INSUFFICIENT_RESOURCES;
	mutex_lock(&o->file->lock);
	if (atomic_read(&o->state) != CSRV_OPEN_LIVE)
		status = NT_FILE_CLOSED;
	else if (csrv_brl_blocker(&o->stream->brl, l))
		status = NT_LOCK_NOT_GRANTED;
	else
		csrv_brl_insert(&o->stream->brl, l);
	mutex_unlock(&o->file->lock);
	if (status == NT_OK) {
		csrv_fault_delay(CSRV_FAULT_BRL_LOCKED);
		csrv_break_modified(o);
	} else {
		lock_free(l);
	}
	return status;
}

/**
 * csrv_brl_wait_init() - charge a wait, before the request parks, so that a CANCEL finds it
 * complete
 * @w: embedded in the request, which holds a reference of the open
 * @run: the LOCK; csrv_brl_begin(), if it has a place
 * @r: what to lock
 *
 * Sleeps, takes no lock.
 * Return: NT_OK: csrv_brl_wait() or csrv_brl_wait_undo() follows; else the error.
 */
nt_status_t csrv_brl_wait_init(struct csrv_lock_waiter *w, const struct csrv_lock_run *run,
			       const struct csrv_range *r)
{
	if (!range_ok(r))
		return NT_INVALID_LOCK_RANGE;
	*w = (struct csrv_lock_waiter){
		.open		= run->open,
		.place.lock	= lock_make(run->open, r),
		.place.seq	= run->age,
		.seq		= run->seq,
		.entry		= run->entry,
	};
	INIT_LIST_HEAD(&w->place.node);
	INIT_LIST_HEAD(&w->place.mine);
	return w->place.lock ? NT_OK : NT_INSUFFICIENT_RESOURCES;
}

/* The request does not wait after all. */
void csrv_brl_wait_undo(struct csrv_lock_waiter *w)
{
	lock_free(w->place.lock);
	w->place.lock = NULL;
}

static struct csrv_lock_waiter *waiter_of(struct csrv_lock_wait *place)
{
	return container_of(place, struct csrv_lock_waiter, place);
}

/* A LOCK that is sent again sees that this one waits, or does no longer: csrv_brl_begin() */
static void entry_waits(struct csrv_lock_waiter *w, bool waits)
{
	if (!w->entry)
		return;
	spin_lock(&w->open->seq_lock);
	w->entry->waiter = waits ? w : NULL;
	spin_unlock(&w->open->seq_lock);
}

static void entry_done(struct csrv_open *o, struct csrv_lockseq_entry *entry,
		       const struct csrv_lockseq_id *seq)
{
	if (!entry)
		return;
	spin_lock(&o->seq_lock);
	csrv_lockseq_done(entry, seq);
	spin_unlock(&o->seq_lock);
}

/* A wait ends without a lock.  From csrv_wait_complete() on @w is the woken request's. */
static void waiter_end(struct csrv_stream *stream, struct csrv_lock_waiter *w, nt_status_t status)
	__must_hold(&stream->file->lock)
{
	lockdep_assert_held(&stream->file->lock);
	csrv_brl_unqueue(&stream->brl, &w->place);
	entry_waits(w, false);
	csrv_brl_wait_undo(w);
	csrv_wait_complete(w->wait, status);
}

/* The waiter has its lock: a LOCK that repeats it succeeds, also before the reply to it. */
static void waiter_granted(struct csrv_lock_waiter *w)
{
	w->place.lock = NULL;
	entry_done(w->open, w->entry, &w->seq);
}

static nt_status_t wait_locked(struct csrv_stream *stream, struct csrv_lock_waiter *w)
	__must_hold(&stream->file->lock)
{
	struct csrv_lock *blocker;

	lockdep_assert_held(&stream->file->lock);
	if (w->cancelled)
		return NT_CANCELLED;
	if (atomic_read(&w->open->state) != CSRV_OPEN_LIVE)
		return NT_FILE_CLOSED;
	blocker = csrv_brl_blocker(&stream->brl, w->place.lock);
	if (!blocker) {
		csrv_brl_insert(&stream->brl, w->place.lock);
		waiter_granted(w);
		return NT_OK;
	}
	if (stream->brl.nwaiters >= BRL_WAITERS)
		return NT_INSUFFICIENT_RESOURCES;
	csrv_brl_queue(&stream->brl, &w->place, w->place.lock, blocker);
	entry_waits(w, true);
	return NT_PENDING;
}

/**
 * csrv_brl_wait() - lock, waiting if need be
 * @w: csrv_brl_wait_init()
 * @wait: armed by the caller beforehand
 *
 * Called without file->lock, which it takes.
 * Return: NT_OK at once (@wait is still armed), NT_PENDING: @wait completes later, or
 * may have already; an error.
 */
nt_status_t csrv_brl_wait(struct csrv_lock_waiter *w, struct csrv_wait *wait)
{
	struct csrv_open *o = w->open;
	struct csrv_stream *stream = o->stream;
	nt_status_t status;

	w->wait = wait;
	kref_get(&stream->ref);	/* once queued, @o can be freed before the unlock is over */
	mutex_lock(&stream->file->lock);
	status = wait_locked(stream, w);
	mutex_unlock(&stream->file->lock);
	csrv_stream_put(stream);
	if (status == NT_OK)
		csrv_break_modified(o);
	else if (status != NT_PENDING)
		csrv_brl_wait_undo(w);
	return status;
}

/*
 * Some of the waiters of locks that were removed; true if there are more.
 * @granted: gets those that have theirs.  They wait no longer, so only the caller completes them
 * @notes: the holders that cache what was locked, as in csrv_break_modified().  An oplock may be
 *	reduced to LEVEL_II beside a lock of its holder's, and stay when that is removed
 */
static bool retry_step(struct csrv_stream *stream, struct list_head *granted,
		       struct list_head *notes) __must_hold(&stream->file->lock)
{
	struct csrv_lock_wait *place;
	bool is_granted;
	u32 n;

	lockdep_assert_held(&stream->file->lock);
	for (n = 0; n < BRL_STEP; n++) {
		place = csrv_brl_retry(&stream->brl, &is_granted);
		if (!place)
			break;
		if (!is_granted)
			continue;
		waiter_granted(waiter_of(place));
		list_add_tail(&place->node, granted);
		csrv_break_locked(stream, &csrv_open_holder(waiter_of(place)->open)->cache,
				  CSRV_CACHE_ON_MODIFY, notes);
	}
	return !list_empty(&stream->brl.retry);
}

/* Locks were removed: their waiters continue, or wait for another; the oldest first. */
static void waiters_retry(struct csrv_stream *stream)
{
	struct csrv_lock_wait *place, *tmp;
	LIST_HEAD(granted);
	LIST_HEAD(notes);
	bool more;

	do {
		mutex_lock(&stream->file->lock);
		more = retry_step(stream, &granted, &notes);
		mutex_unlock(&stream->file->lock);
		csrv_break_notify(&notes);	/* before the LOCK is answered */
		list_for_each_entry_safe(place, tmp, &granted, node) {
			list_del_init(&place->node);
			csrv_wait_complete(waiter_of(place)->wait, NT_OK);
		}
		cond_resched();
	} while (more);
}

/* CANCEL, CLOSE, the end of the session: end a wait that has begun with @status. */
void csrv_brl_cancel(struct csrv_lock_waiter *w, nt_status_t status)
{
	struct csrv_stream *stream = w->open->stream;

	mutex_lock(&stream->file->lock);
	w->cancelled = true;
	if (csrv_brl_waits(&w->place))
		waiter_end(stream, w, status);
	mutex_unlock(&stream->file->lock);
}

/**
 * csrv_brl_unlock() - unlock exactly this range of this open: [MS-FSA] 2.1.5.9
 * @o: the open
 * @r: the range; exclusive: an exclusive lock of it before a shared one, else a shared one
 *
 * Called without file->lock, which it takes.
 * Return: NT_OK, NT_RANGE_NOT_LOCKED, NT_INVALID_LOCK_RANGE.
 */
nt_status_t csrv_brl_unlock(struct csrv_open *o, const struct csrv_range *r)
{
	struct csrv_stream *stream = o->stream;
	struct csrv_lock *l;
	bool retry;

	if (!range_ok(r))
		return NT_INVALID_LOCK_RANGE;
	mutex_lock(&stream->file->lock);
	l = csrv_brl_find(&o->brl, r);
	if (l) {
		csrv_brl_remove(&stream->brl, l);
		lock_free(l);
	}
	retry = !list_empty(&stream->brl.retry);
	mutex_unlock(&stream->file->lock);
	csrv_fault_delay(CSRV_FAULT_BRL_RETRY);
	if (retry)
		waiters_retry(stream);
	return l ? NT_OK : NT_RANGE_NOT_LOCKED;
}

/* May these bytes be read or written: [MS-FSA] 2.1.4.10 */
nt_status_t csrv_brl_check(struct csrv_open *o, u64 start, u64 len, bool write)
{
	const struct csrv_range r = { .start = start, .len = len, .exclusive = write };
	bool blocked;

	/* without the lock: a LOCK that comes at this moment may as well come later */
	if (!len || data_race(csrv_brl_none(&o->stream->brl)))
		return NT_OK;
	mutex_lock(&o->file->lock);
	blocked = csrv_brl_io_blocked(&o->stream->brl, &o->brl, &r);
	mutex_unlock(&o->file->lock);
	return blocked ? NT_FILE_LOCK_CONFLICT : NT_OK;
}

/* Some of what @o waits for and has locked; true if there is more. */
static bool close_step(struct csrv_open *o) __must_hold(&o->file->lock)
{
	struct csrv_stream *stream = o->stream;
	struct csrv_lock_wait *place;
	struct csrv_lock *l;
	u32 n;

	lockdep_assert_held(&stream->file->lock);
	for (n = 0; n < BRL_STEP; n++) {
		place = list_first_entry_or_null(&o->brl.waiters, struct csrv_lock_wait, mine);
		if (place) {
			waiter_end(stream, waiter_of(place), NT_RANGE_NOT_LOCKED);
			continue;
		}
		l = csrv_brl_first(&o->brl);
		if (!l)
			return false;
		csrv_brl_remove(&stream->brl, l);
		lock_free(l);
	}
	return true;
}

/* The open is CLOSING, so that nothing is added: its waits end, its locks are removed. */
void csrv_brl_close(struct csrv_open *o)
{
	bool more, retry;

	do {
		mutex_lock(&o->file->lock);
		more = close_step(o);
		retry = !list_empty(&o->stream->brl.retry);
		mutex_unlock(&o->file->lock);
		cond_resched();
	} while (more);
	csrv_fault_delay(CSRV_FAULT_BRL_RETRY);
	if (retry)
		waiters_retry(o->stream);
}

/* ---- LOCKs that may be sent again: [MS-SMB2] 3.3.5.14 ---- */

/* The entry of a LOCK's place, made if needed; NULL without memory. */
static struct csrv_lockseq_entry *entry_of(struct csrv_open *o, const struct csrv_lockseq_id *seq)
	__must_hold(&o->lock_turn)
{
	struct csrv_lockseq_part **part = csrv_lockseq_part(&o->lockseq, seq);

	lockdep_assert_held(&o->lock_turn);
	if (!*part)
		*part = kzalloc(sizeof(**part), GFP_KERNEL);
	return *part ? csrv_lockseq_entry(*part, seq) : NULL;
}

/* @other: set to the waiter with the same place */
static enum csrv_lockseq_kind entry_begin(struct csrv_lock_run *run,
					  struct csrv_lock_waiter **other)
{
	enum csrv_lockseq_kind kind;

	spin_lock(&run->open->seq_lock);
	kind = csrv_lockseq_begin(run->entry, &run->seq);
	*other = run->entry->waiter;
	spin_unlock(&run->open->seq_lock);
	return kind;
}

/*
 * What came to the place before waits no more: it would get the lock that @run wants, and its
 * answer may go to a channel that the client has lost.  Unless it has just got it.
 */
static enum csrv_lockseq_kind entry_claim(struct csrv_lock_run *run)
{
	struct csrv_stream *stream = run->open->stream;
	struct csrv_lock_waiter *other;
	enum csrv_lockseq_kind kind;

	mutex_lock(&stream->file->lock);
	kind = entry_begin(run, &other);
	if (kind == CSRV_LOCKSEQ_NEW && other) {
		run->age = other->place.seq;
		waiter_end(stream, other, NT_CANCELLED);
	}
	mutex_unlock(&stream->file->lock);
	return kind;
}

/**
 * csrv_brl_begin() - a LOCK with a place is going to lock or unlock
 * @run: csrv_lockseq_counts() of its @seq
 * @status: set to its status, if it must not lock or unlock
 *
 * From here on until lock_turn is released no other LOCK of its place is under way, and none
 * that came before has an effect any more: it was done, waits no longer, or is refused here.
 * lock_turn is held; takes file->lock.
 * Return: true if it has to be done; csrv_brl_done() follows when it has been done.
 */
bool csrv_brl_begin(struct csrv_lock_run *run, nt_status_t *status)
{
	struct csrv_lock_waiter *other;
	enum csrv_lockseq_kind kind;

	lockdep_assert_held(&run->open->lock_turn);
	run->entry = entry_of(run->open, &run->seq);
	if (!run->entry) {
		*status = NT_INSUFFICIENT_RESOURCES;
		return false;
	}
	kind = entry_begin(run, &other);
	if (kind == CSRV_LOCKSEQ_NEW && other)
		kind = entry_claim(run);
	*status = kind == CSRV_LOCKSEQ_OLD ? NT_CANCELLED : NT_OK;
	return kind == CSRV_LOCKSEQ_NEW;
}

/* The LOCK is done: one that repeats it gets the same status. */
void csrv_brl_done(struct csrv_lock_run *run)
{
	lockdep_assert_held(&run->open->lock_turn);
	entry_done(run->open, run->entry, &run->seq);
}
