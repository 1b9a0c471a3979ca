/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's synchronous hashes that module/crypt uses, by libgcrypt. */
#ifndef SHIM_CRYPTO_HASH_H
#define SHIM_CRYPTO_HASH_H

#include <assert.h>
#include <errno.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/types.h>

struct crypto_shash {
	int mac;		/* enum gcry_mac_algos; 0: SHA-512 */
	unsigned char key[64];
	size_t key_len;
};

struct shash_desc {
	struct crypto_shash *tfm;
	gcry_mac_hd_t mac;
	gcry_md_hd_t md;
};

#define SHASH_DESC_ON_STACK(desc, hash)						\
	struct shash_desc __##desc = { .tfm = hash }, *desc = &__##desc

static inline bool crypto_has_shash(const char *name, u32 type, u32 mask)
{
	(void)type;
	(void)mask;
	return !strcmp(name, "sha512") || !strcmp(name, "hmac(sha256)") || !strcmp(name, "cmac(aes)");
}

static inline struct crypto_shash *crypto_alloc_shash(const char *name, u32 type, u32 mask)
{
	struct crypto_shash *tfm;

	if (!crypto_has_shash(name, type, mask))
		return ERR_PTR(-ENOENT);
	assert(gcry_check_version(NULL));
	tfm = calloc(1, sizeof(*tfm));
	if (!tfm)
		return ERR_PTR(-ENOMEM);
	if (!strcmp(name, "hmac(sha256)"))
		tfm->mac = GCRY_MAC_HMAC_SHA256;
	else if (!strcmp(name, "cmac(aes)"))
		tfm->mac = GCRY_MAC_CMAC_AES;
	return tfm;
}

static inline void crypto_free_shash(struct crypto_shash *tfm)
{
	free(tfm);
}

static inline int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int len)
{
	if (!tfm->mac || len > sizeof(tfm->key))
		return -EINVAL;
	memcpy(tfm->key, key, len);
	tfm->key_len = len;
	return 0;
}

static inline void shash_desc_zero(struct shash_desc *desc)
{
	gcry_mac_close(desc->mac);
	gcry_md_close(desc->md);
	memset(desc, 0, sizeof(*desc));
}

static inline int crypto_shash_init(struct shash_desc *desc)
{
	const struct crypto_shash *tfm = desc->tfm;

	if (!tfm->mac)
		return gcry_md_open(&desc->md, GCRY_MD_SHA512, 0) ? -ENOMEM : 0;
	if (gcry_mac_open(&desc->mac, tfm->mac, 0, NULL))
		return -ENOMEM;
	return gcry_mac_setkey(desc->mac, tfm->key, tfm->key_len) ? -EINVAL : 0;
}

static inline int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int len)
{
	if (desc->mac)
		return gcry_mac_write(desc->mac, data, len) ? -EINVAL : 0;
	gcry_md_write(desc->md, data, len);
	return 0;
}

static inline int crypto_shash_final(struct shash_desc *desc, u8 *out)
{
	size_t len = 64;

	if (desc->mac)
		return gcry_mac_read(desc->mac, out, &len) ? -EINVAL : 0;
	memcpy(out, gcry_md_read(desc->md, GCRY_MD_SHA512), gcry_md_get_algo_dlen(GCRY_MD_SHA512));
	return 0;
}

#endif
