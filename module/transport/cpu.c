// SPDX-License-Identifier: GPL-2.0-or-later
/* transport/cpu.c - on which CPU to work */
#include <linux/cpumask.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>
#include <linux/topology.h>

#include "rx_sched.h"

/**
 * csrv_cpu_next() - where to work: round the CPUs of a node that are not set aside
 * @of: a CPU of the node; negative: of this one's
 * @after: the last answer
 * @but: preferably not this one
 *
 * Return: a CPU; this one if there is no other.
 */
int csrv_cpu_next(int of, int after, int but)
{
	const struct cpumask *mask = cpumask_of_node(of >= 0 ? cpu_to_node(of) : numa_node_id());
	int found = raw_smp_processor_id(), cpu = after, i;
	const struct cpumask *allowed;

	rcu_read_lock();	/* a change of the cpusets replaces the mask, and frees it */
	allowed = housekeeping_cpumask(HK_TYPE_DOMAIN);
	for (i = 0; i < 2 * nr_cpu_ids; i++) {
		cpu = cpumask_next_and(cpu, mask, cpu_online_mask);
		if (cpu >= nr_cpu_ids) {
			cpu = -1;
		} else if (cpu != but && cpumask_test_cpu(cpu, allowed)) {
			found = cpu;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}
