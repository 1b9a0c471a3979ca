// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/policy/groups.c
/* Lists of groups' numbers: which ones they are, and what is no such list. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/slab.h>

#include "policy/groups.h"

static int made(const char *list, struct csrv_groups *groups)
{
	memset(groups, 0xff, sizeof(*groups));
	return csrv_groups_make(groups, list);
}

static void numbers_are_read(void)
{
	struct csrv_groups g;

	assert(!made("0 27 4294967294 27", &g) && g.n == 4);
	assert(g.gids[0] == 0 && g.gids[1] == 27 && g.gids[2] == 4294967294U && g.gids[3] == 27);
	csrv_groups_free(&g);
	assert(!g.n && !g.gids);
	csrv_groups_free(&g);
	assert(csrv_groups_read("7 8", NULL) == 2);
}

static void no_words_are_no_groups(void)
{
	struct csrv_groups g;

	assert(!made("", &g) && !g.n && !g.gids);
	csrv_groups_free(&g);
}

static void what_is_no_number_is_refused(void)
{
	static const char *const bad[] = {
		"staff", "27 staff", "-1", "+1", "0x10", "4294967295", "4294967296", "42949672940",
		"99999999999999999999999999", "27x", "27,28", "27\t28", " 27", "27  28", "27 -",
	};
	struct csrv_groups g;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert(made(bad[i], &g) == -EINVAL && !g.n && !g.gids);
}

static void there_is_a_bound(void)
{
	static char list[2 * CSRV_GROUPS_MAX + 2];
	struct csrv_groups g;

	for (size_t i = 0; i < 2 * CSRV_GROUPS_MAX; i += 2)
		memcpy(list + i, "7 ", 2);
	list[2 * CSRV_GROUPS_MAX - 1] = 0;
	assert(!made(list, &g) && g.n == CSRV_GROUPS_MAX && g.gids[CSRV_GROUPS_MAX - 1] == 7);
	csrv_groups_free(&g);
	strcpy(list + 2 * CSRV_GROUPS_MAX - 1, " 7");
	assert(made(list, &g) == -E2BIG && !g.n && !g.gids);
}

int main(void)
{
	numbers_are_read();
	no_words_are_no_groups();
	what_is_no_number_is_refused();
	there_is_a_bound();
	puts("groups: ok");
	return 0;
}
