// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/aead.c - one AEAD operation over a message
 *
 * The request, the IV, the tag and the scatterlists live in one kmalloc'ed block,
 * because the crypto API maps them by address and so they may not be on a (virtually mapped)
 * stack; only long lists have their own. It is allocated per message, as large as needed: a block
 * kept with each key would be memory that silent connections hold.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "internal.h"

/* Bytes of scatterlists in the same block: enough for a 64 KiB message. */
#define LISTS_INLINE	2048

/* A scatterlist under construction. */
struct sg_list {
	struct scatterlist *sg;
	u32 n;
	u32 max;
};

struct aead_op {
	struct sg_list src;
	struct sg_list dst;	/* no entries: @src serves both directions */
	u8 iv[IV_LEN];
	u8 aad[CSRV_SEAL_AAD_LEN];
	u8 tag[AUTH_TAG_LEN];
	struct scatterlist *lists;	/* the entries of both lists */
	size_t secret;		/* bytes of all but the lists */
	struct aead_request req;	/* last: the algorithm's context follows, then the lists */
};

struct crypto_aead *csrv_aead_alloc(const char *alg, const u8 *key, u8 key_len)
{
	struct crypto_aead *tfm = crypto_alloc_aead(alg, 0, 0);
	int err;

	if (IS_ERR(tfm))
		return tfm;
	err = crypto_aead_setkey(tfm, key, key_len);
	if (!err)
		err = crypto_aead_setauthsize(tfm, AUTH_TAG_LEN);
	if (!err && crypto_aead_ivsize(tfm) > IV_LEN)
		err = -EINVAL;
	if (!err)
		return tfm;
	crypto_free_aead(tfm);
	return ERR_PTR(err);
}

/* The most entries that @b needs; memory that is only virtually contiguous needs one a page. */
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

/* Entries for @text, AAD and tag. */
static int sg_entries(const struct aead_job *job, const struct csrv_bytes *text, u32 *n)
{
	if (check_add_overflow(count_segments(job->aad_msg), count_segments(text), n) ||
	    check_add_overflow(*n, 2u, n))
		return -EINVAL;
	return 0;
}

static void sg_begin(struct sg_list *list, struct scatterlist *sg, u32 entries)
{
	list->sg = sg;
	list->n = 0;
	list->max = entries;
	if (entries)
		sg_init_table(sg, entries);
}

/* A block for @job, its lists empty; NULL without memory. */
static struct aead_op *op_alloc(struct crypto_aead *tfm, const struct aead_job *job)
{
	size_t head = ALIGN(sizeof(struct aead_op) + crypto_aead_reqsize(tfm),
			    __alignof__(struct scatterlist)), lists;
	u32 nsrc, ndst = 0;
	struct aead_op *op;

	if (sg_entries(job, job->src, &nsrc) ||
	    (job->dst != job->src && sg_entries(job, job->dst, &ndst)))
		return NULL;
	lists = array_size(size_add(nsrc, ndst), sizeof(struct scatterlist));
	op = kmalloc(lists <= LISTS_INLINE ? head + lists : head, GFP_KERNEL);
	if (!op)
		return NULL;
	op->secret = head;
	op->lists = lists <= LISTS_INLINE ? (void *)op + head : kvmalloc(lists, GFP_KERNEL);
	if (!op->lists) {
		kfree(op);
		return NULL;
	}
	sg_begin(&op->src, op->lists, nsrc);
	sg_begin(&op->dst, op->lists + nsrc, ndst);
	return op;
}

/* The algorithm's context may hold data derived from the key. */
static void op_free(struct aead_op *op)
{
	if ((void *)op->lists != (void *)op + op->secret)
		kvfree(op->lists);
	memzero_explicit(op, op->secret);
	kfree(op);
}

static int sg_add_page(struct sg_list *list, struct page *page, u32 off, u32 len)
{
	if (list->n >= list->max)
		return -EIO;	/* the message changed meanwhile */
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

/* AAD, text and tag of one direction; the crypto API takes them in one list. */
static int sg_build(struct sg_list *list, struct aead_op *op, const struct aead_job *job,
		    const struct csrv_bytes *text)
{
	int err = 0;

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
	return err;
}

/*
 * Asynchronous algorithms are used as well, and waited for.  Those of x86 that use AES-NI are
 * asynchronous in many kernels, though they are done when the call returns; with synchronous ones
 * only, GCM takes ten times as many instructions.
 */
static int op_run(struct crypto_aead *tfm, struct aead_op *op, const struct aead_job *job)
{
	size_t text_len = job->src ? job->src->len : 0;
	size_t aad_len = job->aad_len + (job->aad_msg ? job->aad_msg->len : 0);
	struct scatterlist *dst = op->dst.max ? op->dst.sg : op->src.sg;
	DECLARE_CRYPTO_WAIT(wait);

	if (text_len > INT_MAX - AUTH_TAG_LEN || aad_len > INT_MAX)
		return -EMSGSIZE;
	aead_request_set_tfm(&op->req, tfm);
	aead_request_set_callback(&op->req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				  crypto_req_done, &wait);
	aead_request_set_ad(&op->req, aad_len);
	if (job->decrypt) {
		aead_request_set_crypt(&op->req, op->src.sg, dst, text_len + AUTH_TAG_LEN, op->iv);
		return crypto_wait_req(crypto_aead_decrypt(&op->req), &wait);
	}
	aead_request_set_crypt(&op->req, op->src.sg, dst, text_len, op->iv);
	return crypto_wait_req(crypto_aead_encrypt(&op->req), &wait);
}

static int op_build(struct aead_op *op, const struct aead_job *job)
{
	int err;

	memcpy(op->iv, job->iv, IV_LEN);
	if (job->aad_len)
		memcpy(op->aad, job->aad, job->aad_len);
	if (job->decrypt)
		memcpy(op->tag, job->tag, AUTH_TAG_LEN);
	err = sg_build(&op->src, op, job, job->src);
	if (!err && op->dst.max)
		err = sg_build(&op->dst, op, job, job->dst);
	return err;
}

int csrv_aead_run(struct crypto_aead *tfm, const struct aead_job *job)
{
	struct aead_op *op;
	int err;

	if (csrv_fault(CSRV_FAULT_CRYPT_SEAL))
		return -ENOMEM;
	if (job->aad_len > CSRV_SEAL_AAD_LEN)
		return -EINVAL;
	op = op_alloc(tfm, job);
	if (!op)
		return -ENOMEM;
	err = op_build(op, job);
	if (!err)
		err = op_run(tfm, op, job);
	if (!err && !job->decrypt)
		memcpy(job->tag, op->tag, AUTH_TAG_LEN);
	op_free(op);
	return err;
}
