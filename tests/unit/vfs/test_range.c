// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What csrv_vfs_allocate_to() and csrv_vfs_append_at() ask of a stream, by its ops alone: of one
 * in memory, which reserves space in steps of its own, and of one that can reserve none.
 */
// link: module/vfs/range.c
#include <assert.h>
#include <errno.h>
#include <stdbool.h>

#include "vfs/rw.h"

/* A stream whose struct csrv_vfs_file is embedded, as that of a kind to come would be. */
struct stream {
	struct csrv_vfs_file	vf;
	loff_t			size;
	loff_t			reserved;	/* up to here */
	loff_t			limit;
	u32			asked;
};

static struct stream *stream_of(const struct csrv_vfs_file *vf)
{
	return (struct stream *)((char *)vf - offsetof(struct stream, vf));
}

static loff_t mem_size(const struct csrv_vfs_file *vf)
{
	return stream_of(vf)->size;
}

static int mem_allocate(const struct csrv_vfs_file *vf, loff_t pos, loff_t len, bool keep_size)
{
	struct stream *s = stream_of(vf);

	s->asked++;
	assert(pos >= 0 && len > 0);
	if (pos + len > s->limit)
		return -ENOSPC;
	if (pos + len > s->reserved)
		s->reserved = pos + len;
	if (!keep_size && pos + len > s->size)
		s->size = pos + len;
	return 0;
}

static int no_allocate(const struct csrv_vfs_file *vf, loff_t pos, loff_t len, bool keep_size)
{
	(void)pos, (void)len, (void)keep_size;
	stream_of(vf)->asked++;
	return -EOPNOTSUPP;
}

static const struct csrv_vfs_file_ops mem_ops = { .size = mem_size, .allocate = mem_allocate };
static const struct csrv_vfs_file_ops fixed_ops = { .size = mem_size, .allocate = no_allocate };

static void space_is_reserved_behind_the_end(void)
{
	struct stream s = { .vf.ops = &mem_ops, .size = 100, .limit = 1000 };

	assert(!csrv_vfs_allocate_to(&s.vf, 400));
	assert(s.size == 100 && s.reserved == 400 && s.asked == 1);
	assert(!csrv_vfs_allocate_to(&s.vf, 100) && s.asked == 1);
	assert(!csrv_vfs_allocate_to(&s.vf, 0) && s.asked == 1);
	assert(csrv_vfs_allocate_to(&s.vf, 1001) == -ENOSPC);
}

static void a_stream_that_cannot_reserve_does_without(void)
{
	struct stream s = { .vf.ops = &fixed_ops, .size = 100 };

	assert(!csrv_vfs_allocate_to(&s.vf, 400) && s.asked == 1);
	assert(csrv_vfs_append_at(&s.vf, 200) == -EOPNOTSUPP);
}

static void appending_changes_no_byte_that_is_there(void)
{
	struct stream s = { .vf.ops = &mem_ops, .size = 100, .limit = 1000 };

	assert(csrv_vfs_append_at(&s.vf, 99) == -EACCES);
	assert(!csrv_vfs_append_at(&s.vf, 100) && !s.asked);
	assert(!csrv_vfs_append_at(&s.vf, 101) && s.size == 101);
	assert(!csrv_vfs_append_at(&s.vf, 1000) && s.size == 1000);
	assert(csrv_vfs_append_at(&s.vf, 1001) == -ENOSPC && s.size == 1000);
}

static void what_is_not_open_is_known_by_its_ops(void)
{
	struct stream s = {};

	assert(!csrv_vfs_is_open(&s.vf));
	csrv_vfs_set_noatime(&s.vf, true);
	csrv_vfs_close(&s.vf);
	s.vf.ops = &mem_ops;
	assert(csrv_vfs_is_open(&s.vf));
}

int main(void)
{
	space_is_reserved_behind_the_end();
	a_stream_that_cannot_reserve_does_without();
	appending_changes_no_byte_that_is_there();
	what_is_not_open_is_known_by_its_ops();
	return 0;
}
