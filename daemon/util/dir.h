/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/dir.h - names in a directory */
#ifndef CIFSSRVD_UTIL_DIR_H
#define CIFSSRVD_UTIL_DIR_H

#include <stdbool.h>
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

/* Is @path in a folder that the unit gives the daemon an own one of (PrivateTmp=)? */
static inline bool is_in_tmp(const char *path)
{
	return is_below(path, "/tmp") || is_below(path, "/var/tmp");
}

#endif /* CIFSSRVD_UTIL_DIR_H */
