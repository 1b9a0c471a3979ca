// SPDX-License-Identifier: GPL-2.0-or-later
/* store/heldtimes.c - values of WriteTime and ChangeTime while requests restore them */
#include "heldtimes.h"

/* In csrv_held_times.moving: one more request has begun. */
#define BEGUN	BIT_ULL(32)

/* A value of @moving that never occurs: a request was in progress. */
#define NEVER	(~0ULL)

static const u32 bits[CSRV_HELD_KINDS] = {
	[CSRV_HELD_WRITE]	= CSRV_TIME_WRITE,
	[CSRV_HELD_CHANGE]	= CSRV_TIME_CHANGE,
};

/**
 * csrv_held_begin() - a request is about to move times, or to set them
 * @h: of the file
 * @times: CSRV_TIME_* that it moves or sets; csrv_held_end() with the same, or
 *	csrv_held_set_mtime() and its like, follows
 */
void csrv_held_begin(struct csrv_held_times *h, u32 times)
{
	u32 i;

	for (i = 0; i < CSRV_HELD_KINDS; i++)
		if (times & bits[i])
			atomic64_add(BEGUN + 1, &h->moving[i]);
	smp_mb__after_atomic();		/* count, then change */
}

/* The request is done. */
void csrv_held_end(struct csrv_held_times *h, u32 times)
{
	u32 i;

	smp_mb__before_atomic();	/* change, then uncount */
	for (i = 0; i < CSRV_HELD_KINDS; i++)
		if (times & bits[i])
			atomic64_dec(&h->moving[i]);
}

/* Called before values are read, for csrv_held_found(). */
struct csrv_held_look csrv_held_look(const struct csrv_held_times *h)
{
	struct csrv_held_look look;
	u32 i;

	for (i = 0; i < CSRV_HELD_KINDS; i++)
		look.moving[i] = atomic64_read_acquire(&h->moving[i]);
	return look;
}

/**
 * csrv_held_join() - a request will restore times
 * @h: of the file
 *
 * The caller's lock is held.
 * Return: true if the caller has to read the values, before the request changes anything, and to
 * call csrv_held_found().
 */
bool csrv_held_join(struct csrv_held_times *h)
{
	u32 i;

	if (!h->users++)
		for (i = 0; i < CSRV_HELD_KINDS; i++)
			h->since[i] = NEVER;
	return !csrv_held_counts(h, CSRV_HELD_WRITE, 0) ||
	       !csrv_held_counts(h, CSRV_HELD_CHANGE, 0);
}

/**
 * csrv_held_found() - store the values that were read
 * @h: of the file, after csrv_held_join()
 * @look: taken before they were read
 * @mtime: WriteTime
 * @change: ChangeTime
 *
 * A value that is held and counts stays: another such request may have moved the time since.
 * The caller's lock is held.
 */
void csrv_held_found(struct csrv_held_times *h, const struct csrv_held_look *look,
		     const struct timespec64 *mtime, u64 change)
{
	if (!csrv_held_counts(h, CSRV_HELD_WRITE, 0)) {
		h->mtime = *mtime;
		h->since[CSRV_HELD_WRITE] = look->moving[CSRV_HELD_WRITE];
	}
	if (!csrv_held_counts(h, CSRV_HELD_CHANGE, 0)) {
		h->change = change;
		h->since[CSRV_HELD_CHANGE] = look->moving[CSRV_HELD_CHANGE];
	}
}

/* The request of a csrv_held_join() is done, and has restored what it had to. */
void csrv_held_leave(struct csrv_held_times *h)
{
	h->users--;
}

/**
 * csrv_held_counts() - may the value be restored?
 * @h: of the file
 * @which: WriteTime or ChangeTime
 * @own: CSRV_TIME_* that the caller itself has begun to move
 *
 * The caller's lock is held.
 * Return: true if no other request has moved the time since the value was read.
 */
bool csrv_held_counts(const struct csrv_held_times *h, enum csrv_held which, u32 own)
{
	u64 since = h->since[which], mine = own & bits[which] ? BEGUN + 1 : 0;

	return !(u32)since && (u64)atomic64_read(&h->moving[which]) == since + mine;
}

/* The caller has set the time, and is done.  True: no other request was moving it. */
static bool set(struct csrv_held_times *h, enum csrv_held which, u32 own)
{
	bool alone = csrv_held_counts(h, which, own);

	csrv_held_end(h, bits[which]);
	if (alone)
		h->since[which] += BEGUN;
	return alone;
}

/**
 * csrv_held_set_mtime() - WriteTime has been set: this value is restored from now on
 * @h: of the file, after csrv_held_join()
 * @own: CSRV_TIME_* that the caller has begun to move, this one included; it ends with this call
 * @mtime: the value that was set
 *
 * The caller's lock is held.
 */
void csrv_held_set_mtime(struct csrv_held_times *h, u32 own, const struct timespec64 *mtime)
{
	if (set(h, CSRV_HELD_WRITE, own))
		h->mtime = *mtime;
}

/* The same for ChangeTime. */
void csrv_held_set_change(struct csrv_held_times *h, u32 own, u64 change)
{
	if (set(h, CSRV_HELD_CHANGE, own))
		h->change = change;
}
