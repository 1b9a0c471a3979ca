/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/acting.h - whose change it is, and what changes
 *
 * Every change that the room makes for a client through the VFS stands between csrv_acting_begin()
 * and csrv_acting_end(); those of a request that changes a file through an open, between
 * csrv_modify_begin() and csrv_modify_end(), which call them.  Code that watches directories
 * (vfs/watch.h) finds both by the task: csrv_acting_by(), and csrv_actor.what.
 */
#ifndef CIFSSRV_STORE_ACTING_H
#define CIFSSRV_STORE_ACTING_H

#include <linux/bits.h>
#include <linux/types.h>

#include "../vfs/actor.h"
#include "../wire/smb2/change_notify.h"
#include "changer.h"

/*
 * csrv_actor.what: the FILE_NOTIFY_CHANGE_* that [MS-FSA] has as FilterMatch for the change, where
 * it has the object store send a notification (2.1.4.1); and
 */
#define CSRV_ACTS_UNTOLD	BIT(31)	/* no notification: part of a change that has one */
#define CSRV_ACTS_UNLISTED	BIT(30)	/* those who know a listing need not learn of it yet */

/* On the stack of the function that makes the change. */
struct csrv_acting {
	struct csrv_actor	actor;
};

u32 csrv_acts_name(bool is_dir);
void csrv_acting_begin(struct csrv_acting *a, const struct csrv_changer *by, u32 what);
void csrv_acting_end(struct csrv_acting *a);

/* Whose change an event is; NULL: a local process's.  @actor: csrv_vfs_event.actor */
static inline const struct csrv_changer *csrv_acting_by(const struct csrv_actor *actor)
{
	return actor ? actor->by : NULL;
}

#endif /* CIFSSRV_STORE_ACTING_H */
