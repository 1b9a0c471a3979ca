// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/limits.h>
#include <linux/string.h>

#include "../core/hosts.h"
#include "text.h"

/* Bytes of the UTF-8 sequence at @s, 0 if it is none (RFC 3629 4). */
static size_t utf8_len(const u8 *s)
{
	u8 lo = 0x80, hi = 0xbf;
	size_t n, i;

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
	for (i = 1; i < n; i++) {
		if (s[i] < lo || s[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
	}
	return n;
}

static bool text_printable(const char *text)
{
	const u8 *s = (const u8 *)text;
	size_t n;

	for (; *s; s += n) {
		n = utf8_len(s);
		if (!n || *s < 0x20 || *s == 0x7f)
			return false;
	}
	return true;
}

bool csrv_text_name_ok(const char *name, size_t max, const char *forbidden)
{
	size_t len = strlen(name);

	return len && len <= max && text_printable(name) && !strpbrk(name, forbidden);
}

bool csrv_text_u64(const char *text, unsigned int base, u64 *ret)
{
	u64 v = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (u8)*text - '0';

		if (digit >= base || v > (U64_MAX - digit) / base)
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

static bool only_of(const char *word, const char *punctuation)
{
	for (; *word; word++) {
		char c = *word;

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !strchr(punctuation, c))
			return false;
	}
	return true;
}

static const char *check_path(const char *text)
{
	static const char legal[] = "an absolute path, or one that begins with %H, without \"..\"";
	const char *s;

	if (!*text)
		return NULL;
	if (*text != '/' && strncmp(text, "%H", 2))
		return legal;
	for (s = strstr(text, "/.."); s; s = strstr(s + 1, "/.."))
		if (!s[3] || s[3] == '/')
			return legal;
	return NULL;
}

static const char *check_ifname(const char *text)
{
	if (strlen(text) > 15 || strpbrk(text, "/: \t") || !strcmp(text, ".") ||
	    !strcmp(text, ".."))
		return "the name of a network interface, or nothing";
	return NULL;
}

/* [MS-NBTE] 2.2.1: 16 bytes, the last of which is that of the service. */
static const char *check_netbios(const char *text)
{
	if (strlen(text) > 15 || strpbrk(text, "\\/:*?\"<>|"))
		return "at most 15 bytes without \\ / : * ? \" < > |";
	return NULL;
}

static const char *check_user(const char *word)
{
	u64 gid;

	if (*word == '@')
		return csrv_text_u64(word + 1, 10, &gid) && gid < U32_MAX ?
			NULL : "names of users, and @ with the number of a group";
	return strpbrk(word, "\\/:&+\"") ? "names of users without \\ / : & + \"" : NULL;
}

static const char *check_number(const char *word, const struct csrv_text_rule *rule)
{
	u64 n;

	return csrv_text_u64(word, 10, &n) && n >= rule->lo && n <= rule->hi ?
		NULL : "numbers within the attribute's range";
}

static const char *check_choice(const char *word, const struct csrv_text_rule *rule)
{
	const char *const *w;

	for (w = rule->words; *w; w++)
		if (!strcmp(word, *w))
			return NULL;
	return "words of the attribute's list in cifssrv-configfs(5)";
}

static const char legal_hosts[] =
	"addresses, networks (192.0.2.0/24, 192.0.2.0/255.255.255.0, 192.0.2.), ALL, EXCEPT";

static const char *check_word(const char *word, const struct csrv_text_rule *rule)
{
	switch (rule->format) {
	case CSRV_TEXT_PATH:
		return check_path(word);
	case CSRV_TEXT_ADDRESS:
		return *word && only_of(word, ".:") ? NULL : "an IPv4 or IPv6 address";
	case CSRV_TEXT_IFNAME:
		return check_ifname(word);
	case CSRV_TEXT_NETBIOS:
		return check_netbios(word);
	case CSRV_TEXT_WORD:
		return strpbrk(word, " \t") ? "one word" : NULL;
	case CSRV_TEXT_USERS:
		return check_user(word);
	case CSRV_TEXT_HOSTS:
		return csrv_host_is_legal(word) ? NULL : legal_hosts;
	case CSRV_TEXT_NUMBERS:
		return check_number(word, rule);
	case CSRV_TEXT_CHOICE:
		return check_choice(word, rule);
	default:
		return NULL;
	}
}

/* Is the word at @word, of @len bytes, already in @list before @word? */
static bool seen_before(const char *list, const char *word, size_t len)
{
	const char *s = list;

	while (s < word) {
		size_t n = strcspn(s, " ");

		if (n == len && !memcmp(s, word, n))
			return true;
		s += n + 1;
	}
	return false;
}

static const char *canon_list(char *text, const struct csrv_text_rule *rule)
{
	char *in = text, *out = text;
	const char *legal;

	for (;;) {
		char *start, after;
		size_t len;

		while (is_separator(*in))
			in++;
		if (!*in)
			break;
		for (start = in; *in && !is_separator(*in); )
			in++;
		after = *in;
		*in = 0;
		legal = check_word(start, rule);
		if (legal)
			return legal;
		len = in - start;
		/* EXCEPT takes out of the words before it. */
		if (rule->format == CSRV_TEXT_HOSTS && out == text &&
		    csrv_host_is_except(start, len))
			return legal_hosts;
		if (out != text)
			*out++ = ' ';	/* fits: there was a separator between the words */
		memmove(out, start, len);
		if (rule->format == CSRV_TEXT_CHOICE && seen_before(text, out, len))
			return "every word once";
		out += len;
		if (!after)
			break;
		in++;
	}
	*out = 0;
	return NULL;
}

const char *csrv_text_canon(char *text, const struct csrv_text_rule *rule)
{
	if (strlen(text) > rule->max)
		return "a shorter text";
	if (!text_printable(text))
		return "UTF-8 without control characters";
	if (rule->list && rule->format != CSRV_TEXT_NAMES)
		return canon_list(text, rule);
	return check_word(text, rule);
}
