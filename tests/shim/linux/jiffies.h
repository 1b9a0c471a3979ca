/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_JIFFIES_H
#define SHIM_LINUX_JIFFIES_H

#include <limits.h>

#define HZ			1000
#define MAX_JIFFY_OFFSET	((LONG_MAX >> 1) - 1)
#define time_before(a, b)	((long)((a) - (b)) < 0)

extern unsigned long jiffies;	/* of the program that wants a clock */

#endif
