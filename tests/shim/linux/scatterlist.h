/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_SCATTERLIST_H
#define SHIM_LINUX_SCATTERLIST_H

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

struct scatterlist {
	struct page *page;
	unsigned int offset;
	unsigned int length;
	bool end;
};

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->end = true;
}

static inline void sg_init_table(struct scatterlist *sg, unsigned int n)
{
	memset(sg, 0, n * sizeof(*sg));
	sg_mark_end(&sg[n - 1]);
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len,
			       unsigned int off)
{
	/* what is contiguous here need not be so in a kernel */
	assert(!is_vmalloc_addr(page) || off + len <= PAGE_SIZE);
	sg->page = page;
	sg->length = len;
	sg->offset = off;
}

static inline void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int len)
{
	assert(!is_vmalloc_addr(buf));
	sg_set_page(sg, virt_to_page(buf), len, offset_in_page(buf));
}

/* LEN bytes from OFF on, between SG and BUF; the list has them, or the program ends. */
static inline void shim_sg_copy(struct scatterlist *sg, size_t off, unsigned char *buf, size_t len,
				bool to_sg)
{
	size_t n;

	for (; len; sg++) {
		assert(sg->page);
		if (off < sg->length) {
			n = sg->length - off < len ? sg->length - off : len;
			if (to_sg)
				memcpy(sg->page->bytes + sg->offset + off, buf, n);
			else
				memcpy(buf, sg->page->bytes + sg->offset + off, n);
			buf += n;
			len -= n;
			off = 0;
		} else {
			off -= sg->length;
		}
		assert(!len || !sg->end);
	}
}

#endif
