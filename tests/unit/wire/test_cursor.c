// SPDX-License-Identifier: GPL-2.0-or-later
/* reading stops at the end and stays stopped; writing never passes the end; lists chain */
#include "wiretest.h"

static void test_in(void)
{
	static const u8 data[] = { 1, 2, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 8 };
	struct wire_in in = wire_in(data, sizeof(data));
	struct wire_blob blob;
	struct wire_in sub;
	u8 two[2] = { 7, 7 };

	assert(wire_get_u8(&in) == 1 && wire_get_u16(&in) == 2);
	assert(wire_get_u32(&in) == 3 && wire_get_u64(&in) == 4);
	assert(wire_left(&in) == 2);
	wire_get_bytes(&in, two, 2);
	assert(two[0] == 9 && two[1] == 8 && wire_done(&in));

	/* sticky: zeroes for ever */
	assert(wire_get_u8(&in) == 0 && !wire_done(&in) && wire_left(&in) == 0);
	wire_get_bytes(&in, two, 2);
	assert(!two[0] && !two[1] && !wire_take(&in, 0));

	in = wire_in(data, sizeof(data));
	blob = wire_blob_at(&in, 7, 8);
	assert(blob.data == data + 7 && blob.len == 8);
	sub = wire_sub(&blob);
	assert(wire_get_u64(&sub) == 4 && wire_done(&sub) && wire_left(&sub) == 0);
	assert(!wire_blob_at(&in, 0xffffffff, 0).data && wire_done(&in));
	assert(!wire_blob_at(&in, 0xffffffff, 2).data && !wire_done(&in));
	in = wire_in(data, sizeof(data));
	assert(!wire_blob_at(&in, 16, 2).len && !wire_done(&in));
	in = wire_in(data, sizeof(data));
	assert(wire_get_blob(&in, 17).len == 17 && wire_done(&in));
	assert(wire_get_blob(&in, 0).data == NULL && wire_done(&in));
	assert(wire_get_blob(&in, 1).data == NULL && !wire_done(&in));

	in = wire_in(NULL, 0);
	assert(wire_left(&in) == 0 && wire_done(&in) && !wire_get_u8(&in) && !wire_done(&in));
	in = wire_in(data, 1);
	wire_expect(&in, false);
	assert(!wire_get_u8(&in) && !wire_done(&in));
}

static void test_out(void)
{
	u8 buf[16];
	struct wire_out out = wire_out(buf, sizeof(buf));

	wire_put_u8(&out, 1);
	wire_pad(&out, 4);
	assert(wire_out_len(&out) == 4 && !buf[1] && !buf[2] && !buf[3]);
	wire_pad(&out, 4);
	assert(wire_out_len(&out) == 4);
	assert(wire_reserve(&out, 4) == 4);
	wire_put_u16(&out, 0x0201);
	wire_patch_u32(&out, 4, 0xddccbbaa);
	wire_patch_u16(&out, 0, 0x5a5a);
	assert(buf[4] == 0xaa && buf[7] == 0xdd && buf[0] == 0x5a && buf[8] == 1 && buf[9] == 2);
	assert(wire_out_left(&out) == 6);

	/* patches only where something stands */
	struct wire_out bad = out;

	wire_patch_u32(&bad, 7, 0);
	assert(bad.bad);
	bad = out;
	wire_patch_u16(&bad, 0xffffffff, 0);
	assert(bad.bad);

	wire_put_u64(&out, 0);
	assert(out.bad && wire_out_len(&out) == 10 && !wire_room(&out, 0));
	wire_put_u8(&out, 0);
	assert(wire_out_len(&out) == 10 && wire_out_left(&out) == 0);
}

static void test_list(void)
{
	u8 buf[64];
	struct wire_out out = wire_out(buf, sizeof(buf));
	struct wire_list list;
	u32 before;

	memset(buf, 0xee, sizeof(buf));
	wire_put_u32(&out, 0);		/* a list need not start at an aligned place */
	list = wire_list(&out, 8);
	assert(!wire_list_next(&list, 3));
	assert(wire_list_next(&list, 5));
	wire_put_u8(&out, 1);
	assert(wire_list_next(&list, 20));
	wire_put_zero(&out, 16);
	assert(le32(buf + 4) == 8 && le32(buf + 12) == 0 && buf[9] == 0);
	before = wire_out_len(&out);
	assert(before == 32);
	/* the next starts at 36 and has 28 bytes: not one more, and no trace of trying */
	assert(!wire_list_next(&list, 29));
	assert(wire_out_len(&out) == before && le32(buf + 12) == 0 && !out.bad && list.count == 2);
	assert(wire_list_next(&list, 28));
	wire_put_zero(&out, 24);
	assert(le32(buf + 12) == 24 && le32(buf + 36) == 0 && !out.bad && list.count == 3);
	assert(!wire_list_next(&list, 4));
}

static void test_guid(void)
{
	static const u8 want[] = { 8, 7, 6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 16, 15, 14, 13 };
	u8 *guid = exact(want, WIRE_GUID_LEN);

	memset(guid, 0, WIRE_GUID_LEN);
	wire_guid_of(guid, 0x0102030405060708, 0x090a0b0c, 0x0d0e0f10);
	assert(!memcmp(guid, want, sizeof(want)));
	free(guid);
}

int main(void)
{
	test_in();
	test_out();
	test_list();
	test_guid();
	puts("wire cursor: ok");
	return 0;
}
