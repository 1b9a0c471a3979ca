// SPDX-License-Identifier: GPL-2.0-or-later
/* Shapes of texts: the same rules that the kernel has in module/configfs/text.c. */
#include <arpa/inet.h>
#include <string.h>

#include "conf/internal.h"

/* Bytes of the UTF-8 sequence at @s, 0 if it is none (RFC 3629 4). */
static size_t utf8_len(const unsigned char *s)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return s[0] ? 1 : 0;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;	/* surrogates */
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	for (size_t i = 1; i < n; i++) {
		if (s[i] < lo || s[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
	}
	return n;
}

const char *conf_text_printable(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	for (; *s; s += n) {
		n = utf8_len(s);
		if (!n || *s < 0x20 || *s == 0x7f)
			return "UTF-8 text without control characters";
	}
	return NULL;
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

static const char *shape_path(const char *text)
{
	static const char legal[] = "an absolute path without \"..\"";

	if (!*text)
		return NULL;
	if (*text != '/')
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

/* [MS-NBTE] 2.2.1: 16 bytes, of which the last is the service's. */
static const char *shape_netbios(const char *text)
{
	return strlen(text) > 15 || strpbrk(text, "\\/:*?\"<>|") ?
		"at most 15 bytes without \\ / : * ? \" < > |" : NULL;
}

static const char *shape_user(const char *word)
{
	if (*word == '@')
		return word[1] && !strpbrk(word + 1, "\\/:&+") ? NULL :
			"a group is @name or @number";
	return strpbrk(word, "\\/:&+ ") ?
		"names of users without blanks and \\ / : & +, and groups as @name" : NULL;
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
	case CONF_FORMAT_USERS:
		return shape_user(word);
	case CONF_FORMAT_NUMBERS:
		return shape_numbers(p, word);
	default:
		return NULL;
	}
}
