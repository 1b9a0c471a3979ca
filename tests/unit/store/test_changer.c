// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/changer.c | flags: -Wno-unused-parameter
//
// Whose change it is: the holder's of a directory's lease, if an open of its user has the key of that
// lease as its parent's; and what two opens change together.
#include <assert.h>

#include "core/quota.h"
#include "store/changer.h"

static struct csrv_account user, other, session = { .identity = &user },
			   session2 = { .identity = &user }, foreign = { .identity = &other };

static void test_holder(void)
{
	const u8 one[16] = { 1 }, two[16] = { 2 };
	const struct csrv_cache_key lease = { .client = { 7 }, .lease = { 1 } };
	const struct csrv_cache_key zero = { .client = { 7 } };
	struct csrv_changer by;

	assert(!csrv_changer_has(NULL, &lease, &session));
	csrv_changer_init(&by, &session, NULL);
	assert(!csrv_changer_has(&by, &lease, &session));
	/* no key is not the key of zeros */
	assert(!csrv_changer_has(&by, &zero, &session));
	csrv_changer_init(&by, &session, two);
	assert(!csrv_changer_has(&by, &lease, &session));
	csrv_changer_init(&by, &session, one);
	assert(csrv_changer_has(&by, &lease, &session));
	assert(csrv_changer_has(&by, &lease, &session2));
	assert(!csrv_changer_has(&by, &lease, &foreign));
}

static bool joined(const u8 *a, const struct csrv_account *by_a, const u8 *b,
		   const struct csrv_account *by_b)
{
	struct csrv_changer first, second;

	csrv_changer_init(&first, by_a, a);
	csrv_changer_init(&second, by_b, b);
	csrv_changer_join(&first, &second);
	return first.keyed;
}

static void test_join(void)
{
	const u8 one[16] = { 1 }, two[16] = { 2 };

	assert(joined(one, &session, one, &session2));
	assert(!joined(one, &session, one, &foreign));
	assert(!joined(one, &session, two, &session));
	assert(!joined(one, &session, NULL, &session));
	assert(!joined(NULL, &session, one, &session));
	assert(!joined(NULL, &session, NULL, &session));
}

int main(void)
{
	test_holder();
	test_join();
	return 0;
}
