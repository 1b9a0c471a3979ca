// SPDX-License-Identifier: GPL-2.0-or-later
/* headers there and back; a message falls into the right slices or into none */
#include "wiretest.h"
#include "wire/smb2/compound.h"
#include "wire/smb2/transform.h"

static const struct smb2_header sync_hdr = {
	.credit_charge = 1, .command = SMB2_READ, .credits = 31, .flags = SMB2_FLAGS_SIGNED,
	.next = 72, .message_id = 0x1122334455667788, .process_id = 0xfeff, .tree_id = 5,
	.session_id = 0x99aabbcc, .signature = { 1, [15] = 2 },
};

static void test_header(void)
{
	struct smb2_header hdr = sync_hdr, got;
	u8 b[64];

	for (u32 n = 0; n <= sizeof(b); n++) {
		struct wire_out out = wire_out(b, n);

		assert(csrv_smb2_encode_header(&out, &hdr) == (n == sizeof(b)));
	}
	assert(csrv_smb2_message_protocol(b, 64) == SMB2_PROTOCOL_ID && csrv_smb2_message_protocol(b, 3) == 0);
	assert(le16(b + 12) == SMB2_READ && le32(b + 36) == 5 && b[SMB2_SIGNATURE_OFFSET] == 1);
	for (u32 n = 0; n <= sizeof(b); n++) {
		u8 *p = exact(b, n);
		struct wire_in in = wire_in(p, n);

		assert(csrv_smb2_decode_header(&in, &got) == (n == sizeof(b)));
		free(p);
	}
	assert(!memcmp(&got, &hdr, sizeof(got)));

	/* async: eight bytes of AsyncId in place of two of four */
	hdr.flags |= SMB2_FLAGS_ASYNC_COMMAND | SMB2_FLAGS_SERVER_TO_REDIR;
	hdr.async_id = 0x0102030405060708;
	hdr.status = NT_PENDING;
	struct wire_out out = wire_out(b, sizeof(b));

	assert(csrv_smb2_encode_header(&out, &hdr) && le64(b + 32) == 0x0102030405060708 && le32(b + 8) == 0x103);
	struct wire_in in = wire_in(b, sizeof(b));

	assert(csrv_smb2_decode_header(&in, &got) && got.async_id == hdr.async_id && !got.tree_id);
	assert(got.channel_sequence == 0x103);

	b[4] = 63;
	in = wire_in(b, sizeof(b));
	assert(!csrv_smb2_decode_header(&in, &got));
	b[4] = 64;
	b[0] = 0xff;
	in = wire_in(b, sizeof(b));
	assert(!csrv_smb2_decode_header(&in, &got));
}

/* A finished header: NextCommand and one flag change, and not a byte besides. */
static void test_patch(void)
{
	struct smb2_header hdr = sync_hdr, got;
	u8 b[SMB2_HEADER_LEN], *p;
	struct wire_out out = wire_out(b, sizeof(b));
	struct wire_in in;

	hdr.flags = SMB2_FLAGS_SERVER_TO_REDIR;
	hdr.next = 0;
	assert(csrv_smb2_encode_header(&out, &hdr));
	p = exact(b, sizeof(b));
	csrv_smb2_header_set_next(p, 0x01020308);
	csrv_smb2_header_set_signed(p);
	csrv_smb2_header_set_signed(p);
	in = wire_in(p, sizeof(b));
	assert(csrv_smb2_decode_header(&in, &got));
	hdr.next = 0x01020308;
	hdr.flags |= SMB2_FLAGS_SIGNED;
	assert(!memcmp(&got, &hdr, sizeof(got)));
	csrv_smb2_header_set_next(p, 0);
	assert(!memcmp(p, b, SMB2_FLAGS_OFFSET) && le32(p + SMB2_NEXT_OFFSET) == 0);
	free(p);
}

static void test_transform(void)
{
	struct smb2_transform tf = { .signature = { 1 }, .nonce = { 2 }, .original_size = 0x1234, .flags = 1, .session_id = 7 }, got;
	u8 b[SMB2_TRANSFORM_LEN];

	for (u32 n = 0; n <= sizeof(b); n++) {
		struct wire_out out = wire_out(b, n);

		assert(csrv_smb2_encode_transform(&out, &tf) == (n == sizeof(b)));
	}
	assert(smb2_is_transform(b, sizeof(b)) && !smb2_is_compressed(b, sizeof(b)));
	assert(b[SMB2_TRANSFORM_AAD_OFFSET] == 2);
	for (u32 n = 0; n <= sizeof(b); n++) {
		u8 *p = exact(b, n);
		struct wire_in in = wire_in(p, n);

		assert(csrv_smb2_decode_transform(&in, &got) == (n == sizeof(b)));
		free(p);
	}
	assert(got.original_size == 0x1234 && got.flags == 1 && got.session_id == 7);
	assert(got.signature[0] == 1 && got.nonce[0] == 2);
	b[0] = 0xfc;
	struct wire_in in = wire_in(b, sizeof(b));

	assert(!csrv_smb2_decode_transform(&in, &got) && smb2_is_compressed(b, 4) && !smb2_is_compressed(b, 3));
}

/* A message of commands of these lengths; the last has NextCommand 0. */
static u32 chain(u8 *b, const u32 *len, u32 num)
{
	u32 at = 0;

	memset(b, 0, 8192);
	for (u32 i = 0; i < num; i++) {
		put_unaligned_le32(i + 1 < num ? len[i] : 0, b + at + 20);
		at += len[i];
	}
	return at;
}

static u32 split(const u8 *b, u32 len, struct smb2_slice *s, u32 cap)
{
	u8 *p = exact(b, len);
	u32 n = csrv_smb2_compound_split(p, len, s, cap);

	free(p);
	return n;
}

static void test_compound(void)
{
	static u8 b[8192];
	struct smb2_slice s[SMB2_COMPOUND_MAX];
	u32 len = chain(b, (u32[]){ 64 }, 1);

	assert(split(b, len, s, 4) == 1 && s[0].offset == 0 && s[0].len == 64);
	assert(split(b, 63, s, 4) == 0 && split(b, 0, s, 4) == 0 && split(b, len, s, 0) == 0);

	len = chain(b, (u32[]){ 72, 120, 65 }, 3);
	assert(split(b, len, s, 3) == 3);
	assert(s[0].offset == 0 && s[0].len == 72 && s[1].offset == 72 && s[1].len == 120);
	assert(s[2].offset == 192 && s[2].len == 65);
	assert(split(b, len, s, 2) == 0);		/* more than we take */
	assert(split(b, 192 + 63, s, 3) == 0);		/* no room for the last header */
	assert(split(b, 192, s, 3) == 0);

	static const u32 bad[] = { 1, 8, 56, 63, 65, 68, 71, 0x80000000, 0xfffffff8, 0xffffffff, 8192 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put_unaligned_le32(bad[i], b + 72 + 20);
		assert(split(b, len, s, 3) == 0);
	}
	/* 64 of the least length, and one more */
	u32 lens[65];

	for (int i = 0; i < 65; i++)
		lens[i] = 64;
	len = chain(b, lens, 64);
	assert(split(b, len, s, SMB2_COMPOUND_MAX) == 64);
	len = chain(b, lens, 65);
	assert(split(b, len, s, SMB2_COMPOUND_MAX) == 0);
}

int main(void)
{
	test_header();
	test_patch();
	test_transform();
	test_compound();
	puts("wire smb2 header: ok");
	return 0;
}
