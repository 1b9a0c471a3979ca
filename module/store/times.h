/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/times.h - times that a client sets or freezes: [MS-FSA] 2.1.4.17, 2.1.5.15.2
 *
 * What changes a file through an open (modify.h) stands between csrv_times_hold() and
 * csrv_times_keep(): what the open's client has set or frozen is put back.  After what has moved
 * nothing (csrv_times_moved()) there is nothing to put back, and a ChangeTime that another client
 * has set stays.
 *
 * They are written, and put back, rather than left out (FMODE_NOCMTIME): backups on the server's
 * machine go by st_ctime, which a change must move.
 *
 * So ChangeTime cannot be st_ctime where a client wants another one.  It is kept with the file
 * object, for as long as somebody has the file open; the client's CLOSE stores it beside the DOS
 * attributes, where they are stored.  It holds until st_ctime moves again.
 */
#ifndef CIFSSRV_STORE_TIMES_H
#define CIFSSRV_STORE_TIMES_H

#include <linux/bits.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "../vfs/attr.h"

struct csrv_open;

/* csrv_open.own_times: [MS-FSA] Open.UserSetAccessTime and its like */
#define CSRV_TIME_ACCESS	BIT(0)
#define CSRV_TIME_WRITE		BIT(1)
#define CSRV_TIME_CHANGE	BIT(2)
#define CSRV_TIMES		(CSRV_TIME_ACCESS | CSRV_TIME_WRITE | CSRV_TIME_CHANGE)

/* As they were, and are to be again. */
struct csrv_times {
	struct timespec64	atime;
	struct timespec64	mtime;
	u64			change;	/* FILETIME */
	u32			which;	/* CSRV_TIME_*: these; the others go on */
	struct csrv_vfs_mark	mark;	/* for csrv_times_moved() */
};

void csrv_times_hold(const struct csrv_open *o, struct csrv_times *t);
int csrv_times_hold_all(const struct csrv_open *o, struct csrv_times *t);
bool csrv_times_moved(const struct csrv_open *o, const struct csrv_times *t);
void csrv_times_keep(struct csrv_open *o, const struct csrv_times *t);
void csrv_times_close(struct csrv_open *o);
void csrv_times_own(struct csrv_open *o, u32 which);

#endif /* CIFSSRV_STORE_TIMES_H */
