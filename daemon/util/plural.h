/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/plural.h - one share, two shares */
#ifndef CIFSSRVD_UTIL_PLURAL_H
#define CIFSSRVD_UTIL_PLURAL_H

#include <stddef.h>

/* Suffix of the noun. */
static inline const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* Suffix of the verb. */
static inline const char *verb(size_t n)
{
	return n == 1 ? "s" : "";
}

#endif /* CIFSSRVD_UTIL_PLURAL_H */
