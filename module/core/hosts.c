// SPDX-License-Identifier: GPL-2.0-or-later
/* core/hosts.c - a word of "hosts allow" and "hosts deny" */
#include <linux/inet.h>
#include <linux/string.h>

#include "hosts.h"

/* An IPv4-mapped address begins with these bytes: RFC 4291 2.5.5.2 */
static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

#define MAPPED_BITS	(8 * sizeof(mapped))

static bool word_is(const char *w, size_t len, const char *text)
{
	return len == strlen(text) && !strncasecmp(w, text, len);
}

bool csrv_host_is_all(const char *w, size_t len)
{
	return word_is(w, len, "ALL");
}

bool csrv_host_is_except(const char *w, size_t len)
{
	return word_is(w, len, "EXCEPT");
}

/* Digits only, at most @max; without leading zeros, as addresses are printed. */
static bool number(const char *s, size_t len, u32 max, u32 *ret)
{
	u32 v = 0;
	size_t i;

	if (!len || len > 3 || (len > 1 && *s == '0'))
		return false;
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return v <= max;
}

bool csrv_host_is_prefix(const char *w, size_t len)
{
	u32 octets = 0, v;
	size_t n;

	for (; len; w += n + 1, len -= n + 1) {
		const char *dot = memchr(w, '.', len);

		n = dot ? dot - w : 0;
		if (++octets > 3 || !dot || !number(w, n, 255, &v))
			return false;
	}
	return octets;
}

/* With the delimiter -1 in4_pton() ends at the first character that is no part of an address. */
static bool pton4(const char *s, size_t len, u8 *addr)
{
	const char *end;

	return in4_pton(s, len, addr, -1, &end) && end == s + len;
}

static bool pton6(const char *s, size_t len, u8 *addr)
{
	const char *end;

	return in6_pton(s, len, addr, -1, &end) && end == s + len;
}

/* The length of a netmask without holes. */
static bool mask_bits(const char *s, size_t len, u32 *bits)
{
	u8 m[4];
	u32 mask;

	if (!pton4(s, len, m))
		return false;
	mask = (u32)m[0] << 24 | m[1] << 16 | m[2] << 8 | m[3];
	for (*bits = 0; mask & 0x80000000u; mask <<= 1)
		++*bits;
	return !mask;
}

static bool parse_v4(const char *w, size_t len, struct csrv_host_net *net)
{
	memcpy(net->addr, mapped, sizeof(mapped));
	return pton4(w, len, net->addr + sizeof(mapped));
}

bool csrv_host_net_parse(const char *w, size_t len, struct csrv_host_net *net)
{
	const char *slash = memchr(w, '/', len);
	size_t alen = slash ? (size_t)(slash - w) : len;
	size_t blen = slash ? len - alen - 1 : 0;
	u32 bits;

	if (parse_v4(w, alen, net)) {
		bits = 32;
		if (slash && !number(slash + 1, blen, 32, &bits) &&
		    !mask_bits(slash + 1, blen, &bits))
			return false;
		net->bits = MAPPED_BITS + bits;
		return true;
	}
	net->bits = 128;
	if (!pton6(w, alen, net->addr) ||
	    (slash && !number(slash + 1, blen, 128, &net->bits)))
		return false;
	/* a shorter prefix of a mapped address would match IPv6 as well */
	return memcmp(net->addr, mapped, sizeof(mapped)) || net->bits >= MAPPED_BITS;
}

bool csrv_host_is_address(const char *text)
{
	size_t len = strlen(text);
	u8 addr[16];

	return pton4(text, len, addr) || pton6(text, len, addr);
}

bool csrv_host_is_legal(const char *word)
{
	size_t len = strlen(word);
	struct csrv_host_net net;

	return csrv_host_is_all(word, len) || csrv_host_is_except(word, len) ||
	       csrv_host_is_prefix(word, len) || csrv_host_net_parse(word, len, &net);
}
