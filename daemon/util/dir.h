/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/dir.h - names in a directory */
#ifndef CIFSSRVD_UTIL_DIR_H
#define CIFSSRVD_UTIL_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "." or "..", and no name that merely begins so. */
static inline bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Is @path @dir, or in it?  By the words alone. */
static inline bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* By the words alone. */
static inline bool is_below_tmp(const char *path)
{
	return is_below(path, "/tmp") || is_below(path, "/var/tmp");
}

/*
 * Is @path in a folder that the unit gives the daemon an own one of (PrivateTmp=)?  By its words, and
 * by what those lead to, as far as that is there: of a name in /tmp, the folder is.
 */
static inline bool is_in_tmp(const char *path)
{
	char part[PATH_MAX], real[PATH_MAX], *slash;

	if (is_below_tmp(path))
		return true;
	if ((size_t)snprintf(part, sizeof(part), "%s", path) >= sizeof(part))
		return false;
	while (!realpath(part, real)) {
		slash = strrchr(part, '/');
		if (!slash || slash == part)
			return false;
		*slash = 0;
	}
	return is_below_tmp(real);
}

#endif /* CIFSSRVD_UTIL_DIR_H */
