/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/holder.h - what caches a stream: the oplock of an open, or a lease
 *
 * A holder is embedded in the object whose references keep it alive.  store/break.c knows it by
 * this struct alone; the client is found and reached by @ops.
 */
#ifndef CIFSSRV_STORE_HOLDER_H
#define CIFSSRV_STORE_HOLDER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "caching.h"

struct csrv_delivery;
struct csrv_holder;
struct csrv_stream;

/**
 * struct csrv_break - what a holder is notified of
 * @number: grows with each break of the holder
 * @from: mask: what it held
 * @to: mask: what it may keep
 * @epoch: [MS-SMB2] 3.3.1.12, Lease.Epoch
 * @ack: it has to acknowledge that
 * @begun: jiffies
 */
struct csrv_break {
	u32		number;
	u16		epoch;
	u8		from;
	u8		to;
	bool		ack;
	unsigned long	begun;
};

/**
 * struct csrv_holder_ops - what a holder is part of
 * @get: take a reference
 * @put: put one, also where no file system may be entered
 * @notify: notify the client.  Called without a lock, with a reference.  0, or an errno: the
 *	client cannot be notified, and loses what it would have to acknowledge
 * @settled: the client has acknowledged the latest break, there is a later one, or the holder is
 *	closed: no notification of it needs to reach the client any more.  Under file->lock
 * @lost: it may not cache the handle any more, and is not closed: its opens without a connection
 *	are closed.  Called without a lock, with a reference
 */
struct csrv_holder_ops {
	void (*get)(struct csrv_holder *h);
	void (*put)(struct csrv_holder *h);
	int (*notify)(struct csrv_holder *h, const struct csrv_break *b);
	void (*settled)(struct csrv_holder *h);
	void (*lost)(struct csrv_holder *h);
};

/**
 * struct csrv_holder - what caches a stream
 * @cache: what of it
 * @ops: of the object that it is part of
 * @stream: the object holds a reference
 * @id: for traces
 * @nbreaks: csrv_break.number of the latest one
 * @epoch: grows with each change of what it holds
 * @told: @epoch of the latest change that a reply or a notification has: a reply that changes
 *	nothing must not be newer than a notification that is still to be sent
 * @granting: replies that grant the cache and have not been queued: the client does not know what
 *	it has, and would ignore a notification
 * @held_back: the notification that waits until there is none: of all breaks since
 * @closed: it is granted nothing any more
 * @delivery: of the latest break, in client/notify_break.c
 * @ack_timeout: queued while BREAKING, with a reference
 * @ack_due: jiffies: then an acknowledgment is no longer waited for
 *
 * file->lock guards all but what csrv_holder_init() sets.
 */
struct csrv_holder {
	struct csrv_cache		cache;
	const struct csrv_holder_ops	*ops;
	struct csrv_stream		*stream;
	u64				id;
	u32				nbreaks;
	u16				epoch;
	u16				told;
	u32				granting;
	struct list_head		held_back;
	bool				closed;
	struct csrv_delivery		*delivery;
	struct delayed_work		ack_timeout;
	unsigned long			ack_due;
};

#endif /* CIFSSRV_STORE_HOLDER_H */
