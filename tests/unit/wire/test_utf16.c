// SPDX-License-Identifier: GPL-2.0-or-later
/* strict from the wire, total to the wire, case as Windows has it */
#include "wiretest.h"

#define B(...) ((struct wire_blob){ .data = (const u8[]){ __VA_ARGS__ },	\
				    .len = sizeof((const u8[]){ __VA_ARGS__ }) })

static void good(struct wire_blob utf16, const char *want)
{
	char buf[64];
	u8 back[64];
	int len = strlen(want);
	u32 n;

	assert(csrv_utf16_to_utf8(&utf16, buf, sizeof(buf)) == len && !strcmp(buf, want));
	assert(csrv_utf16_to_utf8_len(&utf16) == len);
	assert((u32)len <= wire_utf8_max(utf16.len));
	for (int cap = 0; cap <= len; cap++) {
		char *small = malloc(cap + 1);

		assert(csrv_utf16_to_utf8(&utf16, small, cap) == WIRE_UTF_SHORT);
		free(small);
	}
	assert(csrv_utf8_to_utf16_len(want, len) == utf16.len);
	n = csrv_utf8_to_utf16(want, len, back, sizeof(back));
	assert(n == utf16.len && (!n || !memcmp(back, utf16.data, n)));
	assert(csrv_utf8_is_valid(want, len));
}

static void bad(struct wire_blob utf16)
{
	char buf[64];

	assert(csrv_utf16_to_utf8(&utf16, buf, sizeof(buf)) == WIRE_UTF_BAD);
	assert(csrv_utf16_to_utf8_len(&utf16) == WIRE_UTF_BAD);
}

static void test_from_wire(void)
{
	struct wire_blob empty = {};
	char c;

	good(B('a', 0, 'b', 0), "ab");
	good(B(0xe4, 0, 0xac, 0x20), "\xc3\xa4\xe2\x82\xac");		/* ä € */
	good(B(0x3d, 0xd8, 0x00, 0xde), "\xf0\x9f\x98\x80");		/* U+1F600 */
	good(B(0xff, 0xdb, 0xff, 0xdf), "\xf4\x8f\xbf\xbf");		/* U+10FFFF */
	good(B(0xff, 0xd7, 0x00, 0xe0), "\xed\x9f\xbf\xee\x80\x80");	/* around the surrogates */
	good(B(0xff, 0xff, 0x7f, 0), "\xef\xbf\xbf\x7f");
	good(empty, "");
	assert(csrv_utf16_to_utf8(&empty, &c, 0) == WIRE_UTF_SHORT);

	bad(B('a', 0, 'b'));
	bad(B('a', 0, 0, 0, 'b', 0));
	bad(B(0x3d, 0xd8));
	bad(B(0x3d, 0xd8, 'a', 0));
	bad(B(0x3d, 0xd8, 0x00));
	bad(B(0x00, 0xde));
	bad(B(0x00, 0xde, 0x3d, 0xd8));
	bad(B(0x3d, 0xd8, 0x3d, 0xd8, 0x00, 0xde));
}

/* @s is not UTF-8: to the wire as @want */
static void hostile(const char *s, const char *want)
{
	u8 got[64], expect[64];
	u32 n = csrv_utf8_to_utf16(s, strlen(s), got, sizeof(got));

	assert(n == csrv_utf8_to_utf16_len(s, strlen(s)));
	assert(n == csrv_utf8_to_utf16(want, strlen(want), expect, sizeof(expect)));
	assert(!memcmp(got, expect, n));
	assert(!csrv_utf8_is_valid(s, strlen(s)));
}

#define R "\xef\xbf\xbd"		/* U+FFFD */

static void test_to_wire(void)
{
	u8 two[4];

	hostile("a\xffz", "a" R "z");
	hostile("\xc3", R);
	hostile("\xc3(", R "(");
	hostile("\xc0\xaf", R R);			/* overlong '/' */
	hostile("\xe0\x80\xaf", R R R);
	hostile("\xed\xa0\x80", R R R);			/* surrogate */
	hostile("\xf4\x90\x80\x80", R R R R);		/* above U+10FFFF */
	hostile("\xf8\x88\x80\x80\x80", R R R R R);
	hostile("\xe2\x82", R R);
	assert(!csrv_utf8_is_valid("a\0b", 3));

	/* whole characters only */
	assert(csrv_utf8_to_utf16("a\xf0\x9f\x98\x80", 5, two, 4) == 2);
	assert(csrv_utf8_to_utf16("ab", 2, two, 3) == 2);

	u8 buf[8];
	struct wire_out out = wire_out(buf, 5);

	assert(!csrv_put_utf16_part(&out, "a/b", 3));
	assert(wire_out_len(&out) == 4 && buf[2] == '\\' && !out.bad);
	csrv_put_utf16(&out, "b", 1);
	assert(out.bad);
	out = wire_out(buf, 6);
	csrv_put_utf16_path(&out, "a/b", 3);
	assert(!out.bad && buf[2] == '\\' && buf[4] == 'b');
	out = wire_out(buf, 6);
	assert(csrv_put_utf16_part(&out, "a/b", 3) && csrv_put_utf16_part(&out, NULL, 0));
	assert(!csrv_utf8_to_utf16_len(NULL, 0));
}

static int cmp(const char *a, const char *b)
{
	int r = csrv_name_casecmp(a, strlen(a), b, strlen(b));

	assert(r == -csrv_name_casecmp(b, strlen(b), a, strlen(a)));
	if (!r)
		assert(csrv_name_fold_hash(a, strlen(a), 7) == csrv_name_fold_hash(b, strlen(b), 7));
	return r;
}

static void test_case(void)
{
	assert(csrv_upcase('a') == 'A' && csrv_upcase('Z') == 'Z' && csrv_upcase('{') == '{');
	assert(csrv_upcase(0xe4) == 0xc4 && csrv_upcase(0xff) == 0x178 && csrv_upcase(0x3b1) == 0x391);
	assert(csrv_upcase(0x3c2) == 0x3a3 && csrv_upcase(0x44f) == 0x42f && csrv_upcase(0x1f80) == 0x1f88);
	assert(csrv_upcase(0xff41) == 0xff21 && csrv_upcase(0xffff) == 0xffff);
	/* one to one only, nothing into ASCII, nothing outside the BMP */
	assert(csrv_upcase(0xdf) == 0xdf && csrv_upcase(0x131) == 0x131 && csrv_upcase(0x17f) == 0x17f);
	assert(csrv_upcase(0xb5) == 0xb5 && csrv_upcase(0x10428) == 0x10428);
	assert(csrv_upcase(0x110000) == 0x110000 && csrv_upcase(0xffffffff) == 0xffffffff);
	for (u32 cp = 0; cp < 0x10000; cp++)
		assert(csrv_upcase(csrv_upcase(cp)) == csrv_upcase(cp));

	assert(!cmp("ReadMe.TXT", "README.txt"));
	assert(!cmp("\xc3\xa4\xd1\x8f", "\xc3\x84\xd0\xaf"));
	assert(cmp("a", "b") < 0 && cmp("a", "aa") < 0 && cmp("", "") == 0 && cmp("", "a") < 0);
	assert(cmp("\xff", "\xfe") != 0 && !cmp("\xff", "\xff"));
	assert(cmp("\xc3\xbf", "\xff") != 0);
	assert(csrv_name_fold_hash("a", 1, 1) != csrv_name_fold_hash("a", 1, 2));
	assert(csrv_name_casecmp(NULL, 0, NULL, 0) == 0);
}

int main(void)
{
	test_from_wire();
	test_to_wire();
	test_case();
	puts("wire utf16: ok");
	return 0;
}
