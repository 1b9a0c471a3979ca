// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/seal.c - encrypting and decrypting messages, [MS-SMB2] 3.1.4.3, 3.1.5.1, 2.2.41
 */
#include <linux/bits.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat/unaligned.h"
#include "internal.h"

/*
 * Far below the 64-bit counter's end: concurrent callers may each add one after it is reached.
 * NIST SP 800-38D and 38C require uniqueness, and no more.
 */
#define NONCES_MAX BIT_ULL(62)

struct csrv_seal_key *csrv_seal_key_alloc(u16 cipher, const u8 *key, u8 keylen)
{
	const struct csrv_cipher_info *info = csrv_cipher_info(cipher);
	struct csrv_seal_key *sk;

	if (!info || keylen != info->key_len)
		return ERR_PTR(-EINVAL);
	sk = kzalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return ERR_PTR(-ENOMEM);
	refcount_set(&sk->refs, 1);
	sk->info = info;
	atomic64_set(&sk->nonces, 0);
	csrv_lazy_init(&sk->lazy, info->alg, true);
	csrv_lazy_set_key(&sk->lazy, key, keylen);
	return sk;
}

void csrv_seal_key_put(struct csrv_seal_key *key)
{
	if (!key || !refcount_dec_and_test(&key->refs))
		return;
	csrv_lazy_exit(&key->lazy);
	kfree_sensitive(key);
}

void csrv_seal_key_trim(struct csrv_seal_key *key)
{
	if (key)
		csrv_lazy_trim(&key->lazy);
}

int csrv_seal_nonce(struct csrv_seal_key *key, u8 nonce[CSRV_NONCE_LEN])
{
	u64 n = atomic64_inc_return(&key->nonces);

	memset(nonce, 0, CSRV_NONCE_LEN);
	if (n > NONCES_MAX) {
		atomic64_set(&key->nonces, NONCES_MAX);
		return -EKEYEXPIRED;
	}
	put_unaligned_le64(n, nonce);
	return 0;
}

/* The crypto API's IV: for CCM (RFC 3610) preceded by the size of the length field less one. */
static void make_iv(const struct csrv_cipher_info *info, const u8 *nonce, u8 iv[IV_LEN])
{
	u8 *at = iv;

	memset(iv, 0, IV_LEN);
	if (!strcmp(info->alg, "ccm(aes)"))
		*at++ = 15 - info->nonce_len - 1;
	memcpy(at, nonce, info->nonce_len);
}

static int seal_run(struct csrv_seal_key *key, const struct aead_job *job)
{
	struct crypto_aead *tfm = csrv_lazy_get(&key->lazy);
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = csrv_aead_run(tfm, job);
	csrv_lazy_put(&key->lazy);
	return err;
}

int csrv_seal_copy(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
		   const struct csrv_bytes *src, const struct csrv_bytes *dst,
		   u8 tag[CSRV_SIGNATURE_LEN])
{
	u8 iv[IV_LEN];
	struct aead_job job = {
		.iv = iv, .aad = aad, .aad_len = CSRV_SEAL_AAD_LEN,
		.src = src, .dst = dst, .tag = tag,
	};

	if (src->len != dst->len)
		return -EINVAL;
	make_iv(key->info, aad, iv);
	return seal_run(key, &job);
}

int csrv_seal(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
	      const struct csrv_bytes *data, u8 tag[CSRV_SIGNATURE_LEN])
{
	return csrv_seal_copy(key, aad, data, data, tag);
}

int csrv_unseal(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
		const struct csrv_bytes *data, const u8 tag[CSRV_SIGNATURE_LEN])
{
	u8 iv[IV_LEN], received[AUTH_TAG_LEN];
	struct aead_job job = {
		.iv = iv, .aad = aad, .aad_len = CSRV_SEAL_AAD_LEN,
		.src = data, .dst = data, .tag = received, .decrypt = true,
	};

	memcpy(received, tag, AUTH_TAG_LEN);
	make_iv(key->info, aad, iv);
	return seal_run(key, &job);
}
