/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat/workqueue.h - since 6.18 a workqueue of the CPUs needs WQ_PERCPU; since 6.9 max_active of
 * an unbound one is for all NUMA nodes together, before that it was for each of them
 */
#ifndef CIFSSRV_COMPAT_WORKQUEUE_H
#define CIFSSRV_COMPAT_WORKQUEUE_H

#include <linux/cpumask.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/sched/isolation.h>
#include <linux/topology.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define COMPAT_WQ_PERCPU	WQ_PERCPU
#else
#define COMPAT_WQ_PERCPU	0
#endif

/* Items that an unbound workqueue of @max_active runs at least on each node with CPUs. */
static inline u32 compat_wq_of_node(u32 max_active)
{
	u32 least = max_active;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	const struct cpumask *hk = housekeeping_cpumask(HK_TYPE_DOMAIN);
	u32 cpus, all = cpumask_weight_and(hk, cpu_online_mask);
	int node, cpu;

	for_each_node_with_cpus(node) {
		cpus = 0;
		for_each_cpu_and(cpu, cpumask_of_node(node), hk)
			cpus += cpu_online(cpu);
		if (cpus)
			least = min(least, max_active * cpus / all);
	}
#endif
	return max(least, 1u);
}

#endif /* CIFSSRV_COMPAT_WORKQUEUE_H */
