/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cifsadmin/translate.h - shared by the files of a translation, below migrate_conf() */
#ifndef CIFSADMIN_TRANSLATE_H
#define CIFSADMIN_TRANSLATE_H

#include "../util/cleanup.h"
#include "migrate.h"

/* A line that was lost, of a parameter that protects nothing itself. */
struct loss {
	const char *section, *name;
};

/* A translation in progress. */
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

/* Lines before the first header belong to [global]. */
static inline const char *section_of(const struct edit_line *l)
{
	return l->section ? l->section : "global";
}

/* ---- translate_note.c ---- */

/* A line of the report. */
__attribute__((format(printf, 3, 4)))
void translate_note(struct translation *w, struct migrate_list *list, const char *fmt, ...);

/* Notes that the section has lost its protection. */
void translate_bare(struct translation *w, const char *section);

/* Makes a comment of line @i, with @why above it. */
void translate_lose(struct translation *w, size_t i, const char *why);

/* The lines of a file; NULL with errno, or without memory. */
struct edit *translate_read(struct translation *w, const char *path);

/* Takes the mode of one more file into account: the result must not be readable for more users. */
void translate_note_mode(struct migration *m, const char *path);

/* Index of the section's header; the number of lines without one. */
size_t translate_header(const struct translation *w, const char *section);

/* ---- translate_include.c ---- */

/* Replaces all includes by the lines of their files; the budget ends one that includes itself. */
void translate_includes(struct translation *w);

/* ---- translate_lose.c ---- */

/* Is the section one that conf/ leaves out?  Without the line that says so it would be served. */
bool translate_is_left_out(const struct translation *w, const char *section);

/*
 * Ends a line, or a section, because of a complaint; false when it can end neither.  @error: or a
 * warning
 */
bool translate_lose_line(struct translation *w, size_t i, const char *why, bool error);

/* ---- translate_change.c ---- */

/* Changes values that Samba takes in another way, and names of a domain. */
void translate_changes(struct translation *w);

/* ---- translate_protect.c ---- */

/* Switches off shares that lost their protection. */
void translate_protect(struct translation *w);

#endif /* CIFSADMIN_TRANSLATE_H */
