// SPDX-License-Identifier: GPL-2.0-or-later
/* file classes have their sizes, their offsets and their least buffer; SETs are checked */
#include "wiretest.h"
#include "wire/fscc_file.h"
#include "wire/time.h"

static const struct wire_file_info info = {
	.creation_time = 0x0101010101010101, .access_time = 0x0202020202020202,
	.write_time = 0x0303030303030303, .change_time = 0x0404040404040404,
	.alloc_size = 0x1000, .end_of_file = 0x0abc, .index_number = 0x1122334455667788,
	.index_high = 0x99, .volume_serial = 0xabcdef, .position = 0x77, .attributes = 0x420,
	.reparse_tag = IO_REPARSE_TAG_SYMLINK, .nlink = 3, .ea_size = 44, .access = 0x1f01ff,
	.effective_access = 0x1200a9, .mode = 2, .alignment = 1, .delete_pending = true,
	.name = { .data = (const u8 *)"dir/x", .len = 5 },
	.short_name = { .data = (const u8 *)"X~1.T", .len = 5 },
};

static const struct {
	u8 class;
	u32 min_len;
	u32 len;	/* for the info above */
} sizes[] = {
	{ FILE_BASIC_INFORMATION, 40, 40 },
	{ FILE_STANDARD_INFORMATION, 24, 24 },
	{ FILE_INTERNAL_INFORMATION, 8, 8 },
	{ FILE_EA_INFORMATION, 4, 4 },
	{ FILE_ACCESS_INFORMATION, 4, 4 },
	{ FILE_NAME_INFORMATION, 8, 4 + 12 },
	{ FILE_POSITION_INFORMATION, 8, 8 },
	{ FILE_MODE_INFORMATION, 4, 4 },
	{ FILE_ALIGNMENT_INFORMATION, 4, 4 },
	{ FILE_ALL_INFORMATION, 104, 100 + 12 },
	{ FILE_ALTERNATE_NAME_INFORMATION, 8, 4 + 10 },
	{ FILE_COMPRESSION_INFORMATION, 16, 16 },
	{ FILE_NETWORK_OPEN_INFORMATION, 56, 56 },
	{ FILE_ATTRIBUTE_TAG_INFORMATION, 8, 8 },
	{ FILE_NORMALIZED_NAME_INFORMATION, 8, 4 + 10 },
	{ FILE_ID_INFORMATION, 24, 24 },
	{ FILE_STAT_INFORMATION, 72, 72 },
	{ FILE_CASE_SENSITIVE_INFORMATION, 4, 4 },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert(csrv_fscc_file_min_len(sizes[i].class) == sizes[i].min_len);
		for (u32 n = 0; n <= sizes[i].len + 3; n++) {
			u8 *buf = malloc(n + 1);
			struct wire_out out = wire_out(buf, n);
			nt_status_t status = csrv_fscc_encode_file(sizes[i].class, &out, &info);

			assert(!out.bad);
			if (n < sizes[i].min_len) {
				assert(status == NT_INFO_LENGTH_MISMATCH && !wire_out_len(&out));
			} else if (n < sizes[i].len) {
				assert(status == NT_BUFFER_OVERFLOW);
				assert(wire_out_len(&out) == (n & ~1u));
			} else {
				assert(status == NT_OK && wire_out_len(&out) == sizes[i].len);
			}
			free(buf);
		}
	}
	assert(csrv_fscc_file_min_len(FILE_STREAM_INFORMATION) == 32);
	assert(!csrv_fscc_file_min_len(FILE_RENAME_INFORMATION) && !csrv_fscc_file_min_len(255));
}

static void test_values(void)
{
	u8 b[256];
	struct wire_out out = wire_out(b, sizeof(b));

	assert(csrv_fscc_encode_file(FILE_ALL_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b) == info.creation_time && le64(b + 8) == info.access_time);
	assert(le64(b + 16) == info.write_time && le64(b + 24) == info.change_time);
	assert(le32(b + 32) == info.attributes && le32(b + 36) == 0);
	assert(le64(b + 40) == info.alloc_size && le64(b + 48) == info.end_of_file);
	assert(le32(b + 56) == 3 && b[60] == 1 && b[61] == 0 && le16(b + 62) == 0);
	assert(le64(b + 64) == info.index_number && le32(b + 72) == 44 && le32(b + 76) == 0x1f01ff);
	assert(le64(b + 80) == 0x77 && le32(b + 88) == 2 && le32(b + 92) == 1 && le32(b + 96) == 12);
	assert(!memcmp(b + 100, "\\\0d\0i\0r\0\\\0x\0", 12));

	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_file(FILE_NORMALIZED_NAME_INFORMATION, &out, &info) == NT_OK);
	assert(le32(b) == 10 && !memcmp(b + 4, "d\0i\0r\0\\\0x\0", 10));

	/* cut, but with its whole length */
	out = wire_out(b, 8);
	assert(csrv_fscc_encode_file(FILE_NAME_INFORMATION, &out, &info) == NT_BUFFER_OVERFLOW);
	assert(le32(b) == 12 && !memcmp(b + 4, "\\\0d\0", 4));

	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_file(FILE_STAT_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b) == info.index_number && le64(b + 40) == 0x1000 && le32(b + 56) == 0x420);
	assert(le32(b + 60) == IO_REPARSE_TAG_SYMLINK && le32(b + 64) == 3 && le32(b + 68) == 0x1200a9);

	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_file(FILE_ID_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b) == 0xabcdef && le64(b + 8) == info.index_number && le64(b + 16) == 0x99);
	assert(csrv_fscc_encode_file(FILE_END_OF_FILE_INFORMATION, &out, &info) == NT_INVALID_INFO_CLASS);
	assert(csrv_fscc_encode_file(FILE_STREAM_INFORMATION, &out, &info) == NT_INVALID_INFO_CLASS);
	assert(FILE_ATTRIBUTE_ALL == (0x37 | 0xff80 | 0xe0000 | 0x100000 | 0x400000));
}

static void test_pipe(void)
{
	struct wire_pipe_info pi = { .read_mode = 1, .type = 1, .configuration = 2, .state = 3, .end = 1 };
	u8 b[40];
	struct wire_out out = wire_out(b, sizeof(b));

	assert(csrv_fscc_encode_file_pipe(FILE_PIPE_LOCAL_INFORMATION, &out, &pi) == NT_OK);
	assert(wire_out_len(&out) == 40 && le32(b) == 1 && le32(b + 4) == 2 && le32(b + 32) == 3);
	assert(csrv_fscc_encode_file_pipe(FILE_PIPE_INFORMATION, &out, &pi) == NT_INFO_LENGTH_MISMATCH);
	out = wire_out(b, 8);
	assert(csrv_fscc_encode_file_pipe(FILE_PIPE_INFORMATION, &out, &pi) == NT_OK && b[0] == 1);
	assert(csrv_fscc_encode_file_pipe(FILE_BASIC_INFORMATION, &out, &pi) == NT_INVALID_INFO_CLASS);
}

static void test_streams(void)
{
	struct wire_stream_info main_stream = { .size = 5, .alloc_size = 8 };
	struct wire_stream_info named = { .size = 6, .name = str_blob("abc") };
	u8 b[100];
	struct wire_out out = wire_out(b, 38 + 2 + 24 + 20);
	struct wire_list list = csrv_fscc_stream_begin(&out);

	assert(csrv_fscc_stream_add(&list, &main_stream));
	assert(wire_out_len(&out) == 38 && le32(b + 4) == 14 && le64(b + 8) == 5 && le64(b + 16) == 8);
	assert(!memcmp(b + 24, ":\0:\0$\0D\0A\0T\0A\0", 14));
	assert(csrv_fscc_stream_add(&list, &named));
	assert(le32(b) == 40 && le32(b + 40) == 0 && le32(b + 44) == 20 && out.pos == out.end);
	assert(!memcmp(b + 64, ":\0a\0b\0c\0:\0$\0", 12));
	assert(!csrv_fscc_stream_add(&list, &main_stream) && !out.bad && list.count == 2);
}

static nt_status_t set(u8 class, const void *buf, u32 len, struct wire_file_set *s)
{
	u8 *p = exact(buf, len);
	struct wire_blob blob = { .data = p, .len = len };
	nt_status_t status = csrv_fscc_decode_file_set(class, &blob, s);

	free(p);
	return status;
}

static void test_set_basic(void)
{
	struct wire_file_set s;
	u8 b[40] = {};

	for (u32 n = 0; n < 40; n++)
		assert(set(FILE_BASIC_INFORMATION, b, n, &s) == NT_INFO_LENGTH_MISMATCH);
	put_unaligned_le64(-1ull, b);
	put_unaligned_le64(-2ull, b + 8);
	put_unaligned_le64(5, b + 16);
	put_unaligned_le32(FILE_ATTRIBUTE_HIDDEN, b + 32);
	assert(set(FILE_BASIC_INFORMATION, b, 40, &s) == NT_OK);
	assert(s.class == FILE_BASIC_INFORMATION && s.basic.creation_time == FILETIME_FREEZE);
	assert(s.basic.access_time == FILETIME_THAW && s.basic.write_time == 5);
	assert(s.basic.change_time == FILETIME_OMIT && s.basic.attributes == FILE_ATTRIBUTE_HIDDEN);
	for (int i = 0; i < 4; i++) {
		u8 bad[40] = {};

		put_unaligned_le64(-3ull, bad + 8 * i);
		assert(set(FILE_BASIC_INFORMATION, bad, 40, &s) == NT_INVALID_PARAMETER);
	}
}

static void test_set_rename(void)
{
	static const u8 classes[] = {
		FILE_RENAME_INFORMATION, FILE_LINK_INFORMATION,
		FILE_RENAME_INFORMATION_EX, FILE_LINK_INFORMATION_EX,
	};
	struct wire_file_set s;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		u8 b[26] = { 1 };

		b[16] = 6;
		memcpy(b + 20, "a\0b\0c\0", 6);
		for (u32 n = 0; n < 20; n++)
			assert(set(classes[i], b, n, &s) == NT_INFO_LENGTH_MISMATCH);
		for (u32 n = 20; n < 26; n++)
			assert(set(classes[i], b, n, &s) == NT_INVALID_PARAMETER);

		struct wire_blob blob = { .data = b, .len = 26 };

		assert(csrv_fscc_decode_file_set(classes[i], &blob, &s) == NT_OK);
		assert(s.rename.flags == FILE_RENAME_REPLACE_IF_EXISTS);
		assert(s.rename.name.data == b + 20 && s.rename.name.len == 6);
		b[16] = 5;
		assert(set(classes[i], b, 26, &s) == NT_INVALID_PARAMETER);
		b[16] = 0;
		assert(set(classes[i], b, 26, &s) == NT_INVALID_PARAMETER);
		b[16] = 4;
		b[8] = 1;
		assert(set(classes[i], b, 26, &s) == NT_INVALID_PARAMETER);
	}
}

static void test_set_others(void)
{
	static const u8 sized[] = {
		FILE_ALLOCATION_INFORMATION, FILE_END_OF_FILE_INFORMATION,
		FILE_VALID_DATA_LENGTH_INFORMATION, FILE_POSITION_INFORMATION,
	};
	u8 ea[] = { 0, 0, 0, 0, 0, 1, 1, 0, 'A', 0, 'v' };
	u8 b[8] = { 0x34, 0x12 };
	struct wire_file_set s;

	for (size_t i = 0; i < ARRAY_SIZE(sized); i++) {
		b[7] = 0;
		assert(set(sized[i], b, 7, &s) == NT_INFO_LENGTH_MISMATCH);
		assert(set(sized[i], b, 8, &s) == NT_OK && s.size == 0x1234);
		b[7] = 0x80;
		assert(set(sized[i], b, 8, &s) == NT_INVALID_PARAMETER);
	}
	assert(set(FILE_DISPOSITION_INFORMATION, b, 1, &s) == NT_OK && s.disposition == 1);
	assert(set(FILE_DISPOSITION_INFORMATION, "", 0, &s) == NT_INFO_LENGTH_MISMATCH);
	assert(set(FILE_DISPOSITION_INFORMATION_EX, "\x13\0\0", 4, &s) == NT_OK);
	assert(s.disposition == 0x13);
	assert(set(FILE_MODE_INFORMATION, "\2\0\0", 4, &s) == NT_OK && s.mode == 2);
	assert(set(FILE_MODE_INFORMATION, "\1\0\0", 4, &s) == NT_INVALID_PARAMETER);
	assert(set(FILE_PIPE_INFORMATION, "\1\0\0\0\0\0\0", 8, &s) == NT_OK && s.pipe.read_mode == 1);
	assert(set(FILE_PIPE_INFORMATION, "\2\0\0\0\0\0\0", 8, &s) == NT_INVALID_PARAMETER);
	assert(set(FILE_SHORT_NAME_INFORMATION, "\2\0\0\0A\0", 6, &s) == NT_OK && s.short_name.len == 2);
	assert(set(FILE_SHORT_NAME_INFORMATION, "\4\0\0\0A\0", 6, &s) == NT_INVALID_PARAMETER);
	assert(set(FILE_FULL_EA_INFORMATION, ea, sizeof(ea), &s) == NT_OK && s.eas.len == sizeof(ea));
	assert(set(FILE_FULL_EA_INFORMATION, ea, sizeof(ea) - 1, &s) == NT_EA_LIST_INCONSISTENT);
	assert(set(FILE_CASE_SENSITIVE_INFORMATION, "\1\0\0", 4, &s) == NT_OK && s.cs_flags == 1);
	assert(set(FILE_STANDARD_INFORMATION, b, 8, &s) == NT_INVALID_INFO_CLASS);
	assert(set(255, b, 8, &s) == NT_INVALID_INFO_CLASS);
}

int main(void)
{
	test_sizes();
	test_values();
	test_pipe();
	test_streams();
	test_set_basic();
	test_set_rename();
	test_set_others();
	puts("wire fscc_file: ok");
	return 0;
}
