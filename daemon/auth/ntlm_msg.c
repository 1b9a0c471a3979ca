// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/ntlm_msg.c - bytes of the NTLM messages, [MS-NLMP] 2.2 */
#include "ntlm_msg.h"

#include <errno.h>
#include "../util/crypto.h"
#include "../util/bytes.h"
#include "../util/utf.h"

#define SIGNATURE		"NTLMSSP"	/* with its NUL */
#define SIGNATURE_LEN		8
#define CHALLENGE_FIXED		56		/* up to and with Version, 2.2.1.2 */
#define CHALLENGE_MAX		4096
#define AUTHENTICATE_FIXED	64		/* up to and with NegotiateFlags, 2.2.1.3 */

enum ntlm_message_type {
	NTLM_NEGOTIATE		= 1,
	NTLM_CHALLENGE		= 2,
	NTLM_AUTHENTICATE	= 3,
};

static void expect_head(struct bytes_in *in, uint32_t type)
{
	const uint8_t *sig = bytes_take(in, SIGNATURE_LEN);

	bytes_expect(in, sig && !memcmp(sig, SIGNATURE, SIGNATURE_LEN));
	bytes_expect(in, bytes_get_u32(in) == type);
}

bool ntlm_decode_negotiate(struct blob msg, uint32_t *flags)
{
	struct bytes_in in = bytes_in(msg);

	expect_head(&in, NTLM_NEGOTIATE);
	*flags = bytes_get_u32(&in);
	bytes_expect(&in, msg.len <= NTLM_MAX_NEGOTIATE);
	return !in.bad;
}

struct av_name {
	uint16_t id;
	struct blob value;
};

static int encode_names(TALLOC_CTX *ctx, const struct ntlm_challenge *args, struct av_name av[4])
{
	const char *const names[] = { args->netbios_domain, args->netbios_name,
				      args->dns_domain, args->dns_name };
	static const uint16_t ids[] = { MsvAvNbDomainName, MsvAvNbComputerName,
					MsvAvDnsDomainName, MsvAvDnsComputerName };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		int r = utf8_to_utf16(ctx, names[i] ? names[i] : "", &av[i].value);

		if (r < 0)
			return r;
		av[i].id = ids[i];
	}
	return 0;
}

static size_t av_total(const struct av_name av[4])
{
	size_t len = 4 + 8 + 4;			/* MsvAvTimestamp, MsvAvEOL */

	for (int i = 0; i < 4; i++)
		len += 4 + av[i].value.len;
	return len;
}

static void put_av(struct bytes_out *out, uint16_t id, size_t len)
{
	bytes_put_u16(out, id);
	bytes_put_u16(out, (uint16_t)len);
}

static void put_field(struct bytes_out *out, size_t len, size_t offset)
{
	bytes_put_u16(out, (uint16_t)len);
	bytes_put_u16(out, (uint16_t)len);
	bytes_put_u32(out, (uint32_t)offset);
}

/*
 * 2.2.1.2: TargetName is in OEM characters for a client without Unicode.  The specification does
 * not name the code page, so only ASCII is sent, and other characters become '?'.
 */
static int oem_name(TALLOC_CTX *ctx, const char *name, struct blob *ret)
{
	size_t len = 0;
	uint8_t *oem = talloc_array(ctx, uint8_t, strlen(name) + 1);

	if (!oem)
		return -ENOMEM;
	for (; *name; name++)
		if (((uint8_t)*name & 0xc0) != 0x80)	/* not within a character of UTF-8 */
			oem[len++] = (uint8_t)*name < 0x80 ? (uint8_t)*name : '?';
	*ret = (struct blob){ oem, len };
	return 0;
}

int ntlm_encode_challenge(TALLOC_CTX *ctx, const struct ntlm_challenge *args, struct blob *ret)
{
	/* 2.2.2.10: Windows 10, NTLMSSP_REVISION_W2K3 */
	static const uint8_t version[8] = { 10, 0, 0, 0, 0, 0, 0, 15 };
	struct av_name av[4];
	struct bytes_out out;
	struct blob target;
	uint8_t *buf;
	int r;

	r = encode_names(ctx, args, av);
	if (r < 0)
		return r;
	target = av[1].value;
	if (args->flags & NTLMSSP_NEGOTIATE_OEM)
		r = oem_name(ctx, args->netbios_name, &target);
	if (r < 0)
		return r;
	if (target.len + av_total(av) > CHALLENGE_MAX - CHALLENGE_FIXED)
		return -EMSGSIZE;
	buf = talloc_array(ctx, uint8_t, CHALLENGE_MAX);
	if (!buf)
		return -ENOMEM;
	out = bytes_out(buf, CHALLENGE_MAX);
	bytes_put(&out, SIGNATURE, SIGNATURE_LEN);
	bytes_put_u32(&out, NTLM_CHALLENGE);
	put_field(&out, target.len, CHALLENGE_FIXED);
	bytes_put_u32(&out, args->flags);
	bytes_put(&out, args->challenge, NTLM_CHALLENGE_LEN);
	bytes_put_zero(&out, 8);
	put_field(&out, av_total(av), CHALLENGE_FIXED + target.len);
	if (args->flags & NTLMSSP_NEGOTIATE_VERSION)
		bytes_put(&out, version, sizeof(version));
	else
		bytes_put_zero(&out, sizeof(version));
	bytes_put(&out, target.data, target.len);
	for (int i = 0; i < 4; i++) {
		put_av(&out, av[i].id, av[i].value.len);
		bytes_put(&out, av[i].value.data, av[i].value.len);
	}
	put_av(&out, MsvAvTimestamp, 8);
	bytes_put_u64(&out, args->timestamp);
	put_av(&out, MsvAvEOL, 0);
	if (out.bad)
		return -EMSGSIZE;
	*ret = (struct blob){ talloc_memdup(ctx, buf, bytes_written(&out)), bytes_written(&out) };
	talloc_free(buf);
	return ret->data ? 0 : -ENOMEM;
}

/* A {Len, MaxLen, BufferOffset} field; *@first becomes the lowest offset in use. */
static struct blob get_field(struct bytes_in *in, size_t *first)
{
	size_t len = bytes_get_u16(in);
	size_t off;

	bytes_get_u16(in);			/* MaxLen: ignored on receipt */
	off = bytes_get_u32(in);
	if (len && off < *first)
		*first = off;
	return bytes_at(in, off, len);
}

/* ASCII, on which all OEM code pages agree; other octets could name another account. */
static char *oem_to_utf8(TALLOC_CTX *ctx, struct blob name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!name.data[i] || name.data[i] >= 0x80)
			return NULL;
	return talloc_strndup(ctx, name.len ? (const char *)name.data : "", name.len);
}

static char *get_name(TALLOC_CTX *ctx, struct bytes_in *in, struct blob name, bool unicode)
{
	char *s = NULL;

	if (!in->bad)
		s = unicode ? utf16_to_utf8(ctx, name) : oem_to_utf8(ctx, name);
	bytes_expect(in, s && strlen(s) <= NTLM_MAX_NAME);
	return s;
}

bool ntlm_decode_authenticate(TALLOC_CTX *ctx, struct blob msg, struct ntlm_authenticate *args)
{
	struct bytes_in in = bytes_in(msg);
	struct blob user, workstation, room;
	size_t first = msg.len;
	bool unicode;

	*args = (struct ntlm_authenticate){};
	expect_head(&in, NTLM_AUTHENTICATE);
	args->lm = get_field(&in, &first);
	args->nt = get_field(&in, &first);
	args->domain16 = get_field(&in, &first);
	user = get_field(&in, &first);
	workstation = get_field(&in, &first);
	args->enc_key = get_field(&in, &first);
	args->flags = bytes_get_u32(&in);
	unicode = args->flags & NTLMSSP_NEGOTIATE_UNICODE;	/* 2.2.2.5: it goes before OEM */
	bytes_expect(&in, unicode || (args->flags & NTLMSSP_NEGOTIATE_OEM));
	bytes_expect(&in, first >= AUTHENTICATE_FIXED);
	args->user = get_name(ctx, &in, user, unicode);
	args->domain = get_name(ctx, &in, args->domain16, unicode);
	args->workstation = get_name(ctx, &in, workstation, unicode);
	if (!in.bad && !unicode)
		bytes_expect(&in, utf8_to_utf16(ctx, args->domain, &args->domain16) >= 0);
	/* Version and MIC are there when the payload leaves room for them. */
	if (!in.bad && first >= NTLM_MIC_OFFSET + NTLM_MIC_LEN) {
		room = bytes_at(&in, NTLM_MIC_OFFSET, NTLM_MIC_LEN);
		args->mic = room.data;
	}
	return !in.bad;
}

/* [MS-NLMP] 2.2.2.1: a list that ends with MsvAvEOL; each round consumes 4 octets or more. */
static bool decode_av_pairs(struct bytes_in *in, struct ntlm_v2_response *args)
{
	while (!in->bad) {
		uint16_t id = bytes_get_u16(in);
		struct blob value = bytes_blob(in, bytes_get_u16(in));

		if (in->bad)
			break;
		if (id == MsvAvEOL)
			return value.len == 0;
		if (id == MsvAvFlags) {
			struct bytes_in sub = bytes_in(value);

			args->av_flags |= bytes_get_u32(&sub);
			bytes_expect(in, value.len == 4);
		} else if (id == MsvAvTargetName && !args->target.data) {
			args->target = value;
		}
	}
	return false;
}

bool ntlm_decode_v2_response(struct blob nt, struct ntlm_v2_response *args)
{
	struct bytes_in in = bytes_in(nt);
	const uint8_t *types;

	*args = (struct ntlm_v2_response){};
	args->proof = bytes_take(&in, CRYPTO_MD_LEN);
	args->temp = (struct blob){ in.pos, bytes_left(&in) };
	types = bytes_take(&in, 2);		/* RespType, HiRespType, 2.2.2.7 */
	bytes_expect(&in, types && types[0] == 1 && types[1] == 1);
	bytes_take(&in, 2 + 4 + 8 + 8 + 4);	/* Reserved1 … Reserved3 */
	return decode_av_pairs(&in, args);
}
