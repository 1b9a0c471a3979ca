/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_MUTEX_H
#define SHIM_LINUX_MUTEX_H

#include <linux/spinlock.h>

/* As spinlocks: for programs with one thread. */
struct mutex {
	bool held;
};

static inline void mutex_init(struct mutex *m)
{
	m->held = false;
}

static inline void mutex_lock(struct mutex *m)
{
	assert(!m->held);
	m->held = true;
}

static inline void mutex_unlock(struct mutex *m)
{
	assert(m->held);
	m->held = false;
}

#endif
