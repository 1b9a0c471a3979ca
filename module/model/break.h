/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model/break.h - opens and their oplocks: granting, telling, waiting, timing out
 *
 * The rules are model/caching.c's.  Everything here that is called _locked wants the
 * file's mutex; nothing is sent and nobody waits under it.
 */
#ifndef CIFSSRV_MODEL_BREAK_H
#define CIFSSRV_MODEL_BREAK_H

#include <linux/list.h>

#include "caching.h"
#include "open.h"

void csrv_break_open_init(struct csrv_open *o);
bool csrv_break_locked(struct csrv_file *file, const struct csrv_open *self,
		       enum csrv_cache_event event, struct list_head *notes)
	__must_hold(&file->lock);
void csrv_break_send(struct list_head *notes);
void csrv_break_modified(struct csrv_open *o);
u8 csrv_break_grant(struct csrv_open *o, u8 want);
void csrv_break_granted(struct csrv_open *o);
nt_status_t csrv_break_ack(struct csrv_open *o, u8 level);
void csrv_break_close_locked(struct csrv_open *o) __must_hold(&o->file->lock);

#endif /* CIFSSRV_MODEL_BREAK_H */
