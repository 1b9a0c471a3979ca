/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cifsadmin/edit.h - smb.conf as text that is changed in places
 *
 * Lines are the logical ones of conf/lex.c: a backslash at the end continues them. What is not
 * changed stays byte for byte. Pure: files and messages are others' business.
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
 * @section: whose it is, collapsed; of a header the name in it; NULL before the first header
 * @name: of an assignment, trimmed
 * @value: likewise
 * @number: of its first physical line, from 1; 0 for a line that was put in
 * @behind: number of an include between the header and it: the file may have begun another section,
 *	which the line belongs to then, as in Samba; 0: none
 * @file: which it was read from, where the reader of it says so
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
	bool bom;		/* a byte order mark stands before them */
};

/* The lines of a text without NUL; NULL without memory. */
struct edit *edit_parse(TALLOC_CTX *ctx, const char *text);

/* The text of all lines; NULL without memory. */
char *edit_text(TALLOC_CTX *ctx, const struct edit *e);

/* Do two texts say the same: the same assignments, in the same sections, in the same order? */
bool edit_agrees(const struct edit *a, const struct edit *b);

/*
 * Are these one section? As conf/ compares: case counts in no alphabet; "globals" is "global".
 * Names from elsewhere than edit_parse() go through text_collapse() first.
 */
bool edit_same_section(const char *a, const char *b);

/* Has the text such a section? */
bool edit_has_section(const struct edit *e, const char *section);

/*
 * The assignment that counts, the last one of the section before line @end; @e->n: there is none.
 * Where it is @behind an include, it may be of another section.
 */
size_t edit_find(const struct edit *e, size_t end, const char *section,
		 const struct conf_param *param);

/* The line that physical line @number of the text as it is now belongs to; @e->n: behind the end. */
size_t edit_at(const struct edit *e, unsigned int number);

/**
 * edit_set() - give a parameter a value
 * @section: which the text has, or "global"
 * @param: of which table; another of its names in the section is replaced
 * @name: how it is written
 * @value: one line
 *
 * The assignment that counts, the last of the section, is changed in its place; without one a line
 * is put behind the last assignment of the section, but before an include. In [global] a parameter
 * of shares is put above all shares, which would not have it else. [global] begins the text where it
 * is not there, or not there yet.
 *
 * Return: false without memory.
 */
bool edit_set(struct edit *e, const char *section, const struct conf_param *param, const char *name,
	      const char *value);

/* Takes all assignments of the parameter out; how many there were. */
size_t edit_unset(struct edit *e, const char *section, const struct conf_param *param);

/* Puts "[name]" at the end, with an empty line before it. False without memory. */
bool edit_add_section(struct edit *e, const char *name);

/*
 * Takes a section out, with the comments right above its header and those of its own, but not those
 * of the section that follows; what was taken is @e->line[].gone.  How many lines.
 */
size_t edit_del_section(struct edit *e, const char *section);

/* Makes a comment of a line. False without memory. */
bool edit_comment_out(struct edit *e, size_t i);

/* Puts the comment "# migrate: @text", scrubbed to one line, before line @i. False without memory. */
bool edit_remark(struct edit *e, size_t i, const char *text);

/*
 * The last line ends where a backslash would have it go on: what is put behind it is another line.
 * False without memory.
 */
bool edit_end(struct edit *e);

/* Puts the lines of @other, which stay its own memory, before line @at. False without memory. */
bool edit_splice(struct edit *e, size_t at, const struct edit *other);

/* The parameter of that name: of a share or, in [global], of the server too; NULL for none. */
const struct conf_param *edit_param(bool global, const char *name);

#endif /* CIFSADMIN_EDIT_H */
