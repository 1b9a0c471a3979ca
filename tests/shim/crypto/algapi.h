/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_CRYPTO_ALGAPI_H
#define SHIM_CRYPTO_ALGAPI_H

#include <string.h>

static inline unsigned long crypto_memneq(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) != 0;
}

#endif
