/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work items that are queued in the program's own order: the test is the workqueue. */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

#include <stdbool.h>

struct work_struct;
struct workqueue_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	bool pending;
};

#define INIT_WORK(w, f) (*(w) = (struct work_struct){ .func = (f) })
#define work_pending(w) ((w)->pending)

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
#endif
