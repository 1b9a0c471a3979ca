// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpc/dcerpc.c - see dcerpc.h
 */
#include "dcerpc.h"

#include <string.h>

/* 8a885d04-1ceb-11c9-9fe8-08002b104860 2.0, [C706] appendix I */
static const struct dcerpc_syntax ndr20 = {
	.uuid = {
		0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
		0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60,
	},
	.major = 2,
};

/* 6cb71c2c-9812-4540-: the bits follow as the last eight bytes, [MS-RPCE] 3.3.1.5.3 */
static const uint8_t btfn_prefix[8] = { 0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45 };

bool dcerpc_uuid_equal(const struct dcerpc_syntax *a, const struct dcerpc_syntax *b)
{
	return !memcmp(a->uuid, b->uuid, sizeof(a->uuid));
}

enum dcerpc_hdr_check dcerpc_hdr_decode(const uint8_t *pdu, struct dcerpc_hdr *hdr)
{
	struct ndr_in in = ndr_in(NULL, pdu, DCERPC_HDR_LEN);
	uint8_t vers = ndr_u8(&in);
	uint8_t drep;

	hdr->minor = ndr_u8(&in);
	hdr->ptype = ndr_u8(&in);
	hdr->flags = ndr_u8(&in);
	drep = ndr_u8(&in);		/* integer order and character set, [C706] 14.1 */
	ndr_take(&in, 3);
	hdr->frag_len = ndr_u16(&in);
	hdr->auth_len = ndr_u16(&in);
	hdr->call_id = ndr_u32(&in);
	if ((drep & 0xf0) != 0x10)
		return DCERPC_HDR_BAD;
	if (hdr->frag_len < DCERPC_HDR_LEN || hdr->frag_len > DCERPC_MAX_FRAG ||
	    hdr->auth_len > hdr->frag_len - DCERPC_HDR_LEN)
		return DCERPC_HDR_BAD;
	return vers == 5 && hdr->minor <= 1 ? DCERPC_HDR_OK : DCERPC_HDR_VERSION;
}

static void syntax_decode(struct ndr_in *in, struct dcerpc_syntax *syn)
{
	const uint8_t *p = ndr_take(in, sizeof(syn->uuid));

	if (p)
		memcpy(syn->uuid, p, sizeof(syn->uuid));
	else
		memset(syn->uuid, 0, sizeof(syn->uuid));
	syn->major = ndr_u16(in);
	syn->minor = ndr_u16(in);
}

bool dcerpc_bind_decode(struct ndr_in *in, struct dcerpc_bind *bind)
{
	bind->max_xmit = ndr_u16(in);
	bind->max_recv = ndr_u16(in);
	bind->assoc_group = ndr_u32(in);
	bind->nctx = ndr_u8(in);
	ndr_take(in, 3);
	return ndr_ok(in);
}

static void note_transfer(struct dcerpc_ctx_item *item, const struct dcerpc_syntax *syn)
{
	if (dcerpc_uuid_equal(syn, &ndr20) && syn->major == ndr20.major &&
	    syn->minor == ndr20.minor)
		item->has_ndr20 = true;
	if (!memcmp(syn->uuid, btfn_prefix, sizeof(btfn_prefix)) && syn->major == 1) {
		item->is_btfn = true;
		item->btfn_bits = (uint16_t)(syn->uuid[8] | syn->uuid[9] << 8);
	}
}

bool dcerpc_bind_next(struct ndr_in *in, struct dcerpc_ctx_item *item)
{
	uint8_t ntransfer;

	*item = (struct dcerpc_ctx_item){};
	ndr_align(in, 4);
	item->id = ndr_u16(in);
	ntransfer = ndr_u8(in);
	ndr_take(in, 1);
	syntax_decode(in, &item->abstract);
	ndr_expect(in, ntransfer > 0);
	for (unsigned int i = 0; i < ntransfer && ndr_ok(in); i++) {
		struct dcerpc_syntax syn;

		syntax_decode(in, &syn);
		note_transfer(item, &syn);
	}
	return ndr_ok(in);
}

bool dcerpc_request_decode(struct ndr_in *in, uint8_t flags, struct dcerpc_request *req)
{
	req->alloc_hint = ndr_u32(in);
	req->ctx_id = ndr_u16(in);
	req->opnum = ndr_u16(in);
	/* no interface here exports objects: the UUID is ignored */
	if (flags & PFC_OBJECT_UUID)
		ndr_take(in, 16);
	return ndr_ok(in);
}

static void put_hdr(struct ndr_out *out, uint8_t ptype, uint8_t flags, uint32_t call_id)
{
	static const uint8_t drep[4] = { 0x10 };	/* little-endian, ASCII, IEEE */

	ndr_put_u8(out, 5);
	ndr_put_u8(out, 0);
	ndr_put_u8(out, ptype);
	ndr_put_u8(out, flags);
	ndr_put_bytes(out, drep, sizeof(drep));
	ndr_put_u16(out, 0);		/* frag_length: put_done() */
	ndr_put_u16(out, 0);		/* auth_length: nothing is ever signed here */
	ndr_put_u32(out, call_id);
}

static void put_done(struct ndr_out *out)
{
	if (out->bad || out->len > UINT16_MAX) {
		out->bad = true;
		return;
	}
	out->data[8] = (uint8_t)out->len;
	out->data[9] = (uint8_t)(out->len >> 8);
}

static void put_syntax(struct ndr_out *out, const struct dcerpc_syntax *syn)
{
	ndr_put_bytes(out, syn->uuid, sizeof(syn->uuid));
	ndr_put_u16(out, syn->major);
	ndr_put_u16(out, syn->minor);
}

void dcerpc_bind_ack_encode(struct ndr_out *out, const struct dcerpc_hdr *hdr,
			    const struct dcerpc_bind_ack *ack)
{
	static const struct dcerpc_syntax none;
	size_t addr_len = strlen(ack->sec_addr);

	addr_len += addr_len ? 1 : 0;	/* counted with its NUL, or left out */
	put_hdr(out, hdr->ptype == DCERPC_BIND ? DCERPC_BIND_ACK : DCERPC_ALTER_CONTEXT_RESP,
		PFC_FIRST_FRAG | PFC_LAST_FRAG, hdr->call_id);
	ndr_put_u16(out, ack->max_xmit);
	ndr_put_u16(out, ack->max_recv);
	ndr_put_u32(out, ack->assoc_group);
	ndr_put_u16(out, (uint16_t)addr_len);
	ndr_put_bytes(out, ack->sec_addr, addr_len);
	ndr_put_align(out, 4);
	ndr_put_u8(out, ack->nanswers);
	ndr_put_align(out, 4);
	for (unsigned int i = 0; i < ack->nanswers; i++) {
		const struct dcerpc_ctx_answer *a = &ack->answers[i];

		ndr_put_u16(out, a->result);
		ndr_put_u16(out, a->reason);
		put_syntax(out, a->result == DCERPC_CTX_ACCEPT ? &ndr20 : &none);
	}
	put_done(out);
}

void dcerpc_bind_nak_encode(struct ndr_out *out, uint32_t call_id, uint16_t reason)
{
	put_hdr(out, DCERPC_BIND_NAK, PFC_FIRST_FRAG | PFC_LAST_FRAG, call_id);
	ndr_put_u16(out, reason);
	ndr_put_u8(out, 1);		/* the versions spoken: 5.0 */
	ndr_put_u8(out, 5);
	ndr_put_u8(out, 0);
	ndr_put_align(out, 4);
	put_done(out);
}

void dcerpc_fault_encode(struct ndr_out *out, const struct dcerpc_hdr *hdr, uint16_t ctx_id,
			 uint32_t status)
{
	put_hdr(out, DCERPC_FAULT, PFC_FIRST_FRAG | PFC_LAST_FRAG | PFC_DID_NOT_EXECUTE,
		hdr->call_id);
	ndr_put_u32(out, 0);		/* alloc_hint */
	ndr_put_u16(out, ctx_id);
	ndr_put_u16(out, 0);		/* cancel_count, reserved */
	ndr_put_u32(out, status);
	ndr_put_u32(out, 0);		/* reserved2 */
	put_done(out);
}

void dcerpc_response_encode(struct ndr_out *out, const struct dcerpc_response *resp)
{
	put_hdr(out, DCERPC_RESPONSE, resp->flags, resp->call_id);
	ndr_put_u32(out, (uint32_t)(resp->len + resp->more));
	ndr_put_u16(out, resp->ctx_id);
	ndr_put_u16(out, 0);		/* cancel_count, reserved */
	ndr_put_bytes(out, resp->stub, resp->len);
	put_done(out);
}
