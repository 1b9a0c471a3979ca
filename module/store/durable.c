// SPDX-License-Identifier: GPL-2.0-or-later
/* store/durable.c - durable opens by their CreateGuid, [MS-SMB2] 3.3.5.9.10 */
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/objects.h"
#include "../core/server.h"
#include "durable.h"
#include "open.h"

static struct csrv_durable_bucket *bucket_of(const struct csrv_durable *d)
{
	u64 hash = siphash(d->guid, sizeof(d->guid), &d->srv->hash_key);

	return &d->srv->durables[hash % ARRAY_SIZE(d->srv->durables)];
}

struct csrv_durable *csrv_durable_get(struct csrv_durable *d)
{
	kref_get(&d->ref);
	return d;
}

/* In no table: its request has called csrv_durable_forget(), and so has its open. */
static void durable_free(struct kref *ref)
{
	csrv_object_destroyed(CSRV_OBJ_DURABLE);
	kfree(container_of(ref, struct csrv_durable, ref));
}

/* A reference of @d (or NULL) is dropped. */
void csrv_durable_put(struct csrv_durable *d)
{
	if (d)
		kref_put(&d->ref, durable_free);
}

static struct csrv_durable *peek(struct csrv_durable_bucket *b, const struct csrv_durable *like)
	__must_hold(&b->lock)
{
	struct csrv_durable *d;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(d, &b->head, node)
		if (!memcmp(d->guid, like->guid, sizeof(d->guid)) &&
		    !memcmp(d->client, like->client, sizeof(d->client)))
			return d;
	return NULL;
}

/**
 * csrv_durable_begin() - a CREATE with a CreateGuid begins
 * @d: its own, in no table
 * @ret: set to the open of the CREATE that it repeats, with a reference
 *
 * Takes the lock of the bucket.
 * Return: CSRV_REPLAY_NONE, and csrv_durable_opened() or csrv_durable_forget() follows; _BUSY; or
 * _DONE with @ret set.
 */
enum csrv_replay csrv_durable_begin(struct csrv_durable *d, struct csrv_open **ret)
{
	struct csrv_durable_bucket *b = bucket_of(d);
	enum csrv_replay replay = CSRV_REPLAY_BUSY;
	struct csrv_durable *other;

	spin_lock(&b->lock);
	other = peek(b, d);
	/* One that has lost its last reference is about to leave the table. */
	if (other && other->open && !kref_get_unless_zero(&other->open->ref)) {
		hlist_del_init(&other->node);
		other->open = NULL;
		other = NULL;
	}
	if (!other) {
		hlist_add_head(&d->node, &b->head);
		replay = CSRV_REPLAY_NONE;
	} else if (other->open) {
		*ret = other->open;
		replay = CSRV_REPLAY_DONE;
	}
	spin_unlock(&b->lock);
	return replay;
}

/*
 * The CREATE has made @o, and may be replayed.  Not if @o is closed by now: who closes it marks it,
 * then calls csrv_durable_forget().
 */
void csrv_durable_opened(struct csrv_durable *d, struct csrv_open *o)
{
	struct csrv_durable_bucket *b = bucket_of(d);

	spin_lock(&b->lock);
	if (!hlist_unhashed(&d->node) && atomic_read(&o->state) != CSRV_OPEN_CLOSING)
		d->open = o;
	spin_unlock(&b->lock);
}

/**
 * csrv_durable_forget() - the CREATE is not to be replayed any more
 * @d: of the CREATE, in the table or not
 * @o: the open that is closed, or that a request has named; NULL: the CREATE is over, and nothing
 *	happens if it has made an open
 *
 * Takes the lock of the bucket.
 */
void csrv_durable_forget(struct csrv_durable *d, const struct csrv_open *o)
{
	if (!hlist_unhashed_lockless(&d->node))
		csrv_durable_end(d, o);
}

/**
 * csrv_durable_end() - likewise, and no other code touches @d any more without a reference
 * @d: as for csrv_durable_forget()
 * @o: likewise
 *
 * Takes the lock of the bucket, also where @d has been taken out of the table: the code that has
 * done that is done with it then.
 */
void csrv_durable_end(struct csrv_durable *d, const struct csrv_open *o)
{
	struct csrv_durable_bucket *b = bucket_of(d);

	/* With the lock: csrv_durable_begin() may be unlisting it, and @d is freed afterwards. */
	if (!d->has_guid)
		return;
	spin_lock(&b->lock);
	if (!hlist_unhashed(&d->node) && d->open == o) {
		hlist_del_init(&d->node);
		d->open = NULL;
	}
	spin_unlock(&b->lock);
}
