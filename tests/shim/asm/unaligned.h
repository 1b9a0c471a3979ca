/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_UNALIGNED_H
#define SHIM_UNALIGNED_H

#include <endian.h>
#include <string.h>
#include <linux/types.h>

#define SHIM_UNALIGNED(order, n, get, put)					\
static inline u##n get_unaligned_##order##n(const void *p)			\
{ u##n v; memcpy(&v, p, sizeof(v)); return get(v); }				\
static inline void put_unaligned_##order##n(u##n v, void *p)			\
{ v = put(v); memcpy(p, &v, sizeof(v)); }

SHIM_UNALIGNED(le, 16, le16toh, htole16)
SHIM_UNALIGNED(le, 32, le32toh, htole32)
SHIM_UNALIGNED(le, 64, le64toh, htole64)
SHIM_UNALIGNED(be, 16, be16toh, htobe16)
SHIM_UNALIGNED(be, 32, be32toh, htobe32)
SHIM_UNALIGNED(be, 64, be64toh, htobe64)

#endif
