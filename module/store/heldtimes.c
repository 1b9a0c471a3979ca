// SPDX-License-Identifier: GPL-2.0-or-later
/* store/heldtimes.c - what WriteTime and ChangeTime of a file are while requests put them back */
#include "heldtimes.h"

/* Of csrv_held_times.moving: one more has begun. */
#define BEGUN	BIT_ULL(32)

/* What nothing is ever read at: a request is under way. */
#define NEVER	(~0ULL)

static const u32 bits[CSRV_HELD_KINDS] = {
	[CSRV_HELD_WRITE]	= CSRV_TIME_WRITE,
	[CSRV_HELD_CHANGE]	= CSRV_TIME_CHANGE,
};

/**
 * csrv_held_begin() - a request is about to let times go on, or to set them
 * @h: of the file
 * @times: CSRV_TIME_*: which; csrv_held_end() with the same, or csrv_held_set_mtime() and its
 *	like, follows
 */
void csrv_held_begin(struct csrv_held_times *h, u32 times)
{
	u32 i;

	for (i = 0; i < CSRV_HELD_KINDS; i++)
		if (times & bits[i])
			atomic64_add(BEGUN + 1, &h->moving[i]);
	smp_mb__after_atomic();		/* counted, then the change */
}

/* It is done. */
void csrv_held_end(struct csrv_held_times *h, u32 times)
{
	u32 i;

	smp_mb__before_atomic();	/* the change, then no more counted */
	for (i = 0; i < CSRV_HELD_KINDS; i++)
		if (times & bits[i])
			atomic64_dec(&h->moving[i]);
}

/* Values are about to be read, for csrv_held_found(). */
struct csrv_held_look csrv_held_look(const struct csrv_held_times *h)
{
	struct csrv_held_look look;
	u32 i;

	for (i = 0; i < CSRV_HELD_KINDS; i++)
		look.moving[i] = atomic64_read_acquire(&h->moving[i]);
	return look;
}

/**
 * csrv_held_join() - a request will put times back
 * @h: of the file
 *
 * The caller's lock is held.
 * Return: true if the values have to be read, before the request changes anything, and
 * csrv_held_found() to be called.
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
 * csrv_held_found() - the values have been read
 * @h: of the file, after csrv_held_join()
 * @look: from before
 * @mtime: WriteTime
 * @change: ChangeTime
 *
 * One that is held already and counts is left: another such request may have moved the time since.
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

/* The request of a csrv_held_join() is done, and has put back what there was to put back. */
void csrv_held_leave(struct csrv_held_times *h)
{
	h->users--;
}

/**
 * csrv_held_counts() - is the value what is to be put back?
 * @h: of the file
 * @which: which
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

/* The caller has set the time, and is done with it.  True: no other request was moving it. */
static bool set(struct csrv_held_times *h, enum csrv_held which, u32 own)
{
	bool alone = csrv_held_counts(h, which, own);

	csrv_held_end(h, bits[which]);
	if (alone)
		h->since[which] += BEGUN;
	return alone;
}

/**
 * csrv_held_set_mtime() - WriteTime has been set: from now on that is what is put back
 * @h: of the file, after csrv_held_join()
 * @own: CSRV_TIME_* that the caller has begun, this one among them; it ends with this call
 * @mtime: what it has been set to
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
