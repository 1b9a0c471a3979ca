// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/lockseq.c
//
// [MS-SMB2] 3.3.5.14
#include <assert.h>
#include <string.h>

#include "store/lockseq.h"

#define PARTS	(CSRV_LOCKSEQ_PLACES / CSRV_LOCKSEQ_PART)

static struct csrv_lockseq_part parts[PARTS];
static struct csrv_lockseq q;
static u64 clock;

/* Of ChannelSequence 0, and arrived just now. */
static struct csrv_lockseq_id at(u32 index, u8 number)
{
	return (struct csrv_lockseq_id){ .index = index, .number = number, .arrival = ++clock };
}

static struct csrv_lockseq_entry *entry(const struct csrv_lockseq_id *id)
{
	return csrv_lockseq_entry(*csrv_lockseq_part(&q, id), id);
}

static enum csrv_lockseq_kind begin(struct csrv_lockseq_id id)
{
	assert(csrv_lockseq_counts(&id));
	return csrv_lockseq_begin(entry(&id), &id);
}

static bool replayed(u32 index, u8 number)
{
	enum csrv_lockseq_kind kind = begin(at(index, number));

	assert(kind != CSRV_LOCKSEQ_OLD);
	return kind == CSRV_LOCKSEQ_DONE;
}

static void done(u32 index, u8 number)
{
	const struct csrv_lockseq_id id = at(index, number);

	csrv_lockseq_done(entry(&id), &id);
}

static void fresh(void)
{
	memset(parts, 0, sizeof(parts));
	for (u32 i = 0; i < PARTS; i++)
		q.part[i] = &parts[i];
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

/* Each has an entry of its own, and none lies elsewhere. */
static void entries(void)
{
	for (u32 i = 1; i <= CSRV_LOCKSEQ_PLACES; i++) {
		const struct csrv_lockseq_id id = at(i, 0);

		assert(!entry(&id)->arrival);
		entry(&id)->arrival = i;
		assert((void *)entry(&id) >= (void *)parts &&
		       (void *)(entry(&id) + 1) <= (void *)(parts + PARTS));
	}
}

static void what_succeeded_is_remembered(void)
{
	u8 n;

	for (n = 0; n < 16; n++) {
		assert(!replayed(1, n));
		assert(!replayed(1, n));	/* it came, and failed */
		done(1, n);
		assert(replayed(1, n));
		assert(replayed(1, n));
	}
}

static void another_number_forgets(void)
{
	done(64, 3);
	assert(!replayed(64, 4));	/* which fails */
	assert(!replayed(64, 3));
}

static void places_are_apart(void)
{
	done(1, 5);
	done(64, 6);
	assert(!replayed(2, 5) && !replayed(63, 6));
	assert(replayed(1, 5) && replayed(64, 6));
}

/* Of two that arrived, the first is done only if it begins first. */
static void old_ones_are_refused(void)
{
	const struct csrv_lockseq_id first = at(7, 1), other = at(7, 0), second = at(7, 1);

	assert(begin(first) == CSRV_LOCKSEQ_NEW);
	assert(begin(second) == CSRV_LOCKSEQ_NEW);
	assert(begin(first) == CSRV_LOCKSEQ_OLD);	/* also when the second has failed */
	assert(begin(second) == CSRV_LOCKSEQ_NEW);	/* it is not older than itself */
	done(7, 1);
	assert(begin(first) == CSRV_LOCKSEQ_DONE);
	assert(begin(other) == CSRV_LOCKSEQ_OLD);
	assert(begin(second) == CSRV_LOCKSEQ_DONE);	/* the one before did not forget it */
	assert(!replayed(7, 2));
	assert(begin(second) == CSRV_LOCKSEQ_OLD);
}

static enum csrv_lockseq_kind begin_over(u16 channel)
{
	struct csrv_lockseq_id id = at(9, 1);

	id.channel = channel;
	return begin(id);
}

/* What the client sent over a channel before it lost it may arrive after what it sent then. */
static void channels_are_lost(void)
{
	assert(begin_over(0xfffe) == CSRV_LOCKSEQ_NEW);	/* the first may have any */
	assert(begin_over(0xffff) == CSRV_LOCKSEQ_NEW);
	assert(begin_over(0xfffe) == CSRV_LOCKSEQ_OLD);
	assert(begin_over(0) == CSRV_LOCKSEQ_NEW);
	assert(begin_over(0xffff) == CSRV_LOCKSEQ_OLD);
	assert(begin_over(0x7fff) == CSRV_LOCKSEQ_NEW);
	assert(begin_over(0) == CSRV_LOCKSEQ_OLD);
	assert(begin_over(0x7fff) == CSRV_LOCKSEQ_NEW);
}

/* A later ChannelSequence counts, though the LOCK arrived before. */
static void channel_before_arrival(void)
{
	struct csrv_lockseq_id late = at(9, 1);

	late.channel = 1;
	assert(begin_over(0) == CSRV_LOCKSEQ_NEW);
	assert(begin(late) == CSRV_LOCKSEQ_NEW);
	assert(begin_over(0) == CSRV_LOCKSEQ_OLD);
}

int main(void)
{
	static void (*const tests[])(void) = {
		places, entries, what_succeeded_is_remembered, another_number_forgets,
		places_are_apart, old_ones_are_refused, channels_are_lost, channel_before_arrival,
	};

	for (u32 i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		fresh();
		tests[i]();
	}
	return 0;
}
