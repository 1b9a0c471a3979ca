/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/clock.h - times of parameters, in jiffies: no u32 overflows, whatever HZ is */
#ifndef CIFSSRV_BASE_CLOCK_H
#define CIFSSRV_BASE_CLOCK_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

static inline unsigned long csrv_secs(u64 secs)
{
	return min_t(u64, secs * HZ, MAX_JIFFY_OFFSET);
}

static inline unsigned long csrv_mins(u32 mins)
{
	return csrv_secs(60ull * mins);
}

#endif /* CIFSSRV_BASE_CLOCK_H */
