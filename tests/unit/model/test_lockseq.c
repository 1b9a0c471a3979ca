// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/model/lockseq.c
//
// [MS-SMB2] 3.3.5.14
#include <assert.h>

#include "model/lockseq.h"

static struct csrv_lockseq_id at(u32 index, u8 number)
{
	return (struct csrv_lockseq_id){ .index = index, .number = number };
}

static bool replayed(struct csrv_lockseq *q, u32 index, u8 number)
{
	const struct csrv_lockseq_id id = at(index, number);

	assert(csrv_lockseq_counts(&id));
	return csrv_lockseq_replayed(q, &id);
}

static void done(struct csrv_lockseq *q, u32 index, u8 number)
{
	const struct csrv_lockseq_id id = at(index, number);

	csrv_lockseq_done(q, &id);
}

static void places(void)
{
	const struct csrv_lockseq_id good[] = { at(1, 0), at(64, 15) };
	const struct csrv_lockseq_id bad[] = { at(0, 1), at(65, 1), at(0x0fffffff, 0) };
	unsigned int i;

	for (i = 0; i < 2; i++)
		assert(csrv_lockseq_counts(&good[i]));
	for (i = 0; i < 3; i++)
		assert(!csrv_lockseq_counts(&bad[i]));
}

static void what_succeeded_is_remembered(void)
{
	struct csrv_lockseq q = {};
	u8 n;

	for (n = 0; n < 16; n++) {
		assert(!replayed(&q, 1, n));
		assert(!replayed(&q, 1, n));	/* it came, and failed */
		done(&q, 1, n);
		assert(replayed(&q, 1, n));
		assert(replayed(&q, 1, n));
	}
}

static void another_number_forgets(void)
{
	struct csrv_lockseq q = {};

	done(&q, 64, 3);
	assert(!replayed(&q, 64, 4));	/* which fails */
	assert(!replayed(&q, 64, 3));
}

static void places_are_apart(void)
{
	struct csrv_lockseq q = {};

	done(&q, 1, 5);
	done(&q, 64, 6);
	assert(!replayed(&q, 2, 5) && !replayed(&q, 63, 6));
	assert(replayed(&q, 1, 5) && replayed(&q, 64, 6));
}

int main(void)
{
	places();
	what_succeeded_is_remembered();
	another_number_forgets();
	places_are_apart();
	return 0;
}
