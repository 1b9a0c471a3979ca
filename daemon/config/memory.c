// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config/memory.c - which files said something in the configuration that is, or was, in force
 *
 * A file that said something and is missing or empty is in doubt, at the next start too; one that
 * never did is passed over.  So the paths are kept beside the accounts, a line each.  While
 * that list cannot be read, each file that says nothing may be on it.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "config/internal.h"
#include "util/file.h"

#define KNOWN_MAX	4096		/* lines of the file that are read */

/* 0; or -errno: what was read of it is not all. */
static int read_paths(struct config *c, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len = 0;
	int r = 0;

	errno = 0;
	for (size_t n = 0; !r && n < KNOWN_MAX && (len = getline(&line, &size, f)) > 0; n++) {
		if (line[len - 1] != '\n')
			break;
		line[len - 1] = 0;
		r = config_add_path(c, &c->known, line) ? 0 : -ENOMEM;
		errno = 0;
	}
	if (!r && len < 0 && !feof(f))
		r = errno ? -errno : -EIO;
	free(line);
	return r;
}

void config_remember(struct config *c)
{
	_cleanup_(fclosep) FILE *f = c->a.memory ? fopen(c->a.memory, "re") : NULL;

	TALLOC_FREE(c->known);
	c->unread = f ? read_paths(c, f) : c->a.memory && errno != ENOENT ? -errno : 0;
	c->known_saved = (f && !c->unread) || !c->a.memory;
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

bool config_knows(const struct config *c, const char *path)
{
	return c->unread || config_has_path(c->known, path);
}

/* One that is in doubt, and does not keep the rest from being in force, goes on being so. */
static bool says(const struct config *c, size_t i)
{
	return c->conf->lines[i] || (!(c->why & CONFIG_ORDER) && config_knows(c, c->conf->files[i]));
}

/* NULL without memory. */
static char **what_says(struct config *c)
{
	const char *map = conf_get_str(c->conf, NULL, "username_map");
	char **ret = talloc_zero_array(c, char *, 1);
	bool ok = ret;

	for (size_t i = 1; ok && i < c->conf->nfiles; i++)
		if (says(c, i))
			ok = config_add_path(c, &ret, c->conf->files[i]);
	if (ok && *map && usermap_text(c->usermap).len)
		ok = config_add_path(c, &ret, map);
	if (!ok)
		TALLOC_FREE(ret);
	return ret;
}

static bool is_within(char *const *a, char *const *b)
{
	for (size_t i = 0; a && a[i]; i++)
		if (!config_has_path(b, a[i]))
			return false;
	return true;
}

static int save(const struct config *c)
{
	_cleanup_(talloc_freep) char *text = talloc_strdup(NULL, "");

	for (size_t i = 0; text && c->known[i]; i++)
		text = talloc_asprintf_append_buffer(text, "%s\n", c->known[i]);
	return text ? replace_private(c->a.memory, text, strlen(text)) : -ENOMEM;
}

void config_learn(struct config *c, struct problems *p)
{
	char **known;
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
	problem_add(p, "memory", "%s: %s: at its next start the daemon does not notice which files of the configuration are missing",
		    c->a.memory, strerror(-r));
	p->again = true;
}
