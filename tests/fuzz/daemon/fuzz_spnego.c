// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/auth/*.c daemon/util/crypto.c daemon/passdb/file.c daemon/util/utf.c daemon/util/host.c | libs: talloc gcrypt tasn1
/* Whole logons: the input is legs, each after two octets of length. */
#include <stdint.h>

#include "util/crypto.h"
#include "auth/negotiate.h"
#include "auth/spnego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct auth_env env = {
		.netbios_name = "S", .workgroup = "W", .dns_name = "s", .dns_domain = "",
		.passdb = passdb_new(ctx), .guest_account = "nobody",
		.map_to_guest = size % 3,
	};
	struct negotiate *n = negotiate_new(ctx, &env, NULL);
	struct spnego_token tok;
	struct blob out;

	crypto_init();
	(void)spnego_decode(ctx, (struct blob){ data, size }, &tok);
	while (size >= 2) {
		size_t len = data[0] | data[1] << 8;

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		negotiate_step(n, (struct blob){ data, len }, &out);
		data += len;
		size -= len;
	}
	talloc_free(ctx);
	return 0;
}
