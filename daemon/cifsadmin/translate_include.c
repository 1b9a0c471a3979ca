// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate_include.c - replaces includes by the lines of their files */
#include "translate.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../conf/internal.h"

#define DEPTH_MAX	8		/* of include */

/* The last section of a text; NULL when it has no header. */
static const char *last_section(const struct edit *e)
{
	for (size_t i = e->n; i-- > 0;)
		if (e->line[i].kind == EDIT_SECTION)
			return e->line[i].section;
	return NULL;
}

/* Lines behind an include belong to the last section of the file, as in Samba. */
static void follow_section(struct edit *e, size_t i, const char *from, const char *to)
{
	for (; i < e->n && e->line[i].kind != EDIT_SECTION && e->line[i].section == from; i++)
		e->line[i].section = to;
}

/* Puts the lines of a file in the place of its include; 0 or -errno. */
static int take_in(struct translation *w, size_t i, const char *path)
{
	const char *section = w->e->line[i].section, *last;
	struct edit *other;

	errno = ENOMEM;
	other = translate_read(w, path);
	if (!other)
		return -errno;
	translate_note_mode(w->m, path);
	last = last_section(other);
	for (size_t k = 0; k < other->n; k++)
		if (!other->line[k].section)
			other->line[k].section = section;
	if (last)
		follow_section(w->e, i + 1, section, last);
	translate_check(w, edit_splice(w->e, i + 1, other) && edit_comment_out(w->e, i) &&
			edit_remark(w->e, i, last ?
				    "the file that is included follows, and what stands behind it belongs "
				    "to its last section, as Samba reads it" :
				    "the file that is included follows"));
	return 0;
}

/*
 * Lines that protect the section may have been in the file, and where it has @sections, lines that
 * protect any: those of [global] protect all shares.
 */
static void lose_include(struct translation *w, size_t i, bool sections, const char *why)
{
	translate_bare(w, sections ? "global" : section_of(&w->e->line[i]));
	translate_lose(w, i, why);
}

/* Has the file headers of sections, as far as can be seen? */
static bool has_sections(struct translation *w, const char *path)
{
	const struct edit *e = translate_read(w, path);

	return !e || last_section(e);
}

/* The value of "netbios name" before line @i, or NULL. */
static const char *netbios_before(const struct edit *e, size_t i)
{
	const struct conf_param *netbios = edit_param(true, "netbios name");

	while (i-- > 0)
		if (e->line[i].kind == EDIT_ASSIGN && *e->line[i].value &&
		    edit_same_section(section_of(&e->line[i]), "global") &&
		    edit_param(true, e->line[i].name) == netbios)
			return e->line[i].value;
	return NULL;
}

/* Expands the name as conf/include.c; NULL with @why, or without memory. @m: ->left may be set */
static char *expand_name(struct translation *w, size_t i, struct conf_macros *m, const char **why)
{
	const char *netbios = netbios_before(w->e, i);
	char host[256] = "";

	if (!w->env || !w->env->hostname)
		gethostname(host, sizeof(host) - 1);
	*why = NULL;
	return conf_host_macros(w->m, w->env && w->env->hostname ? w->env->hostname : host, netbios, m) ?
		conf_expand(w->m, w->e->line[i].value, m, why) : NULL;
}

/* A pattern of one file for each client or user: Samba reads those that exist. */
static void lose_pattern(struct translation *w, size_t i, const char *pattern, const char *macro)
{
	bool sections = false;
	glob_t found;
	int r = conf_files_like(pattern, NULL, &found);
	char *why = !r ? talloc_asprintf(w->m, "%s differs between clients: %s is for some of them only",
					 macro, found.gl_pathv[0]) :
		r == -ENOENT ? talloc_asprintf(w->m, "%s differs between clients, and there is no "
					       "file %s", macro, pattern) :
		talloc_asprintf(w->m, "%s differs between clients, and %s cannot be looked for: %s",
				macro, pattern, strerror(-r));

	for (size_t k = 0; !r && k < found.gl_pathc; k++)
		sections |= has_sections(w, found.gl_pathv[k]);
	globfree(&found);
	if (!why)
		w->nomem = true;
	else if (r == -ENOENT)
		translate_lose(w, i, why);
	else
		lose_include(w, i, sections || r, why);
}

/*
 * Samba ignores a missing file. One that is missing today, as on a disk that is not mounted, may
 * have lines that protect. conf/ serves no share whose section includes such a file either. A file
 * that cannot be read, or that Samba knew by another name, may also have sections.
 */
static void lose_file(struct translation *w, size_t i, const char *path, int error)
{
	const char *value = w->e->line[i].value;
	bool other = strstr(value, "%v") || strstr(value, "%$");
	char *why = talloc_asprintf(w->m, "%s cannot be read: %s%s", path, strerror(-error),
				    other ? " (for smbd it may have another name)" : "");

	if (!why)
		w->nomem = true;
	else
		lose_include(w, i, error != -ENOENT || other, why);
}

static void expand_file(struct translation *w, size_t i, unsigned int *budget)
{
	struct conf_macros m = { .env = true, .wild = true };
	const struct edit_line *l = &w->e->line[i];
	const char *why;
	char *name = expand_name(w, i, &m, &why);
	char *path = name ? conf_include_path(w->m, l->file ? l->file : w->path, name) : NULL;
	int r;

	if (!path && !why)
		w->nomem = true;
	else if (!path)
		lose_include(w, i, true, why);
	else if (m.left)
		lose_pattern(w, i, path, m.left);
	else if (!strcmp(path, "/dev/null"))
		translate_check(w, edit_comment_out(w->e, i));
	else if (!*budget)
		lose_include(w, i, true, "too many files are included");
	else if ((r = take_in(w, i, path)))
		lose_file(w, i, path, r);
	else
		--*budget;
}

static void expand_one(struct translation *w, size_t i, unsigned int *budget)
{
	const char *value = w->e->line[i].value;

	if (!strcasecmp(value, "registry"))
		lose_include(w, i, true,
			     "there is no registry: write what it holds into this file (net conf list)");
	else if (*value)
		expand_file(w, i, budget);
}

void translate_includes(struct translation *w)
{
	unsigned int budget = DEPTH_MAX * DEPTH_MAX;

	for (size_t i = 0; i < w->e->n && !w->nomem; i++)
		if (w->e->line[i].kind == EDIT_ASSIGN && conf_name_is(w->e->line[i].name, "include"))
			expand_one(w, i, &budget);
}
