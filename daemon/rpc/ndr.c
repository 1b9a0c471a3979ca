// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/ndr.c - see ndr.h
 */
#include "ndr.h"

#include <string.h>

#include "../util/utf.h"

#define REPLACEMENT	0xfffdu
#define NDR_FIRST_REF	0x00020000u	/* the customary one; any but zero would do */

struct ndr_in ndr_in(TALLOC_CTX *mem, const void *data, size_t len)
{
	return (struct ndr_in){ .mem = mem, .data = len ? data : "", .len = len };
}

const uint8_t *ndr_take(struct ndr_in *in, size_t len)
{
	const uint8_t *p;

	if (in->bad || len > in->len - in->pos) {
		in->bad = true;
		return NULL;
	}
	p = in->data + in->pos;
	in->pos += len;
	return p;
}

void ndr_align(struct ndr_in *in, size_t to)
{
	ndr_take(in, -in->pos & (to - 1));
}

uint8_t ndr_u8(struct ndr_in *in)
{
	const uint8_t *p = ndr_take(in, 1);

	return p ? *p : 0;
}

uint16_t ndr_u16(struct ndr_in *in)
{
	const uint8_t *p;

	ndr_align(in, 2);
	p = ndr_take(in, 2);
	return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

uint32_t ndr_u32(struct ndr_in *in)
{
	const uint8_t *p;

	ndr_align(in, 4);
	p = ndr_take(in, 4);
	return p ? p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

bool ndr_ref(struct ndr_in *in)
{
	return ndr_u32(in) != 0;
}

void ndr_count(struct ndr_in *in, uint32_t expect)
{
	ndr_expect(in, ndr_u32(in) == expect);
}

bool ndr_opt_u32(struct ndr_in *in, uint32_t *val)
{
	bool set = ndr_ref(in);

	*val = set ? ndr_u32(in) : 0;
	return set && ndr_ok(in);
}

/* [C706] 14.3.4.2: maximum count, offset, actual count, characters. */
const char *ndr_string(struct ndr_in *in)
{
	uint32_t max = ndr_u32(in);
	uint32_t off = ndr_u32(in);
	uint32_t count = ndr_u32(in);
	const uint8_t *p;
	char *str;

	ndr_expect(in, off == 0 && count >= 1 && count <= max && count <= NDR_MAX_STRING);
	p = in->bad ? NULL : ndr_take(in, (size_t)count * 2);
	if (!p)
		return NULL;
	/* the last unit is the terminator, and the only NUL */
	ndr_expect(in, !p[2 * count - 2] && !p[2 * count - 1]);
	str = in->bad ? NULL : utf16_to_utf8(in->mem, (struct blob){ p, 2 * ((size_t)count - 1) });
	ndr_expect(in, str);
	return str;
}

const char *ndr_opt_string(struct ndr_in *in)
{
	return ndr_ref(in) ? ndr_string(in) : NULL;
}

struct ndr_out *ndr_out_new(TALLOC_CTX *mem, size_t cap)
{
	struct ndr_out *out = talloc_zero(mem, struct ndr_out);

	if (out)
		out->cap = cap;
	return out;
}

/* Zeroed room for @len more bytes; NULL (and @out bad) if there is none. */
static uint8_t *out_room(struct ndr_out *out, size_t len)
{
	uint8_t *p;

	if (out->bad || len > out->cap - out->len) {
		out->bad = true;
		return NULL;
	}
	if (len > out->room - out->len) {
		size_t room = out->room ? out->room * 2 : 512;

		while (room < out->len + len)
			room *= 2;
		if (room > out->cap)
			room = out->cap;
		p = talloc_realloc(out, out->data, uint8_t, room);
		if (!p) {
			out->bad = true;
			return NULL;
		}
		out->data = p;
		out->room = room;
	}
	p = out->data + out->len;
	memset(p, 0, len);
	out->len += len;
	return p;
}

void ndr_put_bytes(struct ndr_out *out, const void *data, size_t len)
{
	uint8_t *p = len ? out_room(out, len) : NULL;

	if (p)
		memcpy(p, data, len);
}

void ndr_put_align(struct ndr_out *out, size_t to)
{
	size_t pad = -out->len & (to - 1);

	if (pad)
		out_room(out, pad);
}

void ndr_put_u8(struct ndr_out *out, uint8_t val)
{
	ndr_put_bytes(out, &val, 1);
}

void ndr_put_u16(struct ndr_out *out, uint16_t val)
{
	uint8_t b[2] = { (uint8_t)val, (uint8_t)(val >> 8) };

	ndr_put_align(out, 2);
	ndr_put_bytes(out, b, sizeof(b));
}

void ndr_put_u32(struct ndr_out *out, uint32_t val)
{
	uint8_t b[4] = {
		(uint8_t)val, (uint8_t)(val >> 8), (uint8_t)(val >> 16), (uint8_t)(val >> 24),
	};

	ndr_put_align(out, 4);
	ndr_put_bytes(out, b, sizeof(b));
}

void ndr_put_ref(struct ndr_out *out, bool set)
{
	ndr_put_u32(out, set ? NDR_FIRST_REF + 4 * out->refs++ : 0);
}

/* Next code point of @s (U+FFFD for an octet that is not part of UTF-8); 0 and no move at the end. */
static uint32_t next_char(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	int32_t c;

	if (!*p)
		return 0;
	c = utf8_next(&p, p + strnlen(*s, 4));
	*s = c < 0 ? *s + 1 : (const char *)p;
	return c < 0 ? REPLACEMENT : (uint32_t)c;
}

size_t ndr_utf16_len(const char *utf8)
{
	size_t n = 0;
	uint32_t cp;

	while ((cp = next_char(&utf8)))
		n += cp >= 0x10000 ? 2 : 1;
	return n;
}

static void put_unit(struct ndr_out *out, uint32_t unit)
{
	uint8_t b[2] = { (uint8_t)unit, (uint8_t)(unit >> 8) };

	ndr_put_bytes(out, b, sizeof(b));
}

void ndr_put_vstring(struct ndr_out *out, const char *utf8)
{
	uint32_t cp;

	ndr_put_u32(out, 0);
	ndr_put_u32(out, (uint32_t)ndr_utf16_len(utf8) + 1);
	while ((cp = next_char(&utf8))) {
		if (cp >= 0x10000) {
			put_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
			put_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
		} else {
			put_unit(out, cp);
		}
	}
	put_unit(out, 0);
}

void ndr_put_string(struct ndr_out *out, const char *utf8)
{
	ndr_put_u32(out, (uint32_t)ndr_utf16_len(utf8) + 1);
	ndr_put_vstring(out, utf8);
}
