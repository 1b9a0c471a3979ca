// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/notify_events.c module/wire/utf16.c
//
// What a change of the file system is for each CompletionFilter, and the list of events: order,
// merging, room.
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/slab.h>

#include "store/notify_events.h"
#include "vfs/actor.h"
#include "vfs/watch.h"
#include "wire/fscc_dir.h"
#include "wire/smb2/change_notify.h"

#define N(bit)	FILE_NOTIFY_CHANGE_##bit
#define UNTOLD	(1u << 31)	/* store/acting.h */

static struct csrv_vfs_event change(u32 what, bool is_dir, const char *name, const char *to)
{
	return (struct csrv_vfs_event){
		.what = what, .is_dir = is_dir,
		.name = name, .len = name ? strlen(name) : 0,
		.to = to, .to_len = to ? strlen(to) : 0,
	};
}

/* The events as text: "+a" added, "-a" removed, "*a" modified, "<a" and ">b" renamed; "?" lost */
static const char *told(const struct csrv_vfs_event *c, u32 filter)
{
	static const char signs[] = "?+-*<>";
	struct csrv_notify_action a[CSRV_NOTIFY_ACTIONS];
	static char text[200];
	int n = csrv_notify_actions(c, filter, a), at = 0;

	text[0] = '\0';
	if (n == CSRV_NOTIFY_LOST)
		return "?";
	for (int i = 0; i < n; i++) {
		assert(a[i].action >= FILE_ACTION_ADDED && a[i].action <= FILE_ACTION_RENAMED_NEW_NAME);
		at += sprintf(text + at, "%s%c%.*s", i ? " " : "", signs[a[i].action],
			      (int)a[i].len, a[i].name);
	}
	return text;
}

/* Of each of the 32 filters of one bit: @want for those in @bits, else nothing. */
static void check(struct csrv_vfs_event c, u32 bits, const char *want)
{
	for (int i = 0; i < 32; i++) {
		const char *got = told(&c, 1u << i);

		if (strcmp(got, 1u << i & bits ? want : "")) {
			printf("what %#x filter %#x: got '%s', want '%s'\n", c.what, 1u << i, got,
			       1u << i & bits ? want : "");
			assert(0);
		}
		/* what is told is also watched */
		assert(!*got || csrv_notify_changes(1u << i) & c.what);
	}
}

static void test_actions(void)
{
	const u32 attr = N(ATTRIBUTES) | N(LAST_WRITE) | N(LAST_ACCESS) | N(CREATION) | N(EA) |
			 N(SECURITY);
	const u32 data = N(SIZE) | N(LAST_WRITE), odd = N(ATTRIBUTES) | N(CREATION);

	check(change(CSRV_CHANGED_CREATED, false, "a", NULL), N(FILE_NAME), "+a");
	check(change(CSRV_CHANGED_CREATED, true, "a", NULL), N(DIR_NAME), "+a");
	check(change(CSRV_CHANGED_DELETED, false, "d/a", NULL), N(FILE_NAME), "-d/a");
	check(change(CSRV_CHANGED_DELETED, true, "a", NULL), N(DIR_NAME), "-a");
	check(change(CSRV_CHANGED_DATA, false, "a", NULL), data, "*a");
	check(change(CSRV_CHANGED_ATTR, false, "a", NULL), attr, "*a");
	check(change(CSRV_CHANGED_ATTR, true, "a", NULL), attr, "*a");
	check(change(CSRV_CHANGED_ACCESS, false, "a", NULL), 0, "");
	/* the watched directory itself; a name that is not known */
	check(change(CSRV_CHANGED_ATTR, true, "", NULL), 0, "");
	check(change(CSRV_CHANGED_ATTR, true, NULL, NULL), attr, "?");
	check(change(CSRV_CHANGED_CREATED, false, NULL, NULL), N(FILE_NAME), "?");
	/* none of the kernel's other events */
	check(change(CSRV_CHANGED_FROM, false, "a", NULL), 0, "");

	/* renames: within a directory, between two, out of the tree and into it */
	check(change(CSRV_CHANGED_RENAMED, true, "a", "b"), N(DIR_NAME), "<a >b");
	check(change(CSRV_CHANGED_RENAMED, true, "d/a", "d/b"), N(DIR_NAME), "<d/a >d/b");
	check(change(CSRV_CHANGED_RENAMED, true, "d/a", "e/a"), N(DIR_NAME), "-d/a +e/a");
	check(change(CSRV_CHANGED_RENAMED, true, "d/a", "dd/a"), N(DIR_NAME), "-d/a +dd/a");
	check(change(CSRV_CHANGED_RENAMED, true, "a", "d/a"), N(DIR_NAME), "-a +d/a");
	check(change(CSRV_CHANGED_RENAMED, true, "a", NULL), N(DIR_NAME), "-a");
	check(change(CSRV_CHANGED_RENAMED, true, NULL, "b"), N(DIR_NAME), "+b");
	check(change(CSRV_CHANGED_RENAMED, true, NULL, NULL), N(DIR_NAME), "?");
	/* of a file, for those that do not watch names */
	for (u32 bit = 1; bit; bit <<= 1) {
		struct csrv_vfs_event c = change(CSRV_CHANGED_RENAMED, false, "a", "d/b");

		assert(!strcmp(told(&c, bit), bit == N(FILE_NAME) ? "-a +d/b" :
				bit & odd ? "*d/b" : ""));
		c.to = NULL;
		assert(!strcmp(told(&c, bit), bit == N(FILE_NAME) ? "-a" : ""));
	}
	assert(csrv_notify_changes(N(ATTRIBUTES)) & CSRV_CHANGED_RENAMED);
	struct csrv_vfs_event c = change(CSRV_CHANGED_RENAMED, false, "a", "b");
	assert(!strcmp(told(&c, N(FILE_NAME) | odd), "<a >b"));
}

/* A client says what it changes. */
static void test_actor(void)
{
	struct csrv_actor actor = { .what = N(EA) };
	struct csrv_vfs_event c = change(CSRV_CHANGED_ATTR, false, "a", NULL);

	c.actor = &actor;
	check(c, N(EA), "*a");
	actor.what = N(CREATION) | N(LAST_WRITE);
	check(c, N(CREATION) | N(LAST_WRITE), "*a");
	actor.what = N(FILE_NAME);	/* what is done to a new file beside its name */
	check(c, 0, "");
	actor.what = UNTOLD;		/* also for a client that asks for all 32 bits */
	check(c, 0, "");
	assert(!strcmp(told(&c, ~0u), ""));
	actor.what = 0;
	assert(!strcmp(told(&c, N(SECURITY)), "*a"));
	/* LastAccessTime alone is what the kernel tells of a read */
	actor.what = N(LAST_ACCESS);
	c.what = CSRV_CHANGED_ACCESS;
	check(c, N(LAST_ACCESS), "*a");
	actor.what = N(LAST_WRITE);
	check(c, 0, "");
	/* names are what the kernel says they are */
	actor.what = N(DIR_NAME);
	c.what = CSRV_CHANGED_CREATED;
	check(c, N(FILE_NAME), "+a");
}

static bool add(struct csrv_notify_events *list, u8 action, const char *name, u32 max)
{
	const struct csrv_notify_action a = { .action = action, .name = name, .len = strlen(name) };
	struct csrv_notify_event *e = csrv_notify_event_make(&a);
	bool taken;

	assert(e && e->len == a.len && !strcmp(e->name, name) && !e->next);
	taken = csrv_notify_append(list, e, max);
	if (!taken)
		kfree(e);
	return taken;
}

static void test_list(void)
{
	struct csrv_notify_events list = {}, taken, dropped;
	u32 n = 0;

	/* what has been said last is not said again; what comes between counts */
	assert(!csrv_notify_events_any(&list));
	assert(add(&list, FILE_ACTION_ADDED, "one", 1000));
	assert(add(&list, FILE_ACTION_MODIFIED, "one", 1000));
	assert(!add(&list, FILE_ACTION_MODIFIED, "one", 1000) && !list.lost);
	assert(add(&list, FILE_ACTION_MODIFIED, "one2", 1000));
	assert(add(&list, FILE_ACTION_MODIFIED, "one", 1000));
	assert(add(&list, FILE_ACTION_REMOVED, "one", 1000));
	assert(add(&list, FILE_ACTION_REMOVED, "one", 1000));
	/* 12 + 6 bytes, padded to 20 */
	assert(list.wire == 5 * 20 + 20);
	assert(list.held == 6 * (sizeof(struct csrv_notify_event) + 4) + 1);

	taken = csrv_notify_events_take(&list);
	assert(!csrv_notify_events_any(&list) && csrv_notify_events_any(&taken));
	for (struct csrv_notify_event *e = taken.first; e; e = e->next)
		n++;
	assert(n == 6 && taken.first->action == FILE_ACTION_ADDED &&
	       taken.last->action == FILE_ACTION_REMOVED);
	csrv_notify_events_free(&taken);
	assert(!csrv_notify_events_any(&taken) && !taken.held);

	/* the last one needs no padding: 20 + 18 */
	assert(add(&list, FILE_ACTION_ADDED, "abc", 38));
	assert(add(&list, FILE_ACTION_ADDED, "def", 38));
	csrv_notify_events_free(&list);
	assert(add(&list, FILE_ACTION_ADDED, "abc", 37));
	assert(!add(&list, FILE_ACTION_ADDED, "def", 37) && list.lost);
	csrv_notify_lose(&list, &dropped);
	assert(list.lost && !list.first && !list.held && dropped.first && dropped.held);
	csrv_notify_events_free(&dropped);
	taken = csrv_notify_events_take(&list);
	assert(taken.lost && !list.lost);

	/* no room at all, and characters of more bytes than UTF-16 has */
	assert(!add(&list, FILE_ACTION_ADDED, "a", 0) && list.lost);
	list.lost = false;
	assert(add(&list, FILE_ACTION_ADDED, "\xe2\x82\xac\xf0\x9f\x98\x80", 18));
	assert(list.wire == 20);
	csrv_notify_events_free(&list);
}

int main(void)
{
	test_actions();
	test_actor();
	test_list();
	return 0;
}
