/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_SLAB_H
#define SHIM_LINUX_SLAB_H

#include <stdlib.h>
#include <malloc.h>
#include <string.h>

#define GFP_KERNEL 0

typedef int gfp_t;

static inline void *kmalloc(size_t size, int gfp)
{
	(void)gfp;
	return malloc(size);
}

static inline void *kvcalloc(size_t n, size_t size, int gfp)
{
	(void)gfp;
	return calloc(n, size);
}

static inline void *kvmalloc(size_t size, int gfp)
{
	(void)gfp;
	return malloc(size);
}

static inline void kvfree(void *p)
{
	free(p);
}

static inline void *kmalloc_array(size_t n, size_t size, int gfp)
{
	(void)gfp;
	return reallocarray(NULL, n, size);
}

static inline void *kzalloc(size_t size, int gfp)
{
	(void)gfp;
	return calloc(1, size);
}

static inline void kfree(void *p)
{
	free(p);
}

static inline void kfree_sensitive(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

#endif
