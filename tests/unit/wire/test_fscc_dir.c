// SPDX-License-Identifier: GPL-2.0-or-later
/* directory entries: sizes, offsets, alignment; one that does not fit leaves no trace */
#include "wiretest.h"
#include "wire/fscc_dir.h"

static const struct wire_file_info info = {
	.creation_time = 1, .access_time = 2, .write_time = 3, .change_time = 4,
	.alloc_size = 0x1000, .end_of_file = 0x0abc, .index_number = 0x1122334455667788,
	.index_high = 0x99, .attributes = FILE_ATTRIBUTE_ARCHIVE, .ea_size = 44, .file_index = 9,
	.reparse_tag = IO_REPARSE_TAG_SYMLINK,
	.name = { .data = (const u8 *)"abc", .len = 3 },
	.short_name = { .data = (const u8 *)"ABCDEF~1.TXT", .len = 12 },
};

static const struct {
	u8 class;
	u32 name;	/* offset of FileName */
	u32 ea;		/* ... of EaSize, 0: none */
	u32 tag;	/* ... of ReparsePointTag */
	u32 id;		/* ... of FileId */
	u32 id128;
	u32 shortname;	/* ... of ShortNameLength */
} classes[] = {
	{ FILE_DIRECTORY_INFORMATION, 64, 0, 0, 0, 0, 0 },
	{ FILE_FULL_DIRECTORY_INFORMATION, 68, 64, 0, 0, 0, 0 },
	{ FILE_BOTH_DIRECTORY_INFORMATION, 94, 64, 0, 0, 0, 68 },
	{ FILE_ID_BOTH_DIRECTORY_INFORMATION, 104, 64, 0, 96, 0, 68 },
	{ FILE_ID_FULL_DIRECTORY_INFORMATION, 80, 64, 0, 72, 0, 0 },
	{ FILE_ID_EXTD_DIRECTORY_INFORMATION, 88, 64, 68, 0, 72, 0 },
	{ FILE_ID_EXTD_BOTH_DIRECTORY_INFORMATION, 114, 64, 68, 0, 72, 88 },
	{ FILE_ID_64_EXTD_DIRECTORY_INFORMATION, 80, 64, 68, 72, 0, 0 },
	{ FILE_ID_64_EXTD_BOTH_DIRECTORY_INFORMATION, 106, 64, 68, 72, 0, 80 },
	{ FILE_ID_ALL_EXTD_DIRECTORY_INFORMATION, 96, 64, 68, 72, 80, 0 },
	{ FILE_ID_ALL_EXTD_BOTH_DIRECTORY_INFORMATION, 122, 64, 68, 72, 80, 96 },
};

static void test_classes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		u32 len = classes[i].name + 6;
		u8 *b = malloc(len);
		struct wire_out out = wire_out(b, len);
		struct fscc_dir dir;

		assert(csrv_fscc_dir_min_len(classes[i].class) == classes[i].name);
		assert(csrv_fscc_dir_begin(&dir, &out, classes[i].class));
		assert(csrv_fscc_dir_tells_ea(&dir) == !!classes[i].ea);
		assert(csrv_fscc_dir_add(&dir, &info) && out.pos == out.end && !out.bad);
		assert(!le32(b) && le32(b + 4) == 9 && le64(b + 8) == 1 && le64(b + 32) == 4);
		assert(le64(b + 40) == 0xabc && le64(b + 48) == 0x1000);
		assert(le32(b + 56) == FILE_ATTRIBUTE_ARCHIVE && le32(b + 60) == 6);
		assert(!memcmp(b + classes[i].name, "a\0b\0c\0", 6));
		if (classes[i].ea)
			assert(le32(b + classes[i].ea) == 44);
		if (classes[i].tag)
			assert(le32(b + classes[i].tag) == 0);	/* no reparse point */
		if (classes[i].id)
			assert(le64(b + classes[i].id) == info.index_number);
		if (classes[i].id128)
			assert(le64(b + classes[i].id128) == info.index_number &&
			       le64(b + classes[i].id128 + 8) == 0x99);
		if (classes[i].shortname)
			assert(b[classes[i].shortname] == 24 && !b[classes[i].shortname + 1] &&
			       b[classes[i].shortname + 2] == 'A' && b[classes[i].shortname + 24] == 'T');
		free(b);
	}
}

static void test_reparse(void)
{
	struct wire_file_info fi = info;
	u8 b[200];
	struct wire_out out = wire_out(b, sizeof(b));
	struct fscc_dir dir;

	fi.attributes |= FILE_ATTRIBUTE_REPARSE_POINT;
	assert(csrv_fscc_dir_begin(&dir, &out, FILE_FULL_DIRECTORY_INFORMATION) && csrv_fscc_dir_add(&dir, &fi));
	assert(le32(b + 64) == IO_REPARSE_TAG_SYMLINK);
	out = wire_out(b, sizeof(b));
	assert(csrv_fscc_dir_begin(&dir, &out, FILE_ID_EXTD_DIRECTORY_INFORMATION) && csrv_fscc_dir_add(&dir, &fi));
	assert(le32(b + 64) == 44 && le32(b + 68) == IO_REPARSE_TAG_SYMLINK);
}

static void test_listing(void)
{
	struct wire_file_info fi = info;
	struct fscc_dir dir;
	struct wire_out out;
	u8 b[512], copy[512];

	/* names only: 12 + 6 bytes each, aligned to 8 */
	assert(csrv_fscc_dir_min_len(FILE_NAMES_INFORMATION) == 12);
	for (u32 room = 0; room <= 66; room++) {
		u32 want = room >= 66 ? 3 : room >= 42 ? 2 : room >= 18 ? 1 : 0;
		u32 n = 0;

		out = wire_out(b, room);
		assert(csrv_fscc_dir_begin(&dir, &out, FILE_NAMES_INFORMATION));
		while (csrv_fscc_dir_add(&dir, &fi))
			n++;
		assert(n == want && dir.list.count == want && !out.bad);
		assert(wire_out_len(&out) == (want ? 24 * want - 6 : 0));
		for (u32 i = 0; i < want; i++)
			assert(le32(b + 24 * i) == (i + 1 < want ? 24 : 0));
	}
	/* a shorter name may still fit after one that did not */
	out = wire_out(b, 40);
	assert(csrv_fscc_dir_begin(&dir, &out, FILE_NAMES_INFORMATION) && csrv_fscc_dir_add(&dir, &fi));
	memcpy(copy, b, sizeof(b));
	assert(!csrv_fscc_dir_add(&dir, &fi) && !memcmp(copy, b, sizeof(b)));
	fi.name.len = 1;
	assert(csrv_fscc_dir_add(&dir, &fi) && le32(b) == 24 && wire_out_len(&out) == 38);

	assert(!csrv_fscc_dir_begin(&dir, &out, FILE_BASIC_INFORMATION) && !csrv_fscc_dir_add(&dir, &fi));
	assert(!csrv_fscc_dir_min_len(FILE_BASIC_INFORMATION));
}

static void test_short_names(void)
{
	struct wire_file_info fi = info;
	struct fscc_dir dir;
	u8 b[200];
	struct wire_out out = wire_out(b, sizeof(b));

	/* none, and one that is too long: cut, not overrun */
	fi.short_name = (struct wire_blob){};
	assert(csrv_fscc_dir_begin(&dir, &out, FILE_BOTH_DIRECTORY_INFORMATION) && csrv_fscc_dir_add(&dir, &fi));
	assert(b[68] == 0 && b[70] == 0 && b[93] == 0);
	out = wire_out(b, sizeof(b));
	fi.short_name = str_blob("ABCDEFGHIJKLMNOP");
	assert(csrv_fscc_dir_begin(&dir, &out, FILE_BOTH_DIRECTORY_INFORMATION) && csrv_fscc_dir_add(&dir, &fi));
	assert(b[68] == 24 && b[92] == 'L' && b[94] == 'a');
}

static void test_notify(void)
{
	u8 b[64];
	struct wire_out out = wire_out(b, 50);
	struct wire_list list = csrv_fscc_notify_begin(&out);

	assert(csrv_fscc_notify_add(&list, FILE_ACTION_RENAMED_OLD_NAME, "d/a", 3));
	assert(wire_out_len(&out) == 18 && le32(b + 4) == 4 && le32(b + 8) == 6);
	assert(!memcmp(b + 12, "d\0\\\0a\0", 6));
	assert(csrv_fscc_notify_add(&list, FILE_ACTION_RENAMED_NEW_NAME, "b", 1));
	assert(le32(b) == 20 && le32(b + 20) == 0 && wire_out_len(&out) == 34);
	assert(!csrv_fscc_notify_add(&list, FILE_ACTION_ADDED, "xy", 2) && list.count == 2);
	assert(csrv_fscc_notify_add(&list, FILE_ACTION_ADDED, "x", 1) && out.pos == out.end);
}

int main(void)
{
	test_classes();
	test_reparse();
	test_listing();
	test_short_names();
	test_notify();
	puts("wire fscc_dir: ok");
	return 0;
}
