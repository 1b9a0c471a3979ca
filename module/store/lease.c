// SPDX-License-Identifier: GPL-2.0-or-later
/* store/lease.c - leases: found by their key, joined and left by opens */
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/quota.h"
#include "../core/server.h"
#include "../policy/identity.h"
#include "../policy/rights.h"
#include "../wire/utf16.h"
#include "break.h"
#include "dirwatch.h"
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
	if (lease->dir)
		csrv_dirwatch_unuse(lease->stream, lease->dir);
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

/* Zeroed, and of a directory's with its watch. */
static struct csrv_lease *lease_memory(const struct csrv_open *o)
{
	struct csrv_lease *lease = kzalloc(sizeof(*lease), GFP_KERNEL);

	if (!lease || !o->is_dir)
		return lease;
	lease->dir = csrv_dirwatch_use(o->stream);
	if (lease->dir)
		return lease;
	kfree(lease);
	return NULL;
}

/* In no table, with one reference; NULL without memory, or beyond a budget. */
static struct csrv_lease *lease_alloc(struct csrv_open *o, const struct csrv_lease_request *want,
				      const struct csrv_holder_ops *ops) __no_context_analysis
{
	struct csrv_account *payer = o->rights->account;
	struct csrv_lease *lease;

	if (csrv_quota_take(payer, CSRV_QUOTA_LEASE, 1))
		return NULL;
	lease = lease_memory(o);
	if (!lease) {
		csrv_quota_give(payer, CSRV_QUOTA_LEASE, 1);
		return NULL;
	}
	kref_init(&lease->ref);
	lease->key = want->key;
	lease->v2 = want->v2;
	lease->name = want->name;
	lease->payer = csrv_account_get(payer);
	lease->stream = o->stream;
	kref_get(&o->stream->ref);
	INIT_LIST_HEAD(&lease->in_dir);
	INIT_LIST_HEAD(&lease->opens);
	csrv_holder_init(&lease->holder, o->stream, &lease->key, ops);
	lease->holder.epoch = want->epoch;
	lease->holder.told = want->epoch;
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

static struct csrv_lease *find_or_make(struct csrv_open *o, const struct csrv_lease_request *want,
				       const struct csrv_holder_ops *ops)
{
	struct csrv_lease *lease = csrv_lease_find(o->srv, &want->key), *new;

	if (lease)
		return lease;
	new = lease_alloc(o, want, ops);
	lease = new ? find_or_add(o->srv, new) : NULL;
	if (!lease)
		return new;
	csrv_lease_put(new);
	return lease;
}

/* What leases keep of a name in its share, UTF-8. */
u32 csrv_lease_name(const char *name)
{
	return csrv_name_fold_hash(name, strlen(name), 0);
}

/**
 * csrv_lease_collides() - does a client use a key for two names, [MS-SMB2] 3.3.5.9.8
 * @lease: of the key
 * @want: for the other file
 * @inode: of the file that is to be opened; NULL: it does not exist
 *
 * A client makes a key for each name.  It does not know that the file of that name is another
 * one by now, nor that a share has a directory for each of its users.
 * Takes no lock.
 * Return: true if the CREATE fails.  False: the file is the lease's, or is opened without a lease.
 */
bool csrv_lease_collides(const struct csrv_lease *lease, const struct csrv_lease_request *want,
			 const struct inode *inode)
{
	return lease->stream->file->inode != inode && lease->name != want->name;
}

/* Break all that a lease has; nothing waits for the acknowledgment.  Takes file->lock. */
static void lease_break(struct csrv_lease *lease)
{
	LIST_HEAD(breaks);

	mutex_lock(&lease->stream->file->lock);
	csrv_break_holder_locked(&lease->holder, CSRV_CACHE_ALL, &breaks);
	mutex_unlock(&lease->stream->file->lock);
	csrv_break_notify(&breaks);
}

/**
 * csrv_lease_get() - give an open the lease of a key, which is made if there is none
 * @o: OPENING, has its stream; its account is charged with a new lease.  It gets none beyond a
 *	budget, without memory, or where the key has a lease of another file that it cannot know
 * @want: the key, and what a new lease is made with
 * @ops: of a new one's holder
 *
 * Sleeps; takes the lock of the key's bucket, and file->lock of the other file.
 * Return: NT_OK; NT_INVALID_PARAMETER: csrv_lease_collides().
 */
nt_status_t csrv_lease_get(struct csrv_open *o, const struct csrv_lease_request *want,
			   const struct csrv_holder_ops *ops)
{
	struct csrv_lease *lease = find_or_make(o, want, ops);
	bool collides;

	if (!lease || lease->stream == o->stream) {
		o->lease = lease;
		return NT_OK;
	}
	collides = csrv_lease_collides(lease, want, o->file->inode);
	if (!collides)
		lease_break(lease);
	csrv_lease_put(lease);
	return collides ? NT_INVALID_PARAMETER : NT_OK;
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
	lease->nfull += o->full;
	lease->nopens++;
	if (o->rights->encrypt)
		WRITE_ONCE(lease->encrypt, true);
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
	lease->nfull -= o->full;
	lease->nopens--;
	if (!list_empty(&lease->opens))
		return;
	lease->ended = true;
	lease_unhash(lease);
	if (lease->dir)
		csrv_dirwatch_ended_locked(lease);
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
	list_for_each_entry(o, &lease->opens, in_lease) {
		u64 id = READ_ONCE(o->session_id);	/* a reconnect may change it */

		if (id > session && (!next || id < next))
			next = id;
	}
	mutex_unlock(&lease->stream->file->lock);
	return next;
}

/**
 * csrv_lease_is_shared() - have several sessions opens of the lease
 * @lease: the caller holds a reference
 *
 * Looks at the oldest and the latest of them only.  Takes file->lock.
 * Return: true if they do.
 */
bool csrv_lease_is_shared(struct csrv_lease *lease)
{
	bool shared = false;

	mutex_lock(&lease->stream->file->lock);
	if (!list_empty(&lease->opens))
		shared = list_first_entry(&lease->opens, struct csrv_open, in_lease)->session_id !=
			 list_last_entry(&lease->opens, struct csrv_open, in_lease)->session_id;
	mutex_unlock(&lease->stream->file->lock);
	return shared;
}

/**
 * csrv_lease_is_of() - has a session an open of the lease, or another session of its user
 * @lease: the caller holds a reference
 * @session: its id
 * @id: its user
 *
 * Takes file->lock.
 * Return: true if it has.
 */
bool csrv_lease_is_of(struct csrv_lease *lease, u64 session, const struct csrv_identity *id)
{
	struct csrv_open *o;
	bool is = false;

	mutex_lock(&lease->stream->file->lock);
	list_for_each_entry(o, &lease->opens, in_lease) {
		is = o->session_id == session || csrv_identity_same(o->rights->identity, id);
		if (is)
			break;
	}
	mutex_unlock(&lease->stream->file->lock);
	return is;
}
