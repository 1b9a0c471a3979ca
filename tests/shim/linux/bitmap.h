/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_BITMAP_H
#define SHIM_LINUX_BITMAP_H

#include <string.h>

#include <linux/bitops.h>

static inline void bitmap_zero(unsigned long *map, size_t bits)
{
	memset(map, 0, BITS_TO_LONGS(bits) * sizeof(long));
}

#endif
