// SPDX-License-Identifier: GPL-2.0-or-later
/* vfs/actor.c - what the current task changes on behalf of a client */
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "../compat/context.h"
#include "actor.h"

#define ACTOR_BITS	6

struct actor_bucket {
	spinlock_t		lock;	/* guards the other member */
	struct hlist_head	head __guarded_by(&lock);
} ____cacheline_aligned_in_smp;

/* Entries are on the stacks of running tasks: the table is empty when none runs. */
static struct actor_bucket actors[1 << ACTOR_BITS] = {
	[0 ... (1 << ACTOR_BITS) - 1] = { .lock = __SPIN_LOCK_UNLOCKED(actors.lock) },
};

static struct actor_bucket *bucket_of(const struct task_struct *task)
{
	return &actors[hash_ptr(task, ACTOR_BITS)];
}

/**
 * csrv_actor_enter() - the current task is going to make a change
 * @actor: filled in; lives until csrv_actor_leave()
 * @by: see struct csrv_actor; lives as long
 * @what: likewise
 *
 * Nests: the innermost counts.  Takes a spinlock of its own.
 */
void csrv_actor_enter(struct csrv_actor *actor, const void *by, u32 what)
{
	struct actor_bucket *b = bucket_of(current);

	actor->task = current;
	actor->by = by;
	actor->what = what;
	spin_lock(&b->lock);
	hlist_add_head(&actor->node, &b->head);
	spin_unlock(&b->lock);
}

/**
 * csrv_actor_leave() - the change has been made, or has failed
 * @actor: of csrv_actor_enter(), by the same task
 */
void csrv_actor_leave(struct csrv_actor *actor)
{
	struct actor_bucket *b = bucket_of(actor->task);

	WARN_ON_ONCE(actor->task != current);
	spin_lock(&b->lock);
	hlist_del(&actor->node);
	spin_unlock(&b->lock);
}

/**
 * csrv_actor_current() - what the current task is making
 *
 * Return: the innermost; NULL: the current task makes no change for a client.  Only the task itself
 * ends it, so it lives until the caller returns.  Takes a spinlock of its own; never sleeps.
 */
const struct csrv_actor *csrv_actor_current(void)
{
	struct actor_bucket *b = bucket_of(current);
	struct csrv_actor *actor, *found = NULL;

	spin_lock(&b->lock);
	hlist_for_each_entry(actor, &b->head, node)
		if (actor->task == current) {
			found = actor;
			break;
		}
	spin_unlock(&b->lock);
	return found;
}
