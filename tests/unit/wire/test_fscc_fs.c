// SPDX-License-Identifier: GPL-2.0-or-later
/* file system classes have their sizes, their offsets and their least buffer */
#include "wiretest.h"
#include "wire/fscc_fs.h"

static const struct wire_fs_info info = {
	.creation_time = 0x1234567890, .serial = 0xcafe, .supports_objects = true,
	.label = { .data = (const u8 *)"label", .len = 5 },
	.total_units = 100, .caller_units = 50, .free_units = 60, .sectors_per_unit = 8,
	.bytes_per_sector = 512, .device_type = FILE_DEVICE_DISK, .characteristics = 0x20,
	.attributes = FILE_NAMED_STREAMS, .name_max = 255,
	.fs_name = { .data = (const u8 *)"NTFS", .len = 4 },
	.quota_threshold = -1ull, .quota_limit = 7, .quota_flags = 2,
	.object_id = { 1, 2 }, .object_extra = { 3 },
	.sector_logical = 512, .sector_physical_atomic = 4096, .sector_physical_perf = 4097,
	.sector_effective_atomic = 4098, .sector_flags = 3, .sector_align_offset = 5,
	.partition_align_offset = 6,
};

static const struct {
	u8 class;
	u32 min_len;
	u32 len;
} sizes[] = {
	{ FILE_FS_VOLUME_INFORMATION, 24, 18 + 10 },
	{ FILE_FS_SIZE_INFORMATION, 24, 24 },
	{ FILE_FS_DEVICE_INFORMATION, 8, 8 },
	{ FILE_FS_ATTRIBUTE_INFORMATION, 16, 12 + 8 },
	{ FILE_FS_CONTROL_INFORMATION, 48, 48 },
	{ FILE_FS_FULL_SIZE_INFORMATION, 32, 32 },
	{ FILE_FS_OBJECTID_INFORMATION, 64, 64 },
	{ FILE_FS_SECTOR_SIZE_INFORMATION, 28, 28 },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert(csrv_fscc_fs_min_len(sizes[i].class) == sizes[i].min_len);
		for (u32 n = 0; n <= sizes[i].len + 3; n++) {
			u8 *buf = malloc(n + 1);
			struct wire_out out = wire_out(buf, n);
			nt_status_t status = csrv_fscc_encode_fs(sizes[i].class, &out, &info);

			assert(!out.bad);
			if (n < sizes[i].min_len)
				assert(status == NT_INFO_LENGTH_MISMATCH && !wire_out_len(&out));
			else if (n < sizes[i].len)
				assert(status == NT_BUFFER_OVERFLOW && wire_out_len(&out) == (n & ~1u));
			else
				assert(status == NT_OK && wire_out_len(&out) == sizes[i].len);
			free(buf);
		}
	}
	assert(!csrv_fscc_fs_min_len(FILE_FS_LABEL_INFORMATION) && !csrv_fscc_fs_min_len(0));
}

static void test_values(void)
{
	u8 b[64];
	struct wire_out out = wire_out(b, sizeof(b));

	assert(csrv_fscc_encode_fs(FILE_FS_VOLUME_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b) == 0x1234567890 && le32(b + 8) == 0xcafe && le32(b + 12) == 10 && b[16] == 1);
	assert(!b[17] && !memcmp(b + 18, "l\0a\0b\0e\0l\0", 10));

	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_fs(FILE_FS_ATTRIBUTE_INFORMATION, &out, &info) == NT_OK);
	assert(le32(b) == FILE_NAMED_STREAMS && le32(b + 4) == 255 && le32(b + 8) == 8);
	out = wire_out(b, 17);
	assert(csrv_fscc_encode_fs(FILE_FS_ATTRIBUTE_INFORMATION, &out, &info) == NT_BUFFER_OVERFLOW);
	assert(le32(b + 8) == 4);	/* what is there */

	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_fs(FILE_FS_FULL_SIZE_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b) == 100 && le64(b + 8) == 50 && le64(b + 16) == 60 && le32(b + 24) == 8);
	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_fs(FILE_FS_CONTROL_INFORMATION, &out, &info) == NT_OK);
	assert(le64(b + 24) == -1ull && le64(b + 32) == 7 && le32(b + 40) == 2);
	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_encode_fs(FILE_FS_SECTOR_SIZE_INFORMATION, &out, &info) == NT_OK);
	assert(le32(b) == 512 && le32(b + 12) == 4098 && le32(b + 24) == 6);
	assert(csrv_fscc_encode_fs(99, &out, &info) == NT_INVALID_INFO_CLASS);
}

static void test_set(void)
{
	static const u8 label[] = { 4, 0, 0, 0, 'a', 0, 'b', 0 };
	struct wire_blob blob = { .data = label, .len = sizeof(label) };
	u8 b[64] = { [24] = 1, [32] = 2, [40] = 3 };
	struct wire_fs_set set;

	assert(csrv_fscc_decode_fs_set(FILE_FS_LABEL_INFORMATION, &blob, &set) == NT_OK);
	assert(set.label.data == label + 4 && set.label.len == 4);
	blob.len = 7;
	assert(csrv_fscc_decode_fs_set(FILE_FS_LABEL_INFORMATION, &blob, &set) == NT_INVALID_PARAMETER);
	blob.len = 3;
	assert(csrv_fscc_decode_fs_set(FILE_FS_LABEL_INFORMATION, &blob, &set) == NT_INFO_LENGTH_MISMATCH);

	blob = (struct wire_blob){ .data = b, .len = 48 };
	assert(csrv_fscc_decode_fs_set(FILE_FS_CONTROL_INFORMATION, &blob, &set) == NT_OK);
	assert(set.control.quota_threshold == 1 && set.control.quota_limit == 2);
	assert(set.control.quota_flags == 3);
	assert(csrv_fscc_decode_fs_set(FILE_FS_OBJECTID_INFORMATION, &blob, &set) == NT_INFO_LENGTH_MISMATCH);
	blob.len = 64;
	assert(csrv_fscc_decode_fs_set(FILE_FS_OBJECTID_INFORMATION, &blob, &set) == NT_OK);
	assert(set.object_id.extra[8] == 1);
	assert(csrv_fscc_decode_fs_set(FILE_FS_SIZE_INFORMATION, &blob, &set) == NT_INVALID_INFO_CLASS);
}

int main(void)
{
	test_sizes();
	test_values();
	test_set();
	puts("wire fscc_fs: ok");
	return 0;
}
