// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * info/notify.c - events as FILE_NOTIFY_INFORMATION: [MS-FSCC] 2.7.1
 *
 * Implementation: a client is told the names that it would have seen had it listed the directories
 * at this moment: no vetoed ones, in a tree none in a directory that its user may not list, with
 * "hide unreadable" none of what the user may not read.  Windows tells all names of a tree to users
 * with SeChangeNotifyPrivilege, which all have there.  What cannot be decided, because the name has
 * gone meanwhile, is not told by name: STATUS_NOTIFY_ENUM_DIR has the client look for itself.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../policy/share.h"
#include "../store/notify_events.h"
#include "../vfs/seen.h"
#include "../wire/fscc_dir.h"
#include "info.h"

/**
 * struct teller - what is being told
 * @o: the open, whose user acts
 * @list: the reply
 * @shown: room for a name as clients see it
 * @dir: the directory of the latest name that was looked at, and @dir_err of csrv_vfs_may_list():
 *	most changes come in one directory
 * @dir_len: bytes of @dir; 0: none was looked at
 * @dir_err: see @dir
 */
struct teller {
	struct csrv_open	*o;
	struct wire_list	list;
	char			*shown;
	const char		*dir;
	u32			dir_len;
	int			dir_err;
};

/* Each directory on the way: the name of the next one stands in it. */
static int dirs_listed(struct teller *t, const struct csrv_notify_event *e, u32 len)
{
	u32 at;
	int err;

	for (at = 1; at <= len; at++) {
		if (e->name[at] != '/')
			continue;
		err = csrv_vfs_may_list(&t->o->path, e->name, at);
		if (err)
			return err;
	}
	return 0;
}

static int dir_listed(struct teller *t, const struct csrv_notify_event *e)
{
	const char *slash = strrchr(e->name, '/');
	u32 len = slash ? slash - e->name : 0;

	if (!len)
		return 0;	/* of the watched directory: the open has FILE_LIST_DIRECTORY */
	if (len != t->dir_len || memcmp(e->name, t->dir, len)) {
		t->dir = e->name;
		t->dir_len = len;
		t->dir_err = dirs_listed(t, e, len);
	}
	return t->dir_err;
}

/* 0: it is told; -EACCES: it is not; -ENOENT: it cannot be decided */
static int may_tell(struct teller *t, const struct csrv_notify_event *e)
{
	const struct csrv_share_cfg *cfg = t->o->cfg;
	int err;

	if (csrv_vfs_name_vetoed(&cfg->root, e->name))
		return -EACCES;
	err = dir_listed(t, e);
	if (!err && cfg->p.hide_unreadable)
		err = csrv_vfs_may_read(&t->o->path, e->name);
	return err;
}

static int tell(struct teller *t, const struct csrv_notify_event *e, u8 action)
{
	u32 len = csrv_vfs_path_show(&t->o->cfg->root, e->name, t->shown);

	return csrv_fscc_notify_add(&t->list, action, t->shown, len) ? 0 : -ENOSPC;
}

/* One event.  Of a rename of which one name is not told the other one has come or gone. */
static int tell_event(struct teller *t, const struct csrv_notify_event **pos)
{
	const struct csrv_notify_event *e = *pos, *to = NULL;
	int err = may_tell(t, e), to_err = -EACCES;

	if (e->action == FILE_ACTION_RENAMED_OLD_NAME) {
		to = e->next;
		to_err = may_tell(t, to);
	}
	*pos = to ? to->next : e->next;
	if (err == -ENOENT || to_err == -ENOENT)
		return -ENOENT;
	if (!err)
		err = tell(t, e, to && to_err ? FILE_ACTION_REMOVED : e->action);
	else if (!to_err)
		return tell(t, to, FILE_ACTION_ADDED);
	else
		return 0;
	return err || to_err ? err : tell(t, to, to->action);
}

static nt_status_t tell_all(struct teller *t, const struct csrv_notify_event *e)
{
	while (e) {
		if (tell_event(t, &e))
			return NT_NOTIFY_ENUM_DIR;
		cond_resched();
	}
	return t->list.count ? NT_OK : NT_RETRY;
}

/**
 * csrv_info_notify() - a list of events
 * @o: the open that watches; its user's credentials are the caller's
 * @events: at least one; RENAMED_OLD_NAME is followed by RENAMED_NEW_NAME
 * @out: the room for the reply
 *
 * Return: NT_OK and at least one entry; NT_RETRY: the client is not to know of any of them;
 * NT_NOTIFY_ENUM_DIR: they do not fit, or it could not be decided what the client may know.
 */
nt_status_t csrv_info_notify(struct csrv_open *o, const struct csrv_notify_events *events,
			     struct wire_out *out)
{
	struct teller t = { .o = o, .list = csrv_fscc_notify_begin(out) };
	nt_status_t status = NT_NOTIFY_ENUM_DIR;

	t.shown = kmalloc(CSRV_SHOWN_PATH_MAX, GFP_KERNEL);
	if (t.shown)
		status = tell_all(&t, events->first);
	kfree(t.shown);
	return status;
}
