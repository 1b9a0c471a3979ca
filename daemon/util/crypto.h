/* SPDX-License-Identifier: GPL-2.0-or-later */
/* util/crypto.h - the old algorithms NTLM is made of, on libgcrypt */
#ifndef CIFSSRVD_UTIL_CRYPTO_H
#define CIFSSRVD_UTIL_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>		/* explicit_bzero() for keys */
#include "cleanup.h"

#define CRYPTO_MD_LEN	16	/* MD4, MD5 and HMAC-MD5 */

/* Once per process, before anything below.  0, or -ENOTSUP for a libgcrypt too old. */
int crypto_init(void);

/* RFC 1320.  0 or -EIO (an algorithm switched off: FIPS mode). */
int crypto_md4(struct blob data, uint8_t out[CRYPTO_MD_LEN]);

/* RFC 1321 over @n parts in order. */
int crypto_md5(const struct blob *parts, size_t n, uint8_t out[CRYPTO_MD_LEN]);

/* RFC 2104 over @n parts in order. */
int crypto_hmac_md5(struct blob key, const struct blob *parts, size_t n,
		    uint8_t out[CRYPTO_MD_LEN]);

/* RC4K() of [MS-NLMP] 6: fresh state; @out and @in may be the same. */
int crypto_rc4(struct blob key, struct blob in, uint8_t *out);

/* Unpredictable octets, fit for challenges and keys. */
void crypto_random(void *out, size_t len);

/* Takes the same time whatever the octets are. */
bool crypto_equal(const void *a, const void *b, size_t len);

#endif /* CIFSSRVD_UTIL_CRYPTO_H */
