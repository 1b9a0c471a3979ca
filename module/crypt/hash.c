// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/hash.c - hashes over messages
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/sched.h>

#include "internal.h"

struct crypto_shash *csrv_hash_alloc(const char *alg, const u8 *key, size_t key_len)
{
	struct crypto_shash *tfm = crypto_alloc_shash(alg, 0, 0);
	int err;

	if (IS_ERR(tfm) || !key)
		return tfm;
	err = crypto_shash_setkey(tfm, key, key_len);
	if (err) {
		crypto_free_shash(tfm);
		return ERR_PTR(err);
	}
	return tfm;
}

static int hash_segment(struct shash_desc *desc, const struct csrv_seg *seg)
{
	void *page;
	int err;

	if (seg->addr)
		return crypto_shash_update(desc, seg->addr, seg->len);
	page = kmap_local_page(seg->page);
	err = crypto_shash_update(desc, page + seg->off, seg->len);
	kunmap_local(page);
	return err;
}

int csrv_hash_message(struct crypto_shash *tfm, const u8 *head, size_t head_len,
		      const struct csrv_bytes *msg, u8 *out)
{
	SHASH_DESC_ON_STACK(desc, tfm);
	struct csrv_bytes_pos pos;
	struct csrv_seg seg;
	int err;

	desc->tfm = tfm;
	err = crypto_shash_init(desc);
	if (!err && head_len)
		err = crypto_shash_update(desc, head, head_len);
	if (msg) {
		csrv_bytes_start(&pos, msg);
		while (!err && csrv_bytes_next_page(&pos, &seg)) {
			err = hash_segment(desc, &seg);
			cond_resched();	/* the receiver of the next megabytes waits for the CPU */
		}
	}
	if (!err)
		err = crypto_shash_final(desc, out);
	shash_desc_zero(desc);
	return err;
}
