// SPDX-License-Identifier: GPL-2.0-or-later
/* user.DOSATTRIB: what Samba wrote is read, what we write is Samba's version 4, or 3 */
// link: module/vfs/dosinfo.c
#include <assert.h>
#include <string.h>

#include "vfs/dosinfo.h"

#define TIME	0x1112131415161718ull

/* As Samba's own NDR code marshals them (python3-samba, ndr_pack). */
static const u8 v1[] =
	"0x20\0\0" "\x01\0\x01\0\0\0" "\x22\0\0\0" "\xaa\xaa\xaa\xaa" "\x08\7\6\5\4\3\2\1"
	"\x28\x27\x26\x25\x24\x23\x22\x21" "\x18\x17\x16\x15\x14\x13\x12\x11"
	"\x38\x37\x36\x35\x34\x33\x32\x31";
static const u8 v3[] =
	"0x22\0\0" "\x03\0\x03\0\0\0" "\x11\0\0\0" "\x22\0\0\0" "\xaa\xaa\xaa\xaa"
	"\x08\7\6\5\4\3\2\1" "\x28\x27\x26\x25\x24\x23\x22\x21"
	"\x18\x17\x16\x15\x14\x13\x12\x11" "\x38\x37\x36\x35\x34\x33\x32\x31";
static const u8 v4[] =
	"\0\0" "\x04\0\x04\0\0\0" "\x51\0\0\0" "\x22\0\0\0" "\x08\7\6\5\4\3\2\1"
	"\x18\x17\x16\x15\x14\x13\x12\x11";
static const u8 v5[] =
	"\0\0" "\x05\0\x05\0\0\0" "\x11\0\0\0" "\x22\0\0\0" "\x18\x17\x16\x15\x14\x13\x12\x11";

static const struct {
	const u8 *data;
	size_t len;
} good[] = {
	{ v1, sizeof(v1) - 1 }, { v3, sizeof(v3) - 1 }, { v4, sizeof(v4) - 1 },
	{ v5, sizeof(v5) - 1 },
};

static void every_version_is_read(void)
{
	struct csrv_vfs_dos dos;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert(csrv_dosinfo_decode(good[i].data, good[i].len, &dos));
		assert(dos.has_attributes && dos.attributes == 0x22);
		assert(dos.has_create_time && dos.create_time == TIME);
	}
}

static void every_prefix_is_refused(void)
{
	struct csrv_vfs_dos dos;
	size_t i, n;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		for (n = 0; n < good[i].len; n++) {
			u8 *copy = memcpy(__builtin_alloca(n + 1), good[i].data, n);

			assert(!csrv_dosinfo_decode(copy, n, &dos));
		}
}

static void unknown_versions_are_refused(void)
{
	struct csrv_vfs_dos dos;
	u8 buf[sizeof(v4)];
	unsigned int v;

	for (v = 0; v < 0x10000; v++) {
		memcpy(buf, v4, sizeof(v4));
		buf[2] = buf[4] = v;
		buf[3] = buf[5] = v >> 8;
		if (v != 4 && v != 5)	/* 1 and 3 are longer */
			assert(!csrv_dosinfo_decode(buf, sizeof(v4) - 1, &dos));
		buf[4] ^= 1;		/* the union's switch disagrees */
		assert(!csrv_dosinfo_decode(buf, sizeof(v4) - 1, &dos));
	}
}

static void what_is_not_valid_is_not_set(void)
{
	struct csrv_vfs_dos dos;
	u8 buf[sizeof(v5)];

	memcpy(buf, v5, sizeof(v5));
	buf[8] = 0x01;
	assert(csrv_dosinfo_decode(buf, sizeof(v5) - 1, &dos));
	assert(dos.has_attributes && !dos.has_create_time);
	buf[8] = 0x10;
	assert(csrv_dosinfo_decode(buf, sizeof(v5) - 1, &dos));
	assert(!dos.has_attributes && dos.has_create_time);
	buf[23] = 0xff;			/* a time before 1601 */
	assert(csrv_dosinfo_decode(buf, sizeof(v5) - 1, &dos));
	assert(!dos.has_create_time);
}

static void we_write_version_4(void)
{
	struct csrv_vfs_dos dos = { .attributes = 0x22, .create_time = TIME,
				    .has_attributes = true, .has_create_time = true };
	struct csrv_vfs_dos back;
	u8 buf[DOSINFO_LEN], want[sizeof(v4) - 1];

	memcpy(want, v4, sizeof(want));
	want[8] = 0x11;			/* without itime */
	memset(want + 16, 0, 8);
	assert(csrv_dosinfo_encode(&dos, buf) == sizeof(want));
	assert(!memcmp(buf, want, sizeof(want)));
	assert(csrv_dosinfo_decode(buf, sizeof(want), &back));
	assert(back.attributes == dos.attributes && back.create_time == dos.create_time);
	assert(!back.has_change_time);
}

static void a_change_time_makes_it_version_3(void)
{
	struct csrv_vfs_dos dos = { .attributes = 0x22, .create_time = TIME,
				    .change_time = 0x3132333435363738ull,
				    .change_stamp = 0x2122232425262728ull,
				    .has_attributes = true, .has_create_time = true,
				    .has_change_time = true };
	struct csrv_vfs_dos back;
	u8 buf[DOSINFO_LEN], want[sizeof(v3) - 5];

	memcpy(want, v3, 2);
	want[0] = want[1] = 0;		/* no text: it counts from version 0 only */
	memcpy(want + 2, v3 + 6, sizeof(want) - 2);
	want[8] = 0x31;
	memset(want + 16, 0, 12);	/* neither ea_size nor size */
	assert(csrv_dosinfo_encode(&dos, buf) == sizeof(want));
	assert(!memcmp(buf, want, sizeof(want)));
	assert(csrv_dosinfo_decode(buf, sizeof(want), &back));
	assert(back.has_change_time && back.change_time == dos.change_time);
	assert(back.change_stamp == dos.change_stamp && back.create_time == dos.create_time);
	assert(csrv_dosinfo_decode(v3, sizeof(v3) - 1, &back));
	assert(!back.has_change_time);
}

int main(void)
{
	every_version_is_read();
	every_prefix_is_refused();
	unknown_versions_are_refused();
	what_is_not_valid_is_not_set();
	we_write_version_4();
	a_change_time_makes_it_version_3();
	return 0;
}
