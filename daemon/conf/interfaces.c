// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words of "interfaces", in all of Samba's forms. The kernel takes names with wildcards, addresses
 * and networks; the other forms become one of these.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"

/* An address and how many of its bits are the network's. */
struct prefix {
	int family, bits, len;
	unsigned char addr[16];
};

static bool parse_address(const char *text, struct prefix *p)
{
	p->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	p->bits = p->family == AF_INET6 ? 128 : 32;
	p->len = p->bits;
	return inet_pton(p->family, text, p->addr) == 1;
}

static bool bit(const struct prefix *p, int i)
{
	return p->addr[i / 8] & (0x80 >> i % 8);
}

/* Are all bits behind the network's @value? */
static bool host_bits_are(const struct prefix *p, bool value)
{
	for (int i = p->len; i < p->bits; i++)
		if (bit(p, i) != value)
			return false;
	return true;
}

static char *format(TALLOC_CTX *ctx, const struct prefix *p, bool network)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(p->family, p->addr, text, sizeof(text)))
		return NULL;
	return network ? talloc_asprintf(ctx, "%s/%d", text, p->len) : talloc_strdup(ctx, text);
}

/*
 * smb.conf(5): an address with a mask means the interface with that address; the network's own
 * address, or its broadcast address, with a mask means the network.
 */
static char *with_mask(TALLOC_CTX *ctx, const char *word, const char *slash)
{
	char *addr = talloc_strndup(ctx, word, slash - word);
	struct prefix p;
	char *ret = NULL;

	if (!addr || !parse_address(addr, &p))
		goto out;
	p.len = conf_mask_length(slash + 1, p.bits);
	if (p.len < 0)
		goto out;
	if (p.len >= p.bits - 1 || !(host_bits_are(&p, false) ||
				     (p.family == AF_INET && host_bits_are(&p, true)))) {
		ret = format(ctx, &p, false);
		goto out;
	}
	for (int i = p.len; i < p.bits; i++)
		p.addr[i / 8] &= ~(0x80 >> i % 8);
	ret = format(ctx, &p, true);
out:
	talloc_free(addr);
	return ret;
}

static char *name(TALLOC_CTX *ctx, const char *word)
{
	bool wild = strpbrk(word, "*?");

	if (strspn(word, "0123456789.") == strlen(word) || strpbrk(word, ":=[]\\\" ,") ||
	    strlen(word) >= (wild ? 64 : IF_NAMESIZE))
		return NULL;
	return talloc_strdup(ctx, word);
}

static char *one(TALLOC_CTX *ctx, const char *word)
{
	const char *slash = strchr(word, '/');
	struct prefix p;

	if (slash)
		return with_mask(ctx, word, slash);
	return parse_address(word, &p) ? format(ctx, &p, false) : name(ctx, word);
}

/* "speed=1000,capability=RSS": the kernel finds these itself */
static bool is_options(const char *text)
{
	static const char *const keys[] = { "speed=", "capability=", "if_index=" };

	while (*text) {
		size_t n = strcspn(text, ","), i;

		for (i = 0; i < 3 && strncasecmp(text, keys[i], strlen(keys[i])); i++)
			;
		if (i == 3)
			return false;
		text += n + (text[n] == ',');
	}
	return true;
}

/* A semicolon begins options, or ends a word as a comma does. */
char *conf_interface_canon(TALLOC_CTX *ctx, const char *word)
{
	char *ret = talloc_strdup(ctx, "");

	for (size_t n; ret && *word; word += n + (word[n] == ';')) {
		char *part, *canon;

		n = strcspn(word, ";");
		part = talloc_strndup(ctx, word, n);
		if (!part) {
			TALLOC_FREE(ret);
			break;
		}
		if (!*part || (*ret && is_options(part))) {
			talloc_free(part);
			continue;
		}
		canon = one(ctx, part);
		talloc_free(part);
		if (!canon) {
			TALLOC_FREE(ret);
			break;
		}
		ret = talloc_asprintf_append(ret, "%s%s", *ret ? " " : "", canon);
		talloc_free(canon);
	}
	return ret;
}
