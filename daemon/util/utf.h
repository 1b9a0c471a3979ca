/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/utf.h - UTF-8 and UTF-16LE, strict, and the upper case of names */
#ifndef CIFSSRVD_UTIL_UTF_H
#define CIFSSRVD_UTIL_UTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>
#include "cleanup.h"

/**
 * utf16_to_utf8() - the text of a wire string
 * @ctx: talloc parent of the result
 * @in: UTF-16LE; an odd length, an unpaired surrogate or a NUL is refused
 *
 * Return: a terminated string, or NULL when refused or out of memory.
 */
char *utf16_to_utf8(TALLOC_CTX *ctx, struct blob in);

/**
 * utf8_to_utf16() - a wire string
 * @ctx: talloc parent of the octets
 * @s: UTF-8; malformed, overlong and surrogate sequences are refused
 * @ret: UTF-16LE, owned by @ctx
 *
 * Return: 0, -EILSEQ or -ENOMEM.
 */
int utf8_to_utf16(TALLOC_CTX *ctx, const char *s, struct blob *ret);

/*
 * Decodes the code point at *@s, before @end, and moves *@s behind it; -1 and no move for an
 * illegal sequence: overlong, surrogate, cut.
 */
int32_t utf8_next(const uint8_t **s, const uint8_t *end);

/* True when @len octets at @s are UTF-8 without NUL. */
bool utf8_valid(const char *s, size_t len);

/* Replaces every octet of @s that is not part of legal UTF-8 by '?', in place. */
void utf8_repair(char *s);

/*
 * Makes a foreign text safe for a terminal and for the journal, in place: a character that must not
 * be shown, and every octet that is not part of legal UTF-8, becomes one '?'.  Not shown are
 * controls (C0, DEL, C1), characters that change the direction of text around them, separators of
 * lines and paragraphs, annotations and tags: they could move the cursor, hide the text before
 * them, or make it look like another line.
 */
void utf8_scrub(char *s);

/*
 * Is @c visible?  False for characters that utf8_scrub() replaces, those without a width of their
 * own, and code points that are no character.
 */
bool utf8_visible(uint32_t c);

/**
 * utf8_quote() - foreign text between quotation marks, as it stands in the log
 * @ctx: talloc parent of the result
 * @s: any octets
 * @max: a text longer than about so many octets is cut, and "..." follows the closing mark
 *
 * `"` and `\` get a `\` in front, what utf8_scrub() replaces becomes \u{HEX}, an octet that is not
 * part of legal UTF-8 \xHH.  So the text ends at the first `"` without a `\`, and is one line.
 *
 * Return: NULL without memory.
 */
char *utf8_quote(TALLOC_CTX *ctx, const char *s, size_t max);

/* Like utf8_to_utf16(), of the upper case form: one to one, BMP only. */
int utf8_to_utf16_upper(TALLOC_CTX *ctx, const char *s, struct blob *ret);

/* Orders names without regard to case; 0 for names that the kernel takes for one. */
int utf8_casecmp(const char *a, const char *b);

#endif /* CIFSSRVD_UTIL_UTF_H */
