/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/caching.h - what clients may cache of a stream: [MS-FSA] 2.1.4.12, 2.1.5.18, 2.1.5.19
 *
 * The rules only: no locks, no memory, no terms of a protocol.  store/break.c connects them to
 * files, timers and clients.
 *
 * A caching state is a mask.  A lease ([MS-FSA]: LEVEL_GRANULAR) has any of the first line, an
 * open's oplock a level of the second.
 *
 *	none	R	RH	RW		RWH
 *	none	II	-	EXCLUSIVE	BATCH
 *
 * Many may hold R and RH, and level II beside R.  A holder of W is the only one of its stream.
 *
 *             granted                      R: broken without an acknowledgment
 *   NONE -----------------> HELD ---------------------------------------------+
 *    ^                      |  ^                                              |
 *    |          an event    |  | acknowledged: some of it is kept             v
 *    |          takes some  |  |                                            NONE
 *    |                      v  |
 *    +------------------ BREAKING
 *      acknowledged: nothing is kept; dropped: closed, or not acknowledged in time
 *
 * An oplock becomes BREAKING once in its life at most, and is never granted again.  A lease is
 * upgraded in place while HELD, granted anew when NONE, and stays BREAKING beyond an
 * acknowledgment if further events have demanded more meanwhile.
 */
#ifndef CIFSSRV_STORE_CACHING_H
#define CIFSSRV_STORE_CACHING_H

#include <linux/list.h>
#include <linux/types.h>

#include "../wire/status.h"

/**
 * enum csrv_cache_mask - what a client may cache, [MS-FSA] 2.1.1.10
 * @CSRV_CACHE_NONE: nothing
 * @CSRV_CACHE_R: READ_CACHING: data that was read
 * @CSRV_CACHE_H: HANDLE_CACHING: an open that the application has closed
 * @CSRV_CACHE_W: WRITE_CACHING: written data, byte-range locks
 * @CSRV_CACHE_II: LEVEL_TWO
 * @CSRV_CACHE_EXCLUSIVE: LEVEL_ONE
 * @CSRV_CACHE_BATCH: LEVEL_BATCH
 */
enum csrv_cache_mask {
	CSRV_CACHE_NONE		= 0,
	CSRV_CACHE_R		= 1,
	CSRV_CACHE_H		= 2,
	CSRV_CACHE_W		= 4,
	CSRV_CACHE_II		= CSRV_CACHE_R,
	CSRV_CACHE_EXCLUSIVE	= CSRV_CACHE_R | CSRV_CACHE_W,
	CSRV_CACHE_BATCH	= CSRV_CACHE_R | CSRV_CACHE_W | CSRV_CACHE_H,
};

enum csrv_cache_state {
	CSRV_CACHE_IS_NONE,
	CSRV_CACHE_IS_HELD,
	CSRV_CACHE_IS_BREAKING,
};

/* Holders that an event handles alike; one that is BREAKING stays in its class from when HELD. */
enum csrv_cache_class {
	CSRV_CACHE_SOLE,	/* RW, RWH, exclusive, batch */
	CSRV_CACHE_HANDLE,	/* RH */
	CSRV_CACHE_READ,	/* R of a lease */
	CSRV_CACHE_LEVEL_II,
	CSRV_CACHE_CLASSES,
};

/**
 * struct csrv_cache_key - the owner of a lease, [MS-FSA] 2.1.1.6 Open.TargetOplockKey
 * @client: ClientGuid of the connection
 * @lease: LeaseKey
 *
 * A key has one holder of a stream at most.
 */
struct csrv_cache_key {
	u8	client[16];
	u8	lease[16];
};

/* What a directory lists has changed: BreakCacheState with PARENT_OBJECT, [MS-FSA] 2.1.4.12 */
#define CSRV_CACHE_LISTING	(CSRV_CACHE_R | CSRV_CACHE_W)
#define CSRV_CACHE_ALL		(CSRV_CACHE_R | CSRV_CACHE_W | CSRV_CACHE_H)

/**
 * struct csrv_caches - all holders of one stream, [MS-FSA] 2.1.1.10
 * @holders: csrv_cache.node, by enum csrv_cache_class; of CSRV_CACHE_SOLE one at most
 * @awaited: csrv_cache.awaited of the holders that are BREAKING and that events wait for
 * @nshared: how many are in a class other than CSRV_CACHE_SOLE
 */
struct csrv_caches {
	struct list_head	holders[CSRV_CACHE_CLASSES];
	struct list_head	awaited;
	u32			nshared;
};

/**
 * struct csrv_cache - one holder: an oplock, part of its open, or a lease
 * @node: csrv_caches.holders; empty when NONE
 * @awaited: csrv_caches.awaited; empty if no event waits for the acknowledgment
 * @key: of a lease; NULL: an oplock
 * @state: enum csrv_cache_state
 * @held: mask; while BREAKING what it held before
 * @to: BREAKING: what it may keep, as it was notified
 * @need: BREAKING: what it may keep after all events so far; part of @to
 * @lost_unasked: an oplock of level II was broken, which needs no acknowledgment
 */
struct csrv_cache {
	struct list_head		node;
	struct list_head		awaited;
	const struct csrv_cache_key	*key;
	u8				state;
	u8				held;
	u8				to;
	u8				need;
	bool				lost_unasked;
};

/**
 * enum csrv_cache_event - what happens to a stream, as far as caches are concerned
 * @CSRV_CACHE_ON_CONTROL: another open, which can only look at attributes and the descriptor
 * @CSRV_CACHE_ON_OPEN: another open; the data stays
 * @CSRV_CACHE_ON_OVERWRITE: another open, which replaces the data
 * @CSRV_CACHE_ON_SHARING: another open that violates sharing, unless clients close opens that
 *	only their caches keep
 * @CSRV_CACHE_ON_SHARING_OVERWRITE: likewise one that would replace the data
 * @CSRV_CACHE_ON_NAME: the name changes or is replaced, or that of a directory above it
 * @CSRV_CACHE_ON_DELETE: the file is marked for deletion
 * @CSRV_CACHE_ON_MODIFY: data, size or byte-range locks change through an open.  What a
 *	directory lists is for csrv_cache_break()
 * @CSRV_CACHE_EVENTS: how many there are
 */
enum csrv_cache_event {
	CSRV_CACHE_ON_CONTROL,
	CSRV_CACHE_ON_OPEN,
	CSRV_CACHE_ON_OVERWRITE,
	CSRV_CACHE_ON_SHARING,
	CSRV_CACHE_ON_SHARING_OVERWRITE,
	CSRV_CACHE_ON_NAME,
	CSRV_CACHE_ON_DELETE,
	CSRV_CACHE_ON_MODIFY,
	CSRV_CACHE_EVENTS,
};

/**
 * typedef csrv_cache_notify_t - notify a holder of a break
 * @c: BREAKING if it has to acknowledge, else NONE
 * @from: mask: what it held
 * @to: mask: what it may keep
 * @ctx: the caller's
 *
 * Return: false if it cannot be notified: then it loses all caching at once.
 */
typedef bool (*csrv_cache_notify_t)(struct csrv_cache *c, u8 from, u8 to, void *ctx);

void csrv_caches_init(struct csrv_caches *set);
void csrv_cache_init(struct csrv_cache *c, const struct csrv_cache_key *key);
u8 csrv_cache_grant(struct csrv_caches *set, struct csrv_cache *c, u8 want, bool alone,
		    bool locked);
bool csrv_cache_check(struct csrv_caches *set, const struct csrv_cache *by,
		      enum csrv_cache_event event, csrv_cache_notify_t notify, void *ctx);
void csrv_cache_break(struct csrv_caches *set, struct csrv_cache *c, u8 takes,
		      csrv_cache_notify_t notify, void *ctx);
bool csrv_cache_waits(const struct csrv_caches *set, const struct csrv_cache *by);
nt_status_t csrv_cache_ack(struct csrv_caches *set, struct csrv_cache *c, u8 mask,
			   csrv_cache_notify_t notify, void *ctx);
void csrv_cache_drop(struct csrv_caches *set, struct csrv_cache *c);

#endif /* CIFSSRV_STORE_CACHING_H */
