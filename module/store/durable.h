/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/durable.h - durable opens, and CREATEs that may be sent again: [MS-SMB2] 3.3.1.10
 *
 * A struct csrv_durable is made for each CREATE that asks for durability.  The request holds it
 * until it is answered, its open until that is freed.  One with a CreateGuid is in the server's
 * table, where a replay finds it:
 *
 *	               csrv_durable_begin()         csrv_durable_opened()
 *	(in no table) ----------------------> IN PROGRESS ----------------> ELIGIBLE
 *	      ^                                    |                           |
 *	      +------------ it has failed ---------+                           |
 *	      +------------ a request has named the open, or it is closed -----+
 *
 * IN PROGRESS: a replay is refused.  ELIGIBLE ([MS-SMB2] 3.3.1.10, Open.IsReplayEligible): it is
 * answered with the open.  Once a request has named the open, its client knows the FileId, and has
 * nothing to replay.
 */
#ifndef CIFSSRV_STORE_DURABLE_H
#define CIFSSRV_STORE_DURABLE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../compat/context.h"

struct csrv_open;
struct csrv_server;

#define CSRV_DURABLE_GUID_LEN	16

/**
 * struct csrv_durable - what makes an open durable
 * @ref: of the CREATE and of its open
 * @srv: the server
 * @client: ClientGuid of the connection.  Constant, like the next six
 * @guid: CreateGuid; zero without @has_guid
 * @has_guid: the request is of the second version
 * @lease: LeaseKey, if @leased
 * @leased: the CREATE asks for a lease
 * @wanted: the open becomes durable if it may cache the handle
 * @timeout: ms for which it stays without a connection
 * @granted: the open is durable; set before the client knows its id
 * @action: enum smb2_create_action of the CREATE
 * @users: requests and replies that use the open, its CREATE included: it is not reconnected
 *	before they are done
 * @node: csrv_durable_bucket.head; its lock, like @open
 * @open: ELIGIBLE: the open, without a reference
 * @expiry: closes an open that is not reconnected; queued with a reference of the open
 * @aged: csrv_account.detached of the identity; srv->detached.lock, like the next two
 * @of: the open, while @aged is listed
 * @due: jiffies: then @expiry closes it
 */
struct csrv_durable {
	struct kref		ref;
	struct csrv_server	*srv;
	u8			client[CSRV_DURABLE_GUID_LEN];
	u8			guid[CSRV_DURABLE_GUID_LEN];
	bool			has_guid;
	u8			lease[CSRV_DURABLE_GUID_LEN];
	bool			leased;
	bool			wanted;
	u32			timeout;
	bool			granted;
	u32			action;
	atomic_t		users;
	struct hlist_node	node;
	struct csrv_open	*open;
	struct delayed_work	expiry;
	struct list_head	aged;
	struct csrv_open	*of;
	unsigned long		due;
};

/**
 * enum csrv_replay - does a CREATE repeat another one
 * @CSRV_REPLAY_NONE: no; it is IN PROGRESS now
 * @CSRV_REPLAY_BUSY: of one that is in progress
 * @CSRV_REPLAY_DONE: of one that has made an open
 */
enum csrv_replay {
	CSRV_REPLAY_NONE,
	CSRV_REPLAY_BUSY,
	CSRV_REPLAY_DONE,
};

struct csrv_durable *csrv_durable_get(struct csrv_durable *d);
void csrv_durable_put(struct csrv_durable *d);
enum csrv_replay csrv_durable_begin(struct csrv_durable *d, struct csrv_open **ret);
void csrv_durable_opened(struct csrv_durable *d, struct csrv_open *o);
void csrv_durable_forget(struct csrv_durable *d, const struct csrv_open *o);
void csrv_durable_end(struct csrv_durable *d, const struct csrv_open *o);

/* May it be in the server's table?  Without a lock: a moment ago. */
static inline bool csrv_durable_is_listed(const struct csrv_durable *d)
{
	return !hlist_unhashed_lockless(&d->node);
}

/* One more request or reply uses the open. */
static inline void csrv_durable_use(struct csrv_durable *d)
{
	atomic_inc(&d->users);
}

/* It is done with the open: what it has done comes before a later use of the open. */
static inline void csrv_durable_unuse(struct csrv_durable *d)
{
	smp_mb__before_atomic();	/* pairs with the acquire in csrv_durable_in_use() */
	atomic_dec(&d->users);
}

/* Does a request or a reply use the open?  One that is DISCONNECTED gets no further users. */
static inline bool csrv_durable_in_use(const struct csrv_durable *d)
{
	return atomic_read_acquire(&d->users);
}

#endif /* CIFSSRV_STORE_DURABLE_H */
