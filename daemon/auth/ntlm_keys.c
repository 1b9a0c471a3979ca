// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/ntlm_keys.c - key derivation and signatures, [MS-NLMP] 3.3.2 and 3.4 */
#include "ntlmssp.h"

#include <errno.h>
#include "ntlm_msg.h"
#include "../util/utf.h"

int ntlm_owf_v2(const uint8_t nt_hash[16], const char *user, struct blob domain16,
		uint8_t out[16])
{
	struct blob parts[2];
	int r;

	r = utf8_to_utf16_upper(NULL, user, &parts[0]);
	if (r < 0)
		return r;
	parts[1] = domain16;
	r = crypto_hmac_md5((struct blob){ nt_hash, 16 }, parts, 2, out);
	talloc_free((void *)parts[0].data);
	return r;
}

int ntlm_v2_proof(const uint8_t owf[16], const uint8_t challenge[8], struct blob temp,
		  uint8_t proof[16], uint8_t base_key[16])
{
	const struct blob parts[] = { { challenge, 8 }, temp };
	const struct blob key = { owf, 16 };
	int r;

	r = crypto_hmac_md5(key, parts, 2, proof);
	if (r == 0)
		r = crypto_hmac_md5(key, &(struct blob){ proof, 16 }, 1, base_key);
	return r;
}

/* SIGNKEY() and SEALKEY() of 3.4.5.2 and 3.4.5.3: MD5 of a key and a constant with its NUL. */
static int magic_key(const uint8_t *key, size_t len, const char *magic, uint8_t out[16])
{
	const struct blob parts[] = { { key, len }, { (const uint8_t *)magic, strlen(magic) + 1 } };

	return crypto_md5(parts, 2, out);
}

static int sign_key(const uint8_t exported[16], enum ntlm_end who, uint8_t out[16])
{
	return magic_key(exported, 16, who == NTLM_CLIENT ?
			 "session key to client-to-server signing key magic constant" :
			 "session key to server-to-client signing key magic constant", out);
}

static int seal_key(uint32_t flags, const uint8_t exported[16], enum ntlm_end who,
		    uint8_t out[16])
{
	size_t len = 5;				/* 40 bits */

	if (flags & NTLMSSP_NEGOTIATE_128)
		len = 16;
	else if (flags & NTLMSSP_NEGOTIATE_56)
		len = 7;
	return magic_key(exported, len, who == NTLM_CLIENT ?
			 "session key to client-to-server sealing key magic constant" :
			 "session key to server-to-client sealing key magic constant", out);
}

/* 3.4.4.2: { Version 1, checksum (encrypted after a key exchange), SeqNum 0 } */
int ntlm_mac(uint32_t flags, const uint8_t exported[16], enum ntlm_end who, struct blob msg,
	     uint8_t mac[NTLMSSP_SIGNATURE_LEN])
{
	static const uint8_t seq[4];
	const struct blob parts[] = { { seq, sizeof(seq) }, msg };
	uint8_t key[16], sum[16];
	int r;

	memset(mac, 0, NTLMSSP_SIGNATURE_LEN);
	mac[0] = 1;
	r = sign_key(exported, who, key);
	if (r == 0)
		r = crypto_hmac_md5((struct blob){ key, 16 }, parts, 2, sum);
	if (r == 0 && (flags & NTLMSSP_NEGOTIATE_KEY_EXCH)) {
		r = seal_key(flags, exported, who, key);
		if (r == 0)
			r = crypto_rc4((struct blob){ key, 16 }, (struct blob){ sum, 8 }, sum);
	}
	if (r == 0)
		memcpy(mac + 4, sum, 8);
	explicit_bzero(key, sizeof(key));
	return r;
}
