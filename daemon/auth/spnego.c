// SPDX-License-Identifier: GPL-2.0-or-later
/* auth/spnego.c - bytes of the SPNEGO tokens, RFC 4178 and [MS-SPNG], on libtasn1 */
#include "spnego.h"

#include <errno.h>
#include <libtasn1.h>

#define TAG_APPLICATION_0	0x60	/* RFC 2743 3.1: the GSS-API frame */
#define TAG_INIT		0xa0
#define TAG_RESP		0xa1

/* spnego_asn_gen.c */
extern const asn1_static_node spnego_asn[];

/* The compiled module and one element of it; both end with their scope. */
struct der {
	asn1_node module;
	asn1_node el;
};

static void der_done(struct der *d)
{
	asn1_delete_structure(&d->el);
	asn1_delete_structure(&d->module);
}

static int der_create(struct der *d, const char *type)
{
	if (asn1_array2tree(spnego_asn, &d->module, NULL) != ASN1_SUCCESS)
		return -ENOMEM;
	return asn1_create_element(d->module, type, &d->el) == ASN1_SUCCESS ? 0 : -ENOMEM;
}

static int der_decode(struct der *d, const char *type, struct blob in)
{
	int r = der_create(d, type), len = (int)in.len;

	if (r < 0)
		return r;
	if (asn1_der_decoding2(&d->el, in.data, &len, ASN1_DECODE_FLAG_STRICT_DER, NULL) !=
	    ASN1_SUCCESS)
		return -EBADMSG;
	return 0;
}

/* The value of a field; -ENOENT when an optional one is absent. */
static int der_read(TALLOC_CTX *ctx, const struct der *d, const char *name, struct blob *ret)
{
	uint8_t *buf;
	int len = 0, r;

	*ret = (struct blob){ NULL, 0 };
	r = asn1_read_value(d->el, name, NULL, &len);
	if (r == ASN1_ELEMENT_NOT_FOUND || r == ASN1_VALUE_NOT_FOUND)
		return -ENOENT;
	if ((r != ASN1_MEM_ERROR && r != ASN1_SUCCESS) || len < 0)
		return -EBADMSG;
	buf = talloc_zero_array(ctx, uint8_t, (unsigned int)len + 1);
	if (!buf)
		return -ENOMEM;
	len++;
	if (asn1_read_value(d->el, name, buf, &len) != ASN1_SUCCESS) {
		talloc_free(buf);
		return -EBADMSG;
	}
	*ret = (struct blob){ buf, (size_t)len };
	return 0;
}

static int der_read_optional(TALLOC_CTX *ctx, const struct der *d, const char *name,
			     struct blob *ret)
{
	int r = der_read(ctx, d, name, ret);

	return r == -ENOENT ? 0 : r;
}

static int der_oid(const struct der *d, const char *name, char oid[128])
{
	int len = 128;

	return asn1_read_value(d->el, name, oid, &len) == ASN1_SUCCESS ? 0 : -EBADMSG;
}

/* Where NTLMSSP stands among the offered mechanisms. */
static int find_ntlmssp(struct blob list, int *at)
{
	_cleanup_(der_done) struct der d = {};
	char oid[128], name[16];
	int n = 0, r;

	*at = -1;
	r = der_decode(&d, "SPNEGO.MechTypeList", list);
	if (r < 0)
		return r;
	if (asn1_number_of_elements(d.el, "", &n) != ASN1_SUCCESS || n < 1 ||
	    n > SPNEGO_MAX_MECHS)
		return -EBADMSG;
	for (int i = 0; i < n && *at < 0; i++) {
		snprintf(name, sizeof(name), "?%d", i + 1);
		r = der_oid(&d, name, oid);
		if (r < 0)
			return r;
		if (!strcmp(oid, SPNEGO_OID_NTLMSSP))
			*at = i;
	}
	return 0;
}

static int read_init(TALLOC_CTX *ctx, const struct der *d, struct spnego_token *tok)
{
	int r;

	tok->kind = SPNEGO_INIT;
	r = der_read(ctx, d, "negTokenInit.mechTypes", &tok->mech_types);
	if (r < 0)
		return r == -ENOENT ? -EBADMSG : r;
	if (tok->mech_types.len > SPNEGO_MAX_MECH_LIST)
		return -EBADMSG;
	r = find_ntlmssp(tok->mech_types, &tok->ntlmssp);
	if (r < 0)
		return r;
	r = der_read_optional(ctx, d, "negTokenInit.mechToken", &tok->token);
	if (r < 0)
		return r;
	return der_read_optional(ctx, d, "negTokenInit.mechListMIC", &tok->mic);
}

static int read_resp(TALLOC_CTX *ctx, const struct der *d, struct spnego_token *tok)
{
	struct blob state;
	int r;

	tok->kind = SPNEGO_RESP;
	r = der_read_optional(ctx, d, "negTokenResp.negState", &state);
	if (r < 0)
		return r;
	if (state.len > 1 || (state.len && state.data[0] > SPNEGO_REQUEST_MIC))
		return -EBADMSG;
	if (state.len)
		tok->state = state.data[0];
	r = der_read_optional(ctx, d, "negTokenResp.responseToken", &tok->token);
	if (r < 0)
		return r;
	return der_read_optional(ctx, d, "negTokenResp.mechListMIC", &tok->mic);
}

static int decode_negotiation(TALLOC_CTX *ctx, struct blob in, struct spnego_token *tok)
{
	_cleanup_(der_done) struct der d = {};
	int r;

	r = der_decode(&d, "SPNEGO.NegotiationToken", in);
	if (r < 0)
		return r;
	return in.data[0] == TAG_INIT ? read_init(ctx, &d, tok) : read_resp(ctx, &d, tok);
}

/* RFC 2743 3.1: [APPLICATION 0] { OID of SPNEGO, the token proper } */
static int decode_framed(TALLOC_CTX *ctx, struct blob in, struct spnego_token *tok)
{
	_cleanup_(der_done) struct der d = {};
	struct blob inner;
	char oid[128];
	int r;

	r = der_decode(&d, "SPNEGO.InitialContextToken", in);
	if (r < 0)
		return r;
	if (der_oid(&d, "thisMech", oid) < 0 || strcmp(oid, SPNEGO_OID))
		return -EBADMSG;
	r = der_read(ctx, &d, "inner", &inner);
	if (r < 0)
		return r == -ENOENT ? -EBADMSG : r;
	if (!inner.len || inner.data[0] != TAG_INIT)
		return -EBADMSG;
	return decode_negotiation(ctx, inner, tok);
}

int spnego_decode(TALLOC_CTX *ctx, struct blob in, struct spnego_token *tok)
{
	*tok = (struct spnego_token){ .ntlmssp = -1, .state = SPNEGO_NO_STATE };
	if (!in.len || in.len > INT32_MAX)
		return -EBADMSG;
	if (in.len >= 8 && !memcmp(in.data, "NTLMSSP", 8)) {
		tok->kind = SPNEGO_RAW;
		tok->token = in;
		return 0;
	}
	if (in.data[0] == TAG_APPLICATION_0)
		return decode_framed(ctx, in, tok);
	if (in.data[0] == TAG_INIT || in.data[0] == TAG_RESP)
		return decode_negotiation(ctx, in, tok);
	return -EBADMSG;
}

/* One field of an element under construction; @value NULL leaves an optional one out. */
struct der_field {
	const char *name;
	const void *value;
	int len;
};

static int der_encode(TALLOC_CTX *ctx, const struct der *d, struct blob *ret)
{
	uint8_t *buf;
	int len = 0;

	if (asn1_der_coding(d->el, "", NULL, &len, NULL) != ASN1_MEM_ERROR || len <= 0)
		return -EIO;
	buf = talloc_array(ctx, uint8_t, (unsigned int)len);
	if (!buf)
		return -ENOMEM;
	if (asn1_der_coding(d->el, "", buf, &len, NULL) != ASN1_SUCCESS) {
		talloc_free(buf);
		return -EIO;
	}
	*ret = (struct blob){ buf, (size_t)len };
	return 0;
}

static int der_build(TALLOC_CTX *ctx, const char *type, const struct der_field *fields, size_t n,
		     struct blob *ret)
{
	_cleanup_(der_done) struct der d = {};
	int r = der_create(&d, type);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (asn1_write_value(d.el, fields[i].name, fields[i].value, fields[i].len) !=
		    ASN1_SUCCESS)
			return -EIO;
	return der_encode(ctx, &d, ret);
}

int spnego_encode_hint(TALLOC_CTX *ctx, struct blob *ret)
{
	/* [MS-SPNG] 2.2.1: hintName is this GeneralString (tag 0x1b), for clients to ignore. */
	static const uint8_t name[] = "\x1b\x24" "not_defined_in_RFC4178@please_ignore";
	const struct der_field token[] = {
		{ "", "negTokenInit2", 1 },
		{ "negTokenInit2.mechTypes", "NEW", 1 },
		{ "negTokenInit2.mechTypes.?LAST", SPNEGO_OID_NTLMSSP, 1 },
		{ "negTokenInit2.negHints.hintName", name, sizeof(name) - 1 },
		{ "negTokenInit2.negHints.hintAddress", NULL, 0 },
	};
	struct blob inner;
	int r;

	r = der_build(ctx, "SPNEGO.NegotiationToken2", token, ARRAY_LEN(token), &inner);
	if (r < 0)
		return r;
	const struct der_field frame[] = {
		{ "thisMech", SPNEGO_OID, 1 },
		{ "inner", inner.data, (int)inner.len },
	};

	return der_build(ctx, "SPNEGO.InitialContextToken", frame, ARRAY_LEN(frame), ret);
}

int spnego_encode_reply(TALLOC_CTX *ctx, const struct spnego_reply *reply, struct blob *ret)
{
	const uint8_t state = (uint8_t)reply->state;
	const struct der_field fields[] = {
		{ "", "negTokenResp", 1 },
		{ "negTokenResp.negState", &state, 1 },
		{ "negTokenResp.supportedMech", reply->name_mech ? SPNEGO_OID_NTLMSSP : NULL,
		  reply->name_mech },
		{ "negTokenResp.responseToken", reply->token.data, (int)reply->token.len },
		{ "negTokenResp.mechListMIC", reply->mic.data, (int)reply->mic.len },
	};

	return der_build(ctx, "SPNEGO.NegotiationToken", fields, ARRAY_LEN(fields), ret);
}
