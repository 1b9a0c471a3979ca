/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_OVERFLOW_H
#define SHIM_LINUX_OVERFLOW_H

#include <stddef.h>

#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)

static inline size_t size_add(size_t a, size_t b)
{
	return __builtin_add_overflow(a, b, &a) ? (size_t)-1 : a;
}

static inline size_t array_size(size_t n, size_t size)
{
	return __builtin_mul_overflow(n, size, &n) ? (size_t)-1 : n;
}

#define struct_size(p, member, n) (sizeof(*(p)) + sizeof(*(p)->member) * (n))

#endif
