// SPDX-License-Identifier: GPL-2.0-or-later
/* client/credits.c - which MessageIds a client may use, and how many it gets */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "credits.h"

/* [MS-SMB2] 3.3.5.3: a new connection has the one credit of its NEGOTIATE. */
void csrv_credits_init(struct csrv_credits *c)
{
	spin_lock_init(&c->lock);
	c->low = 0;
	c->top = 0;
	c->high = 1;
	c->unused = 1;
	c->ring = sizeof(c->first) * BITS_PER_BYTE;
	c->max = c->ring / 2;
	c->used = c->first;
	bitmap_zero(c->used, c->ring);
}

void csrv_credits_done(struct csrv_credits *c) __no_context_analysis
{
	if (c->used != c->first)
		kvfree(c->used);
	c->used = c->first;
}

/* How many credits a client may hold, 1 to 65535.  Called when NEGOTIATE has settled. */
void csrv_credits_limit(struct csrv_credits *c, u32 max)
{
	spin_lock(&c->lock);
	c->max = max;
	spin_unlock(&c->lock);
}

/* Room for @span ids above low.  The span is never wider than the window. */
static bool ring_grow(struct csrv_credits *c, u32 span)
{
	u32 ring = roundup_pow_of_two(span);
	unsigned long *used, *old;
	u64 id;

	used = kvcalloc(BITS_TO_LONGS(ring), sizeof(long), GFP_KERNEL);
	if (!used)
		return false;
	old = used;
	spin_lock(&c->lock);
	if (ring > c->ring) {
		for (id = c->low; id < c->top; id++)
			if (test_bit(id & (c->ring - 1), c->used))
				__set_bit(id & (ring - 1), used);
		old = c->used == c->first ? NULL : c->used;
		c->used = used;
		c->ring = ring;
	}
	spin_unlock(&c->lock);
	kvfree(old);
	return true;
}

/* Free the memory for ids used out of order.  For an idle connection. */
void csrv_credits_trim(struct csrv_credits *c)
{
	unsigned long *old = NULL;

	spin_lock(&c->lock);
	if (c->used != c->first && c->top <= c->low) {
		old = c->used;
		c->used = c->first;
		c->ring = sizeof(c->first) * BITS_PER_BYTE;
		bitmap_zero(c->used, c->ring);
	}
	spin_unlock(&c->lock);
	kvfree(old);
}

/* Take all @charge ids from @id on; none of them is outside of ring and window. */
static bool take_ids(struct csrv_credits *c, u64 id, u32 charge) __must_hold(&c->lock)
{
	u64 end = id + charge, i;

	lockdep_assert_held(&c->lock);
	if (id == c->low && c->top <= c->low) {	/* in order, the usual case */
		c->low = end;
		goto taken;
	}
	for (i = id; i < end; i++)
		if (test_bit(i & (c->ring - 1), c->used))
			return false;
	for (i = id; i < end; i++)
		__set_bit(i & (c->ring - 1), c->used);
	c->top = max(c->top, end);
	while (c->low < c->top && __test_and_clear_bit(c->low & (c->ring - 1), c->used))
		c->low++;
taken:
	c->unused -= charge;
	return true;
}

/**
 * csrv_credits_use() - take a request's ids out of the window
 * @c: the window
 * @id: MessageId
 * @charge: how many consecutive ids it takes, at least 1
 *
 * Takes c->lock; may sleep, when ids are used far out of order.
 *
 * Return: false if one of the ids was not granted or was used before, or without memory;
 * the connection must end ([MS-SMB2] 3.3.5.2.3).
 */
bool csrv_credits_use(struct csrv_credits *c, u64 id, u32 charge)
{
	bool ok, narrow;
	u64 span;

	do {
		spin_lock(&c->lock);
		ok = id >= c->low && id < c->high && charge <= c->high - id;
		span = id - c->low + charge;
		narrow = ok && span > c->ring && (id != c->low || c->top > c->low);
		if (ok && !narrow)
			ok = take_ids(c, id, charge);
		spin_unlock(&c->lock);
	} while (narrow && ring_grow(c, span));
	return ok && !narrow;
}

/**
 * csrv_credits_grant() - credits for a reply, [MS-SMB2] 3.3.1.2
 * @c: the window
 * @wanted: CreditRequest
 *
 * A client gets at least one if the window has room, and never holds more than the limit.  The
 * window may span twice as many ids, so that one id left out does not stop a busy
 * client at once.  Takes c->lock; does not sleep.
 * Return: the credits granted, by which the window has grown; 0 when it has no room.
 */
u16 csrv_credits_grant(struct csrv_credits *c, u32 wanted)
{
	u32 room, grant;
	u64 widest;

	spin_lock(&c->lock);
	widest = 2ULL * c->max;
	room = c->unused < c->max ? c->max - c->unused : 0;
	room = min_t(u64, room, widest - min(widest, c->high - c->low));
	/* A client that requests fewer credits than it has spent gives some back, down to one. */
	grant = min_t(u32, max_t(u32, wanted, 1), room);
	grant = min_t(u32, grant, U16_MAX);
	c->high += grant;
	c->unused += grant;
	spin_unlock(&c->lock);
	return grant;
}
