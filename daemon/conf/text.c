// SPDX-License-Identifier: GPL-2.0-or-later
/* Forms of texts: the same rules as in module/configfs/text.c. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "conf/internal.h"
#include "util/utf.h"

#define NETBIOS_MAX	15	/* [MS-NBTE] 2.2.1: 16 bytes, of which the last is the service's */

const char *conf_text_printable(const char *text)
{
	static const char legal[] = "UTF-8 text without control characters";

	for (const char *s = text; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return legal;
	return utf8_valid(text, strlen(text)) ? NULL : legal;
}

bool conf_text_u64(const char *text, unsigned int base, uint64_t *ret)
{
	uint64_t v = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (unsigned char)*text - '0';

		if (digit >= base || v > (UINT64_MAX - digit) / base)
			return false;
		v = v * base + digit;
	}
	*ret = v;
	return true;
}

char *conf_groups_text(TALLOC_CTX *ctx, const uint32_t *groups, size_t n, size_t max,
		       size_t *count)
{
	char *ret = talloc_strdup(ctx, "");
	size_t i;

	for (i = 0; ret && i < n; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%s%u", *ret ? " " : "", groups[i]);
		if (strlen(ret) + strlen(number) > max)
			break;
		ret = talloc_strdup_append(ret, number);
	}
	if (count)
		*count = i;
	return ret;
}

static bool is_separator(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

/* One word from *@s, without its quotes ("a b", @"a b"). */
static char *take_word(TALLOC_CTX *ctx, const char **s)
{
	const char *start = *s;
	bool quoted = false;
	char *word, *out;

	for (; **s && (quoted || !is_separator(**s)); (*s)++)
		quoted ^= **s == '"';
	word = talloc_strndup(ctx, start, *s - start);
	if (!word)
		return NULL;
	out = word;
	for (const char *in = word; *in; in++)
		if (*in != '"')
			*out++ = *in;
	*out = 0;
	return word;
}

/* The words of a list, NULL-terminated; NULL when out of memory. */
char **conf_text_split(TALLOC_CTX *ctx, const char *text)
{
	char **ret = talloc_zero_array(ctx, char *, 1), **more;
	size_t n = 0;

	while (ret) {
		while (is_separator(*text))
			text++;
		if (!*text)
			return ret;
		if ((n & (n + 1)) == 0) {	/* room for n words and the end: double */
			more = talloc_realloc(ctx, ret, char *, 2 * (n + 1));
			if (!more)
				break;
			ret = more;
		}
		ret[n] = take_word(ret, &text);
		if (!ret[n])
			break;
		ret[++n] = NULL;
	}
	talloc_free(ret);
	return NULL;
}

const char *conf_next_word(const char **list, char sep, size_t *len)
{
	const char seps[] = { sep, 0 }, *word = *list + strspn(*list, seps);

	*len = strcspn(word, seps);
	*list = word + *len;
	return *len ? word : NULL;
}

bool conf_list_has(const char *list, char sep, const char *word, size_t len)
{
	const char *w;
	size_t n;

	while ((w = conf_next_word(&list, sep, &n)))
		if (n == len && !memcmp(w, word, n))
			return true;
	return false;
}

static char *in_upper_case(char *name)
{
	for (char *c = name; c && *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c -= 'a' - 'A';
	return name;
}

char *conf_host_netbios(TALLOC_CTX *ctx, const char *hostname)
{
	size_t len = strcspn(hostname, ".");

	return in_upper_case(talloc_strndup(ctx, hostname, len < NETBIOS_MAX ? len : NETBIOS_MAX));
}

bool conf_host_macros(TALLOC_CTX *ctx, const char *hostname, const char *netbios,
		      struct conf_macros *m)
{
	m->host = talloc_strndup(ctx, hostname, strcspn(hostname, "."));
	m->netbios = netbios && *netbios ? in_upper_case(talloc_strdup(ctx, netbios)) :
		conf_host_netbios(ctx, hostname);
	return m->host && m->netbios;
}

/* The home directory (%H) is an absolute path, too. */
static const char *shape_path(const char *text)
{
	static const char legal[] = "an absolute path without \"..\"";

	if (!*text)
		return NULL;
	if (*text != '/' && (strncmp(text, "%H", 2) || (text[2] && text[2] != '/')))
		return legal;
	for (const char *s = strstr(text, "/.."); s; s = strstr(s + 1, "/.."))
		if (!s[3] || s[3] == '/')
			return legal;
	return NULL;
}

static const char *shape_address(const char *text)
{
	unsigned char buf[16];

	return inet_pton(AF_INET, text, buf) == 1 || inet_pton(AF_INET6, text, buf) == 1 ?
		NULL : "an IPv4 or IPv6 address";
}

static const char *shape_ifname(const char *text)
{
	return strlen(text) > 15 || strpbrk(text, "/: \t") || !strcmp(text, ".") ||
		!strcmp(text, "..") ? "the name of a network interface, or nothing" : NULL;
}

static const char *shape_netbios(const char *text)
{
	return strlen(text) > NETBIOS_MAX || strpbrk(text, "\\/:*?\"<>|") ?
		"at most 15 bytes without \\ / : * ? \" < > |" : NULL;
}

static const char *shape_numbers(const struct conf_param *p, const char *word)
{
	uint64_t v;

	return conf_text_u64(word, 10, &v) && v >= p->lo && v <= p->hi ? NULL : "";
}

const char *conf_text_shape(const struct conf_param *p, const char *word)
{
	switch (p->format) {
	case CONF_FORMAT_PATH:
		return shape_path(word);
	case CONF_FORMAT_ADDRESS:
		return shape_address(word);
	case CONF_FORMAT_IFNAME:
		return shape_ifname(word);
	case CONF_FORMAT_NETBIOS:
		return shape_netbios(word);
	case CONF_FORMAT_WORD:
		return strpbrk(word, " \t") ? "one word without blanks" : NULL;
	case CONF_FORMAT_NUMBERS:
		return shape_numbers(p, word);
	default:
		return NULL;
	}
}
