/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/lease.h - leases: what a client caches of a stream through all its opens of one key
 *
 * [MS-SMB2] 3.3.1.4, 3.3.1.12; [MS-FSA] 2.1.1.6, Open.TargetOplockKey.
 *
 *	              csrv_lease_get()            the first open joins
 *	(in no table) ----------------> EMPTY ------------------------> IN USE
 *	                                  |                               |
 *	                                  | last reference                | the last open leaves
 *	                                  v                               v
 *	                                freed <---- last reference ---- ENDED
 *
 * EMPTY and IN USE: the table finds it by its key, and holds no reference.  ENDED: it is in no
 * table, caches nothing, and never does again: a later open of the key gets another lease.
 */
#ifndef CIFSSRV_STORE_LEASE_H
#define CIFSSRV_STORE_LEASE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "../wire/status.h"
#include "caching.h"
#include "holder.h"
#include "open.h"
#include "stream.h"

struct csrv_account;
struct csrv_dirwatch;
struct csrv_open;
struct csrv_server;
struct inode;

/**
 * struct csrv_lease_request - what a CREATE asks for, [MS-SMB2] 2.2.13.2.8, 2.2.13.2.10
 * @key: of the lease
 * @name: csrv_lease_name() of the file's name
 * @state: mask of enum csrv_cache_mask
 * @v2: the request is of the second version
 * @dirs: it may be of a directory
 * @epoch: of a lease of the second version that is made for it
 */
struct csrv_lease_request {
	struct csrv_cache_key	key;
	u32			name;
	u8			state;
	bool			v2;
	bool			dirs;
	u16			epoch;
};

/**
 * struct csrv_lease - a lease
 * @ref: of its opens, of breaks that are notified or timed
 * @key: constant
 * @stream: a reference; constant
 * @node: csrv_lease_bucket.head; its lock
 * @name: hash of the name that it was made for, in its share and regardless of case; constant
 * @payer: charged with it; a reference
 * @v2: the version of the request that it was made for: all its replies have that; constant
 * @dir: of a directory's: watches that, for this lease as well; constant.  Else NULL
 * @in_dir: @dir->clean or @dir->dirty; @dir->lock
 * @holder: what it caches.  file->lock, as all that follows
 * @opens: csrv_open.in_lease
 * @nfull: how many of @opens do more than look at attributes
 * @nopens: how many are in @opens
 * @ndetached: how many of them have no connection
 * @encrypt: the share of one of them demands it; only ever set
 * @ended: the last open has left
 */
struct csrv_lease {
	struct kref		ref;
	struct csrv_cache_key	key;
	struct csrv_stream	*stream;
	struct hlist_node	node;
	u32			name;
	struct csrv_account	*payer;
	bool			v2;
	struct csrv_dirwatch	*dir;
	struct list_head	in_dir;
	struct csrv_holder	holder;
	struct list_head	opens;
	u32			nfull;
	u32			nopens;
	u32			ndetached;
	bool			encrypt;
	bool			ended;
};

nt_status_t csrv_lease_get(struct csrv_open *o, const struct csrv_lease_request *want,
			   const struct csrv_holder_ops *ops);
bool csrv_lease_collides(const struct csrv_lease *lease, const struct csrv_lease_request *want,
			 const struct inode *inode);
u32 csrv_lease_name(const char *name);
struct csrv_lease *csrv_lease_find(struct csrv_server *srv, const struct csrv_cache_key *key);
void csrv_lease_put(struct csrv_lease *lease);
bool csrv_lease_join_locked(struct csrv_lease *lease, struct csrv_open *o)
	__must_hold(&lease->stream->file->lock);
void csrv_lease_leave_locked(struct csrv_lease *lease, struct csrv_open *o)
	__must_hold(&lease->stream->file->lock);
u64 csrv_lease_session_after(struct csrv_lease *lease, u64 session);
bool csrv_lease_is_shared(struct csrv_lease *lease);
bool csrv_lease_is_of(struct csrv_lease *lease, u64 session, const struct csrv_identity *id);

/* The lease that a holder with a key is part of. */
static inline struct csrv_lease *csrv_lease_of(const struct csrv_holder *h)
{
	return container_of(h, struct csrv_lease, holder);
}

/* What caches for the client of an open: its lease, or its oplock.  Takes no lock. */
static inline struct csrv_holder *csrv_open_holder(struct csrv_open *o)
{
	return o->lease ? &o->lease->holder : &o->oplock;
}

#endif /* CIFSSRV_STORE_LEASE_H */
