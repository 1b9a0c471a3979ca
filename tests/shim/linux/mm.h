/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A struct page is the page itself: all arithmetic of pages and addresses comes out as in the kernel. */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <stdint.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define SZ_1G		0x40000000
#define __GFP_COMP	0

#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

struct page {
	unsigned char bytes[PAGE_SIZE];
};

static inline struct page *virt_to_page(const void *addr)
{
	return (struct page *)((uintptr_t)addr & PAGE_MASK);
}

static inline struct page *alloc_pages(int gfp, unsigned int order)
{
	(void)gfp;
	return aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
}

static inline void __free_pages(struct page *page, unsigned int order)
{
	(void)order;
	free(page);
}

#endif
