/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/heldtimes.h - values of WriteTime and ChangeTime while requests restore them
 *
 * A client that has set or frozen a time keeps it, whatever is changed through the same open:
 * the request that changes the file restores the time.  Its value is read once, before the first of
 * these requests, and held for all that run at the same time: a value that one of them read after
 * another one had moved the time, and not restored it yet, would be wrong.
 *
 * A request that lets a time move, or sets it, is counted from before it changes the file until
 * it is done.  It is not overwritten: a held value counts only if no such request was in progress
 * when it was read, and none has begun since.
 *
 * This file and heldtimes.c know neither files nor the clock (tests/unit/model).
 */
#ifndef CIFSSRV_STORE_HELDTIMES_H
#define CIFSSRV_STORE_HELDTIMES_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/time64.h>
#include <linux/types.h>

/* [MS-FSA] 2.1.4.17: Open.UserSetAccessTime and its like; a mask has any of these */
#define CSRV_TIME_ACCESS	BIT(0)
#define CSRV_TIME_WRITE		BIT(1)
#define CSRV_TIME_CHANGE	BIT(2)
#define CSRV_TIMES_HELD		(CSRV_TIME_WRITE | CSRV_TIME_CHANGE)

/* The held times; an index. */
enum csrv_held {
	CSRV_HELD_WRITE,
	CSRV_HELD_CHANGE,
	CSRV_HELD_KINDS,
};

/**
 * struct csrv_held_times - held times of one file
 * @moving: requests that let the time move, or set it: how many are in progress in the low half,
 *	how many have begun in the high one
 * @users: requests between csrv_held_join() and csrv_held_leave(); the caller's lock guards it and
 *	all below
 * @since: @moving before the value was read
 * @mtime: the value of WriteTime
 * @change: of ChangeTime, a FILETIME
 */
struct csrv_held_times {
	atomic64_t		moving[CSRV_HELD_KINDS];
	u32			users;
	u64			since[CSRV_HELD_KINDS];
	struct timespec64	mtime;
	u64			change;
};

/* The state when values were read: csrv_held_look() */
struct csrv_held_look {
	u64			moving[CSRV_HELD_KINDS];
};

void csrv_held_begin(struct csrv_held_times *h, u32 times);
void csrv_held_end(struct csrv_held_times *h, u32 times);
struct csrv_held_look csrv_held_look(const struct csrv_held_times *h);

/* Under the caller's lock: */
bool csrv_held_join(struct csrv_held_times *h);
void csrv_held_found(struct csrv_held_times *h, const struct csrv_held_look *look,
		     const struct timespec64 *mtime, u64 change);
void csrv_held_leave(struct csrv_held_times *h);
bool csrv_held_counts(const struct csrv_held_times *h, enum csrv_held which, u32 own);
void csrv_held_set_mtime(struct csrv_held_times *h, u32 own, const struct timespec64 *mtime);
void csrv_held_set_change(struct csrv_held_times *h, u32 own, u64 change);

#endif /* CIFSSRV_STORE_HELDTIMES_H */
