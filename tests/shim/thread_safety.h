/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shim/thread_safety.h - the kernel's locks, as clang's thread-safety analysis sees them
 *
 * `make lint` (check "locks") has clang read model/, dispatch/ and the other rooms against Debian's
 * kernel headers, with this file included first.  It gives the lock types and functions of the
 * kernel the attributes that Linux has of its own from 7.0 on (CONFIG_WARN_CONTEXT_ANALYSIS), and
 * __guarded_by() and __must_hold() their meaning.
 *
 * clang checks __must_hold(&file->lock) for the very object.  __guarded_by(&lock) of a member is
 * checked for the type: the analysis of C takes the lock of another object of the same type too;
 * so it is with __guarded_by(&file->lock), where the lock is another object's than the member.
 * rwlock_t has no tag that could be declared in advance and is not checked; nor is RCU.
 */
#ifndef CIFSSRV_SHIM_THREAD_SAFETY_H
#define CIFSSRV_SHIM_THREAD_SAFETY_H

#define TS(...) __attribute__((__VA_ARGS__))

struct TS(capability("mutex")) mutex;
struct TS(capability("spinlock")) spinlock;
struct TS(capability("rwsem")) rw_semaphore;

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#undef __guarded_by
#undef __must_hold
#undef __acquires
#undef __releases
#undef __no_context_analysis
#define __guarded_by(x)		TS(guarded_by(x))
#define __must_hold(x)		TS(requires_capability(x))
#define __acquires(x)		TS(acquire_capability(x))
#define __releases(x)		TS(release_capability(x))
#define __no_context_analysis	TS(no_thread_safety_analysis)

static inline void spin_lock(spinlock_t *lock) TS(acquire_capability(lock));
static inline void spin_lock_bh(spinlock_t *lock) TS(acquire_capability(lock));
static inline void spin_lock_irq(spinlock_t *lock) TS(acquire_capability(lock));
static inline int spin_trylock(spinlock_t *lock) TS(try_acquire_capability(1, lock));
static inline void spin_unlock(spinlock_t *lock) TS(release_capability(lock));
static inline void spin_unlock_bh(spinlock_t *lock) TS(release_capability(lock));
static inline void spin_unlock_irq(spinlock_t *lock) TS(release_capability(lock));
static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
	TS(release_capability(lock));

unsigned long ts_lock_irqsave(spinlock_t *lock) TS(acquire_capability(lock));
#undef spin_lock_irqsave
#define spin_lock_irqsave(lock, flags)	((flags) = ts_lock_irqsave(lock))
#undef spin_lock_nested
#define spin_lock_nested(lock, subclass) spin_lock(lock)

#undef mutex_lock
#undef mutex_lock_nested
#undef mutex_lock_interruptible
#undef mutex_lock_killable
extern void mutex_lock(struct mutex *lock) TS(acquire_capability(lock));
extern int mutex_lock_interruptible(struct mutex *lock) TS(try_acquire_capability(0, lock));
extern int mutex_lock_killable(struct mutex *lock) TS(try_acquire_capability(0, lock));
extern int mutex_trylock(struct mutex *lock) TS(try_acquire_capability(1, lock));
extern void mutex_unlock(struct mutex *lock) TS(release_capability(lock));
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)

extern void down_read(struct rw_semaphore *sem) TS(acquire_shared_capability(sem));
extern void up_read(struct rw_semaphore *sem) TS(release_shared_capability(sem));
extern void down_write(struct rw_semaphore *sem) TS(acquire_capability(sem));
extern void up_write(struct rw_semaphore *sem) TS(release_capability(sem));

TS(overloadable) void ts_assert_held(const struct spinlock *lock) TS(assert_capability(lock));
TS(overloadable) void ts_assert_held(const struct mutex *lock) TS(assert_capability(lock));
TS(overloadable) void ts_assert_held(const struct rw_semaphore *sem) TS(assert_capability(sem));
TS(overloadable) void ts_assert_held_read(const struct rw_semaphore *sem)
	TS(assert_shared_capability(sem));
#undef lockdep_assert_held
#undef lockdep_assert_held_read
#define lockdep_assert_held(l)		ts_assert_held(l)
#define lockdep_assert_held_read(l)	ts_assert_held_read(l)

/* Whoever makes a lock has it: nobody else knows the object yet. */
#undef mutex_init
#undef spin_lock_init
#undef init_rwsem
#define mutex_init(lock)	ts_assert_held(lock)
#define spin_lock_init(lock)	ts_assert_held(lock)
#define init_rwsem(sem)		ts_assert_held(sem)

/* It may have taken a spinlock that unlock_sock_fast() gives back. */
#include <net/sock.h>
#undef unlock_sock_fast
#define unlock_sock_fast(sk, slow)	((void)(slow))

/* The variable is only a key here. */
#include <linux/wait_bit.h>
#undef wait_var_event
#undef wake_up_var
#define wait_var_event(var, condition)	((void)0)
#define wake_up_var(var)		((void)0)

/* A read that is marked as one without the lock is one on purpose. */
#define TS_UNSAFE(expr) ({							\
	_Pragma("clang diagnostic push")					\
	_Pragma("clang diagnostic ignored \"-Wthread-safety\"")			\
	_Pragma("clang diagnostic ignored \"-Wthread-safety-pointer\"")		\
	__auto_type __ts_val = (expr);						\
	_Pragma("clang diagnostic pop")						\
	__ts_val;								\
})
#undef READ_ONCE
#undef smp_load_acquire
#undef data_race
#define READ_ONCE(x)		TS_UNSAFE(*(const volatile typeof(x) *)&(x))
#define smp_load_acquire(p)	TS_UNSAFE(*(p))
#define data_race(expr)		TS_UNSAFE(expr)

#endif /* CIFSSRV_SHIM_THREAD_SAFETY_H */
