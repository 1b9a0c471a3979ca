/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire/cursor.h - bounded reading and writing of one SMB message
 *
 * Every byte that came from the network is read through a struct wire_in and
 * through nothing else.  A read past the end does not fail on the spot: it
 * yields zero and sets a sticky flag, so a decoder is a plain list of
 * assignments with a single check at its end (wire_done()).  Replies are
 * written through a struct wire_out, which cannot overrun and is as sticky.
 *
 * Pure: no allocation, no locks.  Compiles in the kernel and in user space.
 */
#ifndef CIFSSRV_WIRE_CURSOR_H
#define CIFSSRV_WIRE_CURSOR_H

#include <linux/types.h>
#include <linux/string.h>
#include "../compat/unaligned.h"

#define WIRE_GUID_LEN 16

/* A GUID made of these numbers. */
static inline void wire_guid_of(u8 guid[WIRE_GUID_LEN], u64 a, u32 b, u32 c)
{
	put_unaligned_le64(a, guid);
	put_unaligned_le32(b, guid + 8);
	put_unaligned_le32(c, guid + 12);
}

struct wire_in {
	const u8 *base;		/* SMB header; [MS-SMB2] offsets count from here */
	const u8 *pos;		/* next byte to read; base <= pos <= end */
	const u8 *end;
	bool bad;		/* sticky: something was out of bounds or illegal */
};

struct wire_blob {
	const u8 *data;		/* points into the message; never outlives it */
	u32 len;
};

static inline struct wire_in wire_in(const void *buf, size_t len)
{
	const u8 *p = buf;

	/* Sanitizers report NULL + 0. */
	return (struct wire_in){ .base = p, .pos = p, .end = len ? p + len : p };
}

/* A cursor over what @blob holds; its offsets count from the blob's start. */
static inline struct wire_in wire_sub(const struct wire_blob *blob)
{
	return wire_in(blob->data, blob->len);
}

static inline size_t wire_left(const struct wire_in *in)
{
	return in->bad ? 0 : (size_t)(in->end - in->pos);
}

/* The next @len bytes, or NULL (and @in turns bad) if there are not as many. */
static inline const u8 *wire_take(struct wire_in *in, size_t len)
{
	const u8 *p = in->pos;

	if (in->bad || len > (size_t)(in->end - p)) {
		in->bad = true;
		return NULL;
	}
	if (len)
		in->pos += len;
	return p;
}

static inline u8 wire_get_u8(struct wire_in *in)
{
	const u8 *p = wire_take(in, sizeof(u8));

	return p ? *p : 0;
}

static inline u16 wire_get_u16(struct wire_in *in)
{
	const u8 *p = wire_take(in, sizeof(u16));

	return p ? get_unaligned_le16(p) : 0;
}

static inline u32 wire_get_u32(struct wire_in *in)
{
	const u8 *p = wire_take(in, sizeof(u32));

	return p ? get_unaligned_le32(p) : 0;
}

static inline u64 wire_get_u64(struct wire_in *in)
{
	const u8 *p = wire_take(in, sizeof(u64));

	return p ? get_unaligned_le64(p) : 0;
}

/* Copies @len bytes, or zeroes @dst if there are not as many. */
static inline void wire_get_bytes(struct wire_in *in, void *dst, size_t len)
{
	const u8 *p = wire_take(in, len);

	if (!len)
		return;
	if (p)
		memcpy(dst, p, len);
	else
		memset(dst, 0, len);
}

static inline void wire_skip(struct wire_in *in, size_t len)
{
	wire_take(in, len);
}

/* The next @len bytes as a blob; empty if @len is 0 or out of bounds. */
static inline struct wire_blob wire_get_blob(struct wire_in *in, u32 len)
{
	const u8 *p = wire_take(in, len);

	return p && len ? (struct wire_blob){ .data = p, .len = len } : (struct wire_blob){};
}

/* The (Offset, Length) pair of [MS-SMB2]: @len bytes at @off from the header. */
static inline struct wire_blob wire_blob_at(struct wire_in *in, u32 off, u32 len)
{
	size_t total = in->end - in->base;

	if (!len)
		return (struct wire_blob){};
	if (in->bad || off > total || len > total - off) {
		in->bad = true;
		return (struct wire_blob){};
	}
	return (struct wire_blob){ .data = in->base + off, .len = len };
}

/* Turn @in bad unless @ok: for values that must not occur. */
static inline void wire_expect(struct wire_in *in, bool ok)
{
	in->bad |= !ok;
}

/* The check at the end of every decoder. */
static inline bool wire_done(const struct wire_in *in)
{
	return !in->bad;
}

struct wire_out {
	u8 *base;		/* SMB header or nested buffer: offsets count from here */
	u8 *pos;		/* next byte to write; base <= pos <= end */
	u8 *end;
	bool bad;		/* sticky: the reply is longer than its room */
};

static inline struct wire_out wire_out(void *buf, size_t len)
{
	u8 *p = buf;

	return (struct wire_out){ .base = p, .pos = p, .end = len ? p + len : p };
}

/* Bytes written since base: the offset, in the spec's sense, of what comes next. */
static inline u32 wire_out_len(const struct wire_out *out)
{
	return out->pos - out->base;
}

static inline size_t wire_out_left(const struct wire_out *out)
{
	return out->bad ? 0 : (size_t)(out->end - out->pos);
}

/* Room for @len bytes, which the caller must fill, or NULL and @out turns bad. */
static inline u8 *wire_room(struct wire_out *out, size_t len)
{
	u8 *p = out->pos;

	if (out->bad || len > (size_t)(out->end - p)) {
		out->bad = true;
		return NULL;
	}
	if (len)
		out->pos += len;
	return p;
}

/* Turn @out bad unless @ok: for values that a field cannot hold. */
static inline void wire_expect_out(struct wire_out *out, bool ok)
{
	out->bad |= !ok;
}

static inline void wire_put_u8(struct wire_out *out, u8 v)
{
	u8 *p = wire_room(out, sizeof(v));

	if (p)
		*p = v;
}

static inline void wire_put_u16(struct wire_out *out, u16 v)
{
	u8 *p = wire_room(out, sizeof(v));

	if (p)
		put_unaligned_le16(v, p);
}

static inline void wire_put_u32(struct wire_out *out, u32 v)
{
	u8 *p = wire_room(out, sizeof(v));

	if (p)
		put_unaligned_le32(v, p);
}

static inline void wire_put_u64(struct wire_out *out, u64 v)
{
	u8 *p = wire_room(out, sizeof(v));

	if (p)
		put_unaligned_le64(v, p);
}

/* @src may be the destination itself: a handler has written the bytes in place. */
static inline void wire_put_bytes(struct wire_out *out, const void *src, size_t len)
{
	u8 *p = wire_room(out, len);

	if (p && len && p != src)
		memcpy(p, src, len);
}

static inline void wire_put_blob(struct wire_out *out, const struct wire_blob *blob)
{
	wire_put_bytes(out, blob->data, blob->len);
}

static inline void wire_put_zero(struct wire_out *out, size_t len)
{
	u8 *p = wire_room(out, len);

	if (p && len)
		memset(p, 0, len);
}

/* Zeroes until the offset from base is a multiple of @align, a power of two. */
static inline void wire_pad(struct wire_out *out, u32 align)
{
	wire_put_zero(out, -wire_out_len(out) & (align - 1));
}

/*
 * Zeroed room for @len bytes to be patched later; returns its offset from base.
 * Patching room that was refused does nothing.
 */
static inline u32 wire_reserve(struct wire_out *out, size_t len)
{
	u32 off = wire_out_len(out);

	wire_put_zero(out, len);
	return off;
}

static inline u8 *wire_patch_at(struct wire_out *out, u32 off, u32 len)
{
	u32 done = wire_out_len(out);

	if (out->bad || off > done || len > done - off) {
		out->bad = true;
		return NULL;
	}
	return out->base + off;
}

static inline void wire_patch_u16(struct wire_out *out, u32 off, u16 v)
{
	u8 *p = wire_patch_at(out, off, sizeof(v));

	if (p)
		put_unaligned_le16(v, p);
}

static inline void wire_patch_u32(struct wire_out *out, u32 off, u32 v)
{
	u8 *p = wire_patch_at(out, off, sizeof(v));

	if (p)
		put_unaligned_le32(v, p);
}

/*
 * struct wire_list - entries chained by NextEntryOffset, the first u32 of each
 *
 * Directory listings, streams, EAs, notifications, network interfaces.  Offsets
 * and alignment count from the first entry; the last NextEntryOffset stays 0.
 */
struct wire_list {
	struct wire_out *out;
	u32 first;		/* offset of the first entry from out->base */
	u32 prev;		/* offset of the latest entry */
	u32 count;
	u32 align;		/* power of two */
};

static inline struct wire_list wire_list(struct wire_out *out, u32 align)
{
	u32 at = wire_out_len(out);

	return (struct wire_list){ .out = out, .first = at, .prev = at, .align = align };
}

/*
 * Begin an entry of @size bytes, NextEntryOffset included.  True: its zero NextEntryOffset is
 * written, the entry before is linked to it, and @size - 4 bytes fit.  False: it does not fit, and
 * nothing has changed.
 */
static inline bool wire_list_next(struct wire_list *list, u32 size)
{
	struct wire_out *out = list->out;
	u32 pad = list->count ? -(wire_out_len(out) - list->first) & (list->align - 1) : 0;
	size_t left = wire_out_left(out);

	if (size < sizeof(u32) || left < pad || left - pad < size)
		return false;
	wire_put_zero(out, pad);
	if (list->count)
		wire_patch_u32(out, list->prev, wire_out_len(out) - list->prev);
	list->prev = wire_out_len(out);
	list->count++;
	wire_put_u32(out, 0);
	return true;
}

#endif /* CIFSSRV_WIRE_CURSOR_H */
