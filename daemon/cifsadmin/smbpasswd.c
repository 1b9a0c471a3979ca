// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/smbpasswd.c - a line of smbpasswd(5) or of cifspwd.db(5) */
#include "smbpasswd.h"

#include <ctype.h>
#include <errno.h>

#define FIELDS_MAX	8
#define FIELDS_OWN	4	/* name:flags:hash:time */
#define FIELDS_SAMBA	6	/* name:uid:lanman:nt:[flags]:LCT-time: and more */

/* Splits @line in place at its colons; how many fields, at most FIELDS_MAX. */
static size_t split_fields(char *line, char *field[FIELDS_MAX])
{
	size_t n = 0;

	while (line && n < FIELDS_MAX) {
		field[n++] = line;
		line = strchr(line, ':');
		if (line)
			*line++ = 0;
	}
	return n;
}

static bool parse_number(const char *s, unsigned int base, int64_t *ret)
{
	char *end;

	if (!isxdigit((unsigned char)*s) || strlen(s) > 16)
		return false;
	errno = 0;
	*ret = strtoll(s, &end, (int)base);
	return !*end && !errno;
}

static enum smbpasswd_kind skip(const char **why, const char *text)
{
	*why = text;
	return SMBPASSWD_SKIP;
}

static enum smbpasswd_kind bad(const char **why, const char *text)
{
	*why = text;
	return SMBPASSWD_BAD;
}

/* Letters between brackets, blanks among them; NULL when there are no brackets. */
static const char *parse_flags(char *s)
{
	size_t len = strlen(s);

	if (len < 2 || s[0] != '[' || s[len - 1] != ']')
		return NULL;
	s[len - 1] = 0;
	for (const char *p = s + 1; *p; p++)
		if (*p != ' ' && !(*p >= 'A' && *p <= 'Z'))
			return NULL;
	return s + 1;
}

/* smbpasswd(5): W, S, I are trust accounts of machines and domains, N has no password. */
static enum smbpasswd_kind judge_account(const char *flags, const char *hash, struct smbpasswd *ret,
					 const char **why)
{
	size_t len = strlen(ret->name);

	if (strpbrk(flags, "WSI") || (len && ret->name[len - 1] == '$'))
		return skip(why, "the account of a machine or domain");
	if (!strncmp(hash, "NO PASSWORD", 11) || strchr(flags, 'N'))
		return skip(why, "it has no password");
	if (strspn(hash, "Xx*") == 2 * PASSDB_HASH_LEN && !hash[2 * PASSDB_HASH_LEN])
		return skip(why, "it has no NT hash: nobody can log on with it");
	if (!passdb_hash_parse(hash, ret->hash))
		return bad(why, "the NT hash is not 32 hexadecimal digits");
	if (!passdb_name_ok(ret->name))
		return skip(why, "not a legal account name here");
	ret->disabled = strchr(flags, 'D');
	return SMBPASSWD_ACCOUNT;
}

/* Why Samba refuses a logon in a state that cifspwd.db does not have; NULL: it does not. */
static const char *locked_reason(const char *flags, const char *lct)
{
	bool never = !strncmp(lct, "LCT-", 4) && lct[4] && strspn(lct + 4, "0") == strlen(lct + 4);

	if (strchr(flags, 'L'))
		return "Samba has locked it after wrong passwords";
	if (never && !strchr(flags, 'X'))
		return "its password must be changed at the first logon";
	return NULL;
}

static enum smbpasswd_kind parse_samba(char **field, size_t n, struct smbpasswd *ret,
				       const char **why)
{
	const char *flags = parse_flags(field[4]);
	enum smbpasswd_kind kind;
	int64_t uid;

	if (!flags)
		return bad(why, "the fifth field is not [flags]");
	if (!parse_number(field[1], 10, &uid))
		return bad(why, "the second field is not a uid");
	if (n >= FIELDS_SAMBA && *field[5] &&
	    (strncmp(field[5], "LCT-", 4) || !parse_number(field[5] + 4, 16, &ret->changed)))
		return bad(why, "the sixth field is not LCT- and a time");
	kind = judge_account(flags, field[3], ret, why);
	if (kind == SMBPASSWD_ACCOUNT && !ret->disabled) {
		ret->reason = locked_reason(flags, n >= FIELDS_SAMBA ? field[5] : "");
		ret->disabled = ret->reason;
	}
	return kind;
}

static enum smbpasswd_kind parse_own(char **field, struct smbpasswd *ret, const char **why)
{
	bool disabled = !strcmp(field[1], "D");

	if (!disabled && strcmp(field[1], "-"))
		return bad(why, "the flags are neither \"-\" nor \"D\"");
	if (!parse_number(field[3], 10, &ret->changed))
		return bad(why, "the time is not a number of seconds");
	return judge_account(disabled ? "D" : "", field[2], ret, why);
}

enum smbpasswd_kind smbpasswd_parse(char *line, struct smbpasswd *ret, const char **why)
{
	char *field[FIELDS_MAX];
	size_t len = strlen(line), n;

	*ret = (struct smbpasswd){};
	*why = NULL;
	if (len && line[len - 1] == '\r')
		line[--len] = 0;
	if (!len || *line == '#')
		return SMBPASSWD_NOTHING;
	n = split_fields(line, field);
	ret->name = field[0];
	if (!*ret->name)
		return bad(why, "it begins with no name");
	if (n == FIELDS_OWN)
		return parse_own(field, ret, why);
	if (n > FIELDS_OWN)
		return parse_samba(field, n, ret, why);
	return bad(why, "neither a line of smbpasswd(5) nor of cifspwd.db(5)");
}

void smbpasswd_print(char buf[SMBPASSWD_LINE_MAX], const struct passdb_entry *e, uint32_t uid)
{
	int n = snprintf(buf, SMBPASSWD_LINE_MAX,
			 "%s:%u:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:", e->name, uid);

	for (size_t i = 0; i < PASSDB_HASH_LEN; i++)
		n += snprintf(buf + n, SMBPASSWD_LINE_MAX - (size_t)n, "%02X", e->hash[i]);
	/* without X, a time of 0 means that the password must be changed */
	snprintf(buf + n, SMBPASSWD_LINE_MAX - (size_t)n, ":[%-11s]:LCT-%08X:",
		 e->disabled ? "DU" : e->changed ? "U" : "UX", (uint32_t)e->changed);
}
