/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One area at a time, known to all files of the program: is_vmalloc_addr() has to tell it from others. */
#ifndef SHIM_LINUX_VMALLOC_H
#define SHIM_LINUX_VMALLOC_H

#include <assert.h>
#include <stdbool.h>
#include <linux/mm.h>

__attribute__((weak)) struct {
	unsigned char *at;
	size_t len;
} shim_vmalloced;

static inline void *vmalloc(size_t len)
{
	assert(!shim_vmalloced.at);
	shim_vmalloced.len = (len + PAGE_SIZE - 1) & PAGE_MASK;
	return shim_vmalloced.at = aligned_alloc(PAGE_SIZE, shim_vmalloced.len);
}

static inline void vfree(const void *p)
{
	assert(p == shim_vmalloced.at);
	free(shim_vmalloced.at);
	shim_vmalloced.at = NULL;
}

static inline bool is_vmalloc_addr(const void *p)
{
	return (uintptr_t)p - (uintptr_t)shim_vmalloced.at < shim_vmalloced.len;
}

static inline struct page *vmalloc_to_page(const void *p)
{
	assert(is_vmalloc_addr(p));
	return virt_to_page(p);
}

#endif
