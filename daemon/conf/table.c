// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"
#include "conf/table_gen.h"

#define TABLE(scope) const struct conf_table conf_##scope##_table = { \
	#scope, scope##_params, sizeof(scope##_params) / sizeof(scope##_params[0]) }

TABLE(server);
TABLE(share);
TABLE(user);
TABLE(listener);

int conf_table_attr(const struct conf_table *table, const char *attr)
{
	for (size_t i = 0; i < table->n; i++)
		if (!strcmp(table->params[i].attr, attr))
			return i;
	return -1;
}

bool conf_name_is(const char *name, const char *known)
{
	for (;; name++, known++) {
		while (isblank((unsigned char)*name))
			name++;
		while (*known == ' ')
			known++;
		if (*known == '*')
			return true;
		if (tolower((unsigned char)*name) != tolower((unsigned char)*known))
			return false;
		if (!*name)
			return true;
	}
}

static bool name_among(const char *name, const char *const *list)
{
	for (; list && *list; list++)
		if (conf_name_is(name, *list))
			return true;
	return false;
}

int conf_table_name(const struct conf_table *table, const char *name, bool *inverted)
{
	*inverted = false;
	for (size_t i = 0; i < table->n; i++) {
		const struct conf_param *p = &table->params[i];

		if (!p->name)
			continue;
		if (conf_name_is(name, p->name) || name_among(name, p->aliases))
			return i;
		if (name_among(name, p->inverted)) {
			*inverted = true;
			return i;
		}
	}
	return -1;
}

/* Levenshtein's distance without regard to case, or @limit; both at most DISTANCE_MAX long. */
#define DISTANCE_MAX	63

static unsigned int distance(const char *a, const char *b, unsigned int limit)
{
	unsigned int row[DISTANCE_MAX + 1], lb = strlen(b);

	for (unsigned int j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned int i = 0; a[i]; i++) {
		unsigned int diagonal = row[0], least = i + 1;

		row[0] = i + 1;
		for (unsigned int j = 0; j < lb; j++) {
			unsigned int cost = tolower((unsigned char)a[i]) != tolower((unsigned char)b[j]);
			unsigned int best = diagonal + cost;

			diagonal = row[j + 1];
			if (diagonal + 1 < best)
				best = diagonal + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			row[j + 1] = best;
			if (best < least)
				least = best;
		}
		if (least >= limit)
			return limit;	/* it gets no shorter */
	}
	return row[lb];
}

void conf_name_nearer(const char *name, const char *known, struct conf_nearest *best)
{
	size_t a = strlen(name), b = known ? strlen(known) : 0;
	unsigned int d;

	if (!b || a > DISTANCE_MAX || b > DISTANCE_MAX || strchr(known, '*'))
		return;
	if ((a > b ? a - b : b - a) >= best->distance)
		return;		/* that many edits at least */
	d = distance(name, known, best->distance);
	if (d < best->distance) {
		best->distance = d;
		best->name = known;
	}
}

void conf_table_nearest(const struct conf_table *table, const char *name, struct conf_nearest *best)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct conf_param *p = &table->params[i];

		conf_name_nearer(name, p->name, best);
		for (const char *const *a = p->aliases; a && *a; a++)
			conf_name_nearer(name, *a, best);
		for (const char *const *a = p->inverted; a && *a; a++)
			conf_name_nearer(name, *a, best);
	}
}
