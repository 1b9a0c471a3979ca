/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's end of an NTLMv2 logon, for tests: [MS-NLMP] 3.1, and just
 * enough DER for SPNEGO.  Written against the specification and not against
 * the server's code, of which it uses the hash functions only.
 */
#ifndef TEST_NTLM_CLIENT_H
#define TEST_NTLM_CLIENT_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/crypto.h"
#include "passdb/file.h"

struct msg {
	uint8_t data[8192];
	size_t len;
};

static inline void msg_add(struct msg *m, const void *data, size_t len)
{
	assert(m->len + len <= sizeof(m->data));
	if (len)
		memcpy(m->data + m->len, data, len);
	m->len += len;
}

static inline void msg_le(struct msg *m, uint64_t v, int octets)
{
	for (int i = 0; i < octets; i++)
		msg_add(m, (uint8_t[]){ (uint8_t)(v >> 8 * i) }, 1);
}

static inline struct blob msg_blob(const struct msg *m)
{
	return (struct blob){ m->data, m->len };
}

static inline uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ASCII only: tests of other letters give the upper case themselves. */
static inline void msg_utf16(struct msg *m, const char *s)
{
	for (; *s; s++)
		msg_le(m, (uint8_t)*s, 2);
}

struct ntlm_client {
	const char *user, *upper_user, *domain, *password;
	uint32_t flags;			/* asked for */
	bool want_mic;			/* announce and send a MIC, needs a time stamp */
	bool break_mic;
	bool take_back;			/* a second MsvAvFlags says that there is no MIC, and there is none */
	const char *target;		/* MsvAvTargetName */
	bool anonymous;
	bool ntlmv1;			/* send a 24 octet response */
	bool utf16_anyway;		/* names in UTF-16, whatever was agreed */
	struct msg negotiate, challenge, authenticate;
	uint8_t exported[16];
	uint32_t agreed;
};

#define CLIENT_FLAGS 0xe2088235u	/* as Windows: 56 128 KEY_EXCH VERSION ESS ALWAYS_SIGN NTLM SEAL SIGN UNICODE */

static inline void client_negotiate(struct ntlm_client *c)
{
	struct msg *m = &c->negotiate;

	m->len = 0;
	msg_add(m, "NTLMSSP", 8);
	msg_le(m, 1, 4);
	msg_le(m, c->flags | 4, 4);
	msg_le(m, 0, 8);		/* DomainNameFields */
	msg_le(m, 0, 8);		/* WorkstationFields */
	msg_le(m, 0x0f00000000000a0aull, 8);
}

static inline void client_hmac(const uint8_t key[16], const struct msg *m, uint8_t out[16])
{
	struct blob b = msg_blob(m);

	assert(!crypto_hmac_md5((struct blob){ key, 16 }, &b, 1, out));
}

/* NTLMv2 response over the challenge's own target information, plus MsvAvFlags. */
static inline void client_response(struct ntlm_client *c, struct msg *nt, uint8_t base_key[16])
{
	const uint8_t *ch = c->challenge.data;
	const uint8_t *info = ch + le32(ch + 44);
	size_t info_len = ch[40] | ch[41] << 8;
	struct msg temp = {}, name = {}, over = {};
	uint8_t hash[16], owf[16], proof[16];

	assert(c->challenge.len >= 56 && le32(ch + 44) + info_len <= c->challenge.len);
	msg_add(&temp, "\1\1\0\0\0\0\0\0", 8);
	msg_add(&temp, "\0\0\0\0\0\0\0\0", 8);
	msg_add(&temp, "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa", 8);
	msg_le(&temp, 0, 4);
	msg_add(&temp, info, info_len - 4);	/* without MsvAvEOL */
	if (c->want_mic) {
		msg_le(&temp, 6, 2);
		msg_le(&temp, 4, 2);
		msg_le(&temp, 2, 4);
	}
	if (c->take_back) {
		msg_le(&temp, 6, 2);
		msg_le(&temp, 4, 2);
		msg_le(&temp, 0, 4);
	}
	if (c->target) {
		msg_le(&temp, 9, 2);
		msg_le(&temp, 2 * strlen(c->target), 2);
		msg_utf16(&temp, c->target);
	}
	msg_le(&temp, 0, 8);
	assert(!passdb_hash_password(c->password, hash));
	msg_utf16(&name, c->upper_user);
	msg_utf16(&name, c->domain);
	client_hmac(hash, &name, owf);
	msg_add(&over, ch + 24, 8);
	msg_add(&over, temp.data, temp.len);
	client_hmac(owf, &over, proof);
	msg_add(nt, proof, 16);
	over.len = 0;
	msg_add(&over, proof, 16);
	client_hmac(owf, &over, base_key);
	msg_add(nt, temp.data, temp.len);
	if (c->ntlmv1)
		nt->len = 24;
}

static inline void client_field(struct msg *m, size_t len, size_t *off)
{
	msg_le(m, len, 2);
	msg_le(m, len, 2);
	msg_le(m, *off, 4);
	*off += len;
}

/* 2.2.2.5: in the character set that was agreed on */
static inline void client_text(const struct ntlm_client *c, struct msg *m, const char *s)
{
	if (c->utf16_anyway || (le32(c->challenge.data + 20) & 1))
		msg_utf16(m, s);
	else
		msg_add(m, s, strlen(s));
}

static inline void client_authenticate(struct ntlm_client *c)
{
	struct msg *m = &c->authenticate, nt = {}, user = {}, domain = {}, lm = {}, key = {};
	uint8_t base_key[16] = {}, mic[16];
	size_t off = 88;

	if (c->anonymous) {
		msg_le(&lm, 0, 1);
	} else {
		client_response(c, &nt, base_key);
		client_text(c, &user, c->user);
		client_text(c, &domain, c->domain);
		for (int i = 0; i < 24; i++)
			msg_le(&lm, 0, 1);
	}
	c->agreed = c->flags & le32(c->challenge.data + 20);
	memcpy(c->exported, base_key, 16);
	if (c->agreed & 0x40000000) {
		memset(c->exported, 0x55, 16);
		assert(!crypto_rc4((struct blob){ base_key, 16 },
				   (struct blob){ c->exported, 16 }, key.data));
		key.len = 16;
	}
	m->len = 0;
	msg_add(m, "NTLMSSP", 8);
	msg_le(m, 3, 4);
	client_field(m, lm.len, &off);
	client_field(m, nt.len, &off);
	client_field(m, domain.len, &off);
	client_field(m, user.len, &off);
	client_field(m, 0, &off);
	client_field(m, key.len, &off);
	msg_le(m, c->agreed | (c->anonymous ? 0x800 : 0), 4);
	msg_le(m, 0x0f00000000000a0aull, 8);
	msg_add(m, (uint8_t[16]){}, 16);
	msg_add(m, lm.data, lm.len);
	msg_add(m, nt.data, nt.len);
	msg_add(m, domain.data, domain.len);
	msg_add(m, user.data, user.len);
	msg_add(m, key.data, key.len);
	if (c->want_mic && !c->take_back) {
		const struct blob all[] = { msg_blob(&c->negotiate), msg_blob(&c->challenge),
					    msg_blob(m) };

		assert(!crypto_hmac_md5((struct blob){ c->exported, 16 }, all, 3, mic));
		memcpy(m->data + 72, mic, 16);
	}
	if (c->break_mic)
		m->data[72] ^= 1;
}

/* The signature of a first message, 3.4.4.2, with 128 bit keys and a key exchange. */
static inline void client_mac(const struct ntlm_client *c, bool server, struct blob data,
			      uint8_t mac[16])
{
	char magic[2][80];
	uint8_t keys[2][16], sum[16];

	for (int i = 0; i < 2; i++) {
		int n = snprintf(magic[i], sizeof(magic[i]),
				 "session key to %s %s key magic constant",
				 server ? "server-to-client" : "client-to-server",
				 i ? "sealing" : "signing");
		const struct blob parts[] = { { c->exported, 16 },
					      { (uint8_t *)magic[i], (size_t)n + 1 } };

		assert(!crypto_md5(parts, 2, keys[i]));
	}
	const struct blob over[] = { { (const uint8_t *)"\0\0\0\0", 4 }, data };

	assert(!crypto_hmac_md5((struct blob){ keys[0], 16 }, over, 2, sum));
	memset(mac, 0, 16);
	mac[0] = 1;
	if (c->agreed & 0x40000000)
		assert(!crypto_rc4((struct blob){ keys[1], 16 }, (struct blob){ sum, 8 }, mac + 4));
	else
		memcpy(mac + 4, sum, 8);
}

/* DER: @tag around what is in @in. */
static inline struct msg der(uint8_t tag, const struct msg *in)
{
	struct msg m = {};

	msg_add(&m, &tag, 1);
	if (in->len < 0x80) {
		msg_le(&m, in->len, 1);
	} else {
		msg_add(&m, (uint8_t[]){ 0x82, (uint8_t)(in->len >> 8), (uint8_t)in->len }, 3);
	}
	msg_add(&m, in->data, in->len);
	return m;
}

static inline struct msg der_raw(uint8_t tag, const void *data, size_t len)
{
	struct msg in = {};

	msg_add(&in, data, len);
	return der(tag, &in);
}

#define OID_NTLM "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define OID_KRB5 "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define OID_SPNEGO "\x06\x06\x2b\x06\x01\x05\x05\x02"

/* MechTypeList: Kerberos first when @krb_first. */
static inline struct msg client_mechs(bool krb_first)
{
	struct msg list = {};

	if (krb_first)
		msg_add(&list, OID_KRB5, 11);
	msg_add(&list, OID_NTLM, 12);
	return der(0x30, &list);
}

static inline struct msg client_init(const struct msg *mechs, const struct msg *token, bool frame)
{
	struct msg seq = {}, part, out;

	part = der(0xa0, mechs);
	msg_add(&seq, part.data, part.len);
	if (token) {
		part = der(0x04, token);
		part = der(0xa2, &part);
		msg_add(&seq, part.data, part.len);
	}
	out = der(0x30, &seq);
	out = der(0xa0, &out);
	if (frame) {
		seq.len = 0;
		msg_add(&seq, OID_SPNEGO, 8);
		msg_add(&seq, out.data, out.len);
		out = der(0x60, &seq);
	}
	return out;
}

static inline struct msg client_resp(const struct msg *token, const uint8_t *mic)
{
	struct msg seq = {}, part;

	part = der_raw(0x0a, "\1", 1);
	part = der(0xa0, &part);
	msg_add(&seq, part.data, part.len);
	if (token) {
		part = der(0x04, token);
		part = der(0xa2, &part);
		msg_add(&seq, part.data, part.len);
	}
	if (mic) {
		part = der_raw(0x04, mic, 16);
		part = der(0xa3, &part);
		msg_add(&seq, part.data, part.len);
	}
	seq = der(0x30, &seq);
	return der(0xa1, &seq);
}

/* What stands under @tag in the SEQUENCE of a NegTokenResp; no data when it is not there. */
static inline struct blob resp_field(struct blob b, uint8_t tag)
{
	const uint8_t *p = b.data, *end = p + b.len;
	int enter = 2;			/* [1], SEQUENCE */

	while (p < end) {
		uint8_t t = *p++;
		size_t len = *p++;

		if (len == 0x81)
			len = *p++;
		else if (len == 0x82)
			len = (size_t)p[0] << 8 | p[1], p += 2;
		assert(len <= (size_t)(end - p));
		if (enter) {
			assert(t == (enter == 2 ? 0xa1 : 0x30));
			enter--;
		} else if (t == tag) {
			/* step into the OCTET STRING or ENUMERATED */
			size_t head = p[1] < 0x80 ? 2 : p[1] == 0x81 ? 3 : 4;

			return (struct blob){ p + head, len - head };
		} else {
			p += len;
		}
	}
	return (struct blob){ NULL, 0 };
}

static inline int resp_state(struct blob b)
{
	struct blob s = resp_field(b, 0xa0);

	return s.len == 1 ? s.data[0] : -1;
}

#endif /* TEST_NTLM_CLIENT_H */
