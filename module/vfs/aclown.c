// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/aclown.c - a POSIX ACL across a change of owner or group
 *
 * In NT owner and primary group are no grants: the DACL stays as it is when they change.  In a
 * POSIX ACL they are classes with permissions, which chown(2) gives to the new owner and takes
 * from the old one.  So the old owner and group get named entries, and the classes get what the
 * new owner and group had before.
 *
 * What a user without an entry had depends on groups that are not known here.  Such a user
 * gets what all groups and others have in common; so does an owning group without an entry.
 */
#include <linux/kernel.h>

#include "aclmap.h"

static int named_cmp(const struct csrv_aclmap_named *n, u32 id, bool group)
{
	if (n->group != group)
		return n->group ? 1 : -1;
	return n->id < id ? -1 : n->id > id;
}

/* The index of the entry, or the one at which it belongs. */
static u32 named_at(const struct csrv_aclmap *map, u32 id, bool group)
{
	u32 at = 0;

	while (at < map->num && named_cmp(&map->named[at], id, group) < 0)
		at++;
	return at;
}

/**
 * csrv_aclmap_named() - the entry of a user or group, NULL if there is none
 * @map: the ACL
 * @id: of the user or group
 * @group: it is a group
 *
 * Return: the entry, or NULL.
 */
const struct csrv_aclmap_named *csrv_aclmap_named(const struct csrv_aclmap *map, u32 id, bool group)
{
	u32 at = named_at(map, id, group);

	return at < map->num && !named_cmp(&map->named[at], id, group) ? &map->named[at] : NULL;
}

/**
 * csrv_aclmap_put() - make or replace the entry of a user or group
 * @map: the ACL
 * @id: of the user or group
 * @group: it is a group
 * @perm: of ACL_READ, ACL_WRITE, ACL_EXECUTE
 *
 * Keeps the order that a POSIX ACL must have.
 * Return: false: there is no room, or (u32)-1, which is no id.
 */
bool csrv_aclmap_put(struct csrv_aclmap *map, u32 id, bool group, u8 perm)
{
	u32 at = named_at(map, id, group), i;

	if (id == (u32)-1)
		return false;
	if (!csrv_aclmap_named(map, id, group)) {
		if (map->num == CSRV_ACLMAP_NAMED)
			return false;
		for (i = map->num++; i > at; i--)
			map->named[i] = map->named[i - 1];
	}
	map->named[at] = (struct csrv_aclmap_named){ .id = id, .group = group, .perm = perm };
	return true;
}

static void drop(struct csrv_aclmap *map, u32 id, bool group)
{
	u32 i;

	if (!csrv_aclmap_named(map, id, group))
		return;
	map->num--;
	for (i = named_at(map, id, group); i < map->num; i++)
		map->named[i] = map->named[i + 1];
}

/* The least that a user without an entry can have, in whatever groups. */
static u8 least(const struct csrv_aclmap *map)
{
	u8 perm = map->group & map->other;
	u32 i;

	for (i = 0; i < map->num; i++)
		if (map->named[i].group)
			perm &= map->named[i].perm;
	return perm;
}

static u8 user_perm(const struct csrv_aclmap *map, u32 owner, u32 uid)
{
	const struct csrv_aclmap_named *n = csrv_aclmap_named(map, uid, false);

	if (uid == owner)
		return map->owner;
	return n ? n->perm : least(map);
}

/* The owning group may have a named entry as well: its members have the permissions of both. */
static u8 group_perm(const struct csrv_aclmap *map, u32 owner, u32 gid)
{
	const struct csrv_aclmap_named *n = csrv_aclmap_named(map, gid, true);

	if (gid == owner)
		return map->group | (n ? n->perm : 0);
	return n ? n->perm : least(map);
}

/**
 * csrv_aclmap_chown() - keep all users' rights under another owner and group
 * @was: the ACL; ACL_MASK is applied already
 * @from: its owner and group
 * @to: the new owner and group
 * @is: filled; not @was
 *
 * No token has more from @is under @to than from @was under @from.  The old owner and group keep
 * what they had; for the new ones see the head of this file.
 *
 * Return: NT_OK; NT_NOT_SUPPORTED: too many users and groups would be named.
 */
nt_status_t csrv_aclmap_chown(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			      const struct csrv_aclmap_ids *to, struct csrv_aclmap *is)
{
	bool fits = true;

	*is = *was;
	is->mask = CSRV_ACLMAP_RWX;
	if (from->uid != to->uid) {
		is->owner = user_perm(was, from->uid, to->uid);
		drop(is, to->uid, false);
		fits = csrv_aclmap_put(is, from->uid, false, was->owner);
	}
	if (from->gid != to->gid) {
		is->group = group_perm(was, from->gid, to->gid);
		drop(is, to->gid, true);
		fits = csrv_aclmap_put(is, from->gid, true,
				       group_perm(was, from->gid, from->gid)) && fits;
	}
	return fits ? NT_OK : NT_NOT_SUPPORTED;
}

/* Two ACLs, each with owner and group, and one that grants what both grant. */
struct both {
	const struct csrv_aclmap *was;
	const struct csrv_aclmap *is;
	const struct csrv_aclmap_ids *from;
	const struct csrv_aclmap_ids *to;
	struct csrv_aclmap *out;
};

static u8 both_user(const struct both *b, u32 uid)
{
	return user_perm(b->was, b->from->uid, uid) & user_perm(b->is, b->to->uid, uid);
}

static u8 both_group(const struct both *b, u32 gid)
{
	return group_perm(b->was, b->from->gid, gid) & group_perm(b->is, b->to->gid, gid);
}

static bool both_put(const struct both *b, u32 id, bool group)
{
	return csrv_aclmap_put(b->out, id, group, group ? both_group(b, id) : both_user(b, id));
}

static bool both_named(const struct both *b, const struct csrv_aclmap *map)
{
	u32 i;

	for (i = 0; i < map->num; i++)
		if (!both_put(b, map->named[i].id, map->named[i].group))
			return false;
	return true;
}

/**
 * csrv_aclmap_both() - an ACL to hold while owner or group change
 * @was: the ACL before, for the owner and group @from; ACL_MASK is applied already
 * @from: owner and group before
 * @is: the ACL after, for @to
 * @to: owner and group after
 * @out: filled; neither of them
 *
 * Under @from and under @to no token has more from @out than from @was under @from, nor more
 * than from @is under @to.
 *
 * Return: NT_OK; NT_NOT_SUPPORTED: too many users and groups would be named.
 */
nt_status_t csrv_aclmap_both(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			     const struct csrv_aclmap *is, const struct csrv_aclmap_ids *to,
			     struct csrv_aclmap *out)
{
	const struct both b = { .was = was, .is = is, .from = from, .to = to, .out = out };
	bool fits;

	out->owner = both_user(&b, from->uid) & both_user(&b, to->uid);
	out->group = both_group(&b, from->gid) & both_group(&b, to->gid);
	out->mask = CSRV_ACLMAP_RWX;
	out->other = was->other & is->other;
	out->num = 0;
	fits = both_named(&b, was) && both_named(&b, is);
	if (from->uid != to->uid)
		fits = fits && both_put(&b, from->uid, false) && both_put(&b, to->uid, false);
	if (from->gid != to->gid)
		fits = fits && both_put(&b, from->gid, true) && both_put(&b, to->gid, true);
	return fits ? NT_OK : NT_NOT_SUPPORTED;
}
