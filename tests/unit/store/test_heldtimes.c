// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/heldtimes.c
//
// [MS-FSA] 2.1.4.17: times that a client has set or frozen stay, and what others change counts
#include <assert.h>

#include "store/heldtimes.h"

/* A file: what its WriteTime and ChangeTime are now, and what is held of them. */
static struct csrv_held_times h;
static long mtime, ctime;

static void file(long m, long c)
{
	h = (struct csrv_held_times){ 0 };
	mtime = m;
	ctime = c;
}

static struct timespec64 at(long sec)
{
	return (struct timespec64){ .tv_sec = sec };
}

static void found(const struct csrv_held_look *look, long m, long c)
{
	const struct timespec64 t = at(m);

	csrv_held_found(&h, look, &t, c);
}

/* A request of a client that owns both times is about to change the file. */
static void hold(void)
{
	const struct csrv_held_look look = csrv_held_look(&h);

	if (csrv_held_join(&h))
		found(&look, mtime, ctime);
}

/* ... has changed it, and puts them back. */
static void keep(u32 own)
{
	if (csrv_held_counts(&h, CSRV_HELD_WRITE, own))
		mtime = h.mtime.tv_sec;
	if (csrv_held_counts(&h, CSRV_HELD_CHANGE, own))
		ctime = h.change;
}

static void change(long when)
{
	mtime = ctime = when;
}

static void times_are(long m, long c)
{
	assert(mtime == m && ctime == c);
}

static void own_change_moves_nothing(void)
{
	file(100, 200);
	hold();
	change(1000);
	keep(0);
	csrv_held_leave(&h);
	times_are(100, 200);
}

/* What another one's request read while a time was moved, and not yet put back, is not kept. */
static void requests_side_by_side(void)
{
	file(100, 200);
	hold();
	change(1000);
	hold();
	keep(0);
	csrv_held_leave(&h);
	change(1001);
	hold();
	keep(0);
	csrv_held_leave(&h);
	change(1002);
	keep(0);
	csrv_held_leave(&h);
	times_are(100, 200);
	mtime = 300;	/* by nobody that is known of: it counts between requests */
	hold();
	change(1003);
	keep(0);
	csrv_held_leave(&h);
	times_are(300, 200);
}

static void other_counts(int begin, int moved, int end)
{
	int step;

	file(100, 200);
	for (step = 0; step <= 3; step++) {
		if (step == begin)
			csrv_held_begin(&h, CSRV_TIMES_HELD);
		if (step == moved)
			change(500);
		if (step == end)
			csrv_held_end(&h, CSRV_TIMES_HELD);
		if (step == 0)
			hold();
		if (step == 1)
			change(1000);
		if (step == 2)
			keep(0);
	}
	csrv_held_leave(&h);
	assert(mtime >= 500 && ctime >= 500);
	/* and what it has left is what is kept from then on */
	mtime = ctime = 600;
	hold();
	change(2000);
	keep(0);
	csrv_held_leave(&h);
	times_are(600, 600);
}

/* A change by who owns no time counts wherever it begins, moves the times and ends. */
static void others_count(void)
{
	int begin, moved, end;

	for (begin = 0; begin <= 3; begin++)
		for (moved = begin; moved <= 3; moved++)
			for (end = moved; end <= 3; end++)
				other_counts(begin, moved, end);
}

static void each_time_by_itself(void)
{
	file(100, 200);
	hold();
	csrv_held_begin(&h, CSRV_TIME_CHANGE);
	ctime = 500;
	csrv_held_end(&h, CSRV_TIME_CHANGE);
	change(1000);
	hold();		/* ChangeTime alone is read anew */
	keep(0);
	csrv_held_leave(&h);
	csrv_held_leave(&h);
	times_are(100, 1000);
}

/* Who reads late does not replace what is held: a time may have moved since. */
static void late_reader(void)
{
	struct csrv_held_look look;

	file(100, 200);
	assert(csrv_held_join(&h));
	look = csrv_held_look(&h);
	hold();
	change(1000);
	found(&look, mtime, ctime);
	keep(0);
	times_are(100, 200);
	/* nor does who has looked before another change, and reads after it */
	look = csrv_held_look(&h);
	csrv_held_begin(&h, CSRV_TIMES_HELD);
	change(2000);
	csrv_held_end(&h, CSRV_TIMES_HELD);
	found(&look, 150, 250);
	keep(0);
	times_are(2000, 2000);
}

/* One that moves a time of its own as well puts it back where it failed. */
static void own_move_does_not_count(void)
{
	file(100, 200);
	hold();
	csrv_held_begin(&h, CSRV_TIME_CHANGE);
	change(1000);
	assert(!csrv_held_counts(&h, CSRV_HELD_CHANGE, 0));
	keep(CSRV_TIME_CHANGE);
	csrv_held_end(&h, CSRV_TIME_CHANGE);
	csrv_held_leave(&h);
	times_are(100, 200);
}

/* @other: an other one changes the file meanwhile; @late: the first one puts back after all */
static void set_beside(bool other, bool late)
{
	const struct timespec64 m = at(700);

	file(100, 200);
	hold();				/* the first one writes */
	hold();				/* the second one sets both */
	csrv_held_begin(&h, CSRV_TIMES_HELD);
	mtime = 700;
	ctime = 800;
	if (other)
		csrv_held_begin(&h, CSRV_TIMES_HELD);
	if (!late) {
		change(1000);
		keep(0);
		times_are(1000, 1000);
	}
	csrv_held_set_mtime(&h, CSRV_TIMES_HELD, &m);
	csrv_held_set_change(&h, CSRV_TIME_CHANGE, 800);
	if (late)
		change(1000);
	keep(0);
	if (other)
		times_are(1000, 1000);
	else
		times_are(700, 800);
}

static void what_is_set_is_kept(void)
{
	set_beside(false, false);
	set_beside(false, true);
	set_beside(true, false);
	set_beside(true, true);
}

/* Of two that set a time at once neither is put back over the other. */
static void two_set(void)
{
	const struct timespec64 a = at(700), b = at(701);

	file(100, 200);
	hold();
	hold();
	csrv_held_begin(&h, CSRV_TIME_WRITE);
	csrv_held_begin(&h, CSRV_TIME_WRITE);
	csrv_held_set_mtime(&h, CSRV_TIME_WRITE, &a);
	csrv_held_set_mtime(&h, CSRV_TIME_WRITE, &b);
	assert(!csrv_held_counts(&h, CSRV_HELD_WRITE, 0));
}

static void counts_wrap(void)
{
	file(100, 200);
	h.moving[CSRV_HELD_WRITE].v = (long long)(0xffffffffULL << 32);
	hold();
	change(1000);
	keep(0);
	times_are(100, 200);
	csrv_held_begin(&h, CSRV_TIME_WRITE);
	assert(h.moving[CSRV_HELD_WRITE].v == 1);
	csrv_held_end(&h, CSRV_TIME_WRITE);
	assert(!csrv_held_counts(&h, CSRV_HELD_WRITE, 0));
}

int main(void)
{
	own_change_moves_nothing();
	requests_side_by_side();
	others_count();
	each_time_by_itself();
	late_reader();
	own_move_does_not_count();
	what_is_set_is_kept();
	two_set();
	counts_wrap();
	return 0;
}
