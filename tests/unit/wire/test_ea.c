// SPDX-License-Identifier: GPL-2.0-or-later
/* EA lists: what is built is read back; nothing else gets through */
#include "wiretest.h"
#include "wire/ea.h"

static u32 build(u8 *b, u32 cap)
{
	struct wire_out out = wire_out(b, cap);
	struct wire_list list = csrv_ea_begin(&out);
	struct wire_ea ea = { .name = str_blob("ONE"), .value = str_blob("value") };

	assert(csrv_ea_add(&list, &ea));
	ea = (struct wire_ea){ .flags = FILE_NEED_EA, .name = str_blob("SECOND") };
	assert(csrv_ea_add(&list, &ea));
	ea = (struct wire_ea){ .name = str_blob("x"), .value = str_blob("\n") };
	assert(csrv_ea_add(&list, &ea));
	return wire_out_len(&out);
}

static void test_round_trip(void)
{
	u8 b[128];
	struct wire_blob list = { .data = b, .len = build(b, sizeof(b)) };
	struct csrv_ea_iter it = csrv_ea_iter(&list);
	struct wire_ea ea;
	u32 off;

	assert(list.len == 20 + 16 + 11 && le32(b) == 20 && le32(b + 20) == 16);
	assert(csrv_ea_next(&it, &ea) && ea.name.len == 3 && !memcmp(ea.value.data, "value", 5));
	assert(ea.value.len == 5 && !ea.flags && it.at == 0);
	assert(csrv_ea_next(&it, &ea) && ea.flags == FILE_NEED_EA && !ea.value.len && it.at == 20);
	assert(csrv_ea_next(&it, &ea) && ea.value.len == 1 && it.at == 36 && csrv_ea_done(&it));
	assert(!csrv_ea_next(&it, &ea) && csrv_ea_done(&it));
	assert(csrv_ea_check(&list, &off) == NT_OK);

	for (u32 n = 1; n < list.len; n++) {
		u8 *p = exact(b, n);
		struct wire_blob cut = { .data = p, .len = n };

		assert(csrv_ea_check(&cut, NULL) == NT_EA_LIST_INCONSISTENT);
		free(p);
	}
	list.len = 0;
	assert(csrv_ea_check(&list, NULL) == NT_OK);
}

static void test_hostile(void)
{
	u8 b[128];
	struct wire_blob list = { .data = b, .len = build(b, sizeof(b)) };
	static const u32 nexts[] = { 1, 2, 4, 8, 12, 16, 19, 21, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff };
	u32 off;

	for (size_t i = 0; i < ARRAY_SIZE(nexts); i++) {
		put_unaligned_le32(nexts[i], b);
		assert(csrv_ea_check(&list, NULL) == NT_EA_LIST_INCONSISTENT);
	}
	put_unaligned_le32(20, b);
	put_unaligned_le32(0xfffffff0, b + 20);		/* wraps to before */
	assert(csrv_ea_check(&list, &off) == NT_EA_LIST_INCONSISTENT);
	put_unaligned_le32(16, b + 20);

	b[28] = '*';
	assert(csrv_ea_check(&list, &off) == NT_INVALID_EA_NAME && off == 20);
	b[28] = 'S';
	b[24] = 1;
	assert(csrv_ea_check(&list, &off) == NT_INVALID_EA_FLAG && off == 20);
	b[24] = 0;
	b[34] = 'x';					/* no NUL behind the name */
	assert(csrv_ea_check(&list, &off) == NT_EA_LIST_INCONSISTENT);
	b[34] = 0;
	b[5] = 0;					/* no name */
	assert(csrv_ea_check(&list, NULL) == NT_EA_LIST_INCONSISTENT);
}

static void test_too_many(void)
{
	static u8 b[(WIRE_EA_MAX + 1) * 12];
	struct wire_out out = wire_out(b, sizeof(b));
	struct wire_list list = csrv_ea_begin(&out);
	struct wire_ea ea = { .name = str_blob("a"), .value = str_blob("bc") };
	struct wire_blob blob;

	for (int i = 0; i <= WIRE_EA_MAX; i++)
		assert(csrv_ea_add(&list, &ea));
	assert(out.pos == out.end && !csrv_ea_add(&list, &ea));
	blob = (struct wire_blob){ .data = b, .len = sizeof(b) };
	assert(csrv_ea_check(&blob, NULL) == NT_EA_LIST_INCONSISTENT);
	put_unaligned_le32(0, b + sizeof(b) - 24);
	assert(csrv_ea_check(&blob, NULL) == NT_OK);
}

static void test_get_list(void)
{
	static const u8 b[] = { 8, 0, 0, 0, 1, 'A', 0, 0, 0, 0, 0, 0, 2, 'B', 'C', 0 };
	struct wire_blob list = { .data = b, .len = sizeof(b) };
	struct csrv_ea_iter it = csrv_ea_iter(&list);
	struct wire_blob name;

	assert(csrv_get_ea_next(&it, &name) && name.len == 1 && *name.data == 'A');
	assert(csrv_get_ea_next(&it, &name) && name.len == 2 && *name.data == 'B');
	assert(!csrv_get_ea_next(&it, &name) && csrv_ea_done(&it));
	list.len--;
	it = csrv_ea_iter(&list);
	assert(csrv_get_ea_next(&it, &name) && !csrv_get_ea_next(&it, &name) && !csrv_ea_done(&it));
}

static void test_add_limits(void)
{
	static u8 big[70000], b[80000];
	struct wire_out out = wire_out(b, sizeof(b));
	struct wire_list list = csrv_ea_begin(&out);
	struct wire_ea ea = { .name = { .data = big, .len = 256 } };

	memset(big, 'x', sizeof(big));
	assert(!csrv_ea_add(&list, &ea));
	ea.name.len = 0;
	assert(!csrv_ea_add(&list, &ea));
	ea.name.len = 255;
	ea.value = (struct wire_blob){ .data = big, .len = 65536 };
	assert(!csrv_ea_add(&list, &ea) && !wire_out_len(&out));
	ea.value.len = 65535;
	assert(csrv_ea_add(&list, &ea));
}

int main(void)
{
	test_round_trip();
	test_hostile();
	test_too_many();
	test_get_list();
	test_add_limits();
	puts("wire ea: ok");
	return 0;
}
