// SPDX-License-Identifier: GPL-2.0-or-later
/* CREATE and its contexts: typed, checked, and refused when in doubt */
#include "wiretest.h"
#include "wire/smb2/create.h"

struct ctx_build {
	struct wire_out *out;
	struct wire_list list;
};

static void put(struct ctx_build *c, const char *tag, u16 tag_len, const void *data, u32 len)
{
	u32 data_off = ALIGN(16u + tag_len, 8u);

	assert(wire_list_next(&c->list, (len ? data_off : 16u + tag_len) + len));
	wire_put_u16(c->out, 16);
	wire_put_u16(c->out, tag_len);
	wire_put_u16(c->out, 0);
	wire_put_u16(c->out, len ? data_off : 0);
	wire_put_u32(c->out, len);
	wire_put_bytes(c->out, tag, tag_len);
	if (len)
		wire_put_zero(c->out, data_off - 16 - tag_len);
	wire_put_bytes(c->out, data, len);
}

/* The fixed part, the name "a\b", and room to tell where the contexts are. */
static struct ctx_build begin(struct msg *m)
{
	struct wire_out *out = msg_begin(m, 57);

	wire_put_u8(out, 0);
	wire_put_u8(out, SMB2_OPLOCK_LEVEL_LEASE);
	wire_put_u32(out, SMB2_IMPERSONATION_IMPERSONATION);
	wire_put_zero(out, 16);
	wire_put_u32(out, 0x12019f);
	wire_put_u32(out, 0x80);
	wire_put_u32(out, FILE_SHARE_ALL);
	wire_put_u32(out, FILE_OPEN_IF);
	wire_put_u32(out, FILE_NON_DIRECTORY_FILE);
	wire_put_u16(out, 64 + 56);
	wire_put_u16(out, 6);
	wire_put_u32(out, 128);
	wire_put_u32(out, 0);
	wire_put_bytes(out, "a\0\\\0b\0", 6);
	wire_pad(out, 8);
	assert(wire_out_len(out) == 128);
	return (struct ctx_build){ .out = out, .list = wire_list(out, 8) };
}

static void end(struct ctx_build *c)
{
	wire_patch_u32(c->out, 64 + 52, wire_out_len(c->out) - 128);
	assert(!c->out->bad);
}

static const u8 seq[64] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
	24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45,
	46, 47, 48, 49, 50, 51,
};
static const char app_id[] = "\x45\xbc\xa6\x6a\xef\xa7\xf7\x4a\x90\x08\xfa\x46\x2e\x14\x4d\x74";
static const char app_version[] = "\xb9\x82\xd0\xb7\x3b\x56\x07\x4f\xa0\x7b\x52\x4a\x81\x16\xa0\x10";
static const char posix[] = "\x93\xad\x25\x50\x9c\xb4\x11\xe7\xb4\x23\x83\xde\x96\x8b\xcd\x7c";

static void test_plain(void)
{
	struct smb2_create_args args;
	struct ctx_build c;
	struct msg m;

	c = begin(&m);
	put_unaligned_le32(0, m.buf + 64 + 48);
	m.out.pos = m.buf + 126;
	EACH_PREFIX(&m, csrv_smb2_decode_create, &args);
	assert(args.oplock_level == 0xff && args.impersonation == 2 && args.desired_access == 0x12019f);
	assert(args.file_attributes == 0x80 && args.share_access == 7 && args.disposition == FILE_OPEN_IF);
	assert(args.options == FILE_NON_DIRECTORY_FILE && args.name.len == 6 && !args.ctx.present);

	/* the root: no name, and then the offset does not matter */
	put_unaligned_le16(0xffff, m.buf + 64 + 44);
	put_unaligned_le16(0, m.buf + 64 + 46);

	struct wire_in in = body(m.buf, 120);

	assert(csrv_smb2_decode_create(&in, &args) && !args.name.len);
	put_unaligned_le16(120, m.buf + 64 + 44);
	put_unaligned_le16(5, m.buf + 64 + 46);
	in = body(m.buf, 126);
	assert(!csrv_smb2_decode_create(&in, &args));
	(void)c;
}

static void test_all_contexts(void)
{
	static const u8 id[20] = { 20, 0, 0, 0, 9 };
	static const u8 version[24] = { 24, 0, 0, 0, 0, 0, 0, 0, 1, [16] = 2 };
	struct smb2_create_args args;
	struct smb2_create_ctxs *x = &args.ctx;
	struct ctx_build c;
	struct msg m;

	c = begin(&m);
	put(&c, "ExtA", 4, seq, 9);
	put(&c, "SecD", 4, seq, 20);
	put(&c, "DHnQ", 4, seq, 16);
	put(&c, "DHnC", 4, seq, 16);
	put(&c, "AlSi", 4, seq + 1, 8);
	put(&c, "MxAc", 4, seq + 2, 8);
	put(&c, "TWrp", 4, seq + 3, 8);
	put(&c, "QFid", 4, NULL, 0);
	put(&c, "RqLs", 4, seq, 52);
	put(&c, "DH2Q", 4, seq, 32);
	put(&c, "DH2C", 4, seq, 36);
	put(&c, "AAPL", 4, seq, 24);
	put(&c, app_id, 16, id, 20);
	put(&c, app_version, 16, version, 24);
	put(&c, posix, 16, "\xed\1\0\0", 4);
	put(&c, "XXXX", 4, seq, 3);
	put(&c, "Longer", 6, NULL, 0);
	put(&c, "fill", 4, seq, 40);	/* each byte counts for EACH_PREFIX: the contexts end here */
	end(&c);
	EACH_PREFIX(&m, csrv_smb2_decode_create, &args);
	assert(x->present == 0x1ffff);
	assert(x->ea.len == 9 && x->sd.len == 20 && x->aapl.len == 24);
	assert(x->dhnc.persistent_id == 0x0706050403020100 && x->dhnc.volatile_id == 0x0f0e0d0c0b0a0908);
	assert(x->alloc_size == 0x0807060504030201 && x->mxac_time == 0x0908070605040302);
	assert(x->twrp == 0x0a09080706050403);
	assert(!memcmp(x->lease.key, seq, 16) && x->lease.state == 0x13121110 && x->lease.flags == 0x17161514);
	assert(x->lease.duration == 0x1f1e1d1c1b1a1918 && !memcmp(x->lease.parent_key, seq + 32, 16));
	assert(x->lease.epoch == 0x3130);
	assert(x->dh2q.timeout == 0x03020100 && x->dh2q.flags == 0x07060504);
	assert(!memcmp(x->dh2q.create_guid, seq + 16, 16));
	assert(x->dh2c.id.volatile_id == 0x0f0e0d0c0b0a0908 && !memcmp(x->dh2c.create_guid, seq + 16, 16));
	assert(x->dh2c.flags == 0x23222120 && x->app_instance_id[0] == 9);
	assert(x->app_version_high == 1 && x->app_version_low == 2 && x->posix_mode == 0x1ed);
}

static bool one(const char *tag, u16 tag_len, const void *data, u32 len, u32 present)
{
	struct smb2_create_args args;
	struct ctx_build c;
	struct msg m;

	c = begin(&m);
	put(&c, tag, tag_len, data, len);
	end(&c);

	u8 *p = exact(m.buf, msg_len(&m));
	struct wire_in in = body(p, msg_len(&m));
	bool ok = csrv_smb2_decode_create(&in, &args);

	assert(!ok || args.ctx.present == present);
	free(p);
	return ok;
}

static void test_lengths(void)
{
	static const struct {
		const char *tag;
		u32 least;
		u32 present;
	} rows[] = {
		{ "ExtA", 0, SMB2_CTX_EXTA }, { "SecD", 1, SMB2_CTX_SECD }, { "DHnQ", 16, SMB2_CTX_DHNQ },
		{ "DHnC", 16, SMB2_CTX_DHNC }, { "AlSi", 8, SMB2_CTX_ALSI }, { "TWrp", 8, SMB2_CTX_TWRP },
		{ "QFid", 0, SMB2_CTX_QFID }, { "DH2Q", 32, SMB2_CTX_DH2Q }, { "DH2C", 36, SMB2_CTX_DH2C },
		{ "AAPL", 0, SMB2_CTX_AAPL }, { "None", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (u32 n = 0; n <= 64; n++)
			assert(one(rows[i].tag, 4, seq, n, rows[i].present) == (n >= rows[i].least));
	for (u32 n = 0; n <= 64; n++) {
		bool v1 = n == 32, v2 = n == 52;

		assert(one("RqLs", 4, seq, n, SMB2_CTX_RQLS | (v2 ? SMB2_CTX_RQLS_V2 : 0)) == (v1 || v2));
		assert(one("MxAc", 4, seq, n, SMB2_CTX_MXAC | (n ? SMB2_CTX_MXAC_TIME : 0)) == (!n || n >= 8));
		assert(!one(app_id, 16, seq, n, 0) && !one(app_version, 16, seq, n, 0));
		assert(one(posix, 16, seq, n, SMB2_CTX_POSIX) == (n >= 4));
	}
	/* names of less than four bytes are none */
	for (u16 n = 0; n < 4; n++)
		assert(!one("Exta", n, seq, 8, 0));
}

static void test_chain(void)
{
	static const u32 bad_next[] = { 1, 4, 8, 20, 23, 25, 31, 33, 36, 0x80000000, 0xfffffff8 };
	struct smb2_create_ctxs x;
	struct wire_blob blob;
	struct ctx_build c;
	struct msg m;
	u8 *b = m.buf + 128;

	/* two of a kind */
	c = begin(&m);
	put(&c, "QFid", 4, NULL, 0);
	put(&c, "QFid", 4, NULL, 0);
	blob = (struct wire_blob){ .data = b, .len = wire_out_len(c.out) - 128 };
	assert(blob.len == 24 + 20 && !csrv_smb2_decode_create_ctxs(&blob, &x));
	memcpy(b + 24 + 16, "MxAc", 4);
	assert(csrv_smb2_decode_create_ctxs(&blob, &x) && x.present == (SMB2_CTX_QFID | SMB2_CTX_MXAC));

	for (size_t i = 0; i < ARRAY_SIZE(bad_next); i++) {
		put_unaligned_le32(bad_next[i], b);
		assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	}
	put_unaligned_le32(24, b);
	/* name and data must be inside their own context */
	put_unaligned_le16(24, b + 4);
	assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	put_unaligned_le16(16, b + 4);
	put_unaligned_le32(8, b + 12);
	put_unaligned_le16(24, b + 10);
	assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	put_unaligned_le32(0xffffffff, b + 12);
	put_unaligned_le16(16, b + 10);
	assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	/* a tail that is no context */
	c = begin(&m);
	put(&c, "QFid", 4, NULL, 0);
	put_unaligned_le32(24, b);
	for (u32 n = 21; n < 24 + 16; n++) {
		blob.len = n;
		assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	}
	blob.len = 0;
	assert(csrv_smb2_decode_create_ctxs(&blob, &x) && !x.present);

	c = begin(&m);
	for (int i = 0; i <= SMB2_CREATE_CTX_MAX; i++)
		put(&c, "Unkn", 4, NULL, 0);
	blob.len = wire_out_len(c.out) - 128;
	assert(!csrv_smb2_decode_create_ctxs(&blob, &x));
	put_unaligned_le32(0, b + 24 * (SMB2_CREATE_CTX_MAX - 1));
	assert(csrv_smb2_decode_create_ctxs(&blob, &x));
}

static void test_reply(void)
{
	struct smb2_create_res res = {
		.oplock_level = 0xff, .flags = 1, .action = FILE_CREATED, .creation_time = 1, .access_time = 2,
		.write_time = 3, .change_time = 4, .alloc_size = 5, .end_of_file = 6, .attributes = 0x20,
		.id = { 7, 8 },
	};
	u8 b[512];

	EACH_ROOM(csrv_smb2_encode_create, &res, b, 88);
	assert(le16(b + 64) == 89 && b[66] == 0xff && b[67] == 1 && le32(b + 68) == FILE_CREATED);
	assert(le64(b + 72) == 1 && le64(b + 96) == 4 && le64(b + 104) == 5 && le64(b + 112) == 6);
	assert(le32(b + 120) == 0x20 && le64(b + 128) == 7 && le64(b + 136) == 8);
	assert(le32(b + 144) == 0 && le32(b + 148) == 0);

	res.ctx = (struct smb2_create_ctxs_res){
		.present = SMB2_CTX_MXAC | SMB2_CTX_QFID | SMB2_CTX_RQLS | SMB2_CTX_RQLS_V2 | SMB2_CTX_DHNQ |
			   SMB2_CTX_DH2Q | SMB2_CTX_AAPL | SMB2_CTX_POSIX,
		.mxac_access = 0x1f01ff, .disk_file_id = 11, .disk_volume_id = 12,
		.lease = { .key = { 1 }, .state = 7, .flags = 4, .parent_key = { 2 }, .epoch = 3 },
		.dh2q_timeout = 60000, .dh2q_flags = 2, .aapl = str_blob("apple"),
		.posix_nlink = 1, .posix_mode = 0644, .posix_sids = str_blob("sids"),
	};
	/* 152: MxAc 32, QFid 56, RqLs 76(80), DHnQ 32, DH2Q 32, AAPL 29(32), POSIX 48 */
	EACH_ROOM(csrv_smb2_encode_create, &res, b, 88 + 32 + 56 + 80 + 32 + 32 + 32 + 48);
	assert(le32(b + 144) == 152 && le32(b + 148) == 312);

	/* walked as a client does */
	static const struct { const char *tag; u32 len; u32 next; } want[] = {
		{ "MxAc", 8, 32 }, { "QFid", 32, 56 }, { "RqLs", 52, 80 }, { "DHnQ", 8, 32 },
		{ "DH2Q", 8, 32 }, { "AAPL", 5, 32 }, { posix, 16, 0 },
	};
	u8 *p = b + 152;

	for (size_t i = 0; i < ARRAY_SIZE(want); i++, p += le32(p)) {
		u16 tag_len = le16(p + 6);

		assert((p - b) % 8 == 0 && le32(p) == want[i].next && le16(p + 4) == 16);
		assert(tag_len == (want[i].tag == posix ? 16 : 4) && !memcmp(p + 16, want[i].tag, tag_len));
		assert(le32(p + 12) == want[i].len && le16(p + 10) == (tag_len == 16 ? 32 : 24));
		if (!le32(p))
			break;
	}
	assert(le32(b + 152 + 28) == 0x1f01ff && le64(b + 184 + 24) == 11 && le64(b + 184 + 32) == 12);
	assert(b[240 + 24] == 1 && le32(b + 240 + 40) == 7 && le32(b + 240 + 44) == 4);
	assert(b[240 + 56] == 2 && le16(b + 240 + 72) == 3);

	res.ctx.present = SMB2_CTX_RQLS;
	EACH_ROOM(csrv_smb2_encode_create, &res, b, 88 + 24 + 32);
}

int main(void)
{
	test_plain();
	test_all_contexts();
	test_lengths();
	test_chain();
	test_reply();
	puts("wire smb2 create: ok");
	return 0;
}
