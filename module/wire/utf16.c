// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/utf16.c - UTF-16LE to UTF-8 and back, and comparison without case */
#include <linux/kernel.h>

#include "upcase_gen.h"
#include "utf16.h"

#define REPLACEMENT	0xfffd		/* replaces a byte that is not UTF-8 */
#define NOT_UTF8	0x110000u	/* + the byte: like no code point and no other byte */

/* One code point, or WIRE_UTF_BAD; consumes at least one byte if there is one. */
static s32 utf16_next(struct wire_in *in)
{
	u32 hi = wire_get_u16(in);
	u32 lo;

	if (!hi)			/* U+0000, or half a unit at the end */
		return WIRE_UTF_BAD;
	if (hi < 0xd800 || hi > 0xdfff)
		return hi;
	lo = wire_get_u16(in);
	if (hi > 0xdbff || lo < 0xdc00 || lo > 0xdfff)
		return WIRE_UTF_BAD;
	return 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
}

/* Bytes of a code point in UTF-8. */
u32 csrv_utf8_len(u32 cp)
{
	return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* @len: csrv_utf8_len() of it */
void csrv_utf8_put(char *dst, u32 cp, u32 len)
{
	static const u8 lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	u32 i;

	if (len == 1) {
		*dst = cp;
		return;
	}
	for (i = len - 1; i > 0; i--) {
		dst[i] = 0x80 | (cp & 0x3f);
		cp >>= 6;
	}
	dst[0] = lead[len] | cp;
}

/**
 * csrv_utf16_to_utf8_len() - bytes that csrv_utf16_to_utf8() will write
 * @utf16: as on the wire
 *
 * Return: the length without the NUL, or WIRE_UTF_BAD.
 */
int csrv_utf16_to_utf8_len(const struct wire_blob *utf16)
{
	struct wire_in in = wire_sub(utf16);
	int len = 0;
	s32 cp;

	while (wire_left(&in)) {
		cp = utf16_next(&in);
		if (cp < 0)
			return cp;
		len += csrv_utf8_len(cp);
	}
	return len;
}

/**
 * csrv_utf16_to_utf8() - convert a name from the wire, strictly
 * @utf16: as on the wire
 * @dst: receives UTF-8 and a NUL; indeterminate after a failure
 * @cap: size of @dst in bytes, the NUL included
 *
 * Return: the length without the NUL; WIRE_UTF_BAD for an odd length, an
 * unpaired surrogate or U+0000; WIRE_UTF_SHORT if @dst is too small.
 */
int csrv_utf16_to_utf8(const struct wire_blob *utf16, char *dst, size_t cap)
{
	struct wire_in in = wire_sub(utf16);
	size_t len = 0;
	u32 n;
	s32 cp;

	while (wire_left(&in)) {
		cp = utf16_next(&in);
		if (cp < 0)
			return cp;
		n = csrv_utf8_len(cp);
		if (len + n >= cap)
			return WIRE_UTF_SHORT;
		csrv_utf8_put(dst + len, cp, n);
		len += n;
	}
	if (len >= cap)
		return WIRE_UTF_SHORT;
	dst[len] = '\0';
	return len;
}

/* Length of the sequence that @lead starts, 0 if none; its smallest code point in @min. */
static u32 utf8_sequence(u8 lead, u32 *min)
{
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	if (lead < 0xe0) {
		*min = 0x80;
		return 2;
	}
	*min = lead < 0xf0 ? 0x800 : 0x10000;
	return lead < 0xf0 ? 3 : 4;
}

/**
 * csrv_utf8_next() - the next code point of a UTF-8 string
 * @pos: where to read; must be below @end; moves on by at least one byte
 * @end: end of the string
 *
 * Return: the code point, or WIRE_UTF_BAD for one byte that does not start a
 * well-formed sequence (no overlong forms, no surrogates, no more than U+10FFFF).
 */
s32 csrv_utf8_next(const char **pos, const char *end)
{
	const u8 *p = (const u8 *)*pos;
	u32 cp, len, min, i;

	*pos += 1;
	if (*p < 0x80)
		return *p;
	len = utf8_sequence(*p, &min);
	if (!len || (const u8 *)end - p < (ptrdiff_t)len)
		return WIRE_UTF_BAD;
	cp = *p & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return WIRE_UTF_BAD;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return WIRE_UTF_BAD;
	*pos += len - 1;
	return cp;
}

/* True if @s is well-formed UTF-8 without NUL. */
bool csrv_utf8_is_valid(const char *s, size_t len)
{
	const char *end = wire_str_end(s, len);

	while (s < end)
		if (csrv_utf8_next(&s, end) <= 0)
			return false;
	return true;
}

/* The code point that is sent for the next character. */
static u32 wire_char(const char **pos, const char *end)
{
	s32 cp = csrv_utf8_next(pos, end);

	return cp < 0 ? REPLACEMENT : cp;
}

/**
 * csrv_utf8_to_utf16_len() - bytes that @s takes as UTF-16LE
 * @s: any bytes, see utf16.h for those that are not UTF-8
 * @len: of @s, in bytes
 *
 * Return: bytes.
 */
u32 csrv_utf8_to_utf16_len(const char *s, size_t len)
{
	const char *end = wire_str_end(s, len);
	u32 bytes = 0;

	while (s < end)
		bytes += wire_char(&s, end) < 0x10000 ? 2 : 4;
	return bytes;
}

static u32 utf16_fill(const char *s, size_t len, u8 *dst, u32 cap, bool path)
{
	const char *end = wire_str_end(s, len);
	u32 done = 0;
	u32 cp, n;

	while (s < end) {
		cp = wire_char(&s, end);
		n = cp < 0x10000 ? 2 : 4;
		if (cap - done < n)
			break;
		if (path && cp == '/')
			cp = '\\';
		if (n == 4) {
			cp -= 0x10000;
			put_unaligned_le16(0xdc00 | (cp & 0x3ff), dst + done + 2);
			cp = 0xd800 | cp >> 10;
		}
		put_unaligned_le16(cp, dst + done);
		done += n;
	}
	return done;
}

/**
 * csrv_utf8_to_utf16() - as many whole characters of @s as fit
 * @s: any bytes
 * @len: of @s
 * @dst: receives UTF-16LE, no terminator
 * @cap: size of @dst in bytes
 *
 * Return: bytes written, all of them if @cap >= csrv_utf8_to_utf16_len().
 */
u32 csrv_utf8_to_utf16(const char *s, size_t len, u8 *dst, u32 cap)
{
	return utf16_fill(s, len, dst, cap, false);
}

static void put_utf16(struct wire_out *out, const char *s, size_t len, bool path)
{
	u32 bytes = csrv_utf8_to_utf16_len(s, len);
	u8 *p = wire_room(out, bytes);

	if (p)
		utf16_fill(s, len, p, bytes, path);
}

/* All of @s as UTF-16LE, or @out turns bad. */
void csrv_put_utf16(struct wire_out *out, const char *s, size_t len)
{
	put_utf16(out, s, len, false);
}

/* The same for a path: '/' becomes '\'. */
void csrv_put_utf16_path(struct wire_out *out, const char *s, size_t len)
{
	put_utf16(out, s, len, true);
}

/**
 * csrv_put_utf16_part() - as much of a path as fits, for STATUS_BUFFER_OVERFLOW
 * @out: where to
 * @s: path; '/' becomes '\'
 * @len: of @s
 *
 * Return: true if all of it fitted.
 */
bool csrv_put_utf16_part(struct wire_out *out, const char *s, size_t len)
{
	u32 left = wire_out_left(out);
	u32 done = utf16_fill(s, len, out->pos, left, true);

	out->pos += done;
	return done == csrv_utf8_to_utf16_len(s, len);
}

/**
 * csrv_upcase() - simple upper case, as Windows compares file names
 * @cp: code point
 *
 * Return: its upper case in the Basic Multilingual Plane, else @cp.  One code
 * point to one code point, independent of locale.
 */
u32 csrv_upcase(u32 cp)
{
	if (cp >= UPCASE_END)
		return cp;
	return (u16)(cp + upcase_delta[upcase_index[cp / UPCASE_BLOCK]][cp % UPCASE_BLOCK]);
}

static u32 folded_char(const char **pos, const char *end)
{
	const char *at = *pos;
	s32 cp = csrv_utf8_next(pos, end);

	return cp < 0 ? NOT_UTF8 + (u8)*at : csrv_upcase(cp);
}

/**
 * csrv_name_casecmp() - compare two names as a case-insensitive share does
 * @a: UTF-8; bytes that are not match only themselves
 * @alen: of @a, in bytes
 * @b: the other name
 * @blen: of @b
 *
 * Return: negative, 0 or positive, like strcmp().
 */
int csrv_name_casecmp(const char *a, size_t alen, const char *b, size_t blen)
{
	const char *aend = wire_str_end(a, alen);
	const char *bend = wire_str_end(b, blen);
	u32 ca, cb;

	while (a < aend && b < bend) {
		ca = folded_char(&a, aend);
		cb = folded_char(&b, bend);
		if (ca != cb)
			return ca < cb ? -1 : 1;
	}
	return (a < aend) - (b < bend);
}

/**
 * csrv_name_fold_hash() - equal for names that csrv_name_casecmp() finds equal
 * @s: UTF-8
 * @len: of @s, in bytes
 * @seed: secret of the table's owner, so that clients cannot choose collisions blindly
 *
 * Return: the hash.
 */
u32 csrv_name_fold_hash(const char *s, size_t len, u32 seed)
{
	const char *end = wire_str_end(s, len);
	u32 h = seed ^ 0x9e3779b9;

	while (s < end) {
		h ^= folded_char(&s, end);
		h *= 0x85ebca6b;
		h ^= h >> 15;
	}
	h *= 0xc2b2ae35;
	return h ^ h >> 13;
}
