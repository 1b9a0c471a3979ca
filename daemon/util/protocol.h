/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/protocol.h - numbers of the protocol, for readers */
#ifndef CIFSSRVD_UTIL_PROTOCOL_H
#define CIFSSRVD_UTIL_PROTOCOL_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define FILETIME_EPOCH_DIFF	11644473600ull	/* seconds from 1601 to 1970, [MS-DTYP] 2.3.3 */
#define FILETIME_SECOND		10000000ull

/* Seconds since @filetime, which is not 0; 0 when that is in the future. */
static inline uint64_t filetime_age(uint64_t filetime)
{
	uint64_t then = filetime / FILETIME_SECOND;
	uint64_t now = (uint64_t)time(NULL) + FILETIME_EPOCH_DIFF;

	return then < now ? now - then : 0;
}

/*
 * "3.1.1" of a dialect, [MS-SMB2] 2.2.3 Dialects: three hexadecimal digits are the version.  ""
 * before one is negotiated.
 */
static inline const char *dialect_text(uint64_t dialect, char buf[16])
{
	unsigned int d = (unsigned int)dialect & 0xfff;

	if (!d)
		return "";
	if (d & 0xf)
		snprintf(buf, 16, "%u.%u.%u", d >> 8, d >> 4 & 0xf, d & 0xf);
	else
		snprintf(buf, 16, "%u.%u", d >> 8, d >> 4 & 0xf);
	return buf;
}

#endif /* CIFSSRVD_UTIL_PROTOCOL_H */
