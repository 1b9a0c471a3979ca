// SPDX-License-Identifier: GPL-2.0-or-later
/* store/modify.c - a request that changes a file through an open */
#include "break.h"
#include "dirwatch.h"
#include "modify.h"
#include "open.h"

/* Without a change of data, a change in the same clock tick leaves the mark as it is. */
static void begun(struct csrv_open *o, struct csrv_modify *m, bool data, u32 what)
{
	csrv_acting_begin(&m->acting, &o->changer, what);
	m->data = data;
	m->tried = false;
	m->breaks = false;
	m->unmarked = !data && csrv_vfs_mark_is_now(&o->path, &m->times.mark);
}

/**
 * csrv_modify_begin() - a request is about to change a file
 * @o: the open of the file or directory
 * @m: for csrv_modify_end()
 * @data: see struct csrv_modify
 * @what: csrv_actor.what, see acting.h
 *
 * Takes the lock of the file's bucket; may enter the file system.
 */
void csrv_modify_begin(struct csrv_open *o, struct csrv_modify *m, bool data, u32 what)
{
	csrv_times_hold(o, &m->times, data ? CSRV_TIMES_HELD : CSRV_TIME_CHANGE);
	begun(o, m, data, what);
}

/**
 * csrv_modify_begin_set() - the same for a request that may set or freeze times
 * @o: as for csrv_modify_begin()
 * @m: likewise
 * @moves: as for csrv_times_hold_set()
 * @what: as for csrv_modify_begin()
 *
 * Takes locks as csrv_modify_begin() does.
 * Return: 0; or an errno of getattr: nothing has begun.
 */
int csrv_modify_begin_set(struct csrv_open *o, struct csrv_modify *m, u32 moves, u32 what)
{
	int err = csrv_times_hold_set(o, &m->times, moves);

	if (!err)
		begun(o, m, false, what);
	return err;
}

/*
 * A successful request may have changed nothing (a name that a file has already), and one that
 * fails or has to wait may have changed something (reserved space, the first EAs of a list).  In
 * both cases the file's mark shows it, unless the clock has not ticked since the last change.
 */
static bool modified(const struct csrv_open *o, const struct csrv_modify *m, nt_status_t status)
{
	if (m->tried)
		return true;
	return csrv_times_moved(o, &m->times) || (m->unmarked && status == NT_OK);
}

/* fsnotify reports no ChangeTime, which is kept here, and an access time as if data was read. */
static bool unreported(const struct csrv_modify *m)
{
	return (m->times.set & CSRV_TIME_CHANGE) ||
	       (m->acting.actor.what & FILE_NOTIFY_CHANGE_LAST_ACCESS);
}

/**
 * csrv_modify_end() - the request is done
 * @o: as for csrv_modify_begin()
 * @m: of csrv_modify_begin()
 * @status: its outcome
 *
 * Called without file->lock, which it may take; takes the lock of the file's bucket.
 */
void csrv_modify_end(struct csrv_open *o, struct csrv_modify *m, nt_status_t status)
{
	bool changed = modified(o, m, status);

	/* Own times are restored after every success: some file systems mark inodes later. */
	if (changed || status == NT_OK)
		csrv_times_keep(o, &m->times, changed);
	csrv_times_release(o, &m->times);
	csrv_acting_end(&m->acting);
	if (status == NT_OK && unreported(m))
		csrv_dirwatch_changed(o);
	if (changed && (m->acting.actor.what & CSRV_ACTS_UNLISTED))
		WRITE_ONCE(o->wrote, true);
	if (m->breaks || (m->data && changed))
		csrv_break_modified(o);
}
