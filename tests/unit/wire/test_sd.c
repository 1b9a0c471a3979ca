// SPDX-License-Identifier: GPL-2.0-or-later
/* SIDs as text and bytes; descriptors that survive a round trip; hostile ones that do not */
#include "wiretest.h"
#include "wire/sd.h"

static void sid_text(const struct wire_sid *sid, const char *want)
{
	char buf[200];
	struct wire_sid back;
	int len = csrv_sid_print(sid, buf, sizeof(buf));

	assert(len == (int)strlen(want) && !strcmp(buf, want));
	for (int cap = 0; cap <= len; cap++) {
		char *small = malloc(cap + 1);

		assert(csrv_sid_print(sid, small, cap) == -1);
		free(small);
	}
	assert(csrv_sid_parse(want, len, &back) && csrv_sid_equal(&back, sid));
}

static bool parses(const char *s)
{
	struct wire_sid sid;

	return csrv_sid_parse(s, strlen(s), &sid);
}

static void test_sid_text(void)
{
	struct wire_sid sid = { .num_subs = WIRE_SID_SUBS, .authority = 0xffffffffffff };
	char buf[200];
	u32 id;

	sid_text(&csrv_sid_everyone, "S-1-1-0");
	sid_text(&csrv_sid_administrators, "S-1-5-32-544");
	sid = csrv_sid_unix_user(4294967295u);
	sid_text(&sid, "S-1-22-1-4294967295");
	assert(csrv_sid_is_unix_user(&sid, &id) && id == 4294967295u && !csrv_sid_is_unix_group(&sid, &id));
	sid = csrv_sid_unix_group(5);
	sid_text(&sid, "S-1-22-2-5");
	assert(csrv_sid_is_unix_group(&sid, &id) && id == 5);
	assert(!csrv_sid_is_unix_group(&csrv_sid_users, &id));
	sid = csrv_sid_nfs(3, 0644);
	sid_text(&sid, "S-1-5-88-3-420");
	sid = (struct wire_sid){ .authority = 0x100000000 };
	sid_text(&sid, "S-1-0x000100000000");
	sid = (struct wire_sid){ .num_subs = WIRE_SID_SUBS, .authority = 0xffffffffffff };
	memset(sid.sub, 0xff, sizeof(sid.sub));
	assert(csrv_sid_print(&sid, buf, 184) == 183);
	assert(!csrv_sid_append(&sid, 1));

	assert(parses("s-1-5") && parses("S-1-0xFFFFFFFFFFFF-0"));
	assert(!parses("") && !parses("S-1-") && !parses("S-2-5-1") && !parses("S-1-5-"));
	assert(!parses("S-1-5-4294967296") && !parses("S-1-0x1000000000000") && !parses("S-1-5x"));
	assert(!parses("S-1-5--1") && !parses("S-1-5-1 ") && !parses("S-1-281474976710656"));
	assert(parses("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"));
	assert(!parses("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"));
}

static void test_sid_domain(void)
{
	struct wire_sid domain, user;
	u32 rid;

	assert(csrv_sid_parse("S-1-5-21-1-2-3", 14, &domain));
	user = domain;
	assert(csrv_sid_append(&user, 1000) && csrv_sid_in_domain(&user, &domain, &rid) && rid == 1000);
	assert(!csrv_sid_in_domain(&domain, &user, NULL) && !csrv_sid_in_domain(&user, &user, NULL));
	assert(!csrv_sid_in_domain(&csrv_sid_everyone, &domain, NULL));
	domain.num_subs = 0;
	assert(!csrv_sid_in_domain(&domain, &domain, NULL));
}

static void test_sid_bytes(void)
{
	static const u8 b[] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0 };
	struct wire_sid sid;
	struct wire_in in;
	u8 back[16];
	struct wire_out out = wire_out(back, sizeof(back));

	for (u32 n = 0; n <= sizeof(b); n++) {
		u8 *p = exact(b, n);

		in = wire_in(p, n);
		assert(csrv_sid_decode(&in, &sid) == (n == sizeof(b)));
		free(p);
	}
	assert(csrv_sid_equal(&sid, &csrv_sid_administrators) && wire_sid_len(&sid) == 16);
	csrv_sid_encode(&out, &sid);
	assert(!out.bad && out.pos == out.end && !memcmp(b, back, 16));

	u8 bad[80] = { 1, 16 };

	in = wire_in(bad, sizeof(bad));
	assert(!csrv_sid_decode(&in, &sid) && sid.num_subs == 0);
	bad[1] = 15;
	in = wire_in(bad, sizeof(bad));
	assert(csrv_sid_decode(&in, &sid) && sid.num_subs == 15);
	bad[0] = 2;
	in = wire_in(bad, sizeof(bad));
	assert(!csrv_sid_decode(&in, &sid));
}

/* A descriptor with one ACE of each shape. */
static u32 build(u8 *b, u32 cap)
{
	static struct wire_ace dacl[4], sacl[2];
	struct wire_sd sd = {
		.control = SE_DACL_PROTECTED | SE_SACL_AUTO_INHERITED,
		.has_owner = true, .has_group = true,
		.owner = csrv_sid_administrators, .group = csrv_sid_users,
		.dacl = { .aces = dacl, .cap = 4, .num = 4, .revision = ACL_REVISION_DS, .present = true },
		.sacl = { .aces = sacl, .cap = 2, .num = 2, .present = true },
	};
	struct wire_out out = wire_out(b, cap);

	dacl[0] = (struct wire_ace){ .type = ACCESS_DENIED_ACE_TYPE, .mask = 2, .sid = csrv_sid_guests };
	dacl[1] = (struct wire_ace){ .type = ACCESS_ALLOWED_ACE_TYPE, .flags = OBJECT_INHERIT_ACE,
				     .mask = 0x1f01ff, .sid = csrv_sid_everyone };
	dacl[2] = (struct wire_ace){ .type = ACCESS_ALLOWED_OBJECT_ACE_TYPE, .mask = 1,
				     .object_flags = 3, .object_type = { 1 }, .inherited_type = { 2 },
				     .sid = csrv_sid_self };
	dacl[3] = (struct wire_ace){ .type = ACCESS_ALLOWED_CALLBACK_ACE_TYPE, .mask = 4,
				     .sid = csrv_sid_system, .extra = str_blob("artx1") };
	sacl[0] = (struct wire_ace){ .type = SYSTEM_AUDIT_ACE_TYPE, .flags = FAILED_ACCESS_ACE_FLAG,
				     .mask = 8, .sid = csrv_sid_everyone };
	sacl[1] = (struct wire_ace){ .type = SYSTEM_MANDATORY_LABEL_ACE_TYPE, .mask = 1,
				     .sid = { .num_subs = 1, .authority = 16, .sub = { 8192 } } };
	assert(csrv_sd_encode(&out, &sd, 0xf));
	assert(wire_out_len(&out) == csrv_sd_len(&sd, 0xf));
	for (u32 n = 0; n < wire_out_len(&out); n++) {
		u8 *p = malloc(n + 1);
		struct wire_out small = wire_out(p, n);

		assert(!csrv_sd_encode(&small, &sd, 0xf));
		free(p);
	}
	return wire_out_len(&out);
}

static nt_status_t decode(const u8 *b, u32 len, struct wire_sd *sd)
{
	static struct wire_ace dacl[4], sacl[2];
	struct wire_blob blob = { .data = b, .len = len };

	sd->dacl = (struct wire_acl){ .aces = dacl, .cap = 4 };
	sd->sacl = (struct wire_acl){ .aces = sacl, .cap = 2 };
	return csrv_wire_sd_decode(&blob, sd);
}

static void test_round_trip(void)
{
	u8 b[512], again[512];
	u32 len = build(b, sizeof(b));
	struct wire_blob blob = { .data = b, .len = len };
	struct wire_out out = wire_out(again, sizeof(again));
	struct wire_sd sd;
	u32 dacl, sacl;

	assert(csrv_sd_count(&blob, &dacl, &sacl) == NT_OK && dacl == 4 && sacl == 2);
	assert(decode(b, len, &sd) == NT_OK);
	assert(sd.has_owner && csrv_sid_equal(&sd.owner, &csrv_sid_administrators));
	assert(sd.has_group && csrv_sid_equal(&sd.group, &csrv_sid_users));
	assert(sd.control == (SE_DACL_PROTECTED | SE_SACL_AUTO_INHERITED | SE_DACL_PRESENT | SE_SACL_PRESENT));
	assert(sd.dacl.num == 4 && sd.dacl.revision == 4 && sd.sacl.num == 2 && sd.sacl.revision == 2);
	assert(sd.dacl.aces[1].mask == 0x1f01ff && sd.dacl.aces[1].flags == OBJECT_INHERIT_ACE);
	assert(sd.dacl.aces[2].object_type[0] == 1 && sd.dacl.aces[2].inherited_type[0] == 2);
	assert(sd.dacl.aces[3].extra.len == 8 && !memcmp(sd.dacl.aces[3].extra.data, "artx1", 6));
	assert(csrv_sd_encode(&out, &sd, 0xf) && wire_out_len(&out) == len && !memcmp(b, again, len));

	/* too little room for the ACEs */
	sd.dacl.cap = 3;
	assert(csrv_wire_sd_decode(&blob, &sd) == NT_INVALID_ACL);
}

static void test_parts(void)
{
	u8 b[512], part[512];
	u32 len = build(b, sizeof(b));
	struct wire_sd sd, got;
	struct wire_out out;

	assert(decode(b, len, &sd) == NT_OK);
	for (u32 secinfo = 0; secinfo < 16; secinfo++) {
		assert(decode(b, len, &sd) == NT_OK);
		out = wire_out(part, sizeof(part));
		wire_put_u32(&out, 0);			/* need not stand at the base */
		assert(csrv_sd_encode(&out, &sd, secinfo));
		assert(wire_out_len(&out) == 4 + csrv_sd_len(&sd, secinfo));
		assert(decode(part + 4, wire_out_len(&out) - 4, &got) == NT_OK);
		assert(got.has_owner == !!(secinfo & OWNER_SECURITY_INFORMATION));
		assert(got.has_group == !!(secinfo & GROUP_SECURITY_INFORMATION));
		assert(got.dacl.present == !!(secinfo & DACL_SECURITY_INFORMATION));
		assert(got.sacl.present == !!(secinfo & SACL_SECURITY_INFORMATION));
		assert(!(got.control & SE_DACL_PROTECTED) == !(secinfo & DACL_SECURITY_INFORMATION));
	}
	/* NULL DACL: present, but none */
	sd = (struct wire_sd){ .control = SE_DACL_PRESENT };
	out = wire_out(part, sizeof(part));
	assert(csrv_sd_encode(&out, &sd, DACL_SECURITY_INFORMATION) && wire_out_len(&out) == 20);
	assert(le16(part + 2) == (SE_SELF_RELATIVE | SE_DACL_PRESENT) && le32(part + 16) == 0);
	assert(decode(part, 20, &got) == NT_OK && !got.dacl.present && (got.control & SE_DACL_PRESENT));
}

static void test_big_acl(void)
{
	struct wire_sd sd = { .dacl = { .present = true } };
	u32 num = 3277;
	u8 *b = malloc(70000);
	struct wire_out out = wire_out(b, 70000);

	/* 20 bytes each: 3276 fit into AclSize, 3277 do not */
	sd.dacl.aces = calloc(num, sizeof(*sd.dacl.aces));
	sd.dacl.cap = num;
	sd.dacl.num = num;
	for (u32 i = 0; i < num; i++)
		sd.dacl.aces[i] = (struct wire_ace){ .sid = csrv_sid_everyone };
	assert(!csrv_sd_encode(&out, &sd, DACL_SECURITY_INFORMATION));
	sd.dacl.num = 3276;
	out = wire_out(b, 70000);
	assert(csrv_sd_encode(&out, &sd, DACL_SECURITY_INFORMATION));

	struct wire_blob blob = { .data = b, .len = wire_out_len(&out) };
	u32 dacl, sacl;

	/* a descriptor of more than 64 KiB is refused unread, one of less is not */
	assert(blob.len > WIRE_SD_MAX_LEN);
	assert(csrv_sd_count(&blob, &dacl, &sacl) == NT_INVALID_SECURITY_DESCR);
	sd.dacl.num = 3275;
	out = wire_out(b, 70000);
	assert(csrv_sd_encode(&out, &sd, DACL_SECURITY_INFORMATION));
	blob.len = wire_out_len(&out);
	assert(blob.len <= WIRE_SD_MAX_LEN);
	assert(csrv_sd_count(&blob, &dacl, &sacl) == NT_OK && dacl == 3275 && sacl == 0);
	assert(csrv_wire_sd_decode(&blob, &sd) == NT_OK && sd.dacl.num == 3275);
	free(sd.dacl.aces);
	free(b);
}

static void test_hostile(void)
{
	u8 b[512];
	u32 len = build(b, sizeof(b));
	u32 sacl_at = le32(b + 12), dacl_at = le32(b + 16);
	struct wire_sd sd;
	u32 x, y;

	for (u32 n = 0; n < len; n++) {
		u8 *p = exact(b, n);
		struct wire_blob blob = { .data = p, .len = n };

		assert(decode(p, n, &sd) != NT_OK);
		csrv_sd_count(&blob, &x, &y);
		free(p);
	}
	/* every offset field, pointing anywhere */
	for (u32 field = 4; field <= 16; field += 4) {
		static const u32 bad[] = { 1, 19, 0xffffffff, 0x80000000, 510 };
		u32 was = le32(b + field);

		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			put_unaligned_le32(bad[i], b + field);
			assert(decode(b, len, &sd) != NT_OK);
		}
		put_unaligned_le32(was, b + field);
	}
	/* a count that would make us allocate for nothing */
	struct wire_blob blob = { .data = b, .len = len };

	put_unaligned_le16(0xffff, b + dacl_at + 4);
	assert(csrv_sd_count(&blob, &x, &y) == NT_INVALID_ACL && decode(b, len, &sd) == NT_INVALID_ACL);
	put_unaligned_le16(4, b + dacl_at + 4);
	/* AclSize, AceSize: too small, too large, odd */
	static const u16 sizes[] = { 0, 4, 7, 9, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		u16 was = le16(b + dacl_at + 2);

		put_unaligned_le16(sizes[i], b + dacl_at + 2);
		assert(decode(b, len, &sd) == NT_INVALID_ACL);
		put_unaligned_le16(was, b + dacl_at + 2);
		was = le16(b + sacl_at + 10);
		put_unaligned_le16(sizes[i], b + sacl_at + 10);
		assert(decode(b, len, &sd) == NT_INVALID_ACL);
		put_unaligned_le16(was, b + sacl_at + 10);
	}
	b[dacl_at + 8] = 4;		/* ACE type that nobody has */
	assert(decode(b, len, &sd) == NT_INVALID_ACL);
	b[dacl_at + 8] = 0x14;
	assert(decode(b, len, &sd) == NT_INVALID_ACL);
	b[dacl_at + 8] = 1;
	b[dacl_at] = 1;			/* AclRevision */
	assert(decode(b, len, &sd) == NT_INVALID_ACL);
	b[dacl_at] = 4;
	b[0] = 2;			/* Revision */
	assert(decode(b, len, &sd) == NT_INVALID_SECURITY_DESCR);
	b[0] = 1;
	assert(decode(b, len, &sd) == NT_OK);
}

/* Owner, group, SACL, DACL: in the order of their offsets, [MS-DTYP] 2.4.6 as Windows sends it */
static void test_order(void)
{
	struct wire_ace ace = { .mask = 1, .sid = csrv_sid_everyone };
	struct wire_sd sd = {
		.has_owner = true, .has_group = true, .owner = csrv_sid_unix_user(1),
		.group = csrv_sid_unix_group(2),
		.dacl = { .aces = &ace, .num = 1, .present = true },
		.sacl = { .aces = &ace, .num = 1, .present = true },
	};
	u32 want = WIRE_SD_HEADER_LEN, at;
	u8 buf[256];
	struct wire_out out = wire_out(buf, sizeof(buf));
	const u32 len[] = {
		wire_sid_len(&sd.owner), wire_sid_len(&sd.group),
		8 + 8 + wire_sid_len(&ace.sid), 8 + 8 + wire_sid_len(&ace.sid),
	};

	assert(csrv_sd_encode(&out, &sd, 0xf));
	for (u32 i = 0; i < 4; i++) {
		memcpy(&at, buf + 4 + 4 * i, 4);
		assert(at == want);
		want += len[i];
	}
	assert(want == wire_out_len(&out));
}

int main(void)
{
	test_order();
	test_sid_text();
	test_sid_domain();
	test_sid_bytes();
	test_round_trip();
	test_parts();
	test_big_acl();
	test_hostile();
	puts("wire sd: ok");
	return 0;
}
