/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/dcerpc.h - connection-oriented DCE/RPC PDUs: bytes to structs and back
 *
 * Decoding and encoding only; pipe.c acts on the PDUs. [C706] 12.6, [MS-RPCE] 2.2.2.
 */
#ifndef CIFSSRVD_RPC_DCERPC_H
#define CIFSSRVD_RPC_DCERPC_H

#include "ndr.h"

/* Header of every PDU, [C706] 12.6.3.1. */
#define DCERPC_HDR_LEN		16
/* Largest fragment sent or taken, [MS-RPCE] 3.3.1.5.2; the customary default. */
#define DCERPC_MAX_FRAG		5840
/* Least size that all implementations take, [C706] 12.6.3 (MustRecvFragSize). */
#define DCERPC_MIN_FRAG		1432
/* Fixed part of request and response before the stub, [C706] 12.6.4.9, 12.6.4.10. */
#define DCERPC_REQ_LEN		24

enum dcerpc_ptype {
	DCERPC_REQUEST		= 0,
	DCERPC_RESPONSE		= 2,
	DCERPC_FAULT		= 3,
	DCERPC_BIND		= 11,
	DCERPC_BIND_ACK		= 12,
	DCERPC_BIND_NAK		= 13,
	DCERPC_ALTER_CONTEXT	= 14,
	DCERPC_ALTER_CONTEXT_RESP = 15,
	DCERPC_AUTH3		= 16,
	DCERPC_SHUTDOWN		= 17,
	DCERPC_CO_CANCEL	= 18,
	DCERPC_ORPHANED		= 19,
};

enum dcerpc_pfc {
	PFC_FIRST_FRAG		= 0x01,
	PFC_LAST_FRAG		= 0x02,
	PFC_DID_NOT_EXECUTE	= 0x20,
	PFC_OBJECT_UUID		= 0x80,
};

/* Fault statuses, [C706] appendix N and the Win32 codes of [MS-ERREF] 2.2. */
enum dcerpc_fault {
	DCERPC_FAULT_NONE		= 0,
	DCERPC_FAULT_ACCESS_DENIED	= 0x00000005,
	DCERPC_FAULT_NDR		= 0x000006f7,	/* RPC_X_BAD_STUB_DATA */
	DCERPC_FAULT_OP_RNG		= 0x1c010002,	/* nca_s_op_rng_error */
	DCERPC_FAULT_UNK_IF		= 0x1c010003,	/* nca_s_unk_if */
	DCERPC_FAULT_PROTO		= 0x1c01000b,	/* nca_s_proto_error */
	DCERPC_FAULT_NO_MEMORY		= 0x1c00001b,	/* nca_s_fault_remote_no_memory */
};

/* Results and reasons of presentation contexts, [C706] 12.6.3.1, [MS-RPCE] 2.2.2.4. */
enum dcerpc_ctx_result {
	DCERPC_CTX_ACCEPT		= 0,
	DCERPC_CTX_PROVIDER_REJECT	= 2,
	DCERPC_CTX_NEGOTIATE_ACK	= 3,
};

enum dcerpc_ctx_reason {
	DCERPC_REASON_NONE		= 0,
	DCERPC_REASON_ABSTRACT		= 1,	/* abstract syntax not supported */
	DCERPC_REASON_TRANSFER		= 2,	/* proposed transfer syntaxes not supported */
	DCERPC_REASON_LOCAL_LIMIT	= 3,
};

/* bind_nak, [C706] 12.6.4.5, [MS-RPCE] 2.2.2.5. */
enum dcerpc_nak {
	DCERPC_NAK_UNSPECIFIED		= 0,
	DCERPC_NAK_VERSION		= 4,
	DCERPC_NAK_AUTH_TYPE		= 8,
};

struct dcerpc_syntax {
	uint8_t uuid[16];		/* as on the wire, little-endian */
	uint16_t major;
	uint16_t minor;
};

/**
 * struct dcerpc_hdr - common header, [C706] 12.6.3.1
 * @minor: rpc_vers_minor (rpc_vers is always 5, the decoder sees to that)
 * @ptype: enum dcerpc_ptype, not checked
 * @flags: enum dcerpc_pfc
 * @frag_len: whole PDU, header included
 * @auth_len: length of the authentication token at its end
 * @call_id: repeated in the answer
 */
struct dcerpc_hdr {
	uint8_t minor;
	uint8_t ptype;
	uint8_t flags;
	uint16_t frag_len;
	uint16_t auth_len;
	uint32_t call_id;
};

enum dcerpc_hdr_check {
	DCERPC_HDR_OK,
	DCERPC_HDR_VERSION,	/* not 5.0 or 5.1: the length fields may still be trusted */
	DCERPC_HDR_BAD,		/* not DCE/RPC, foreign byte order, or an impossible length */
};

/* Reads the first %DCERPC_HDR_LEN bytes of a PDU. */
enum dcerpc_hdr_check dcerpc_hdr_decode(const uint8_t *pdu, struct dcerpc_hdr *hdr);

/* One element of a bind's context list, read by dcerpc_bind_next(). */
struct dcerpc_ctx_item {
	uint16_t id;
	struct dcerpc_syntax abstract;
	bool has_ndr20;			/* NDR 2.0 is among the transfer syntaxes */
	bool is_btfn;			/* the pseudo syntax of [MS-RPCE] 3.3.1.5.3 is */
	uint16_t btfn_bits;		/* the features it asks for */
};

/**
 * struct dcerpc_bind - bind and alter_context, [C706] 12.6.4.1, 12.6.4.3
 * @max_xmit: largest fragment the client sends
 * @max_recv: largest fragment the client takes
 * @assoc_group: 0 or a group made by an earlier connection
 * @nctx: elements that dcerpc_bind_next() will read
 */
struct dcerpc_bind {
	uint16_t max_xmit;
	uint16_t max_recv;
	uint32_t assoc_group;
	uint8_t nctx;
};

/* @in stands after the header; afterwards at the first element. */
bool dcerpc_bind_decode(struct ndr_in *in, struct dcerpc_bind *bind);
bool dcerpc_bind_next(struct ndr_in *in, struct dcerpc_ctx_item *item);

struct dcerpc_ctx_answer {
	uint16_t result;		/* enum dcerpc_ctx_result */
	uint16_t reason;		/* enum dcerpc_ctx_reason, or the bits of a negotiate_ack */
};

/**
 * struct dcerpc_bind_ack - bind_ack and alter_context_resp, [C706] 12.6.4.2, 12.6.4.4
 * @sec_addr: secondary address, "" for alter_context_resp
 * @answers: one for each element of the bind, in its order
 */
struct dcerpc_bind_ack {
	uint16_t max_xmit;
	uint16_t max_recv;
	uint32_t assoc_group;
	const char *sec_addr;
	const struct dcerpc_ctx_answer *answers;
	uint8_t nanswers;
};

/* request, [C706] 12.6.4.9; @in stands after the header, afterwards at the stub. */
struct dcerpc_request {
	uint32_t alloc_hint;
	uint16_t ctx_id;
	uint16_t opnum;
};

bool dcerpc_request_decode(struct ndr_in *in, uint8_t flags, struct dcerpc_request *req);

/* Encoders append one whole PDU to an empty @out; the header's lengths are filled in. */
void dcerpc_bind_ack_encode(struct ndr_out *out, const struct dcerpc_hdr *hdr,
			    const struct dcerpc_bind_ack *ack);
void dcerpc_bind_nak_encode(struct ndr_out *out, uint32_t call_id, uint16_t reason);
void dcerpc_fault_encode(struct ndr_out *out, const struct dcerpc_hdr *hdr, uint16_t ctx_id,
			 uint32_t status);

/* One fragment of a response: @len bytes of stub, @more of them still to come after it. */
struct dcerpc_response {
	uint32_t call_id;
	uint16_t ctx_id;
	uint8_t flags;			/* PFC_FIRST_FRAG, PFC_LAST_FRAG */
	const uint8_t *stub;
	size_t len;
	size_t more;
};

void dcerpc_response_encode(struct ndr_out *out, const struct dcerpc_response *resp);

bool dcerpc_uuid_equal(const struct dcerpc_syntax *a, const struct dcerpc_syntax *b);

#endif /* CIFSSRVD_RPC_DCERPC_H */
