// SPDX-License-Identifier: GPL-2.0-or-later
/* store/notify_events.c - changes as a client is told of them: [MS-FSA] 2.1.4.1, 2.1.1.9 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../vfs/actor.h"
#include "../vfs/watch.h"
#include "../wire/fscc_dir.h"
#include "../wire/smb2/change_notify.h"
#include "../wire/utf16.h"
#include "notify_events.h"

#define CHANGE_NAMES	(FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)
/* What the kernel means by a change of data, and of attributes: it does not tell which. */
#define CHANGE_DATA	(FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE)
#define CHANGE_ATTR	(FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_LAST_WRITE |	\
			 FILE_NOTIFY_CHANGE_LAST_ACCESS | FILE_NOTIFY_CHANGE_CREATION |		\
			 FILE_NOTIFY_CHANGE_EA | FILE_NOTIFY_CHANGE_SECURITY)
/*
 * A file that gets a new name is modified, too, for a client that does not watch names.  [MS-FSA]
 * does not say so; Windows does it (smb2.notify.mask-change of smbtorture).
 */
#define CHANGE_RENAMED	(FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_CREATION)

/**
 * csrv_notify_changes() - what has to be watched for a CompletionFilter
 * @filter: FILE_NOTIFY_CHANGE_*; other bits mean nothing
 *
 * Return: CSRV_CHANGED_*.
 */
u32 csrv_notify_changes(u32 filter)
{
	u32 changes = 0;

	if (filter & CHANGE_NAMES)
		changes |= CSRV_CHANGED_CREATED | CSRV_CHANGED_DELETED | CSRV_CHANGED_RENAMED;
	if (filter & CHANGE_RENAMED)
		changes |= CSRV_CHANGED_RENAMED;
	if (filter & CHANGE_DATA)
		changes |= CSRV_CHANGED_DATA;
	if (filter & CHANGE_ATTR)
		changes |= CSRV_CHANGED_ATTR;
	if (filter & FILE_NOTIFY_CHANGE_LAST_ACCESS)
		changes |= CSRV_CHANGED_ACCESS;
	return changes;
}

static int one(struct csrv_notify_action *ret, u8 action, const char *name, u32 len)
{
	if (!name)
		return CSRV_NOTIFY_LOST;
	if (!len)
		return 0;	/* the watched directory itself */
	*ret = (struct csrv_notify_action){ .action = action, .name = name, .len = len };
	return 1;
}

/* What has changed beside names: what the client that changes it says, or all that it may be. */
static u32 modified(const struct csrv_vfs_event *change)
{
	const struct csrv_actor *actor = change->actor;
	u32 said = actor ? actor->what : 0;

	/* A client has read, or set LastAccessTime.  A local process may have read. */
	if (change->what == CSRV_CHANGED_ACCESS)
		return said & FILE_NOTIFY_CHANGE_LAST_ACCESS;
	if (said)		/* CSRV_ACTS_UNTOLD has none of these bits */
		return said & FILE_NOTIFY_CHANGE_ALL & ~CHANGE_NAMES;
	return change->what == CSRV_CHANGED_DATA ? CHANGE_DATA : CHANGE_ATTR;
}

/* Bytes of a path up to its last component. */
static u32 dir_len(const char *name, u32 len)
{
	while (len && name[len - 1] != '/')
		len--;
	return len;
}

static bool same_dir(const struct csrv_vfs_event *c)
{
	u32 len = dir_len(c->name, c->len);

	return len == dir_len(c->to, c->to_len) && !memcmp(c->name, c->to, len);
}

/*
 * [MS-FSCC] 2.7.1: with both names in one directory RENAMED_OLD_NAME and RENAMED_NEW_NAME; else
 * REMOVED and ADDED, as far as they are watched.
 */
static int renamed(const struct csrv_vfs_event *c, bool names, u32 filter,
		   struct csrv_notify_action ret[CSRV_NOTIFY_ACTIONS])
{
	bool pair = c->name && c->to && same_dir(c);
	int n = 0;

	if (!names && (c->is_dir || !(filter & CHANGE_RENAMED)))
		return 0;
	if (!c->name && !c->to)
		return CSRV_NOTIFY_LOST;
	if (!names)
		return c->to ? one(ret, FILE_ACTION_MODIFIED, c->to, c->to_len) : 0;
	if (c->name)
		n = one(ret, pair ? FILE_ACTION_RENAMED_OLD_NAME : FILE_ACTION_REMOVED, c->name,
			c->len);
	if (c->to)
		n += one(ret + n, pair ? FILE_ACTION_RENAMED_NEW_NAME : FILE_ACTION_ADDED, c->to,
			 c->to_len);
	return n;
}

/**
 * csrv_notify_actions() - which events a change is
 * @change: a change
 * @filter: the CompletionFilter
 * @ret: set to the events; the names are those of @change
 *
 * Return: their number; CSRV_NOTIFY_LOST if there is one whose name is not known.
 */
int csrv_notify_actions(const struct csrv_vfs_event *change, u32 filter,
			struct csrv_notify_action ret[CSRV_NOTIFY_ACTIONS])
{
	bool names = filter & (change->is_dir ? FILE_NOTIFY_CHANGE_DIR_NAME :
						FILE_NOTIFY_CHANGE_FILE_NAME);

	switch (change->what) {
	case CSRV_CHANGED_CREATED:
		return names ? one(ret, FILE_ACTION_ADDED, change->name, change->len) : 0;
	case CSRV_CHANGED_DELETED:
		return names ? one(ret, FILE_ACTION_REMOVED, change->name, change->len) : 0;
	case CSRV_CHANGED_RENAMED:
		return renamed(change, names, filter, ret);
	case CSRV_CHANGED_DATA:
	case CSRV_CHANGED_ATTR:
	case CSRV_CHANGED_ACCESS:
		if (modified(change) & filter)
			return one(ret, FILE_ACTION_MODIFIED, change->name, change->len);
		return 0;
	default:
		return 0;
	}
}

/* Bytes of memory of an event. */
u32 csrv_notify_event_size(const struct csrv_notify_action *a)
{
	return sizeof(struct csrv_notify_event) + a->len + 1;
}

/**
 * csrv_notify_event_make() - an event on no list
 * @a: its name has at most U16_MAX bytes
 *
 * Return: the event, to be freed by kfree() if csrv_notify_append() does not take it; NULL without
 * memory.
 */
struct csrv_notify_event *csrv_notify_event_make(const struct csrv_notify_action *a)
{
	struct csrv_notify_event *e = kmalloc(csrv_notify_event_size(a), GFP_KERNEL);

	if (!e)
		return NULL;
	e->next = NULL;
	e->action = a->action;
	e->len = a->len;
	memcpy(e->name, a->name, a->len);
	e->name[a->len] = '\0';
	return e;
}

/* The client learns nothing new from @e: the latest event says the same. */
static bool repeats(const struct csrv_notify_events *list, const struct csrv_notify_event *e)
{
	const struct csrv_notify_event *last = list->last;

	return last && e->action == FILE_ACTION_MODIFIED && last->action == e->action &&
	       last->len == e->len && !memcmp(last->name, e->name, e->len);
}

/**
 * csrv_notify_append() - one more event waits
 * @list: nothing of it is lost
 * @e: the event
 * @max: the most bytes that all may take in a reply
 *
 * Return: true: @e is on the list.  False: it is not, because it says nothing new, or there is no
 * room: then @list->lost is set, and csrv_notify_lose() follows.
 */
bool csrv_notify_append(struct csrv_notify_events *list, struct csrv_notify_event *e, u32 max)
{
	/* FILE_NOTIFY_INFORMATION, [MS-FSCC] 2.7.1; only between entries there is padding */
	u32 size = 12 + csrv_utf8_to_utf16_len(e->name, e->len);

	if (repeats(list, e))
		return false;
	if (size > max || list->wire > max - size) {
		list->lost = true;
		return false;
	}
	if (list->last)
		list->last->next = e;
	else
		list->first = e;
	list->last = e;
	list->wire += ALIGN(size, 4);
	list->held += sizeof(*e) + e->len + 1;
	return true;
}

/* Events do not fit, or one of them is not known: @dropped gets those that there are. */
void csrv_notify_lose(struct csrv_notify_events *list, struct csrv_notify_events *dropped)
{
	*dropped = csrv_notify_events_take(list);
	list->lost = true;
}

/* @list is empty afterwards. */
void csrv_notify_events_free(struct csrv_notify_events *list)
{
	struct csrv_notify_event *e, *next;

	for (e = list->first; e; e = next) {
		next = e->next;
		kfree(e);
	}
	*list = (struct csrv_notify_events){};
}
