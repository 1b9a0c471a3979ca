// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config/memory.c - notes for the next daemon about the configuration in force
 *
 * A file that had content and is missing or empty is in doubt, at the next start too; one that
 * never had any is not.  So the files with content are listed in a file beside the accounts, a line
 * each: the path and, behind a tab, the words of smb.conf that name it, where those are not the
 * path.  A macro in the words may mean another path by then.  A line that begins with a tab says
 * that there is no share, or no account, on purpose: then the next daemon does not wait for some.
 * While the list cannot be read, each file without content may be on it.
 */
#include <errno.h>

#include "config/internal.h"
#include "util/file.h"

#define KNOWN_MAX	(4 << 20)	/* bytes of the list */
#define MAP		"username map"	/* the words for it: no included file has a blank there */

#define NO_SHARES	"no shares"
#define NO_ACCOUNTS	"no accounts"

/* ---- the list ---- */

static bool is_reported(const struct reported *s, const char *path, const char *words)
{
	return !strcmp(s->path, path) && !strcmp(s->words, words);
}

static bool list_has(const struct reported *list, const char *path, const char *words)
{
	for (; list && list->path; list++)
		if (is_reported(list, path, words))
			return true;
	return false;
}

/*
 * Adds an entry once to a list that a NULL path ends; an empty list is NULL.  False without memory.
 */
static bool list_add(TALLOC_CTX *ctx, struct reported **list, const char *path, const char *words)
{
	size_t n = 0;
	struct reported *grown;

	if (list_has(*list, path, words))
		return true;
	while (*list && (*list)[n].path)
		n++;
	grown = talloc_realloc(ctx, *list, struct reported, (unsigned int)n + 2);
	if (!grown)
		return false;
	*list = grown;
	grown[n] = (struct reported){ talloc_strdup(grown, path), talloc_strdup(grown, words) };
	if (!grown[n].words)
		grown[n].path = NULL;
	grown[n + 1] = (struct reported){};
	return grown[n].path;
}

static bool is_within(const struct reported *a, const struct reported *b)
{
	for (; a && a->path; a++)
		if (!list_has(b, a->path, a->words))
			return false;
	return true;
}

/* ---- the file ---- */

/* Octal, as in /proc/mounts, for characters that would end a line or a path. */
static char *escape_text(TALLOC_CTX *ctx, const char *text)
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

static void unescape_text(char *text)
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
		unescape_text(words);
	}
	unescape_text(line);
	if (*line)
		return list_add(c, &c->known, line, words ? words : line);
	c->no_shares |= words && !strcmp(words, NO_SHARES);
	c->no_users |= words && !strcmp(words, NO_ACCOUNTS);
	return true;
}

/* A line without a newline at its end is cut, and ignored. */
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
	c->known_saved = !c->unread;
}

void config_remember_again(struct config *c)
{
	bool no_shares = c->no_shares, no_users = c->no_users;

	if (!c->unread)
		return;
	config_remember(c);
	/*
	 * Notes of an earlier daemon do not count for shares and accounts that came into force
	 * since.
	 */
	if (c->conf)
		c->no_shares = no_shares;
	if (c->passdb && c->passdb->n)
		c->no_users = no_users;
	/* The file lacks what was noted meanwhile. */
	c->known_saved = false;
}

void config_note_meant(struct config *c, bool *flag, bool meant)
{
	c->known_saved &= *flag == meant;
	*flag = meant;
}

bool config_knows_shares(const struct config *c)
{
	return !c->no_shares && (c->unread || (c->known && c->known->path));
}

/* ---- missing files ---- */

/* Is a file without content, and not confirmed by an order? */
static bool is_silent(const struct config *c, const struct conf *is, size_t i, bool bytes)
{
	return (bytes ? is->unread[i] : !is->lines[i]) && !config_confirms(c, is->files[i]);
}

ssize_t config_in_place_of(const struct config *c, const struct conf *is, const char *path,
			   const char *words, bool bytes)
{
	ssize_t found = -1;

	for (size_t i = 0; i < is->nfiles; i++) {
		bool silent = is_silent(c, is, i, bytes);
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
		if (is_silent(c, is, i, bytes)) {
			*ret = (struct missing){ i, is->files[i] };
			return true;
		}
	for (const struct reported *s = c->known; s && s->path; s++) {
		at = config_in_place_of(c, is, s->path, s->words, bytes);
		if (at < 0)
			continue;
		*ret = (struct missing){ (size_t)at, s->path };
		return true;
	}
	return false;
}

const char *config_known_map(const struct config *c, const char *path)
{
	if (config_confirms(c, path))
		return NULL;
	if (c->unread)
		return path;
	for (const struct reported *s = c->known; s && s->path; s++)
		if (!strcmp(s->words, MAP) || !strcmp(s->path, path))
			return s->path;
	return NULL;
}

/* ---- changes ---- */

static bool list_add_all(TALLOC_CTX *ctx, struct reported **to, const struct reported *list)
{
	for (; list && list->path; list++)
		if (!list_add(ctx, to, list->path, list->words))
			return false;
	return true;
}

/*
 * Lists the files with content; NULL without memory.  Old entries stay while a file is in doubt
 * that does not keep the configuration out of force: files that it included may be missing, too.
 */
static struct reported *what_reports(struct config *c)
{
	const char *map = conf_get_str(c->conf, NULL, "username_map");
	struct reported *ret = talloc_zero(c, struct reported);
	struct missing missing;
	bool ok = ret;

	for (size_t i = 0; ok && i < c->conf->nfiles; i++)
		if (c->conf->lines[i])
			ok = list_add(c, &ret, c->conf->files[i], c->conf->words[i]);
	if (ok && *map && usermap_text(c->usermap).len)
		ok = list_add(c, &ret, map, MAP);
	if (ok && config_missing(c, c->conf, false, &missing))
		ok = list_add_all(c, &ret, c->known);
	if (!ok)
		TALLOC_FREE(ret);
	return ret;
}

static char *add_line(char *text, const struct reported *s)
{
	_cleanup_(talloc_freep) char *path = escape_text(NULL, s->path);
	_cleanup_(talloc_freep) char *words = escape_text(NULL, s->words);
	bool same = !strcmp(s->path, s->words);

	return text && path && words ?
		talloc_asprintf_append_buffer(text, "%s%s%s\n", path, same ? "" : "\t", same ? "" : words) :
		NULL;
}

static int write_notes(const struct config *c)
{
	_cleanup_(talloc_freep) TALLOC_CTX *tmp = talloc_new(NULL);
	char *text = tmp ? talloc_strdup(tmp, "") : NULL;

	for (const struct reported *s = c->known; text && s && s->path; s++)
		text = add_line(text, s);
	if (text && c->no_shares)
		text = talloc_asprintf_append_buffer(text, "\t" NO_SHARES "\n");
	if (text && c->no_users)
		text = talloc_asprintf_append_buffer(text, "\t" NO_ACCOUNTS "\n");
	return text ? replace_private(c->a.memory, text, strlen(text)) : -ENOMEM;
}

void config_learn(struct config *c)
{
	struct reported *known;

	config_note_meant(c, &c->no_shares, !c->conf->nshares);
	/*
	 * A list that could not be read is not overwritten, except by an order, which goes on
	 * without it.
	 */
	if (c->unread && !(c->meant & CONFIG_ORDER))
		return;
	c->unread = 0;
	known = what_reports(c);
	c->known_saved &= known && is_within(known, c->known) && is_within(c->known, known);
	if (!known)
		return;
	talloc_free(c->known);
	c->known = known;
}

void config_save(struct config *c, struct problems *p)
{
	int r;

	if (c->unread) {
		problem_add(p, "memory", "%s: %s: which files of the configuration are missing is not known; \"cifsadmin reload\" goes on without it",
			    c->a.memory, strerror(-c->unread));
		p->again = true;
		return;
	}
	r = c->known_saved || !c->a.memory ? 0 : write_notes(c);
	c->known_saved = !r;
	if (!r)
		return;
	problem_add(p, "memory", "%s: %s: which files of the configuration are missing is judged at the next start by what it had before",
		    c->a.memory, strerror(-r));
	p->again = true;
}
