// SPDX-License-Identifier: GPL-2.0-or-later
/* 8.3 names: legal, of the name and the seed alone, and seldom the same for two names */
#include <stdlib.h>
#include "wiretest.h"
#include "wire/shortname.h"

#define SEED	0x1234567u
#define MANY	100000

static u32 make(const char *name, u32 seed, char out[WIRE_SHORT_NAME_MAX + 1])
{
	u32 n = csrv_short_name(name, strlen(name), seed, out);

	assert(n <= WIRE_SHORT_NAME_MAX);
	out[n] = '\0';
	return n;
}

static void own(const char *name, const char *want)
{
	char out[WIRE_SHORT_NAME_MAX + 1];

	make(name, SEED, out);
	assert(!strcmp(out, want));
}

/* @base and @ext around the digits */
static void made(const char *name, const char *base, const char *ext)
{
	char out[WIRE_SHORT_NAME_MAX + 1], other[WIRE_SHORT_NAME_MAX + 1], lower[300];
	u32 n = make(name, SEED, out), i, at = strlen(base);

	assert(n == at + 6 + strlen(ext));
	assert(!memcmp(out, base, at) && !strcmp(out + at + 6, ext));
	for (i = at; i < at + 6; i++)
		assert((out[i] >= '0' && out[i] <= '9') || (out[i] >= 'A' && out[i] <= 'Z'));
	/* the same again, in any case; another for another seed */
	for (i = 0; name[i]; i++)
		lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i];
	lower[i] = '\0';
	make(lower, SEED, other);
	assert(!strcmp(out, other));
	make(name, SEED + 1, other);
	assert(strcmp(out, other));
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void test_twins(void)
{
	static char names[MANY][WIRE_SHORT_NAME_MAX + 1];
	char name[40];
	u32 i, twins = 0;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "IMG-2022-06-20 %u.jpeg", i);
		make(name, SEED, names[i]);
	}
	qsort(names, MANY, sizeof(names[0]), compare);
	for (i = 1; i < MANY; i++)
		twins += !strcmp(names[i], names[i - 1]);
	/* 36^6 of them: 2.3 pairs are to be expected */
	assert(twins < 20);
}

int main(void)
{
	own(".", "");
	own("..", "");
	own("a", "A");
	own("readme.txt", "README.TXT");
	own("ABC~1.T~T", "ABC~1.T~T");
	made("a longer name.text", "A~", ".TEX");
	made("readme.text", "R~", ".TEX");
	made(".profile", "P~", "");
	made("a.b.c", "A~", ".C");
	made("trailing.", "T~", "");
	made("a b", "A~", "");
	made("a:b", "A~", "");
	made("\xc3\xa4\xc3\xb6", "~", "");
	made("\xff.\xff", "~", "");
	test_twins();
	return 0;
}
