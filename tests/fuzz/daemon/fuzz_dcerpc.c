// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/rpc/*.c daemon/util/utf.c daemon/util/host.c | libs: talloc | world: user
/*
 * A conversation: the first byte chooses pipe and caller, then records of one
 * length word each: low 15 bits a length, top bit set: read so much, else:
 * write so many of the bytes that follow.
 */
#include "tests/unit/rpc/rpctest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rpc_caller *const callers[] = { &admin, &plain, &guest, &anon };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake fake = { .nsessions = 3, .extra_shares = 20 };
	struct rpc_env env = fake_env(&fake);
	const uint8_t *end = data + size;
	static uint8_t buf[0x8000];
	struct rpc_pipe *pipe;
	size_t got, left;

	if (!size)
		return 0;
	if (rpc_pipe_open(NULL, *data & 1 ? "srvsvc" : "wkssvc", &env, callers[*data >> 1 & 3],
			  &pipe))
		abort();
	for (data++; end - data >= 2;) {
		size_t len = data[0] | (data[1] & 0x7f) << 8;
		bool rd = data[1] & 0x80;
		int r;

		data += 2;
		if (rd) {
			r = rpc_pipe_read(pipe, buf, len, &got, &left);
			if (r ? r != -EAGAIN && r != -EPIPE : got > len)
				abort();
			continue;
		}
		if (len > (size_t)(end - data))
			len = (size_t)(end - data);
		r = rpc_pipe_write(pipe, data, len);
		if (r && r != -EPIPE && r != -ENOBUFS)
			abort();
		data += len;
	}
	while (!rpc_pipe_read(pipe, buf, sizeof(buf), &got, &left))
		if (!got || left)
			abort();
	talloc_free(pipe);
	return 0;
}
