// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/aead.c - one AEAD operation over a message
 *
 * The request, the IV, the tag and the short scatterlists live in one kmalloc'ed
 * block, because the crypto API maps them by address and so they may not lie on
 * a (virtually mapped) stack.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "internal.h"

#define INLINE_SEGMENTS 20	/* 64 KiB in pages, its header, AAD and tag */

/* A scatterlist under construction. */
struct sg_list {
	struct scatterlist *sg;		/* inl, or kvmalloc'ed */
	u32 n;
	u32 max;
	struct scatterlist inl[INLINE_SEGMENTS];
};

struct aead_op {
	struct sg_list src;
	struct sg_list dst;
	u8 iv[IV_LEN];
	u8 aad[CSRV_SEAL_AAD_LEN];
	u8 tag[AUTH_TAG_LEN];
	struct aead_request req;	/* last: the algorithm's context follows it */
};

int aead_init(struct csrv_aead *aead, const char *alg, const u8 *key, u8 key_len)
{
	struct crypto_aead *tfm = crypto_alloc_aead(alg, 0, CRYPTO_ALG_ASYNC);
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_aead_setkey(tfm, key, key_len);
	if (!err)
		err = crypto_aead_setauthsize(tfm, AUTH_TAG_LEN);
	if (!err && crypto_aead_ivsize(tfm) > IV_LEN)
		err = -EINVAL;
	if (err) {
		crypto_free_aead(tfm);
		return err;
	}
	aead->tfm = tfm;
	aead->spare = NULL;
	return 0;
}

static size_t op_size(struct crypto_aead *tfm)
{
	return sizeof(struct aead_op) + crypto_aead_reqsize(tfm);
}

/* Its context may hold what was derived from the key. */
static void op_free(struct aead_op *op)
{
	kfree_sensitive(op);
}

void aead_exit(struct csrv_aead *aead)
{
	op_free(aead->spare);
	aead->spare = NULL;
	crypto_free_aead(aead->tfm);
	aead->tfm = NULL;
}

static struct aead_op *op_take(struct csrv_aead *aead)
{
	struct aead_op *op = xchg(&aead->spare, NULL);

	return op ? op : kzalloc(op_size(aead->tfm), GFP_KERNEL);
}

static void op_give_back(struct csrv_aead *aead, struct aead_op *op)
{
	if (cmpxchg(&aead->spare, NULL, op))
		op_free(op);
}

/* Entries that @b needs at most; memory that is only virtually contiguous takes one a page. */
static u32 count_segments(const struct csrv_bytes *b)
{
	struct csrv_bytes_pos pos;
	struct csrv_seg seg;
	u32 n = 0;

	if (!b)
		return 0;
	csrv_bytes_start(&pos, b);
	while (csrv_bytes_next(&pos, &seg)) {
		if (seg.addr && is_vmalloc_addr(seg.addr))
			n += DIV_ROUND_UP(offset_in_page(seg.addr) + seg.len, PAGE_SIZE);
		else
			n++;
	}
	return n;
}

static int sg_begin(struct sg_list *list, u32 segments)
{
	list->sg = list->inl;
	list->max = INLINE_SEGMENTS;
	list->n = 0;
	if (segments > INLINE_SEGMENTS) {
		list->sg = kvmalloc_array(segments, sizeof(*list->sg), GFP_KERNEL);
		if (!list->sg)
			return -ENOMEM;
		list->max = segments;
	}
	sg_init_table(list->sg, list->max);
	return 0;
}

static void sg_release(struct sg_list *list)
{
	if (list->sg != list->inl)
		kvfree(list->sg);
	list->sg = NULL;
}

static int sg_add_page(struct sg_list *list, struct page *page, u32 off, u32 len)
{
	if (list->n >= list->max)
		return -EIO;	/* the message changed under us */
	sg_set_page(&list->sg[list->n++], page, len, off);
	return 0;
}

static int sg_add_linear(struct sg_list *list, const u8 *addr, u32 len)
{
	if (list->n >= list->max)
		return -EIO;
	sg_set_buf(&list->sg[list->n++], addr, len);
	return 0;
}

static int sg_add_vmalloc(struct sg_list *list, const u8 *addr, u32 len)
{
	int err = 0;

	while (len && !err) {
		u32 n = min_t(u32, len, PAGE_SIZE - offset_in_page(addr));

		err = sg_add_page(list, vmalloc_to_page(addr), offset_in_page(addr), n);
		addr += n;
		len -= n;
	}
	return err;
}

static int sg_add_message(struct sg_list *list, const struct csrv_bytes *b)
{
	struct csrv_bytes_pos pos;
	struct csrv_seg seg;
	int err = 0;

	if (!b)
		return 0;
	csrv_bytes_start(&pos, b);
	while (!err && csrv_bytes_next(&pos, &seg)) {
		if (!seg.addr)
			err = sg_add_page(list, seg.page, seg.off, seg.len);
		else if (is_vmalloc_addr(seg.addr))
			err = sg_add_vmalloc(list, seg.addr, seg.len);
		else
			err = sg_add_linear(list, seg.addr, seg.len);
	}
	return err;
}

/* AAD, text and tag of one direction; the crypto API wants them in one list. */
static int sg_build(struct sg_list *list, struct aead_op *op, const struct aead_job *job,
		    const struct csrv_bytes *text)
{
	u32 segments;
	int err;

	if (check_add_overflow(count_segments(job->aad_msg), count_segments(text), &segments) ||
	    check_add_overflow(segments, 2u, &segments))
		return -EINVAL;
	err = sg_begin(list, segments);
	if (err)
		return err;
	if (job->aad_len)
		err = sg_add_linear(list, op->aad, job->aad_len);
	if (!err)
		err = sg_add_message(list, job->aad_msg);
	if (!err)
		err = sg_add_message(list, text);
	if (!err)
		err = sg_add_linear(list, op->tag, AUTH_TAG_LEN);
	if (!err)
		sg_mark_end(&list->sg[list->n - 1]);
	else
		sg_release(list);
	return err;
}

static int op_run(struct csrv_aead *aead, struct aead_op *op, const struct aead_job *job)
{
	size_t text_len = job->src ? job->src->len : 0;
	size_t aad_len = job->aad_len + (job->aad_msg ? job->aad_msg->len : 0);
	struct scatterlist *dst = op->dst.sg ? op->dst.sg : op->src.sg;

	if (text_len > INT_MAX - AUTH_TAG_LEN || aad_len > INT_MAX)
		return -EMSGSIZE;
	aead_request_set_tfm(&op->req, aead->tfm);
	aead_request_set_callback(&op->req, CRYPTO_TFM_REQ_MAY_SLEEP, NULL, NULL);
	aead_request_set_ad(&op->req, aad_len);
	if (job->decrypt) {
		aead_request_set_crypt(&op->req, op->src.sg, dst, text_len + AUTH_TAG_LEN, op->iv);
		return crypto_aead_decrypt(&op->req);
	}
	aead_request_set_crypt(&op->req, op->src.sg, dst, text_len, op->iv);
	return crypto_aead_encrypt(&op->req);
}

/* Without an @job->src that differs from its @dst, one list serves both directions. */
static int op_build(struct aead_op *op, const struct aead_job *job)
{
	int err;

	memcpy(op->iv, job->iv, IV_LEN);
	if (job->aad_len)
		memcpy(op->aad, job->aad, job->aad_len);
	if (job->decrypt)
		memcpy(op->tag, job->tag, AUTH_TAG_LEN);
	op->dst.sg = NULL;
	err = sg_build(&op->src, op, job, job->src);
	if (err || job->dst == job->src)
		return err;
	err = sg_build(&op->dst, op, job, job->dst);
	if (err)
		sg_release(&op->src);
	return err;
}

int aead_run(struct csrv_aead *aead, const struct aead_job *job)
{
	struct aead_op *op;
	int err;

	if (csrv_fault(CSRV_FAULT_CRYPT_SEAL))
		return -ENOMEM;
	if (job->aad_len > CSRV_SEAL_AAD_LEN)
		return -EINVAL;
	op = op_take(aead);
	if (!op)
		return -ENOMEM;
	err = op_build(op, job);
	if (!err) {
		err = op_run(aead, op, job);
		if (!err && !job->decrypt)
			memcpy(job->tag, op->tag, AUTH_TAG_LEN);
		sg_release(&op->src);
		if (op->dst.sg)
			sg_release(&op->dst);
	}
	op_give_back(aead, op);
	return err;
}
