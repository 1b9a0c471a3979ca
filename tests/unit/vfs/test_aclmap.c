// SPDX-License-Identifier: GPL-2.0-or-later
/* A DACL becomes a POSIX ACL that grants nothing which the DACL does not grant, or is refused */
// link: module/vfs/aclmap.c module/vfs/aclown.c module/wire/sd.c module/wire/sid.c
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aclref.h"

#define R	0x120089u
#define W	0x100116u
#define RW	(R | W)
#define RX	0x1200a9u
#define MODIFY	0x1301bfu
#define FULL	0x1f01ffu
#define OICI	3
#define IO	8

#define ME	1000u		/* the owner */
#define STAFF	100u		/* the owning group */
#define CAROL	1001u
#define INTERNS	200u

static struct wire_ace aces[64];
static struct wire_acl dacl = { .aces = aces, .cap = 64, .present = true };
static struct csrv_aclmap map;

static void begin(void)
{
	dacl.num = 0;
}

static void put(u8 type, u8 flags, u32 mask, struct wire_sid sid)
{
	aces[dacl.num++] = (struct wire_ace){ .type = type, .flags = flags, .mask = mask, .sid = sid };
}

static void allow(u32 mask, struct wire_sid sid) { put(ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid); }
static void deny(u32 mask, struct wire_sid sid) { put(ACCESS_DENIED_ACE_TYPE, 0, mask, sid); }
static struct wire_sid user(u32 uid) { return csrv_sid_unix_user(uid); }
static struct wire_sid group(u32 gid) { return csrv_sid_unix_group(gid); }

static struct csrv_aclmap_args args_of(bool dir, bool inherit)
{
	return (struct csrv_aclmap_args){
		.dacl = &dacl, .owner = user(ME), .group = group(STAFF), .dir = dir,
		.inherit = inherit,
	};
}

static nt_status_t run(bool dir, bool inherit)
{
	const struct csrv_aclmap_args a = args_of(dir, inherit);

	return csrv_aclmap(&a, &map);
}

/* "rwx r-x ---" as octal */
static unsigned mode(void)
{
	return map.owner << 6 | map.group << 3 | map.other;
}

static int perm(u32 id, bool is_group)
{
	for (u32 i = 0; i < map.num; i++)
		if (map.named[i].id == id && map.named[i].group == is_group)
			return map.named[i].perm;
	return -1;
}

/* What Explorer, icacls and robocopy send day by day */
static void test_usual(void)
{
	begin();
	allow(FULL, user(ME));
	allow(RX, group(STAFF));
	allow(RX, csrv_sid_everyone);
	allow(FULL, csrv_sid_administrators);
	allow(FULL, csrv_sid_system);
	assert(run(false, false) == NT_OK && mode() == 0755 && !map.num);

	/* the default of a Windows data disk: nobody but those named, guests least of all */
	begin();
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | INHERITED_ACE, FULL, csrv_sid_administrators);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | INHERITED_ACE, FULL, csrv_sid_system);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | IO | INHERITED_ACE, GENERIC_ALL, csrv_sid_creator_owner);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | INHERITED_ACE, MODIFY, csrv_sid_authenticated);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | INHERITED_ACE, RX, csrv_sid_users);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | INHERITED_ACE, MODIFY, user(ME));
	assert(run(true, false) == NT_OK && mode() == 0700);
	assert(run(true, true) == NT_OK && mode() == 0700 && perm(ME, false) == 7);

	begin();
	allow(MODIFY, user(CAROL));
	allow(R, group(INTERNS));
	allow(FULL, user(ME));
	assert(run(true, false) == NT_OK && mode() == 0700);
	assert(perm(CAROL, false) == 7 && perm(INTERNS, true) == 4 && map.num == 2);

	begin();
	assert(run(false, false) == NT_OK && mode() == 0);
	assert(!csrv_aclmap_inherits(&dacl));
}

/* AU M3 (a): what is denied to those who have no POSIX entry */
static void test_unknown_denied(void)
{
	begin();
	deny(FULL, csrv_sid_guests);
	allow(RX, csrv_sid_everyone);
	assert(run(false, false) == NT_NOT_SUPPORTED);

	begin();
	deny(W, csrv_sid_anonymous);
	allow(RX, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0555);

	begin();
	allow(RX, csrv_sid_everyone);
	deny(FULL, csrv_sid_guests);
	assert(run(false, false) == NT_OK && mode() == 0555);

	begin();
	put(ACCESS_DENIED_CALLBACK_ACE_TYPE, 0, R, user(CAROL));
	allow(R, csrv_sid_everyone);
	assert(run(false, false) == NT_NOT_SUPPORTED);
	aces[0].type = ACCESS_DENIED_OBJECT_ACE_TYPE;
	assert(run(false, false) == NT_NOT_SUPPORTED);

	/* "modefromsid" of Linux clients: it denies nothing */
	begin();
	deny(0, csrv_sid_nfs(3, 0644));
	allow(R, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0444);

	begin();
	deny(W, csrv_sid_authenticated);
	allow(RW, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0444);

	/* for children only */
	begin();
	put(ACCESS_DENIED_ACE_TYPE, OBJECT_INHERIT_ACE | IO, R, csrv_sid_guests);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI, RX, csrv_sid_everyone);
	assert(run(true, false) == NT_OK && run(true, true) == NT_NOT_SUPPORTED);
}

/* AU M3 (b): what is denied to a group is denied to each of its members */
static void test_groups_denied(void)
{
	begin();
	deny(W, group(INTERNS));
	allow(RW, user(CAROL));
	assert(run(false, false) == NT_OK);
	assert(perm(CAROL, false) == 4 && perm(INTERNS, true) == 0);

	begin();
	allow(RW, user(CAROL));
	deny(W, group(INTERNS));
	allow(R, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && perm(CAROL, false) == 6 && perm(INTERNS, true) == 4);

	begin();
	allow(FULL, user(ME));
	deny(W, group(STAFF));
	allow(RW, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0746);
}

/* Linux does not look at an ACL whose mask is 0: whom it denies counts as others then. */
static void test_mask(void)
{
	struct csrv_aclmap_args a = args_of(false, false);

	begin();
	deny(FULL, group(INTERNS));
	allow(R, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0004 && !perm(INTERNS, true));
	assert(map.mask == 7);
	aclref_check(&a, &map);

	begin();
	put(ACCESS_DENIED_ACE_TYPE, OICI, FILE_READ_DATA, group(INTERNS));
	put(ACCESS_ALLOWED_ACE_TYPE, OICI, RX, csrv_sid_everyone);
	assert(run(true, true) == NT_OK && perm(INTERNS, true) == 1 && map.mask == 7);
	a = args_of(true, true);
	aclref_check(&a, &map);

	/* a mode without bits of the group takes from others what a named entry lacks */
	assert(csrv_aclmap_mode(0744, 7, 0) == 0744);
	assert(csrv_aclmap_mode(0744, 1, 5) == 0744);
	assert(csrv_aclmap_mode(0744, 1, 1) == 0740);
	assert(csrv_aclmap_mode(02705, 7, 4) == 02704);
	assert(csrv_aclmap_mode(0604, 7, 0) == 0600);
	assert(csrv_aclmap_mode(0604, 7, 7) == 0604);
}

/* AU M3 (c) */
static void test_many_are_not_all(void)
{
	const struct wire_sid *const many[] = {
		&csrv_sid_authenticated, &csrv_sid_users, &csrv_sid_network,
	};

	for (u32 i = 0; i < ARRAY_SIZE(many); i++) {
		begin();
		allow(FULL, *many[i]);
		assert(run(false, false) == NT_OK && mode() == 0 && !map.num);
	}
}

/* AU M4 */
static void test_children(void)
{
	begin();
	put(ACCESS_ALLOWED_ACE_TYPE, OICI, FULL, user(ME));
	assert(csrv_aclmap_inherits(&dacl));
	assert(run(true, true) == NT_OK && mode() == 0700 && perm(ME, false) == 7);

	/* what is denied to anybody may be denied to who makes the child */
	put(ACCESS_DENIED_ACE_TYPE, OICI, W, user(CAROL));
	assert(run(true, true) == NT_OK && mode() == 0500);

	begin();
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | IO, R, csrv_sid_creator_owner);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | IO, RX, csrv_sid_creator_group);
	assert(run(true, true) == NT_OK && mode() == 0450);

	/* files only, directories only, one level only: a default ACL cannot tell */
	begin();
	put(ACCESS_ALLOWED_ACE_TYPE, OBJECT_INHERIT_ACE, FULL, csrv_sid_everyone);
	put(ACCESS_ALLOWED_ACE_TYPE, CONTAINER_INHERIT_ACE, FULL, csrv_sid_everyone);
	put(ACCESS_ALLOWED_ACE_TYPE, OICI | NO_PROPAGATE_INHERIT_ACE, FULL, csrv_sid_everyone);
	assert(run(true, true) == NT_OK && mode() == 0700);
}

/* An owner whose right to change the DACL only some children limit */
static void test_owner_rights_inherited(void)
{
	static const u8 flags[] = { OBJECT_INHERIT_ACE | IO, CONTAINER_INHERIT_ACE, OICI | 4 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		begin();
		put(ACCESS_ALLOWED_ACE_TYPE, flags[i], READ_CONTROL, csrv_sid_owner_rights);
		put(ACCESS_ALLOWED_ACE_TYPE, OICI, RX, csrv_sid_everyone);
		assert(run(true, true) == NT_NOT_SUPPORTED);
		/* Everyone has the right: then it counts for the owner's "rwx" all the same */
		aces[1].mask = RX | WRITE_DAC;
		assert(run(true, true) == NT_OK && mode() == 0555);
	}
}

/* "w" of a directory removes children, whether an entry allows that or not */
static void test_unknown_delete_child(void)
{
	begin();
	deny(FILE_DELETE_CHILD, csrv_sid_guests);
	allow(MODIFY, csrv_sid_everyone);
	assert(run(true, false) == NT_NOT_SUPPORTED && run(false, false) == NT_OK);
	begin();
	allow(MODIFY, csrv_sid_everyone);
	put(ACCESS_DENIED_CALLBACK_ACE_TYPE, 0, FILE_DELETE_CHILD, user(CAROL));
	assert(run(true, false) == NT_NOT_SUPPORTED);
	aces[0].mask = RX;
	assert(run(true, false) == NT_OK && mode() == 0555);
}

static void test_special(void)
{
	/* the owner may not change it: Linux cannot keep that */
	begin();
	allow(R, csrv_sid_owner_rights);
	allow(R, user(ME));
	assert(run(false, false) == NT_NOT_SUPPORTED);
	begin();
	allow(FULL, csrv_sid_owner_rights);
	assert(run(false, false) == NT_OK && mode() == 0700);

	/* "r" and "w" are more than one of their rights */
	begin();
	allow(R & ~FILE_READ_ATTRIBUTES, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0);
	begin();
	allow(FILE_WRITE_DATA | R, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0444);
	begin();
	deny(FILE_DELETE_CHILD, csrv_sid_everyone);
	allow(FULL, csrv_sid_everyone);
	assert(run(true, false) == NT_OK && mode() == 0555);
	assert(run(false, false) == NT_OK && mode() == 0777);

	begin();
	for (u32 i = 0; i <= CSRV_ACLMAP_NAMED; i++) {
		static struct wire_ace many[CSRV_ACLMAP_NAMED + 1];
		struct wire_acl big = { .aces = many, .num = i + 1, .present = true };
		struct csrv_aclmap_args a = args_of(false, false);

		a.dacl = &big;
		many[i] = (struct wire_ace){ .mask = R, .sid = user(5000 - 7 * i) };
		assert(csrv_aclmap(&a, &map) == (i < CSRV_ACLMAP_NAMED ? NT_OK : NT_NOT_SUPPORTED));
		for (u32 k = 1; k < map.num && i < CSRV_ACLMAP_NAMED; k++)
			assert(map.named[k - 1].id < map.named[k].id);
	}

	/* without named entries nobody gets more */
	begin();
	deny(R, user(CAROL));
	allow(RX, csrv_sid_everyone);
	assert(run(false, false) == NT_OK && mode() == 0555 && perm(CAROL, false) == 1);
	csrv_aclmap_unname(&map);
	assert(mode() == 0511 && !map.num);
}

/* Random DACLs of few SIDs and rights, every token of few users and groups. */
static void test_never_wider(void)
{
	static const u32 masks[] = {
		R, W, RW, RX, MODIFY, FULL, GENERIC_READ, GENERIC_WRITE, GENERIC_ALL, FILE_EXECUTE,
		FILE_READ_DATA, FILE_WRITE_DATA, FILE_WRITE_EA, FILE_APPEND_DATA, FILE_DELETE_CHILD,
		FILE_WRITE_ATTRIBUTES, READ_CONTROL | WRITE_DAC, 0,
	};
	static const u8 types[] = { 0, 0, 0, 1, 1, 1, 5, 6, 9, 10, 12, 2 };
	static const u8 flags[] = { 0, 0, 0, OICI, OICI, OICI | IO, IO, 1, 2, OICI | 4, 9 };
	u32 kept = 0;

	srandom(1);
	for (u32 n = 0; n < 12000; n++) {
		bool dir = random() & 1, inherit = dir && random() & 1;
		const struct csrv_aclmap_args a = args_of(dir, inherit);

		begin();
		for (u32 i = random() % 7; i; i--)
			put(types[random() % ARRAY_SIZE(types)], flags[random() % ARRAY_SIZE(flags)],
			    masks[random() % ARRAY_SIZE(masks)], aclref_sid(random()));
		if (csrv_aclmap(&a, &map) != NT_OK)
			continue;
		kept++;
		aclref_check(&a, &map);
		csrv_aclmap_unname(&map);
		aclref_check(&a, &map);
	}
	assert(kept > 4000);
}

static const struct csrv_aclmap_ids owned[] = {
	{ ME, STAFF }, { CAROL, STAFF }, { ME, INTERNS }, { CAROL, INTERNS }, { 1002, 201 },
};

/* An ACL as it may stand on disk: the owner and the owning group may have entries by name, too. */
static struct csrv_aclmap some_acl(void)
{
	struct csrv_aclmap m = { .mask = 7 };
	u32 i;

	m.owner = random() & 7;
	m.group = random() & 7;
	m.other = random() & 7;
	for (i = 0; i < ARRAY_SIZE(aclref_uids); i++)
		if (random() % 3 == 0)
			assert(csrv_aclmap_put(&m, aclref_uids[i], false, random() & 7));
	for (i = 0; i < ARRAY_SIZE(aclref_gids); i++)
		if (random() % 3 == 0)
			assert(csrv_aclmap_put(&m, aclref_gids[i], true, random() & 7));
	return m;
}

static u8 given(const struct csrv_aclmap *m, const struct aclref_token *t,
		const struct csrv_aclmap_ids *ids)
{
	const u32 obj[3] = { ids->uid, ids->gid, 0 };

	return aclref_posix(m, t, obj);
}

/* @out, whoever owns the object just now, grants nothing that was not and will not be granted. */
static void check_both(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
		       const struct csrv_aclmap *is, const struct csrv_aclmap_ids *to,
		       const struct csrv_aclmap *out)
{
	for (u32 i = 0; i < ACLREF_TOKENS; i++) {
		const struct aclref_token t = aclref_token(i);
		u8 may = given(was, &t, from) & given(is, &t, to);

		assert(!(given(out, &t, from) & ~may) && !(given(out, &t, to) & ~may));
	}
}

static bool in(const struct aclref_token *t, u32 gid)
{
	return aclref_in_group(t, gid);
}

/* A change of owner or group gives nothing to anybody, and takes nothing from whom it does not name. */
static void check_chown(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			const struct csrv_aclmap *is, const struct csrv_aclmap_ids *to)
{
	for (u32 i = 0; i < ACLREF_TOKENS; i++) {
		const struct aclref_token t = aclref_token(i);
		u8 had = given(was, &t, from), has = given(is, &t, to);
		bool named = csrv_aclmap_named(was, t.uid, false) || t.uid == from->uid;

		assert(!(has & ~had));
		if (named || (t.uid != to->uid && (from->gid == to->gid || !in(&t, to->gid) ||
						   csrv_aclmap_named(was, to->gid, true))))
			assert(has == had);
	}
}

static void check_stage(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			const struct csrv_aclmap *is, const struct csrv_aclmap_ids *to)
{
	struct csrv_aclmap out;

	assert(csrv_aclmap_both(was, from, is, to, &out) == NT_OK);
	check_both(was, from, is, to, &out);
	csrv_aclmap_unname(&out);
	check_both(was, from, is, to, &out);
}

/* Every pair of owners and groups, with a DACL and without. */
static void test_chown(void)
{
	struct csrv_aclmap was, is;

	srandom(2);
	for (u32 n = 0; n < 20000; n++) {
		const struct csrv_aclmap_ids *from = &owned[random() % ARRAY_SIZE(owned)];
		const struct csrv_aclmap_ids *to = &owned[random() % ARRAY_SIZE(owned)];

		was = some_acl();
		assert(csrv_aclmap_chown(&was, from, to, &is) == NT_OK);
		check_chown(&was, from, &is, to);
		check_stage(&was, from, &is, to);
		csrv_aclmap_unname(&is);
		check_stage(&was, from, &is, to);
		is = some_acl();
		check_stage(&was, from, &is, to);
	}
}

/* rights 2: what a change of owner and group comes to in plain cases */
static void test_chown_plain(void)
{
	const struct csrv_aclmap_ids *mine = &owned[0], *hers = &owned[1], *interns = &owned[2];
	struct csrv_aclmap was = { .owner = 6, .group = 4, .mask = 7 };

	assert(csrv_aclmap_chown(&was, mine, hers, &map) == NT_OK);
	assert(mode() == 0040 && map.num == 1 && perm(ME, false) == 6);
	assert(csrv_aclmap_chown(&was, mine, interns, &map) == NT_OK);
	assert(mode() == 0600 && map.num == 1 && perm(STAFF, true) == 4);
	assert(csrv_aclmap_chown(&was, mine, mine, &map) == NT_OK && mode() == 0640 && !map.num);

	/* the owner denied, others allowed */
	was = (struct csrv_aclmap){ .group = 7, .mask = 7, .other = 7 };
	assert(csrv_aclmap_chown(&was, mine, hers, &map) == NT_OK);
	assert(mode() == 0777 && perm(ME, false) == 0);

	/* there and back */
	was = map;
	assert(csrv_aclmap_chown(&was, hers, mine, &map) == NT_OK);
	assert(mode() == 0077 && map.num == 1 && perm(CAROL, false) == 7);

	/* no id, no room */
	assert(!csrv_aclmap_put(&map, (u32)-1, false, 7));
	was = (struct csrv_aclmap){ .mask = 7 };
	for (u32 i = 0; i < CSRV_ACLMAP_NAMED; i++)
		assert(csrv_aclmap_put(&was, 5000 + i, false, 4));
	assert(!csrv_aclmap_put(&was, 4000, false, 4) && csrv_aclmap_put(&was, 5000, false, 6));
	assert(csrv_aclmap_chown(&was, mine, hers, &map) == NT_NOT_SUPPORTED);
	assert(csrv_aclmap_chown(&was, mine, mine, &map) == NT_OK);
	assert(csrv_aclmap_both(&was, mine, &was, hers, &map) == NT_NOT_SUPPORTED);
}

int main(void)
{
	test_usual();
	test_unknown_denied();
	test_groups_denied();
	test_mask();
	test_many_are_not_all();
	test_children();
	test_owner_rights_inherited();
	test_unknown_delete_child();
	test_special();
	test_chown_plain();
	test_chown();
	test_never_wider();
	return 0;
}
