/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/brl_set.h - the byte-range locks of one stream, and the requests that wait for each of them
 *
 * Only data structures: no locking, no memory, no budgets (those are in brl.c).  Nothing here
 * takes longer than the logarithm of the number of locks, but for the waiters of a lock that is
 * removed, and those are handled one by one (csrv_brl_retry()).
 */
#ifndef CIFSSRV_STORE_BRL_SET_H
#define CIFSSRV_STORE_BRL_SET_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct csrv_range {
	u64	start;
	u64	len;
	bool	exclusive;
};

/* Of one stream. */
struct csrv_brl_set {
	struct rb_root		shared;		/* csrv_lock.rb */
	struct rb_root		exclusive;
	struct list_head	retry;		/* csrv_lock_wait.node: lock removed; by age */
	u64			seq;		/* age of the latest waiter */
	u32			nwaiters;
	u32			nlocks;
};

/* The locks of one open. */
struct csrv_brl_owner {
	struct rb_root		locks;		/* csrv_lock.mine */
	struct list_head	waiters;	/* csrv_lock_waiter.mine */
};

/**
 * struct csrv_lock - a lock, granted or made for a waiter
 * @rb: in the set's tree by @start and @last
 * @mine: in the owner's tree, by @start, @last, exclusive ones first
 * @owner: of the open that has it
 * @start: its first byte
 * @last: its last byte; of a lock of length 0 the byte before @start, see brl_set.c
 * @sub: of the part of the tree below @rb: the highest @last, and the owner of all the locks
 *	(NULL: there are several)
 * @waiters: csrv_lock_waiter.node of those that wait for its removal
 * @exclusive: else shared
 */
struct csrv_lock {
	struct rb_node		rb;
	struct rb_node		mine;
	struct csrv_brl_owner	*owner;
	u64			start;
	u64			last;
	struct {
		u64			last;
		struct csrv_brl_owner	*owner;
	} sub;
	struct list_head	waiters;
	bool			exclusive;
};

/**
 * struct csrv_lock_wait - a waiter for a lock
 * @node: in the waiters of the lock that conflicts, or in the set's retry
 * @mine: in the owner's waiters; empty when it does not wait
 * @lock: allocated beforehand, so that granting cannot fail
 * @seq: its age
 */
struct csrv_lock_wait {
	struct list_head	node;
	struct list_head	mine;
	struct csrv_lock	*lock;
	u64			seq;
};

void csrv_brl_set_init(struct csrv_brl_set *set);
void csrv_brl_owner_init(struct csrv_brl_owner *owner);
void csrv_brl_lock_init(struct csrv_lock *l, struct csrv_brl_owner *owner,
			const struct csrv_range *r);
struct csrv_lock *csrv_brl_blocker(const struct csrv_brl_set *set, const struct csrv_lock *l);
bool csrv_brl_io_blocked(const struct csrv_brl_set *set, const struct csrv_brl_owner *owner,
			 const struct csrv_range *r);
void csrv_brl_insert(struct csrv_brl_set *set, struct csrv_lock *l);
void csrv_brl_remove(struct csrv_brl_set *set, struct csrv_lock *l);
struct csrv_lock *csrv_brl_find(const struct csrv_brl_owner *owner, const struct csrv_range *r);
struct csrv_lock *csrv_brl_first(const struct csrv_brl_owner *owner);
void csrv_brl_queue(struct csrv_brl_set *set, struct csrv_lock_wait *w, struct csrv_lock *l,
		    struct csrv_lock *blocker);
void csrv_brl_unqueue(struct csrv_brl_set *set, struct csrv_lock_wait *w);
struct csrv_lock_wait *csrv_brl_retry(struct csrv_brl_set *set, bool *granted);

static inline bool csrv_brl_empty(const struct csrv_brl_set *set)
{
	return RB_EMPTY_ROOT(&set->shared) && RB_EMPTY_ROOT(&set->exclusive);
}

/*
 * Is there no lock?  Without the file's mutex: one word, since the two trees are not read at one
 * moment, and a lock may move from one to the other.
 */
static inline bool csrv_brl_none(const struct csrv_brl_set *set)
{
	return !READ_ONCE(set->nlocks);
}

/*
 * No range is locked, nor will be before the next LOCK: between the removal of a lock and the grant
 * of its waiters, the file's mutex is released.
 */
static inline bool csrv_brl_idle(const struct csrv_brl_set *set)
{
	return csrv_brl_empty(set) && !set->nwaiters;
}

static inline bool csrv_brl_waits(const struct csrv_lock_wait *w)
{
	return !list_empty(&w->mine);
}

#endif /* CIFSSRV_STORE_BRL_SET_H */
