// SPDX-License-Identifier: GPL-2.0-or-later
/* wire/name.c - SMB path names, stream names and wildcards */
#include <linux/kernel.h>

#include "name.h"
#include "utf16.h"

/* [MS-FSCC] 2.1.5.2: in no file name; '\' and ':' are separators */
static bool is_illegal(u8 c)
{
	return c < 0x20 || strchr("\"*/:<>?\\|", c);
}

/* [MS-FSA] 2.1.4.3 */
static bool is_wildcard(u32 c)
{
	return c == '*' || c == '?' || c == '<' || c == '>' || c == '"';
}

static bool too_long(const char *s, size_t len)
{
	return csrv_utf8_to_utf16_len(s, len) > 2 * WIRE_NAME_MAX;
}

static bool component_is_legal(const char *s, size_t len)
{
	size_t i;

	if (!len || too_long(s, len))
		return false;
	for (i = 0; i < len; i++)
		if (is_illegal(s[i]))
			return false;
	return true;
}

static bool is_dots(const char *s, size_t len, size_t dots)
{
	return len == dots && !memcmp(s, "..", dots);
}

/*
 * Check each component of @path and turn '\' into '/'.  "." and ".." are no
 * names ([MS-FSCC] 2.1.5.1); they are not resolved here either, because no client
 * needs it and a resolved path would be one that no client asked for.
 */
static nt_status_t check_components(char *path, size_t len)
{
	char *end = path + len;
	bool dots = false;
	int depth = 0;
	char *next;
	size_t n;

	for (; path < end; path = next + 1) {
		next = memchr(path, '\\', end - path);
		if (!next)
			next = end;
		n = next - path;
		if (is_dots(path, n, 2)) {
			if (--depth < 0)
				return NT_OBJECT_PATH_SYNTAX_BAD;
			dots = true;
		} else if (is_dots(path, n, 1)) {
			dots = true;
		} else {
			if (!component_is_legal(path, n))
				return NT_OBJECT_NAME_INVALID;
			depth++;
		}
		if (next < end)
			*next = '/';
	}
	return dots ? NT_OBJECT_NAME_INVALID : NT_OK;
}

static bool type_is(const char *s, const char *type)
{
	return !csrv_name_casecmp(s, strlen(s), type, strlen(type));
}

/* @s: the text after the second colon, [MS-FSCC] 2.1.5.4 */
static nt_status_t parse_stream_type(const char *s, struct wire_path *path)
{
	if (type_is(s, "$DATA")) {
		path->stream_type = WIRE_STREAM_DATA;
		return NT_OK;
	}
	if (!type_is(s, "$INDEX_ALLOCATION"))
		return NT_OBJECT_NAME_INVALID;
	/* the index of a directory has one name, or none */
	if (path->stream && !type_is(path->stream, "$I30"))
		return NT_OBJECT_NAME_INVALID;
	path->stream_type = WIRE_STREAM_INDEX;
	path->stream = NULL;
	path->stream_len = 0;
	return NT_OK;
}

/* @s: the text after the first colon: name, name:type or :type.  [MS-FSCC] 2.1.5.3 */
static nt_status_t parse_stream(char *s, struct wire_path *path)
{
	char *type = strchr(s, ':');
	size_t len;

	if (type)
		*type++ = '\0';
	len = strlen(s);
	if (strpbrk(s, "\\/") || too_long(s, len) || (!len && !type))
		return NT_OBJECT_NAME_INVALID;
	path->stream_given = true;
	if (len) {
		path->stream = s;
		path->stream_len = len;
	}
	return type ? parse_stream_type(type, path) : NT_OK;
}

/*
 * Libraries of Windows clients send '/' between components.  A Windows server refuses it
 * ([MS-FSCC] 2.1.5.2: it is in no name); as a separator it has only one meaning.
 */
static void slashes_separate(char *path, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (path[i] == '/')
			path[i] = '\\';
}

/**
 * csrv_path_parse() - check a path name from a request and make it a Linux one
 * @utf16: as in the request: no leading backslash, [MS-SMB2] 2.2.13
 * @buf: receives the strings that @path points to
 * @cap: size of @buf in bytes; WIRE_PATH_MAX is a good size
 * @path: filled in on success, cleared before anything else
 *
 * '/' separates components like '\\'.
 * The name is legal afterwards ([MS-FSCC] 2.1.5): no empty component, none
 * that is "." or "..", none above 255 UTF-16 units, no wildcard.  ":stream"
 * alone (as in a rename of a stream) gives an empty @path->path.
 *
 * Return: NT_OK; NT_INVALID_PARAMETER for an odd length or a leading backslash;
 * NT_OBJECT_PATH_SYNTAX_BAD for a ".." that leaves the share; otherwise
 * NT_OBJECT_NAME_INVALID, also for a name that @buf does not hold.
 */
nt_status_t csrv_path_parse(const struct wire_blob *utf16, char *buf, size_t cap,
			    struct wire_path *path)
{
	nt_status_t status;
	char *colon;
	int len;

	memset(path, 0, sizeof(*path));
	if (utf16->len % 2)
		return NT_INVALID_PARAMETER;
	len = csrv_utf16_to_utf8(utf16, buf, cap);
	if (len < 0)
		return NT_OBJECT_NAME_INVALID;
	colon = memchr(buf, ':', len);
	slashes_separate(buf, colon ? colon - buf : len);
	if (buf[0] == '\\')
		return NT_INVALID_PARAMETER;
	if (colon) {
		*colon = '\0';
		len = colon - buf;
		status = parse_stream(colon + 1, path);
		if (status != NT_OK)
			return status;
	} else if (len && buf[len - 1] == '\\') {
		path->trailing_slash = true;
		buf[--len] = '\0';
	}
	if (len && buf[len - 1] == '\\')
		return NT_OBJECT_NAME_INVALID;
	path->path = buf;
	path->len = len;
	return check_components(buf, len);
}

/**
 * csrv_name_is_valid() - can a name found on disk be shown to a client?
 * @name: one component
 * @len: of @name, in bytes
 *
 * Return: true if csrv_path_parse() would accept it and give it back unchanged.
 */
bool csrv_name_is_valid(const char *name, size_t len)
{
	return component_is_legal(name, len) && csrv_utf8_is_valid(name, len) &&
	       !is_dots(name, len, 1) && !is_dots(name, len, 2);
}

/*
 * Names that local programs make and no client can use are shown in characters of the
 * Private Use Area, as introduced by Services for Macintosh (Microsoft KB 117258), and used by
 * macOS and Linux clients.  Bytes that are no UTF-8, which those do not know, follow after the
 * characters for control characters and punctuation.
 */
#define SHOWN_BASE	0xf000u		/* + the control character, or the byte that is no UTF-8 */
#define SHOWN_FIRST	0xf001u
#define SHOWN_PUNCT	0xf020u		/* + the place in shown_punct */
#define SHOWN_SPACE	0xf028u		/* at the end of a name only, as the next */
#define SHOWN_DOT	0xf029u
#define SHOWN_BYTE	0xf080u
#define SHOWN_END	0xf100u

static const char shown_punct[] = "\"*:<>?\\|";

static bool is_shown_char(s32 cp)
{
	return (cp >= (s32)SHOWN_FIRST && cp <= (s32)SHOWN_DOT) ||
	       (cp >= (s32)SHOWN_BYTE && cp < (s32)SHOWN_END);
}

/* The character shown for the next one of a name on disk; the same one if clients can use it. */
static u32 shown_char(const char **pos, const char *end)
{
	u8 byte = **pos;
	s32 cp = csrv_utf8_next(pos, end);
	const char *punct;

	if (cp < 0)
		return SHOWN_BASE + byte;
	if (cp < 0x20)
		return SHOWN_BASE + cp;
	if (cp < 0x80) {
		punct = strchr(shown_punct, cp);
		if (punct)
			return SHOWN_PUNCT + (punct - shown_punct);
		if (*pos == end && cp == ' ')
			return SHOWN_SPACE;
		if (*pos == end && cp == '.')
			return SHOWN_DOT;
	}
	return cp;
}

/**
 * csrv_name_is_usable() - can clients use a name as it is on disk?
 * @name: one component
 * @len: of @name, in bytes
 *
 * Return: false for a name with a character that is in no name ([MS-FSCC] 2.1.5.2), at whose end
 * is a dot or a space (which Windows programs remove), or that is no UTF-8.
 */
bool csrv_name_is_usable(const char *name, size_t len)
{
	const char *end = wire_str_end(name, len), *pos = name, *at;

	while (pos < end) {
		at = pos;
		if (is_illegal(*at) || ((*at == '.' || *at == ' ') && at + 1 == end))
			return false;
		if (csrv_utf8_next(&pos, end) < 0)
			return false;
	}
	return len > 0;
}

/**
 * csrv_name_show() - the name that clients see for one that they cannot use
 * @name: one component on disk; neither "." nor ".."
 * @len: of @name, in bytes; at most WIRE_NAME_MAX
 * @out: gets UTF-8 and a NUL: WIRE_SHOWN_MAX bytes suffice
 *
 * Different names are shown differently, but another name on disk may already be the same as a
 * shown one: a look-up takes that name first, and a listing checks whether it exists.
 *
 * Return: the length of the shown name, which is @name itself if it is usable; 0 for a name that
 * has both characters to be replaced and characters of replacements: it could be taken for another
 * name and has no such form.
 */
u32 csrv_name_show(const char *name, size_t len, char out[WIRE_SHOWN_MAX])
{
	const char *end = wire_str_end(name, len), *pos = name;
	bool usable = csrv_name_is_usable(name, len);
	u32 n = 0, cp, size;
	const char *at;

	if (len > WIRE_NAME_MAX)
		return 0;
	while (pos < end) {
		at = pos;
		if (!usable && is_shown_char(csrv_utf8_next(&at, end)))
			return 0;
		at = pos;
		cp = shown_char(&pos, end);
		size = usable ? pos - at : csrv_utf8_len(cp);
		if (usable)
			memcpy(out + n, at, size);
		else
			csrv_utf8_put(out + n, cp, size);
		n += size;
	}
	out[n] = '\0';
	return n;
}

/* The byte or character for which @cp is shown. */
static char shown_as(u32 cp)
{
	if (cp >= SHOWN_BYTE || cp < SHOWN_PUNCT)
		return cp - SHOWN_BASE;
	if (cp == SHOWN_SPACE)
		return ' ';
	return cp == SHOWN_DOT ? '.' : shown_punct[cp - SHOWN_PUNCT];
}

/**
 * csrv_name_unshow() - the name on disk for which clients see this one
 * @shown: one component from a client, UTF-8
 * @len: of @shown, in bytes
 * @out: gets the name and a NUL: WIRE_NAME_MAX + 1 bytes
 *
 * Return: its length; 0 if @shown is not shown for any name that needs it.
 */
u32 csrv_name_unshow(const char *shown, size_t len, char out[WIRE_NAME_MAX + 1])
{
	const char *end = wire_str_end(shown, len), *pos = shown, *at;
	char again[WIRE_SHOWN_MAX];
	bool any = false;
	u32 n = 0, size;
	s32 cp;

	while (pos < end) {
		at = pos;
		cp = csrv_utf8_next(&pos, end);
		size = is_shown_char(cp) ? 1 : pos - at;
		if (n + size > WIRE_NAME_MAX)
			return 0;
		any |= is_shown_char(cp);
		if (is_shown_char(cp))
			out[n] = shown_as(cp);
		else
			memcpy(out + n, at, size);
		n += size;
	}
	out[n] = '\0';
	/* No two bytes may become UTF-8 together, nor a dot part of "..", and so on. */
	if (!any || is_dots(out, n, 1) || is_dots(out, n, 2))
		return 0;
	return csrv_name_show(out, n, again) == len && !memcmp(again, shown, len) ? n : 0;
}

/* True if the name has one of the five wildcards, [MS-FSA] 2.1.4.3. */
bool csrv_name_is_wild(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (is_wildcard((u8)name[i]))
			return true;
	return false;
}

/**
 * csrv_pattern_parse() - check the search pattern of a directory query
 * @utf16: as in the request; empty gives an empty pattern
 * @buf: receives UTF-8 and a NUL
 * @cap: size of @buf in bytes; 3 * WIRE_PATTERN_MAX + 1 always suffices
 * @len: receives the length in bytes
 *
 * Return: NT_OK; NT_INVALID_PARAMETER for an odd length; NT_OBJECT_NAME_INVALID
 * for one that is too long or has a character that no name and no wildcard has.
 */
nt_status_t csrv_pattern_parse(const struct wire_blob *utf16, char *buf, size_t cap, u32 *len)
{
	int n, i;

	*len = 0;
	if (utf16->len % 2)
		return NT_INVALID_PARAMETER;
	if (utf16->len > 2 * WIRE_PATTERN_MAX)
		return NT_OBJECT_NAME_INVALID;
	n = csrv_utf16_to_utf8(utf16, buf, cap);
	if (n < 0)
		return NT_OBJECT_NAME_INVALID;
	for (i = 0; i < n; i++)
		if (is_illegal(buf[i]) && !is_wildcard((u8)buf[i]))
			return NT_OBJECT_NAME_INVALID;
	*len = n;
	return NT_OK;
}

/*
 * The matcher: a set of positions in the name, advanced by one character of the pattern at a
 * time.  No recursion, no backtracking; the work is at most
 * (characters of the pattern) * (characters of the name).
 */
#define MATCH_NAME_MAX	1023		/* bytes; Linux stops at 255 */

struct match {
	const char *name;
	u32 len;
	s32 last_dot;			/* -1: none */
	bool ignore_case;
	u64 set[(MATCH_NAME_MAX + 1) / 64];
	u64 next[(MATCH_NAME_MAX + 1) / 64];
};

static void mark(struct match *m, u32 at)
{
	m->next[at / 64] |= 1ull << at % 64;
}

static bool marked(const struct match *m, u32 at)
{
	return m->set[at / 64] >> at % 64 & 1;
}

static u32 char_at(const struct match *m, u32 at, u32 *after)
{
	const char *pos = m->name + at;
	s32 cp = csrv_utf8_next(&pos, m->name + m->len);

	*after = pos - m->name;
	return cp < 0 ? 0x110000u + (u8)m->name[at] : (u32)cp;
}

static bool same(const struct match *m, u32 a, u32 b)
{
	return a == b || (m->ignore_case && csrv_upcase(a) == csrv_upcase(b));
}

/* '*' and DOS_STAR from @at: every position up to the name's, or its last dot's, end. */
static void mark_star(struct match *m, u32 at, bool dos)
{
	u32 end = m->len;

	if (dos && (s32)at <= m->last_dot)
		end = m->last_dot + 1;
	mark(m, at);
	while (at < end) {
		char_at(m, at, &at);
		mark(m, at);
	}
}

/* One pattern character from one position, [MS-FSA] 2.1.4.4 part 2. */
static void step(struct match *m, u32 at, u32 p)
{
	bool finished = at == m->len;
	u32 c = 0;
	u32 after = at;

	if (p == '*' || p == '<') {
		mark_star(m, at, p == '<');
		return;
	}
	if (!finished)
		c = char_at(m, at, &after);
	if (p == '>') {				/* DOS_QM */
		mark(m, finished || c == '.' ? at : after);
	} else if (p == '"') {			/* DOS_DOT */
		if (finished || c == '.')
			mark(m, after);
	} else if (!finished && (p == '?' || same(m, p, c))) {
		mark(m, after);
	}
}

/*
 * Advance the whole set by @p.  Of a star only the first position counts: it reaches all that
 * later ones do.  For DOS_STAR that holds on either side of the last dot.
 */
static bool advance(struct match *m, u32 p)
{
	bool star = p == '*' || p == '<';
	bool before_dot = false;
	bool alive = false;
	u32 at;

	memset(m->next, 0, sizeof(m->next));
	for (at = 0; at <= m->len; at++) {
		if (!marked(m, at) || (before_dot && (s32)at <= m->last_dot))
			continue;
		alive = true;
		step(m, at, p);
		before_dot = p == '<' && (s32)at <= m->last_dot;
		if (star && !before_dot)
			break;
	}
	memcpy(m->set, m->next, sizeof(m->set));
	return alive;
}

/**
 * csrv_name_match() - [MS-FSA] 2.1.4.4: is the name in the expression?
 * @pattern: UTF-8, with the wildcards * ? < > "
 * @plen: of @pattern, in bytes
 * @name: one component, any bytes
 * @nlen: of @name; above 1023 nothing matches
 * @ignore_case: the share's names have no case
 *
 * Return: true if it is.
 */
bool csrv_name_match(const char *pattern, size_t plen, const char *name, size_t nlen,
		     bool ignore_case)
{
	const char *end = wire_str_end(pattern, plen);
	struct match m;
	u32 i;
	s32 p;

	/* the two that nearly every listing uses; "*.*" means "*" to all clients */
	if ((plen == 1 && *pattern == '*') || (plen == 3 && !memcmp(pattern, "*.*", 3)))
		return true;
	if (nlen > MATCH_NAME_MAX)
		return false;
	m.name = name;
	m.len = nlen;
	m.ignore_case = ignore_case;
	m.last_dot = -1;
	for (i = 0; i < nlen; i++)
		if (name[i] == '.')
			m.last_dot = i;
	memset(m.set, 0, sizeof(m.set));
	m.set[0] = 1;
	while (pattern < end) {
		p = csrv_utf8_next(&pattern, end);
		if (p < 0)
			p = 0x110000 + (u8)pattern[-1];
		if (!advance(&m, p))
			return false;
	}
	return marked(&m, nlen);
}
