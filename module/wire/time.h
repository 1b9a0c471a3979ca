/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/time.h - FILETIME, [MS-DTYP] 2.3.3: 100 ns since 1601-01-01 UTC */
#ifndef CIFSSRV_WIRE_TIME_H
#define CIFSSRV_WIRE_TIME_H

#include <linux/types.h>
#include <linux/limits.h>
#include <linux/math64.h>

#define FILETIME_PER_SEC	10000000ll
#define FILETIME_UNIX_SEC	11644473600ll		/* from 1601-01-01 to 1970-01-01 */
#define FILETIME_UNIX_EPOCH	(FILETIME_UNIX_SEC * FILETIME_PER_SEC)

/* FileBasicInformation, [MS-FSCC] 2.4.7: what a time in a SET may mean */
#define FILETIME_OMIT		0ull		/* leave this one as it is */
#define FILETIME_FREEZE		(~0ull)		/* -1: no longer updated by this handle's I/O */
#define FILETIME_THAW		(~0ull - 1)	/* -2: updated by this handle's I/O again */

/* True if a time in a SET is to be stored, and none of the three special values. */
static inline bool wire_filetime_is_set(u64 ft)
{
	return ft != FILETIME_OMIT && ft != FILETIME_FREEZE && ft != FILETIME_THAW;
}

/* True for values that FileBasicInformation must refuse: negative, but not -1 or -2. */
static inline bool wire_filetime_is_bad(u64 ft)
{
	return (s64)ft < -2;
}

/* Saturates at 0 (1601) and at the largest positive s64 (year 30828). */
static inline u64 wire_filetime(s64 sec, u32 nsec)
{
	if (sec < -FILETIME_UNIX_SEC)
		return 0;
	if (sec >= S64_MAX / FILETIME_PER_SEC - FILETIME_UNIX_SEC)
		return S64_MAX;
	return sec * FILETIME_PER_SEC + FILETIME_UNIX_EPOCH + nsec / 100;
}

/* @ft must not be special; what does not fit a positive s64 saturates there. */
static inline void wire_filetime_to_unix(u64 ft, s64 *sec, u32 *nsec)
{
	u32 ticks;

	if (ft > S64_MAX)
		ft = S64_MAX;
	/* unsigned: the remainder is never negative */
	*sec = (s64)div_u64_rem(ft, FILETIME_PER_SEC, &ticks) - FILETIME_UNIX_SEC;
	*nsec = ticks * 100;
}

#endif /* CIFSSRV_WIRE_TIME_H */
