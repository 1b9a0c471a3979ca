// SPDX-License-Identifier: GPL-2.0-or-later
/* util/utf.c - UTF-8 and UTF-16LE, strict, and the upper case of names */
#include "utf.h"

#include <errno.h>
#include <locale.h>
#include <wctype.h>

/*
 * The C.UTF-8 locale is built into the C library: its tables are the same on every machine,
 * whatever LANG says.  Made at first use, and never freed.
 */
static locale_t name_locale(void)
{
	static locale_t loc;

	if (!loc)
		loc = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	return loc;
}

static uint32_t upper(uint32_t c)
{
	locale_t loc = name_locale();
	uint32_t up;

	if (!loc || c > 0xffff)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	up = towupper_l((wint_t)c, loc);
	return up <= 0xffff ? up : c;
}

/* Octets that follow the first, or -1 for one that cannot be first.  RFC 3629 */
static int utf8_more(uint32_t first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first < 0xe0)
		return 1;
	if (first >= 0xe0 && first < 0xf0)
		return 2;
	return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

int32_t utf8_next(const uint8_t **s, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = *s;
	uint32_t c = *p++;
	int more = utf8_more(c);

	if (more < 0 || end - p < more)
		return -1;
	if (more)
		c &= 0x3f >> more;
	for (int i = 0; i < more; i++, p++) {
		if ((*p & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (*p & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return -1;
	*s = p;
	return (int32_t)c;
}

static size_t utf8_put(uint8_t *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (uint8_t)(0xe0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | c >> 18);
	p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	p[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

char *utf16_to_utf8(TALLOC_CTX *ctx, struct blob in)
{
	uint8_t *out, *p;

	if (in.len % 2)
		return NULL;
	/* A unit becomes at most 3 octets, a pair of them 4. */
	out = p = talloc_array(ctx, uint8_t, in.len / 2 * 3 + 1);
	if (!out)
		return NULL;
	for (size_t i = 0; i < in.len; i += 2) {
		uint32_t c = (uint32_t)(in.data[i] | in.data[i + 1] << 8);

		if (c >= 0xd800 && c < 0xdc00 && i + 4 <= in.len) {
			uint32_t lo = (uint32_t)(in.data[i + 2] | in.data[i + 3] << 8);

			if (lo >= 0xdc00 && lo < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (lo - 0xdc00);
				i += 2;
			}
		}
		if (!c || (c >= 0xd800 && c < 0xe000)) {
			talloc_free(out);
			return NULL;
		}
		p += utf8_put(p, c);
	}
	*p = 0;
	return (char *)out;
}

bool utf8_valid(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + len;

	while (p < end)
		if (utf8_next(&p, end) <= 0)
			return false;
	return true;
}

void utf8_repair(char *s)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + strlen(s);

	while (p < end)
		if (utf8_next(&p, end) < 0)
			s[p++ - (const uint8_t *)s] = '?';
}

/* Characters that are not shown; @unseen: invisible, without an effect on the text around. */
static const struct {
	uint32_t first, last;
	bool unseen;
} bad[] = {
	{ 0x0000, 0x001f, false }, { 0x007f, 0x009f, false },	/* C0, DEL, C1: ECMA-48 */
	{ 0x061c, 0x061c, false }, { 0x200e, 0x200f, false },	/* bidi marks, UAX #9 2.6 */
	{ 0x202a, 0x202e, false }, { 0x2066, 0x2069, false },	/* embeddings, overrides, isolates */
	{ 0x2028, 0x2029, false },			/* line and paragraph separator */
	{ 0xfff9, 0xfffb, false },			/* interlinear annotation */
	{ 0xe0000, 0xe007f, false },			/* tags */
	/*
	 * Default_Ignorable_Code_Point of UAX #44 but for joiners and variation selectors, which
	 * scripts need, and no characters
	 */
	{ 0x00ad, 0x00ad, true }, { 0x180e, 0x180e, true }, { 0x200b, 0x200b, true },
	{ 0x2060, 0x2065, true }, { 0x206a, 0x206f, true }, { 0xfeff, 0xfeff, true },
	{ 0xfff0, 0xfff8, true }, { 0xfffe, 0xffff, true }, { 0xe0080, 0xe0fff, true },
};

static bool is_good(uint32_t c, bool seen)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (c >= bad[i].first && c <= bad[i].last && (seen || !bad[i].unseen))
			return false;
	return c <= 0x10ffff;
}

static bool printable(uint32_t c)
{
	return is_good(c, false);
}

bool utf8_visible(uint32_t c)
{
	return is_good(c, true);
}

void utf8_scrub(char *s)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + strlen(s);
	char *out = s;

	while (p < end) {
		const uint8_t *start = p;
		int32_t c = utf8_next(&p, end);

		if (c < 0)
			p++;
		if (c < 0 || !printable((uint32_t)c)) {
			*out++ = '?';
			continue;
		}
		memmove(out, start, (size_t)(p - start));
		out += p - start;
	}
	*out = 0;
}

/* Most octets that one character becomes: \u{10ffff} */
#define QUOTED_CHAR	12

static size_t quote_char(char *out, const uint8_t **p, const uint8_t *end)
{
	const uint8_t *start = *p;
	int32_t c = utf8_next(p, end);

	if (c < 0)
		return (size_t)sprintf(out, "\\x%02x", *(*p)++);
	if (c == '"' || c == '\\')
		return (size_t)sprintf(out, "\\%c", c);
	if (!printable((uint32_t)c))
		return (size_t)sprintf(out, "\\u{%x}", (unsigned int)c);
	memcpy(out, start, (size_t)(*p - start));
	return (size_t)(*p - start);
}

char *utf8_quote(TALLOC_CTX *ctx, const char *s, size_t max)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + strlen(s);
	char *quoted = talloc_array(ctx, char, max + QUOTED_CHAR + sizeof("\"\"..."));
	char *out = quoted;

	if (!quoted)
		return NULL;
	*out++ = '"';
	while (p < end && (size_t)(out - quoted) <= max)
		out += quote_char(out, &p, end);
	strcpy(out, p < end ? "\"..." : "\"");
	return quoted;
}

static int to_utf16(TALLOC_CTX *ctx, const char *s, bool up, struct blob *ret)
{
	const uint8_t *p = (const uint8_t *)s, *end = p + strlen(s);
	uint8_t *out, *o;

	out = o = talloc_array(ctx, uint8_t, strlen(s) * 2 + 1);
	if (!out)
		return -ENOMEM;
	while (p < end) {
		int32_t c = utf8_next(&p, end);

		if (c < 0) {
			talloc_free(out);
			return -EILSEQ;
		}
		if (up)
			c = (int32_t)upper((uint32_t)c);
		if (c >= 0x10000) {
			uint32_t hi = 0xd800 + (((uint32_t)c - 0x10000) >> 10);

			*o++ = hi & 0xff;
			*o++ = (uint8_t)(hi >> 8);
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		*o++ = c & 0xff;
		*o++ = (uint8_t)(c >> 8);
	}
	*ret = (struct blob){ out, (size_t)(o - out) };
	return 0;
}

int utf8_to_utf16(TALLOC_CTX *ctx, const char *s, struct blob *ret)
{
	return to_utf16(ctx, s, false, ret);
}

int utf8_to_utf16_upper(TALLOC_CTX *ctx, const char *s, struct blob *ret)
{
	return to_utf16(ctx, s, true, ret);
}

/* The kernel's own table: names are equal here exactly where they are equal there. */
typedef uint8_t u8;
typedef uint16_t u16;
#include "../../module/wire/upcase_gen.h"

static uint32_t fold_char(uint32_t c)
{
	if (c >= UPCASE_END)
		return c;
	return (uint16_t)(c + upcase_delta[upcase_index[c / UPCASE_BLOCK]][c % UPCASE_BLOCK]);
}

/* Illegal octets are compared one by one, above every code point. */
static uint32_t fold_next(const uint8_t **p, const uint8_t *end)
{
	int32_t c;

	if (*p == end)
		return 0;
	c = utf8_next(p, end);
	if (c < 0)
		return 0x110000u + *(*p)++;
	return fold_char((uint32_t)c);
}

int utf8_casecmp(const char *a, const char *b)
{
	const uint8_t *p = (const uint8_t *)a, *pend = p + strlen(a);
	const uint8_t *q = (const uint8_t *)b, *qend = q + strlen(b);
	uint32_t c, d;

	do {
		c = fold_next(&p, pend);
		d = fold_next(&q, qend);
	} while (c && c == d);
	return c < d ? -1 : c > d;
}
