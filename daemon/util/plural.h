/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/plural.h - one share, two shares */
#ifndef CIFSSRVD_UTIL_PLURAL_H
#define CIFSSRVD_UTIL_PLURAL_H

#include <stddef.h>

/* What stands behind the noun. */
static inline const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* What stands behind the verb. */
static inline const char *verb(size_t n)
{
	return n == 1 ? "s" : "";
}

#endif /* CIFSSRVD_UTIL_PLURAL_H */
