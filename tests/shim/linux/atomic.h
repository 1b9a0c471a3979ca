/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>

#define smp_mb__before_atomic() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_mb__after_atomic() __atomic_thread_fence(__ATOMIC_SEQ_CST)

typedef struct { long v; } atomic_long_t;
typedef struct { long long v; } atomic64_t;

static inline long long atomic64_read(const atomic64_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_RELAXED);
}

static inline long long atomic64_read_acquire(const atomic64_t *a)
{
	return __atomic_load_n(&a->v, __ATOMIC_ACQUIRE);
}

static inline void atomic64_add(long long n, atomic64_t *a)
{
	__atomic_add_fetch(&a->v, n, __ATOMIC_RELAXED);
}

static inline void atomic64_dec(atomic64_t *a)
{
	__atomic_sub_fetch(&a->v, 1, __ATOMIC_RELAXED);
}

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

typedef struct { int v; } atomic_t;

static inline void atomic_set(atomic_t *a, int n)
{
	__atomic_store_n(&a->v, n, __ATOMIC_RELAXED);
}

static inline void atomic_set_release(atomic_t *a, int n)
{
	__atomic_store_n(&a->v, n, __ATOMIC_RELEASE);
}

static inline int atomic_dec_return_release(atomic_t *a)
{
	return __atomic_sub_fetch(&a->v, 1, __ATOMIC_RELEASE);
}

static inline int atomic_cmpxchg_acquire(atomic_t *a, int old, int new)
{
	__atomic_compare_exchange_n(&a->v, &old, new, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
	return old;
}

static inline _Bool atomic_inc_unless_negative(atomic_t *a)
{
	int old = __atomic_load_n(&a->v, __ATOMIC_RELAXED);

	while (old >= 0) {
		if (__atomic_compare_exchange_n(&a->v, &old, old + 1, 0, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			return 1;
	}
	return 0;
}

static inline void atomic64_set(atomic64_t *a, long n)
{
	__atomic_store_n(&a->v, n, __ATOMIC_RELAXED);
}

static inline long atomic64_inc_return(atomic64_t *a)
{
	return __atomic_add_fetch(&a->v, 1, __ATOMIC_SEQ_CST);
}

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)

/* Of pointers. */
#define cmpxchg(p, old, new) ({							\
	__typeof__(*(p)) _old = (old);						\
	__atomic_compare_exchange_n(p, &_old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	_old;									\
})

#endif
