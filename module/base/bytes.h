/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/bytes.h - the bytes of one message, wherever they are in memory
 *
 * A message is headers in linear memory (kvecs) followed by payload in pages
 * (bio_vecs).  A struct csrv_bytes only describes: it owns neither the arrays
 * nor the memory; the code that fills it in keeps both alive while it is used.
 * Linear memory may come from kmalloc or vmalloc, but not from the stack.
 */
#ifndef CIFSSRV_BASE_BYTES_H
#define CIFSSRV_BASE_BYTES_H

#include <linux/bvec.h>
#include <linux/types.h>
#include <linux/uio.h>

/**
 * struct csrv_bytes - a message in memory: kvecs first, then page fragments
 * @kv: linear parts, may be NULL if @nkv is 0
 * @nkv: entries in @kv
 * @bv: page fragments, may be NULL if @nbv is 0; a fragment may span the pages
 *	of one folio
 * @nbv: entries in @bv
 * @skip: bytes at the front of the arrays that are not part of this view
 * @len: bytes in this view; @skip + @len never exceeds what the arrays hold
 */
struct csrv_bytes {
	struct kvec *kv;
	u32 nkv;
	struct bio_vec *bv;
	u32 nbv;
	size_t skip;
	size_t len;
};

/**
 * struct csrv_seg - one contiguous piece of a message
 * @addr: its address, or NULL when it lies in @page
 * @page: the page it lies in when @addr is NULL
 * @off: offset from the start of @page
 * @len: bytes, never 0
 */
struct csrv_seg {
	u8 *addr;
	struct page *page;
	u32 off;
	u32 len;
};

/* The position of a walk over a message; begins with csrv_bytes_start(). */
struct csrv_bytes_pos {
	const struct csrv_bytes *bytes;
	u32 index;		/* into kv, then nkv + index into bv */
	size_t off;		/* within that entry */
	size_t left;
};

/* All of @kv and @bv; either count may be 0. */
void csrv_bytes_init(struct csrv_bytes *b, struct kvec *kv, u32 nkv, struct bio_vec *bv, u32 nbv);

/* One linear buffer; @kv is the caller's, and lives as long as @b. */
static inline void csrv_bytes_linear(struct csrv_bytes *b, struct kvec *kv, void *buf, size_t len)
{
	kv->iov_base = buf;
	kv->iov_len = len;
	csrv_bytes_init(b, kv, 1, NULL, 0);
}

/**
 * csrv_bytes_view - a part of a message, sharing its memory
 * @b: the message
 * @off: bytes to leave out at the front
 * @len: bytes to keep
 * @out: the part; may be @b itself
 *
 * Return: false, and @out untouched, if @b has not so many bytes.
 */
bool csrv_bytes_view(const struct csrv_bytes *b, size_t off, size_t len, struct csrv_bytes *out);

/* Skip the first @n bytes; false, and nothing changed, if there are fewer. */
static inline bool csrv_bytes_advance(struct csrv_bytes *b, size_t n)
{
	return n <= b->len && csrv_bytes_view(b, n, b->len - n, b);
}

void csrv_bytes_start(struct csrv_bytes_pos *pos, const struct csrv_bytes *b);

/**
 * csrv_bytes_next - the next contiguous piece of a message
 * @pos: the position of the walk
 * @seg: set to the piece; one in pages may span the pages of a folio, for users
 *	such as scatterlists that do not map it
 *
 * Return: false at the end.
 */
bool csrv_bytes_next(struct csrv_bytes_pos *pos, struct csrv_seg *seg);

/* The same, but a piece in pages ends with its page: kmap_local_page() reaches all of it. */
bool csrv_bytes_next_page(struct csrv_bytes_pos *pos, struct csrv_seg *seg);

/**
 * csrv_bytes_copy_out - copy a range of a message to linear memory
 * @b: the message
 * @off: first byte of the range
 * @buf: filled with @len bytes
 * @len: bytes to copy
 *
 * Return: false, and @buf untouched, if the range is not within the message.
 */
bool csrv_bytes_copy_out(const struct csrv_bytes *b, size_t off, void *buf, size_t len);

/* The reverse: overwrite a range of the message; same rules. */
bool csrv_bytes_copy_in(const struct csrv_bytes *b, size_t off, const void *buf, size_t len);

#endif /* CIFSSRV_BASE_BYTES_H */
