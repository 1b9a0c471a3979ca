/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/times.h - times that a client sets or freezes: [MS-FSA] 2.1.4.17, 2.1.5.15.2
 *
 * A request that changes a file through an open (modify.h) runs between csrv_times_hold() and
 * csrv_times_release(), with csrv_times_keep() before the latter if the file has changed: times
 * that the open's client has set or frozen are restored, unless another request has moved or set
 * them meanwhile (heldtimes.h).  If the request has moved nothing (csrv_times_moved()) nothing is
 * restored, and a ChangeTime that another client has set stays.
 *
 * Times are written and restored, instead of not being written (FMODE_NOCMTIME): backups on the
 * server's machine rely on st_ctime, which a change must move.  A change by a process of this
 * machine while requests restore times is not noticed, and may be shown with the restored time.
 *
 * So ChangeTime cannot be st_ctime where a client wants another one.  It is kept in the file
 * object, for as long as the file is open; the client's CLOSE stores it beside the DOS
 * attributes, where these are stored.  It is valid until st_ctime moves again.
 *
 * The last access time is not moved by changes of the file, and is never restored: O_NOATIME keeps
 * reads through the open from moving it.
 */
#ifndef CIFSSRV_STORE_TIMES_H
#define CIFSSRV_STORE_TIMES_H

#include <linux/time64.h>
#include <linux/types.h>

#include "../vfs/attr.h"
#include "heldtimes.h"

struct csrv_open;

/**
 * struct csrv_times - the times of a request
 * @which: CSRV_TIME_* to restore; the others move
 * @set: CSRV_TIME_* that the client has set with this request, to
 * @mtime: and
 * @change: a FILETIME
 * @moves: CSRV_TIME_* that the request lets move or sets: counted in csrv_held_times.moving
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
