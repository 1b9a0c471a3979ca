/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model/lockseq.h - which LOCK requests have been done before: [MS-SMB2] 3.3.1.10, 3.3.5.14
 *
 * A client that loses a channel before the answer to a LOCK cannot know whether it was done,
 * and sends it again.  To do it twice would be wrong: a lock stands in its own way, and what
 * is unlocked already cannot be unlocked.  So each LOCK carries one of 64 places and a number
 * that the client changes whenever it uses that place anew.
 */
#ifndef CIFSSRV_MODEL_LOCKSEQ_H
#define CIFSSRV_MODEL_LOCKSEQ_H

#include <linux/types.h>

#define CSRV_LOCKSEQ_PLACES	64u

/**
 * struct csrv_lockseq - Open.LockSequenceArray
 * @entry: of places 1 to 64: the number of the LOCK that succeeded, and one; 0: not valid
 */
struct csrv_lockseq {
	u8	entry[CSRV_LOCKSEQ_PLACES];
};

/**
 * struct csrv_lockseq_id - what one LOCK says that it is
 * @index: LockSequenceIndex: its place; beyond 1 to 64 it is not remembered
 * @number: LockSequenceNumber, 0 to 15
 */
struct csrv_lockseq_id {
	u32	index;
	u8	number;
};

bool csrv_lockseq_counts(const struct csrv_lockseq_id *id);
bool csrv_lockseq_replayed(struct csrv_lockseq *q, const struct csrv_lockseq_id *id);
void csrv_lockseq_done(struct csrv_lockseq *q, const struct csrv_lockseq_id *id);

#endif /* CIFSSRV_MODEL_LOCKSEQ_H */
