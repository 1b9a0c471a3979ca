/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/times.h - times that a client sets or freezes: [MS-FSA] 2.1.4.17, 2.1.5.15.2
 *
 * What changes a file through an open (modify.h) stands between csrv_times_hold() and
 * csrv_times_release(), with csrv_times_keep() before the latter if the file has changed: what the
 * open's client has set or frozen is put back, unless something else has moved or set it
 * meanwhile (heldtimes.h).  After what has moved nothing (csrv_times_moved()) there is nothing to
 * put back, and a ChangeTime that another client has set stays.
 *
 * They are written, and put back, rather than left out (FMODE_NOCMTIME): backups on the server's
 * machine go by st_ctime, which a change must move.  What a process of this machine changes while
 * requests put times back is not known, and may be shown with the time that they put back.
 *
 * So ChangeTime cannot be st_ctime where a client wants another one.  It is kept with the file
 * object, for as long as the file is open; the client's CLOSE stores it beside the DOS
 * attributes, where they are stored.  It holds until st_ctime moves again.
 *
 * The last access is not moved by what changes a file, and is never put back: O_NOATIME keeps what
 * is read through the open from moving it.
 */
#ifndef CIFSSRV_STORE_TIMES_H
#define CIFSSRV_STORE_TIMES_H

#include <linux/time64.h>
#include <linux/types.h>

#include "../vfs/attr.h"
#include "heldtimes.h"

struct csrv_open;

/**
 * struct csrv_times - of a request
 * @which: CSRV_TIME_*: those that are put back; the others go on
 * @set: those that the client has set with this request, to
 * @mtime: and
 * @change: a FILETIME
 * @moves: those that the request lets go on or sets: it is counted in csrv_held_times.moving
 * @joined: it is one of csrv_held_times.users
 * @mark: for csrv_times_moved()
 */
struct csrv_times {
	u32			which;
	u32			set;
	struct timespec64	mtime;
	u64			change;
	u32			moves;
	bool			joined;
	struct csrv_vfs_mark	mark;
};

void csrv_times_hold(struct csrv_open *o, struct csrv_times *t, u32 moves);
int csrv_times_hold_set(struct csrv_open *o, struct csrv_times *t, u32 moves);
bool csrv_times_moved(const struct csrv_open *o, const struct csrv_times *t);
void csrv_times_keep(struct csrv_open *o, struct csrv_times *t, bool changed);
void csrv_times_release(struct csrv_open *o, const struct csrv_times *t);
void csrv_times_close(struct csrv_open *o);
void csrv_times_own(struct csrv_open *o, u32 which);

#endif /* CIFSSRV_STORE_TIMES_H */
