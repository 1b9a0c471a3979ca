// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/client/credits.c
//
// The window of MessageIds against a plain table of all ids: each may be used once, and
// only when it was granted, in whatever order; and memory goes back when all is in order.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/credits.h"

#define IDS	400000u

static bool used[IDS];
static u64 granted;		/* ids below it */
static u32 held;

static u32 rnd(u32 n)
{
	return (u32)random() % n;
}

static bool may(u64 id, u32 charge)
{
	if (id >= granted || charge > granted - id)
		return false;
	for (u32 i = 0; i < charge; i++)
		if (used[id + i])
			return false;
	return true;
}

static void use(struct csrv_credits *c, u64 id, u32 charge)
{
	bool ok = may(id, charge);

	assert(csrv_credits_use(c, id, charge) == ok);
	if (!ok)
		return;
	memset(used + id, 1, charge);
	held -= charge;
}

static void grant(struct csrv_credits *c, u32 max, u32 wanted)
{
	u64 low = 0;
	u32 n;

	while (low < granted && used[low])
		low++;
	n = csrv_credits_grant(c, wanted);
	assert(n <= (wanted ? wanted : 1));
	held += n;
	granted += n;
	assert(held <= max && granted - low <= 2 * max);
	assert(n || held == max || granted - low == 2 * max);
}

static void first_unused(struct csrv_credits *c)
{
	u64 id = 0;

	while (id < granted && used[id])
		id++;
	if (id < granted)
		use(c, id, 1);
}

static void run(u32 max, u32 seed)
{
	struct csrv_credits c;
	u64 id;

	srandom(seed);
	memset(used, 0, sizeof(used));
	granted = 1;
	held = 1;
	csrv_credits_init(&c);
	csrv_credits_limit(&c, max);
	use(&c, 0, 1);
	grant(&c, max, max);
	for (u32 i = 0; i < 3000 && granted < IDS - 2 * max; i++) {
		switch (rnd(8)) {
		case 0:
			grant(&c, max, rnd(max));
			break;
		case 1:
		case 2:
			use(&c, rnd(granted + 2), 1 + rnd(20));
			break;
		case 3:
			csrv_credits_trim(&c);
			break;
		case 4:		/* as late as may be */
			use(&c, granted - 1 - rnd(granted < 9 ? 1 : 8), 1);
			break;
		default:
			first_unused(&c);
		}
	}
	for (id = 0; id < granted; id++)
		use(&c, id, 1);
	assert(!held && c.low == granted);
	csrv_credits_trim(&c);
	assert(c.used == c.first);
	grant(&c, max, 10);
	use(&c, granted - 1, 1);
	use(&c, granted - 1, 1);
	use(&c, granted, 1);
	csrv_credits_done(&c);
}

static void in_order_needs_nothing(void)
{
	struct csrv_credits c;
	u64 id = 0;

	csrv_credits_init(&c);
	csrv_credits_limit(&c, 8192);
	for (u32 i = 0; i < 1000; i++) {
		u32 charge = i ? 1 + i % 8 : 1;

		assert(csrv_credits_use(&c, id, charge));
		id += charge;
		csrv_credits_grant(&c, 8192);
		assert(c.used == c.first);
	}
	csrv_credits_done(&c);
}

int main(void)
{
	static const u32 limits[] = { 128, 200, 512, 8192, 65535 };

	in_order_needs_nothing();
	for (u32 i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		for (u32 seed = 1; seed < 6; seed++)
			run(limits[i], seed);
	return 0;
}
