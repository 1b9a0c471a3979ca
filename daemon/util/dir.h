/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/dir.h - names in a directory */
#ifndef CIFSSRVD_UTIL_DIR_H
#define CIFSSRVD_UTIL_DIR_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the name "." or ".."? */
static inline bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Is @path @dir, or in it?  Compares the texts only. */
static inline bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* Compares the texts only. */
static inline bool is_below_tmp(const char *path)
{
	return is_below(path, "/tmp") || is_below(path, "/var/tmp");
}

/*
 * Is @path in a folder of which the unit gives the daemon a private one (PrivateTmp=)?  By its
 * text, and by the target of its links as far as the path exists: of a name in /tmp, the folder
 * does.
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
