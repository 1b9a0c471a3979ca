// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words of "hosts allow" and "hosts deny". The kernel compares numbers only, so the old notations
 * become network/length.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

/* "192.0.2." is 192.0.2.0/24 */
static char *dotted_prefix(TALLOC_CTX *ctx, const char *word)
{
	unsigned int octets = 0;
	unsigned char buf[4];
	char full[32];
	int n;

	for (const char *s = word; *s; s++)
		octets += *s == '.';
	if (octets < 1 || octets > 3)
		return NULL;
	n = snprintf(full, sizeof(full), "%s%s", word, &"0.0.0"[2 * (octets - 1)]);
	if (n >= (int)sizeof(full) || inet_pton(AF_INET, full, buf) != 1)
		return NULL;
	return talloc_asprintf(ctx, "%s/%u", full, 8 * octets);
}

/* The length of a netmask without holes, -1 if it is none. */
static int mask_length(const char *text)
{
	struct in_addr mask;
	uint32_t m;
	int n;

	if (inet_pton(AF_INET, text, &mask) != 1)
		return -1;
	m = ntohl(mask.s_addr);
	for (n = 0; n < 32 && (m & 0x80000000u); n++)
		m <<= 1;
	return m ? -1 : n;
}

int conf_mask_length(const char *text, int bits)
{
	uint64_t len;

	if (conf_text_u64(text, 10, &len))
		return len <= (uint64_t)bits ? (int)len : -1;
	return bits == 32 ? mask_length(text) : -1;
}

static char *network(TALLOC_CTX *ctx, const char *word, const char *slash)
{
	struct in6_addr buf;
	char addr[64];
	uint64_t len = 0;
	int bits, mask;

	if (slash - word >= (int)sizeof(addr))
		return NULL;
	snprintf(addr, sizeof(addr), "%.*s", (int)(slash - word), word);
	bits = inet_pton(AF_INET, addr, &buf) == 1 ? 32 : inet_pton(AF_INET6, addr, &buf) == 1 ? 128 : 0;
	if (!bits)
		return NULL;
	/* With a shorter prefix, IPv4 in IPv6 notation would be all of IPv4. */
	if (bits == 128 && IN6_IS_ADDR_V4MAPPED(&buf) &&
	    (!conf_text_u64(slash + 1, 10, &len) || len < 96))
		return NULL;
	mask = conf_mask_length(slash + 1, bits);
	return mask >= 0 ? talloc_asprintf(ctx, "%s/%d", addr, mask) : NULL;
}

char *conf_host_canon(TALLOC_CTX *ctx, const char *word)
{
	const char *slash = strchr(word, '/');
	unsigned char buf[16];
	size_t len = strlen(word);

	if (!strcasecmp(word, "ALL"))
		return talloc_strdup(ctx, "ALL");
	if (!strcasecmp(word, "EXCEPT"))
		return talloc_strdup(ctx, "EXCEPT");
	if (!strcasecmp(word, "localhost"))
		return talloc_strdup(ctx, "127.0.0.0/8 ::1");
	if (slash)
		return network(ctx, word, slash);
	if (len && word[len - 1] == '.')
		return dotted_prefix(ctx, word);
	if (inet_pton(AF_INET, word, buf) == 1 || inet_pton(AF_INET6, word, buf) == 1)
		return talloc_strdup(ctx, word);
	return NULL;
}
