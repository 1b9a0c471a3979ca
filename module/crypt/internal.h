/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypt/internal.h - shared by the files of this room
 */
#ifndef CIFSSRV_CRYPT_INTERNAL_H
#define CIFSSRV_CRYPT_INTERNAL_H

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <linux/atomic.h>
#include <linux/refcount.h>

#include "crypt.h"

#define IV_LEN		16	/* largest IV of any AEAD used here */
#define AUTH_TAG_LEN	CSRV_SIGNATURE_LEN

/**
 * struct csrv_cipher_info - a row of the cipher table, [MS-SMB2] 2.2.3.1.2
 * @alg: the kernel's name for it
 * @key_len: bytes
 * @nonce_len: bytes of the Nonce field in use, [MS-SMB2] 2.2.41
 */
struct csrv_cipher_info {
	const char *alg;
	u8 key_len;
	u8 nonce_len;
};

/* NULL for an unknown cipher, CSRV_CIPHER_NONE included. */
const struct csrv_cipher_info *csrv_cipher_info(u16 cipher);

/* ---- lazy.c: a key, and a transform for it when it is used ---- */

/**
 * struct csrv_lazy - a key whose transform is made when it is used
 * @alg: the kernel's name of the algorithm
 * @aead: an AEAD; else a hash
 * @key_len: bytes of @key
 * @key: the key; the object that embeds this struct wipes it with kfree_sensitive()
 * @users: how many use @tfm now; -1 while it is being taken away
 * @tfm: struct crypto_aead or struct crypto_shash with the key set, or NULL. Read-only
 *	once it is there, so any number of callers may use it at once
 *
 * Transforms are large next to keys (GHASH has a table of 4 KiB) and most sessions are
 * silent most of the time, or never use one of their keys at all.
 */
struct csrv_lazy {
	const char *alg;
	bool aead;
	u8 key_len;
	u8 key[CSRV_KEY_MAX];
	atomic_t users;
	void *tfm;
};

void csrv_lazy_init(struct csrv_lazy *lazy, const char *alg, bool aead);
void csrv_lazy_set_key(struct csrv_lazy *lazy, const u8 *key, u8 key_len);
void csrv_lazy_exit(struct csrv_lazy *lazy);
void *csrv_lazy_get(struct csrv_lazy *lazy);
void csrv_lazy_put(struct csrv_lazy *lazy);
void csrv_lazy_trim(struct csrv_lazy *lazy);

/* ---- hash.c: shash over messages ---- */

struct crypto_shash *csrv_hash_alloc(const char *alg, const u8 *key, size_t key_len);

/* Digest of @head (@head_len bytes, may be 0) followed by @msg (may be NULL). */
int csrv_hash_message(struct crypto_shash *tfm, const u8 *head, size_t head_len,
		      const struct csrv_bytes *msg, u8 *out);

/* ---- aead.c ---- */

/**
 * struct aead_job - one message to encrypt or decrypt
 * @iv: in the algorithm's form
 * @aad: up to CSRV_SEAL_AAD_LEN bytes to authenticate first, may be NULL
 * @aad_len: their number
 * @aad_msg: further bytes only to authenticate, may be NULL
 * @src: the text to encrypt or decrypt, may be NULL
 * @dst: for the result, same length; @src itself for in place
 * @tag: written when encrypting, compared when decrypting
 * @decrypt: decrypt; else encrypt
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

struct crypto_aead *csrv_aead_alloc(const char *alg, const u8 *key, u8 key_len);
int csrv_aead_run(struct crypto_aead *tfm, const struct aead_job *job);

/* ---- seal.c; defined here because the tests move the counter ---- */

/**
 * struct csrv_seal_key - an EncryptionKey or DecryptionKey
 * @refs: the session, and messages in progress
 * @info: its cipher's row
 * @lazy: the key and its transform
 * @nonces: how many csrv_seal_nonce() has given out. One counter for all
 *	channels of the session, as they share the key
 *
 * Immutable but for the counter and the transform; wiped and freed at the last put.
 */
struct csrv_seal_key {
	refcount_t refs;
	const struct csrv_cipher_info *info;
	atomic64_t nonces;
	struct csrv_lazy lazy;
};

#endif /* CIFSSRV_CRYPT_INTERNAL_H */
