// SPDX-License-Identifier: GPL-2.0-or-later
/* util/crypto.c - the old algorithms NTLM is made of, on libgcrypt */
#include "crypto.h"

#include <errno.h>
#include <gcrypt.h>

int crypto_init(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return 0;
	if (!gcry_check_version("1.9.0"))
		return -ENOTSUP;
	/* No secret lives longer than a logon, and each is wiped: no locked pool is needed. */
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return 0;
}

static int digest(int algo, const struct blob *parts, size_t n, uint8_t out[CRYPTO_MD_LEN])
{
	gcry_md_hd_t md;

	if (gcry_md_open(&md, algo, 0))
		return -EIO;
	for (size_t i = 0; i < n; i++)
		gcry_md_write(md, parts[i].data, parts[i].len);
	memcpy(out, gcry_md_read(md, algo), CRYPTO_MD_LEN);
	gcry_md_close(md);
	return 0;
}

int crypto_md4(struct blob data, uint8_t out[CRYPTO_MD_LEN])
{
	return digest(GCRY_MD_MD4, &data, 1, out);
}

int crypto_md5(const struct blob *parts, size_t n, uint8_t out[CRYPTO_MD_LEN])
{
	return digest(GCRY_MD_MD5, parts, n, out);
}

int crypto_hmac_md5(struct blob key, const struct blob *parts, size_t n,
		    uint8_t out[CRYPTO_MD_LEN])
{
	size_t len = CRYPTO_MD_LEN;
	gcry_mac_hd_t mac;
	int bad;

	if (gcry_mac_open(&mac, GCRY_MAC_HMAC_MD5, 0, NULL))
		return -EIO;
	bad = !!gcry_mac_setkey(mac, key.data, key.len);
	for (size_t i = 0; i < n && !bad; i++)
		if (parts[i].len)
			bad = !!gcry_mac_write(mac, parts[i].data, parts[i].len);
	if (!bad)
		bad = !!gcry_mac_read(mac, out, &len);
	gcry_mac_close(mac);
	return bad ? -EIO : 0;
}

int crypto_rc4(struct blob key, struct blob in, uint8_t *out)
{
	gcry_cipher_hd_t rc4;
	int bad;

	if (gcry_cipher_open(&rc4, GCRY_CIPHER_ARCFOUR, GCRY_CIPHER_MODE_STREAM, 0))
		return -EIO;
	bad = !!gcry_cipher_setkey(rc4, key.data, key.len);
	if (!bad)
		bad = !!gcry_cipher_encrypt(rc4, out, in.len, in.data, in.len);
	gcry_cipher_close(rc4);
	return bad ? -EIO : 0;
}

void crypto_random(void *out, size_t len)
{
	gcry_randomize(out, len, GCRY_STRONG_RANDOM);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *p = a, *q = b;
	uint8_t diff = 0;

	for (size_t i = 0; i < len; i++)
		diff |= p[i] ^ q[i];
	return !diff;
}
