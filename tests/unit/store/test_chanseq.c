// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/chanseq.c
//
// [MS-SMB2] 3.3.5.2.10, 3.3.4.1
#include <assert.h>

#include "store/chanseq.h"

static bool counted(struct csrv_chanseq *c, u16 seq, bool replay)
{
	return csrv_chanseq_begin(c, seq, replay) == CSRV_CHANSEQ_COUNTED;
}

static void same(const struct csrv_chanseq *c, u16 seq, u32 now, u32 before)
{
	assert(c->seq == seq && c->now == now && c->before == before);
}

static void order_counts(void)
{
	struct csrv_chanseq c = { .seq = 5 };

	assert(counted(&c, 5, false) && counted(&c, 5, false));
	same(&c, 5, 2, 0);
	assert(!counted(&c, 4, false));		/* it was sent before a channel was lost */
	same(&c, 5, 2, 0);
	assert(counted(&c, 6, false));
	same(&c, 6, 1, 2);
	assert(!counted(&c, 5, false));
	csrv_chanseq_end(&c, 5);
	same(&c, 6, 1, 1);
	csrv_chanseq_end(&c, 6);
	csrv_chanseq_end(&c, 5);
	same(&c, 6, 0, 0);
}

static void replay_comes_alone(void)
{
	struct csrv_chanseq c = { .seq = 1 };

	assert(counted(&c, 1, false));
	assert(counted(&c, 1, true));		/* of the same sequence: nothing earlier runs */
	assert(!counted(&c, 2, true));
	same(&c, 2, 0, 2);
	assert(!counted(&c, 2, true));
	assert(counted(&c, 2, false));
	csrv_chanseq_end(&c, 1);
	csrv_chanseq_end(&c, 1);
	assert(counted(&c, 2, true));
	same(&c, 2, 2, 0);
	c = (struct csrv_chanseq){ .seq = 1 };
	assert(counted(&c, 2, true));
	same(&c, 2, 1, 0);
}

static void sixteen_bits_wrap(void)
{
	struct csrv_chanseq c = { .seq = 0xffff };

	assert(counted(&c, 0, false));
	same(&c, 0, 1, 0);
	assert(!counted(&c, 0xffff, false));
	assert(!counted(&c, 0x8000, false));
	assert(counted(&c, 0x7fff, false));
	same(&c, 0x7fff, 1, 1);
}

int main(void)
{
	order_counts();
	replay_comes_alone();
	sixteen_bits_wrap();
	return 0;
}
