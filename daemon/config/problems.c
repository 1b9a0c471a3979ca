// SPDX-License-Identifier: GPL-2.0-or-later
/* config/problems.c - what is not applied, and why: told once, when it changes */
#include <stdarg.h>

#include "config/internal.h"

void problem_add(struct problems *p, const char *item, const char *fmt, ...)
{
	char **items = talloc_realloc(p, p->item, char *, p->n + 1);
	char **texts = talloc_realloc(p, p->text, char *, p->n + 2);
	va_list ap;

	if (items)
		p->item = items;
	if (texts)
		p->text = texts;
	if (!items || !texts)
		return;
	va_start(ap, fmt);
	texts[p->n] = talloc_vasprintf(p, fmt, ap);
	va_end(ap);
	items[p->n] = talloc_strdup(p, item);
	if (texts[p->n] && items[p->n])
		p->n++;
	texts[p->n] = NULL;
}

static bool has(const struct problems *p, const char *text)
{
	for (size_t i = 0; p && i < p->n; i++)
		if (!strcmp(p->text[i], text))
			return true;
	return false;
}

static bool has_item(const struct problems *p, const char *item)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->item[i], item))
			return true;
	return false;
}

void problems_replace(struct config *c, struct problems *p)
{
	struct problems *old = c->problems;

	for (size_t i = 0; i < p->n; i++) {
		bool known = has(old, p->text[i]);

		if (i >= p->told)
			report_add(c->rep, LOG_ERR, !known, NULL, "%s", p->text[i]);
	}
	for (size_t i = 0; old && i < old->n; i++)
		if (!has_item(p, old->item[i]))
			log_notice("settled: %s", old->text[i]);
	talloc_free(old);
	c->problems = talloc_steal(c, p);
}

const char *const *config_problems(const struct config *c)
{
	static const char *const none[] = { NULL };

	return c->problems && c->problems->n ? (const char *const *)c->problems->text : none;
}
