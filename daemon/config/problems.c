// SPDX-License-Identifier: GPL-2.0-or-later
/* config/problems.c - what is not applied, and why: reported once, when it changes */
#include <stdarg.h>

#include "config/internal.h"

#define LOGGED_MAX	20	/* lines of one run; status shows all */

/* Makes room for one more and the NULL; sizes double, since there may be one for each account. */
static bool problems_grow(struct problems *p)
{
	size_t room = 2 * p->n + 2;
	char **items, **texts;

	if (p->n & (p->n + 1))		/* room is made for n = 0, 1, 3, 7 ... */
		return true;
	items = talloc_realloc(p, p->item, char *, (unsigned int)room);
	if (items)
		p->item = items;
	texts = talloc_realloc(p, p->text, char *, (unsigned int)room);
	if (texts)
		p->text = texts;
	return items && texts;
}

void problem_add(struct problems *p, const char *item, const char *fmt, ...)
{
	va_list ap;

	if (!problems_grow(p))
		return;
	va_start(ap, fmt);
	p->text[p->n] = talloc_vasprintf(p, fmt, ap);
	va_end(ap);
	p->item[p->n] = talloc_strdup(p, item);
	if (p->text[p->n] && p->item[p->n])
		p->n++;
	p->text[p->n] = NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A sorted copy, for bsearch(); NULL without memory. */
static char **sorted_copy(TALLOC_CTX *ctx, char *const *list, size_t n)
{
	char **ret = n ? talloc_memdup(ctx, list, n * sizeof(*list)) : NULL;

	if (ret)
		qsort(ret, n, sizeof(*ret), by_text);
	return ret;
}

static bool is_among(char *const *sorted, size_t n, const char *text)
{
	return sorted && bsearch(&text, sorted, n, sizeof(*sorted), by_text);
}

/* The first ones are in the messages of waiting callers and in the log already. */
static void report_new(struct config *c, const struct problems *p, const struct problems *old)
{
	size_t nold = old ? old->n : 0, n = 0;
	char **known = old ? sorted_copy(c->run, old->text, nold) : NULL;

	for (size_t i = p->nreported; i < p->n; i++)
		report_add(c->rep, LOG_ERR, !is_among(known, nold, p->text[i]) && n++ < LOGGED_MAX,
			   NULL, "%s", p->text[i]);
	if (n > LOGGED_MAX)
		log_error("and %zu more, see cifsadmin status", n - LOGGED_MAX);
}

static void report_settled(struct config *c, const struct problems *p, const struct problems *old)
{
	char **left = sorted_copy(c->run, p->item, p->n);
	size_t n = 0;

	for (size_t i = 0; old && i < old->n; i++)
		if (!is_among(left, p->n, old->item[i]) && n++ < LOGGED_MAX)
			log_notice("settled: %s", old->text[i]);
}

void problems_replace(struct config *c, struct problems *p)
{
	report_new(c, p, c->problems);
	report_settled(c, p, c->problems);
	talloc_free(c->problems);
	c->problems = talloc_steal(c, p);
}

const char *const *config_problems(const struct config *c)
{
	static const char *const none[] = { NULL };

	return c->problems && c->problems->n ? (const char *const *)c->problems->text : none;
}
