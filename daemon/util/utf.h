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

/* True when @len octets at @s are UTF-8 without NUL. */
bool utf8_valid(const char *s, size_t len);

/* Replaces every octet of @s that is not part of legal UTF-8 by '?', in place. */
void utf8_scrub(char *s);

/* Like utf8_to_utf16(), of the upper case form: one to one, BMP only. */
int utf8_to_utf16_upper(TALLOC_CTX *ctx, const char *s, struct blob *ret);

/* The order of names without regard to case; 0 when they are the same name, as the kernel sees it. */
int utf8_casecmp(const char *a, const char *b);

#endif /* CIFSSRVD_UTIL_UTF_H */
