// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/store/stream.c module/store/sharing.c module/store/brl_set.c module/store/caching.c | flags: -Wno-unused-parameter
//
// Streams of files: one for each name, as long as it is referenced.  A stream keeps its file, and
// what is opened of one is not in the way of another.
#include <assert.h>
#include <stdlib.h>

#include "base/objects.h"
#include "store/stream.h"
#include "wire/access.h"
#include "wire/smb2/create.h"

static struct csrv_file *the_file;
static int nfiles, nlater, nstreams;

/* Counted while they are listed. */
void csrv_object_created(enum csrv_object_kind kind)
{
	assert(kind == CSRV_OBJ_STREAM && the_file->lock.held);
	nstreams++;
}

void csrv_object_destroyed(enum csrv_object_kind kind)
{
	assert(kind == CSRV_OBJ_STREAM);
	nstreams--;
}

/* What store/file.c does: one file, found as long as it is referenced. */
struct csrv_file *csrv_file_get(struct csrv_server *srv, const struct path *path)
{
	(void)srv, (void)path;
	if (the_file) {
		kref_get(&the_file->ref);
		return the_file;
	}
	the_file = calloc(1, sizeof(*the_file));
	kref_init(&the_file->ref);
	mutex_init(&the_file->lock);
	INIT_LIST_HEAD(&the_file->streams);
	nfiles++;
	return the_file;
}

static void file_free(struct kref *ref)
{
	struct csrv_file *file = container_of(ref, struct csrv_file, ref);

	assert(file == the_file && list_empty(&file->streams) && !file->lock.held);
	free(file);
	the_file = NULL;
	nfiles--;
}

void csrv_file_put(struct csrv_file *file)
{
	kref_put(&file->ref, file_free);
}

void csrv_file_put_later(struct csrv_file *file, struct csrv_account *payer,
			 enum csrv_quota_kind kind)
{
	(void)payer;
	nlater++;
	csrv_file_put(file);
}

static struct csrv_stream *get(const char *name)
{
	struct csrv_stream *stream = csrv_stream_get(NULL, NULL, name);

	assert(stream && stream->file == the_file && !strcmp(stream->name, name));
	return stream;
}

static void a_name_has_one_stream(void)
{
	struct csrv_stream *data = get(CSRV_STREAM_UNNAMED), *zone = get("Zone.Identifier");

	assert(data != zone && nfiles == 1 && nstreams == 2 && kref_read(&the_file->ref) == 2);
	assert(get(CSRV_STREAM_UNNAMED) == data && kref_read(&data->ref) == 2);
	assert(get("Zone.Identifier") == zone && kref_read(&the_file->ref) == 2);
	csrv_stream_put(data);
	csrv_stream_put(data);
	mutex_lock(&the_file->lock);
	assert(!csrv_stream_peek_locked(the_file, CSRV_STREAM_UNNAMED));
	assert(csrv_stream_peek_locked(the_file, "Zone.Identifier") == zone);
	mutex_unlock(&the_file->lock);
	csrv_stream_put(zone);
	assert(nfiles == 1 && nstreams == 1);
	csrv_stream_put(zone);
	assert(!nfiles && !nstreams);
	csrv_stream_put(NULL);
}

/* Between the last put and the list: what is dying is not found, and gives no reference. */
static void a_dying_stream_is_not_found(void)
{
	struct csrv_stream *dying = get(CSRV_STREAM_UNNAMED), *next;

	refcount_set(&dying->ref.refcount, 0);
	mutex_lock(&the_file->lock);
	assert(!csrv_stream_peek_locked(the_file, CSRV_STREAM_UNNAMED));
	mutex_unlock(&the_file->lock);
	next = get(CSRV_STREAM_UNNAMED);
	assert(next != dying);
	mutex_lock(&the_file->lock);
	assert(csrv_stream_peek_locked(the_file, CSRV_STREAM_UNNAMED) == next);
	mutex_unlock(&the_file->lock);
	refcount_set(&dying->ref.refcount, 1);
	csrv_stream_put(dying);
	assert(nfiles == 1 && nstreams == 1);
	csrv_stream_put(next);
	assert(!nfiles && !nstreams);
}

static void the_file_of_a_stream_can_be_put_later(void)
{
	struct csrv_stream *stream = get(CSRV_STREAM_UNNAMED);

	assert(get(CSRV_STREAM_UNNAMED) == stream);
	csrv_stream_put_later(stream, NULL, CSRV_QUOTA_OPEN);
	assert(nlater == 1 && nfiles == 1 && kref_read(&stream->ref) == 1);
	csrv_stream_put_later(stream, NULL, CSRV_QUOTA_OPEN);
	assert(nlater == 2 && !nfiles && !nstreams);
}

/* [MS-FSA] 2.1.5.1.2.2 compares opens of one stream. */
static void opens_share_their_stream(void)
{
	const u32 access = FILE_READ_DATA | ACCESS_DELETE;
	struct csrv_stream *data = get(CSRV_STREAM_UNNAMED), *zone = get("Zone.Identifier");
	struct list_head open;

	mutex_lock(&the_file->lock);
	assert(!csrv_file_is_open_locked(the_file));
	csrv_stream_join_locked(zone, &open, access, 0);
	assert(csrv_file_is_open_locked(the_file) && list_is_singular(&zone->opens));
	assert(!csrv_sharing_allows(&zone->sharing, FILE_READ_DATA, FILE_SHARE_READ));
	assert(csrv_sharing_allows(&data->sharing, FILE_READ_DATA, 0));
	assert(zone->sharing.with[CSRV_SHARING_DELETE] == 1);
	assert(!data->sharing.with[CSRV_SHARING_DELETE]);
	csrv_stream_leave_locked(zone, &open, access, 0);
	assert(list_empty(&open) && !csrv_file_is_open_locked(the_file));
	assert(csrv_sharing_allows(&zone->sharing, FILE_READ_DATA, 0));
	mutex_unlock(&the_file->lock);
	csrv_stream_put(data);
	csrv_stream_put(zone);
	assert(!nfiles && !nstreams);
}

int main(void)
{
	a_name_has_one_stream();
	a_dying_stream_is_not_found();
	the_file_of_a_stream_can_be_put_later();
	opens_share_their_stream();
	return 0;
}
