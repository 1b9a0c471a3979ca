/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>

typedef struct { long v; } atomic_long_t;

static inline long atomic_long_read(const atomic_long_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_SEQ_CST);
}

static inline long atomic_long_add_return(long n, atomic_long_t *a)
{
	return __atomic_add_fetch(&a->v, n, __ATOMIC_SEQ_CST);
}

static inline long atomic_long_sub_return(long n, atomic_long_t *a)
{
	return __atomic_sub_fetch(&a->v, n, __ATOMIC_SEQ_CST);
}

static inline void atomic_long_add(long n, atomic_long_t *a)
{
	atomic_long_add_return(n, a);
}

static inline void atomic_long_sub(long n, atomic_long_t *a)
{
	atomic_long_sub_return(n, a);
}

static inline int atomic_long_try_cmpxchg(atomic_long_t *a, long *old, long new)
{
	return __atomic_compare_exchange_n(&a->v, old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

#endif
