/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * util/bytes.h - bounded little-endian reading and writing
 *
 * The twin of the kernel's wire/cursor.h: a read past the end yields zero and
 * sets a sticky flag; a write past the end writes nothing and sets one.
 */
#ifndef CIFSSRVD_UTIL_BYTES_H
#define CIFSSRVD_UTIL_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "cleanup.h"

struct bytes_in {
	const uint8_t *base;	/* offsets count from here */
	const uint8_t *pos;	/* base <= pos <= end */
	const uint8_t *end;
	bool bad;		/* sticky: something was out of bounds */
};

static inline struct bytes_in bytes_in(struct blob b)
{
	static const uint8_t none[1];
	const uint8_t *data = b.data ? b.data : none;

	return (struct bytes_in){ .base = data, .pos = data, .end = data + (b.data ? b.len : 0) };
}

static inline size_t bytes_left(const struct bytes_in *in)
{
	return in->bad ? 0 : (size_t)(in->end - in->pos);
}

static inline const uint8_t *bytes_take(struct bytes_in *in, size_t len)
{
	const uint8_t *p = in->pos;

	if (in->bad || len > (size_t)(in->end - p)) {
		in->bad = true;
		return NULL;
	}
	in->pos += len;
	return p;
}

static inline struct blob bytes_blob(struct bytes_in *in, size_t len)
{
	const uint8_t *p = bytes_take(in, len);

	return p ? (struct blob){ p, len } : (struct blob){ NULL, 0 };
}

/* @len bytes at @off from the base; no bytes are at every offset. */
static inline struct blob bytes_at(struct bytes_in *in, size_t off, size_t len)
{
	size_t total = (size_t)(in->end - in->base);

	if (!len)
		return (struct blob){ NULL, 0 };
	if (in->bad || off > total || len > total - off) {
		in->bad = true;
		return (struct blob){ NULL, 0 };
	}
	return (struct blob){ in->base + off, len };
}

static inline uint16_t bytes_get_u16(struct bytes_in *in)
{
	const uint8_t *p = bytes_take(in, 2);

	return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

static inline uint32_t bytes_get_u32(struct bytes_in *in)
{
	const uint8_t *p = bytes_take(in, 4);

	return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		   (uint32_t)p[3] << 24 : 0;
}

static inline uint64_t bytes_get_u64(struct bytes_in *in)
{
	uint64_t low = bytes_get_u32(in);

	return low | (uint64_t)bytes_get_u32(in) << 32;
}

static inline void bytes_expect(struct bytes_in *in, bool ok)
{
	in->bad |= !ok;
}

struct bytes_out {
	uint8_t *base;
	uint8_t *pos;
	uint8_t *end;
	bool bad;		/* sticky: it outgrew its room */
};

static inline struct bytes_out bytes_out(uint8_t *buf, size_t len)
{
	return (struct bytes_out){ .base = buf, .pos = buf, .end = buf + len };
}

static inline size_t bytes_written(const struct bytes_out *out)
{
	return (size_t)(out->pos - out->base);
}

static inline void bytes_put(struct bytes_out *out, const void *data, size_t len)
{
	if (out->bad || len > (size_t)(out->end - out->pos)) {
		out->bad = true;
		return;
	}
	if (len)
		memcpy(out->pos, data, len);
	out->pos += len;
}

static inline void bytes_put_u16(struct bytes_out *out, uint16_t v)
{
	bytes_put(out, (uint8_t[]){ v & 0xff, v >> 8 }, 2);
}

static inline void bytes_put_u32(struct bytes_out *out, uint32_t v)
{
	bytes_put_u16(out, v & 0xffff);
	bytes_put_u16(out, v >> 16);
}

static inline void bytes_put_u64(struct bytes_out *out, uint64_t v)
{
	bytes_put_u32(out, (uint32_t)v);
	bytes_put_u32(out, v >> 32);
}

static inline void bytes_put_zero(struct bytes_out *out, size_t len)
{
	static const uint8_t zero[16];

	for (; len > sizeof(zero); len -= sizeof(zero))
		bytes_put(out, zero, sizeof(zero));
	bytes_put(out, zero, len);
}

#endif /* CIFSSRVD_UTIL_BYTES_H */
