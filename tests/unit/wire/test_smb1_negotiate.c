// SPDX-License-Identifier: GPL-2.0-or-later
/* the SMB1 NEGOTIATE that clients open with when they would like SMB2 */
#include "wiretest.h"
#include "wire/smb1/negotiate.h"

static u32 build(u8 *b, const char *const *dialects, int num)
{
	struct wire_out out = wire_out(b, 4096);
	u32 at;

	wire_put_u32(&out, SMB1_PROTOCOL_ID);
	wire_put_u8(&out, SMB1_COM_NEGOTIATE);
	wire_put_u32(&out, 0);
	wire_put_u8(&out, 0x18);
	wire_put_u16(&out, 0xc853);
	wire_put_zero(&out, 18);
	wire_put_u16(&out, 0x0707);	/* MID */
	wire_put_u8(&out, 0);
	at = wire_reserve(&out, 2);
	for (int i = 0; i < num; i++) {
		wire_put_u8(&out, 2);
		wire_put_bytes(&out, dialects[i], strlen(dialects[i]) + 1);
	}
	wire_patch_u16(&out, at, wire_out_len(&out) - at - 2);
	assert(at == SMB1_HEADER_LEN + 1 && !out.bad);
	return wire_out_len(&out);
}

int main(void)
{
	static const char *const dialects[] = {
		"PC NETWORK PROGRAM 1.0", "NT LM 0.12", "SMB 2.002", "SMB 2.\?\?\?", "SMB 2.002",
	};
	const char *many[SMB1_NEG_DIALECTS + 1];
	struct smb1_negotiate_args args;
	u8 b[4096];
	u32 len = build(b, dialects, 5);

	for (u32 n = 0; n <= len; n++) {
		u8 *p = exact(b, n);

		assert(csrv_smb1_decode_negotiate(p, n, &args) == (n == len));
		free(p);
	}
	assert(args.num_dialects == 5 && args.index_nt_lm_012 == 1 && args.index_smb_2002 == 2);
	assert(args.index_smb_2xx == 3 && args.flags2 == 0xc853 && args.mid == 0x0707);

	len = build(b, dialects, 1);
	assert(csrv_smb1_decode_negotiate(b, len, &args) && args.index_smb_2002 == SMB1_DIALECT_NONE);
	b[len - 1] = 'x';				/* no NUL: not ours to read on */
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	len = build(b, dialects, 1);
	b[35] = 3;					/* BufferFormat */
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	len = build(b, dialects, 1);
	b[32] = 1;					/* WordCount */
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	len = build(b, dialects, 1);
	b[4] = 0x73;					/* another command */
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	len = build(b, dialects, 1);
	b[9] |= 0x80;					/* a reply */
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	len = build(b, dialects, 0);
	assert(!csrv_smb1_decode_negotiate(b, len, &args));

	for (int i = 0; i <= SMB1_NEG_DIALECTS; i++)
		many[i] = "";
	len = build(b, many, SMB1_NEG_DIALECTS);
	assert(csrv_smb1_decode_negotiate(b, len, &args) && args.num_dialects == SMB1_NEG_DIALECTS);
	len = build(b, many, SMB1_NEG_DIALECTS + 1);
	assert(!csrv_smb1_decode_negotiate(b, len, &args));
	puts("wire smb1 negotiate: ok");
	return 0;
}
