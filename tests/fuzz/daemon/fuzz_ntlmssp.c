// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/auth/*.c daemon/util/crypto.c daemon/passdb/file.c daemon/util/utf.c daemon/util/host.c | libs: talloc gcrypt tasn1
/* The second message of an NTLM logon, after a first one that is good: in Unicode or in OEM. */
#include <stdint.h>

#include "util/crypto.h"
#include "auth/ntlm_msg.h"
#include "auth/ntlmssp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t negotiate[2][16] = {
		"NTLMSSP\0\1\0\0\0\x35\x82\x88\xe2", "NTLMSSP\0\1\0\0\0\x36\x82\x88\xe2",
	};
	const struct blob msg = { data, size };
	TALLOC_CTX *ctx = talloc_new(NULL);
	struct auth_env env = {
		.netbios_name = "S", .workgroup = "W", .dns_name = "s", .dns_domain = "",
		.passdb = passdb_new(ctx), .guest_account = "nobody",
		.map_to_guest = size % 3,
	};
	struct ntlmssp *n = ntlmssp_new(ctx, &env, NULL);
	struct ntlm_v2_response v2;
	struct blob out;
	uint32_t flags;

	crypto_init();
	(void)ntlm_decode_negotiate(msg, &flags);
	(void)ntlm_decode_v2_response(msg, &v2);
	/* NegotiateFlags of the second one say which set it is in */
	ntlmssp_step(n, (struct blob){ negotiate[size > 60 && !(data[60] & 1)], 16 }, &out);
	ntlmssp_step(n, msg, &out);
	talloc_free(ctx);
	return 0;
}
