// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of a directory's names: what it finds, and how far it looks for it */
// link: module/vfs/nametab.c module/wire/*.c
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "vfs/nametab.h"

#define SEED	0x5eed
/* Most slots that a look may pass: chance alone makes a few dozen of many names. */
#define RUN_MAX	256u

static struct csrv_names names(bool shorts)
{
	return (struct csrv_names){ .seed = SEED, .short_seed = SEED, .has_shorts = shorts };
}

static void add(struct csrv_names *n, const char *name)
{
	assert(csrv_names_add(n, name, strlen(name)));
}

static const char *look(const struct csrv_names *n, const char *name)
{
	return csrv_names_find(n, name, strlen(name));
}

static void wants(const struct csrv_names *n, const char *name, const char *found)
{
	const char *got = look(n, name);

	assert(found ? got && !strcmp(got, found) : !got);
}

/* The longest row of filled slots: the work of the most expensive look. */
static u32 longest_run(const struct csrv_name_table *t)
{
	u32 run = 0, most = 0, i;

	for (i = 0; i < 2 * t->n; i++) {
		run = t->slots[i & (t->n - 1)] ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

/* The @way-th way to write a name of 20 letters. */
static void write_name(char *out, u32 way)
{
	u32 i;

	for (i = 0; i < 20; i++)
		out[i] = way >> i & 1 ? 'A' + i : 'a' + i;
	out[i] = '\0';
}

static void names_of_one_fold_cost_no_more_than_others(void)
{
	struct csrv_names n = names(false);
	char name[32];
	u32 i;

	for (i = 0; i < 1 << 16; i++) {
		write_name(name, i);
		add(&n, name);
		snprintf(name, sizeof(name), "other-%u", i);
		add(&n, name);
	}
	assert(n.full.n);
	assert(longest_run(&n.full) < RUN_MAX);
	write_name(name, 12345);
	assert(look(&n, name));
	wants(&n, "OTHER-77", "other-77");
	wants(&n, "other-x", NULL);
	csrv_names_clear(&n);
}

static void long_names_of_one_short_name_likewise(void)
{
	struct csrv_names n = names(true);
	char name[32];
	u32 i;

	for (i = 0; i < 1 << 12; i++) {
		write_name(name, i);
		add(&n, name);
	}
	assert(longest_run(&n.full) < RUN_MAX);
	assert(longest_run(&n.shorts) < RUN_MAX);
	csrv_names_clear(&n);
}

static void changes_are_followed(void)
{
	struct csrv_names n = names(false);

	add(&n, "One");
	add(&n, "Two");
	assert(csrv_names_change(&n, "One", "three"));
	wants(&n, "one", NULL);
	wants(&n, "THREE", "three");
	assert(csrv_names_change(&n, "three", "Three"));
	wants(&n, "three", "Three");
	assert(csrv_names_change(&n, NULL, "Three"));
	assert(csrv_names_change(&n, "Three", NULL));
	wants(&n, "three", NULL);
	wants(&n, "two", "Two");
	csrv_names_clear(&n);
}

static void a_twin_that_goes_leaves_the_other(void)
{
	struct csrv_names n = names(false);

	add(&n, "twin");
	add(&n, "Twin");
	add(&n, "single");
	assert(look(&n, "TWIN"));
	assert(csrv_names_change(&n, "single", NULL));
	/* Which of them was in the table, and whether it was all: the directory knows. */
	assert(!csrv_names_change(&n, "twin", NULL));
	csrv_names_clear(&n);

	n = names(false);
	add(&n, "twin");
	assert(csrv_names_change(&n, NULL, "TWIN"));
	assert(!csrv_names_change(&n, "TWIN", NULL));
	/* A name that was never told of. */
	assert(!csrv_names_change(&n, "unknown", NULL));
	csrv_names_clear(&n);
}

/* A name that no client can say is found as it is shown: [MS-FSCC] 2.1.5 */
static void a_name_as_it_is_shown(void)
{
	struct csrv_names n = names(false);

	add(&n, "a:b");
	assert(!look(&n, "a:b"));
	assert(look(&n, "A\xef\x80\xa2" "B"));
	assert(csrv_names_change(&n, "a:b", NULL));
	assert(!look(&n, "A\xef\x80\xa2" "B"));
	csrv_names_clear(&n);
}

int main(void)
{
	names_of_one_fold_cost_no_more_than_others();
	long_names_of_one_short_name_likewise();
	changes_are_followed();
	a_twin_that_goes_leaves_the_other();
	a_name_as_it_is_shown();
	return 0;
}
