/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/oplock.h - who may cache what of a file: [MS-FSA] 2.1.4.12, 2.1.5.18, 2.1.5.19
 *
 * The rules alone: no locks, no memory, no words of a protocol; store/break.c connects
 * them to opens, requests and clocks.
 *
 *             granted                      read-only cache: told, no answer
 *   NONE -----------------> HELD ---------------------------------------------+
 *    ^                      |  ^                                              |
 *    |            somebody  |  | acknowledged: keeps LEVEL_II                 |
 *    |            else opens|  |                                              v
 *    |                      v  |                                            NONE
 *    +------------------ BREAKING
 *      acknowledged: keeps nothing; wrongly acknowledged; closed; too late
 *
 * Only EXCLUSIVE and BATCH become BREAKING, and an open never gets back what it once
 * lost: it is BREAKING once in its life at most.
 */
#ifndef CIFSSRV_STORE_OPLOCK_H
#define CIFSSRV_STORE_OPLOCK_H

#include <linux/list.h>
#include <linux/types.h>

#include "../wire/status.h"

/* In order of strength. */
enum csrv_oplock_level {
	CSRV_OPLOCK_NONE,
	CSRV_OPLOCK_II,		/* reads are cached */
	CSRV_OPLOCK_EXCLUSIVE,	/* and writes */
	CSRV_OPLOCK_BATCH,	/* and the open itself */
};

enum csrv_oplock_state {
	CSRV_OPLOCK_IS_NONE,
	CSRV_OPLOCK_IS_HELD,
	CSRV_OPLOCK_IS_BREAKING,
};

/**
 * struct csrv_oplocks - all of one file
 * @holders: csrv_oplock.node of those that hold one
 * @nshared: how many of them hold LEVEL_II
 * @nsole: how many of them hold, or are asked to give up, EXCLUSIVE or BATCH: one at most
 * @nbreaking: how many of them have been asked and have not answered
 */
struct csrv_oplocks {
	struct list_head	holders;
	u32			nshared;
	u32			nsole;
	u32			nbreaking;
};

/**
 * struct csrv_oplock - of one open; part of it
 * @node: csrv_oplocks.holders; empty when NONE
 * @state: enum csrv_oplock_state
 * @level: enum csrv_oplock_level: what is held, while BREAKING what was
 * @to: BREAKING: what it was asked to go down to
 * @told_none: LEVEL_II went, and the holder was told so without being asked
 */
struct csrv_oplock {
	struct list_head	node;
	u8			state;
	u8			level;
	u8			to;
	bool			told_none;
};

/* What happens to the file, as far as caches are concerned. */
enum csrv_oplock_event {
	CSRV_OPLOCK_OPEN,	/* another open comes; what is there stays */
	CSRV_OPLOCK_OVERWRITE,	/* another open comes, and the data goes */
	CSRV_OPLOCK_SHARING,	/* one that would violate sharing, were it not for a batch */
	CSRV_OPLOCK_SHARING_OVERWRITE,
	CSRV_OPLOCK_NAME,	/* its name goes, or that of a directory above it */
	CSRV_OPLOCK_MODIFY,	/* data, size or byte-range locks change through an open */
};

/**
 * typedef csrv_oplock_tell_t - a holder is to be told
 * @l: whose state is the new one
 * @to: what it has from now on, or is asked to go down to
 * @ctx: the caller's
 *
 * Return: false if it cannot be told: then it has lost everything at once.
 */
typedef bool (*csrv_oplock_tell_t)(struct csrv_oplock *l, enum csrv_oplock_level to, void *ctx);

void csrv_oplocks_init(struct csrv_oplocks *set);
void csrv_oplock_init(struct csrv_oplock *l);
enum csrv_oplock_level csrv_oplock_grant(struct csrv_oplocks *set, struct csrv_oplock *l,
					 enum csrv_oplock_level want, bool alone, bool locked);
bool csrv_oplock_check(struct csrv_oplocks *set, const struct csrv_oplock *self,
		       enum csrv_oplock_event event, csrv_oplock_tell_t tell, void *ctx);
nt_status_t csrv_oplock_ack(struct csrv_oplocks *set, struct csrv_oplock *l,
			    enum csrv_oplock_level level);
bool csrv_oplock_drop(struct csrv_oplocks *set, struct csrv_oplock *l);

#endif /* CIFSSRV_STORE_OPLOCK_H */
