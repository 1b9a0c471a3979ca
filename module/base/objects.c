// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base/objects.c - count created and destroyed objects of each kind
 */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/wait.h>

#include "log.h"
#include "objects.h"

/*
 * Per CPU, because two connections on two CPUs must not write the same cache line for each of their
 * requests. An object may be destroyed on another CPU than it was created on: only the sums mean
 * something.
 */
struct object_counts {
	u64 created[CSRV_OBJ_KINDS];
	u64 destroyed[CSRV_OBJ_KINDS];
};

static DEFINE_PER_CPU(struct object_counts, counts);
static DECLARE_WAIT_QUEUE_HEAD(zero_wait);
static struct kmem_cache *caches[CSRV_OBJ_KINDS];

static const char * const names[CSRV_OBJ_KINDS] = {
	[CSRV_OBJ_LISTENER]	= "listeners",
	[CSRV_OBJ_XPRT]		= "transports",
	[CSRV_OBJ_ACCOUNT]	= "accounts",
	[CSRV_OBJ_CONN]		= "connections",
	[CSRV_OBJ_SESSION]	= "sessions",
	[CSRV_OBJ_CHANNEL]	= "channels",
	[CSRV_OBJ_LOGON]	= "logons",
	[CSRV_OBJ_IDENTITY]	= "identities",
	[CSRV_OBJ_SHARE]	= "shares",
	[CSRV_OBJ_USER]		= "users",
	[CSRV_OBJ_TREE]		= "trees",
	[CSRV_OBJ_RIGHTS]	= "rights",
	[CSRV_OBJ_DIR]		= "directories",
	[CSRV_OBJ_FILE]		= "files",
	[CSRV_OBJ_STREAM]	= "streams",
	[CSRV_OBJ_LEASE]	= "leases",
	[CSRV_OBJ_DIRWATCH]	= "dirwatches",
	[CSRV_OBJ_DURABLE]	= "durables",
	[CSRV_OBJ_OPEN]		= "opens",
	[CSRV_OBJ_PIPE]		= "pipes",
	[CSRV_OBJ_WATCH]	= "watches",
	[CSRV_OBJ_END]		= "ends",
	[CSRV_OBJ_REQ]		= "requests",
	[CSRV_OBJ_UPCALL]	= "upcalls",
};

void csrv_object_created(enum csrv_object_kind kind)
{
	this_cpu_inc(counts.created[kind]);
}

/*
 * Once the last object is counted, csrv_objects_wait_zero() may return and the
 * module go away. Not being preempted here is what its synchronize_rcu() waits
 * for, so the wake-up never runs in freed memory.
 */
void csrv_object_destroyed(enum csrv_object_kind kind)
{
	preempt_disable();
	this_cpu_inc(counts.destroyed[kind]);
	/* no barrier: a wake-up that is missed costs the waiter a tenth of a second */
	if (unlikely(waitqueue_active(&zero_wait)))
		wake_up(&zero_wait);
	preempt_enable();
}

int csrv_object_cache(enum csrv_object_kind kind, size_t size)
{
	char name[32];

	snprintf(name, sizeof(name), "cifssrv_%s", names[kind]);
	caches[kind] = kmem_cache_create(name, size, 0, 0, NULL);
	return caches[kind] ? 0 : -ENOMEM;
}

void csrv_object_caches_destroy(void)
{
	int kind;

	for (kind = 0; kind < CSRV_OBJ_KINDS; kind++) {
		kmem_cache_destroy(caches[kind]);
		caches[kind] = NULL;
	}
}

void *csrv_object_zalloc(enum csrv_object_kind kind)
{
	void *object = kmem_cache_zalloc(caches[kind], GFP_KERNEL);

	if (object)
		csrv_object_created(kind);
	return object;
}

/* Counted last: once no object is left, the cache may be destroyed. */
void csrv_object_free(enum csrv_object_kind kind, void *object)
{
	kmem_cache_free(caches[kind], object);
	csrv_object_destroyed(kind);
}

const char *csrv_object_name(enum csrv_object_kind kind)
{
	return (unsigned int)kind < CSRV_OBJ_KINDS ? names[kind] : NULL;
}

void csrv_object_counts(enum csrv_object_kind kind, u64 *created, u64 *destroyed)
{
	u64 made = 0, ended = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		ended += READ_ONCE(per_cpu(counts, cpu).destroyed[kind]);
	/*
	 * Read destroyed before created: every object that was seen destroyed was created before
	 * that, as the object was passed on through a barrier.
	 */
	smp_rmb();
	for_each_possible_cpu(cpu)
		made += READ_ONCE(per_cpu(counts, cpu).created[kind]);
	*created = made;
	*destroyed = ended;
}

ssize_t csrv_object_show(enum csrv_object_kind kind, char *page)
{
	u64 created, destroyed;

	csrv_object_counts(kind, &created, &destroyed);
	return sysfs_emit(page, "%llu %llu\n", created, destroyed);
}

/* All kinds together. */
static u64 objects_live(void)
{
	u64 created, destroyed, live = 0;
	int kind;

	for (kind = 0; kind < CSRV_OBJ_KINDS; kind++) {
		csrv_object_counts(kind, &created, &destroyed);
		live += created - destroyed;
	}
	return live;
}

static void say_what_lives(void)
{
	u64 created, destroyed;
	int kind;

	for (kind = 0; kind < CSRV_OBJ_KINDS; kind++) {
		csrv_object_counts(kind, &created, &destroyed);
		if (created != destroyed)
			csrv_warn("waiting for %llu %s to end\n", created - destroyed, names[kind]);
	}
}

void csrv_objects_wait_zero(void)
{
	unsigned int rounds = 0;

	while (!wait_event_timeout(zero_wait, !objects_live(), HZ / 10)) {
		if (++rounds % 100 == 0)
			say_what_lives();
	}
	synchronize_rcu();
}
