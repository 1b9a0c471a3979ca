/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's AEADs that module/crypt uses, by libgcrypt; the scatterlists are walked as given. */
#ifndef SHIM_CRYPTO_AEAD_H
#define SHIM_CRYPTO_AEAD_H

#include <assert.h>
#include <errno.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#define CRYPTO_TFM_REQ_MAY_SLEEP	1
#define CRYPTO_TFM_REQ_MAY_BACKLOG	2
#define SHIM_TAG_LEN			16

struct crypto_aead {
	int mode;		/* enum gcry_cipher_modes */
	u8 key[32];
	unsigned int key_len;
};

struct aead_request {
	struct crypto_aead *tfm;
	struct scatterlist *src;
	struct scatterlist *dst;
	unsigned int cryptlen;
	unsigned int assoclen;
	u8 *iv;
	struct crypto_wait *wait;
};

/* All is done as late as it may be: when its caller waits for it. */
struct crypto_wait {
	struct aead_request *req;
	int (*run)(struct aead_request *req);
};

#define DECLARE_CRYPTO_WAIT(w)	struct crypto_wait w = {}

static inline void crypto_req_done(void *data, int err)
{
	(void)data;
	(void)err;
}

static inline int crypto_wait_req(int err, struct crypto_wait *wait)
{
	return err == -EINPROGRESS ? wait->run(wait->req) : err;
}

static inline struct crypto_aead *crypto_alloc_aead(const char *name, u32 type, u32 mask)
{
	struct crypto_aead *tfm;
	int mode;

	(void)type;
	assert(!mask);
	if (!strcmp(name, "ccm(aes)"))
		mode = GCRY_CIPHER_MODE_CCM;
	else if (!strcmp(name, "gcm(aes)"))
		mode = GCRY_CIPHER_MODE_GCM;
	else
		return ERR_PTR(-ENOENT);
	assert(gcry_check_version(NULL));
	tfm = calloc(1, sizeof(*tfm));
	if (!tfm)
		return ERR_PTR(-ENOMEM);
	tfm->mode = mode;
	return tfm;
}

static inline void crypto_free_aead(struct crypto_aead *tfm)
{
	free(tfm);
}

static inline int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int len)
{
	if (len != 16 && len != 32)
		return -EINVAL;
	memcpy(tfm->key, key, len);
	tfm->key_len = len;
	return 0;
}

static inline int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int len)
{
	(void)tfm;
	return len == SHIM_TAG_LEN ? 0 : -EINVAL;
}

static inline unsigned int crypto_aead_ivsize(const struct crypto_aead *tfm)
{
	return tfm->mode == GCRY_CIPHER_MODE_CCM ? 16 : 12;
}

static inline unsigned int crypto_aead_reqsize(const struct crypto_aead *tfm)
{
	(void)tfm;
	return 0;
}

static inline void aead_request_set_tfm(struct aead_request *req, struct crypto_aead *tfm)
{
	req->tfm = tfm;
}

static inline void aead_request_set_callback(struct aead_request *req, u32 flags,
					     void (*done)(void *data, int err), void *data)
{
	assert(flags == (CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG));
	assert(done == crypto_req_done && data);
	req->wait = data;
}

static inline void aead_request_set_ad(struct aead_request *req, unsigned int len)
{
	req->assoclen = len;
}

static inline void aead_request_set_crypt(struct aead_request *req, struct scatterlist *src,
					  struct scatterlist *dst, unsigned int len, u8 *iv)
{
	req->src = src;
	req->dst = dst;
	req->cryptlen = len;
	req->iv = iv;
}

/* A handle with key, nonce and the data that is only authenticated; LEN bytes of text follow. */
static inline gcry_cipher_hd_t shim_aead_begin(const struct aead_request *req, size_t len)
{
	const struct crypto_aead *tfm = req->tfm;
	int algo = tfm->key_len == 16 ? GCRY_CIPHER_AES128 : GCRY_CIPHER_AES256;
	u64 ccm[3] = { len, req->assoclen, SHIM_TAG_LEN };
	u8 *aad = malloc(req->assoclen + 1);
	gcry_cipher_hd_t hd;

	assert(aad && !gcry_cipher_open(&hd, algo, tfm->mode, 0));
	assert(!gcry_cipher_setkey(hd, tfm->key, tfm->key_len));
	if (tfm->mode == GCRY_CIPHER_MODE_CCM) {	/* RFC 3610: 15 less the size of the length */
		assert(!gcry_cipher_setiv(hd, req->iv + 1, 14 - req->iv[0]));
		assert(!gcry_cipher_ctl(hd, GCRYCTL_SET_CCM_LENGTHS, ccm, sizeof(ccm)));
	} else {
		assert(!gcry_cipher_setiv(hd, req->iv, 12));
	}
	shim_sg_copy(req->src, 0, aad, req->assoclen, false);
	assert(!req->assoclen || !gcry_cipher_authenticate(hd, aad, req->assoclen));
	free(aad);
	return hd;
}

static inline int shim_aead_encrypt(struct aead_request *req)
{
	size_t len = req->cryptlen;
	gcry_cipher_hd_t hd = shim_aead_begin(req, len);
	u8 *text = malloc(len + SHIM_TAG_LEN);

	assert(text);
	shim_sg_copy(req->src, req->assoclen, text, len, false);
	gcry_cipher_final(hd);
	assert(!len || !gcry_cipher_encrypt(hd, text, len, NULL, 0));
	assert(!gcry_cipher_gettag(hd, text + len, SHIM_TAG_LEN));
	shim_sg_copy(req->dst, req->assoclen, text, len + SHIM_TAG_LEN, true);
	gcry_cipher_close(hd);
	free(text);
	return 0;
}

static inline int shim_aead_decrypt(struct aead_request *req)
{
	size_t len = req->cryptlen - SHIM_TAG_LEN;
	gcry_cipher_hd_t hd = shim_aead_begin(req, len);
	u8 *text = malloc(req->cryptlen);
	int err = 0;

	assert(text && req->cryptlen >= SHIM_TAG_LEN);
	shim_sg_copy(req->src, req->assoclen, text, req->cryptlen, false);
	gcry_cipher_final(hd);
	assert(!len || !gcry_cipher_decrypt(hd, text, len, NULL, 0));
	if (gcry_cipher_checktag(hd, text + len, SHIM_TAG_LEN))
		err = -EBADMSG;
	shim_sg_copy(req->dst, req->assoclen, text, len, true);
	gcry_cipher_close(hd);
	free(text);
	return err;
}

static inline int shim_aead_later(struct aead_request *req, int (*run)(struct aead_request *req))
{
	req->wait->req = req;
	req->wait->run = run;
	return -EINPROGRESS;
}

static inline int crypto_aead_encrypt(struct aead_request *req)
{
	return shim_aead_later(req, shim_aead_encrypt);
}

static inline int crypto_aead_decrypt(struct aead_request *req)
{
	return shim_aead_later(req, shim_aead_decrypt);
}

#endif
