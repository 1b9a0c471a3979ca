/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpcfuzz.h - one call of one operation: the input's first byte is who asks,
 * the second the opnum, the rest the stub
 */
#ifndef CIFSSRV_TESTS_RPCFUZZ_H
#define CIFSSRV_TESTS_RPCFUZZ_H

#include "tests/unit/rpc/rpctest.h"

static void fuzz_call(const char *name, const char *uuid, uint16_t major, const uint8_t *data,
		      size_t size)
{
	static const struct rpc_caller *const callers[] = { &admin, &plain, &guest, &anon };
	struct fake fake = { .nsessions = 3, .extra_shares = 5 };
	struct rpc_env env = fake_env(&fake);
	struct client c = { .env = env, .frag = 4280 };
	static uint8_t buf[8192];
	struct ndr_out *o;

	if (size < 2 || size > 5000)
		return;
	if (rpc_pipe_open(NULL, name, &env, callers[data[0] & 3], &c.pipe))
		abort();
	client_bind(&c, uuid, major);
	o = pdu_new_test();
	pdu_begin(o, DCERPC_REQUEST, 3, 1);
	ndr_put_u32(o, 0);
	ndr_put_u16(o, 0);
	ndr_put_u16(o, data[1]);
	ndr_put_bytes(o, data + 2, size - 2);
	if (client_send(&c, o))
		abort();
	/* exactly one answer: a fault, or a response to its last fragment */
	do {
		if (client_recv(&c, buf, sizeof(buf)) <= 0)
			abort();
	} while (!(buf[3] & PFC_LAST_FRAG));
	if (client_recv(&c, buf, sizeof(buf)) != -EAGAIN)
		abort();
	talloc_free(c.pipe);
}

#endif /* CIFSSRV_TESTS_RPCFUZZ_H */
