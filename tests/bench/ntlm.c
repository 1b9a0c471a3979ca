// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlm.c - client side of NTLMv2 without key exchange, [MS-NLMP] 2.2.1 and 3.3.2, inside SPNEGO
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "proto.h"

/* [MS-NLMP] 2.2.2.5: UNICODE, REQUEST_TARGET, SIGN, NTLM, ALWAYS_SIGN, EXTENDED_SESSIONSECURITY,
 * TARGET_INFO, VERSION, 128, 56
 */
#define FLAGS 0xa2888215U
#define AUTH_FIXED 72U		/* up to and with Version, no MIC */

static void hmac_md5(const uint8_t *key, size_t key_len, const void *a, size_t a_len, const void *b,
		     size_t b_len, uint8_t out[16])
{
	gcry_md_hd_t h;

	if (gcry_md_open(&h, GCRY_MD_MD5, GCRY_MD_FLAG_HMAC) || gcry_md_setkey(h, key, key_len))
		die("libgcrypt has no HMAC-MD5");
	gcry_md_write(h, a, a_len);
	gcry_md_write(h, b, b_len);
	memcpy(out, gcry_md_read(h, 0), 16);
	gcry_md_close(h);
}

size_t utf16(uint8_t *out, const char *ascii)
{
	size_t n;

	for (n = 0; ascii[n]; n++)
		put16(out + 2 * n, (uint8_t)ascii[n]);
	return 2 * n;
}

/* A DER element around @len bytes that are already at @p; returns its whole length. */
static size_t der(uint8_t *p, uint8_t tag, size_t len)
{
	size_t head = len < 128 ? 2 : len < 256 ? 3 : 4;

	memmove(p + head, p, len);
	p[0] = tag;
	if (head == 2) {
		p[1] = len;
	} else if (head == 3) {
		p[1] = 0x81;
		p[2] = len;
	} else {
		p[1] = 0x82;
		p[2] = len >> 8;
		p[3] = len;
	}
	return head + len;
}

/* NegTokenInit with NTLMSSP as the only mechanism, [MS-SPNG] 2.2.1 */
size_t ntlm_negotiate(uint8_t *out)
{
	static const uint8_t mechs[] = { 0xa0, 0x0e, 0x30, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01,
					 0x82, 0x37, 0x02, 0x02, 0x0a };
	static const uint8_t spnego[] = { 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };
	uint8_t msg[40] = "NTLMSSP";
	uint8_t *p = out + sizeof(spnego) + 8 + sizeof(mechs);
	size_t n;

	put32(msg + 8, 1);
	put32(msg + 12, FLAGS);
	memcpy(p, msg, sizeof(msg));
	n = der(p, 0x04, sizeof(msg));
	n = der(p, 0xa2, n);
	p -= sizeof(mechs);
	memcpy(p, mechs, sizeof(mechs));
	n = der(p, 0x30, n + sizeof(mechs));
	n = der(p, 0xa0, n);
	memmove(out + sizeof(spnego), p, n);
	memcpy(out, spnego, sizeof(spnego));
	return der(out, 0x60, n + sizeof(spnego));
}

static void ntowf_v2(const char *user, const char *password, uint8_t out[16])
{
	uint8_t text[512], md4[16];
	char upper[128];
	size_t i;

	if (strlen(user) >= sizeof(upper) || strlen(password) >= sizeof(text) / 2)
		die("user or password too long");
	gcry_md_hash_buffer(GCRY_MD_MD4, md4, text, utf16(text, password));
	for (i = 0; user[i]; i++)
		upper[i] = toupper((unsigned char)user[i]);
	upper[i] = 0;
	hmac_md5(md4, sizeof(md4), text, utf16(text, upper), "", 0, out);	/* empty domain */
}

static void field(uint8_t *msg, size_t at, size_t len, size_t offset)
{
	put16(msg + at, len);
	put16(msg + at + 2, len);
	put32(msg + at + 4, offset);
}

/* The server's CHALLENGE in a SPNEGO token; ends the process if there is none. */
static const uint8_t *find_challenge(const uint8_t *token, size_t len, size_t *left)
{
	const uint8_t *c = memmem(token, len, "NTLMSSP", 8);

	*left = c ? len - (c - token) : 0;
	if (*left < 48 || get32(c + 8) != 2)
		die("session setup: no NTLM challenge from the server");
	return c;
}

size_t ntlm_authenticate(uint8_t *out, const uint8_t *token, size_t len, const char *user,
			 const char *password, uint8_t session_key[16])
{
	uint8_t owf[16], msg[4096] = "NTLMSSP", *nt, *temp;
	size_t left, n, info_len, info_off, temp_len;
	const uint8_t *c = find_challenge(token, len, &left);
	struct timespec now;

	info_len = get16(c + 40);
	info_off = get32(c + 44);
	if (info_off > left || info_len > left - info_off || info_len > 2048)
		die("session setup: bad NTLM challenge");
	ntowf_v2(user, password, owf);
	n = AUTH_FIXED;
	field(msg, 28, 0, n);					/* domain */
	field(msg, 36, utf16(msg + n, user), n);
	n += get16(msg + 36);
	field(msg, 44, 0, n);					/* workstation */
	field(msg, 12, 24, n);					/* LMv2: zero, [MS-NLMP] 3.1.5.1.2 */
	n += 24;
	nt = msg + n;
	temp = nt + 16;
	temp[0] = temp[1] = 1;
	clock_gettime(CLOCK_REALTIME, &now);
	put64(temp + 8, (now.tv_sec + 11644473600ULL) * 10000000 + now.tv_nsec / 100);
	gcry_create_nonce(temp + 16, 8);
	memcpy(temp + 28, c + info_off, info_len);
	temp_len = 28 + info_len + 4;
	hmac_md5(owf, 16, c + 24, 8, temp, temp_len, nt);
	hmac_md5(owf, 16, nt, 16, "", 0, session_key);
	field(msg, 20, 16 + temp_len, n);
	n += 16 + temp_len;
	field(msg, 52, 0, n);					/* no key exchange */
	put32(msg + 8, 3);
	put32(msg + 60, FLAGS);
	memcpy(out, msg, n);
	n = der(out, 0x04, n);
	n = der(out, 0xa2, n);
	n = der(out, 0x30, n);
	return der(out, 0xa1, n);
}
