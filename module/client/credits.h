/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/credits.h - the sequence window of a connection, [MS-SMB2] 3.3.1.1
 *
 * Every MessageId may be used once, and only after it was granted.  The window is
 * [low, high): low is the smallest id not yet used, high the first not yet granted.
 * Most clients use their ids nearly in order, so few ids above low have to be remembered:
 * no id from top on has been used.
 */
#ifndef CIFSSRV_CLIENT_CREDITS_H
#define CIFSSRV_CLIENT_CREDITS_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "../compat/context.h"

struct csrv_credits {
	spinlock_t	lock;		/* guards all below */
	u64		low __guarded_by(&lock);
	u64		high __guarded_by(&lock);
	/* one past the highest id used; below low: none above it */
	u64		top __guarded_by(&lock);
	u32		max __guarded_by(&lock);	/* most ids granted and not yet used */
	u32		unused __guarded_by(&lock);	/* granted and not yet used */
	/* bits in used[], a power of two; top - low at least */
	u32		ring __guarded_by(&lock);
	/* bit (id % ring) of [low, top); all others are clear */
	unsigned long	*used __guarded_by(&lock);
	/* memory of used[] for a client that keeps the order */
	unsigned long	first[4] __guarded_by(&lock);
};

void csrv_credits_init(struct csrv_credits *c);
void csrv_credits_limit(struct csrv_credits *c, u32 max);
void csrv_credits_trim(struct csrv_credits *c);
void csrv_credits_done(struct csrv_credits *c);
bool csrv_credits_use(struct csrv_credits *c, u64 id, u32 charge);
u16 csrv_credits_grant(struct csrv_credits *c, u32 wanted);

#endif /* CIFSSRV_CLIENT_CREDITS_H */
