/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/translate.h - what the files of a translation share, below migrate_conf() */
#ifndef CIFSADMIN_TRANSLATE_H
#define CIFSADMIN_TRANSLATE_H

#include "../util/cleanup.h"
#include "migrate.h"

/* A line that was lost, of a parameter that protects nothing itself. */
struct loss {
	const char *section, *name;
};

/* A translation on its way. */
struct translation {
	struct migration *m;
	struct edit *e;
	const struct conf_env *env;
	const char *path;
	const char **why;
	bool nomem;
	/* sections that lost what protected them; "global": all */
	const char **bare;
	size_t nbare;
	/* obeyed parameters whose lines are comments now */
	struct loss *loss;
	size_t nloss;
};

/* @ok false: there was no memory. */
static inline void translate_check(struct translation *w, bool ok)
{
	w->nomem |= !ok;
}

/* What stands before any header belongs to [global]. */
static inline const char *section_of(const struct edit_line *l)
{
	return l->section ? l->section : "global";
}

/* ---- translate_note.c ---- */

/* A line of the report. */
__attribute__((format(printf, 3, 4)))
void translate_note(struct translation *w, struct migrate_list *list, const char *fmt, ...);

/* The section has lost what protected it. */
void translate_bare(struct translation *w, const char *section);

/* Line @i becomes a comment, with @why above it. */
void translate_lose(struct translation *w, size_t i, const char *why);

/* The lines of a file; NULL with errno, or without memory. */
struct edit *translate_read(struct translation *w, const char *path);

/* One more file that was read: the result is for no reader whom it kept out. */
void translate_note_mode(struct migration *m, const char *path);

/* The line that begins the section; the number of lines without one. */
size_t translate_header(const struct translation *w, const char *section);

/* ---- translate_include.c ---- */

/* Takes all files in; one that includes itself ends with the budget. */
void translate_includes(struct translation *w);

/* ---- translate_lose.c ---- */

/* A section that conf/ leaves out: without the line that says so it would be served. */
bool translate_is_left_out(const struct translation *w, const char *section);

/* A complaint ends a line, or a section; false when it can end neither.  @error: or a warning */
bool translate_lose_line(struct translation *w, size_t i, const char *why, bool error);

/* ---- translate_change.c ---- */

/* Values that Samba takes, or obeys, another way, and names of a domain. */
void translate_changes(struct translation *w);

/* ---- translate_protect.c ---- */

/* Switches shares off that lost what protected them. */
void translate_protect(struct translation *w);

#endif /* CIFSADMIN_TRANSLATE_H */
