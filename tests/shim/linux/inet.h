/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only for a delimiter of -1.  That means what it does in the kernel: the address ends at the first
 * character that can be no part of one, and @end says where.
 */
#ifndef SHIM_LINUX_INET_H
#define SHIM_LINUX_INET_H

#include <arpa/inet.h>
#include <string.h>

static inline int shim_pton(int family, const char *src, int len, unsigned char *dst,
			    const char *letters, const char **end)
{
	char text[64];
	size_t n = 0;

	if (len < 0)
		len = strlen(src);
	while (n < (size_t)len && n < sizeof(text) - 1 && strchr(letters, src[n])) {
		text[n] = src[n];
		n++;
	}
	text[n] = '\0';
	if (end)
		*end = src + n;
	return inet_pton(family, text, dst) == 1;
}

static inline int in4_pton(const char *src, int len, unsigned char *dst, int delim,
			   const char **end)
{
	(void)delim;
	return shim_pton(AF_INET, src, len, dst, "0123456789.", end);
}

static inline int in6_pton(const char *src, int len, unsigned char *dst, int delim,
			   const char **end)
{
	(void)delim;
	return shim_pton(AF_INET6, src, len, dst, "0123456789abcdefABCDEF:.", end);
}

#endif
