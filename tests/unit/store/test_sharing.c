// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/sharing.c
//
// Opens come and go at random.  Whether one more may come must be what a comparison with each
// of those that are there says, as [MS-FSA] 2.1.5.1.2.2 has it.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/sharing.h"
#include "wire/access.h"
#include "wire/smb2/create.h"

#define OPENS 40
#define READS	(FILE_READ_DATA | FILE_EXECUTE)
#define WRITES	(FILE_WRITE_DATA | FILE_APPEND_DATA)

struct sim_open {
	u32 access;
	u32 share;
};

static struct sim_open opens[OPENS];
static int nopens;

/* Does a sharing mode stand in the way of an access? */
static bool in_the_way(u32 access, u32 share)
{
	if (!(access & (READS | WRITES | ACCESS_DELETE)))
		return false;
	return (access & READS && !(share & FILE_SHARE_READ)) ||
	       (access & WRITES && !(share & FILE_SHARE_WRITE)) ||
	       (access & ACCESS_DELETE && !(share & FILE_SHARE_DELETE));
}

static bool walk_allows(u32 access, u32 share)
{
	if (!(access & (READS | WRITES | ACCESS_DELETE)))
		return true;
	for (int i = 0; i < nopens; i++) {
		const struct sim_open *o = &opens[i];

		if (!(o->access & (READS | WRITES | ACCESS_DELETE)))
			continue;
		if (in_the_way(access, o->share) || in_the_way(o->access, share))
			return false;
	}
	return true;
}

/* Mostly of few rights: with all of them next to nobody may open anything beside another. */
static u32 random_access(void)
{
	static const u32 rights[] = {
		FILE_READ_DATA, FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_EXECUTE, ACCESS_DELETE,
		FILE_READ_ATTRIBUTES, FILE_WRITE_ATTRIBUTES, SYNCHRONIZE, FILE_READ_EA,
	};
	u32 access = 0;

	for (int n = random() % 3; n >= 0; n--)
		access |= rights[random() % 9];
	return access;
}

int main(void)
{
	struct csrv_sharing set = {};
	int allowed = 0, refused = 0;

	for (int i = 0; i < 300000; i++) {
		u32 access = random_access();
		u32 share = random() % 3 ? random() % 8 : FILE_SHARE_READ | FILE_SHARE_WRITE |
							  FILE_SHARE_DELETE;
		bool may = walk_allows(access, share);
		u32 deleters = 0;

		assert(csrv_sharing_allows(&set, access, share) == may);
		allowed += may;
		refused += !may;
		for (int j = 0; j < nopens; j++)
			deleters += !!(opens[j].access & ACCESS_DELETE);
		assert(set.with[CSRV_SHARING_DELETE] == deleters);
		if (may && nopens < OPENS) {
			opens[nopens++] = (struct sim_open){ access, share };
			csrv_sharing_join(&set, access, share);
		} else if (nopens) {
			int gone = random() % nopens;

			csrv_sharing_leave(&set, opens[gone].access, opens[gone].share);
			opens[gone] = opens[--nopens];
		}
	}
	assert(allowed > 50000 && refused > 50000);
	while (nopens--)
		csrv_sharing_leave(&set, opens[nopens].access, opens[nopens].share);
	for (int i = 0; i < CSRV_SHARING_CLASSES; i++)
		assert(!set.with[i] && !set.deny[i]);
	return 0;
}
