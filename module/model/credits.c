// SPDX-License-Identifier: GPL-2.0-or-later
/* model/credits.c - which MessageIds a client may use, and how many it gets */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "credits.h"

/* [MS-SMB2] 3.3.5.3: a new connection has the one credit of its NEGOTIATE. */
void csrv_credits_init(struct csrv_credits *c)
{
	spin_lock_init(&c->lock);
	c->low = 0;
	c->high = 1;
	c->unused = 1;
	c->ring = sizeof(c->first) * BITS_PER_BYTE;
	c->max = c->ring / 2;
	c->used = c->first;
	bitmap_zero(c->used, c->ring);
}

void csrv_credits_done(struct csrv_credits *c)
{
	if (c->used != c->first)
		kvfree(c->used);
	c->used = c->first;
}

/**
 * csrv_credits_limit() - set how many credits a client may hold
 * @c: the window
 * @max: credits, 1 to 65535
 *
 * The window may span twice as many ids, so that one id left out does not stop a
 * busy client at once.  Called when NEGOTIATE has settled.
 *
 * Return: 0, or -ENOMEM and the limit is what it was.
 */
int csrv_credits_limit(struct csrv_credits *c, u32 max)
{
	u32 ring = roundup_pow_of_two(max * 2), i;
	unsigned long *used, *old = NULL;

	used = kvcalloc(BITS_TO_LONGS(ring), sizeof(long), GFP_KERNEL);
	if (!used)
		return -ENOMEM;
	spin_lock(&c->lock);
	if (ring <= c->ring) {
		c->max = max;
		spin_unlock(&c->lock);
		kvfree(used);
		return 0;
	}
	for (i = 0; i < c->high - c->low; i++)
		if (test_bit((c->low + i) % c->ring, c->used))
			__set_bit((c->low + i) % ring, used);
	if (c->used != c->first)
		old = c->used;
	c->used = used;
	c->ring = ring;
	c->max = max;
	spin_unlock(&c->lock);
	kvfree(old);
	return 0;
}

/**
 * csrv_credits_use() - take a request's ids out of the window
 * @c: the window
 * @id: MessageId
 * @charge: how many consecutive ids it takes, at least 1
 *
 * Return: false if one of them was not granted or was used before; the connection
 * must end ([MS-SMB2] 3.3.5.2.3).
 */
bool csrv_credits_use(struct csrv_credits *c, u64 id, u32 charge)
{
	bool ok = false;
	u32 i;

	spin_lock(&c->lock);
	if (id < c->low || id >= c->high || charge > c->high - id)
		goto out;
	for (i = 0; i < charge; i++)
		if (test_bit((id + i) % c->ring, c->used))
			goto out;
	for (i = 0; i < charge; i++)
		__set_bit((id + i) % c->ring, c->used);
	c->unused -= charge;
	while (c->low < c->high && __test_and_clear_bit(c->low % c->ring, c->used))
		c->low++;
	ok = true;
out:
	spin_unlock(&c->lock);
	return ok;
}

/**
 * csrv_credits_grant() - credits for a reply, [MS-SMB2] 3.3.1.2
 * @c: the window
 * @charge: what the request took
 * @wanted: CreditRequest
 *
 * A client always gets back at least one, and never holds more than the limit; a
 * window that one unused id keeps open does not grow beyond the ring.
 */
u16 csrv_credits_grant(struct csrv_credits *c, u32 charge, u32 wanted)
{
	u32 room, grant;

	spin_lock(&c->lock);
	room = c->unused < c->max ? c->max - c->unused : 0;
	room = min_t(u64, room, c->ring - (c->high - c->low));
	/* Whoever asks for fewer than it spent gives credits back, down to one. */
	grant = min_t(u32, max_t(u32, wanted, 1), room);
	grant = min_t(u32, grant, U16_MAX);
	c->high += grant;
	c->unused += grant;
	spin_unlock(&c->lock);
	return grant;
}
