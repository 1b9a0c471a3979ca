/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The access check of [MS-DTYP] 2.5.3.2, written down as its page has it, and that of
 * Linux, as acl_permission_check() has it (acl(5) leaves out what a mask of 0 does), over
 * every token of a small world; for test_aclmap and its fuzzer.
 *
 * Users 1000 (owns the object) to 1002, groups 100 (the object's), 200 and 201.  A token
 * is one user, any set of groups, and one kind of logon.
 */
#ifndef TEST_ACLREF_H
#define TEST_ACLREF_H

#include <linux/kernel.h>
#include <stdio.h>
#include <stdlib.h>

#include "vfs/aclmap.h"
#include "wire/access.h"

enum aclref_kind { LOCAL, LOGGED_ON, GUEST, ANONYMOUS, ACLREF_KINDS };

struct aclref_token {
	u32 uid;
	u32 groups;		/* bit set of aclref_gids[] */
	enum aclref_kind kind;
};

static const u32 aclref_uids[] = { 1000, 1001, 1002 };
static const u32 aclref_gids[] = { 100, 200, 201 };

/* What r, w and x grant; "w" of a directory also takes children away. */
static const u32 aclref_rights[] = {
	FILE_READ_DATA, FILE_READ_EA, FILE_WRITE_DATA, FILE_APPEND_DATA, FILE_WRITE_EA,
	FILE_WRITE_ATTRIBUTES, FILE_EXECUTE,
};
static const u8 aclref_needs[] = { 4, 4, 2, 2, 2, 2, 1 };

static inline struct wire_sid aclref_sid(unsigned int n)
{
	const struct wire_sid *const known[] = {
		&csrv_sid_everyone, &csrv_sid_everyone, &csrv_sid_creator_owner,
		&csrv_sid_creator_group, &csrv_sid_owner_rights, &csrv_sid_network,
		&csrv_sid_anonymous, &csrv_sid_authenticated, &csrv_sid_system,
		&csrv_sid_administrators, &csrv_sid_users, &csrv_sid_guests,
	};
	unsigned int k = n % 24;

	if (k < ARRAY_SIZE(known))
		return *known[k];
	return k % 2 ? csrv_sid_unix_user(aclref_uids[n / 24 % ARRAY_SIZE(aclref_uids)]) :
		       csrv_sid_unix_group(aclref_gids[n / 24 % ARRAY_SIZE(aclref_gids)]);
}

static inline bool aclref_has(const struct aclref_token *t, bool owns, const struct wire_sid *sid)
{
	u32 id, i;

	if (csrv_sid_equal(sid, &csrv_sid_everyone))
		return true;
	if (csrv_sid_equal(sid, &csrv_sid_owner_rights))
		return owns;
	if (csrv_sid_equal(sid, &csrv_sid_network))
		return t->kind != LOCAL;
	if (csrv_sid_equal(sid, &csrv_sid_authenticated) || csrv_sid_equal(sid, &csrv_sid_users))
		return t->kind == LOCAL || t->kind == LOGGED_ON;
	if (csrv_sid_equal(sid, &csrv_sid_guests))
		return t->kind == GUEST;
	if (csrv_sid_equal(sid, &csrv_sid_anonymous))
		return t->kind == ANONYMOUS;
	if (csrv_sid_is_unix_user(sid, &id))
		return t->uid == id;
	if (csrv_sid_is_unix_group(sid, &id))
		for (i = 0; i < ARRAY_SIZE(aclref_gids); i++)
			if (aclref_gids[i] == id)
				return t->groups >> i & 1;
	return false;
}

/* Does @ace count for the object, or for a child of the kind @child (file, directory)? */
static inline bool aclref_counts(const struct csrv_aclmap_args *a, u8 flags, u32 child)
{
	if (!a->inherit)
		return !(flags & INHERIT_ONLY_ACE);
	return flags & (child ? CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE);
}

/* CREATOR OWNER and CREATOR GROUP of an inherited ACE are the child's, [MS-DTYP] 2.5.3.4.1 */
static inline struct wire_sid aclref_inherited(const struct csrv_aclmap_args *a,
					       const struct wire_sid *sid, u32 owner, u32 group)
{
	if (a->inherit && csrv_sid_equal(sid, &csrv_sid_creator_owner))
		return csrv_sid_unix_user(owner);
	if (a->inherit && csrv_sid_equal(sid, &csrv_sid_creator_group))
		return csrv_sid_unix_group(group);
	return *sid;
}

/* [MS-DTYP] 2.5.3.2: of @rights those that are granted; a deny ACE whose condition is unknown counts. */
static inline u32 aclref_nt(const struct csrv_aclmap_args *a, const struct aclref_token *t,
			    const u32 obj[3], u32 rights)
{
	u32 i, granted = 0, mask;

	for (i = 0; i < a->dacl->num && rights; i++) {
		const struct wire_ace *ace = &a->dacl->aces[i];
		struct wire_sid sid = aclref_inherited(a, &ace->sid, obj[0], obj[1]);
		bool deny = ace->type == ACCESS_DENIED_ACE_TYPE || ace->type == 6 ||
			    ace->type == 10 || ace->type == 12;

		if (!deny && ace->type != ACCESS_ALLOWED_ACE_TYPE)
			continue;
		if (!aclref_counts(a, ace->flags, obj[2]) ||
		    !aclref_has(t, t->uid == obj[0], &sid))
			continue;
		mask = wire_access_map_generic(ace->mask) & rights;
		granted |= deny ? 0 : mask;
		rights &= ~mask;
	}
	return granted;
}

static inline bool aclref_in_group(const struct aclref_token *t, u32 gid)
{
	u32 k;

	for (k = 0; k < ARRAY_SIZE(aclref_gids); k++)
		if (aclref_gids[k] == gid)
			return t->groups >> k & 1;
	return false;
}

/*
 * acl_permission_check(): which of r, w and x are granted, each asked for alone; an ACL counts
 * if the mode has bits of the group
 */
static inline u8 aclref_posix(const struct csrv_aclmap *m, const struct aclref_token *t,
			      const u32 obj[3])
{
	u8 mode_group = m->num ? m->mask : m->group, granted = 0;
	bool matched = false;
	u32 i, k;

	if (t->uid == obj[0])
		return m->owner;
	if (!m->num || !(mode_group & 7))
		return aclref_in_group(t, obj[1]) ? mode_group : m->other;
	for (i = 0; i < m->num; i++)
		if (!m->named[i].group && m->named[i].id == t->uid)
			return m->named[i].perm & m->mask;
	for (k = 0; k < ARRAY_SIZE(aclref_gids); k++) {
		if (!(t->groups >> k & 1))
			continue;
		if (aclref_gids[k] == obj[1]) {
			matched = true;
			granted |= m->group & m->mask;
		}
		for (i = 0; i < m->num; i++) {
			if (!m->named[i].group || m->named[i].id != aclref_gids[k])
				continue;
			matched = true;
			granted |= m->named[i].perm & m->mask;
		}
	}
	return matched ? granted : m->other;
}

/*
 * Does an ACE allow something to CREATOR OWNER, to all kinds of children, or does one name
 * OWNER RIGHTS for any of them?
 */
static inline bool aclref_names_owner(const struct csrv_aclmap_args *a)
{
	u32 i;

	for (i = 0; i < a->dacl->num; i++) {
		const struct wire_ace *ace = &a->dacl->aces[i];

		if (ace->type == ACCESS_ALLOWED_ACE_TYPE && (ace->flags & 7) == 3 &&
		    csrv_sid_equal(&ace->sid, &csrv_sid_creator_owner))
			return true;
		if (ace->flags & 3 && csrv_sid_equal(&ace->sid, &csrv_sid_owner_rights))
			return true;
	}
	return false;
}

static inline void aclref_fail(const struct csrv_aclmap_args *a, const struct aclref_token *t,
			       const u32 obj[3])
{
	u32 i;

	for (i = 0; i < a->dacl->num; i++)
		fprintf(stderr, "type %u flags %x mask %x auth %llu sub %u %u\n",
			a->dacl->aces[i].type, a->dacl->aces[i].flags, a->dacl->aces[i].mask,
			(unsigned long long)a->dacl->aces[i].sid.authority,
			a->dacl->aces[i].sid.sub[0], a->dacl->aces[i].sid.sub[1]);
	fprintf(stderr, "inherit %d uid %u groups %x kind %d obj %u %u %u\n",
		a->inherit, t->uid, t->groups, t->kind, obj[0], obj[1], obj[2]);
	abort();
}

/* @given: what Linux grants to @t */
static inline void aclref_check_token(const struct csrv_aclmap_args *a,
				      const struct aclref_token *t, const u32 obj[3], u8 given)
{
	u32 i, granted;

	if (!given)
		return;
	granted = aclref_nt(a, t, obj, ~0u);
	for (i = 0; i < ARRAY_SIZE(aclref_rights); i++)
		if (given & aclref_needs[i] && !(granted & aclref_rights[i]))
			aclref_fail(a, t, obj);
}

/* posix_acl_create_masq(): the ACL of a child that is made with @mode, as csrv_vfs_create() asks */
static inline struct csrv_aclmap aclref_child(const struct csrv_aclmap *m, u16 mode)
{
	struct csrv_aclmap child = *m;
	u8 least = 7;
	u32 i;

	for (i = 0; i < m->num; i++)
		least &= m->named[i].perm;
	mode = csrv_aclmap_mode(mode, m->num ? m->mask : 7, least);
	child.owner &= mode >> 6;
	if (m->num)
		child.mask &= mode >> 3;
	else
		child.group &= mode >> 3;
	child.other &= mode;
	return child;
}

/* All kinds of logons of one user in one set of groups: Linux does not tell them apart. */
static inline void aclref_check_kinds(const struct csrv_aclmap_args *a, const struct csrv_aclmap *m,
				      struct aclref_token t, const u32 obj[3])
{
	u8 given = aclref_posix(m, &t, obj);

	for (t.kind = 0; t.kind < ACLREF_KINDS; t.kind++)
		aclref_check_token(a, &t, obj, given);
}

#define ACLREF_TOKENS	(ARRAY_SIZE(aclref_uids) << ARRAY_SIZE(aclref_gids))

static inline struct aclref_token aclref_token(u32 n)
{
	return (struct aclref_token){ .uid = aclref_uids[n % ARRAY_SIZE(aclref_uids)],
				      .groups = n / ARRAY_SIZE(aclref_uids) };
}

/* Every token, and for what children inherit every owner, group and kind of a child. */
static inline void aclref_check_acl(const struct csrv_aclmap_args *a, const struct csrv_aclmap *m)
{
	u32 owners = a->inherit ? ARRAY_SIZE(aclref_uids) : 1;
	u32 groups = a->inherit ? ARRAY_SIZE(aclref_gids) : 1;
	u32 kinds = a->inherit ? 2 : 1;
	bool free = a->inherit && !aclref_names_owner(a);
	u32 n, i;

	for (n = 0; n < owners * groups * kinds; n++) {
		const u32 obj[3] = { aclref_uids[n % owners], aclref_gids[n / owners % groups],
				     n / owners / groups };

		for (i = 0; i < ACLREF_TOKENS; i++) {
			struct aclref_token t = aclref_token(i);

			/* Who made the child may give himself all: csrv_aclmap() says so. */
			if (!free || t.uid != obj[0])
				aclref_check_kinds(a, m, t, obj);
		}
	}
}

/* What children inherit is also limited by the mode that each of them is made with. */
static inline void aclref_check(const struct csrv_aclmap_args *a, const struct csrv_aclmap *m)
{
	static const u16 modes[] = { 0777, 0744, 0704, 0722, 0711, 0604 };
	struct csrv_aclmap child;
	u32 n;

	if (!a->inherit) {
		aclref_check_acl(a, m);
		return;
	}
	for (n = 0; n < ARRAY_SIZE(modes); n++) {
		child = aclref_child(m, modes[n]);
		aclref_check_acl(a, &child);
	}
}

#endif /* TEST_ACLREF_H */
