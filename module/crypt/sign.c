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
 * struct csrv_sign_key - a SigningKey and what is needed to use it
 * @refs: holders
 * @alg: enum csrv_signing_alg
 * @hash: for HMAC and CMAC, with the key set
 * @gmac: for GMAC, with the key set
 *
 * Made when a session or channel becomes valid; immutable; freed at the last put.
 */
struct csrv_sign_key {
	refcount_t refs;
	u16 alg;
	union {
		struct crypto_shash *hash;
		struct csrv_aead gmac;
	};
};

static int set_hash(struct csrv_sign_key *key, const char *alg, const u8 *bytes)
{
	key->hash = hash_alloc(alg, bytes, CSRV_KEY_LEN);
	return PTR_ERR_OR_ZERO(key->hash);
}

static int set_key(struct csrv_sign_key *key, const u8 *bytes)
{
	switch (key->alg) {
	case CSRV_SIGN_HMAC_SHA256:
		return set_hash(key, "hmac(sha256)", bytes);
	case CSRV_SIGN_AES_CMAC:
		return set_hash(key, "cmac(aes)", bytes);
	case CSRV_SIGN_AES_GMAC:
		return aead_init(&key->gmac, "gcm(aes)", bytes, CSRV_KEY_LEN);
	default:
		return -EINVAL;
	}
}

struct csrv_sign_key *csrv_sign_key_alloc(u16 alg, const u8 key[CSRV_KEY_LEN], gfp_t gfp)
{
	struct csrv_sign_key *sk = kzalloc(sizeof(*sk), gfp);
	int err;

	if (!sk)
		return ERR_PTR(-ENOMEM);
	refcount_set(&sk->refs, 1);
	sk->alg = alg;
	err = set_key(sk, key);
	if (err) {
		kfree_sensitive(sk);
		return ERR_PTR(err);
	}
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
	if (key->alg == CSRV_SIGN_AES_GMAC)
		aead_exit(&key->gmac);
	else
		crypto_free_shash(key->hash);
	kfree_sensitive(key);
}

/*
 * 3.1.4.1: MessageId, then a bit that is set when the server sends, then one
 * that is set for CANCEL, which may repeat the MessageId of another request.
 */
static int sign_gmac(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
		     unsigned int flags, u8 *sig)
{
	u8 iv[IV_LEN] = { };
	struct aead_job job = { .iv = iv, .aad_msg = msg, .tag = sig };

	put_unaligned_le64(message_id, iv);
	put_unaligned_le32((flags & CSRV_SIGN_SERVER ? BIT(0) : 0) |
			   (flags & CSRV_SIGN_CANCEL ? BIT(1) : 0), iv + 8);
	return aead_run(&key->gmac, &job);
}

int csrv_sign(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
	      unsigned int flags, u8 sig[CSRV_SIGNATURE_LEN])
{
	u8 mac[SHA256_LEN];
	int err;

	if (csrv_fault(CSRV_FAULT_CRYPT_SIGN))
		return -ENOMEM;
	if (key->alg == CSRV_SIGN_AES_GMAC)
		return sign_gmac(key, msg, message_id, flags, sig);
	err = hash_message(key->hash, NULL, 0, msg, mac);
	if (!err)
		memcpy(sig, mac, CSRV_SIGNATURE_LEN);
	memzero_explicit(mac, sizeof(mac));
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
