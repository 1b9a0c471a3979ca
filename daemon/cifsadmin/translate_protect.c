// SPDX-License-Identifier: GPL-2.0-or-later
/* cifsadmin/translate_protect.c - switches off shares that lost their protection */
#include "translate.h"

#include <string.h>

#include "../util/text.h"

static void switch_off(struct translation *w, const char *section)
{
	const struct conf_param *available = edit_param(false, "available");
	const char *why =
		"the share is off until you have decided what shall protect it instead of the "
		"lines that are comments now; then remove this line";
	size_t i;

	if (!conf_share_find(w->m->conf, section))
		return;
	translate_note(w, &w->m->off, "[%s]", section);
	translate_check(w, edit_set(w->e, section, available, "available", "no"));
	i = edit_find(w->e, w->e->n, section, available);
	if (i < w->e->n)
		translate_check(w, edit_remark(w->e, i, why));
}

static bool is_bare(const struct translation *w, const char *share)
{
	for (size_t i = 0; i < w->nbare; i++)
		if (edit_same_section(w->bare[i], "global") || edit_same_section(w->bare[i], share))
			return true;
	return false;
}

/* Is it a text that is only shown or logged? */
static bool is_harmless(const struct conf_param *p)
{
	static const char *const attrs[] = { "comment", "volume", "server_string", "log_level" };

	return text_is_any(p->attr, attrs, ARRAY_LEN(attrs));
}

/* Has the parameter another value than its default? */
static bool has_value(const struct csrv_conf_scope *s, const char *name)
{
	bool inverted;
	int i = s ? conf_table_name(s->table, name, &inverted) : -1;
	const struct conf_param *p = i < 0 ? NULL : &s->table->params[i];

	return p && !is_harmless(p) && s->values[i].text && strcmp(s->values[i].text, p->def);
}

/*
 * A lost line may have had a narrower value than the one that takes its place: of an earlier line,
 * of [global] or by "copy".
 */
static void doubt_losses(struct translation *w)
{
	const struct conf *conf = w->m->conf;

	for (size_t i = 0; i < w->nloss; i++) {
		const struct loss *l = &w->loss[i];

		if (edit_same_section(l->section, "global") ?
		    has_value(conf->global, l->name) || has_value(conf->share_defaults, l->name) :
		    has_value(conf_share_find(conf, l->section), l->name))
			translate_bare(w, l->section);
	}
}

/* A share that copies another one has lost the same. */
static void follow_copies(struct translation *w)
{
	size_t before;

	do {
		before = w->nbare;
		for (size_t i = 0; i < w->e->n && !w->nomem; i++) {
			const struct edit_line *l = &w->e->line[i];

			if (l->kind == EDIT_ASSIGN && conf_name_is(l->name, "copy") &&
			    is_bare(w, l->value))
				translate_bare(w, section_of(l));
		}
	} while (w->nbare > before && !w->nomem);
}

void translate_protect(struct translation *w)
{
	doubt_losses(w);
	follow_copies(w);
	for (size_t k = 0; k < w->m->conf->nshares; k++)
		if (is_bare(w, w->m->conf->shares[k]->name))
			switch_off(w, w->m->conf->shares[k]->name);
}
