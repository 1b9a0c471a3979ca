/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/standing.h - how many requests stand on an object */
#ifndef CIFSSRV_CORE_STANDING_H
#define CIFSSRV_CORE_STANDING_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

/**
 * struct csrv_standers - requests on one open, tree connect or session that wait
 *	for room or for a worker (client/standers.h)
 * @n: how many; session->stand_lock, like @waiters
 * @waiters: csrv_stand_waiter.node
 */
struct csrv_standers {
	u32			n;
	struct list_head	waiters;
};

static inline void csrv_standers_init(struct csrv_standers *on)
{
	on->n = 0;
	INIT_LIST_HEAD(&on->waiters);
}

/* Without the lock: true or false a moment ago. */
static inline bool csrv_standers_any(const struct csrv_standers *on)
{
	return READ_ONCE(on->n);
}

#endif /* CIFSSRV_CORE_STANDING_H */
