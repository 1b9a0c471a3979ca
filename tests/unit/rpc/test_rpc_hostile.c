// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a client sends, the pipe stays a pipe: every prefix, every byte
 * changed, every length and count made absurd (run under ASan and UBSan)
 */
#include "rpctest.h"

/* A good stub of each operation; NULL where there is no such operation. */
static struct ndr_out *good_stub(uint16_t opnum)
{
	struct ndr_out *o = stub_new();

	switch (opnum) {
	case 8:
		put_opt_string(o, "data");
		put_enum(o, 1, UINT32_MAX, true, 0);
		return o;
	case 9:
	case 12:
		put_opt_string(o, NULL);
		put_opt_string(o, "alice");
		put_enum(o, opnum == 9 ? 3 : 502, UINT32_MAX, true, 0);
		return o;
	case 15:
	case 36:
		put_enum(o, 502, 200, true, 1);
		return o;
	case 16:
		ndr_put_string(o, "data");
		ndr_put_u32(o, 502);
		return o;
	case 20:
		ndr_put_string(o, "C:\\srv\\data");
		return o;
	case 21:
		ndr_put_u32(o, 102);
		return o;
	case 23:
		ndr_put_u32(o, 0);
		ndr_put_u32(o, 0);
		ndr_put_ref(o, false);
		ndr_put_u32(o, UINT32_MAX);
		ndr_put_ref(o, false);
		return o;
	case 28:
		return o;
	case 33:
		ndr_put_string(o, "name");
		ndr_put_u32(o, 9);
		ndr_put_u32(o, 0);
		return o;
	}
	talloc_free(o);
	return NULL;
}

/* Writes @len bytes that live in a block of exactly that size; drains the replies. */
static int poke(struct client *c, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	uint8_t buf[700];
	size_t n, left;
	int r;

	assert(copy);
	memcpy(copy, data, len);
	r = rpc_pipe_write(c->pipe, copy, len);
	assert(r == 0 || r == -EPIPE);
	free(copy);
	while (rpc_pipe_read(c->pipe, buf, sizeof(buf), &n, &left) == 0)
		assert(n <= sizeof(buf));
	return r;
}

/* A request with @len bytes of @stub. */
static struct ndr_out *request(uint16_t opnum, const uint8_t *stub, size_t len)
{
	struct ndr_out *o = pdu_new_test();

	pdu_begin(o, DCERPC_REQUEST, 3, 1);
	ndr_put_u32(o, (uint32_t)len);
	ndr_put_u16(o, 0);
	ndr_put_u16(o, opnum);
	ndr_put_bytes(o, stub, len);
	pdu_end(o);
	return o;
}

/* Does a good call still succeed on @c? */
static void still_serves(struct client *c)
{
	struct ndr_out *stub = stub_new();

	ndr_put_u32(stub, 101);
	assert(client_call(c, 21, stub) == 0 && client_werr(c) == 0);
}

static void every_prefix_of_every_stub_faults(void)
{
	struct client *c = client_bound("srvsvc", &admin);

	for (uint16_t op = 0; op < 64; op++) {
		struct ndr_out *good = good_stub(op);

		if (!good)
			continue;
		for (size_t n = 0; n < good->len; n++) {
			struct ndr_out *stub = pdu_new_test();

			ndr_put_bytes(stub, good->data, n);
			assert(client_call(c, op, stub) == DCERPC_FAULT_NDR);
		}
		assert(client_call(c, op, good) == 0);
	}
	still_serves(c);
	client_free(c);
}

static void every_byte_and_word_of_every_stub_changed(void)
{
	static const uint32_t words[] = {
		0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x10000, 0x40000001,
	};
	struct client *c = client_bound("srvsvc", &admin);

	for (uint16_t op = 0; op < 64; op++) {
		struct ndr_out *good = good_stub(op);

		if (!good)
			continue;
		for (size_t at = 0; at < good->len; at++) {
			for (unsigned int bit = 0; bit < 8; bit++) {
				struct ndr_out *o = request(op, good->data, good->len);

				o->data[DCERPC_REQ_LEN + at] ^= (uint8_t)(1 << bit);
				assert(poke(c, o->data, o->len) == 0);
				talloc_free(o);
			}
			for (size_t k = 0; at + 4 <= good->len && k < 10; k++) {
				struct ndr_out *o = request(op, good->data, good->len);

				memcpy(o->data + DCERPC_REQ_LEN + at, &words[k], 4);
				assert(poke(c, o->data, o->len) == 0);
				talloc_free(o);
			}
		}
		talloc_free(good);
	}
	still_serves(c);
	client_free(c);
}

static struct ndr_out *good_bind(void)
{
	struct ndr_out *o = pdu_new_test();

	put_bind(o, DCERPC_BIND, 4280, 2);
	put_ctx(o, 0, SRVSVC_UUID, 3, NDR20_UUID, 2);
	put_ctx(o, 1, SRVSVC_UUID, 3, BTFN_UUID, 1);
	pdu_end(o);
	return o;
}

/* Headers and binds: each mutation on a connection of its own. */
static void every_byte_of_bind_and_header_changed(void)
{
	struct ndr_out *bind = good_bind();
	struct ndr_out *stub = good_stub(15);
	struct ndr_out *req = request(15, stub->data, stub->len);
	size_t total = bind->len + req->len;
	uint8_t *all = malloc(total);

	assert(all);
	for (size_t at = 0; at < bind->len + DCERPC_REQ_LEN; at++) {
		for (unsigned int val = 0; val < 256; val++) {
			struct client *c = client_new("srvsvc", &admin);

			memcpy(all, bind->data, bind->len);
			memcpy(all + bind->len, req->data, req->len);
			all[at] = (uint8_t)val;
			poke(c, all, total);
			client_free(c);
		}
	}
	free(all);
	talloc_free(bind);
	talloc_free(stub);
	talloc_free(req);
}

/* The bind cut short, its header saying so: every answer is a nak or a good ack. */
static void every_shortened_bind(void)
{
	struct ndr_out *bind = good_bind();

	for (size_t n = DCERPC_HDR_LEN; n < bind->len; n++) {
		struct client *c = client_new("srvsvc", &plain);
		uint8_t buf[512];

		bind->data[8] = (uint8_t)n;
		bind->data[9] = (uint8_t)(n >> 8);
		assert(rpc_pipe_write(c->pipe, bind->data, n) == 0);
		assert(client_recv(c, buf, sizeof(buf)) > 0 && buf[2] == DCERPC_BIND_NAK);
		client_bind(c, SRVSVC_UUID, 3);
		client_free(c);
	}
	talloc_free(bind);
}

/* Sequences of good and bad PDUs, cut into writes and reads of any size. */
static void random_conversations(void)
{
	uint32_t rnd = 20261122;

	for (unsigned int round = 0; round < 3000; round++) {
		struct client *c = client_new(round % 2 ? "srvsvc" : "wkssvc", &admin);
		int r = 0;

		for (unsigned int i = 0; i < 12 && !r; i++) {
			struct ndr_out *o = good_bind();
			size_t off = 0;

			rnd = rnd * 1664525 + 1013904223;
			if (rnd >> 30) {
				struct ndr_out *stub = good_stub(15);

				talloc_free(o);
				o = request((uint16_t)(rnd >> 8 & 63), stub->data,
					    rnd >> 16 & 1 ? stub->len : stub->len / 2);
				talloc_free(stub);
			}
			if ((rnd & 7) == 0)
				o->data[(rnd >> 3) % o->len] = (uint8_t)(rnd >> 20);
			while (off < o->len && !r) {
				size_t n = (rnd >> 5) % 70 + 1;

				n = n < o->len - off ? n : o->len - off;
				r = poke(c, o->data + off, n);
				off += n;
			}
			talloc_free(o);
		}
		client_free(c);
	}
}

/* What @c's pipe costs, with what allocating costs. */
static size_t cost(const struct client *c)
{
	return talloc_total_size(c->pipe) + 112 * talloc_total_blocks(c->pipe);
}

/* Short requests that are answered with a fault each, in writes of 64 KiB, and nothing is read. */
static size_t pile_up_faults(struct client *c)
{
	struct ndr_out *o = request(60, NULL, 0);
	size_t n = 65536 / o->len, most = 0;
	uint8_t *all = malloc(n * o->len);

	assert(all);
	for (size_t i = 0; i < n; i++)
		memcpy(all + i * o->len, o->data, o->len);
	for (int i = 0; i < 16; i++) {
		rpc_pipe_write(c->pipe, all, n * o->len);
		most = cost(c) > most ? cost(c) : most;
	}
	/* one by one */
	for (int i = 0; i < 1000; i++) {
		rpc_pipe_write(c->pipe, o->data, o->len);
		most = cost(c) > most ? cost(c) : most;
	}
	free(all);
	talloc_free(o);
	return most;
}

static void short_requests_pile_up_nothing(void)
{
	struct client *c = client_bound("srvsvc", &anon);
	uint8_t buf[512];
	size_t most = pile_up_faults(c);

	if (most > 16 * 1024)
		fprintf(stderr, "a pipe of the anonymous user holds %zu octets\n", most);
	assert(most <= 16 * 1024);
	assert(client_recv(c, buf, sizeof(buf)) == -EPIPE);
	client_free(c);
	/* who sends them one by one is held back, and goes on once they are read */
	c = client_bound("srvsvc", &anon);
	for (int i = 0; i < 16; i++) {
		struct ndr_out *o = request(60, NULL, 0);

		assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0);
		talloc_free(o);
	}
	{
		struct ndr_out *o = request(60, NULL, 0);

		assert(rpc_pipe_write(c->pipe, o->data, o->len) == -ENOBUFS);
		assert(client_recv(c, buf, sizeof(buf)) > 0);
		assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0);
		talloc_free(o);
	}
	client_free(c);
}

/* A broken pipe keeps what it said last, and nothing of what it held. */
static void broken_pipes_hold_nothing(void)
{
	struct client *c = client_bound("srvsvc", &anon);
	static const uint8_t zero[5000];
	struct ndr_out *stub = stub_new(), *o;
	uint8_t buf[DCERPC_MAX_FRAG];

	c->fake.extra_shares = 1000;
	put_enum(stub, 1, UINT32_MAX, false, 0);
	o = request(15, stub->data, stub->len);
	assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0);
	assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0 && cost(c) > 100000);
	talloc_free(o);
	/* half a request beside them */
	o = request(15, zero, sizeof(zero));
	o->data[3] = PFC_FIRST_FRAG;
	assert(rpc_pipe_write(c->pipe, o->data, o->len) == 0);
	assert(rpc_pipe_write(c->pipe, o->data, o->len) == -EPIPE);
	assert(cost(c) < 4096);
	assert(client_recv(c, buf, sizeof(buf)) == 32 && buf[2] == DCERPC_FAULT);
	assert(client_recv(c, buf, sizeof(buf)) == -EPIPE);
	talloc_free(o);
	talloc_free(stub);
	client_free(c);
}

int main(void)
{
	short_requests_pile_up_nothing();
	broken_pipes_hold_nothing();
	every_prefix_of_every_stub_faults();
	every_byte_and_word_of_every_stub_changed();
	every_byte_of_bind_and_header_changed();
	every_shortened_bind();
	random_conversations();
	puts("rpc_hostile: ok");
	return 0;
}
