// SPDX-License-Identifier: GPL-2.0-or-later
/* transport/frame.c - where the bytes of a received message go */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "frame.h"

/* Pages come in runs of this order where memory allows: fewer fragments. */
#define CSRV_MSG_PAGE_ORDER	3
/* A large linear part is made of multiples of so many bytes while it grows. */
#define MSG_STEP		(64u << 10)
/* The fewest entries of an array of page fragments. */
#define BV_LEAST		16u

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
 * csrv_msg_head() - room for more of the linear part
 * @msg: @head_len is set; @head and @head_room are, or zero
 * @have: bytes of it that have arrived
 * @want: bytes for which there has to be room, up to @head_len
 *
 * A message costs what has arrived of it: a large one grows by doubling.
 * Return: 0, or -ENOMEM; csrv_msg_release() frees what there is either way.
 */
int csrv_msg_head(struct csrv_msg *msg, u32 have, u32 want)
{
	u32 room = max(want, 2 * msg->head_room);
	u8 *head;

	if (want <= msg->head_room)
		return 0;
	if (room > MSG_STEP)
		room = round_up(room, MSG_STEP);
	room = min(room, msg->head_len);
	head = kvmalloc(room, GFP_KERNEL);
	if (!head)
		return -ENOMEM;
	memcpy(head, msg->head, have);
	if (msg->head != msg->inl)
		kvfree(msg->head);
	msg->head = head;
	msg->head_room = room;
	return 0;
}

/**
 * csrv_msg_entries() - room for more entries of @msg->bv
 * @msg: the message
 * @n: entries that are going to be added
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_msg_entries(struct csrv_msg *msg, u32 n)
{
	u32 max = max3(msg->nbv + n, 2 * msg->bv_max, BV_LEAST);
	struct bio_vec *v;

	if (msg->nbv + n <= msg->bv_max)
		return 0;
	v = kvmalloc_array(max, sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	if (msg->nbv)
		memcpy(v, msg->bv, msg->nbv * sizeof(*v));
	kvfree(msg->bv);
	msg->bv = v;
	msg->bv_max = max;
	return 0;
}

/**
 * csrv_msg_pages() - pages of our own for more of the rest of a message
 * @msg: all of its pages are full
 * @want: bytes, not 0
 *
 * Return: 0 and @msg->bv has entries for them; -ENOMEM.  csrv_msg_release() frees what
 * there is either way.
 */
int csrv_msg_pages(struct csrv_msg *msg, u32 want)
{
	struct page *page;
	u32 len;

	while (want) {
		if (csrv_msg_entries(msg, 1))
			return -ENOMEM;
		page = page_run(want, &len);
		if (!page)
			return -ENOMEM;
		bvec_set_page(&msg->bv[msg->nbv++], page, len, 0);
		want -= len;
	}
	return 0;
}

/* Free all that a message holds; the message itself is its owner's. */
void csrv_msg_release(struct csrv_msg *msg)
{
	csrv_pages_put(msg->bv, msg->nbv);
	msg->bv = NULL;
	msg->nbv = 0;
	msg->bv_max = 0;
	if (msg->own)
		put_page(msg->own);
	msg->own = NULL;
	if (msg->head && msg->head != msg->inl)
		kvfree(msg->head);
	msg->head = NULL;
}
