// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/sign.c - signing and verifying messages, [MS-SMB2] 3.1.4.1, 3.1.5.1
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/algapi.h>

#include "../base/fault.h"
#include "../compat/unaligned.h"
#include "internal.h"

#define SHA256_LEN 32

/**
 * struct csrv_sign_key - a SigningKey and its transform
 * @refs: holders
 * @alg: enum csrv_signing_alg
 * @lazy: HMAC or CMAC as a hash, GMAC as an AEAD
 *
 * Made when a session or channel becomes valid; immutable but for its transform;
 * wiped and freed at the last put.
 */
struct csrv_sign_key {
	refcount_t refs;
	u16 alg;
	struct csrv_lazy lazy;
};

static const char *const alg_names[CSRV_SIGN_ALGS] = {
	[CSRV_SIGN_HMAC_SHA256]	= "hmac(sha256)",
	[CSRV_SIGN_AES_CMAC]	= "cmac(aes)",
	[CSRV_SIGN_AES_GMAC]	= "gcm(aes)",
};

struct csrv_sign_key *csrv_sign_key_alloc(u16 alg, const u8 key[CSRV_KEY_LEN], gfp_t gfp)
{
	struct csrv_sign_key *sk;

	if (alg >= CSRV_SIGN_ALGS)
		return ERR_PTR(-EINVAL);
	sk = kzalloc(sizeof(*sk), gfp);
	if (!sk)
		return ERR_PTR(-ENOMEM);
	refcount_set(&sk->refs, 1);
	sk->alg = alg;
	csrv_lazy_init(&sk->lazy, alg_names[alg], alg == CSRV_SIGN_AES_GMAC);
	csrv_lazy_set_key(&sk->lazy, key, CSRV_KEY_LEN);
	return sk;
}

struct csrv_sign_key *csrv_sign_key_get(struct csrv_sign_key *key)
{
	refcount_inc(&key->refs);
	return key;
}

void csrv_sign_key_put(struct csrv_sign_key *key)
{
	if (!key || !refcount_dec_and_test(&key->refs))
		return;
	csrv_lazy_exit(&key->lazy);
	kfree_sensitive(key);
}

void csrv_sign_key_trim(struct csrv_sign_key *key)
{
	if (key)
		csrv_lazy_trim(&key->lazy);
}

bool csrv_sign_key_has_nonce(const struct csrv_sign_key *key)
{
	return key->alg == CSRV_SIGN_AES_GMAC;
}

/*
 * 3.1.4.1: MessageId, then a bit that is set when the server sends, then one
 * that is set for CANCEL, which may repeat the MessageId of another request.
 */
static int sign_gmac(struct crypto_aead *tfm, const struct csrv_bytes *msg, u64 message_id,
		     unsigned int flags, u8 *sig)
{
	u8 iv[IV_LEN] = { };
	struct aead_job job = { .iv = iv, .aad_msg = msg, .tag = sig };

	put_unaligned_le64(message_id, iv);
	put_unaligned_le32((flags & CSRV_SIGN_SERVER ? BIT(0) : 0) |
			   (flags & CSRV_SIGN_CANCEL ? BIT(1) : 0), iv + 8);
	return csrv_aead_run(tfm, &job);
}

static int sign_hash(struct crypto_shash *tfm, const struct csrv_bytes *msg, u8 *sig)
{
	u8 mac[SHA256_LEN];
	int err = csrv_hash_message(tfm, NULL, 0, msg, mac);

	if (!err)
		memcpy(sig, mac, CSRV_SIGNATURE_LEN);
	memzero_explicit(mac, sizeof(mac));
	return err;
}

int csrv_sign(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
	      unsigned int flags, u8 sig[CSRV_SIGNATURE_LEN])
{
	void *tfm;
	int err;

	if (csrv_fault(CSRV_FAULT_CRYPT_SIGN))
		return -ENOMEM;
	tfm = csrv_lazy_get(&key->lazy);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	if (key->alg == CSRV_SIGN_AES_GMAC)
		err = sign_gmac(tfm, msg, message_id, flags, sig);
	else
		err = sign_hash(tfm, msg, sig);
	csrv_lazy_put(&key->lazy);
	return err;
}

int csrv_sign_check(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
		    unsigned int flags, const u8 sig[CSRV_SIGNATURE_LEN])
{
	u8 want[CSRV_SIGNATURE_LEN];
	int err = csrv_sign(key, msg, message_id, flags, want);

	if (!err && crypto_memneq(want, sig, sizeof(want)))
		err = -EBADMSG;
	memzero_explicit(want, sizeof(want));
	return err;
}
