/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/workqueue.h - a workqueue of the CPUs has to say so since 6.18 */
#ifndef CIFSSRV_COMPAT_WORKQUEUE_H
#define CIFSSRV_COMPAT_WORKQUEUE_H

#include <linux/version.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define COMPAT_WQ_PERCPU	WQ_PERCPU
#else
#define COMPAT_WQ_PERCPU	0
#endif

#endif /* CIFSSRV_COMPAT_WORKQUEUE_H */
