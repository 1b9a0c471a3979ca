/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/break.h - caches of streams: granted, broken, acknowledged, timed out
 *
 * The rules are store/caching.c's, the ways to a client those of a holder's ops.  Everything here
 * that is called _locked wants the file's mutex; nothing is sent and nothing waits under it.
 */
#ifndef CIFSSRV_STORE_BREAK_H
#define CIFSSRV_STORE_BREAK_H

#include <linux/list.h>

#include "caching.h"
#include "holder.h"
#include "open.h"

void csrv_holder_init(struct csrv_holder *h, struct csrv_stream *stream,
		      const struct csrv_cache_key *key, const struct csrv_holder_ops *ops);
bool csrv_break_locked(struct csrv_stream *stream, const struct csrv_cache *by,
		       enum csrv_cache_event event, struct list_head *breaks)
	__must_hold(&stream->file->lock);
void csrv_break_holder_locked(struct csrv_holder *h, u8 takes, struct list_head *breaks)
	__must_hold(&h->stream->file->lock);
void csrv_break_notify(struct list_head *breaks);
void csrv_break_modified(struct csrv_open *o);
u8 csrv_break_grant_locked(struct csrv_holder *h, u8 want, bool alone, bool locked)
	__must_hold(&h->stream->file->lock);
void csrv_break_hold_locked(struct csrv_holder *h) __must_hold(&h->stream->file->lock);
void csrv_break_granted(struct csrv_holder *h);
nt_status_t csrv_break_ack(struct csrv_holder *h, u8 mask);
void csrv_break_update(struct csrv_holder *h, struct csrv_break *b);
void csrv_break_expire(struct csrv_holder *h, u32 number);
void csrv_break_close_locked(struct csrv_holder *h) __must_hold(&h->stream->file->lock);

#endif /* CIFSSRV_STORE_BREAK_H */
