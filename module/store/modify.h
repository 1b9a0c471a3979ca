/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/modify.h - a request that changes a file through an open
 *
 * It runs between csrv_modify_begin() and csrv_modify_end().  The latter decides, for all of
 * them, whether the file may have changed; what then becomes of times that clients have set or
 * frozen (times.h); and whether LEVEL_II oplocks of others are broken.
 */
#ifndef CIFSSRV_STORE_MODIFY_H
#define CIFSSRV_STORE_MODIFY_H

#include <linux/types.h>

#include "../wire/status.h"
#include "acting.h"
#include "times.h"

struct csrv_open;

/**
 * struct csrv_modify - such a request
 * @acting: whose change it is, and what changes
 * @times: the times before
 * @data: it changes data, size or space; else names, attributes, times, EAs or the descriptor
 * @unmarked: csrv_times_moved() would not notice a change: the clock of the file system has
 *	not ticked since the last one
 * @tried: set by the request: a change has been requested.  If that fails only the file system
 *	knows what it has done to the data
 * @breaks: set by the request: others' LEVEL_II oplocks are broken whatever the outcome
 *
 * On the stack of the function that changes the file.
 */
struct csrv_modify {
	struct csrv_acting	acting;
	struct csrv_times	times;
	bool			data;
	bool			unmarked;
	bool			tried;
	bool			breaks;
};

void csrv_modify_begin(struct csrv_open *o, struct csrv_modify *m, bool data, u32 what);
int csrv_modify_begin_set(struct csrv_open *o, struct csrv_modify *m, u32 moves, u32 what);
void csrv_modify_end(struct csrv_open *o, struct csrv_modify *m, nt_status_t status);

#endif /* CIFSSRV_STORE_MODIFY_H */
