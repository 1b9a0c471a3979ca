/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire/utf16.h - UTF-16LE as SMB sends it, UTF-8 as Linux keeps it
 *
 * From the wire the conversion is strict: an unpaired surrogate, an odd length
 * or U+0000 is an error, because two wire names must never become one name on
 * disk.  To the wire it cannot fail: each byte on disk that is not part of
 * well-formed UTF-8 becomes U+FFFD, so that a directory with such a name in it
 * can still be listed (the name itself cannot be opened).
 */
#ifndef CIFSSRV_WIRE_UTF16_H
#define CIFSSRV_WIRE_UTF16_H

#include "cursor.h"

#define WIRE_UTF_BAD	(-1)	/* not well-formed */
#define WIRE_UTF_SHORT	(-2)	/* the result does not fit */

/* A UTF-16 blob of n bytes never needs more than this in UTF-8, without NUL. */
static inline u32 wire_utf8_max(u32 utf16_len)
{
	return utf16_len / 2 * 3;
}

/* One past the last byte; an empty blob is NULL, to which nothing may be added. */
static inline const char *wire_str_end(const char *s, size_t len)
{
	return len ? s + len : s;
}

int csrv_utf16_to_utf8(const struct wire_blob *utf16, char *dst, size_t cap);
int csrv_utf16_to_utf8_len(const struct wire_blob *utf16);

u32 csrv_utf8_to_utf16_len(const char *s, size_t len);
u32 csrv_utf8_to_utf16(const char *s, size_t len, u8 *dst, u32 cap);
void csrv_put_utf16(struct wire_out *out, const char *s, size_t len);
void csrv_put_utf16_path(struct wire_out *out, const char *s, size_t len);
bool csrv_put_utf16_part(struct wire_out *out, const char *s, size_t len);

bool csrv_utf8_is_valid(const char *s, size_t len);
s32 csrv_utf8_next(const char **pos, const char *end);
u32 csrv_utf8_len(u32 cp);
void csrv_utf8_put(char *dst, u32 cp, u32 len);

u32 csrv_upcase(u32 cp);
int csrv_name_casecmp(const char *a, size_t alen, const char *b, size_t blen);
u32 csrv_name_fold_hash(const char *s, size_t len, u32 seed);

#endif /* CIFSSRV_WIRE_UTF16_H */
