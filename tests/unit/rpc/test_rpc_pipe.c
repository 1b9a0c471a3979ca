// SPDX-License-Identifier: GPL-2.0-or-later
/* the connection: bind, contexts, fragments, faults, and what breaks it */
#include "rpctest.h"

/* A bind as [C706] 12.6.4.3 and [MS-RPCE] 2.2.2 lay it out, byte for byte. */
static const uint8_t bind_pdu[] = {
	0x05, 0x00, 0x0b, 0x03, 0x10, 0x00, 0x00, 0x00,		/* version 5.0, bind, drep */
	0xa0, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,		/* 160 bytes, call 2 */
	0xb8, 0x10, 0xb8, 0x10, 0x00, 0x00, 0x00, 0x00,		/* 4280, 4280, new group */
	0x03, 0x00, 0x00, 0x00,					/* three contexts */
	0x00, 0x00, 0x01, 0x00,					/* 0: srvsvc 3.0, NDR */
	0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01,
	0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88, 0x03, 0x00, 0x00, 0x00,
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00,
	0x01, 0x00, 0x01, 0x00,					/* 1: the same, NDR64 */
	0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01,
	0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88, 0x03, 0x00, 0x00, 0x00,
	0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49,
	0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36, 0x01, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x01, 0x00,					/* 2: bind time features */
	0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01,
	0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88, 0x03, 0x00, 0x00, 0x00,
	0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45,
	0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

static const uint8_t bind_ack_pdu[] = {
	0x05, 0x00, 0x0c, 0x03, 0x10, 0x00, 0x00, 0x00,
	0x74, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
	0xb8, 0x10, 0xb8, 0x10, 0xf0, 0x53, 0x00, 0x00,
	0x0d, 0x00, '\\', 'P', 'I', 'P', 'E', '\\', 's', 'r', 'v', 's', 'v', 'c', 0x00,
	0x00,							/* to a multiple of four */
	0x03, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00,					/* accepted: NDR */
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00,
	0x02, 0x00, 0x02, 0x00,					/* rejected: transfer syntax */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x03, 0x00, 0x02, 0x00,					/* negotiate_ack: orphans */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static void names_of_pipes(void)
{
	static const char *const good[] = {
		"srvsvc", "SRVSVC", "WksSvc", "\\srvsvc", "\\PIPE\\srvsvc", "pipe\\wkssvc",
	};
	static const char *const bad[] = { "", "\\", "srvsv", "srvsvcx", "lsarpc", "\\pipe\\" };
	struct fake f = {};
	struct rpc_env env = fake_env(&f);
	struct rpc_pipe *p;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert(rpc_pipe_open(NULL, good[i], &env, &anon, &p) == 0);
		talloc_free(p);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert(rpc_pipe_open(NULL, bad[i], &env, &anon, &p) == -ENOENT);
}

static void bind_is_answered_to_the_byte(void)
{
	struct client *c = client_new("srvsvc", &plain);
	uint8_t buf[512];
	size_t len, left;

	/* byte by byte, and read back in two pieces */
	for (size_t i = 0; i < sizeof(bind_pdu); i++) {
		assert(rpc_pipe_read(c->pipe, buf, sizeof(buf), &len, &left) == -EAGAIN);
		assert(rpc_pipe_write(c->pipe, &bind_pdu[i], 1) == 0);
	}
	assert(rpc_pipe_read(c->pipe, NULL, 0, &len, &left) == 0);
	assert(len == 0 && left == sizeof(bind_ack_pdu));
	assert(rpc_pipe_read(c->pipe, buf, 10, &len, &left) == 0);
	assert(len == 10 && left == sizeof(bind_ack_pdu) - 10);
	assert(rpc_pipe_read(c->pipe, buf + 10, sizeof(buf) - 10, &len, &left) == 0);
	assert(len == sizeof(bind_ack_pdu) - 10 && left == 0);
	assert(!memcmp(buf, bind_ack_pdu, sizeof(bind_ack_pdu)));
	assert(rpc_pipe_read(c->pipe, buf, sizeof(buf), &len, &left) == -EAGAIN);
	client_free(c);
}

/* result and reason of the only context of a bind for @uuid @major over @transfer */
static uint32_t bind_result(const char *uuid, uint16_t major, const char *transfer,
			    uint16_t tmajor)
{
	struct client *c = client_new("srvsvc", &plain);
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[512];
	ssize_t n;

	put_bind(o, DCERPC_BIND, 4280, 1);
	put_ctx(o, 7, uuid, major, transfer, tmajor);
	assert(client_send(c, o) == 0);
	n = client_recv(c, buf, sizeof(buf));
	assert(n == 68 && buf[2] == DCERPC_BIND_ACK);
	client_free(c);
	return buf[44] | buf[46] << 16;
}

static void contexts_are_judged_one_by_one(void)
{
	assert(bind_result(SRVSVC_UUID, 3, NDR20_UUID, 2) == 0);
	assert(bind_result(SRVSVC_UUID, 4, NDR20_UUID, 2) == (2 | 1 << 16));
	assert(bind_result(WKSSVC_UUID, 1, NDR20_UUID, 2) == (2 | 1 << 16));
	assert(bind_result(SRVSVC_UUID, 3, NDR20_UUID, 1) == (2 | 2 << 16));
	assert(bind_result(SRVSVC_UUID, 3, NDR64_UUID, 1) == (2 | 2 << 16));
	assert(bind_result(SRVSVC_UUID, 3, BTFN_UUID, 1) == (3 | 2 << 16));
}

static uint8_t first_reply(struct client *c, uint8_t *buf, size_t max)
{
	assert(client_recv(c, buf, max) > 0);
	return buf[2];
}

static void auth_verifier_is_refused_and_a_bare_bind_still_welcome(void)
{
	struct client *c = client_new("srvsvc", &plain);
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[512];

	put_bind(o, DCERPC_BIND, 4280, 1);
	put_ctx(o, 0, SRVSVC_UUID, 3, NDR20_UUID, 2);
	ndr_put_bytes(o, "\x0a\x02\x00\x00\x00\x00\x00\x00NTLMSSP", 16);
	o->data[10] = 8;		/* auth_length */
	assert(client_send(c, o) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_BIND_NAK);
	assert(buf[16] == DCERPC_NAK_AUTH_TYPE && buf[18] == 1 && buf[19] == 5);
	client_bind(c, SRVSVC_UUID, 3);
	client_free(c);
}

static void second_bind_breaks(void)
{
	struct client *c = client_bound("srvsvc", &plain);
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[512];

	put_bind(o, DCERPC_BIND, 4280, 1);
	put_ctx(o, 0, SRVSVC_UUID, 3, NDR20_UUID, 2);
	assert(client_send(c, o) == -EPIPE);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_BIND_NAK);
	assert(client_recv(c, buf, sizeof(buf)) == -EPIPE);
	assert(rpc_pipe_write(c->pipe, bind_pdu, sizeof(bind_pdu)) == -EPIPE);
	client_free(c);
}

static void wrong_version_gets_a_nak(void)
{
	struct client *c = client_new("srvsvc", &plain);
	uint8_t pdu[sizeof(bind_pdu)], buf[512];

	memcpy(pdu, bind_pdu, sizeof(pdu));
	pdu[0] = 6;
	assert(rpc_pipe_write(c->pipe, pdu, sizeof(pdu)) == -EPIPE);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_BIND_NAK && buf[16] == 4);
	client_free(c);
}

static void foreign_byte_order_and_impossible_lengths_break(void)
{
	static const struct { unsigned int at; uint8_t val; } t[] = {
		{ 4, 0x00 }, { 8, 15 }, { 9, 0xff }, { 11, 0xff },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct client *c = client_new("srvsvc", &plain);
		uint8_t pdu[sizeof(bind_pdu)], buf[64];

		memcpy(pdu, bind_pdu, sizeof(pdu));
		pdu[t[i].at] = t[i].val;
		assert(rpc_pipe_write(c->pipe, pdu, sizeof(pdu)) == -EPIPE);
		assert(client_recv(c, buf, sizeof(buf)) == -EPIPE);
		client_free(c);
	}
}

static void alter_context_adds_contexts(void)
{
	struct client *c = client_bound("wkssvc", &plain);
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[2048];

	/* 20 ids beside the one that is there: sixteen in all are kept */
	put_bind(o, DCERPC_ALTER_CONTEXT, 4280, 20);
	for (uint16_t i = 1; i <= 20; i++)
		put_ctx(o, i, WKSSVC_UUID, 1, NDR20_UUID, 2);
	assert(client_send(c, o) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_ALTER_CONTEXT_RESP);
	assert(buf[24] == 0 && buf[25] == 0);	/* no secondary address */
	assert(buf[28] == 20);
	for (unsigned int i = 0; i < 20; i++) {
		const uint8_t *res = buf + 32 + 24 * i;

		assert(res[0] == (i < 15 ? 0 : 2) && res[2] == (i < 15 ? 0 : 3));
	}
	/* the same id again is no new one */
	o = pdu_new_test();
	put_bind(o, DCERPC_ALTER_CONTEXT, 4280, 1);
	put_ctx(o, 3, WKSSVC_UUID, 1, NDR20_UUID, 2);
	assert(client_send(c, o) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_ALTER_CONTEXT_RESP && buf[32] == 0);
	client_free(c);
}

/* One fragment of a request for NetrWkstaGetInfo(NULL, 100) or whatever @stub is. */
static int send_frag(struct client *c, uint8_t flags, uint32_t call, uint16_t ctx, uint16_t opnum,
		     const void *stub, size_t len)
{
	struct ndr_out *o = pdu_new_test();

	pdu_begin(o, DCERPC_REQUEST, flags, call);
	ndr_put_u32(o, 0);
	ndr_put_u16(o, ctx);
	ndr_put_u16(o, opnum);
	if (flags & PFC_OBJECT_UUID)
		ndr_put_bytes(o, SRVSVC_UUID, 16);
	ndr_put_bytes(o, stub, len);
	return client_send(c, o);
}

static const uint8_t wks100[] = { 0, 0, 0, 0, 100, 0, 0, 0 };

static void request_in_fragments(void)
{
	struct client *c = client_bound("wkssvc", &plain);
	uint8_t buf[512];

	assert(send_frag(c, PFC_FIRST_FRAG, 9, 0, 0, wks100, 3) == 0);
	assert(client_recv(c, buf, sizeof(buf)) == -EAGAIN);
	assert(send_frag(c, 0, 9, 0, 0, wks100 + 3, 0) == 0);
	assert(send_frag(c, 0, 9, 0, 0, wks100 + 3, 2) == 0);
	assert(send_frag(c, PFC_LAST_FRAG, 9, 0, 0, wks100 + 5, 3) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_RESPONSE && buf[12] == 9);
	/* with an object UUID in front */
	assert(send_frag(c, 3 | PFC_OBJECT_UUID, 10, 0, 0, wks100, 8) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_RESPONSE && buf[12] == 10);
	client_free(c);
}

static uint32_t fault_of(const uint8_t *buf)
{
	assert(buf[2] == DCERPC_FAULT);
	return buf[24] | buf[25] << 8 | buf[26] << 16 | (uint32_t)buf[27] << 24;
}

static void faults_that_leave_the_connection_alone(void)
{
	struct client *c = client_bound("wkssvc", &plain);
	uint8_t buf[512];

	assert(send_frag(c, 3, 1, 0, 1, wks100, 8) == 0);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && fault_of(buf) == DCERPC_FAULT_OP_RNG);
	assert(buf[3] == (3 | PFC_DID_NOT_EXECUTE));
	assert(send_frag(c, 3, 2, 0, 0xffff, wks100, 8) == 0);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && fault_of(buf) == DCERPC_FAULT_OP_RNG);
	assert(send_frag(c, 3, 3, 5, 0, wks100, 8) == 0);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && fault_of(buf) == DCERPC_FAULT_UNK_IF);
	assert(buf[20] == 5);
	for (size_t n = 0; n < 8; n++) {
		assert(send_frag(c, 3, 4, 0, 0, wks100, n) == 0);
		assert(client_recv(c, buf, sizeof(buf)) == 32);
		assert(fault_of(buf) == DCERPC_FAULT_NDR);
	}
	assert(send_frag(c, 3, 5, 0, 0, wks100, 8) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_RESPONSE);
	client_free(c);
}

static void out_of_order_breaks(void)
{
	uint8_t buf[512];
	struct client *c;

	/* a request before the bind */
	c = client_new("wkssvc", &plain);
	assert(send_frag(c, 3, 1, 0, 0, wks100, 8) == -EPIPE);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && fault_of(buf) == DCERPC_FAULT_PROTO);
	client_free(c);
	/* the middle of nothing */
	c = client_bound("wkssvc", &plain);
	assert(send_frag(c, PFC_LAST_FRAG, 1, 0, 0, wks100, 8) == -EPIPE);
	client_free(c);
	/* a first fragment within another request */
	c = client_bound("wkssvc", &plain);
	assert(send_frag(c, PFC_FIRST_FRAG, 1, 0, 0, wks100, 4) == 0);
	assert(send_frag(c, PFC_FIRST_FRAG, 1, 0, 0, wks100, 4) == -EPIPE);
	client_free(c);
	/* another call's fragment */
	c = client_bound("wkssvc", &plain);
	assert(send_frag(c, PFC_FIRST_FRAG, 1, 0, 0, wks100, 4) == 0);
	assert(send_frag(c, PFC_LAST_FRAG, 2, 0, 0, wks100, 4) == -EPIPE);
	client_free(c);
	/* what only servers send, and what is not known at all */
	for (unsigned int ptype = 0; ptype < 256; ptype++) {
		struct ndr_out *o = pdu_new_test();

		if (ptype == DCERPC_CO_CANCEL || ptype == DCERPC_ORPHANED) {
			talloc_free(o);
			continue;
		}
		c = client_bound("wkssvc", &plain);
		pdu_begin(o, (uint8_t)ptype, 3, 1);
		assert((client_send(c, o) == -EPIPE) || ptype == DCERPC_ALTER_CONTEXT);
		client_free(c);
	}
}

static void cancel_and_orphan(void)
{
	struct client *c = client_bound("wkssvc", &plain);
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[512];

	assert(send_frag(c, PFC_FIRST_FRAG, 4, 0, 0, wks100, 4) == 0);
	pdu_begin(o, DCERPC_CO_CANCEL, 3, 4);
	assert(client_send(c, o) == 0);
	o = pdu_new_test();
	pdu_begin(o, DCERPC_ORPHANED, 3, 77);		/* not this call */
	assert(client_send(c, o) == 0);
	o = pdu_new_test();
	pdu_begin(o, DCERPC_ORPHANED, 3, 4);
	assert(client_send(c, o) == 0);
	assert(client_recv(c, buf, sizeof(buf)) == -EAGAIN);
	assert(send_frag(c, 3, 5, 0, 0, wks100, 8) == 0);
	assert(first_reply(c, buf, sizeof(buf)) == DCERPC_RESPONSE && buf[12] == 5);
	client_free(c);
}

static void a_request_has_a_limit(void)
{
	struct client *c = client_bound("wkssvc", &plain);
	static const uint8_t zero[4000];
	uint8_t buf[512];
	size_t sent = 0;

	assert(send_frag(c, PFC_FIRST_FRAG, 1, 0, 0, zero, 4000) == 0);
	for (sent = 4000; sent + 4000 <= 1024 * 1024; sent += 4000)
		assert(send_frag(c, 0, 1, 0, 0, zero, 4000) == 0);
	assert(send_frag(c, 0, 1, 0, 0, zero, 4000) == -EPIPE);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && fault_of(buf) == DCERPC_FAULT_NO_MEMORY);
	client_free(c);
}

static void a_client_that_does_not_read_is_held_back(void)
{
	struct client *c = client_bound("srvsvc", &plain);
	struct ndr_out *stub = stub_new();
	struct ndr_out *o = pdu_new_test();
	uint8_t buf[DCERPC_MAX_FRAG];
	unsigned int n = 0;
	int r = 0;

	c->fake.extra_shares = 1000;
	put_enum(stub, 1, UINT32_MAX, false, 0);
	pdu_begin(o, DCERPC_REQUEST, 3, 1);
	ndr_put_u32(o, 0);
	ndr_put_u16(o, 0);
	ndr_put_u16(o, 15);
	ndr_put_bytes(o, stub->data, stub->len);
	pdu_end(o);
	for (n = 0; n < 1000 && !r; n++)
		r = rpc_pipe_write(c->pipe, o->data, o->len);
	assert(r == -ENOBUFS && n > 5 && n < 100);
	while (client_recv(c, buf, sizeof(buf)) > 0)
		;
	assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0);
	while (client_recv(c, buf, sizeof(buf)) > 0)
		;
	/* the same, in one write */
	for (n = 0; n < 100; n++) {
		uint8_t *all = malloc(o->len * 100);

		assert(all);
		for (unsigned int i = 0; i < 100; i++)
			memcpy(all + i * o->len, o->data, o->len);
		r = rpc_pipe_write(c->pipe, all, o->len * 100);
		free(all);
		if (r)
			break;
	}
	assert(r == -EPIPE && n == 0);
	talloc_free(stub);
	talloc_free(o);
	client_free(c);
}

static void fragments_obey_the_client(void)
{
	static const uint16_t frags[] = { 0, 100, 1432, 2000, 4280, 5840, 65535 };

	for (size_t i = 0; i < sizeof(frags) / sizeof(frags[0]); i++) {
		struct client *c = client_new("srvsvc", &plain);
		struct ndr_out *stub = stub_new();

		c->frag = frags[i];
		c->fake.extra_shares = 600;
		client_bind(c, SRVSVC_UUID, 3);
		put_enum(stub, 1, UINT32_MAX, false, 0);
		assert(client_call(c, 15, stub) == 0);	/* checks every fragment's length */
		assert(c->fragments > 5 && client_werr(c) == 0);
		client_free(c);
	}
}

int main(void)
{
	names_of_pipes();
	bind_is_answered_to_the_byte();
	contexts_are_judged_one_by_one();
	auth_verifier_is_refused_and_a_bare_bind_still_welcome();
	second_bind_breaks();
	wrong_version_gets_a_nak();
	foreign_byte_order_and_impossible_lengths_break();
	alter_context_adds_contexts();
	request_in_fragments();
	faults_that_leave_the_connection_alone();
	out_of_order_breaks();
	cancel_and_orphan();
	a_request_has_a_limit();
	a_client_that_does_not_read_is_held_back();
	fragments_obey_the_client();
	puts("rpc_pipe: ok");
	return 0;
}
