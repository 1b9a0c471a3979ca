// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crypt/algs.c - the algorithms by their numbers on the wire
 */
#include <linux/err.h>
#include <linux/module.h>

#include "internal.h"

/* [MS-SMB2] 2.2.3.1.2; nonce lengths 2.2.41 */
static const struct csrv_cipher_info ciphers[CSRV_CIPHERS] = {
	[CSRV_CIPHER_AES_128_CCM] = { "ccm(aes)", 16, 11 },
	[CSRV_CIPHER_AES_128_GCM] = { "gcm(aes)", 16, 12 },
	[CSRV_CIPHER_AES_256_CCM] = { "ccm(aes)", 32, 11 },
	[CSRV_CIPHER_AES_256_GCM] = { "gcm(aes)", 32, 12 },
};

const struct csrv_cipher_info *csrv_cipher_info(u16 cipher)
{
	if (cipher >= CSRV_CIPHERS || !ciphers[cipher].alg)
		return NULL;
	return &ciphers[cipher];
}

u8 csrv_cipher_key_len(u16 cipher)
{
	const struct csrv_cipher_info *info = csrv_cipher_info(cipher);

	return info ? info->key_len : 0;
}

/* Allocated and freed: 6.1 has no other way to ask for an AEAD. */
static bool have_aead(const char *alg)
{
	struct crypto_aead *tfm = crypto_alloc_aead(alg, 0, 0);

	if (IS_ERR(tfm))
		return false;
	crypto_free_aead(tfm);
	return true;
}

bool csrv_cipher_supported(u16 cipher)
{
	const struct csrv_cipher_info *info = csrv_cipher_info(cipher);

	return info && have_aead(info->alg);
}

/* [MS-SMB2] 2.2.3.1.7 */
bool csrv_signing_supported(u16 alg)
{
	switch (alg) {
	case CSRV_SIGN_HMAC_SHA256:
		return crypto_has_shash("hmac(sha256)", 0, 0);
	case CSRV_SIGN_AES_CMAC:
		return crypto_has_shash("cmac(aes)", 0, 0);
	case CSRV_SIGN_AES_GMAC:
		return have_aead("gcm(aes)");
	default:
		return false;
	}
}

/*
 * The algorithms are found by name at run time: this tells depmod and initramfs tools.  In one
 * line: kmod reads only the first one of a module.
 */
MODULE_SOFTDEP("pre: crypto-hmac crypto-sha256 crypto-sha512 crypto-aes crypto-ctr crypto-cmac crypto-gcm crypto-ghash crypto-ccm");
