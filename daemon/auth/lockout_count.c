// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/lockout_count.c - see lockout_count.h */
#include "lockout_count.h"

#define UNLIMITED_LIMIT	10	/* counts wear off at this limit's speed when nothing is locked */

/* Microseconds in which one failure wears off. */
static uint64_t wear_time(const struct lockout_policy *p, unsigned int times)
{
	uint64_t limit = p->limit ? p->limit : UNLIMITED_LIMIT;
	uint64_t usec = p->lock_time * SECOND / (limit * times);

	return usec ? usec : 1;
}

uint32_t lockout_failures(const struct lockout_policy *p, const struct lockout_counter *c,
			  unsigned int times, uint64_t now)
{
	uint64_t gone = now > c->since ? (now - c->since) / wear_time(p, times) : 0;

	return gone < c->n ? c->n - (uint32_t)gone : 0;
}

bool lockout_is_locked(const struct lockout_counter *c, uint64_t now)
{
	return now < c->locked_until;
}

bool lockout_add(const struct lockout_policy *p, struct lockout_counter *c, unsigned int times,
		 uint64_t now, bool may_lock)
{
	uint32_t left = lockout_failures(p, c, times, now);

	/* An interval in progress counts on. */
	c->since = left ? c->since + (c->n - left) * wear_time(p, times) : now;
	c->n = left + 1;
	if (!may_lock || !p->limit || c->n < (uint64_t)p->limit * times)
		return false;
	c->locked_until = now + p->lock_time * SECOND;
	return true;
}

void lockout_forgive(const struct lockout_policy *p, struct lockout_counter *c, unsigned int times,
		     uint32_t n, uint64_t now)
{
	uint32_t left = lockout_failures(p, c, times, now);

	c->since = left ? c->since + (c->n - left) * wear_time(p, times) : now;
	c->n = left > n ? left - n : 0;
}

uint64_t lockout_delay(const struct lockout_policy *p, const struct lockout_counter *c,
		       unsigned int times, uint64_t now, uint64_t most)
{
	uint32_t n = lockout_failures(p, c, times, now) / times;
	uint64_t usec = p->delay * SECOND;

	if (n < LOCKOUT_FREE || !usec)
		return 0;
	if (p->longest && most > p->longest * SECOND)
		most = p->longest * SECOND;
	for (n -= LOCKOUT_FREE; n && usec < most; n--)
		usec *= 2;
	return usec < most ? usec : most;
}

bool lockout_is_lesser(const struct lockout_policy *p, const struct lockout_counter *a,
		       const struct lockout_counter *b, unsigned int times, uint64_t now)
{
	uint32_t n = lockout_failures(p, a, times, now), m = lockout_failures(p, b, times, now);

	if (lockout_is_locked(a, now) != lockout_is_locked(b, now))
		return lockout_is_locked(b, now);
	return n != m ? n < m : a->since < b->since;
}
