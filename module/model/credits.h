/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model/credits.h - the sequence window of a connection, [MS-SMB2] 3.3.1.1
 *
 * Every MessageId may be used once, and only when it was granted.  The window is
 * [low, high): low is the smallest id not yet used, high the first not yet granted.
 * Clients use their ids in order but for a few, so what has to be remembered is short:
 * no id from top on has been used.
 */
#ifndef CIFSSRV_MODEL_CREDITS_H
#define CIFSSRV_MODEL_CREDITS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct csrv_credits {
	spinlock_t	lock;		/* guards all below */
	u64		low;
	u64		high;
	u64		top;		/* one past the highest id used; below low: none above it */
	u32		max;		/* most ids granted and not yet used */
	u32		unused;		/* granted and not yet used */
	u32		ring;		/* bits in used[], a power of two; top - low at least */
	unsigned long	*used;		/* bit (id % ring) of [low, top); all others are clear */
	unsigned long	first[4];	/* used[] of a client that keeps to the order */
};

void csrv_credits_init(struct csrv_credits *c);
void csrv_credits_limit(struct csrv_credits *c, u32 max);
void csrv_credits_trim(struct csrv_credits *c);
void csrv_credits_done(struct csrv_credits *c);
bool csrv_credits_use(struct csrv_credits *c, u64 id, u32 charge);
u16 csrv_credits_grant(struct csrv_credits *c, u32 wanted);

#endif /* CIFSSRV_MODEL_CREDITS_H */
