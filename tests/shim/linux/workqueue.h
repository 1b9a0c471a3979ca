/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_WORKQUEUE_H
#define SHIM_LINUX_WORKQUEUE_H

/* Members of objects; nothing is queued in user space. */
struct work_struct {
	void (*func)(struct work_struct *work);
};

struct workqueue_struct;

#endif
