// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/brl_set.c | flags: -Wno-unused-parameter
//
// Locks, unlocks, waits, cancels and closes at random, against a plain list of locks and the
// words of [MS-FSA] 2.1.4.10 and 2.1.5.9: who is granted what, when, and in which order.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "store/brl_set.h"

#define OPENS	6
#define PLACES	400

struct place {			/* a lock, granted or waited for */
	bool used, granted;
	u64 offset, length;
	bool exclusive;
	int open;
	u64 age;
	struct csrv_lock lock;
	struct csrv_lock_wait wait;
};

static struct place places[PLACES];
static struct csrv_brl_set set;
static struct csrv_brl_owner opens[OPENS];
static u64 clock;

static u32 rnd(u32 n)
{
	return random() % n;
}

/* [MS-FSA] 2.1.4.10, word for word; unsigned sums wrap as they do there. */
static bool overlap(u64 offset, u64 length, u64 lock_offset, u64 lock_length)
{
	u64 last1 = offset + length - 1, last2 = lock_offset + lock_length - 1;

	if (!offset && !length)
		return false;
	if (!lock_offset && !lock_length)
		return false;
	return offset <= last2 && last1 >= lock_offset;
}

static bool conflicts(u64 offset, u64 length, bool exclusive, bool lock, int open)
{
	for (int i = 0; i < PLACES; i++) {
		const struct place *p = &places[i];

		if (!p->used || !p->granted || !overlap(offset, length, p->offset, p->length))
			continue;
		if (p->exclusive) {
			if (p->open != open || (exclusive && lock))
				return true;
		} else if (exclusive) {
			return true;
		}
	}
	return false;
}

static struct place *place_new(void)
{
	for (int i = 0; i < PLACES; i++)
		if (!places[i].used)
			return &places[i];
	return NULL;
}

/* Some are near each other, some of no length, some end where the numbers do. */
static struct csrv_range range_new(u64 span)
{
	struct csrv_range r = { .start = rnd(span), .exclusive = rnd(2) };

	switch (rnd(8)) {
	case 0:
		break;
	case 1:
		r.start = U64_MAX - rnd(4);
		r.len = rnd(U64_MAX - r.start + 2);
		break;
	case 2:
		r.len = U64_MAX - r.start;
		break;
	default:
		r.len = 1 + rnd(span / 4 + 1);
	}
	return r;
}

static void grant_check(struct place *p)
{
	assert(!conflicts(p->offset, p->length, p->exclusive, true, p->open));
	p->granted = true;
}

/* All that may go on do, the oldest first; nobody does who may not. */
static void retry(void)
{
	struct place *oldest;
	struct csrv_lock_wait *w;
	bool granted;

	for (;;) {
		oldest = NULL;
		for (int i = 0; i < PLACES; i++) {
			struct place *p = &places[i];

			if (p->used && !p->granted && (!oldest || p->age < oldest->age) &&
			    !conflicts(p->offset, p->length, p->exclusive, true, p->open))
				oldest = p;
		}
		while ((w = csrv_brl_retry(&set, &granted)) && !granted)
			;
		if (!w) {
			assert(!oldest);
			return;
		}
		assert(container_of(w, struct place, wait) == oldest);
		grant_check(oldest);
	}
}

static void do_lock(u64 span)
{
	struct csrv_range r = range_new(span);
	struct place *p = place_new();
	struct csrv_lock *blocker;

	if (!p)
		return;
	memset(p, 0, sizeof(*p));
	p->open = rnd(OPENS);
	p->offset = r.start;
	p->length = r.len;
	p->exclusive = r.exclusive;
	csrv_brl_lock_init(&p->lock, &opens[p->open], &r);
	blocker = csrv_brl_blocker(&set, &p->lock);
	assert(!blocker == !conflicts(r.start, r.len, r.exclusive, true, p->open));
	if (!blocker) {
		p->used = true;
		csrv_brl_insert(&set, &p->lock);
		p->granted = true;
	} else if (rnd(2)) {
		p->used = true;
		p->age = ++clock;
		csrv_brl_queue(&set, &p->wait, &p->lock, blocker);
	}
}

/* Some of which have no byte, and are in nobody's way. */
static bool any_left(void)
{
	for (int i = 0; i < PLACES; i++) {
		const struct place *p = &places[i];

		if (p->used && (!p->granted || p->offset || p->length))
			return true;
	}
	return false;
}

/* Those who waited for it have not got it yet, and it is not anybody's all the same. */
static void release(struct place *p)
{
	p->used = false;
	csrv_brl_remove(&set, &p->lock);
	assert(csrv_brl_idle(&set) == !any_left());
}

static void do_unlock(void)
{
	struct place *p = &places[rnd(PLACES)], *q;
	bool exclusive_first = rnd(4), other = false;
	struct csrv_range r = { p->offset, p->length, exclusive_first };
	struct csrv_lock *l;

	if (!p->used)
		return;
	l = csrv_brl_find(&opens[p->open], &r);
	for (int i = 0; i < PLACES; i++) {
		q = &places[i];
		if (q->used && q->granted && q->open == p->open && q->offset == r.start &&
		    q->length == r.len && (exclusive_first || !q->exclusive)) {
			other = true;
			if (l && exclusive_first)
				assert(l->exclusive >= q->exclusive);
		}
	}
	assert(!l == !other);
	if (!l)
		return;
	assert(exclusive_first || !l->exclusive);
	q = container_of(l, struct place, lock);
	assert(q->offset == r.start && q->length == r.len && q->open == p->open);
	release(q);
	retry();
}

static void do_cancel(void)
{
	struct place *p = &places[rnd(PLACES)];

	if (!p->used || p->granted)
		return;
	csrv_brl_unqueue(&set, &p->wait);
	assert(!csrv_brl_waits(&p->wait));
	p->used = false;
}

static void do_close(void)
{
	int open = rnd(OPENS);
	struct csrv_lock *l;

	while (!list_empty(&opens[open].waiters)) {
		struct csrv_lock_wait *w = list_first_entry(&opens[open].waiters,
							    struct csrv_lock_wait, mine);

		csrv_brl_unqueue(&set, w);
		container_of(w, struct place, wait)->used = false;
	}
	while ((l = csrv_brl_first(&opens[open])))
		release(container_of(l, struct place, lock));
	for (int i = 0; i < PLACES; i++)
		assert(!places[i].used || places[i].open != open);
	retry();
}

static void do_io(u64 span)
{
	struct csrv_range r = { rnd(span), 1 + rnd(span / 2), rnd(2) };
	int open = rnd(OPENS);

	assert(csrv_brl_io_blocked(&set, &opens[open], &r) ==
	       conflicts(r.start, r.len, r.exclusive, false, open));
}

static void run(u64 span, u32 seed)
{
	u32 waiting, granted;

	srandom(seed);
	memset(places, 0, sizeof(places));
	memset(&set, 0, sizeof(set));
	csrv_brl_set_init(&set);
	for (int i = 0; i < OPENS; i++)
		csrv_brl_owner_init(&opens[i]);
	for (int i = 0; i < 8000; i++) {
		switch (rnd(16)) {
		default:
			do_lock(span);
			break;
		case 8 ... 11:
			do_unlock();
			break;
		case 12:
			do_cancel();
			break;
		case 13:
			if (!rnd(20))
				do_close();
			break;
		case 14 ... 15:
			do_io(span);
		}
		waiting = granted = 0;
		for (int j = 0; j < PLACES; j++) {
			waiting += places[j].used && !places[j].granted;
			granted += places[j].used && places[j].granted;
		}
		assert(set.nwaiters == waiting && set.nlocks == granted);
	}
	for (int i = 0; i < 100; i++)
		do_close();
	assert(csrv_brl_empty(&set) && !set.nwaiters && !set.nlocks);
}

/* Between a lock that goes and the one who waits for it, the bytes are not free for others. */
static void handed_over(void)
{
	const struct csrv_range r = { .start = 0, .len = 10, .exclusive = true };
	struct csrv_lock_wait wait = {};
	struct csrv_lock first, second;
	bool granted = false;

	csrv_brl_set_init(&set);
	csrv_brl_owner_init(&opens[0]);
	csrv_brl_owner_init(&opens[1]);
	csrv_brl_lock_init(&first, &opens[0], &r);
	csrv_brl_lock_init(&second, &opens[1], &r);
	assert(csrv_brl_idle(&set));
	csrv_brl_insert(&set, &first);
	assert(!csrv_brl_idle(&set));
	csrv_brl_queue(&set, &wait, &second, csrv_brl_blocker(&set, &second));
	csrv_brl_remove(&set, &first);
	assert(csrv_brl_empty(&set) && !csrv_brl_idle(&set));
	assert(csrv_brl_retry(&set, &granted) == &wait && granted);
	assert(!csrv_brl_idle(&set));
	csrv_brl_remove(&set, &second);
	assert(csrv_brl_idle(&set));
}

/* Who takes the turn of one who has waited is granted before those who came since. */
static void turn_taken(void)
{
	const struct csrv_range r = { .start = 0, .len = 10, .exclusive = true };
	struct csrv_lock_wait waits[3] = {};
	struct csrv_lock held, wanted[3];
	bool granted = false;
	u64 age;

	csrv_brl_set_init(&set);
	for (int i = 0; i < 3; i++)
		csrv_brl_owner_init(&opens[i]);
	csrv_brl_lock_init(&held, &opens[0], &r);
	csrv_brl_insert(&set, &held);
	for (int i = 0; i < 3; i++) {
		csrv_brl_lock_init(&wanted[i], &opens[i], &r);
		csrv_brl_queue(&set, &waits[i], &wanted[i], &held);
		assert(!i || waits[i].seq > waits[i - 1].seq);
	}
	age = waits[0].seq;
	csrv_brl_unqueue(&set, &waits[0]);
	waits[0] = (struct csrv_lock_wait){ .seq = age };
	csrv_brl_queue(&set, &waits[0], &wanted[0], &held);
	csrv_brl_remove(&set, &held);
	for (int i = 0; i < 3; i++) {
		assert(csrv_brl_retry(&set, &granted) == &waits[i] && granted);
		while (csrv_brl_retry(&set, &granted))
			assert(!granted);
		csrv_brl_remove(&set, &wanted[i]);
	}
	assert(csrv_brl_idle(&set));
}

int main(void)
{
	static const u64 spans[] = { 4, 12, 64, 1000, 100000 };

	handed_over();
	turn_taken();

	for (u32 i = 0; i < ARRAY_SIZE(spans); i++)
		for (u32 seed = 1; seed < 4; seed++)
			run(spans[i], seed);
	return 0;
}
