/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/lockseq.h - which LOCK requests have been done already: [MS-SMB2] 3.3.1.10, 3.3.5.14
 *
 * A client that loses a channel before the reply to a LOCK cannot know whether the LOCK was done,
 * and sends it again.  To do it twice would be wrong: a lock conflicts with itself, and a range
 * that is unlocked already cannot be unlocked.  So each LOCK has one of 64 places and a number
 * that the client changes whenever it uses that place again.
 *
 * The first LOCK may still be in progress, or arrive after the second.  The client waits for the
 * reply to the second; so earlier ones of the same place have no effect from then on.
 */
#ifndef CIFSSRV_STORE_LOCKSEQ_H
#define CIFSSRV_STORE_LOCKSEQ_H

#include <linux/types.h>

#define CSRV_LOCKSEQ_PLACES	64u
#define CSRV_LOCKSEQ_PART	8u	/* places; most clients use only the first of them */

struct csrv_lock_waiter;

/**
 * struct csrv_lockseq_entry - an element of Open.LockSequenceArray
 * @done: the number of the LOCK that succeeded, plus 1; 0: not valid
 * @channel: ChannelSequence of the youngest LOCK that has come to this place
 * @arrival: when it arrived; 0: none has
 * @waiter: that LOCK, while it waits for a lock: store/brl.c
 */
struct csrv_lockseq_entry {
	u8			done;
	u16			channel;
	u64			arrival;
	struct csrv_lock_waiter	*waiter;
};

struct csrv_lockseq_part {
	struct csrv_lockseq_entry	entry[CSRV_LOCKSEQ_PART];
};

/**
 * struct csrv_lockseq - Open.LockSequenceArray
 * @part: NULL until a LOCK uses one of its places
 */
struct csrv_lockseq {
	struct csrv_lockseq_part	*part[CSRV_LOCKSEQ_PLACES / CSRV_LOCKSEQ_PART];
};

/**
 * struct csrv_lockseq_id - place and number of a LOCK
 * @index: LockSequenceIndex: its place; beyond 1 to 64 it is not remembered
 * @number: LockSequenceNumber, 0 to 15
 * @channel: ChannelSequence, which the client increments when it loses a channel
 * @arrival: when it arrived: not 0, and later than that of earlier ones
 */
struct csrv_lockseq_id {
	u32	index;
	u8	number;
	u16	channel;
	u64	arrival;
};

/**
 * enum csrv_lockseq_kind - what has to be done for a LOCK
 * @CSRV_LOCKSEQ_NEW: to be done
 * @CSRV_LOCKSEQ_DONE: it succeeds without effect
 * @CSRV_LOCKSEQ_OLD: the client waits for the reply to a younger one
 */
enum csrv_lockseq_kind {
	CSRV_LOCKSEQ_NEW,
	CSRV_LOCKSEQ_DONE,
	CSRV_LOCKSEQ_OLD,
};

bool csrv_lockseq_counts(const struct csrv_lockseq_id *id);
struct csrv_lockseq_part **csrv_lockseq_part(struct csrv_lockseq *q,
					     const struct csrv_lockseq_id *id);
struct csrv_lockseq_entry *csrv_lockseq_entry(struct csrv_lockseq_part *part,
					      const struct csrv_lockseq_id *id);
enum csrv_lockseq_kind csrv_lockseq_begin(struct csrv_lockseq_entry *e,
					  const struct csrv_lockseq_id *id);
void csrv_lockseq_restart(struct csrv_lockseq *q);
void csrv_lockseq_done(struct csrv_lockseq_entry *e, const struct csrv_lockseq_id *id);

#endif /* CIFSSRV_STORE_LOCKSEQ_H */
