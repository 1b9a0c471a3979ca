// SPDX-License-Identifier: GPL-2.0-or-later
/* store/times.c - times that a client sets or freezes: [MS-FSA] 2.1.4.17, 2.1.5.15.2 */
#include <linux/file.h>
#include <linux/fs.h>

#include "../policy/share.h"
#include "../wire/time.h"
#include "changetime.h"
#include "dosattr.h"
#include "open.h"
#include "times.h"

#define CHANGE_STAMP_TRIES	5

/* All three, for who decides later which of them stay.  @t->which is left 0. */
int csrv_times_hold_all(const struct csrv_open *o, struct csrv_times *t)
{
	struct csrv_facts f;
	int err;

	t->which = 0;
	t->mark = csrv_vfs_mark(&o->path);
	err = csrv_open_facts(o, &f);
	if (err)
		return err;
	t->atime = f.vfs.atime;
	t->mtime = f.vfs.mtime;
	t->change = f.change_time;
	return 0;
}

/**
 * csrv_times_hold() - something is going to change the file through an open
 * @o: of a file or directory
 * @t: for csrv_times_keep()
 */
void csrv_times_hold(const struct csrv_open *o, struct csrv_times *t)
{
	u32 which = READ_ONCE(o->own_times);

	if (which) {
		if (!csrv_times_hold_all(o, t))
			t->which = which;
		return;
	}
	t->which = 0;
	t->mark = csrv_vfs_mark(&o->path);
}

/* Has what failed since csrv_times_hold() changed the file all the same, or somebody else? */
bool csrv_times_moved(const struct csrv_open *o, const struct csrv_times *t)
{
	const struct csrv_vfs_mark now = csrv_vfs_mark(&o->path);

	return now.size != t->mark.size || now.bytes != t->mark.bytes ||
	       !timespec64_equal(&now.mtime, &t->mark.mtime) ||
	       !timespec64_equal(&now.ctime, &t->mark.ctime);
}

static bool moved(const struct csrv_vfs_attr *now, const struct csrv_times *t)
{
	if ((t->which & CSRV_TIME_WRITE) && !timespec64_equal(&now->mtime, &t->mtime))
		return true;
	return (t->which & CSRV_TIME_ACCESS) && !timespec64_equal(&now->atime, &t->atime);
}

/**
 * csrv_times_keep() - it has changed
 * @t: what is to be as it was
 *
 * The right was checked when the client set or froze them.
 */
void csrv_times_keep(struct csrv_open *o, const struct csrv_times *t)
{
	struct csrv_vfs_attr now;

	if (!(t->which & CSRV_TIME_CHANGE))
		csrv_change_time_drop(o, &t->mark.ctime);
	if (!t->which || csrv_vfs_getattr(&o->path, &now))
		return;
	if (moved(&now, t)) {
		csrv_vfs_puttimes(&o->path, t->which & CSRV_TIME_ACCESS ? &t->atime : NULL,
				  t->which & CSRV_TIME_WRITE ? &t->mtime : NULL);
		if (csrv_vfs_getattr(&o->path, &now))
			return;
	}
	if (t->which & CSRV_TIME_CHANGE)
		csrv_change_time_put(o, &now.ctime, t->change);
}

/* From now on these times are the client's, as far as this open goes. */
void csrv_times_own(struct csrv_open *o, u32 which)
{
	WRITE_ONCE(o->own_times, which);
	if (!o->filp)
		return;
	spin_lock(&o->filp->f_lock);
	if (which & CSRV_TIME_ACCESS)
		o->filp->f_flags |= O_NOATIME;
	else
		o->filp->f_flags &= ~O_NOATIME;
	spin_unlock(&o->filp->f_lock);
}

/*
 * The stamp is the st_ctime that storing it makes, which is known afterwards.  It is guessed
 * right when the clock has not ticked since the last try.
 */
static int change_time_store(struct csrv_open *o, struct csrv_vfs_dos *dos)
{
	struct timespec64 now;
	int tries = CHANGE_STAMP_TRIES;
	int err;

	do {
		now = csrv_vfs_ctime(&o->path);
		dos->change_stamp = wire_filetime(now.tv_sec, now.tv_nsec);
		err = csrv_vfs_dosattr_set(&o->path, dos);
		now = csrv_vfs_ctime(&o->path);
	} while (!err && dos->change_stamp != wire_filetime(now.tv_sec, now.tv_nsec) && --tries);
	csrv_change_time_put(o, &now, dos->change_time);
	return err;
}

/* Before the open leaves its file.  A ChangeTime that cannot be stored ends with the last open. */
void csrv_times_close(struct csrv_open *o)
{
	struct csrv_vfs_dos dos = {};
	const struct cred *old;
	struct csrv_facts f;
	int err;

	if (!(READ_ONCE(o->own_times) & CSRV_TIME_CHANGE) || !o->cfg->p.store_dos_attributes)
		return;
	if (csrv_open_facts(o, &f) ||
	    !csrv_change_time(o->srv, d_inode(o->path.dentry), &f.vfs.ctime, &dos.change_time))
		return;
	err = csrv_vfs_dosattr_get(&o->path, &dos);
	if (err && !csrv_dos_is_none(err))
		return;		/* there may be attributes: they stay */
	if (err)
		dos = (struct csrv_vfs_dos){
			.create_time = f.create_time,
			.has_create_time = true,
		};
	dos.change_time = f.change_time;
	dos.has_change_time = true;
	old = csrv_open_enter(o);
	change_time_store(o, &dos);
	csrv_open_leave(old);
}
