// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/text.c - makes texts safe for a terminal, and prints them */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../util/utf.h"
#include "admin.h"

#define UTF8_MAX	4	/* octets of one character */

static enum text_charset charset;

void text_set_charset(enum text_charset of_locale)
{
	charset = of_locale;
}

/* NULL is the terminal. */
static bool takes_utf8(FILE *to)
{
	if (charset == TEXT_UTF8_NOT_ON_TERMINALS)
		return to && !isatty(fileno(to));
	return charset == TEXT_UTF8;
}

/* The character at @s, its octets in @len; -1 and @len 1 for an octet that is part of none. */
static int32_t take_char(const char *s, size_t *len)
{
	const uint8_t *p = (const uint8_t *)s;
	int32_t c = utf8_next(&p, p + strnlen(s, UTF8_MAX));

	*len = c < 0 ? 1 : (size_t)(p - (const uint8_t *)s);
	return c;
}

static bool is_unsafe(int32_t c, bool utf8)
{
	return c < 0 || !utf8_visible((uint32_t)c) || (!utf8 && c > 0x7e);
}

/*
 * @c: the character, or -1 for the octet @raw that is part of none.  \x is one octet, \u and \U are
 * one character: U+00FC and the octet 0xfc are different names of a file.
 */
static char *add_escape(char *out, int32_t c, unsigned char raw)
{
	if (c < 0x80)
		return talloc_asprintf_append_buffer(out, "\\x%02x", c < 0 ? raw : (unsigned int)c);
	return talloc_asprintf_append_buffer(out, c > 0xffff ? "\\U%08x" : "\\u%04x",
					     (unsigned int)c);
}

char *shown(TALLOC_CTX *ctx, FILE *to, const char *text)
{
	char *out = talloc_strdup(ctx, "");
	bool utf8 = takes_utf8(to);
	size_t plain, len;

	while (out && *text) {
		int32_t c = -1;

		/* copy a run that needs no change at once */
		for (plain = 0; text[plain]; plain += len) {
			c = take_char(text + plain, &len);
			if (is_unsafe(c, utf8))
				break;
		}
		out = talloc_strndup_append_buffer(out, text, plain);
		text += plain;
		if (out && *text) {
			out = add_escape(out, c, (unsigned char)*text);
			text += len;
		}
	}
	return out;
}

void print_line(FILE *f, const char *fmt, ...)
{
	_cleanup_(talloc_freep) char *text = NULL;
	_cleanup_(talloc_freep) char *safe = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = talloc_vasprintf(NULL, fmt, ap);
	va_end(ap);
	safe = text ? shown(NULL, f, text) : NULL;
	fprintf(f, "%s\n", safe ? safe : "out of memory");
}

/* A text with newlines is printed as several lines. */
static void put(FILE *f, const char *prefix, const char *fmt, va_list ap)
{
	_cleanup_(talloc_freep) char *text = talloc_vasprintf(NULL, fmt, ap);
	char *line = text, *next;

	for (; line; line = next) {
		_cleanup_(talloc_freep) char *safe = NULL;

		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		safe = shown(NULL, f, line);
		fprintf(f, "%s%s\n", prefix, safe ? safe : "out of memory");
	}
}

int complain(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	put(stderr, "cifsadmin: ", fmt, ap);
	va_end(ap);
	return EXIT_FAILED;
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(stdout, "", fmt, ap);
	va_end(ap);
}
