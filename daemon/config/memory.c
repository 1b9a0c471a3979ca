// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config/memory.c - which files said something in the configuration that is, or was, in force
 *
 * A file that said something and is missing or empty is in doubt, at the next start too; one that
 * never did is passed over.  So they are kept in a list beside the accounts, a line each: the path and,
 * behind a tab, the words of smb.conf that name it, where those are not the path.  A macro in them may
 * lead to another file by then.  While that list cannot be read, each file that says nothing may be on
 * it.
 */
#include <errno.h>

#include "config/internal.h"
#include "util/file.h"

#define KNOWN_MAX	(4 << 20)	/* bytes of the list */
#define MAP		"username map"	/* the words of what that names: no file that is included has a blank there */

/* ---- the list ---- */

static bool is_said(const struct said *s, const char *path, const char *words)
{
	return !strcmp(s->path, path) && !strcmp(s->words, words);
}

static bool has(const struct said *list, const char *path, const char *words)
{
	for (; list && list->path; list++)
		if (is_said(list, path, words))
			return true;
	return false;
}

/* Once, to a list that ends with a NULL path, and is NULL at first.  False without memory. */
static bool add(TALLOC_CTX *ctx, struct said **list, const char *path, const char *words)
{
	size_t n = 0;
	struct said *grown;

	if (has(*list, path, words))
		return true;
	while (*list && (*list)[n].path)
		n++;
	grown = talloc_realloc(ctx, *list, struct said, (unsigned int)n + 2);
	if (!grown)
		return false;
	*list = grown;
	grown[n] = (struct said){ talloc_strdup(grown, path), talloc_strdup(grown, words) };
	if (!grown[n].words)
		grown[n].path = NULL;
	grown[n + 1] = (struct said){};
	return grown[n].path;
}

static bool is_within(const struct said *a, const struct said *b)
{
	for (; a && a->path; a++)
		if (!has(b, a->path, a->words))
			return false;
	return true;
}

/* ---- the file ---- */

/* What ends a line or a path is written as in /proc/mounts, in octal. */
static char *escape(TALLOC_CTX *ctx, const char *text)
{
	char *ret = talloc_strdup(ctx, "");

	for (; ret && *text; text++)
		ret = talloc_asprintf_append_buffer(ret, strchr("\\\t\n", *text) ? "\\%03o" : "%c",
						    *text);
	return ret;
}

static bool is_octal(const char *s, size_t n)
{
	return strspn(s, "01234567") >= n;
}

/* In place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; to++) {
		if (*text == '\\' && is_octal(text + 1, 3)) {
			*to = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = 0;
}

static bool take_line(struct config *c, char *line)
{
	char *words = strchr(line, '\t');

	if (words) {
		*words++ = 0;
		unescape(words);
	}
	unescape(line);
	return !*line || add(c, &c->known, line, words ? words : line);
}

/* What has no newline behind it is no line. */
static int take_lines(struct config *c, char *text)
{
	for (char *nl; (nl = strchr(text, '\n')); text = nl + 1) {
		*nl = 0;
		if (!take_line(c, text))
			return -ENOMEM;
	}
	return 0;
}

void config_remember(struct config *c)
{
	_cleanup_(talloc_freep) char *text = NULL;
	size_t len;
	int r = c->a.memory ? read_regular(c, c->a.memory, KNOWN_MAX, &text, &len) : -ENOENT;

	TALLOC_FREE(c->known);
	if (!r)
		r = take_lines(c, text);
	c->unread = r == -ENOENT ? 0 : r;
	c->known_saved = !r || !c->a.memory;
}

void config_remember_again(struct config *c, struct problems *p)
{
	if (c->unread)
		config_remember(c);
	/* By order it goes without, and is written anew. */
	if (c->why & CONFIG_ORDER)
		c->unread = 0;
	if (!c->unread)
		return;
	problem_add(p, "memory", "%s: %s: which files of the configuration are missing is not known; \"cifsadmin reload\" goes on without it",
		    c->a.memory, strerror(-c->unread));
	p->again = true;
}

/* ---- what is missed ---- */

ssize_t config_in_place_of(const struct conf *is, const char *path, const char *words, bool bytes)
{
	ssize_t found = -1;

	for (size_t i = 0; i < is->nfiles; i++) {
		bool silent = bytes ? is->unread[i] : !is->lines[i];
		bool same = !strcmp(is->files[i], path);

		if (same && !silent)
			return -1;
		if (found < 0 && silent && (same || !strcmp(is->words[i], words)))
			found = (ssize_t)i;
	}
	return found;
}

bool config_missing(const struct config *c, const struct conf *is, bool bytes, struct missing *ret)
{
	ssize_t at;

	for (size_t i = 0; c->unread && i < is->nfiles; i++)
		if (bytes ? is->unread[i] : !is->lines[i]) {
			*ret = (struct missing){ i, is->files[i] };
			return true;
		}
	for (const struct said *s = c->known; s && s->path; s++) {
		at = config_in_place_of(is, s->path, s->words, bytes);
		if (at < 0)
			continue;
		*ret = (struct missing){ (size_t)at, s->path };
		return true;
	}
	return false;
}

const char *config_known_map(const struct config *c, const char *path)
{
	if (c->unread)
		return path;
	for (const struct said *s = c->known; s && s->path; s++)
		if (!strcmp(s->words, MAP) || !strcmp(s->path, path))
			return s->path;
	return NULL;
}

/* ---- another configuration ---- */

/* All of @list to @to.  False without memory. */
static bool add_all(TALLOC_CTX *ctx, struct said **to, const struct said *list)
{
	for (; list && list->path; list++)
		if (!add(ctx, to, list->path, list->words))
			return false;
	return true;
}

/*
 * NULL without memory.  While a file is in doubt that does not keep the rest from being in force,
 * nothing is forgotten: what it named may be missing, too.
 */
static struct said *what_says(struct config *c)
{
	const char *map = conf_get_str(c->conf, NULL, "username_map");
	struct said *ret = talloc_zero(c, struct said);
	struct missing missing;
	bool ok = ret;

	for (size_t i = 0; ok && i < c->conf->nfiles; i++)
		if (c->conf->lines[i])
			ok = add(c, &ret, c->conf->files[i], c->conf->words[i]);
	if (ok && *map && usermap_text(c->usermap).len)
		ok = add(c, &ret, map, MAP);
	if (ok && !(c->why & CONFIG_ORDER) && config_missing(c, c->conf, false, &missing))
		ok = add_all(c, &ret, c->known);
	if (!ok)
		TALLOC_FREE(ret);
	return ret;
}

static char *add_line(char *text, const struct said *s)
{
	_cleanup_(talloc_freep) char *path = escape(NULL, s->path);
	_cleanup_(talloc_freep) char *words = escape(NULL, s->words);
	bool same = !strcmp(s->path, s->words);

	return text && path && words ?
		talloc_asprintf_append_buffer(text, "%s%s%s\n", path, same ? "" : "\t", same ? "" : words) :
		NULL;
}

static int save(const struct config *c)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	char *text = tmp ? talloc_strdup(tmp, "") : NULL;

	for (const struct said *s = c->known; text && s->path; s++)
		text = add_line(text, s);
	return text ? replace_private(c->a.memory, text, strlen(text)) : -ENOMEM;
}

void config_learn(struct config *c, struct problems *p)
{
	struct said *known;
	int r;

	/* What was not read is not written over. */
	if (c->unread)
		return;
	known = what_says(c);
	if (known) {
		c->known_saved &= is_within(known, c->known) && is_within(c->known, known);
		talloc_free(c->known);
		c->known = known;
	}
	if (known && c->known_saved)
		return;
	r = !known ? -ENOMEM : c->a.memory ? save(c) : 0;
	c->known_saved = !r;
	if (!r)
		return;
	problem_add(p, "memory", "%s: %s: which files of the configuration are missing is judged at the next start by what it had before",
		    c->a.memory, strerror(-r));
	p->again = true;
}
