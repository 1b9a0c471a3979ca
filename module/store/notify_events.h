/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/notify_events.h - changes as a client is told of them: [MS-FSA] 2.1.4.1, 2.1.1.9
 *
 * What a change of the file system is for a CompletionFilter, and the list of events that wait for
 * a CHANGE_NOTIFY.  No locks: they are notify.c's.
 */
#ifndef CIFSSRV_STORE_NOTIFY_EVENTS_H
#define CIFSSRV_STORE_NOTIFY_EVENTS_H

#include <linux/types.h>

struct csrv_vfs_event;

/**
 * struct csrv_notify_event - [MS-FSA] 2.1.1.9, NotifyEventEntry
 * @next: the next one of its list
 * @action: enum fscc_notify_action
 * @len: bytes of @name
 * @name: UTF-8 as on disk, relative to the watched directory, with "/" between components; with a
 *	NUL
 */
struct csrv_notify_event {
	struct csrv_notify_event	*next;
	u16				len;
	u8				action;
	char				name[];
};

/**
 * struct csrv_notify_events - [MS-FSA] ChangeNotifyEntry.NotifyEventList
 * @first: the oldest
 * @last: the latest
 * @wire: bytes that they take in a reply, with the padding behind the last
 * @held: bytes of memory
 * @lost: there were more than there was room for, and none is kept: STATUS_NOTIFY_ENUM_DIR
 *
 * All zero: empty.
 */
struct csrv_notify_events {
	struct csrv_notify_event	*first;
	struct csrv_notify_event	*last;
	u32				wire;
	u32				held;
	bool				lost;
};

/**
 * struct csrv_notify_action - an event that is to be made
 * @action: enum fscc_notify_action
 * @len: bytes of @name
 * @name: of the change
 */
struct csrv_notify_action {
	u8		action;
	u32		len;
	const char	*name;
};

#define CSRV_NOTIFY_ACTIONS	2	/* of one change */
#define CSRV_NOTIFY_LOST	(-1)	/* it counts, and its name is not known */

u32 csrv_notify_changes(u32 filter);
int csrv_notify_actions(const struct csrv_vfs_event *change, u32 filter,
			struct csrv_notify_action ret[CSRV_NOTIFY_ACTIONS]);
u32 csrv_notify_event_size(const struct csrv_notify_action *a);
struct csrv_notify_event *csrv_notify_event_make(const struct csrv_notify_action *a);
bool csrv_notify_append(struct csrv_notify_events *list, struct csrv_notify_event *e, u32 max);
void csrv_notify_lose(struct csrv_notify_events *list, struct csrv_notify_events *dropped);
void csrv_notify_events_free(struct csrv_notify_events *list);

static inline bool csrv_notify_events_any(const struct csrv_notify_events *list)
{
	return list->first || list->lost;
}

/* Moves all of @list, which is empty afterwards. */
static inline struct csrv_notify_events csrv_notify_events_take(struct csrv_notify_events *list)
{
	struct csrv_notify_events taken = *list;

	*list = (struct csrv_notify_events){};
	return taken;
}

#endif /* CIFSSRV_STORE_NOTIFY_EVENTS_H */
