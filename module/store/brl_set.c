// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/brl_set.c - which byte-range locks conflict, [MS-FSA] 2.1.4.10
 *
 * A range runs from its offset to offset + length - 1, both included, and two overlap if
 * neither ends before the other begins.  That holds for a range of length 0 too, which ends
 * before it begins: it overlaps the ranges that it is strictly inside of, and no others.  Only at
 * offset 0 there is nothing before it: {0, 0} conflicts with no lock and is in no tree.
 *
 * Exclusive locks overlap no other exclusive lock, of whichever open; so those that a range
 * overlaps are next to each other in their tree.  A shared lock may overlap exclusive ones of
 * its own open, even thousands of them: each part of the tree has a mark whether it belongs to one
 * open, and such a part is skipped as a whole.
 */
#include <linux/kernel.h>
#include <linux/list_sort.h>
#include <linux/rbtree_augmented.h>

#include "brl_set.h"

#define lock_of(n)	rb_entry(n, struct csrv_lock, rb)
#define mine_of(n)	rb_entry(n, struct csrv_lock, mine)

static void sub_add(struct csrv_lock *l, const struct rb_node *child)
{
	const struct csrv_lock *c;

	if (!child)
		return;
	c = lock_of(child);
	if (c->sub.last > l->sub.last)
		l->sub.last = c->sub.last;
	if (c->sub.owner != l->sub.owner)
		l->sub.owner = NULL;
}

/* Compute @l->sub from its children; true if it has not changed. */
static bool sub_compute(struct csrv_lock *l, bool exit)
{
	const u64 last = l->sub.last;
	const struct csrv_brl_owner *owner = l->sub.owner;

	l->sub.last = l->last;
	l->sub.owner = l->owner;
	sub_add(l, l->rb.rb_left);
	sub_add(l, l->rb.rb_right);
	return exit && l->sub.last == last && l->sub.owner == owner;
}

RB_DECLARE_CALLBACKS(static, sub_callbacks, struct csrv_lock, rb, sub, sub_compute)

void csrv_brl_set_init(struct csrv_brl_set *set)
{
	set->shared = RB_ROOT;
	set->exclusive = RB_ROOT;
	INIT_LIST_HEAD(&set->retry);
}

void csrv_brl_owner_init(struct csrv_brl_owner *owner)
{
	owner->locks = RB_ROOT;
	INIT_LIST_HEAD(&owner->waiters);
}

/* @r does not wrap: [MS-FSA] 2.1.5.8 refuses that. */
void csrv_brl_lock_init(struct csrv_lock *l, struct csrv_brl_owner *owner,
			const struct csrv_range *r)
{
	l->owner = owner;
	l->start = r->start;
	l->last = r->start + r->len - 1;
	l->exclusive = r->exclusive;
	INIT_LIST_HEAD(&l->waiters);
}

static bool nowhere(u64 start, u64 last)
{
	return !start && last == U64_MAX;	/* {0, 0}; no length reaches from 0 that far */
}

/* ---- look-up ---- */

/* The first lock in the order of the tree that does not end before @start. */
static struct csrv_lock *first_from(const struct rb_root *root, u64 start)
{
	struct rb_node *n = root->rb_node;

	while (n) {
		if (n->rb_left && lock_of(n->rb_left)->sub.last >= start) {
			n = n->rb_left;
			continue;
		}
		if (lock_of(n)->last >= start)
			return lock_of(n);
		n = n->rb_right;
	}
	return NULL;
}

static bool all_of(const struct rb_node *n, const struct csrv_brl_owner *owner)
{
	return !n || lock_of(n)->sub.owner == owner;
}

/* The first lock below @n that is not @owner's; there is one. */
static struct csrv_lock *foreign_below(struct rb_node *n, const struct csrv_brl_owner *owner)
{
	for (;;) {
		if (!all_of(n->rb_left, owner)) {
			n = n->rb_left;
			continue;
		}
		if (lock_of(n)->owner != owner)
			return lock_of(n);
		n = n->rb_right;
	}
}

/* The first lock after @l that is not @owner's, or NULL. */
static struct csrv_lock *foreign_after(struct csrv_lock *l, const struct csrv_brl_owner *owner)
{
	struct rb_node *n = &l->rb, *parent;

	if (!all_of(n->rb_right, owner))
		return foreign_below(n->rb_right, owner);
	for (; (parent = rb_parent(n)); n = parent) {
		if (n != parent->rb_left)
			continue;
		if (lock_of(parent)->owner != owner)
			return lock_of(parent);
		if (!all_of(parent->rb_right, owner))
			return foreign_below(parent->rb_right, owner);
	}
	return NULL;
}

/* An exclusive lock that overlaps, of any owner or of any but @owner. */
static struct csrv_lock *exclusive_over(const struct csrv_brl_set *set, u64 start, u64 last,
					const struct csrv_brl_owner *owner)
{
	struct csrv_lock *l = first_from(&set->exclusive, start);

	if (l && owner && l->owner == owner)
		l = foreign_after(l, owner);
	return l && l->start <= last ? l : NULL;
}

static struct csrv_lock *shared_over(const struct csrv_brl_set *set, u64 start, u64 last)
{
	struct csrv_lock *l = first_from(&set->shared, start);

	return l && l->start <= last ? l : NULL;
}

/**
 * csrv_brl_blocker() - what keeps a lock from being granted
 * @set: of the stream
 * @l: csrv_brl_lock_init(), not granted
 *
 * An exclusive lock conflicts with every other, but for a shared one of the same open; a shared one
 * with every exclusive one.  file->lock is held.
 * Return: a lock that conflicts, or NULL.
 */
struct csrv_lock *csrv_brl_blocker(const struct csrv_brl_set *set, const struct csrv_lock *l)
{
	struct csrv_lock *b;

	if (nowhere(l->start, l->last))
		return NULL;
	b = exclusive_over(set, l->start, l->last, l->exclusive ? NULL : l->owner);
	if (!b && l->exclusive)
		b = shared_over(set, l->start, l->last);
	return b;
}

/**
 * csrv_brl_io_blocked() - may these bytes be read, or written
 * @set: of the stream
 * @owner: the open that wants to
 * @r: what; exclusive: written
 *
 * A shared lock keeps all opens from writing, also its owner; an exclusive one keeps all other
 * opens from both.  file->lock is held.
 * Return: true if a lock forbids it.
 */
bool csrv_brl_io_blocked(const struct csrv_brl_set *set, const struct csrv_brl_owner *owner,
			 const struct csrv_range *r)
{
	u64 last = r->start + r->len - 1;

	if (last < r->start)
		last = U64_MAX;
	if (exclusive_over(set, r->start, last, owner))
		return true;
	return r->exclusive && shared_over(set, r->start, last);
}

/* ---- granting and releasing ---- */

static bool before(const struct csrv_lock *a, const struct csrv_lock *b)
{
	return a->start < b->start || (a->start == b->start && a->last < b->last);
}

static struct rb_root *tree_of(struct csrv_brl_set *set, const struct csrv_lock *l)
{
	return l->exclusive ? &set->exclusive : &set->shared;
}

static void tree_insert(struct rb_root *root, struct csrv_lock *l)
{
	struct rb_node **at = &root->rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = before(l, lock_of(parent)) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&l->rb, parent, at);
	sub_compute(l, false);
	sub_callbacks.propagate(parent, NULL);
	rb_insert_augmented(&l->rb, root, &sub_callbacks);
}

/* By range, and for one range the exclusive ones first: they are unlocked first. */
static int mine_cmp(const struct csrv_lock *a, u64 start, u64 last, bool exclusive)
{
	if (a->start != start)
		return a->start < start ? -1 : 1;
	if (a->last != last)
		return a->last < last ? -1 : 1;
	return (int)exclusive - (int)a->exclusive;
}

static void mine_insert(struct csrv_lock *l)
{
	struct rb_node **at = &l->owner->locks.rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = mine_cmp(mine_of(parent), l->start, l->last, l->exclusive) > 0 ?
			&parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&l->mine, parent, at);
	rb_insert_color(&l->mine, &l->owner->locks);
}

/* Grant @l. */
void csrv_brl_insert(struct csrv_brl_set *set, struct csrv_lock *l)
{
	if (!nowhere(l->start, l->last))
		tree_insert(tree_of(set, l), l);
	mine_insert(l);
	WRITE_ONCE(set->nlocks, set->nlocks + 1);
}

static int by_age(void *priv, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct csrv_lock_wait, node)->seq >
	       list_entry(b, struct csrv_lock_wait, node)->seq;
}

/*
 * Release @l.  csrv_brl_retry() handles its waiters; until then their locks conflict with what
 * others wait for.
 */
void csrv_brl_remove(struct csrv_brl_set *set, struct csrv_lock *l)
{
	if (!nowhere(l->start, l->last))
		rb_erase_augmented(&l->rb, tree_of(set, l), &sub_callbacks);
	rb_erase(&l->mine, &l->owner->locks);
	WRITE_ONCE(set->nlocks, set->nlocks - 1);
	if (list_empty(&l->waiters))
		return;
	list_splice_tail_init(&l->waiters, &set->retry);
	list_sort(NULL, &set->retry, by_age);
}

/*
 * A lock of @owner's with exactly this range, or NULL: a shared one, or, if @r is exclusive, an
 * exclusive one before a shared one, as [MS-FSA] 2.1.5.9 unlocks.
 */
struct csrv_lock *csrv_brl_find(const struct csrv_brl_owner *owner, const struct csrv_range *r)
{
	struct rb_node *n = owner->locks.rb_node;
	struct csrv_lock *found = NULL;
	u64 last = r->start + r->len - 1;
	int cmp;

	while (n) {
		cmp = mine_cmp(mine_of(n), r->start, last, r->exclusive);
		if (cmp >= 0) {
			found = mine_of(n);
			n = n->rb_left;
		} else {
			n = n->rb_right;
		}
	}
	return found && found->start == r->start && found->last == last ? found : NULL;
}

struct csrv_lock *csrv_brl_first(const struct csrv_brl_owner *owner)
{
	struct rb_node *n = rb_first(&owner->locks);

	return n ? mine_of(n) : NULL;
}

/* ---- waiting ---- */

/*
 * @l is not granted, because of @blocker: @w waits for the removal of @blocker.  The age of @w is
 * that of @w->seq, if it takes the turn of another; 0: it is the youngest.
 */
void csrv_brl_queue(struct csrv_brl_set *set, struct csrv_lock_wait *w, struct csrv_lock *l,
		    struct csrv_lock *blocker)
{
	w->lock = l;
	if (!w->seq)
		w->seq = ++set->seq;
	list_add_tail(&w->node, &blocker->waiters);
	list_add_tail(&w->mine, &l->owner->waiters);
	set->nwaiters++;
}

/* @w no longer waits. */
void csrv_brl_unqueue(struct csrv_brl_set *set, struct csrv_lock_wait *w)
{
	list_del_init(&w->node);
	list_del_init(&w->mine);
	set->nwaiters--;
}

/**
 * csrv_brl_retry() - the oldest waiter of locks that were removed: is it granted now?
 * @set: of the stream
 * @granted: if it is, it stands in the set and waits no longer; else it waits for another
 *
 * file->lock is held.
 * Return: the waiter, or NULL if there is none.
 */
struct csrv_lock_wait *csrv_brl_retry(struct csrv_brl_set *set, bool *granted)
{
	struct csrv_lock_wait *w;
	struct csrv_lock *blocker;

	if (list_empty(&set->retry))
		return NULL;
	w = list_first_entry(&set->retry, struct csrv_lock_wait, node);
	blocker = csrv_brl_blocker(set, w->lock);
	*granted = !blocker;
	if (blocker) {
		list_move_tail(&w->node, &blocker->waiters);
	} else {
		csrv_brl_unqueue(set, w);
		csrv_brl_insert(set, w->lock);
	}
	return w;
}
