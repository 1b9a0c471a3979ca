/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypt/internal.h - what the files of this room share
 */
#ifndef CIFSSRV_CRYPT_INTERNAL_H
#define CIFSSRV_CRYPT_INTERNAL_H

#include <crypto/aead.h>
#include <crypto/hash.h>

#include "crypt.h"

#define IV_LEN		16	/* largest IV of any AEAD used here */
#define AUTH_TAG_LEN	CSRV_SIGNATURE_LEN

/**
 * struct cipher_info - a row of the cipher table, [MS-SMB2] 2.2.3.1.2
 * @alg: the kernel's name for it
 * @key_len: bytes
 * @nonce_len: bytes of the Nonce field in use, [MS-SMB2] 2.2.41
 */
struct cipher_info {
	const char *alg;
	u8 key_len;
	u8 nonce_len;
};

/* NULL for an unknown cipher, CSRV_CIPHER_NONE included. */
const struct cipher_info *cipher_info(u16 cipher);

/* ---- hash.c: shash over messages ---- */

struct crypto_shash *hash_alloc(const char *alg, const u8 *key, size_t key_len);

/* Digest of @head (@head_len bytes, may be 0) followed by @msg (may be NULL). */
int hash_message(struct crypto_shash *tfm, const u8 *head, size_t head_len,
		 const struct csrv_bytes *msg, u8 *out);

/* ---- aead.c: one AEAD key and its requests ---- */

struct aead_op;

/**
 * struct csrv_aead - an AEAD transform with its key set
 * @tfm: the transform; read-only once the key is set, so any number of callers
 *	may use it at once
 * @spare: a request nobody uses, taken and given back by exchange, so that a
 *	session with one request under way at a time allocates only once
 */
struct csrv_aead {
	struct crypto_aead *tfm;
	struct aead_op *spare;
};

/**
 * struct aead_job - one message to work on
 * @iv: as the algorithm wants it
 * @aad: up to CSRV_SEAL_AAD_LEN bytes to authenticate first, may be NULL
 * @aad_len: their number
 * @aad_msg: further bytes only to authenticate, may be NULL
 * @src: what to encrypt or decrypt, may be NULL
 * @dst: where to, same length; @src itself for in place
 * @tag: written when encrypting, compared when decrypting
 * @decrypt: which of the two
 */
struct aead_job {
	const u8 *iv;
	const u8 *aad;
	size_t aad_len;
	const struct csrv_bytes *aad_msg;
	const struct csrv_bytes *src;
	const struct csrv_bytes *dst;
	u8 *tag;
	bool decrypt;
};

int aead_init(struct csrv_aead *aead, const char *alg, const u8 *key, u8 key_len);
void aead_exit(struct csrv_aead *aead);
int aead_run(struct csrv_aead *aead, const struct aead_job *job);

/* ---- seal.c, for the self test ---- */

/* Make csrv_seal_nonce() believe that it gave out @used nonces. */
void seal_set_used(struct csrv_seal_key *key, u64 used);

#endif /* CIFSSRV_CRYPT_INTERNAL_H */
