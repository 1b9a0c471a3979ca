// SPDX-License-Identifier: GPL-2.0-or-later
/* config/problems.c - what is not applied, and why: told once, when it changes */
#include <stdarg.h>

#include "config/internal.h"

#define LOGGED_MAX	20	/* lines of one run: status has them all */

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
	size_t n = 0;

	/* Those who wait have had messages about the first ones, and the log has those, too. */
	for (size_t i = p->told; i < p->n; i++)
		report_add(c->rep, LOG_ERR, !has(old, p->text[i]) && n++ < LOGGED_MAX, NULL, "%s",
			   p->text[i]);
	if (n > LOGGED_MAX)
		log_error("and %zu more, see cifsadmin status", n - LOGGED_MAX);
	n = 0;
	for (size_t i = 0; old && i < old->n; i++)
		if (!has_item(p, old->item[i]) && n++ < LOGGED_MAX)
			log_notice("settled: %s", old->text[i]);
	talloc_free(old);
	c->problems = talloc_steal(c, p);
}

const char *const *config_problems(const struct config *c)
{
	static const char *const none[] = { NULL };

	return c->problems && c->problems->n ? (const char *const *)c->problems->text : none;
}
