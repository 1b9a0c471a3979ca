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

#endif /* CIFSSRVD_UTIL_DIR_H */
