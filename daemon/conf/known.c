// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of Samba's that are not obeyed. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "conf/internal.h"
#include "conf/names_gen.h"
#include "util/cleanup.h"

/* A row with the whole name is preferred to one that ends in a star. */
static const struct conf_known *find(const struct conf_known *rows, size_t n, const char *name)
{
	const struct conf_known *wild = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!conf_name_is(name, rows[i].name))
			continue;
		if (!strchr(rows[i].name, '*'))
			return &rows[i];
		if (!wild)
			wild = &rows[i];
	}
	return wild;
}

const struct conf_known *conf_known_find(const char *name)
{
	return find(known_params, ARRAY_LEN(known_params), name);
}

const struct conf_known *conf_module_find(const char *name)
{
	size_t len = strcspn(name, ":");

	for (size_t i = 0; i < ARRAY_LEN(known_modules); i++)
		if (strlen(known_modules[i].name) == len &&
		    !strncasecmp(known_modules[i].name, name, len))
			return &known_modules[i];
	return NULL;
}

bool conf_known_is_same(const struct conf_known *known, const char *value)
{
	int truth = conf_value_truth(value);

	if (!*value)
		return known->kind != CONF_KNOWN_NONE;
	for (const char *const *s = known->same; s && *s; s++)
		if (conf_value_is(value, *s) || (truth >= 0 && truth == conf_value_truth(*s)))
			return true;
	return false;
}

bool conf_name_is_guarded(const char *name)
{
	for (const char *const *g = guards; *g; g++)
		if (strcasestr(name, *g))
			return true;
	return false;
}

void conf_known_nearest(const char *name, struct conf_nearest *best)
{
	for (size_t i = 0; i < ARRAY_LEN(known_params); i++)
		conf_name_nearer(name, known_params[i].name, best);
}
