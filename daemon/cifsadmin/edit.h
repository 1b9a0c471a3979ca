/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cifsadmin/edit.h - edits smb.conf as text
 *
 * Lines are the logical ones of conf/lex.c: a backslash at the end continues them. Unchanged lines
 * stay byte for byte. Pure: no files, no messages.
 */
#ifndef CIFSADMIN_EDIT_H
#define CIFSADMIN_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <talloc.h>

#include "../conf/param.h"

enum edit_kind {
	EDIT_OTHER,		/* empty, a comment, or not understood */
	EDIT_SECTION,
	EDIT_ASSIGN,
};

/**
 * struct edit_line - a logical line
 * @raw: its text, with newlines inside where it is continued and none at its end
 * @kind: what it is
 * @section: of the line, collapsed; of a header the name in it; NULL before the first header
 * @name: of an assignment, trimmed
 * @value: likewise
 * @number: of its first physical line, from 1; 0 for an inserted line
 * @behind: number of an include between the header and this line, which belongs to the last section
 *	of the included file, as in Samba; 0: none
 * @file: that it was read from, if known
 * @lost: why it is a comment now
 * @changed: why it has another value now
 * @gone: not written
 */
struct edit_line {
	char *raw;
	enum edit_kind kind;
	const char *section;
	char *name;
	char *value;
	unsigned int number;
	unsigned int behind;
	const char *file;
	const char *lost;
	const char *changed;
	bool gone;
};

struct edit {
	struct edit_line *line;
	size_t n;
	bool bom;		/* the text begins with a byte order mark */
};

/* The lines of a text without NUL; NULL without memory. */
struct edit *edit_parse(TALLOC_CTX *ctx, const char *text);

/* The text of all lines; NULL without memory. */
char *edit_text(TALLOC_CTX *ctx, const struct edit *e);

/* Have two texts the same assignments, in the same sections, in the same order? */
bool edit_agrees(const struct edit *a, const struct edit *b);

/*
 * Are these one section? As conf/ compares: without regard to case; "globals" is "global". Names
 * from elsewhere than edit_parse() go through text_collapse() first.
 */
bool edit_same_section(const char *a, const char *b);

/* Has the text such a section? */
bool edit_has_section(const struct edit *e, const char *section);

/*
 * Index of the last assignment of the parameter in the section before line @end, which counts;
 * @e->n: there is none. One @behind an include may be of another section.
 */
size_t edit_find(const struct edit *e, size_t end, const char *section,
		 const struct conf_param *param);

/* Index of the line that has physical line @number of the current text; @e->n: behind the end. */
size_t edit_at(const struct edit *e, unsigned int number);

/**
 * edit_set() - give a parameter a value
 * @section: which the text has, or "global"
 * @param: its row; an assignment by another of its names is replaced
 * @name: as it is written
 * @value: one line
 *
 * Changes the last assignment of the section, which counts, in its place; without one, adds a line
 * behind the last assignment of the section, but before an include. In [global] a parameter of
 * shares is added above all shares, for shares above it would not get it. A missing [global] is
 * added at the beginning.
 *
 * Return: false without memory.
 */
bool edit_set(struct edit *e, const char *section, const struct conf_param *param, const char *name,
	      const char *value);

/* Removes all assignments of the parameter; returns how many. */
size_t edit_unset(struct edit *e, const char *section, const struct conf_param *param);

/* Appends "[name]", with an empty line before it. False without memory. */
bool edit_add_section(struct edit *e, const char *name);

/*
 * Removes a section, with the comments right above its header and those of its own, but not those
 * of the section that follows; such lines are marked ->gone.  Returns how many.
 */
size_t edit_del_section(struct edit *e, const char *section);

/* Makes a comment of a line. False without memory. */
bool edit_comment_out(struct edit *e, size_t i);

/* Puts the comment "# migrate: @text", scrubbed to one line, before line @i. False without memory. */
bool edit_remark(struct edit *e, size_t i, const char *text);

/*
 * Ends the last line where a backslash would continue it, so that lines can be appended. False
 * without memory.
 */
bool edit_end(struct edit *e);

/* Inserts the lines of @other, which keeps its memory, before line @at. False without memory. */
bool edit_splice(struct edit *e, size_t at, const struct edit *other);

/* The parameter of that name: of a share or, where @global, of the server too; NULL for none. */
const struct conf_param *edit_param(bool global, const char *name);

#endif /* CIFSADMIN_EDIT_H */
