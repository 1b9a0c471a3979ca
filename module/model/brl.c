// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model/brl.c - byte-range locks, [MS-FSA] 2.1.5.7, 2.1.5.8, 2.1.4.10
 *
 * Granted locks of all opens of one inode stand in one interval tree, under the
 * file's mutex.  A lock of no length stands in it as one byte at its start: it
 * conflicts only with ranges that it lies strictly inside of.
 */
#include <linux/interval_tree_generic.h>
#include <linux/slab.h>

#include "break.h"
#include "brl.h"
#include "open.h"
#include "server.h"
#include "wait.h"

struct csrv_lock {
	struct rb_node		rb;
	u64			start;
	u64			last;
	u64			__subtree_last;
	u64			len;
	struct csrv_open	*open;	/* owner: the lock ends before it does */
	bool			exclusive;
};

#define LOCK_START(l)	((l)->start)
#define LOCK_LAST(l)	((l)->last)
INTERVAL_TREE_DEFINE(struct csrv_lock, rb, u64, __subtree_last, LOCK_START, LOCK_LAST,
		     static __maybe_unused, lock_tree)

static u64 range_last(u64 start, u64 len)
{
	return len ? start + len - 1 : start;
}

/* A range that wraps is refused, [MS-FSA] 2.1.5.7; ending at 2^64 is legal. */
static bool range_ok(const struct csrv_range *r)
{
	return !r->len || r->start + r->len - 1 >= r->start;
}

/* Do a granted lock and a wanted range overlap in the sense of [MS-FSA] 2.1.4.10? */
static bool overlaps(const struct csrv_lock *l, u64 start, u64 len)
{
	u64 last = range_last(start, len);

	if (l->len && len)
		return l->start <= last && start <= l->last;
	if (!l->len && !len)
		return false;
	if (!len)
		return l->start < start && start <= l->last;
	return start < l->start && l->start <= last;
}

/* Does @l keep @o from locking so? */
static bool blocks_lock(const struct csrv_lock *l, const struct csrv_open *o,
			const struct csrv_range *r)
{
	if (!overlaps(l, r->start, r->len))
		return false;
	return l->exclusive || r->exclusive;
}

static bool lock_conflicts(struct csrv_open *o, const struct csrv_range *r)
{
	struct csrv_lock *l;
	u64 last = range_last(r->start, r->len);

	lockdep_assert_held(&o->file->lock);
	for (l = lock_tree_iter_first(&o->file->locks, r->start, last); l;
	     l = lock_tree_iter_next(l, r->start, last))
		if (blocks_lock(l, o, r))
			return true;
	return false;
}

/* Granted or waiting, it counts from here on: an open may have so many. */
static struct csrv_lock *lock_make(struct csrv_open *o, const struct csrv_range *r)
{
	struct csrv_config *cfg = csrv_config_get(o->srv);
	struct csrv_lock *l = NULL;

	if (atomic_inc_return(&o->nlocks) <= cfg->p.max_locks_per_open)
		l = kzalloc(sizeof(*l), GFP_KERNEL);
	csrv_config_put(cfg);
	if (!l) {
		atomic_dec(&o->nlocks);
		return NULL;
	}
	l->start = r->start;
	l->len = r->len;
	l->last = range_last(r->start, r->len);
	l->exclusive = r->exclusive;
	l->open = o;
	return l;
}

static void lock_free(struct csrv_lock *l)
{
	atomic_dec(&l->open->nlocks);
	kfree(l);
}

/**
 * csrv_brl_lock() - lock now or not at all
 *
 * Return: NT_OK, NT_LOCK_NOT_GRANTED, NT_INVALID_LOCK_RANGE, NT_INSUFFICIENT_RESOURCES.
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
	else if (lock_conflicts(o, r))
		status = NT_LOCK_NOT_GRANTED;
	else
		lock_tree_insert(l, &o->file->locks);
	mutex_unlock(&o->file->lock);
	if (status == NT_OK)
		csrv_break_modified(o);
	else
		lock_free(l);
	return status;
}

/**
 * csrv_brl_wait_init() - before the request parks: a CANCEL finds it whole, and it counts
 * @w: embedded in the request, which holds a reference of @o
 * @r: what to lock
 *
 * Return: NT_OK: csrv_brl_wait() or csrv_brl_wait_undo() follows; else why not.
 */
nt_status_t csrv_brl_wait_init(struct csrv_lock_waiter *w, struct csrv_open *o,
			       const struct csrv_range *r)
{
	if (!range_ok(r))
		return NT_INVALID_LOCK_RANGE;
	*w = (struct csrv_lock_waiter){ .open = o, .range = *r, .lock = lock_make(o, r) };
	INIT_LIST_HEAD(&w->node);
	return w->lock ? NT_OK : NT_INSUFFICIENT_RESOURCES;
}

/* It does not wait after all. */
void csrv_brl_wait_undo(struct csrv_lock_waiter *w)
{
	lock_free(w->lock);
	w->lock = NULL;
}

/**
 * csrv_brl_wait() - lock, waiting if need be
 * @w: csrv_brl_wait_init()
 * @wait: armed by the caller beforehand
 *
 * Return: NT_OK at once (@wait is still armed), NT_PENDING: @wait completes later, or
 * may have already; an error.
 */
nt_status_t csrv_brl_wait(struct csrv_lock_waiter *w, struct csrv_wait *wait)
{
	struct csrv_open *o = w->open;
	struct csrv_file *file = o->file;
	nt_status_t status = NT_OK;

	w->wait = wait;
	kref_get(&file->ref);	/* once queued, @o can be gone before the unlock is over */
	mutex_lock(&file->lock);
	if (w->cancelled) {
		status = NT_CANCELLED;
	} else if (atomic_read(&o->state) != CSRV_OPEN_LIVE) {
		status = NT_FILE_CLOSED;
	} else if (lock_conflicts(o, &w->range)) {
		list_add_tail(&w->node, &file->lock_waiters);
		status = NT_PENDING;
	} else {
		lock_tree_insert(w->lock, &file->locks);
		w->lock = NULL;
	}
	mutex_unlock(&file->lock);
	csrv_file_put(file);
	if (status == NT_OK)
		csrv_break_modified(o);
	else if (status != NT_PENDING)
		csrv_brl_wait_undo(w);
	return status;
}

/* Locks went: who can go on now, in the order in which they came? */
static void waiters_retry(struct csrv_file *file)
{
	struct csrv_lock_waiter *w, *tmp;

	lockdep_assert_held(&file->lock);
	list_for_each_entry_safe(w, tmp, &file->lock_waiters, node) {
		if (lock_conflicts(w->open, &w->range))
			continue;
		list_del_init(&w->node);
		lock_tree_insert(w->lock, &file->locks);
		w->lock = NULL;
		csrv_wait_complete(w->wait, NT_OK);	/* w is the woken request's now */
	}
}

/* CANCEL, CLOSE, the end of the session: a wait that is still on ends with @status. */
void csrv_brl_cancel(struct csrv_lock_waiter *w, nt_status_t status)
{
	struct csrv_file *file = w->open->file;
	bool mine;

	mutex_lock(&file->lock);
	w->cancelled = true;
	mine = !list_empty(&w->node);
	if (mine) {
		list_del_init(&w->node);
		lock_free(w->lock);
		w->lock = NULL;
		csrv_wait_complete(w->wait, status);
	}
	mutex_unlock(&file->lock);
}

/* Exactly this range of this open: [MS-FSA] 2.1.5.8. */
nt_status_t csrv_brl_unlock(struct csrv_open *o, const struct csrv_range *r)
{
	u64 last = range_last(r->start, r->len);
	struct csrv_lock *l;

	mutex_lock(&o->file->lock);
	for (l = lock_tree_iter_first(&o->file->locks, r->start, last); l;
	     l = lock_tree_iter_next(l, r->start, last))
		if (l->open == o && l->start == r->start && l->len == r->len)
			break;
	if (l) {
		lock_tree_remove(l, &o->file->locks);
		lock_free(l);
		waiters_retry(o->file);
	}
	mutex_unlock(&o->file->lock);
	return l ? NT_OK : NT_RANGE_NOT_LOCKED;
}

/**
 * csrv_brl_check() - may these bytes be read or written: [MS-FSA] 2.1.4.10
 *
 * A shared lock keeps everybody from writing, its owner too; an exclusive one keeps
 * everybody else from both.
 */
nt_status_t csrv_brl_check(struct csrv_open *o, u64 start, u64 len, bool write)
{
	nt_status_t status = NT_OK;
	u64 last = range_last(start, len);
	struct csrv_lock *l;

	if (!len || RB_EMPTY_ROOT(&o->file->locks.rb_root))
		return NT_OK;
	mutex_lock(&o->file->lock);
	for (l = lock_tree_iter_first(&o->file->locks, start, last); l;
	     l = lock_tree_iter_next(l, start, last)) {
		if (!overlaps(l, start, len))
			continue;
		if (l->exclusive ? l->open != o : write) {
			status = NT_FILE_LOCK_CONFLICT;
			break;
		}
	}
	mutex_unlock(&o->file->lock);
	return status;
}

static void locks_drop(struct csrv_open *o)
{
	struct csrv_lock *l, *next;

	for (l = lock_tree_iter_first(&o->file->locks, 0, U64_MAX); l; l = next) {
		next = lock_tree_iter_next(l, 0, U64_MAX);
		if (l->open != o)
			continue;
		lock_tree_remove(l, &o->file->locks);
		lock_free(l);
	}
}

/* The open is CLOSING: its locks go, its waits end.  The file's mutex is held. */
void csrv_brl_close_locked(struct csrv_open *o)
{
	struct csrv_lock_waiter *w, *tmp;

	lockdep_assert_held(&o->file->lock);
	list_for_each_entry_safe(w, tmp, &o->file->lock_waiters, node) {
		if (w->open != o)
			continue;
		list_del_init(&w->node);
		lock_free(w->lock);
		w->lock = NULL;
		csrv_wait_complete(w->wait, NT_RANGE_NOT_LOCKED);
	}
	if (atomic_read(&o->nlocks))
		locks_drop(o);
	waiters_retry(o->file);
}
