// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/kdf.c - keys from session keys, [MS-SMB2] 3.1.4.2
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/string.h>

#include <asm/byteorder.h>

#include "internal.h"
#include "labels.h"

#define SHA256_LEN 32

/**
 * struct kdf_in - the input of one derivation, [MS-SMB2] 3.1.4.2
 * @key: the key-derivation key, Ko
 * @key_len: its length in bytes
 * @label: its bytes, with the terminating zero where the specification has one
 * @label_len: their number
 * @ctx: the context
 * @ctx_len: its length
 */
struct kdf_in {
	const u8 *key;
	size_t key_len;
	const u8 *label;
	size_t label_len;
	const u8 *ctx;
	size_t ctx_len;
};

static int kdf_hash(struct crypto_shash *tfm, const struct kdf_in *in, u32 bits, u8 *mac)
{
	SHASH_DESC_ON_STACK(desc, tfm);
	const __be32 counter = cpu_to_be32(1);	/* one block of the PRF is always enough */
	const __be32 len = cpu_to_be32(bits);
	const u8 zero = 0;
	int err;

	desc->tfm = tfm;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, (const u8 *)&counter, sizeof(counter));
	if (!err)
		err = crypto_shash_update(desc, in->label, in->label_len);
	if (!err)
		err = crypto_shash_update(desc, &zero, 1);
	if (!err)
		err = crypto_shash_update(desc, in->ctx, in->ctx_len);
	if (!err)
		err = crypto_shash_update(desc, (const u8 *)&len, sizeof(len));
	if (!err)
		err = crypto_shash_final(desc, mac);
	shash_desc_zero(desc);
	return err;
}

/*
 * SP 800-108 counter mode with HMAC-SHA256, r = 32.  @out_len: 1 to 32 bytes.
 *
 * Return: 0, or a negative errno and @out wiped.
 */
static int kdf(const struct kdf_in *in, u8 *out, size_t out_len)
{
	struct crypto_shash *tfm;
	u8 mac[SHA256_LEN];
	int err;

	if (!out_len || out_len > sizeof(mac))
		return -EINVAL;
	memzero_explicit(out, out_len);
	tfm = csrv_hash_alloc("hmac(sha256)", in->key, in->key_len);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = kdf_hash(tfm, in, out_len * 8, mac);
	if (!err)
		memcpy(out, mac, out_len);
	memzero_explicit(mac, sizeof(mac));
	crypto_free_shash(tfm);
	return err;
}

struct derivation {
	u16 dialect;
	enum csrv_key_use use;
	const u8 *preauth;
};

static int derive(const struct derivation *d, const u8 *key, size_t key_len, u8 *out,
		  size_t out_len)
{
	const struct csrv_key_label *row = csrv_key_label(d->dialect, d->use);
	struct kdf_in in;

	if (!row || (!row->ctx && !d->preauth))
		return -EINVAL;
	in = (struct kdf_in){
		.key = key,
		.key_len = key_len,
		.label = (const u8 *)row->label,
		.label_len = row->label_len,
		.ctx = row->ctx ? (const u8 *)row->ctx : d->preauth,
		.ctx_len = row->ctx ? row->ctx_len : CSRV_PREAUTH_LEN,
	};
	return kdf(&in, out, out_len);
}

/* [MS-SMB2] 3.3.5.5.3: dialects 2.x use the session key for everything. */
static int derive_or_copy(const struct derivation *d, const u8 sk[CSRV_KEY_LEN],
			  u8 out[CSRV_KEY_LEN])
{
	if (d->dialect < 0x0300) {
		memcpy(out, sk, CSRV_KEY_LEN);
		return 0;
	}
	return derive(d, sk, CSRV_KEY_LEN, out, CSRV_KEY_LEN);
}

int csrv_keys_signing(u16 dialect, const u8 sk[CSRV_KEY_LEN], const u8 *preauth,
		      u8 out[CSRV_KEY_LEN])
{
	struct derivation d = { dialect, CSRV_KEY_SIGNING, preauth };

	return derive_or_copy(&d, sk, out);
}

int csrv_keys_application(u16 dialect, const u8 sk[CSRV_KEY_LEN], const u8 *preauth,
			  u8 out[CSRV_KEY_LEN])
{
	struct derivation d = { dialect, CSRV_KEY_APPLICATION, preauth };

	return derive_or_copy(&d, sk, out);
}

int csrv_keys_sealing(u16 dialect, u16 cipher, const struct csrv_full_key *full,
		      const u8 *preauth, struct csrv_seal_keys *out)
{
	struct derivation c2s = { dialect, CSRV_KEY_SEAL_C2S, preauth };
	struct derivation s2c = { dialect, CSRV_KEY_SEAL_S2C, preauth };
	u8 len = csrv_cipher_key_len(cipher);
	size_t ko_len;
	int err;

	if (!len || full->len < CSRV_KEY_LEN || full->len > CSRV_KEY_MAX)
		return -EINVAL;
	/* 3.1.4.2: Ko is FullSessionKey for the 256-bit ciphers, SessionKey for the others */
	ko_len = len == CSRV_KEY_MAX ? full->len : CSRV_KEY_LEN;
	out->len = len;
	err = derive(&c2s, full->key, ko_len, out->c2s, len);
	if (!err)
		err = derive(&s2c, full->key, ko_len, out->s2c, len);
	if (err)
		memzero_explicit(out, sizeof(*out));
	return err;
}
