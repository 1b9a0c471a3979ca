// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/rpc/*.c daemon/util/utf.c daemon/util/host.c | libs: talloc | world: user
/* Stubs of wkssvc's operations */
#include "rpcfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_call("wkssvc", WKSSVC_UUID, 1, data, size);
	return 0;
}
