// SPDX-License-Identifier: GPL-2.0-or-later
/* transport/frame.c - where the bytes of a received message go */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "tcp.h"

/* Pages come in runs of this order where memory allows: fewer fragments. */
#define CSRV_MSG_PAGE_ORDER	3

static struct page *page_run(u32 want, u32 *len)
{
	struct page *page;

	if (want > PAGE_SIZE) {
		page = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY,
				   CSRV_MSG_PAGE_ORDER);
		if (page) {
			*len = min_t(u32, want, PAGE_SIZE << CSRV_MSG_PAGE_ORDER);
			return page;
		}
	}
	*len = min_t(u32, want, PAGE_SIZE);
	return alloc_page(GFP_KERNEL);
}

/**
 * csrv_pages_alloc() - pages of our own for @want bytes
 * @want: bytes, not 0
 * @bv: set to an array that holds one reference of each page
 * @nbv: set to its entries
 *
 * Return: 0, or -ENOMEM and nothing is held.  csrv_pages_put() frees both.
 */
int csrv_pages_alloc(u32 want, struct bio_vec **bv, u32 *nbv)
{
	struct bio_vec *v = kvmalloc_array(DIV_ROUND_UP(want, PAGE_SIZE), sizeof(*v), GFP_KERNEL);
	struct page *page;
	u32 len, n = 0;

	if (!v)
		return -ENOMEM;
	while (want) {
		page = page_run(want, &len);
		if (!page) {
			csrv_pages_put(v, n);
			return -ENOMEM;
		}
		v[n].bv_page = page;
		v[n].bv_offset = 0;
		v[n++].bv_len = len;
		want -= len;
	}
	*bv = v;
	*nbv = n;
	return 0;
}

void csrv_pages_put(struct bio_vec *bv, u32 nbv)
{
	u32 i;

	for (i = 0; i < nbv; i++)
		put_page(bv[i].bv_page);
	kvfree(bv);
}

/**
 * csrv_msg_room() - make room for a whole message
 * @msg: its length is known, its first @have bytes are in @msg->inl
 * @head_len: how much of it is to be linear; at least @have
 * @have: bytes received so far
 *
 * Return: 0, or -ENOMEM; csrv_msg_release() frees what there is either way.
 */
int csrv_msg_room(struct csrv_msg *msg, u32 head_len, u32 have)
{
	msg->head = msg->inl;
	msg->head_len = head_len;
	if (head_len > sizeof(msg->inl)) {
		u8 *head = kvmalloc(head_len, GFP_KERNEL);

		if (!head)
			return -ENOMEM;
		memcpy(head, msg->inl, have);
		msg->head = head;
	}
	if (msg->len == head_len)
		return 0;
	if (msg->may_take)
		return csrv_take_begin(msg, msg->len - head_len);
	return csrv_pages_alloc(msg->len - head_len, &msg->bv, &msg->nbv);
}

/* Free all that csrv_msg_room() made; the message itself is its owner's. */
void csrv_msg_release(struct csrv_msg *msg)
{
	csrv_pages_put(msg->bv, msg->nbv);
	msg->bv = NULL;
	msg->nbv = 0;
	if (msg->own)
		put_page(msg->own);
	msg->own = NULL;
	if (msg->head && msg->head != msg->inl)
		kvfree(msg->head);
	msg->head = NULL;
}
