/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypt/crypt.h - key derivation, signing, sealing, preauthentication integrity
 *
 * Algorithms go by the numbers of [MS-SMB2] 2.2.3.1.2 (ciphers) and 2.2.3.1.7
 * (signing). Asynchronous operations are waited for: when a function returns the work is
 * done and nothing refers to its arguments any more. All functions may sleep.
 *
 * Keys are immutable, refcounted, shared by all channels and requests that use
 * them, and wiped when the last reference is put. They are never logged. The transform of a key
 * is allocated at its first use, which may therefore fail for want of memory, and may be freed
 * while the key is not used (the _trim functions).
 */
#ifndef CIFSSRV_CRYPT_CRYPT_H
#define CIFSSRV_CRYPT_CRYPT_H

#include <linux/types.h>

#include "../base/bytes.h"

#define CSRV_KEY_LEN		16	/* session, signing and AES-128 keys */
#define CSRV_KEY_MAX		32	/* AES-256 keys */
#define CSRV_SIGNATURE_LEN	16
#define CSRV_PREAUTH_LEN	64	/* SHA-512 */
#define CSRV_NONCE_LEN		16	/* the Nonce field; CCM uses 11 bytes of it, GCM 12 */
#define CSRV_SEAL_AAD_LEN	32	/* [MS-SMB2] 2.2.41 from Nonce to SessionId */

/* [MS-SMB2] 2.2.3.1.7 SigningAlgorithms */
enum csrv_signing_alg {
	CSRV_SIGN_HMAC_SHA256	= 0,	/* also all of dialect 2.x */
	CSRV_SIGN_AES_CMAC	= 1,	/* also all of 3.0.x */
	CSRV_SIGN_AES_GMAC	= 2,
	CSRV_SIGN_ALGS
};

/* [MS-SMB2] 2.2.3.1.2 Ciphers */
enum csrv_cipher {
	CSRV_CIPHER_NONE		= 0,
	CSRV_CIPHER_AES_128_CCM		= 1,	/* also all of 3.0.x */
	CSRV_CIPHER_AES_128_GCM		= 2,
	CSRV_CIPHER_AES_256_CCM		= 3,
	CSRV_CIPHER_AES_256_GCM		= 4,
	CSRV_CIPHERS
};

/*
 * What this kernel can do. May load modules and is not free: ask
 * once (at start, or when a listener comes up) and remember.
 */
bool csrv_signing_supported(u16 alg);
bool csrv_cipher_supported(u16 cipher);

/* Bytes of key that @cipher takes: 16 or 32; 0 for an unknown cipher. */
u8 csrv_cipher_key_len(u16 cipher);

/* ---- key derivation (kdf.c) ---- */

/**
 * csrv_keys_signing - Session.SigningKey or Channel.SigningKey
 * @dialect: DialectRevision, 0x0202 to 0x0311
 * @sk: the session key (of the session, or of the channel's own logon)
 * @preauth: PreauthIntegrityHashValue, looked at for 3.1.1 only, else may be NULL
 * @out: the signing key; for 2.x the session key itself
 *
 * Return: 0 or a negative errno. [MS-SMB2] 3.3.5.5.3
 */
int csrv_keys_signing(u16 dialect, const u8 sk[CSRV_KEY_LEN], const u8 *preauth,
		      u8 out[CSRV_KEY_LEN]);

/* Session.ApplicationKey: what the RPC layer gets. Same arguments. */
int csrv_keys_application(u16 dialect, const u8 sk[CSRV_KEY_LEN], const u8 *preauth,
			  u8 out[CSRV_KEY_LEN]);

/**
 * struct csrv_seal_keys - the two keys of a session, from the server's side
 * @c2s: DecryptionKey
 * @s2c: EncryptionKey
 * @len: bytes of each in use
 *
 * On the stack of the caller; wipe with memzero_explicit().
 */
struct csrv_seal_keys {
	u8 c2s[CSRV_KEY_MAX];
	u8 s2c[CSRV_KEY_MAX];
	u8 len;
};

/**
 * struct csrv_full_key - Session.FullSessionKey
 * @key: all bytes the mechanism made; the first 16 are Session.SessionKey
 * @len: 16 or 32
 */
struct csrv_full_key {
	u8 key[CSRV_KEY_MAX];
	u8 len;
};

/**
 * csrv_keys_sealing - Session.EncryptionKey and Session.DecryptionKey
 * @dialect: 0x0300, 0x0302 or 0x0311
 * @cipher: Connection.CipherId
 * @full: the 256-bit ciphers derive from all of it, the others from its first 16 bytes
 * @preauth: as above
 * @out: the keys
 *
 * Return: 0; -EINVAL for a dialect without encryption or an unknown cipher.
 */
int csrv_keys_sealing(u16 dialect, u16 cipher, const struct csrv_full_key *full,
		      const u8 *preauth, struct csrv_seal_keys *out);

/* ---- signing (sign.c) ---- */

struct csrv_sign_key;

enum csrv_sign_flags {
	CSRV_SIGN_SERVER	= 1 << 0,	/* the message is sent by the server */
	CSRV_SIGN_CANCEL	= 1 << 1,	/* it is an SMB2 CANCEL request */
};

/* Returns the key with one reference, or ERR_PTR; @key may be wiped afterwards. */
struct csrv_sign_key *csrv_sign_key_alloc(u16 alg, const u8 key[CSRV_KEY_LEN], gfp_t gfp);
struct csrv_sign_key *csrv_sign_key_get(struct csrv_sign_key *key);
void csrv_sign_key_put(struct csrv_sign_key *key);	/* NULL is fine */
void csrv_sign_key_trim(struct csrv_sign_key *key);	/* likewise; it stays usable */

/* Is the MessageId its nonce (AES-GMAC), so that it must not sign two messages with the same? */
bool csrv_sign_key_has_nonce(const struct csrv_sign_key *key);

/**
 * csrv_sign - the Signature of a message, [MS-SMB2] 3.1.4.1
 * @key: the signing key
 * @msg: from the SMB2 header to the end of the message (or of this member of a
 *	compound, padding included), with the Signature field zeroed by the caller
 * @message_id: MessageId of its header (the GMAC nonce)
 * @flags: enum csrv_sign_flags (the GMAC nonce)
 * @sig: filled with the signature
 *
 * Return: 0 or a negative errno. Any number of callers may use one key at once.
 */
int csrv_sign(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
	      unsigned int flags, u8 sig[CSRV_SIGNATURE_LEN]);

/* Return: 0; -EBADMSG if @sig is not the message's; or another errno. Constant time. */
int csrv_sign_check(struct csrv_sign_key *key, const struct csrv_bytes *msg, u64 message_id,
		    unsigned int flags, const u8 sig[CSRV_SIGNATURE_LEN]);

/* ---- sealing (seal.c) ---- */

struct csrv_seal_key;

/* Returns the key with one reference, or ERR_PTR; -EINVAL if @keylen is not the cipher's. */
struct csrv_seal_key *csrv_seal_key_alloc(u16 cipher, const u8 *key, u8 keylen);
void csrv_seal_key_put(struct csrv_seal_key *key);	/* NULL is fine */
void csrv_seal_key_trim(struct csrv_seal_key *key);	/* likewise; it stays usable */

/**
 * csrv_seal_nonce - the next nonce of a key
 * @key: the session's EncryptionKey
 * @nonce: filled with the Nonce field; bytes that the cipher does not use are zero
 *
 * To send: get a nonce, encode the transform header with it, csrv_seal() with the header's bytes
 * from Nonce on, put the tag into its Signature field.
 *
 * Return: 0, or -EKEYEXPIRED when all nonces of the key have been used:
 * the session must end.
 */
int csrv_seal_nonce(struct csrv_seal_key *key, u8 nonce[CSRV_NONCE_LEN]);

/**
 * csrv_seal - encrypt a message in place
 * @key: the session's EncryptionKey
 * @aad: the transform header from Nonce to its end; the nonce is taken from it,
 *	and must come from csrv_seal_nonce() and be used once
 * @data: the message
 * @tag: filled with the header's Signature
 *
 * Return: 0, or a negative errno and @data is undefined.
 */
int csrv_seal(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
	      const struct csrv_bytes *data, u8 tag[CSRV_SIGNATURE_LEN]);

/* As csrv_seal(), but from @src to @dst, which have the same length and do not overlap. */
int csrv_seal_copy(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
		   const struct csrv_bytes *src, const struct csrv_bytes *dst,
		   u8 tag[CSRV_SIGNATURE_LEN]);

/**
 * csrv_unseal - verify and decrypt a message in place
 * @key: the session's DecryptionKey
 * @aad: the received transform header from Nonce to its end
 * @data: what follows the header: exactly OriginalMessageSize bytes
 * @tag: the header's Signature
 *
 * Return: 0; -EBADMSG if it was not made with this key, and @data is undefined
 * and must not be used; or another errno.
 */
int csrv_unseal(struct csrv_seal_key *key, const u8 aad[CSRV_SEAL_AAD_LEN],
		const struct csrv_bytes *data, const u8 tag[CSRV_SIGNATURE_LEN]);

/* ---- preauthentication integrity (preauth.c) ---- */

/**
 * csrv_preauth_update - hash = SHA-512(hash || msg), [MS-SMB2] 3.3.5.4, 3.3.5.5
 * @hash: Connection. or Session.PreauthIntegrityHashValue; zeroes to begin with
 * @msg: a NEGOTIATE or SESSION_SETUP message from the SMB2 header to its end, as
 *	it was on the wire
 *
 * Return: 0, or a negative errno and @hash unchanged.
 */
int csrv_preauth_update(u8 hash[CSRV_PREAUTH_LEN], const struct csrv_bytes *msg);

#endif /* CIFSSRV_CRYPT_CRYPT_H */
