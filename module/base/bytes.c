// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base/bytes.c - walk over the bytes of a message
 */
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "bytes.h"

void csrv_bytes_init(struct csrv_bytes *b, struct kvec *kv, u32 nkv, struct bio_vec *bv, u32 nbv)
{
	u32 i;

	*b = (struct csrv_bytes){ .kv = kv, .nkv = nkv, .bv = bv, .nbv = nbv };
	for (i = 0; i < nkv; i++)
		b->len += kv[i].iov_len;
	for (i = 0; i < nbv; i++)
		b->len += bv[i].bv_len;
}

bool csrv_bytes_view(const struct csrv_bytes *b, size_t off, size_t len, struct csrv_bytes *out)
{
	if (off > b->len || len > b->len - off)
		return false;
	*out = *b;
	out->skip += off;
	out->len = len;
	return true;
}

static size_t entry_len(const struct csrv_bytes *b, u32 index)
{
	return index < b->nkv ? b->kv[index].iov_len : b->bv[index - b->nkv].bv_len;
}

void csrv_bytes_start(struct csrv_bytes_pos *pos, const struct csrv_bytes *b)
{
	size_t skip = b->skip;
	u32 i = 0;

	while (i < b->nkv + b->nbv && skip >= entry_len(b, i))
		skip -= entry_len(b, i++);
	*pos = (struct csrv_bytes_pos){ .bytes = b, .index = i, .off = skip, .left = b->len };
}

static bool next_piece(struct csrv_bytes_pos *pos, struct csrv_seg *seg, bool within_page)
{
	const struct csrv_bytes *b = pos->bytes;
	size_t len;

	if (!pos->left)
		return false;
	while (pos->index < b->nkv + b->nbv && pos->off >= entry_len(b, pos->index)) {
		pos->index++;
		pos->off = 0;
	}
	if (pos->index >= b->nkv + b->nbv)
		return false;	/* @len was wrong; read nothing outside of the message */

	len = min(pos->left, entry_len(b, pos->index) - pos->off);
	if (pos->index < b->nkv) {
		/* seg->len is 32 bits; no message is longer, but the walk must not depend on it */
		len = min_t(size_t, len, SZ_1G);
		*seg = (struct csrv_seg){ .addr = b->kv[pos->index].iov_base + pos->off };
	} else {
		const struct bio_vec *bv = &b->bv[pos->index - b->nkv];
		size_t off = bv->bv_offset + pos->off;

		*seg = (struct csrv_seg){ .page = bv->bv_page + (off >> PAGE_SHIFT),
					  .off = off & ~PAGE_MASK };
		if (within_page)
			len = min_t(size_t, len, PAGE_SIZE - seg->off);
	}
	seg->len = len;
	pos->off += len;
	pos->left -= len;
	return true;
}

bool csrv_bytes_next(struct csrv_bytes_pos *pos, struct csrv_seg *seg)
{
	return next_piece(pos, seg, false);
}

bool csrv_bytes_next_page(struct csrv_bytes_pos *pos, struct csrv_seg *seg)
{
	return next_piece(pos, seg, true);
}

bool csrv_bytes_copy_out(const struct csrv_bytes *b, size_t off, void *buf, size_t len)
{
	struct csrv_bytes_pos pos;
	struct csrv_bytes part;
	struct csrv_seg seg;

	if (!csrv_bytes_view(b, off, len, &part))
		return false;
	csrv_bytes_start(&pos, &part);
	for (; csrv_bytes_next_page(&pos, &seg); buf += seg.len) {
		if (seg.addr)
			memcpy(buf, seg.addr, seg.len);
		else
			memcpy_from_page(buf, seg.page, seg.off, seg.len);
	}
	return true;
}

bool csrv_bytes_copy_in(const struct csrv_bytes *b, size_t off, const void *buf, size_t len)
{
	struct csrv_bytes_pos pos;
	struct csrv_bytes part;
	struct csrv_seg seg;

	if (!csrv_bytes_view(b, off, len, &part))
		return false;
	csrv_bytes_start(&pos, &part);
	for (; csrv_bytes_next_page(&pos, &seg); buf += seg.len) {
		if (seg.addr)
			memcpy(seg.addr, buf, seg.len);
		else
			memcpy_to_page(seg.page, seg.off, buf, seg.len);
	}
	return true;
}
