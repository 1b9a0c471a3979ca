// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/stream.c - streams of files: found by their name, freed with the last reference
 *
 * It runs in user space too (tests/unit/store).
 */
#include <linux/lockdep.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "stream.h"

/**
 * csrv_stream_peek_locked() - a stream that is open, or was a moment ago
 * @file: its lock is held
 * @name: of the stream
 *
 * Return: the stream without a reference: it stays while the lock is held; or NULL.
 */
struct csrv_stream *csrv_stream_peek_locked(struct csrv_file *file, const char *name)
{
	struct csrv_stream *stream;

	lockdep_assert_held(&file->lock);
	/* One that has lost its last reference leaves the list at any moment. */
	list_for_each_entry(stream, &file->streams, node)
		if (!strcmp(stream->name, name) && kref_read(&stream->ref))
			return stream;
	return NULL;
}

static struct csrv_stream *stream_alloc(struct csrv_file *file, const char *name)
	__no_context_analysis
{
	size_t size = strlen(name) + 1;
	struct csrv_stream *stream = kzalloc(struct_size(stream, name, size), GFP_KERNEL);

	if (!stream)
		return NULL;
	kref_init(&stream->ref);
	stream->file = file;
	INIT_LIST_HEAD(&stream->opens);
	csrv_brl_set_init(&stream->brl);
	csrv_caches_init(&stream->caches);
	INIT_LIST_HEAD(&stream->break_waiters);
	memcpy(stream->name, name, size);
	return stream;
}

/* With a reference.  @new: takes its place in the file if there is none, or NULL. */
static struct csrv_stream *stream_find_or_add(struct csrv_file *file, const char *name,
					      struct csrv_stream *new)
{
	struct csrv_stream *stream;

	mutex_lock(&file->lock);
	stream = csrv_stream_peek_locked(file, name);
	if (stream && !kref_get_unless_zero(&stream->ref))
		stream = NULL;
	if (!stream && new) {
		list_add_tail(&new->node, &file->streams);
		csrv_object_created(CSRV_OBJ_STREAM);
		stream = new;
	}
	mutex_unlock(&file->lock);
	return stream;
}

/**
 * csrv_stream_get() - a stream of the file of an inode, made if there is none
 * @srv: the server
 * @path: of the inode, any of its names; pinned by the caller
 * @name: of the stream
 *
 * Sleeps; takes file->lock, and the lock of the inode's bucket.
 * Return: the stream with a reference, or NULL without memory.
 */
struct csrv_stream *csrv_stream_get(struct csrv_server *srv, const struct path *path,
				    const char *name)
{
	struct csrv_file *file = csrv_file_get(srv, path);
	struct csrv_stream *stream, *new = NULL;

	if (!file)
		return NULL;
	stream = stream_find_or_add(file, name, NULL);
	if (!stream)
		new = stream_alloc(file, name);
	if (new)
		stream = stream_find_or_add(file, name, new);
	if (new && stream == new)
		return new;	/* has the reference of the file */
	kfree(new);
	csrv_file_put(file);
	return stream;
}

static void stream_free(struct kref *ref)
{
	struct csrv_stream *stream = container_of(ref, struct csrv_stream, ref);
	struct csrv_file *file = stream->file;

	csrv_fault_delay(CSRV_FAULT_STREAM_PUT);
	mutex_lock(&file->lock);
	list_del(&stream->node);
	mutex_unlock(&file->lock);
	csrv_file_put(file);
	kfree(stream);
	csrv_object_destroyed(CSRV_OBJ_STREAM);
}

/**
 * csrv_stream_put() - a reference is dropped
 * @stream: or NULL
 *
 * Takes file->lock with the last reference, and may enter the file system then.
 */
void csrv_stream_put(struct csrv_stream *stream)
{
	if (!stream)
		return;
	might_lock(&stream->file->lock);
	kref_put(&stream->ref, stream_free);
}

/**
 * csrv_stream_put_later() - ... of a caller that must not wait for the file system
 * @stream: may come to need the removal of its inode
 * @payer: as for csrv_file_put_later()
 * @kind: likewise
 *
 * Takes file->lock with the last reference.
 */
void csrv_stream_put_later(struct csrv_stream *stream, struct csrv_account *payer,
			   enum csrv_quota_kind kind)
{
	struct csrv_file *file = stream->file;

	kref_get(&file->ref);
	csrv_stream_put(stream);
	csrv_file_put_later(file, payer, kind);
}

/**
 * csrv_stream_join_locked() - from here on others see the share mode of an open
 * @stream: of a file whose lock is held
 * @open: csrv_open.in_stream
 * @access: what was granted
 * @share: FILE_SHARE_*
 */
void csrv_stream_join_locked(struct csrv_stream *stream, struct list_head *open, u32 access,
			     u32 share)
{
	lockdep_assert_held(&stream->file->lock);
	list_add_tail(open, &stream->opens);
	csrv_sharing_join(&stream->sharing, access, share);
}

/**
 * csrv_stream_leave_locked() - ... no more
 * @stream: as for csrv_stream_join_locked()
 * @open: likewise; empty afterwards
 * @access: likewise
 * @share: likewise
 */
void csrv_stream_leave_locked(struct csrv_stream *stream, struct list_head *open, u32 access,
			      u32 share)
{
	lockdep_assert_held(&stream->file->lock);
	list_del_init(open);
	csrv_sharing_leave(&stream->sharing, access, share);
}

/* Is any stream of @file open?  file->lock is held. */
bool csrv_file_is_open_locked(const struct csrv_file *file)
{
	const struct csrv_stream *stream;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(stream, &file->streams, node)
		if (!list_empty(&stream->opens))
			return true;
	return false;
}
