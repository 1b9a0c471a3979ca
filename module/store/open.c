// SPDX-License-Identifier: GPL-2.0-or-later
/* store/open.c - the life of an open */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../base/trace.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/user.h"
#include "../wire/access.h"
#include "../wire/fscc_file.h"
#include "../wire/smb2/create.h"
#include "../wire/time.h"
#include "break.h"
#include "brl.h"
#include "dosattr.h"
#include "durable.h"
#include "lease.h"
#include "link.h"
#include "notify.h"
#include "open.h"
#include "times.h"

/* The only function that changes the state; false if it was not @from. */
bool csrv_open_move(struct csrv_open *o, enum csrv_open_state from, enum csrv_open_state to)
{
	if (atomic_cmpxchg(&o->state, from, to) != from)
		return false;
	trace_csrv_open_state(o->persistent_id, from, to);
	return true;
}

/* Takes file->lock with the last reference of its stream, and may enter the file system. */
static void open_free(struct kref *ref) __no_context_analysis
{
	struct csrv_open *o = container_of(ref, struct csrv_open, ref);
	u32 i;

	csrv_fault_delay(CSRV_FAULT_OPEN_PUT);
	if (o->dir)
		csrv_vfs_dir_close(o->dir);
	csrv_vfs_close(&o->vf);
	csrv_lease_put(o->lease);
	if (o->durable)
		csrv_durable_end(o->durable, o);
	csrv_durable_put(o->durable);
	csrv_stream_put(o->stream);
	if (o->link.dentry)
		path_put(&o->link);
	if (o->path.dentry)
		path_put(&o->path);
	if (o->pipe)
		csrv_object_destroyed(CSRV_OBJ_PIPE);
	csrv_link_delete_free(o->link_delete);
	csrv_notify_free(o);
	kfree(o->pipe_name);
	kfree(o->pattern);
	for (i = 0; i < ARRAY_SIZE(o->lockseq.part); i++)
		kfree(o->lockseq.part[i]);
	csrv_quota_give(o->rights->account, CSRV_QUOTA_OPEN, 1);
	csrv_rights_put(o->rights);
	csrv_object_destroyed(CSRV_OBJ_OPEN);
	kfree(o);
}

static void open_free_end(struct csrv_end *end)
{
	open_free(&container_of(end, struct csrv_open, freeing)->ref);
}

static void open_free_later(struct kref *ref)
{
	struct csrv_open *o = container_of(ref, struct csrv_open, ref);

	csrv_end_init(&o->freeing, CSRV_END_FILE, open_free_end);
	csrv_end_queue(&o->freeing, o->rights->account->identity, o->srv->end_wq);
}

struct csrv_open *csrv_open_get(struct csrv_open *o)
{
	kref_get(&o->ref);
	return o;
}

/* A reference of @o (or NULL) is dropped.  The last: may take file->lock, see open_free(). */
void csrv_open_put(struct csrv_open *o)
{
	if (o)
		kref_put(&o->ref, open_free);
}

/* ... of a caller that must not wait for the open's file system. */
void csrv_open_put_later(struct csrv_open *o)
{
	kref_put(&o->ref, open_free_later);
}

/**
 * csrv_open_alloc() - allocate an open
 * @srv: the server
 * @session_id: of the session that gets it
 * @tree_id: of the tree connect
 * @rights: of the user; the open keeps them
 *
 * Sleeps, takes no lock.
 * Return: OPENING, with one reference; NULL without memory or beyond a budget.
 */
struct csrv_open *csrv_open_alloc(struct csrv_server *srv, u64 session_id, u32 tree_id,
				  struct csrv_rights *rights)
{
	struct csrv_open *o;
	struct timespec64 now;

	if (csrv_quota_take(rights->account, CSRV_QUOTA_OPEN, 1))
		return NULL;
	o = kzalloc(sizeof(*o), GFP_KERNEL);
	if (!o) {
		csrv_quota_give(rights->account, CSRV_QUOTA_OPEN, 1);
		return NULL;
	}
	kref_init(&o->ref);
	o->srv = srv;
	o->session_id = session_id;
	o->tree_id = tree_id;
	o->rights = csrv_rights_get(rights);
	o->cfg = rights->cfg;
	o->identity = rights->identity;
	o->cred = csrv_rights_cred(rights);
	INIT_LIST_HEAD(&o->in_stream);
	INIT_LIST_HEAD(&o->in_lease);
	INIT_LIST_HEAD(&o->in_tree);
	spin_lock_init(&o->seq_lock);
	mutex_init(&o->lock_turn);
	mutex_init(&o->dir_lock);
	csrv_brl_owner_init(&o->brl);
	csrv_standers_init(&o->standers);
	ktime_get_real_ts64(&now);
	o->created = wire_filetime(now.tv_sec, now.tv_nsec);
	csrv_object_created(CSRV_OBJ_OPEN);
	return o;
}

#define WALK_CHUNK	64	/* opens visited before the table's lock is released */

/**
 * csrv_opens_next() - one of the server's opens
 * @srv: the server
 * @index: where to look on: 0 at first, then what this has left there
 * @is_meant: says so under the lock of srv->opens
 * @ctx: for @is_meant
 *
 * Every CREATE and CLOSE of the server takes the lock, so it is given up between steps.
 * Return: the next one that is meant, with a reference; NULL at the end.
 */
struct csrv_open *csrv_opens_next(struct csrv_server *srv, unsigned long *index,
				  bool (*is_meant)(const struct csrv_open *o, const void *ctx),
				  const void *ctx)
{
	struct csrv_open *found = NULL, *o;
	bool more = true;
	u32 left;

	while (more && !found) {
		xa_lock(&srv->opens);
		for (left = WALK_CHUNK; left && more && !found; left--) {
			o = xa_find(&srv->opens, index, ULONG_MAX, XA_PRESENT);
			more = o;
			if (o && is_meant(o, ctx)) {
				kref_get(&o->ref);
				found = o;
			}
			++*index;
		}
		xa_unlock(&srv->opens);
		cond_resched();
	}
	return found;
}
