// SPDX-License-Identifier: GPL-2.0-or-later
/* Complaints about the file, and their order. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/internal.h"
#include "util/grow.h"

static bool keep_complaint(struct conf *conf, const struct conf_error *e)
{
	struct conf_error **list = e->grade == CONF_NOTE ? &conf->notes : &conf->errors;
	size_t *n = e->grade == CONF_NOTE ? &conf->nnotes : &conf->nerrors;
	struct conf_error *grown = array_grow(conf, *list, struct conf_error, *n);

	if (!grown)
		return false;
	*list = grown;
	grown[(*n)++] = *e;
	return true;
}

void conf_complain(struct conf_builder *b, const struct conf_place *at, enum conf_grade grade,
		   const char *hint, const char *fmt, ...)
{
	struct conf_error e = { .file = at->file, .line = at->line, .grade = grade,
				.warning = grade != CONF_ERROR, .seq = b->seq++ };
	struct conf *conf = b->conf;
	va_list ap;

	conf->nfatal += grade == CONF_ERROR;
	conf->nwarnings += grade == CONF_WARNING || grade == CONF_DIFFERS;
	conf->ndiffers += grade == CONF_DIFFERS;
	/* The limit is for each grade: many complaints of one grade hide no others. */
	if (b->kept[grade]++ >= CONF_ERRORS_MAX)
		return;
	va_start(ap, fmt);
	e.text = talloc_vasprintf(conf, fmt, ap);
	va_end(ap);
	e.hint = hint ? talloc_strdup(conf, hint) : NULL;
	if (!e.text || (hint && !e.hint) || !keep_complaint(conf, &e))
		b->nomem = true;
}

static bool is_at(const struct conf_error *e, const struct conf_place *at)
{
	return e->line == at->line && !strcmp(e->file, at->file);
}

bool conf_has_error_at(const struct conf_builder *b, const struct conf_place *at)
{
	for (size_t i = 0; i < b->conf->nerrors; i++)
		if (b->conf->errors[i].grade == CONF_ERROR && is_at(&b->conf->errors[i], at))
			return true;
	return false;
}

bool conf_has_said_at(const struct conf_builder *b, const struct conf_place *at, const char *part)
{
	for (size_t i = 0; i < b->conf->nerrors; i++)
		if (is_at(&b->conf->errors[i], at) && strstr(b->conf->errors[i].text, part))
			return true;
	return false;
}

/* A complaint with its sort keys. */
struct ranked {
	size_t file;
	struct conf_error e;
};

static int by_place(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->e.line != y->e.line)
		return x->e.line < y->e.line ? -1 : 1;
	return x->e.seq < y->e.seq ? -1 : x->e.seq > y->e.seq;
}

static size_t file_rank(const struct conf *conf, const char *file)
{
	size_t i;

	for (i = 0; i < conf->nfiles && strcmp(conf->files[i], file); i++)
		;
	return i;
}

static bool sort_list(const struct conf *conf, struct conf_error *list, size_t n)
{
	struct ranked *r = talloc_array(conf, struct ranked, n + 1);

	if (!r)
		return false;
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked) { file_rank(conf, list[i].file), list[i] };
	qsort(r, n, sizeof(*r), by_place);
	for (size_t i = 0; i < n; i++)
		list[i] = r[i].e;
	talloc_free(r);
	return true;
}

/* Sorts by file and line. False without memory. */
bool conf_complaints_sort(struct conf *conf)
{
	return sort_list(conf, conf->errors, conf->nerrors) &&
	       sort_list(conf, conf->notes, conf->nnotes);
}

char *conf_error_format(TALLOC_CTX *ctx, const struct conf_error *e)
{
	static const char *const grades[] = { "note", "warning", "warning", "error" };
	char *ret = talloc_asprintf(ctx, "%s:", e->file);

	if (ret && e->line)
		ret = talloc_asprintf_append(ret, "%u:", e->line);
	if (ret)
		ret = talloc_asprintf_append(ret, " %s: %s", grades[e->grade], e->text);
	if (ret && e->hint)
		ret = talloc_asprintf_append(ret, " (%s)", e->hint);
	return ret;
}
