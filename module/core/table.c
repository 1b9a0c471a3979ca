// SPDX-License-Identifier: GPL-2.0-or-later
/* core/table.c - objects by a 32-bit number, where there is mostly one of them */
#include <linux/limits.h>

#include "table.h"

#define TABLE_IDS	XA_LIMIT(1, U32_MAX - 1)

void csrv_table_init(struct csrv_table *t) __no_context_analysis
{
	xa_init_flags(&t->more, XA_FLAGS_ALLOC1);
	t->one = NULL;
	t->one_id = 0;
	t->latest = 0;
}

/* The table is empty. */
void csrv_table_done(struct csrv_table *t)
{
	xa_destroy(&t->more);
}

/* The entry with that id, or NULL; under the table's lock. */
void *csrv_table_peek_locked(struct csrv_table *t, u32 id)
{
	lockdep_assert_held(&t->more.xa_lock);
	return t->one && t->one_id == id ? t->one : xa_load(&t->more, id);
}

static bool take_slot(struct csrv_table *t, u32 id, void *entry) __must_hold(&t->more.xa_lock)
{
	lockdep_assert_held(&t->more.xa_lock);
	if (t->one)
		return false;
	t->one_id = id;
	WRITE_ONCE(t->one, entry);
	return true;
}

/* Return: 0; -EBUSY when @id has an entry; -ENOMEM. */
int csrv_table_insert(struct csrv_table *t, u32 id, void *entry)
{
	int err = 0;

	csrv_table_lock(t);
	if (csrv_table_peek_locked(t, id))
		err = -EBUSY;
	else if (!take_slot(t, id, entry))
		err = __xa_insert(&t->more, id, entry, GFP_KERNEL);
	csrv_table_unlock(t);
	return err;
}

/**
 * csrv_table_add() - insert under some free id
 * @t: the table, which is filled by this function alone
 * @entry: what to insert
 * @id: set to its id: a small one, 0 is possible
 *
 * Ids are used again at once.  Sleeps; takes the table's lock, and may release it meanwhile.
 * Return: 0, -EBUSY when there are no more ids, -ENOMEM.
 */
int csrv_table_add(struct csrv_table *t, void *entry, u32 *id)
{
	int err = 0;

	csrv_table_lock(t);
	*id = 0;		/* TABLE_IDS leaves 0 out */
	if (!take_slot(t, *id, entry))
		err = __xa_alloc(&t->more, id, entry, TABLE_IDS, GFP_KERNEL);
	csrv_table_unlock(t);
	return err;
}

static u32 id_after(u32 id)
{
	return id < U32_MAX - 1 ? id + 1 : 1;
}

/**
 * csrv_table_add_cyclic() - insert under an id that was not used for long
 * @t: the table
 * @entry: what to insert
 * @id: set to its id: neither 0 nor U32_MAX
 *
 * For a table of a size that is limited well below the number of ids.
 * Sleeps; takes the table's lock, and may release it meanwhile.
 * Return: 0, -ENOMEM.
 */
int csrv_table_add_cyclic(struct csrv_table *t, void *entry, u32 *id)
{
	int err = 0;

	csrv_table_lock(t);
	do {
		t->latest = id_after(t->latest);
	} while (csrv_table_peek_locked(t, t->latest));
	*id = t->latest;
	if (!take_slot(t, *id, entry))
		err = __xa_insert(&t->more, *id, entry, GFP_KERNEL);
	csrv_table_unlock(t);
	return err;
}

/* The entry that was removed from @id, or NULL; under the table's lock. */
void *csrv_table_erase_locked(struct csrv_table *t, u32 id)
{
	void *entry = t->one;

	lockdep_assert_held(&t->more.xa_lock);
	if (!entry || t->one_id != id)
		return __xa_erase(&t->more, id);
	WRITE_ONCE(t->one, NULL);
	return entry;
}

/* The entry that was removed from @id, or NULL. */
void *csrv_table_erase(struct csrv_table *t, u32 id)
{
	void *entry;

	csrv_table_lock(t);
	entry = csrv_table_erase_locked(t, id);
	csrv_table_unlock(t);
	return entry;
}

/* Remove any one entry; NULL: there is none. */
void *csrv_table_pop(struct csrv_table *t)
{
	unsigned long index = 0;
	void *entry;

	csrv_table_lock(t);
	entry = csrv_table_next_locked(t, &index);
	if (entry)
		csrv_table_erase_locked(t, index);
	csrv_table_unlock(t);
	return entry;
}

/* Remove @entry if it is the one at @id; true for the caller that has removed it. */
bool csrv_table_erase_entry(struct csrv_table *t, u32 id, const void *entry)
{
	bool mine;

	csrv_table_lock(t);
	mine = csrv_table_peek_locked(t, id) == entry;
	if (mine)
		csrv_table_erase_locked(t, id);
	csrv_table_unlock(t);
	return mine;
}

/**
 * csrv_table_next_locked() - the entry with the lowest id from @index on
 * @t: the table; locked
 * @index: where to look from; set to the id of what is found
 *
 * Return: the entry, or NULL after the last.
 */
void *csrv_table_next_locked(struct csrv_table *t, unsigned long *index)
{
	unsigned long at = *index;
	void *entry;

	lockdep_assert_held(&t->more.xa_lock);
	entry = xa_find(&t->more, &at, U32_MAX, XA_PRESENT);
	if (t->one && t->one_id >= *index && (!entry || t->one_id < at)) {
		at = t->one_id;
		entry = t->one;
	}
	*index = at;
	return entry;
}
