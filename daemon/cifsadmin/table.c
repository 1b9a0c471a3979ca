// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/table.c - tables, laid out by libsmartcols */
#include <libsmartcols/libsmartcols.h>
#include <string.h>
#include <wchar.h>

#include "admin.h"
#include "util/grow.h"

#define GAP		2		/* between two columns */
#define NARROWEST	8		/* a column is cut to no less */
#define ELLIPSIS	"..."		/* in every character set */
#define ELLIPSIS_WIDTH	3

struct table {
	size_t columns, n;		/* n: cells */
	char **cell;
	const char *flex;
	unsigned int width;		/* as of struct admin */
};

struct table *table_new(const struct admin *a, size_t columns, const char *const *heading,
			const char *flex)
{
	struct table *t = talloc_zero(a->ctx, struct table);

	if (!t)
		return NULL;
	t->columns = columns;
	t->flex = flex;
	t->width = a->width;
	for (size_t i = 0; i < columns; i++)
		table_add(t, heading[i]);
	return t;
}

void table_add(struct table *t, const char *text)
{
	char **grown = t ? array_grow(t, t->cell, char *, t->n) : NULL;

	if (!grown)
		return;
	t->cell = grown;
	grown[t->n] = shown(t, stdout, text && *text ? text : "-");
	t->n += !!grown[t->n];
}

/* Columns of the terminal that the character at @s takes, its octets in @len. */
static size_t char_width(const char *s, size_t *len)
{
	mbstate_t st = {};
	wchar_t c;
	int w;

	*len = mbrtowc(&c, s, strlen(s), &st);
	if (*len == (size_t)-1 || *len == (size_t)-2 || !*len) {
		*len = 1;
		return 1;
	}
	w = wcwidth(c);
	return w < 0 ? 0 : (size_t)w;
}

static size_t text_width(const char *s)
{
	size_t w = 0, len;

	for (; *s; s += len)
		w += char_width(s, &len);
	return w;
}

/* @text with its end cut off so that it fits. */
static char *cut_end(TALLOC_CTX *ctx, const char *text, size_t width)
{
	size_t w = 0, n = 0, len, more;

	for (; text[n]; n += len) {
		more = char_width(text + n, &len);
		if (w + more + ELLIPSIS_WIDTH > width)
			break;
		w += more;
	}
	return talloc_asprintf(ctx, "%.*s" ELLIPSIS, (int)n, text);
}

/* Cuts the beginning off: the end of a path says more. */
static char *cut_begin(TALLOC_CTX *ctx, const char *text, size_t width)
{
	size_t w = text_width(text), len;

	while (*text && w + ELLIPSIS_WIDTH > width) {
		w -= char_width(text, &len);
		text += len;
	}
	return talloc_asprintf(ctx, ELLIPSIS "%s", text);
}

static void measure(const struct table *t, size_t *width)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t w = text_width(t->cell[i]);

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
}

/* Rank of a column for the next cut, 0: it is not cut.  A path counts half. */
static size_t cut_rank(const struct table *t, const size_t *width, size_t column)
{
	if (t->flex[column] == '.' || width[column] <= NARROWEST)
		return 0;
	return t->flex[column] == '<' ? width[column] / 2 : width[column];
}

/* Narrows columns that may be cut until the table fits, or none can be narrowed further. */
static void fit_columns(const struct table *t, size_t *width)
{
	size_t total = GAP * (t->columns - 1);

	for (size_t i = 0; i < t->columns; i++)
		total += width[i];
	while (t->width && total > t->width) {
		size_t most = 0;

		for (size_t i = 1; i < t->columns; i++)
			if (cut_rank(t, width, i) > cut_rank(t, width, most))
				most = i;
		if (!cut_rank(t, width, most))
			return;
		width[most]--;
		total--;
	}
}

/* The cell as it is printed, owned by @ctx or the table. */
static const char *cell_text(TALLOC_CTX *ctx, const struct table *t, size_t i, const size_t *width)
{
	size_t column = i % t->columns;
	const char *cut;

	if (text_width(t->cell[i]) <= width[column])
		return t->cell[i];
	cut = (t->flex[column] == '<' ? cut_begin : cut_end)(ctx, t->cell[i], width[column]);
	return cut ? cut : ELLIPSIS;
}

static bool fill(struct libscols_table *tb, TALLOC_CTX *ctx, const struct table *t)
{
	size_t *width = talloc_zero_array(ctx, size_t, (unsigned int)t->columns);
	struct libscols_line *line = NULL;

	if (!width)
		return false;
	measure(t, width);
	fit_columns(t, width);
	for (size_t i = 0; i < t->columns; i++)
		if (!scols_table_new_column(tb, t->cell[i], 0, 0))
			return false;
	for (size_t i = t->columns; i < t->n; i++) {
		if (i % t->columns == 0)
			line = scols_table_new_line(tb, NULL);
		if (!line || scols_line_set_data(line, i % t->columns, cell_text(ctx, t, i, width)))
			return false;
	}
	return true;
}

void table_print(const struct table *t, FILE *f)
{
	_cleanup_(talloc_freep) TALLOC_CTX *ctx = talloc_new(NULL);
	struct libscols_table *tb = t && ctx ? scols_new_table() : NULL;

	if (!tb || t->n < t->columns) {
		complain("out of memory");
		scols_unref_table(tb);
		return;
	}
	/* The cells have been through shown() already. */
	scols_table_enable_noencoding(tb, 1);
	scols_table_set_termforce(tb, SCOLS_TERMFORCE_NEVER);
	scols_table_set_stream(tb, f);
	if (scols_table_set_column_separator(tb, "  ") || !fill(tb, ctx, t) ||
	    scols_print_table(tb))
		complain("out of memory");
	scols_unref_table(tb);
}
