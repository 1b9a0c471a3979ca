// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transport/zerocopy.c - a payload that stays in the pages in which it came
 *
 * The data of a large WRITE over which nothing is computed is read once: when it is
 * copied to the page cache.  Until then the message holds references of the network's
 * pages, and what they hold by the way is bounded: a page, or a compound page, of which
 * less than half belongs to the message is not held, that part is copied to pages of our
 * own.  So a message holds at most twice its length, and a page.
 *
 * A sender on this machine may have spliced pages that others write to.  That can change
 * what is written, as it could before it was sent, and nothing else: headers are copied.
 */
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat/net.h"
#include "tcp.h"

/* Entries for @len bytes: references of half a page at least, a copy behind each, full pages. */
static u32 entries_max(u32 len)
{
	return 2 * (len / (PAGE_SIZE / 2)) + DIV_ROUND_UP(len, PAGE_SIZE) + 2;
}

/* The next bytes of the message are there; a new entry holds a reference of its own. */
static int add_entry(struct csrv_msg *msg, struct page *page, u32 off, u32 len)
{
	struct bio_vec *last = msg->nbv ? &msg->bv[msg->nbv - 1] : NULL;

	if (last && last->bv_page == page && last->bv_offset + last->bv_len == off) {
		last->bv_len += len;
		return 0;
	}
	if (msg->nbv == entries_max(msg->len))
		return -EMSGSIZE;	/* it is wrong */
	if (csrv_msg_entries(msg, 1))
		return -ENOMEM;
	get_page(page);
	msg->bv[msg->nbv++] = (struct bio_vec){
		.bv_page = page, .bv_offset = off, .bv_len = len,
	};
	return 0;
}

/**
 * csrv_msg_own_room() - where to copy the next bytes of a message to
 * @msg: its linear part has arrived
 * @len: bytes wanted, not 0; set to those for which there is room, at least one
 *
 * Return: the place, or NULL without memory.  csrv_msg_own_filled() follows.
 */
void *csrv_msg_own_room(struct csrv_msg *msg, u32 *len)
{
	struct page *page;

	if (!msg->own || msg->own_used == PAGE_SIZE) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return NULL;
		if (msg->own)
			put_page(msg->own);
		msg->own = page;
		msg->own_used = 0;
	}
	*len = min_t(u32, *len, PAGE_SIZE - msg->own_used);
	return page_address(msg->own) + msg->own_used;
}

/* @len bytes are now where csrv_msg_own_room() said.  0 or an errno. */
int csrv_msg_own_filled(struct csrv_msg *msg, u32 len)
{
	int err = add_entry(msg, msg->own, msg->own_used, len);

	if (!err)
		msg->own_used += len;
	return err;
}

/* Copy up to @len bytes at @off of @skb: bytes, or an errno. */
static int copy_some(struct csrv_msg *msg, struct sk_buff *skb, u32 off, u32 len)
{
	void *to = csrv_msg_own_room(msg, &len);
	int err;

	if (!to)
		return -ENOMEM;
	err = skb_copy_bits(skb, off, to, len);
	if (!err)
		err = csrv_msg_own_filled(msg, len);
	return err ? err : (int)len;
}

/* The fragment at @off, behind the linear part, and in @off where in it; NULL: it is in none. */
static const skb_frag_t *frag_at(const struct sk_buff *skb, u32 *off)
{
	u32 i, at = *off - skb_headlen(skb);

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		if (at < skb_frag_size(frag)) {
			*off = at;
			return frag;
		}
		at -= skb_frag_size(frag);
	}
	return NULL;
}

/* What lies in one place, @len bytes at @off of @skb at most: bytes taken, or an errno. */
static int zerocopy_some(struct csrv_msg *msg, struct sk_buff *skb, u32 off, u32 len)
{
	const skb_frag_t *frag;
	u32 in_frag = off;
	struct page *page;
	int err;

	if (off < skb_headlen(skb))
		return copy_some(msg, skb, off, min(len, skb_headlen(skb) - off));
	frag = frag_at(skb, &in_frag);
	if (!frag || !compat_skb_has_pages(skb) || skb_pfmemalloc(skb))
		return copy_some(msg, skb, off, len);
	page = skb_frag_page(frag);
	len = min(len, skb_frag_size(frag) - in_frag);
	if (2 * len < page_size(compound_head(page)))
		return copy_some(msg, skb, off, len);
	err = add_entry(msg, page, skb_frag_off(frag) + in_frag, len);
	return err ? err : (int)len;
}

/**
 * csrv_zerocopy_skb() - the next bytes of a message are in a packet
 * @msg: its linear part has arrived
 * @skb: received; stays the caller's
 * @off: where in it
 * @len: bytes that it has from there on, and the message has left
 *
 * Return: bytes taken, or an errno when it is none.
 */
int csrv_zerocopy_skb(struct csrv_msg *msg, struct sk_buff *skb, u32 off, u32 len)
{
	u32 done = 0;
	int n;

	while (done < len) {
		n = zerocopy_some(msg, skb, off + done, len - done);
		if (n <= 0)
			return done ? (int)done : n;
		done += n;
	}
	return done;
}
