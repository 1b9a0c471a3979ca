/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_TIME64_H
#define SHIM_LINUX_TIME64_H

#include <stdbool.h>
#include <stdint.h>

struct timespec64 {
	int64_t	tv_sec;
	long	tv_nsec;
};

static inline int timespec64_equal(const struct timespec64 *a, const struct timespec64 *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

#endif
