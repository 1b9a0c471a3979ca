// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/acting.c | flags: -Wno-unused-parameter
//
// Whose change it is: the holder's of a directory's lease, if an open of its user has the key of that
// lease as its parent's; and what two opens change together.
#include <assert.h>
#include <string.h>

#include "core/quota.h"
#include "store/acting.h"

static const struct csrv_actor *entered;

/* What vfs/actor.c does */
void csrv_actor_enter(struct csrv_actor *actor, const void *by, u32 what)
{
	actor->by = by;
	actor->what = what;
	entered = actor;
}

void csrv_actor_leave(struct csrv_actor *actor)
{
	assert(entered == actor);
	entered = NULL;
}

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

static void test_acting(void)
{
	struct csrv_changer by;
	struct csrv_acting a;

	csrv_changer_init(&by, &session, NULL);
	csrv_acting_begin(&a, &by, csrv_acts_name(true) | CSRV_ACTS_UNTOLD);
	assert(csrv_acting_by(entered) == &by);
	assert(entered->what == (FILE_NOTIFY_CHANGE_DIR_NAME | CSRV_ACTS_UNTOLD));
	csrv_acting_end(&a);
	assert(!csrv_acting_by(entered));
	assert(csrv_acts_name(false) == FILE_NOTIFY_CHANGE_FILE_NAME);
	assert(!(FILE_NOTIFY_CHANGE_ALL & (CSRV_ACTS_UNTOLD | CSRV_ACTS_UNLISTED)));
}

int main(void)
{
	test_holder();
	test_join();
	test_acting();
	return 0;
}
