// SPDX-License-Identifier: GPL-2.0-or-later
/* store/times.c - times that a client sets or freezes: [MS-FSA] 2.1.4.17, 2.1.5.15.2 */
#include <linux/fs.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "../policy/share.h"
#include "../wire/time.h"
#include "acting.h"
#include "changetime.h"
#include "dosattr.h"
#include "file.h"
#include "open.h"
#include "times.h"

#define CHANGE_STAMP_TRIES	5

static struct csrv_file_bucket *bucket_of(const struct csrv_open *o)
{
	return csrv_file_bucket(o->srv, o->file->inode);
}

/* Hold the times for the request, and for those that run at the same time. */
static int join(struct csrv_open *o, struct csrv_times *t)
{
	struct csrv_held_times *h = &o->file->held;
	struct csrv_file_bucket *b = bucket_of(o);
	struct csrv_held_look look;
	struct csrv_file_attr f;
	bool unread;
	int err = 0;

	spin_lock(&b->lock);
	unread = csrv_held_join(h);
	spin_unlock(&b->lock);
	if (unread) {
		look = csrv_held_look(h);
		err = csrv_open_attr(o, &f);
		spin_lock(&b->lock);
		if (err)
			csrv_held_leave(h);
		else
			csrv_held_found(h, &look, &f.vfs.mtime, f.change_time);
		spin_unlock(&b->lock);
	}
	t->joined = !err;
	return err;
}

static void begin(struct csrv_open *o, struct csrv_times *t)
{
	csrv_held_begin(&o->file->held, t->moves);
	/* Count, then look: a ChangeTime that is set later is not put over this change. */
	t->mark = csrv_vfs_mark(&o->path);
	if (t->joined)
		csrv_fault_delay(CSRV_FAULT_TIMES_HELD);
}

/**
 * csrv_times_hold() - a request is about to change the file through an open
 * @o: the open of the file or directory
 * @t: for csrv_times_keep() and csrv_times_release()
 * @moves: CSRV_TIME_WRITE, CSRV_TIME_CHANGE: times that it moves, but for those that the open's
 *	client has set or frozen
 *
 * Takes the lock of the file's bucket; may enter the file system.
 */
void csrv_times_hold(struct csrv_open *o, struct csrv_times *t, u32 moves)
{
	u32 own = READ_ONCE(o->own_times) & CSRV_TIMES_HELD;

	t->which = 0;
	t->set = 0;
	t->joined = false;
	if (own && !join(o, t))
		t->which = own;
	t->moves = moves & ~t->which;
	begin(o, t);
}

/**
 * csrv_times_hold_set() - the same for a request that may set times, or freeze them
 * @o: of a file or directory
 * @t: as for csrv_times_hold().  When the request has succeeded @t->which becomes what is the
 *	client's from then on, and @t->set, @t->mtime and @t->change what it has set
 * @moves: those that it sets, and those that it moves and that are not the client's after it
 *
 * Takes locks as csrv_times_hold() does.
 * Return: 0, and csrv_times_release() must follow; or an errno of getattr.
 */
int csrv_times_hold_set(struct csrv_open *o, struct csrv_times *t, u32 moves)
{
	int err;

	t->which = READ_ONCE(o->own_times) & CSRV_TIMES_HELD;
	t->set = 0;
	t->moves = moves;
	err = join(o, t);
	if (!err)
		begin(o, t);
	return err;
}

/* Has the file changed since csrv_times_hold(), by this request or another process? */
bool csrv_times_moved(const struct csrv_open *o, const struct csrv_times *t)
{
	const struct csrv_vfs_mark now = csrv_vfs_mark(&o->path);

	return now.size != t->mark.size || now.bytes != t->mark.bytes ||
	       !timespec64_equal(&now.mtime, &t->mark.mtime) ||
	       !timespec64_equal(&now.ctime, &t->mark.ctime);
}

/* The times that the client has set are restored from now on, by other requests as well. */
static void times_set(struct csrv_open *o, struct csrv_times *t)
{
	struct csrv_held_times *h = &o->file->held;
	struct csrv_file_bucket *b = bucket_of(o);

	spin_lock(&b->lock);
	if (t->set & CSRV_TIME_WRITE)
		csrv_held_set_mtime(h, t->moves, &t->mtime);
	if (t->set & CSRV_TIME_CHANGE)
		csrv_held_set_change(h, t->moves, t->change);
	spin_unlock(&b->lock);
	t->moves &= ~t->set;
}

struct held_mtime {
	const struct csrv_open	*o;
	const struct csrv_times	*t;
};

/* For csrv_vfs_put_mtime(): what moves the time after this look waits for the inode. */
static bool held_mtime(void *arg, struct timespec64 *mtime)
{
	const struct held_mtime *m = arg;
	const struct csrv_held_times *h = &m->o->file->held;
	struct csrv_file_bucket *b = bucket_of(m->o);
	bool counts;

	spin_lock(&b->lock);
	counts = csrv_held_counts(h, CSRV_HELD_WRITE, m->t->moves);
	*mtime = h->mtime;
	spin_unlock(&b->lock);
	return counts;
}

static void write_time_keep(struct csrv_open *o, const struct csrv_times *t)
{
	struct held_mtime m = { .o = o, .t = t };
	struct csrv_vfs_attr now;
	struct timespec64 mtime;

	if (!held_mtime(&m, &mtime) || csrv_vfs_getattr(&o->path, &now))
		return;
	if (!timespec64_equal(&now.mtime, &mtime))
		csrv_vfs_put_mtime(&o->path, held_mtime, &m);
}

/* The held ChangeTime.  False: another request has moved it, or still may. */
static bool held_change(const struct csrv_open *o, const struct csrv_times *t, u64 *change)
{
	const struct csrv_held_times *h = &o->file->held;
	struct csrv_file_bucket *b = bucket_of(o);
	bool counts;

	spin_lock(&b->lock);
	counts = csrv_held_counts(h, CSRV_HELD_CHANGE, t->moves);
	*change = h->change;
	spin_unlock(&b->lock);
	return counts;
}

/* Clients see the held ChangeTime from now on, if no other request has moved it, or still may. */
static void change_time_keep(struct csrv_open *o, const struct csrv_times *t,
			     const struct timespec64 *ctime)
{
	const struct csrv_held_times *h = &o->file->held;
	struct csrv_file_bucket *b = bucket_of(o);

	spin_lock(&b->lock);
	if (csrv_held_counts(h, CSRV_HELD_CHANGE, t->moves)) {
		csrv_change_time_put(b, o->file, ctime, h->change);
		/* Put, then look: a request that is counted later finds and drops this. */
		smp_mb();
		if (!csrv_held_counts(h, CSRV_HELD_CHANGE, t->moves))
			csrv_change_time_forget(b, o->file);
	}
	spin_unlock(&b->lock);
}

/* A request that is changing the file meanwhile may count as done before. */
static void change_time_set(struct csrv_open *o, const struct csrv_times *t,
			    const struct timespec64 *ctime)
{
	struct csrv_file_bucket *b = bucket_of(o);

	spin_lock(&b->lock);
	csrv_change_time_put(b, o->file, ctime, t->change);
	spin_unlock(&b->lock);
}

/* Has a ChangeTime been stored in this clock tick?  Then the change has not moved st_ctime. */
static bool stamp_take(struct csrv_open *o)
{
	struct csrv_file_bucket *b = bucket_of(o);
	struct timespec64 now;
	bool same;

	if (!READ_ONCE(o->file->stamped.tv_sec))
		return false;
	spin_lock(&b->lock);
	now = csrv_vfs_ctime(&o->path);
	same = timespec64_equal(&o->file->stamped, &now);
	o->file->stamped = (struct timespec64){};	/* invalid when the tick is over */
	spin_unlock(&b->lock);
	return same;
}

/* The file has changed: end a ChangeTime that another client has set and that is on disk. */
static void change_time_unstore(struct csrv_open *o)
{
	struct csrv_vfs_dos dos = {};
	const struct cred *old;

	if (!stamp_take(o))
		return;
	old = csrv_open_enter(o);
	mutex_lock(&o->file->sd_lock);
	if (!csrv_vfs_dosattr_get(&o->path, &dos) && dos.has_change_time) {
		dos.has_change_time = false;
		csrv_vfs_dosattr_set(&o->path, &dos);
	}
	mutex_unlock(&o->file->sd_lock);
	csrv_open_leave(old);
}

/**
 * csrv_times_keep() - restore times after the file has changed, or was to change
 * @o: as for csrv_times_hold()
 * @t: the times to restore, or those that the client has set
 * @changed: it has changed, or may have: a ChangeTime that another client has set ends
 *
 * The right was checked when the client set or froze them.
 * Takes locks as csrv_times_hold() does.
 */
void csrv_times_keep(struct csrv_open *o, struct csrv_times *t, bool changed)
{
	struct csrv_vfs_attr now;

	if (t->joined)
		csrv_fault_delay(CSRV_FAULT_TIMES_HELD);
	if (t->set)
		times_set(o, t);
	if (t->which & CSRV_TIME_WRITE)
		write_time_keep(o, t);
	if (changed && !(t->which & CSRV_TIME_CHANGE)) {
		csrv_change_time_drop(o, &t->mark.ctime);
		change_time_unstore(o);
	}
	if (!(t->which & CSRV_TIME_CHANGE) || csrv_vfs_getattr(&o->path, &now))
		return;
	if (t->set & CSRV_TIME_CHANGE)
		change_time_set(o, t, &now.ctime);
	else
		change_time_keep(o, t, &now.ctime);
}

/**
 * csrv_times_release() - the request is done, whatever its outcome
 * @o: as for csrv_times_hold()
 * @t: of that
 *
 * Takes the lock of the file's bucket.
 */
void csrv_times_release(struct csrv_open *o, const struct csrv_times *t)
{
	struct csrv_file_bucket *b = bucket_of(o);

	csrv_held_end(&o->file->held, t->moves);
	if (!t->joined)
		return;
	spin_lock(&b->lock);
	csrv_held_leave(&o->file->held);
	spin_unlock(&b->lock);
}

/**
 * csrv_times_own() - make times of an open the client's: other changes do not move them
 * @o: the open
 * @which: CSRV_TIME_*
 *
 * Takes a spinlock of the struct file.
 */
void csrv_times_own(struct csrv_open *o, u32 which)
{
	WRITE_ONCE(o->own_times, which);
	csrv_vfs_set_noatime(&o->vf, which & CSRV_TIME_ACCESS);
}

/* A ChangeTime has been stored, for the current st_ctime. */
static void change_time_stamped(struct csrv_open *o)
{
	struct csrv_file_bucket *b = bucket_of(o);

	spin_lock(&b->lock);
	o->file->stamped = csrv_vfs_ctime(&o->path);
	spin_unlock(&b->lock);
}

/* Is the stored ChangeTime valid: the one that clients see, for the current st_ctime? */
static bool stored_well(struct csrv_open *o, const struct csrv_times *t,
			const struct csrv_vfs_dos *dos)
{
	struct timespec64 now = csrv_vfs_ctime(&o->path);
	u64 change;

	return held_change(o, t, &change) && change == dos->change_time &&
	       dos->change_stamp == wire_filetime(now.tv_sec, now.tv_nsec);
}

/*
 * The stamp is the st_ctime that storing causes, which is known only afterwards.  The guess is
 * right when the clock has not ticked since the last try.  Nothing is stored over what another
 * request changes or sets meanwhile.
 * Return: false if nothing has been stored.
 */
static bool change_time_store(struct csrv_open *o, const struct csrv_times *t,
			      struct csrv_vfs_dos *dos)
{
	struct timespec64 now;
	int tries;

	dos->has_change_time = true;
	for (tries = 0; tries < CHANGE_STAMP_TRIES; tries++) {
		if (!held_change(o, t, &dos->change_time))
			break;
		now = csrv_vfs_ctime(&o->path);
		dos->change_stamp = wire_filetime(now.tv_sec, now.tv_nsec);
		if (csrv_vfs_dosattr_set(&o->path, dos))
			return false;
		/* Set, then look: a request that is counted later sees the stamp. */
		change_time_stamped(o);
		if (stored_well(o, t, dos))
			return true;
	}
	dos->has_change_time = false;
	return tries && !csrv_vfs_dosattr_set(&o->path, dos);
}

/* Is there a ChangeTime that a client has set?  @dos: the attributes it is stored with. */
static bool change_time_wanted(struct csrv_open *o, struct csrv_vfs_dos *dos)
{
	struct csrv_file_attr f;
	u64 change;
	int err;

	if (csrv_open_attr(o, &f) ||
	    !csrv_change_time(o->srv, d_inode(o->path.dentry), &f.vfs.ctime, &change))
		return false;
	err = csrv_vfs_dosattr_get(&o->path, dos);
	if (err && csrv_dos_is_none(err))
		*dos = (struct csrv_vfs_dos){
			.create_time = f.create_time,
			.has_create_time = true,
		};
	return !err || csrv_dos_is_none(err);	/* attributes that may exist are not overwritten */
}

/* Before the open leaves its file.  A ChangeTime that cannot be stored ends with the last open. */
void csrv_times_close(struct csrv_open *o)
{
	struct csrv_vfs_dos dos = {};
	struct csrv_acting acting;
	const struct cred *old;
	struct csrv_times t;
	bool stored = false;

	if (!(READ_ONCE(o->own_times) & CSRV_TIME_CHANGE) || !o->cfg->p.store_dos_attributes)
		return;
	csrv_times_hold(o, &t, CSRV_TIME_CHANGE);
	t.which &= CSRV_TIME_CHANGE;	/* to store it moves st_ctime, and no other time */
	/* What clients see stays as it is. */
	csrv_acting_begin(&acting, &o->changer, CSRV_ACTS_UNTOLD | CSRV_ACTS_UNLISTED);
	old = csrv_open_enter(o);
	mutex_lock(&o->file->sd_lock);
	if ((t.which & CSRV_TIME_CHANGE) && change_time_wanted(o, &dos))
		stored = change_time_store(o, &t, &dos);
	mutex_unlock(&o->file->sd_lock);
	if (stored)
		csrv_times_keep(o, &t, true);
	csrv_open_leave(old);
	csrv_acting_end(&acting);
	csrv_times_release(o, &t);
}
