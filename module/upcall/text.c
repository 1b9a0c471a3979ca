// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upcall/text.c - strings of the upcall protocol
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "internal.h"

int csrv_up_text_len(const char *text)
{
	size_t len = text ? strnlen(text, CSRV_UP_MAX_NAME + 1) : 0;

	return len <= CSRV_UP_MAX_NAME ? (int)len : -EINVAL;
}

void *csrv_up_append(void *pos, const void *from, size_t len)
{
	if (len)
		memcpy(pos, from, len);
	return pos + len;
}

/*
 * RFC 3629: the length of the sequence by its first byte. @min is the smallest code point that
 * needs so many bytes.
 */
static u32 utf8_lead(u8 c, u32 *point, u32 *min)
{
	if (c < 0x80) {
		*point = c;
		*min = 1;	/* no NUL */
		return 0;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		*point = c & 0x1f;
		*min = 0x80;
		return 1;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*point = c & 0x0f;
		*min = 0x800;
		return 2;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*point = c & 0x07;
		*min = 0x10000;
		return 3;
	}
	*point = 0;
	*min = 1;	/* never a first byte: fails like a NUL */
	return 0;
}

bool csrv_up_text_valid(const u8 *text, u32 len)
{
	u32 i = 0;

	while (i < len) {
		u32 point, min, more = utf8_lead(text[i++], &point, &min);

		if (more > len - i)
			return false;
		for (; more; more--, i++) {
			if ((text[i] & 0xc0) != 0x80)
				return false;
			point = point << 6 | (text[i] & 0x3f);
		}
		if (point < min || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
			return false;
	}
	return true;
}
