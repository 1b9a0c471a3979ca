/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only for a delimiter of -1: the text is the address and nothing else. */
#ifndef SHIM_LINUX_INET_H
#define SHIM_LINUX_INET_H

#include <arpa/inet.h>
#include <string.h>

static inline int shim_pton(int family, const char *src, int len, unsigned char *dst)
{
	char text[64];

	if (len < 0 || len >= (int)sizeof(text))
		return 0;
	memcpy(text, src, len);
	text[len] = '\0';
	return inet_pton(family, text, dst) == 1;
}

static inline int in4_pton(const char *src, int len, unsigned char *dst, int delim,
			   const char **end)
{
	(void)delim;
	(void)end;
	return shim_pton(AF_INET, src, len, dst);
}

static inline int in6_pton(const char *src, int len, unsigned char *dst, int delim,
			   const char **end)
{
	(void)delim;
	(void)end;
	return shim_pton(AF_INET6, src, len, dst);
}

#endif
