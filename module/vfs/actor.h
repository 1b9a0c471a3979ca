/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/actor.h - what the current task changes on behalf of a client
 *
 * The kernel reports a change (fsnotify, leases) in the context of the task that makes it, and says
 * little of it.  A task that makes a change for a client says more beforehand: whose change it is,
 * and what exactly changes.  Code that is called back finds this by the current task.
 */
#ifndef CIFSSRV_VFS_ACTOR_H
#define CIFSSRV_VFS_ACTOR_H

#include <linux/list.h>
#include <linux/types.h>

struct task_struct;

/**
 * struct csrv_actor - on the stack of a task, between csrv_actor_enter() and csrv_actor_leave()
 * @node: of the table of actors
 * @task: the current one
 * @by: whose change it is; the caller's own terms, unknown to vfs/.  Or NULL
 * @what: what exactly changes; the caller's own bits.  0: as the kernel reports it
 */
struct csrv_actor {
	struct hlist_node	node;
	struct task_struct	*task;
	const void		*by;
	u32			what;
};

void csrv_actor_enter(struct csrv_actor *actor, const void *by, u32 what);
void csrv_actor_leave(struct csrv_actor *actor);
const struct csrv_actor *csrv_actor_current(void);

#endif /* CIFSSRV_VFS_ACTOR_H */
