// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/edit.c - edits smb.conf as text */
#include "edit.h"

#include <string.h>
#include <strings.h>

#include "../util/grow.h"
#include "../util/text.h"
#include "../util/utf.h"

#define BOM	"\xef\xbb\xbf"
#define INDENT	"    "		/* where the section has no other */

/* --- reading ------------------------------------------------------------------- */

/* A text being read. */
struct reader {
	struct edit *e;
	const char *s;
	const char *section;
	unsigned int line;	/* of the next physical one */
	unsigned int include;	/* the last include of the section */
};

static bool is_comment(const char *s)
{
	s += strspn(s, " \t");
	return *s == '#' || *s == ';';
}

/* The end of the logical line at @s: conf/lex.c, take_physical(). */
static const char *logical_end(const char *s, unsigned int *lines)
{
	bool empty = true;	/* so far: a comment may still begin here */
	const char *end, *last;

	for (*lines = 1;; ++*lines) {
		end = s + strcspn(s, "\n");
		last = end > s && end[-1] == '\r' ? end - 1 : end;
		if ((empty && is_comment(s)) || last == s || last[-1] != '\\' || !*end || !end[1])
			return end;
		empty = empty && last == s + 1;
		s = end + 1;
	}
}

/*
 * The line as the reader of smb.conf takes it: joined, with blanks for tabs; NULL without memory.
 */
static char *unfold_line(TALLOC_CTX *ctx, const char *raw)
{
	char *text = talloc_strdup(ctx, raw), *out = text;

	for (const char *s = text; s && *s; s++) {
		const char *eol = *s == '\\' ? s + 1 + (s[1] == '\r') : s;

		if (*s == '\\' && *eol == '\n')
			s = eol;
		else if (*s == '\\' && !*eol)
			break;
		else
			*out++ = *s == '\t' ? ' ' : *s;
	}
	if (text)
		*out = 0;
	return text;
}

static void understand_section(struct edit_line *l, char *text)
{
	char *close = strchr(text, ']');

	/* the lines below belong to no section */
	l->section = "";
	if (!close || *text_trim(close + 1))
		return;
	*close = 0;
	l->kind = EDIT_SECTION;
	text = text_trim(text + 1);
	text_collapse(text);
	l->section = text;
}

/* Parses the line; false without memory. */
static bool parse_line(struct edit *e, struct edit_line *l)
{
	char *text = unfold_line(e, l->raw), *equals;

	if (!text)
		return false;
	text = text_trim(text);
	equals = strchr(text, '=');
	if (*text == '[') {
		understand_section(l, text);
	} else if (*text && *text != '#' && *text != ';' && equals) {
		*equals = 0;
		l->kind = EDIT_ASSIGN;
		l->name = text_trim(text);
		l->value = text_trim(equals + 1);
	}
	return true;
}

/* Inserts an empty line at @at. */
static struct edit_line *insert_line(struct edit *e, size_t at)
{
	struct edit_line *grown = array_grow(e, e->line, struct edit_line, e->n);

	if (!grown)
		return NULL;
	e->line = grown;
	memmove(&grown[at + 1], &grown[at], (e->n - at) * sizeof(*grown));
	grown[at] = (struct edit_line){};
	e->n++;
	return &grown[at];
}

static bool is_include(const struct edit_line *l)
{
	return l->kind == EDIT_ASSIGN && conf_name_is(l->name, "include");
}

static bool take_line(struct reader *r)
{
	unsigned int lines;
	const char *end = logical_end(r->s, &lines);
	struct edit_line *l = insert_line(r->e, r->e->n);

	if (!l)
		return false;
	l->raw = talloc_strndup(r->e, r->s, (size_t)(end - r->s));
	l->number = r->line + 1;
	if (!l->raw || !parse_line(r->e, l))
		return false;
	if (l->section) {
		r->section = l->section;
		r->include = 0;
	}
	l->section = r->section;
	l->behind = r->include;
	if (is_include(l) && *l->value)
		r->include = l->number;
	r->line += lines;
	r->s = *end ? end + 1 : end;
	return true;
}

struct edit *edit_parse(TALLOC_CTX *ctx, const char *text)
{
	struct edit *e = talloc_zero(ctx, struct edit);
	struct reader r = { .e = e, .s = text };

	if (e && !strncmp(text, BOM, strlen(BOM))) {
		e->bom = true;
		r.s += strlen(BOM);
	}
	while (e && *r.s)
		if (!take_line(&r)) {
			talloc_free(e);
			return NULL;
		}
	return e;
}

char *edit_text(TALLOC_CTX *ctx, const struct edit *e)
{
	char *text = talloc_strdup(ctx, e->bom ? BOM : "");

	for (size_t i = 0; text && i < e->n; i++)
		if (!e->line[i].gone)
			text = talloc_asprintf_append_buffer(text, "%s\n", e->line[i].raw);
	return text;
}

/* The next header or assignment from line @i on; NULL at the end. */
static const struct edit_line *next_said(const struct edit *e, size_t *i)
{
	while (*i < e->n) {
		const struct edit_line *l = &e->line[(*i)++];

		if (!l->gone && l->kind != EDIT_OTHER)
			return l;
	}
	return NULL;
}

bool edit_agrees(const struct edit *a, const struct edit *b)
{
	const struct edit_line *x, *y;
	size_t i = 0, k = 0;

	do {
		x = next_said(a, &i);
		y = next_said(b, &k);
		if (!x || !y)
			return !x && !y;
		if (x->kind != y->kind || !edit_same_section(x->section ? x->section : "global",
							     y->section ? y->section : "global"))
			return false;
	} while (x->kind != EDIT_ASSIGN ||
		 (!strcmp(x->name, y->name) && !strcmp(x->value, y->value)));
	return false;
}

/* --- questions ------------------------------------------------------------------- */

bool edit_same_section(const char *a, const char *b)
{
	bool a_global = !strcasecmp(a, "global") || !strcasecmp(a, "globals");
	bool b_global = !strcasecmp(b, "global") || !strcasecmp(b, "globals");

	return (a_global && b_global) || !utf8_casecmp(a, b);
}

static bool is_global(const char *section)
{
	return edit_same_section(section, "global");
}

/* Lines before the first header belong to [global]. */
static bool is_in(const struct edit_line *l, const char *section)
{
	return !l->gone && edit_same_section(l->section ? l->section : "global", section);
}

bool edit_has_section(const struct edit *e, const char *section)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->line[i].kind == EDIT_SECTION && is_in(&e->line[i], section))
			return true;
	return false;
}

const struct conf_param *edit_param(bool global, const char *name)
{
	bool inverted;
	int i = global ? conf_table_name(&conf_server_table, name, &inverted) : -1;

	if (i >= 0)
		return &conf_server_table.params[i];
	i = conf_table_name(&conf_share_table, name, &inverted);
	return i >= 0 ? &conf_share_table.params[i] : NULL;
}

static bool is_param(const struct edit_line *l, const char *section, const struct conf_param *param)
{
	return l->kind == EDIT_ASSIGN && is_in(l, section) &&
	       edit_param(is_global(section), l->name) == param;
}

size_t edit_find(const struct edit *e, size_t end, const char *section,
		 const struct conf_param *param)
{
	while (end-- > 0)
		if (is_param(&e->line[end], section, param))
			return end;
	return e->n;
}

size_t edit_at(const struct edit *e, unsigned int number)
{
	unsigned int n = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (e->line[i].gone)
			continue;
		n++;
		for (const char *s = e->line[i].raw; (s = strchr(s, '\n')); s++)
			n++;
		if (n >= number)
			return i;
	}
	return e->n;
}

/* --- changes --------------------------------------------------------------------- */

/* The blanks that the line begins with, in @len. */
static const char *indent_of(const struct edit_line *l, size_t *len)
{
	*len = strspn(l->raw, " \t");
	return l->raw;
}

/* A line to be written. */
struct addition {
	const char *section;
	size_t end;		/* before that line */
	size_t at;		/* index of the new line */
	const char *indent;
	size_t len;		/* of @indent */
};

/* Finds the place and indentation of a new assignment; false where its section does not exist. */
static bool find_place(const struct edit *e, struct addition *f)
{
	bool found = false;

	f->indent = INDENT;
	f->len = strlen(INDENT);
	for (size_t i = 0; i < f->end; i++) {
		const struct edit_line *l = &e->line[i];

		if (!is_in(l, f->section) || l->kind == EDIT_OTHER)
			continue;
		/* Lines behind an include may belong to the last section in it. */
		if (is_include(l)) {
			f->at = found ? f->at : i;
			return true;
		}
		f->at = i + 1;
		if (l->kind == EDIT_ASSIGN)
			f->indent = indent_of(l, &f->len);
		else if (!found)
			f->len = strlen(f->indent);
		found = true;
	}
	return found;
}

static bool write_line(struct edit *e, struct edit_line *l, const char *indent, size_t len,
		       const char *name, const char *value)
{
	bool cr = l->raw && *l->raw && l->raw[strlen(l->raw) - 1] == '\r';

	l->raw = talloc_asprintf(e, "%.*s%s = %s%s", (int)len, indent, name, value, cr ? "\r" : "");
	l->kind = EDIT_ASSIGN;
	l->name = talloc_strdup(e, name);
	l->value = talloc_strdup(e, value);
	return l->raw && l->name && l->value;
}

static bool add_text(struct edit *e, size_t at, const char *text, enum edit_kind kind,
		     const char *section)
{
	struct edit_line *l = insert_line(e, at);

	if (!l)
		return false;
	l->raw = talloc_strdup(e, text);
	l->kind = kind;
	l->section = section;
	return l->raw;
}

bool edit_add_section(struct edit *e, const char *name)
{
	char *header = talloc_asprintf(e, "[%s]", name), *section = talloc_strdup(e, name);
	const char *last = e->n ? e->line[e->n - 1].raw : "";

	if (!header || !section)
		return false;
	if (last[strspn(last, " \t\r")] &&
	    !add_text(e, e->n, "", EDIT_OTHER, e->line[e->n - 1].section))
		return false;
	return add_text(e, e->n, header, EDIT_SECTION, section);
}

static bool is_empty(const struct edit_line *l)
{
	return !l->raw[strspn(l->raw, " \t\r")];
}

static bool is_remark(const struct edit_line *l)
{
	return l->kind == EDIT_OTHER && !is_empty(l);
}

/* Comments right above a header are about its section; returns where they begin. */
static size_t block_begin(const struct edit *e, size_t header)
{
	size_t begin = header;

	while (begin && is_remark(&e->line[begin - 1]))
		begin--;
	/* comments right below an assignment may be about that one: they stay */
	return !begin || is_empty(&e->line[begin - 1]) ? begin : header;
}

/* The first header, of a share where @share; @e->n: there is none. */
static size_t first_header(const struct edit *e, bool share)
{
	size_t i = 0;

	while (i < e->n && (e->line[i].gone || e->line[i].kind != EDIT_SECTION ||
			    (share && is_global(e->line[i].section))))
		i++;
	return i;
}

/* Adds [global] where no line above the first share belongs to it. */
static bool add_global(struct edit *e)
{
	size_t first = first_header(e, false), at;

	if (first == e->n)
		return edit_add_section(e, "global");
	at = block_begin(e, first);
	return add_text(e, at, "", EDIT_OTHER, "global") &&
	       add_text(e, at, "[global]", EDIT_SECTION, "global");
}

/* Is it a default of [global] for the shares below? */
static bool is_default(const char *section, const char *name)
{
	bool inverted;

	return is_global(section) && conf_table_name(&conf_share_table, name, &inverted) >= 0;
}

bool edit_set(struct edit *e, const char *section, const struct conf_param *param, const char *name,
	      const char *value)
{
	struct addition f = { .section = section };
	size_t i = edit_find(e, e->n, section, param);
	struct edit_line *l;
	const char *whose;

	if (i < e->n) {
		f.indent = indent_of(&e->line[i], &f.len);
		return write_line(e, &e->line[i], f.indent, f.len, name, value);
	}
	f.end = is_default(section, name) ? first_header(e, true) : e->n;
	if (!find_place(e, &f)) {
		if (!is_global(section) || !add_global(e))
			return false;
		f.end = is_default(section, name) ? first_header(e, true) : e->n;
		find_place(e, &f);
	}
	whose = f.at ? e->line[f.at - 1].section : NULL;
	l = insert_line(e, f.at);
	if (!l)
		return false;
	l->section = whose;
	return write_line(e, l, f.indent, f.len, name, value);
}

size_t edit_unset(struct edit *e, const char *section, const struct conf_param *param)
{
	size_t n = 0;

	for (size_t i = edit_find(e, e->n, section, param); i < e->n;
	     i = edit_find(e, i, section, param)) {
		e->line[i].gone = true;
		n++;
	}
	return n;
}

/* End of the section block that begins at the header @i. */
static size_t block_end(const struct edit *e, size_t i)
{
	size_t end = i + 1, k;

	for (k = i + 1; k < e->n && e->line[k].kind != EDIT_SECTION; k++)
		if (e->line[k].kind == EDIT_ASSIGN)
			end = k + 1;
	/* comments without an empty line above are its own, unless they touch the next header */
	for (k = end; k < e->n && is_remark(&e->line[k]); k++)
		;
	if (k == e->n || is_empty(&e->line[k]))
		end = k;
	while (end < e->n && is_empty(&e->line[end]))
		end++;
	return end;
}

size_t edit_del_section(struct edit *e, const char *section)
{
	size_t n = 0, end;

	for (size_t i = 0; i < e->n; i++) {
		if (e->line[i].kind != EDIT_SECTION || !is_in(&e->line[i], section))
			continue;
		end = block_end(e, i);
		for (i = block_begin(e, i); i < end; i++, n++)
			e->line[i].gone = true;
		i--;
	}
	return n;
}

/* Puts "# " before every physical line of @raw; NULL without memory. */
static char *comment_text(TALLOC_CTX *ctx, const char *raw)
{
	char *text = talloc_strdup(ctx, "");

	while (text) {
		size_t len = strcspn(raw, "\n");
		size_t cut = len && raw[len - 1] == '\r' ? len - 1 : len;

		text = talloc_asprintf_append_buffer(text, "%s# %.*s", *text ? "\n" : "", (int)cut,
						     raw);
		if (!raw[len])
			break;
		raw += len + 1;
	}
	return text;
}

bool edit_remark(struct edit *e, size_t i, const char *text)
{
	struct edit_line *l = insert_line(e, i);

	if (!l)
		return false;
	l->raw = talloc_asprintf(e, "# migrate: %s", text);
	l->section = i + 1 < e->n ? e->line[i + 1].section : NULL;
	/* names of files in it may have newlines */
	if (l->raw)
		utf8_scrub(l->raw);
	return l->raw;
}

bool edit_comment_out(struct edit *e, size_t i)
{
	char *text = comment_text(e, e->line[i].raw);

	if (!text)
		return false;
	e->line[i].raw = text;
	e->line[i].kind = EDIT_OTHER;
	return true;
}

bool edit_end(struct edit *e)
{
	struct edit_line *l = e->n ? &e->line[e->n - 1] : NULL;
	size_t len = l ? strlen(l->raw) : 0;

	len -= len && l->raw[len - 1] == '\r';
	if (!len || l->raw[len - 1] != '\\' || is_comment(l->raw))
		return true;
	/* a backslash would continue with this empty line */
	l->raw = talloc_asprintf(e, "%s\n", l->raw);
	return l->raw;
}

bool edit_splice(struct edit *e, size_t at, const struct edit *other)
{
	for (size_t i = 0; i < other->n; i++) {
		struct edit_line *l = insert_line(e, at + i);

		if (!l)
			return false;
		*l = other->line[i];
	}
	return true;
}
