// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/rpc/*.c daemon/util/utf.c daemon/util/host.c | libs: talloc | world: user
/* What is read as a string is written back as the same string, and UTF-8 as the same length */
#include "tests/unit/rpc/rpctest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TALLOC_CTX *mem = talloc_new(NULL);
	struct ndr_in in = ndr_in(mem, data, size);
	char *raw = talloc_strndup(mem, (const char *)data, size);
	struct ndr_out *o = ndr_out_new(mem, 1 << 20);
	const char *s = ndr_string(&in);

	if (s) {
		struct ndr_in again;
		const char *t;

		ndr_put_string(o, s);
		again = ndr_in(mem, o->data, o->len);
		t = ndr_string(&again);
		if (!t || strcmp(s, t))
			abort();
		o = ndr_out_new(mem, 1 << 20);
	}
	ndr_put_string(o, raw);
	if (o->bad || o->len != 12 + 2 * (ndr_utf16_len(raw) + 1))
		abort();
	talloc_free(mem);
	return 0;
}
