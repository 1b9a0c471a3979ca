/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks for programs with one thread: they only notice what is locked twice. */
#ifndef SHIM_LINUX_SPINLOCK_H
#define SHIM_LINUX_SPINLOCK_H

#include <assert.h>
#include <stdbool.h>

typedef struct { bool held; } spinlock_t;

static inline void spin_lock_init(spinlock_t *l)
{
	l->held = false;
}

static inline void spin_lock(spinlock_t *l)
{
	assert(!l->held);
	l->held = true;
}

static inline void spin_unlock(spinlock_t *l)
{
	assert(l->held);
	l->held = false;
}

#define spin_lock_irq(l) spin_lock(l)
#define spin_unlock_irq(l) spin_unlock(l)
#define spin_lock_irqsave(l, flags) ((flags) = 0, spin_lock(l))
#define spin_unlock_irqrestore(l, flags) ((void)(flags), spin_unlock(l))

#define lockdep_assert_held(l) assert((l)->held)
#define might_lock(l) assert(!(l)->held)

#endif
