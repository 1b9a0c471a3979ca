// SPDX-License-Identifier: GPL-2.0-or-later
/* store/acting.c - whose change it is, and what changes */
#include "acting.h"

/* FilterMatch of a change of a name */
u32 csrv_acts_name(bool is_dir)
{
	return is_dir ? FILE_NOTIFY_CHANGE_DIR_NAME : FILE_NOTIFY_CHANGE_FILE_NAME;
}

/**
 * csrv_acting_begin() - the current task is about to make a change for a client
 * @a: for csrv_acting_end()
 * @by: whose; lives as long
 * @what: csrv_actor.what
 *
 * Nests: the innermost counts.  Takes a spinlock of the table of actors.
 */
void csrv_acting_begin(struct csrv_acting *a, const struct csrv_changer *by, u32 what)
{
	csrv_actor_enter(&a->actor, by, what);
}

/**
 * csrv_acting_end() - the change has been made, or has failed
 * @a: of csrv_acting_begin(), by the same task
 *
 * Takes that spinlock.
 */
void csrv_acting_end(struct csrv_acting *a)
{
	csrv_actor_leave(&a->actor);
}
