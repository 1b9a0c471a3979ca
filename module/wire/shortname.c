// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wire/shortname.c - 8.3 names, [MS-FSCC] 2.1.5.2.1
 *
 * A name that is an 8.3 name already has itself.  Other names get one of their characters, '~', and
 * six digits of a hash, made of the name and the volume's seed only: nothing is stored and the same
 * name has the same short name in every directory of a share.
 */
#include <linux/string.h>

#include "shortname.h"
#include "utf16.h"

#define SHORT_BASE	8
#define SHORT_EXT	3
#define SHORT_KEEP	1	/* characters of the name in a made one */
#define SHORT_DIGITS	6

static bool short_char(char c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return true;
	return c && strchr("!#$%&'()-@^_`{}~", c);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool all_short(const char *s, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!short_char(s[i]))
			return false;
	return true;
}

/* Where the extension begins: after the last dot, or at the end. */
static u32 ext_at(const char *name, u32 len)
{
	u32 i;

	for (i = len; i > 1; i--)
		if (name[i - 1] == '.')
			return i;
	return len;
}

static bool is_short(const char *name, u32 len, u32 ext)
{
	u32 base = ext < len ? ext - 1 : len;

	if (!base || base > SHORT_BASE || len - ext > SHORT_EXT)
		return false;
	if (len && name[len - 1] == '.')
		return false;
	return all_short(name, base) && all_short(name + ext, len - ext);
}

/* Up to @max characters of @s that a short name may have, in upper case. */
static u32 keep(const char *s, u32 len, u32 max, char *out)
{
	u32 i, n = 0;

	for (i = 0; i < len && n < max; i++)
		if (short_char(s[i]))
			out[n++] = upper(s[i]);
	return n;
}

/**
 * csrv_short_name() - the 8.3 name of a name
 * @name: one component, UTF-8
 * @len: bytes
 * @seed: of the volume; other volumes should have other ones, so that names that share a short
 *	name here do not do so everywhere
 * @out: filled with at most WIRE_SHORT_NAME_MAX characters, no NUL
 *
 * Return: their number; 0 for "." and "..", which have none.
 */
u32 csrv_short_name(const char *name, u32 len, u32 seed, char *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	u32 ext = ext_at(name, len), base = ext < len ? ext - 1 : len;
	u32 n, i, hash;

	if (!len || (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))))
		return 0;
	if (is_short(name, len, ext)) {
		for (i = 0; i < len; i++)
			out[i] = upper(name[i]);
		return len;
	}
	hash = csrv_name_fold_hash(name, len, seed);
	n = keep(name, base, SHORT_KEEP, out);
	out[n++] = '~';
	for (i = 0; i < SHORT_DIGITS; i++) {
		out[n++] = digits[hash % 36];
		hash /= 36;
	}
	if (ext < len) {
		out[n++] = '.';
		i = keep(name + ext, len - ext, SHORT_EXT, out + n);
		n = i ? n + i : n - 1;
	}
	return n;
}
