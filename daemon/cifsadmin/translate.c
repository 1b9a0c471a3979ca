// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate.c - translates a Samba installation's smb.conf */
#include "translate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX	1000		/* each error ends at least one line */

static char *reason_of(struct translation *w, const struct conf_error *e)
{
	char *text = talloc_asprintf(w->m, "%s%s%s%s", e->text, e->hint ? " (" : "",
				     e->hint ? e->hint : "", e->hint ? ")" : "");

	w->nomem |= !text;
	return text;
}

/* --- rounds ------------------------------------------------------------------------ */

/* Reads the current text. */
static int reread_text(struct translation *w)
{
	char *text = edit_text(w->m, w->e);
	int r;

	TALLOC_FREE(w->m->conf);
	talloc_free(w->m->text);
	w->m->text = text;
	r = text ? conf_parse_text(w->m, w->path, text, strlen(text), w->env, &w->m->conf)
		 : -ENOMEM;
	return w->nomem ? -ENOMEM : r;
}

/* Is the complaint about a line that cifssrv does not obey at all? */
static bool is_void(const struct translation *w, const struct conf_error *e)
{
	size_t i = e->line ? edit_at(w->e, e->line) : w->e->n;
	const struct edit_line *l;

	if (e->grade == CONF_ERROR || e->grade != CONF_DIFFERS || i == w->e->n)
		return e->grade == CONF_ERROR;
	l = &w->e->line[i];
	if (l->kind == EDIT_SECTION || translate_is_left_out(w, section_of(l)))
		return translate_is_left_out(w, section_of(l));
	return l->kind == EDIT_ASSIGN &&
	       !edit_param(edit_same_section(section_of(l), "global"), l->name);
}

/* A line that becomes a comment, and why; @order: index of the complaint. */
struct lost_line {
	size_t line, order;
	char *why;
};

static int from_the_last(const void *x, const void *y)
{
	const struct lost_line *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? 1 : -1;
	return a->order > b->order ? 1 : -1;
}

/* Joins the complaints about the line of @d[0]; returns how many there are. */
static size_t join_texts(struct translation *w, struct lost_line *d, size_t n)
{
	size_t same = 1;

	for (; same < n && d[same].line == d[0].line; same++)
		d[0].why = talloc_asprintf(w->m, "%s; %s", d[0].why, d[same].why);
	w->nomem |= !d[0].why;
	return same;
}

/* Makes comments of the lines with complaints; false when there is none.  @errors: or warnings */
static bool lose_some(struct translation *w, bool errors)
{
	const struct conf *conf = w->m->conf;
	struct lost_line *lost = talloc_array(w->m, struct lost_line,
					      (unsigned int)conf->nerrors + 1);
	bool any = false;
	size_t n = 0;

	for (size_t i = 0; lost && i < conf->nerrors; i++) {
		const struct conf_error *e = &conf->errors[i];

		if (errors == e->warning || !e->line || !is_void(w, e))
			continue;
		lost[n] = (struct lost_line){ edit_at(w->e, e->line), n, reason_of(w, e) };
		n += lost[n].line < w->e->n;
	}
	w->nomem |= !lost;
	/* Lines move only behind an inserted comment: they have been handled. */
	if (n)
		qsort(lost, n, sizeof(*lost), from_the_last);
	for (size_t i = 0, same; i < n && !w->nomem; i += same) {
		same = join_texts(w, &lost[i], n - i);
		if (!w->nomem)
			any |= translate_lose_line(w, lost[i].line, lost[i].why, errors);
	}
	return any;
}

/* Errors first: a warning may be about a line that an error ends. */
static int lose_lines(struct translation *w)
{
	int r = reread_text(w);

	for (int round = 0; !r && round < ROUNDS_MAX; round++) {
		if (!lose_some(w, true) && !lose_some(w, false))
			break;
		r = reread_text(w);
	}
	if (r || !w->m->conf->nfatal)
		return r;
	for (size_t i = 0; i < w->m->conf->nerrors && !*w->why; i++)
		if (!w->m->conf->errors[i].warning)
			*w->why = reason_of(w, &w->m->conf->errors[i]);
	return -EINVAL;
}

/* --- the report -------------------------------------------------------------------- */

static void report_lost(struct translation *w, const struct edit_line *l)
{
	const char *name = l->name ? l->name : l->section ? l->section : "line";
	const char *file = l->file ? l->file : w->path;

	if (strcasestr(l->lost, name))
		translate_note(w, &w->m->lost, "%s:%u: %s", file, l->number, l->lost);
	else
		translate_note(w, &w->m->lost, "%s:%u: %s: %s", file, l->number, name, l->lost);
}

/* Reports changed lines, with their numbers in the new file. */
static void report_changed(struct translation *w)
{
	unsigned int number = 1;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct edit_line *l = &w->e->line[i];

		if (l->changed && l->kind == EDIT_ASSIGN)
			translate_note(w, &w->m->remarks, "%u: %s", number, l->changed);
		number++;
		for (const char *s = l->raw; (s = strchr(s, '\n')); s++)
			number++;
	}
}

static void report_all(struct translation *w)
{
	const struct conf *conf = w->m->conf;

	report_changed(w);
	for (size_t i = 0; i < conf->nerrors; i++)
		translate_note(w, &w->m->remarks, "%u: %s", conf->errors[i].line,
			       reason_of(w, &conf->errors[i]));
	for (size_t i = 0; i < w->e->n; i++) {
		w->m->kept += w->e->line[i].kind == EDIT_ASSIGN && w->e->line[i].number;
		if (w->e->line[i].lost)
			report_lost(w, &w->e->line[i]);
	}
}

static int run(struct translation *w)
{
	char *head = talloc_asprintf(w->m, "made from %s by cifsadmin(8)", w->path);
	int r;

	translate_check(w, head && edit_remark(w->e, 0, head));
	translate_includes(w);
	translate_changes(w);
	r = lose_lines(w);
	if (r)
		return r;
	translate_protect(w);
	r = reread_text(w);
	if (!r)
		report_all(w);
	return w->nomem ? -ENOMEM : r;
}

int migrate_conf(TALLOC_CTX *ctx, const char *path, const struct conf_env *env,
		 struct migration **ret, const char **why)
{
	struct translation w = { .env = env, .path = path, .why = why };
	int r;

	*why = NULL;
	w.m = talloc_zero(ctx, struct migration);
	if (!w.m)
		return -ENOMEM;
	w.m->mode = 0777;
	translate_note_mode(w.m, path);
	errno = ENOMEM;
	w.e = translate_read(&w, path);
	r = w.e ? run(&w) : -errno;
	if (r == -EINVAL && !*why)
		*why = "it is no text file";
	if (r && *why)
		*why = talloc_strdup(ctx, *why);
	if (r)
		TALLOC_FREE(w.m);
	*ret = w.m;
	return r;
}
