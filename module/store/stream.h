/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/stream.h - streams, [MS-FSA] 2.1.1.5: what all opens of one stream share */
#ifndef CIFSSRV_STORE_STREAM_H
#define CIFSSRV_STORE_STREAM_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "brl_set.h"
#include "caching.h"
#include "file.h"
#include "sharing.h"
#include "../wire/access.h"

struct csrv_account;
struct csrv_dirwatch;
struct csrv_server;
struct path;

/* Rights to look at attributes: an open with no other is in no one's way, [MS-FSA] 2.1.4.12 */
#define CSRV_ACCESS_ATTRIBUTES	(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | READ_CONTROL | \
				 SYNCHRONIZE)

/* The same, as far as they are not in the way of a lease with W, as on Windows */
#define CSRV_ACCESS_STAT	(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE)

/* Of the data stream that has no name, or of a directory's only stream. */
#define CSRV_STREAM_UNNAMED	""

/**
 * struct csrv_stream - what all opens of one stream share
 * @ref: of its opens, and of requests that wait for a break
 * @file: a reference; constant
 * @node: file->streams, from the first reference to the last
 * @opens: csrv_open.in_stream: those that have joined and not left
 * @nfull: csrv_open.full: how many of them
 * @sharing: of @opens
 * @brl: byte ranges, locked and waited for
 * @caches: what holders cache of it
 * @break_waiters: csrv_break_waiter.node, oldest first
 * @dirwatch: of a directory that has leases: without a reference; NULL: it has none
 * @name: its name, constant; only CSRV_STREAM_UNNAMED is opened yet
 *
 * Made by the first open, ended with the last reference.  file->lock guards all but @ref and what
 * is constant: there is no lock of its own, see LOCKING.rst.
 */
struct csrv_stream {
	struct kref		ref;
	struct csrv_file	*file;
	struct list_head	node __guarded_by(&file->lock);
	struct list_head	opens __guarded_by(&file->lock);
	u32			nfull __guarded_by(&file->lock);
	struct csrv_sharing	sharing __guarded_by(&file->lock);
	struct csrv_brl_set	brl __guarded_by(&file->lock);
	struct csrv_caches	caches __guarded_by(&file->lock);
	struct list_head	break_waiters __guarded_by(&file->lock);
	struct csrv_dirwatch	*dirwatch __guarded_by(&file->lock);
	char			name[];
};

/* Has an open rights beyond those to look at attributes? */
static inline bool csrv_access_is_full(u32 access)
{
	return access & ~CSRV_ACCESS_ATTRIBUTES;
}

struct csrv_stream *csrv_stream_get(struct csrv_server *srv, const struct path *path,
				    const char *name);
void csrv_stream_put(struct csrv_stream *stream);
void csrv_stream_put_later(struct csrv_stream *stream, struct csrv_account *payer,
			   enum csrv_quota_kind kind);
struct csrv_stream *csrv_stream_peek_locked(struct csrv_file *file, const char *name)
	__must_hold(&file->lock);
void csrv_stream_join_locked(struct csrv_stream *stream, struct list_head *open, u32 access,
			     u32 share) __must_hold(&stream->file->lock);
void csrv_stream_leave_locked(struct csrv_stream *stream, struct list_head *open, u32 access,
			      u32 share) __must_hold(&stream->file->lock);
bool csrv_file_is_open_locked(const struct csrv_file *file) __must_hold(&file->lock);

#endif /* CIFSSRV_STORE_STREAM_H */
