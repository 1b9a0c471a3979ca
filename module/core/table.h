/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/table.h - objects by a 32-bit number, where there is mostly one of them
 *
 * A connection has a channel, its session a tree, and many sessions have one file open
 * at a time.  An xarray spends a node of 576 bytes on the first entry, and one more for
 * each six bits of its number; here the first entry lies in the table itself.
 */
#ifndef CIFSSRV_CORE_TABLE_H
#define CIFSSRV_CORE_TABLE_H

#include <linux/types.h>
#include <linux/xarray.h>

#include "../compat/context.h"

/*
 * The table of objects, by a 32-bit number.
 *
 * Its lock (csrv_table_lock()) guards all of it.  Adding may release the lock meanwhile, so a
 * caller that inserts under an id of its choice excludes other inserts of that id.
 */
struct csrv_table {
	struct xarray	more;		/* and its lock guards all below */
	/* an entry that is not in @more, or NULL */
	void		*one __guarded_by(&more.xa_lock);
	u32		one_id __guarded_by(&more.xa_lock);
	/* the last id that csrv_table_add_cyclic() has given out */
	u32		latest __guarded_by(&more.xa_lock);
};

void csrv_table_init(struct csrv_table *t);
void csrv_table_done(struct csrv_table *t);
int csrv_table_insert(struct csrv_table *t, u32 id, void *entry);
int csrv_table_add(struct csrv_table *t, void *entry, u32 *id);
int csrv_table_add_cyclic(struct csrv_table *t, void *entry, u32 *id);
void *csrv_table_erase(struct csrv_table *t, u32 id);
void *csrv_table_erase_locked(struct csrv_table *t, u32 id) __must_hold(&t->more.xa_lock);
void *csrv_table_pop(struct csrv_table *t);
bool csrv_table_erase_entry(struct csrv_table *t, u32 id, const void *entry);
void *csrv_table_peek_locked(struct csrv_table *t, u32 id) __must_hold(&t->more.xa_lock);
void *csrv_table_next_locked(struct csrv_table *t, unsigned long *index)
	__must_hold(&t->more.xa_lock);

static inline void csrv_table_lock(struct csrv_table *t) __acquires(&t->more.xa_lock)
{
	xa_lock(&t->more);
}

static inline void csrv_table_unlock(struct csrv_table *t) __releases(&t->more.xa_lock)
{
	xa_unlock(&t->more);
}

/* Without the lock: true or false a moment ago. */
static inline bool csrv_table_empty(const struct csrv_table *t)
{
	return !READ_ONCE(t->one) && xa_empty(&t->more);
}

#endif /* CIFSSRV_CORE_TABLE_H */
