/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/grow.h - arrays that grow by one element at a time */
#ifndef CIFSSRVD_UTIL_GROW_H
#define CIFSSRVD_UTIL_GROW_H

#include <talloc.h>

/**
 * array_grow() - room for one element more
 * @ctx: owner of the array
 * @array: talloc array of @n elements of @type, NULL if @n is 0; it has grown by this only
 *
 * There is room for a power of two, so that n elements are copied n times and not n * n.
 * Return: the array, which may have moved, or NULL without memory: @array is as it was.
 */
#define array_grow(ctx, array, type, n) \
	((n) & ((n) - 1) ? (array) : talloc_realloc(ctx, array, type, (unsigned int)((n) ? 2 * (n) : 1)))

#endif /* CIFSSRVD_UTIL_GROW_H */
