// SPDX-License-Identifier: GPL-2.0-or-later
/* NEGOTIATE: dialects, contexts and their alignment; the reply a client can walk */
#include "wiretest.h"
#include "wire/smb2/negotiate.h"

static struct wire_out *begin(struct msg *m, const u16 *dialects, u16 num, u16 contexts)
{
	struct wire_out *out = msg_begin(m, 36);
	u32 at;

	wire_put_u16(out, num);
	wire_put_u16(out, SMB2_NEGOTIATE_SIGNING_ENABLED);
	wire_put_u16(out, 0);
	wire_put_u32(out, 0x7f);
	wire_put_bytes(out, "0123456789abcdef", 16);
	at = wire_reserve(out, 4);
	wire_put_u16(out, contexts);
	wire_put_u16(out, 0);
	for (u16 i = 0; i < num; i++)
		wire_put_u16(out, dialects[i]);
	if (contexts) {
		wire_pad(out, 8);
		wire_patch_u32(out, at, wire_out_len(out));
	}
	return out;
}

static void ctx(struct wire_out *out, u16 type, const void *data, u16 len)
{
	wire_pad(out, 8);
	wire_put_u16(out, type);
	wire_put_u16(out, len);
	wire_put_u32(out, 0);
	wire_put_bytes(out, data, len);
}

#define CTX(out, type, ...) ctx(out, type, (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

static const u16 all[] = { 0x202, 0x210, 0x300, 0x302, 0x311 };

static void test_old(void)
{
	static u16 lots[SMB2_NEG_DIALECTS + 1] = { 0x202 };
	struct smb2_negotiate_args args;
	struct msg m;
	struct wire_in in;

	begin(&m, all, 4, 0);
	/* ClientStartTime, which old clients may fill, is no context list */
	put_unaligned_le64(-1ull, m.buf + 64 + 28);
	EACH_PREFIX(&m, csrv_smb2_decode_negotiate, &args);
	assert(args.num_dialects == 4 && args.dialects[3] == 0x302 && args.security_mode == 1);
	assert(args.capabilities == 0x7f && !memcmp(args.client_guid, "0123456789abcdef", 16));
	assert(!args.ctx.present && csrv_smb2_negotiate_offers(&args, 0x210));
	assert(!csrv_smb2_negotiate_offers(&args, 0x311));
	assert(csrv_smb2_dialects_known(args.dialects, 4) == 0xf);

	begin(&m, all, 0, 0);
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_negotiate(&in, &args));
	begin(&m, lots, SMB2_NEG_DIALECTS, 0);
	in = body(m.buf, msg_len(&m));
	assert(csrv_smb2_decode_negotiate(&in, &args));
	assert(csrv_smb2_dialects_known(args.dialects, args.num_dialects) == 1);
	begin(&m, lots, SMB2_NEG_DIALECTS + 1, 0);
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_negotiate(&in, &args));
}

static void test_contexts(void)
{
	struct smb2_negotiate_args args;
	struct wire_out *out;
	struct msg m;

	out = begin(&m, all, 5, 9);
	CTX(out, 1, 1, 0, 3, 0, 1, 0, 's', 'a', 'l');
	CTX(out, 2, 4, 0, 4, 0, 3, 0, 2, 0, 1, 0);
	CTX(out, 3, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 2, 0);
	CTX(out, 5, 'h', 0);
	CTX(out, 6, 1, 0, 0, 0);
	CTX(out, 7, 0xff);
	CTX(out, 8, 2, 0, 2, 0, 1, 0);
	CTX(out, 0x100, 0x93, 0xad);
	CTX(out, 0x7777, 1, 2, 3);			/* nobody knows */
	EACH_PREFIX(&m, csrv_smb2_decode_negotiate, &args);
	assert(args.ctx.present == (SMB2_NEG_PREAUTH | SMB2_NEG_ENCRYPTION | SMB2_NEG_COMPRESSION |
				    SMB2_NEG_NETNAME | SMB2_NEG_TRANSPORT | SMB2_NEG_RDMA |
				    SMB2_NEG_SIGNING | SMB2_NEG_POSIX));
	assert(!args.ctx.duplicate && args.ctx.preauth.num == 1 && args.ctx.preauth.id[0] == 1);
	assert(args.ctx.salt.len == 3 && !memcmp(args.ctx.salt.data, "sal", 3));
	assert(args.ctx.ciphers.num == 4 && args.ctx.ciphers.id[0] == 4 && args.ctx.ciphers.id[3] == 1);
	assert(args.ctx.compression.num == 2 && args.ctx.compression_flags == 1);
	assert(args.ctx.netname.len == 2 && args.ctx.transport_flags == 1);
	assert(args.ctx.signing.num == 2 && args.ctx.signing.id[0] == 2);
}

static bool one(u16 type, const void *data, u16 len)
{
	struct smb2_negotiate_args args;
	struct msg m;

	ctx(begin(&m, all, 5, 1), type, data, len);

	struct wire_in in = body(m.buf, msg_len(&m));

	return csrv_smb2_decode_negotiate(&in, &args);
}

static void test_bad_contexts(void)
{
	struct smb2_negotiate_args args;
	struct wire_out *out;
	struct wire_in in;
	struct msg m;

	assert(one(2, "\1\0\1\0", 4) && one(2, "\1\0\1\0x", 5));
	assert(!one(2, "\0\0", 2) && !one(2, "\2\0\1\0", 4) && !one(2, "\xff\xff\1\0", 4) && !one(2, "", 0));
	assert(!one(1, "\0\0\0\0", 4) && !one(1, "\1\0\1\0\1\0", 6) && one(1, "\1\0\0\0\1\0", 6));
	assert(!one(3, "\0\0\0\0\0\0\0\0", 8) && !one(8, "\0\0", 2) && !one(6, "\1\0", 2));
	assert(one(0x9999, "", 0));

	/* twice: told, not refused; the first counts */
	out = begin(&m, all, 5, 2);
	CTX(out, 2, 1, 0, 1, 0);
	CTX(out, 2, 1, 0, 2, 0);
	in = body(m.buf, msg_len(&m));
	assert(csrv_smb2_decode_negotiate(&in, &args) && args.ctx.duplicate == SMB2_NEG_ENCRYPTION);
	assert(args.ctx.ciphers.id[0] == 1);

	/* more ids than anybody has: the first eight */
	out = begin(&m, all, 5, 1);
	CTX(out, 2, 10, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0);
	in = body(m.buf, msg_len(&m));
	assert(csrv_smb2_decode_negotiate(&in, &args) && args.ctx.ciphers.num == 8 && args.ctx.ciphers.id[7] == 8);

	/* NegotiateContextOffset: unaligned, outside; count: too many, more than there are */
	out = begin(&m, all, 5, 1);
	CTX(out, 2, 1, 0, 1, 0);
	u32 off = le32(m.buf + 64 + 28);

	for (u32 bad = off + 1; bad < off + 8; bad++) {
		put_unaligned_le32(bad, m.buf + 64 + 28);
		in = body(m.buf, msg_len(&m));
		assert(!csrv_smb2_decode_negotiate(&in, &args));
	}
	put_unaligned_le32(0xfffffff8, m.buf + 64 + 28);
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_negotiate(&in, &args));
	put_unaligned_le32(off, m.buf + 64 + 28);
	put_unaligned_le16(2, m.buf + 64 + 32);
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_negotiate(&in, &args));

	out = begin(&m, all, 5, SMB2_NEG_CONTEXTS + 1);
	for (int i = 0; i <= SMB2_NEG_CONTEXTS; i++)
		CTX(out, 0x8000, 0);
	in = body(m.buf, msg_len(&m));
	assert(!csrv_smb2_decode_negotiate(&in, &args));
	put_unaligned_le16(SMB2_NEG_CONTEXTS, m.buf + 64 + 32);
	in = body(m.buf, msg_len(&m));
	assert(csrv_smb2_decode_negotiate(&in, &args));
}

static void test_reply(void)
{
	struct smb2_negotiate_res res = {
		.security_mode = 1, .dialect = SMB2_DIALECT_302, .server_guid = "server-guid-1234",
		.capabilities = 0x2f, .max_transact_size = 0x100000, .max_read_size = 0x800000,
		.max_write_size = 0x400000, .system_time = 0x123456789abcdef, .security = str_blob("token"),
		.present = SMB2_NEG_PREAUTH | SMB2_NEG_ENCRYPTION | SMB2_NEG_SIGNING |
			   SMB2_NEG_COMPRESSION | SMB2_NEG_POSIX,
		.salt = { 7 }, .cipher = 2, .signing = 1,
	};
	u8 b[512];

	/* not 3.1.1: no contexts, whatever is asked for */
	EACH_ROOM(csrv_smb2_encode_negotiate, &res, b, 64 + 5);
	assert(le16(b + 64) == 65 && le16(b + 66) == 1 && le16(b + 68) == 0x302 && le16(b + 70) == 0);
	assert(!memcmp(b + 72, "server-guid-1234", 16) && le32(b + 88) == 0x2f);
	assert(le32(b + 92) == 0x100000 && le32(b + 96) == 0x800000 && le32(b + 100) == 0x400000);
	assert(le64(b + 104) == 0x123456789abcdef && le16(b + 120) == 128 && le16(b + 122) == 5);
	assert(le32(b + 124) == 0 && !memcmp(b + 128, "token", 5));

	res.dialect = SMB2_DIALECT_311;
	/* 128 + 5, pad to 136; 46 -> 184; 12 -> 200; 18 -> 224; 12 -> 240; 24 */
	EACH_ROOM(csrv_smb2_encode_negotiate, &res, b, 264 - 64);
	assert(le16(b + 70) == 5 && le32(b + 124) == 136);
	assert(le16(b + 136) == 1 && le16(b + 138) == 38 && le16(b + 144) == 1 && le16(b + 146) == 32);
	assert(le16(b + 148) == 1 && b[150] == 7);
	assert(le16(b + 184) == 2 && le16(b + 186) == 4 && le16(b + 194) == 2);
	assert(le16(b + 200) == 3 && le16(b + 202) == 10 && le16(b + 208) == 1 && le16(b + 216) == 0);
	assert(le16(b + 224) == 8 && le16(b + 234) == 1);
	assert(le16(b + 240) == 0x100 && le16(b + 242) == 16 && b[248] == 0x93 && b[263] == 0x7c);

	res.compression = (struct smb2_neg_algs){ .num = 2, .id = { 3, 1 } };
	res.present = SMB2_NEG_COMPRESSION;
	EACH_ROOM(csrv_smb2_encode_negotiate, &res, b, 136 + 8 + 12 - 64);
	assert(le16(b + 144) == 2 && le16(b + 152) == 3 && le16(b + 154) == 1);
}

int main(void)
{
	test_old();
	test_contexts();
	test_bad_contexts();
	test_reply();
	puts("wire smb2 negotiate: ok");
	return 0;
}
