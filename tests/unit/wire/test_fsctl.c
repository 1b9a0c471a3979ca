// SPDX-License-Identifier: GPL-2.0-or-later
/* buffers of control codes: shortest good one, each shorter one, what must not be in it */
#include "wiretest.h"
#include "wire/fsctl.h"

/* @call sees every prefix of @b; only from @min bytes on it may say yes. */
#define FROM(b, size, min, call)							\
	do {									\
		for (u32 n_ = 0; n_ <= (size); n_++) {				\
			u8 *p_ = exact(b, n_);					\
			struct wire_blob blob = { .data = n_ ? p_ : NULL, .len = n_ };	\
			assert((call) == (n_ >= (min)));			\
			free(p_);						\
		}								\
	} while (0)

static void test_validate(void)
{
	u8 b[24 + 6] = { 0x7f, [4] = 9, [20] = 1, [22] = 3, [24] = 2, 2, 0x10, 2, 0, 3 };
	struct smb2_validate_negotiate_res res = { .capabilities = 1, .guid = { 5 }, .security_mode = 3, .dialect = 0x302 };
	struct smb2_validate_negotiate v;
	struct wire_blob whole = { .data = b, .len = sizeof(b) };
	u8 r[24];
	struct wire_out out = wire_out(r, sizeof(r));

	FROM(b, sizeof(b), sizeof(b), csrv_smb2_decode_validate_negotiate(&blob, &v));
	assert(v.capabilities == 0x7f && v.guid[0] == 9 && v.security_mode == 1);
	assert(v.num_dialects == 3 && v.dialects[0] == 0x202 && v.dialects[2] == 0x300);
	put_unaligned_le16(65, b + 22);
	assert(!csrv_smb2_decode_validate_negotiate(&whole, &v));
	assert(csrv_smb2_encode_validate_negotiate(&out, &res) && out.pos == out.end);
	assert(r[0] == 1 && r[4] == 5 && le16(r + 20) == 3 && le16(r + 22) == 0x302);
}

static void test_interfaces(void)
{
	struct smb2_network_interface v4 = { .index = 2, .capability = 1, .link_speed = 10000000000, .address = { 192, 168, 1, 2 } };
	struct smb2_network_interface v6 = { .index = 3, .ipv6 = true, .address = { 0xfe, 0x80, [15] = 1 } };
	u8 b[304];
	struct wire_out out = wire_out(b, 303);
	struct wire_list list = csrv_smb2_network_interface_begin(&out);

	assert(csrv_smb2_network_interface_add(&list, &v4) && wire_out_len(&out) == 152);
	assert(!csrv_smb2_network_interface_add(&list, &v6) && le32(b) == 0 && !out.bad);
	out.end++;
	assert(csrv_smb2_network_interface_add(&list, &v6) && le32(b) == 152 && out.pos == out.end);
	assert(le32(b + 4) == 2 && le32(b + 8) == 1 && le64(b + 16) == 10000000000 && le16(b + 24) == 2);
	assert(le16(b + 26) == 0 && b[28] == 192 && b[31] == 2 && b[32] == 0);
	assert(le16(b + 152 + 24) == 0x17 && b[152 + 32] == 0xfe && b[152 + 47] == 1);
}

static void test_copychunk(void)
{
	u8 b[32 + 48] = { 1, [23] = 2, [24] = 2, [32] = 3, [40] = 4, [48] = 5, [56] = 6 };
	struct srv_copychunk_copy copy;
	struct srv_copychunk chunk;
	struct wire_blob whole = { .data = b, .len = sizeof(b) };
	struct srv_copychunk_res res = { 1, 2, 3 };
	u8 r[32];
	struct wire_out out = wire_out(r, 12);

	FROM(b, sizeof(b), sizeof(b), csrv_decode_copychunk(&blob, &copy));
	assert(csrv_decode_copychunk(&whole, &copy) && copy.num == 2);
	assert(copy.source_key[0] == 1 && copy.source_key[23] == 2);
	assert(csrv_copychunk_at(&copy, 0, &chunk) && chunk.source_offset == 3);
	assert(chunk.target_offset == 4 && chunk.length == 5);
	assert(csrv_copychunk_at(&copy, 1, &chunk) && chunk.source_offset == 6);
	assert(!csrv_copychunk_at(&copy, 2, &chunk) && !csrv_copychunk_at(&copy, 0xffffffff, &chunk));
	/* too many: known, but not looked at */
	put_unaligned_le32(0xffffffff, b + 24);
	assert(csrv_decode_copychunk(&whole, &copy) && copy.num == 0xffffffff);
	assert(!csrv_copychunk_at(&copy, 0, &chunk));

	assert(csrv_encode_copychunk(&out, &res) && le32(r + 8) == 3);
	out = wire_out(r, 32);
	assert(csrv_encode_resume_key(&out, b) && out.pos == out.end && r[23] == 2 && r[24] == 0);
	out = wire_out(r, 12);
	assert(csrv_encode_snapshots(&out, 2, 1, 50) && le32(r) == 2 && le32(r + 8) == 50);
}

static void test_pipe(void)
{
	u8 b[14 + 4] = { 10, [8] = 4, [12] = 1, [14] = 'a', 0, 'b', 0 };
	struct fsctl_pipe_wait wait;
	struct wire_blob whole = { .data = b, .len = sizeof(b) };
	struct fsctl_pipe_peek_res peek = { 3, 20, 1, 20 };
	u8 r[16];
	struct wire_out out = wire_out(r, sizeof(r));

	FROM(b, sizeof(b), sizeof(b), csrv_fsctl_decode_pipe_wait(&blob, &wait));
	assert(csrv_fsctl_decode_pipe_wait(&whole, &wait) && wait.timeout == 10 && wait.timeout_given);
	assert(wait.name.data == b + 14 && wait.name.len == 4);
	b[8] = 3;
	assert(!csrv_fsctl_decode_pipe_wait(&whole, &wait));
	assert(csrv_fsctl_encode_pipe_peek(&out, &peek) && le32(r) == 3 && le32(r + 12) == 20);
}

static void test_ranges(void)
{
	u8 b[16] = { 0x10, [8] = 0x30 };
	struct wire_blob whole = { .data = b, .len = sizeof(b) };
	struct fsctl_range range;
	struct wire_out out;
	bool sparse;
	u8 r[16];

	FROM(b, 16, 16, csrv_fsctl_decode_zero_data(&blob, &range));
	assert(range.offset == 0x10 && range.length == 0x20);
	FROM(b, 16, 16, csrv_fsctl_decode_allocated_ranges(&blob, &range));
	assert(range.offset == 0x10 && range.length == 0x30);
	out = wire_out(r, 16);
	assert(csrv_fsctl_put_range(&out, &range) && !memcmp(b, r, 16));
	assert(!csrv_fsctl_put_range(&out, &range) && !out.bad);

	put_unaligned_le64(0x31, b);			/* ends before it starts */
	assert(!csrv_fsctl_decode_zero_data(&whole, &range));
	put_unaligned_le64(1ull << 63, b);		/* negative */
	assert(!csrv_fsctl_decode_zero_data(&whole, &range) && !csrv_fsctl_decode_allocated_ranges(&whole, &range));
	put_unaligned_le64(S64_MAX, b);			/* sum beyond a loff_t */
	assert(!csrv_fsctl_decode_allocated_ranges(&whole, &range));
	put_unaligned_le64(0, b + 8);
	assert(csrv_fsctl_decode_allocated_ranges(&whole, &range));

	whole.len = 0;
	assert(csrv_fsctl_decode_set_sparse(&whole, &sparse) && sparse);
	whole = str_blob("\1");
	assert(csrv_fsctl_decode_set_sparse(&whole, &sparse) && sparse);
	whole = (struct wire_blob){ .data = b + 15, .len = 1 };
	assert(csrv_fsctl_decode_set_sparse(&whole, &sparse) && !sparse);
}

static void test_extents(void)
{
	u8 b[48] = { [0] = 1, [8] = 2, [16] = 3, [24] = 4, [32] = 5, [40] = 1 };
	u8 ex[56] = { 48 };
	struct fsctl_duplicate_extents dup;
	struct wire_blob whole = { .data = b, .len = 40 };
	u8 trim[8 + 32] = { [4] = 2, [8] = 1, [16] = 2, [24] = 3, [32] = 4 };
	struct fsctl_range range;
	struct fsctl_trim t;

	FROM(b, 40, 40, csrv_fsctl_decode_duplicate_extents(&blob, false, &dup));
	assert(dup.source_persistent_id == 1 && dup.source_volatile_id == 2 && dup.source_offset == 3);
	assert(dup.target_offset == 4 && dup.length == 5 && dup.flags == 0);
	memcpy(ex + 8, b, 48);
	FROM(ex, 56, 56, csrv_fsctl_decode_duplicate_extents(&blob, true, &dup));
	assert(dup.length == 5 && dup.flags == 1);
	put_unaligned_le64(S64_MAX - 4, b + 16);
	assert(!csrv_fsctl_decode_duplicate_extents(&whole, false, &dup));
	put_unaligned_le64(S64_MAX - 5, b + 16);
	assert(csrv_fsctl_decode_duplicate_extents(&whole, false, &dup));

	FROM(trim, 40, 40, csrv_fsctl_decode_trim(&blob, &t));
	whole = (struct wire_blob){ .data = trim, .len = sizeof(trim) };
	assert(csrv_fsctl_decode_trim(&whole, &t) && t.num == 2 && csrv_fsctl_range_at(&t, 1, &range));
	assert(range.offset == 3 && range.length == 4 && !csrv_fsctl_range_at(&t, 2, &range));
	put_unaligned_le32(0xffffffff, trim + 4);
	assert(!csrv_fsctl_decode_trim(&whole, &t));
}

static void test_others(void)
{
	u8 b[64] = { 1, 2, [63] = 3 };
	struct fsctl_object_id id;
	struct fsctl_resiliency res;
	u8 r[64];
	struct wire_out out = wire_out(r, sizeof(r));
	u16 format;

	FROM(b, 64, 64, csrv_fsctl_decode_object_id(&blob, &id));
	assert(csrv_fsctl_encode_object_id(&out, &id) && !memcmp(b, r, 64));
	FROM(b, 8, 8, csrv_fsctl_decode_resiliency(&blob, &res));
	assert(res.timeout == 0x201);
	FROM(b, 2, 2, csrv_fsctl_decode_compression(&blob, &format));
	assert(format == 0x201);
}

static void test_symlink(void)
{
	u8 b[128];
	struct wire_out out = wire_out(b, sizeof(b));
	struct wire_blob blob;
	struct fsctl_reparse rp;
	struct fsctl_symlink link;
	static char big[40000];

	assert(csrv_fsctl_encode_symlink(&out, "../a/b", 6, true));
	assert(wire_out_len(&out) == 8 + 12 + 24 && le32(b) == 0xa000000c && le16(b + 4) == 36);
	blob = (struct wire_blob){ .data = b, .len = wire_out_len(&out) };
	assert(csrv_fsctl_decode_reparse(&blob, &rp) && rp.tag == 0xa000000c && !rp.has_guid);
	assert(csrv_fsctl_decode_symlink(&rp, &link) && link.flags == SYMLINK_FLAG_RELATIVE);
	assert(link.substitute.len == 12 && !memcmp(link.substitute.data, ".\0.\0\\\0a\0\\\0b\0", 12));
	assert(link.print.len == 12 && link.print.data == link.substitute.data + 12);
	for (u32 n = 0; n < blob.len; n++) {
		u8 *p = exact(b, n);
		struct wire_blob cut = { .data = p, .len = n };

		assert(!csrv_fsctl_decode_reparse(&cut, &rp));
		free(p);
	}
	/* names that are not inside the buffer */
	assert(csrv_fsctl_decode_reparse(&blob, &rp));
	for (u32 field = 8; field < 16; field += 2) {
		u16 was = le16(b + field);

		put_unaligned_le16(0xfffe, b + field);
		assert(!csrv_fsctl_decode_symlink(&rp, &link));
		put_unaligned_le16(was, b + field);
	}
	/* a tag of a third party has a GUID */
	u8 other[8 + 16 + 2] = { 0x17, [4] = 2, [8] = 0xaa, [24] = 0xbb };

	blob = (struct wire_blob){ .data = other, .len = sizeof(other) };
	assert(csrv_fsctl_decode_reparse(&blob, &rp) && rp.has_guid && rp.guid[0] == 0xaa);
	assert(rp.data.len == 2 && rp.data.data[0] == 0xbb && !csrv_fsctl_decode_symlink(&rp, &link));

	memset(big, 'x', sizeof(big));
	out = wire_out(b, sizeof(b));
	assert(!csrv_fsctl_encode_symlink(&out, big, sizeof(big), true));
}

int main(void)
{
	test_validate();
	test_interfaces();
	test_copychunk();
	test_pipe();
	test_ranges();
	test_extents();
	test_others();
	test_symlink();
	puts("wire fsctl: ok");
	return 0;
}
