// SPDX-License-Identifier: GPL-2.0-or-later
/* config/paths.c - lists of paths */
#include "config/internal.h"

bool config_has_path(char *const *list, const char *path)
{
	for (size_t i = 0; list && list[i]; i++)
		if (!strcmp(list[i], path))
			return true;
	return false;
}

bool config_add_path(TALLOC_CTX *ctx, char ***list, const char *path)
{
	size_t n = 0;
	char **grown;

	while (*list && (*list)[n])
		if (!strcmp((*list)[n++], path))
			return true;
	grown = talloc_realloc(ctx, *list, char *, (unsigned int)n + 2);
	if (!grown)
		return false;
	*list = grown;
	grown[n] = talloc_strdup(grown, path);
	grown[n + 1] = NULL;
	return grown[n];
}
