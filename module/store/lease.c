// SPDX-License-Identifier: GPL-2.0-or-later
/* store/lease.c - leases: found by their key, joined and left by opens */
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/quota.h"
#include "../core/server.h"
#include "break.h"
#include "lease.h"
#include "open.h"

static struct csrv_lease_bucket *bucket_of(struct csrv_server *srv,
					   const struct csrv_cache_key *key)
{
	u64 hash = siphash(key, sizeof(*key), &srv->hash_key);

	return &srv->leases[hash % ARRAY_SIZE(srv->leases)];
}

/* With a reference, or NULL; one that has lost its last reference does not count. */
static struct csrv_lease *peek_get(struct csrv_lease_bucket *b, const struct csrv_cache_key *key)
	__must_hold(&b->lock)
{
	struct csrv_lease *lease;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(lease, &b->head, node)
		if (!memcmp(&lease->key, key, sizeof(*key)) && kref_get_unless_zero(&lease->ref))
			return lease;
	return NULL;
}

/* It cannot be found any more. */
static void lease_unhash(struct csrv_lease *lease)
{
	struct csrv_lease_bucket *b = bucket_of(lease->stream->file->srv, &lease->key);

	spin_lock(&b->lock);
	hlist_del_init(&lease->node);
	spin_unlock(&b->lock);
}

static void lease_free(struct kref *ref)
{
	struct csrv_lease *lease = container_of(ref, struct csrv_lease, ref);

	csrv_fault_delay(CSRV_FAULT_LEASE_PUT);
	lease_unhash(lease);
	csrv_stream_put_later(lease->stream, lease->payer, CSRV_QUOTA_LEASE);
	csrv_object_destroyed(CSRV_OBJ_LEASE);
	kfree(lease);
}

/**
 * csrv_lease_put() - a reference is dropped
 * @lease: or NULL
 *
 * Takes file->lock with the last reference; waits for no file system.
 */
void csrv_lease_put(struct csrv_lease *lease)
{
	if (lease)
		kref_put(&lease->ref, lease_free);
}

/**
 * csrv_lease_find() - the lease of a key
 * @srv: the server
 * @key: of the client and the lease
 *
 * Takes the lock of the key's bucket.
 * Return: with a reference; it may end at any moment.  NULL: there is none.
 */
struct csrv_lease *csrv_lease_find(struct csrv_server *srv, const struct csrv_cache_key *key)
{
	struct csrv_lease_bucket *b = bucket_of(srv, key);
	struct csrv_lease *lease;

	spin_lock(&b->lock);
	lease = peek_get(b, key);
	spin_unlock(&b->lock);
	return lease;
}

/* In no table, with one reference; NULL without memory, or beyond a budget. */
static struct csrv_lease *lease_alloc(struct csrv_stream *stream,
				      const struct csrv_lease_request *want,
				      const struct csrv_holder_ops *ops,
				      struct csrv_account *payer) __no_context_analysis
{
	struct csrv_lease *lease;

	if (csrv_quota_take(payer, CSRV_QUOTA_LEASE, 1))
		return NULL;
	lease = kzalloc(sizeof(*lease), GFP_KERNEL);
	if (!lease) {
		csrv_quota_give(payer, CSRV_QUOTA_LEASE, 1);
		return NULL;
	}
	kref_init(&lease->ref);
	lease->key = want->key;
	lease->v2 = want->v2;
	lease->payer = csrv_account_get(payer);
	lease->stream = stream;
	kref_get(&stream->ref);
	INIT_LIST_HEAD(&lease->opens);
	csrv_holder_init(&lease->holder, stream, &lease->key, ops);
	lease->holder.epoch = want->epoch;
	csrv_object_created(CSRV_OBJ_LEASE);
	return lease;
}

/* @new: takes its place in the table, unless there is a lease of its key, which is returned. */
static struct csrv_lease *find_or_add(struct csrv_server *srv, struct csrv_lease *new)
{
	struct csrv_lease_bucket *b = bucket_of(srv, &new->key);
	struct csrv_lease *lease;

	spin_lock(&b->lock);
	lease = peek_get(b, &new->key);
	if (!lease)
		hlist_add_head(&new->node, &b->head);
	spin_unlock(&b->lock);
	return lease;
}

static struct csrv_lease *find_or_make(struct csrv_stream *stream,
				       const struct csrv_lease_request *want,
				       const struct csrv_holder_ops *ops,
				       struct csrv_account *payer)
{
	struct csrv_server *srv = stream->file->srv;
	struct csrv_lease *lease = csrv_lease_find(srv, &want->key), *new;

	if (lease)
		return lease;
	new = lease_alloc(stream, want, ops, payer);
	lease = new ? find_or_add(srv, new) : NULL;
	if (!lease)
		return new;
	csrv_lease_put(new);
	return lease;
}

/**
 * csrv_lease_get() - the lease of a key, made if there is none
 * @stream: that it is to be of
 * @want: its key, and what a new one is made with
 * @ops: of a new one's holder
 * @payer: charged with a new one
 * @ret: a reference; NULL: beyond a budget, or without memory: the open gets no lease
 *
 * Sleeps; takes the lock of the key's bucket.
 * Return: NT_OK; NT_INVALID_PARAMETER: the key has a lease of another stream, [MS-SMB2] 3.3.5.9.8.
 */
nt_status_t csrv_lease_get(struct csrv_stream *stream, const struct csrv_lease_request *want,
			   const struct csrv_holder_ops *ops, struct csrv_account *payer,
			   struct csrv_lease **ret)
{
	struct csrv_lease *lease = find_or_make(stream, want, ops, payer);

	*ret = NULL;
	if (lease && lease->stream != stream) {
		csrv_lease_put(lease);
		return NT_INVALID_PARAMETER;
	}
	*ret = lease;
	return NT_OK;
}

/**
 * csrv_lease_join_locked() - an open joins its lease
 * @lease: the open has a reference
 * @o: joins the stream of the lease
 *
 * file->lock is held.
 * Return: false: the lease has ended, and another is to be looked for.
 */
bool csrv_lease_join_locked(struct csrv_lease *lease, struct csrv_open *o)
{
	lockdep_assert_held(&lease->stream->file->lock);
	if (lease->ended)
		return false;
	list_add_tail(&o->in_lease, &lease->opens);
	lease->nfull += csrv_open_is_full(o);
	return true;
}

/**
 * csrv_lease_leave_locked() - an open is closed; with the last the lease ends
 * @lease: the open has a reference, and keeps it
 * @o: has joined, or not
 *
 * file->lock is held.
 */
void csrv_lease_leave_locked(struct csrv_lease *lease, struct csrv_open *o)
{
	lockdep_assert_held(&lease->stream->file->lock);
	if (list_empty(&o->in_lease))
		return;
	list_del_init(&o->in_lease);
	lease->nfull -= csrv_open_is_full(o);
	if (!list_empty(&lease->opens))
		return;
	lease->ended = true;
	lease_unhash(lease);
	csrv_break_close_locked(&lease->holder);
}

/**
 * csrv_lease_session_after() - sessions of the opens of a lease, in the order of their ids
 * @lease: the caller holds a reference
 * @session: id; 0: the first is wanted
 *
 * Takes file->lock.
 * Return: the lowest id beyond @session; 0: there is none.
 */
u64 csrv_lease_session_after(struct csrv_lease *lease, u64 session)
{
	struct csrv_open *o;
	u64 next = 0;

	mutex_lock(&lease->stream->file->lock);
	list_for_each_entry(o, &lease->opens, in_lease)
		if (o->session_id > session && (!next || o->session_id < next))
			next = o->session_id;
	mutex_unlock(&lease->stream->file->lock);
	return next;
}
