// SPDX-License-Identifier: GPL-2.0-or-later
/* [MS-WKST]: NetrWkstaGetInfo */
#include "rpctest.h"

static uint32_t get_info(struct client *c, uint32_t level)
{
	struct ndr_out *stub = stub_new();

	ndr_put_u32(stub, level);
	assert(client_call(c, 0, stub) == 0);
	return client_werr(c);
}

static void levels_and_who_may_have_them(void)
{
	static const uint32_t level[] = { 100, 101, 102, 502, 1013, 7 };
	static const struct { const struct rpc_caller *who; uint32_t want[6]; } t[] = {
		{ &anon, { 0, 5, 5, 124, 124, 124 } }, { &guest, { 0, 5, 5, 124, 124, 124 } },
		{ &plain, { 0, 0, 5, 124, 124, 124 } }, { &admin, { 0, 0, 0, 124, 124, 124 } },
	};

	for (size_t i = 0; i < 4; i++) {
		struct client *c = client_bound("wkssvc", t[i].who);

		for (size_t k = 0; k < 6; k++)
			assert(get_info(c, level[k]) == t[i].want[k]);
		client_free(c);
	}
}

static void info_102(void)
{
	struct client *c = client_bound("wkssvc", &admin);
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_in in;

	assert(get_info(c, 102) == 0);
	in = client_stub(c, mem);
	assert(ndr_u32(&in) == 102 && ndr_ref(&in) && ndr_u32(&in) == 500);
	assert(ndr_ref(&in) && ndr_ref(&in) && ndr_u32(&in) == 10 && ndr_u32(&in) == 0);
	assert(ndr_ref(&in) && ndr_u32(&in) == 2);
	assert(!strcmp(ndr_string(&in), "TESTSRV") && !strcmp(ndr_string(&in), "TESTGROUP"));
	assert(!strcmp(ndr_string(&in), "") && ndr_u32(&in) == 0 && !ndr_left(&in));
	/* refused: an arm that is a pointer is NULL, an arm that is empty is not there */
	assert(get_info(c, 502) == 124 && c->stub_len == 12);
	assert(get_info(c, 7) == 124 && c->stub_len == 8);
	talloc_free(mem);
	client_free(c);
}

static void nothing_else_is_served(void)
{
	struct client *c = client_bound("wkssvc", &admin);

	for (uint16_t op = 1; op < 40; op++)
		assert(client_call(c, op, stub_new()) == DCERPC_FAULT_OP_RNG);
	client_free(c);
}

int main(void)
{
	levels_and_who_may_have_them();
	info_102();
	nothing_else_is_served();
	puts("rpc_wkssvc: ok");
	return 0;
}
