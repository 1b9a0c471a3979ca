/* SPDX-License-Identifier: GPL-2.0-or-later */
/* auth/lockout_count.h - one counter of failed logons, which wears off */
#ifndef CIFSSRVD_AUTH_LOCKOUT_COUNT_H
#define CIFSSRVD_AUTH_LOCKOUT_COUNT_H

#include "lockout.h"

#define SECOND		1000000ull

/* Failures of one kind; all zero: none. */
struct lockout_counter {
	uint32_t n;
	uint64_t since;		/* when the last of them wore off, or the first was counted */
	uint64_t locked_until;
};

/* For all of these: the limit is @times that of the policy, @now are monotonic microseconds. */

/* Failures that have not worn off. */
uint32_t lockout_failures(const struct lockout_policy *p, const struct lockout_counter *c,
			  unsigned int times, uint64_t now);

bool lockout_is_locked(const struct lockout_counter *c, uint64_t now);

/* Adds a failure.  True when that locks the counter. */
bool lockout_add(const struct lockout_policy *p, struct lockout_counter *c, unsigned int times,
		 uint64_t now, bool may_lock);

/* Takes @n failures off. */
void lockout_forgive(const struct lockout_policy *p, struct lockout_counter *c, unsigned int times,
		     uint32_t n, uint64_t now);

/* Microseconds that an answer is delayed for the failures, never more than @most. */
uint64_t lockout_delay(const struct lockout_policy *p, const struct lockout_counter *c,
		       unsigned int times, uint64_t now, uint64_t most);

/* Is @a dropped before @b: not locked, fewer failures, or older ones? */
bool lockout_is_lesser(const struct lockout_policy *p, const struct lockout_counter *a,
		       const struct lockout_counter *b, unsigned int times, uint64_t now);

#endif /* CIFSSRVD_AUTH_LOCKOUT_COUNT_H */
