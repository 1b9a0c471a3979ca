// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/notify.c - an open that watches its directory: [MS-FSA] 2.1.5.11
 *
 * Events arrive in the task that makes the change, with locks of the VFS held: so they are put on a
 * list under a spinlock, and at most a request is queued to continue.
 */
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../core/wait.h"
#include "../policy/rights.h"
#include "notify.h"
#include "open.h"

/* The most that an open collects, whatever its first request asks for. */
#define NOTIFY_MAX	(64u * 1024)
/* Longer names are not known to any client. */
#define NOTIFY_NAME_MAX	(PATH_MAX - 1)

/* In csrv_open.notify: the open is closed, and has watched nothing. */
#define NOTIFY_CLOSED	((struct csrv_notify *)ERR_PTR(-EBADF))

static enum csrv_quota_kind kind_of(const struct csrv_notify *n)
{
	return n->ask.tree ? CSRV_QUOTA_TREE_WATCH : CSRV_QUOTA_WATCH;
}

static void notify_put(struct csrv_notify *n)
{
	struct csrv_account *payer = n->payer;

	if (!refcount_dec_and_test(&n->ref))
		return;
	csrv_quota_give(payer, kind_of(n), 1);
	csrv_account_put(payer);
	csrv_object_destroyed(CSRV_OBJ_WATCH);
	kfree(n);
}

/* The open's; NULL: it watches nothing. */
static struct csrv_notify *notify_of(const struct csrv_open *o)
{
	struct csrv_notify *n = smp_load_acquire(&o->notify);	/* pairs with notify_publish() */

	return IS_ERR_OR_NULL(n) ? NULL : n;
}

static void events_free(struct csrv_notify *n, struct csrv_notify_events *events)
{
	if (events->held)
		csrv_quota_give(n->payer, CSRV_QUOTA_EVENTS, events->held);
	csrv_notify_events_free(events);
}

/* ---- events ---- */

/* Charged memory.  NULL: there is none, or no room for it. */
static struct csrv_notify_event *event_make(struct csrv_notify *n,
					    const struct csrv_notify_action *a)
{
	u32 size = csrv_notify_event_size(a);
	struct csrv_notify_event *e;

	if (a->len > NOTIFY_NAME_MAX || csrv_fault(CSRV_FAULT_NOTIFY_ALLOC) ||
	    csrv_quota_take(n->payer, CSRV_QUOTA_EVENTS, size))
		return NULL;
	e = csrv_notify_event_make(a);
	if (!e)
		csrv_quota_give(n->payer, CSRV_QUOTA_EVENTS, size);
	return e;
}

static void event_free(struct csrv_notify *n, struct csrv_notify_event *e)
{
	const struct csrv_notify_action a = { .len = e->len };

	csrv_quota_give(n->payer, CSRV_QUOTA_EVENTS, csrv_notify_event_size(&a));
	kfree(e);
}

/**
 * struct arrival - events of one change, and what follows from them
 * @e: the events; what is left in it is to be freed
 * @n: their number, or CSRV_NOTIFY_LOST
 * @dropped: those that did not fit
 * @waiter: a request that continues with them
 */
struct arrival {
	struct csrv_notify_event	*e[CSRV_NOTIFY_ACTIONS];
	int				n;
	struct csrv_notify_events	dropped;
	struct csrv_notify_waiter	*waiter;
};

static void arrival_make(struct csrv_notify *n, const struct csrv_notify_action *actions,
			 struct arrival *a)
{
	int i;

	for (i = 0; i < a->n; i++) {
		a->e[i] = event_make(n, &actions[i]);
		if (!a->e[i])
			break;
	}
	if (i < a->n)
		a->n = CSRV_NOTIFY_LOST;
}

static void events_add_locked(struct csrv_notify *n, struct arrival *a) __must_hold(&n->lock)
{
	int i;

	lockdep_assert_held(&n->lock);
	for (i = 0; i < a->n && !n->events.lost; i++)
		if (csrv_notify_append(&n->events, a->e[i], n->ask.max))
			a->e[i] = NULL;
	if (a->n < 0 || n->events.lost)
		csrv_notify_lose(&n->events, &a->dropped);
}

/* The oldest request that waits gets what there is. */
static struct csrv_notify_waiter *waiter_serve_locked(struct csrv_notify *n) __must_hold(&n->lock)
{
	struct csrv_notify_waiter *w;

	lockdep_assert_held(&n->lock);
	w = list_first_entry_or_null(&n->waiters, struct csrv_notify_waiter, node);
	if (!w || !csrv_notify_events_any(&n->events))
		return NULL;
	list_del_init(&w->node);
	w->got = csrv_notify_events_take(&n->events);
	return w;
}

/*
 * csrv_vfs_watch_ops.wants.  What is lost is lost until a request has been told so: the change was
 * made before this look, and so before the client looks for itself.
 */
static bool notify_wants(struct csrv_vfs_watch *watch, const struct csrv_actor *actor)
{
	const struct csrv_notify *n = container_of(watch, struct csrv_notify, watch);

	if (!actor && !n->local)
		return false;
	/* data_race(): a stale answer is as good as having come a moment earlier */
	return !data_race(n->closed) && !data_race(n->events.lost);
}

/* csrv_vfs_watch_ops.event */
static void notify_event(struct csrv_vfs_watch *watch, const struct csrv_vfs_event *change)
{
	struct csrv_notify *n = container_of(watch, struct csrv_notify, watch);
	struct csrv_notify_action actions[CSRV_NOTIFY_ACTIONS];
	struct arrival a = {};
	int i;

	a.n = csrv_notify_actions(change, n->ask.filter, actions);
	if (!a.n)
		return;
	arrival_make(n, actions, &a);
	spin_lock(&n->lock);
	if (!n->closed) {
		events_add_locked(n, &a);
		a.waiter = waiter_serve_locked(n);
	}
	spin_unlock(&n->lock);
	if (a.waiter) {
		csrv_fault_delay(CSRV_FAULT_NOTIFY_EVENT);
		csrv_wait_complete(a.waiter->wait, NT_OK);
	}
	for (i = 0; i < CSRV_NOTIFY_ACTIONS; i++)
		if (a.e[i])
			event_free(n, a.e[i]);
	events_free(n, &a.dropped);
}

/* csrv_vfs_watch_ops.free */
static void notify_unwatched(struct csrv_vfs_watch *watch)
{
	notify_put(container_of(watch, struct csrv_notify, watch));
}

static const struct csrv_vfs_watch_ops notify_watch_ops = {
	.event	= notify_event,
	.wants	= notify_wants,
	.free	= notify_unwatched,
};

/* ---- requests ---- */

/* Charged, with the references of the open and the watch; NULL: no memory, or no room for it. */
static struct csrv_notify *notify_alloc(struct csrv_open *o, const struct csrv_notify_ask *ask)
	__no_context_analysis
{
	struct csrv_notify *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	n->ask = *ask;
	n->ask.max = min(ask->max, NOTIFY_MAX);
	n->payer = o->rights->account;
	if (csrv_quota_take(n->payer, kind_of(n), 1)) {
		kfree(n);
		return NULL;
	}
	csrv_account_get(n->payer);
	rcu_read_lock();
	n->local = rcu_dereference(o->srv->config)->p.kernel_change_notify;
	rcu_read_unlock();
	refcount_set(&n->ref, 2);
	spin_lock_init(&n->lock);
	INIT_LIST_HEAD(&n->waiters);
	csrv_object_created(CSRV_OBJ_WATCH);
	return n;
}

static struct csrv_notify_waiter *waiter_pop(struct csrv_notify *n)
{
	struct csrv_notify_waiter *w;

	spin_lock(&n->lock);
	w = list_first_entry_or_null(&n->waiters, struct csrv_notify_waiter, node);
	if (w)
		list_del_init(&w->node);
	spin_unlock(&n->lock);
	return w;
}

/* One after the other: a CANCEL may take one off the list meanwhile. */
static void waiters_end(struct csrv_notify *n, nt_status_t status)
{
	struct csrv_notify_waiter *w;

	while ((w = waiter_pop(n)))
		csrv_wait_complete(w->wait, status);
}

/* All that wait end, and nothing is collected afterwards. */
static void notify_close(struct csrv_notify *n)
{
	struct csrv_notify_events events;

	spin_lock(&n->lock);
	n->closed = true;
	events = csrv_notify_events_take(&n->events);
	spin_unlock(&n->lock);
	waiters_end(n, NT_NOTIFY_CLEANUP);
	events_free(n, &events);
}

/* Of several requests at once the first counts, and the close of the open before all. */
static nt_status_t notify_publish(struct csrv_open *o, struct csrv_notify *n)
{
	struct csrv_notify *was = cmpxchg_release(&o->notify, NULL, n);

	if (!was)
		return NT_OK;
	notify_close(n);
	csrv_vfs_watch_stop(&n->watch);
	notify_put(n);
	return was == NOTIFY_CLOSED ? NT_FILE_CLOSED : NT_OK;
}

/**
 * csrv_notify_begin() - a request is going to ask for events
 * @o: of a directory; the caller holds it
 * @ask: counts if the open watches nothing yet
 *
 * Sleeps, takes locks of fsnotify's.
 * Return: NT_OK: it watches; NT_FILE_CLOSED: it is closed; NT_INSUFFICIENT_RESOURCES, or what the
 * file system says.
 */
nt_status_t csrv_notify_begin(struct csrv_open *o, const struct csrv_notify_ask *ask)
{
	struct csrv_notify *n;
	int err;

	if (notify_of(o))
		return NT_OK;
	n = notify_alloc(o, ask);
	if (!n)
		return NT_INSUFFICIENT_RESOURCES;
	err = csrv_vfs_watch_start(&n->watch, &notify_watch_ops, &o->path, ask->tree,
				   csrv_notify_changes(ask->filter));
	if (err) {
		notify_put(n);	/* the watch's is put already, or will be */
		/* -EINVAL, 7.x: a file system that has no notifications */
		return err == -EINVAL ? NT_NOT_SUPPORTED : csrv_errno_status(err);
	}
	csrv_fault_delay(CSRV_FAULT_NOTIFY_START);
	return notify_publish(o, n);
}

/**
 * csrv_notify_take() - the events that have been collected
 * @o: csrv_notify_begin()
 * @ret: set to them; csrv_notify_done()
 *
 * Return: false: there are none, or an older request waits.
 */
bool csrv_notify_take(struct csrv_open *o, struct csrv_notify_events *ret)
{
	struct csrv_notify *n = notify_of(o);

	spin_lock(&n->lock);
	*ret = csrv_notify_events_take(&n->events);	/* none, where requests wait */
	spin_unlock(&n->lock);
	return csrv_notify_events_any(ret);
}

/* Before the request parks, so that a CANCEL finds @w complete. */
void csrv_notify_wait_init(struct csrv_notify_waiter *w, struct csrv_open *o)
{
	*w = (struct csrv_notify_waiter){ .notify = notify_of(o), .cancelled = NT_OK };
	INIT_LIST_HEAD(&w->node);
}

static nt_status_t wait_locked(struct csrv_notify *n, struct csrv_notify_waiter *w, bool again)
	__must_hold(&n->lock)
{
	lockdep_assert_held(&n->lock);
	if (w->cancelled != NT_OK)
		return w->cancelled;
	if (n->closed)
		return NT_NOTIFY_CLEANUP;
	if (csrv_notify_events_any(&n->events)) {
		w->got = csrv_notify_events_take(&n->events);
		return NT_OK;
	}
	if (again)
		list_add(&w->node, &n->waiters);
	else
		list_add_tail(&w->node, &n->waiters);
	return NT_PENDING;
}

/**
 * csrv_notify_wait() - wait for an event
 * @w: csrv_notify_wait_init()
 * @wait: armed by the caller beforehand
 * @again: the request has waited before, and is the oldest
 *
 * Return: NT_OK: there were events (@w->got; @wait is still armed); NT_PENDING: @wait completes
 * later, or has completed, with NT_OK for events; else what ends the wait.
 */
nt_status_t csrv_notify_wait(struct csrv_notify_waiter *w, struct csrv_wait *wait, bool again)
{
	struct csrv_notify *n = w->notify;
	nt_status_t status;

	w->wait = wait;
	refcount_inc(&n->ref);	/* once listed, @w and the open may be freed before the unlock */
	spin_lock(&n->lock);
	status = wait_locked(n, w, again);
	spin_unlock(&n->lock);
	notify_put(n);
	return status;
}

/* CANCEL, or the end of an object of the request: end the wait with @status, if it still lasts. */
void csrv_notify_cancel(struct csrv_notify_waiter *w, nt_status_t status)
{
	struct csrv_notify *n = w->notify;
	bool waits;

	spin_lock(&n->lock);
	w->cancelled = status;
	waits = !list_empty(&w->node);
	list_del_init(&w->node);
	spin_unlock(&n->lock);
	if (waits)
		csrv_wait_complete(w->wait, status);
}

/* The events of csrv_notify_take() or csrv_notify_waiter.got are told, or never will be. */
void csrv_notify_done(struct csrv_open *o, struct csrv_notify_events *got)
{
	events_free(notify_of(o), got);
}

/* End the waits of the open, which watches on.  file->lock may be held. */
void csrv_notify_end(struct csrv_open *o, nt_status_t status)
{
	struct csrv_notify *n = notify_of(o);

	if (n)
		waiters_end(n, status);
}

/* A directory is to be removed: its opens wait for nothing any more.  file->lock is held. */
void csrv_notify_deleted(struct csrv_file *file, const struct dentry *link)
{
	struct csrv_stream *stream;
	struct csrv_open *o;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(stream, &file->streams, node)
		list_for_each_entry(o, &stream->opens, in_stream)
			if (csrv_open_name_path(o)->dentry == link)
				csrv_notify_end(o, NT_DELETE_PENDING);
}

/**
 * csrv_notify_close() - an open of a directory is closed
 * @o: CLOSING
 *
 * Enters no file system; takes locks of fsnotify's.
 */
void csrv_notify_close(struct csrv_open *o)
{
	struct csrv_notify *n = cmpxchg(&o->notify, NULL, NOTIFY_CLOSED);

	if (IS_ERR_OR_NULL(n))
		return;
	notify_close(n);
	csrv_fault_delay(CSRV_FAULT_NOTIFY_STOP);
	csrv_vfs_watch_stop(&n->watch);
}

/* The open is freed. */
void csrv_notify_free(struct csrv_open *o)
{
	if (!IS_ERR_OR_NULL(o->notify))
		notify_put(o->notify);
}
