/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_HIGHMEM_H
#define SHIM_LINUX_HIGHMEM_H

#include <string.h>
#include <linux/mm.h>

static inline void *kmap_local_page(struct page *page)
{
	return page;
}

static inline void kunmap_local(const void *addr)
{
	(void)addr;
}

static inline void memcpy_from_page(void *to, struct page *page, size_t off, size_t len)
{
	memcpy(to, page->bytes + off, len);
}

static inline void memcpy_to_page(struct page *page, size_t off, const void *from, size_t len)
{
	memcpy(page->bytes + off, from, len);
}

#endif
