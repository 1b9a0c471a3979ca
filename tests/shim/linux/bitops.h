/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#include <stdbool.h>
#include <stddef.h>

#define BITS_PER_BYTE	8
#define BITS_PER_LONG	(8 * sizeof(long))
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

static inline bool test_bit(size_t n, const unsigned long *map)
{
	return map[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline void __set_bit(size_t n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= 1ul << n % BITS_PER_LONG;
}

static inline bool __test_and_clear_bit(size_t n, unsigned long *map)
{
	bool was = test_bit(n, map);

	map[n / BITS_PER_LONG] &= ~(1ul << n % BITS_PER_LONG);
	return was;
}

#endif
