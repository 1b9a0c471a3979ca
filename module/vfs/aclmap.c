// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/aclmap.c - a DACL as a POSIX ACL that grants nothing which the DACL does not grant
 *
 * [MS-DTYP] 2.5.3.2 adds up what the entries of a DACL allow to all SIDs of a token, in
 * their order; Linux looks for one class of entries.  Which groups a user is in is not
 * known here and may change, so each POSIX entry gets what the DACL grants to every
 * token that the entry can match:
 *
 *  - a user's entry counts what is allowed to that user and to Everyone, and what is
 *    denied to either or to any group;
 *  - a group's entry counts what is allowed to that group and to Everyone, and what is
 *    denied to Everyone or to any group;
 *  - the entry for others counts Everyone only: a token with a group that the DACL names
 *    matches the entry of that group.
 *
 * An entry that allows something to a SID without a POSIX entry is left out.  Authenticated
 * Users, Users and NETWORK are such SIDs: the entry for others holds for guests and anonymous
 * clients too.  An entry that denies something to such a SID is left out only where that grants
 * nothing; otherwise the DACL is refused.
 */
#include <linux/kernel.h>

#include "../wire/access.h"
#include "aclmap.h"

/* What r, w and x of a POSIX entry grant; a permission is given if all of its rights are. */
#define R_RIGHTS	(FILE_READ_DATA | FILE_READ_EA | FILE_READ_ATTRIBUTES)
#define W_RIGHTS	(FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)
#define X_RIGHTS	FILE_EXECUTE
#define RWX_RIGHTS	(R_RIGHTS | W_RIGHTS | X_RIGHTS)

/* The id of a user or group that the mount does not show: csrv_vfs_sd_get() */
#define NO_ID		((u32)-1)

#define ACE_INHERIT	(OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)

/* The kinds of tokens that a POSIX entry matches, and the kinds of SIDs that an ACE names. */
enum who {
	WHO_OWNER,
	WHO_GROUP,		/* the owning group */
	WHO_USER,		/* a named user */
	WHO_NAMED_GROUP,
	WHO_OTHER,		/* an ACE's: Everyone */
	WHO_MANY,		/* an ACE's: most of those who log on, but not all */
	WHO_UNKNOWN,		/* an ACE's: may be any user */
	WHO_NOBODY,		/* an ACE's: in no token */
};

/* One ACE as it counts for the object or for its children. */
struct entry {
	bool deny;
	enum who who;
	u32 id;			/* WHO_USER, WHO_NAMED_GROUP */
	u32 mask;		/* generic rights mapped */
};

struct subject {
	enum who who;
	u32 id;
};

struct outcome {
	u32 allowed;
	u32 denied;
};

static bool is_many(const struct wire_sid *sid)
{
	return csrv_sid_equal(sid, &csrv_sid_authenticated) ||
	       csrv_sid_equal(sid, &csrv_sid_network) || csrv_sid_equal(sid, &csrv_sid_users);
}

/* CREATOR OWNER and CREATOR GROUP mean a child's owner and group; on the object itself nobody. */
static enum who who_is_creator(const struct csrv_aclmap_args *a, const struct wire_sid *sid)
{
	if (csrv_sid_equal(sid, &csrv_sid_creator_owner))
		return a->inherit ? WHO_OWNER : WHO_NOBODY;
	if (csrv_sid_equal(sid, &csrv_sid_creator_group))
		return a->inherit ? WHO_GROUP : WHO_NOBODY;
	return WHO_UNKNOWN;
}

static enum who who_is(const struct csrv_aclmap_args *a, const struct wire_sid *sid, u32 *id)
{
	if (csrv_sid_equal(sid, &csrv_sid_everyone))
		return WHO_OTHER;
	if (is_many(sid))
		return WHO_MANY;
	if (csrv_sid_equal(sid, &csrv_sid_owner_rights))
		return WHO_OWNER;
	/* In what children inherit, this object's owner and group are like any other. */
	if (!a->inherit && csrv_sid_equal(sid, &a->owner))
		return WHO_OWNER;
	if (!a->inherit && csrv_sid_equal(sid, &a->group))
		return WHO_GROUP;
	if (csrv_sid_is_unix_user(sid, id))
		return *id == NO_ID ? WHO_UNKNOWN : WHO_USER;
	if (csrv_sid_is_unix_group(sid, id))
		return *id == NO_ID ? WHO_UNKNOWN : WHO_NAMED_GROUP;
	return who_is_creator(a, sid);
}

static bool type_denies(u8 type)
{
	return type == ACCESS_DENIED_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
	       type == ACCESS_DENIED_CALLBACK_ACE_TYPE ||
	       type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

/*
 * A default ACL holds for files and directories at any depth.  What is allowed counts
 * only if it is inherited by all of them, what is denied if any of them inherits it.
 */
static bool flags_count(const struct csrv_aclmap_args *a, u8 flags, bool deny)
{
	if (!a->inherit)
		return !(flags & INHERIT_ONLY_ACE);
	if (deny)
		return flags & ACE_INHERIT;
	return (flags & ACE_INHERIT) == ACE_INHERIT && !(flags & NO_PROPAGATE_INHERIT_ACE);
}

/* False: the ACE has no effect for @a. */
static bool entry_of(const struct csrv_aclmap_args *a, const struct wire_ace *ace,
		     struct entry *e)
{
	e->deny = type_denies(ace->type);
	if (!e->deny && ace->type != ACCESS_ALLOWED_ACE_TYPE)
		return false;
	if (!flags_count(a, ace->flags, e->deny))
		return false;
	e->id = 0;
	e->mask = wire_access_map_generic(ace->mask);
	/* The conditions of other types are not evaluated. */
	e->who = e->deny && ace->type != ACCESS_DENIED_ACE_TYPE ?
		WHO_UNKNOWN : who_is(a, &ace->sid, &e->id);
	return e->who != WHO_NOBODY;
}

static bool same(const struct entry *e, const struct subject *s)
{
	return e->who == s->who && e->id == s->id;
}

static bool is_allowed_to(const struct entry *e, const struct subject *s)
{
	return e->who == WHO_OTHER || same(e, s);
}

/* May a token that @s matches have the SID of @e? */
static bool may_be_denied_to(const struct csrv_aclmap_args *a, const struct entry *e,
			     const struct subject *s)
{
	switch (e->who) {
	case WHO_OTHER:
	case WHO_MANY:
		return true;
	case WHO_GROUP:
	case WHO_NAMED_GROUP:
		return s->who != WHO_OTHER;
	case WHO_USER:
		/* Any user may own a child. */
		return same(e, s) || (a->inherit && s->who == WHO_OWNER);
	default:
		return same(e, s);
	}
}

/* [MS-DTYP] 2.5.3.2: of two entries the earlier one counts */
static struct outcome evaluate(const struct csrv_aclmap_args *a, const struct subject *s)
{
	struct outcome o = {};
	struct entry e;
	u32 i;

	for (i = 0; i < a->dacl->num; i++) {
		if (!entry_of(a, &a->dacl->aces[i], &e))
			continue;
		if (e.deny && may_be_denied_to(a, &e, s))
			o.denied |= e.mask & ~o.allowed;
		else if (!e.deny && is_allowed_to(&e, s))
			o.allowed |= e.mask & ~o.denied;
	}
	return o;
}

static u8 perm_of(const struct csrv_aclmap_args *a, const struct outcome *o)
{
	u8 perm = 0;

	if ((o->allowed & R_RIGHTS) == R_RIGHTS)
		perm |= CSRV_ACLMAP_R;
	if ((o->allowed & X_RIGHTS) == X_RIGHTS)
		perm |= CSRV_ACLMAP_X;
	/* Write permission of a directory allows to remove what is in it. */
	if ((o->allowed & W_RIGHTS) == W_RIGHTS && !(a->dir && (o->denied & FILE_DELETE_CHILD)))
		perm |= CSRV_ACLMAP_W;
	return perm;
}

static u8 perm_for(const struct csrv_aclmap_args *a, enum who who, u32 id)
{
	const struct subject s = { .who = who, .id = id };
	struct outcome o = evaluate(a, &s);

	return perm_of(a, &o);
}

static bool allows_known(const struct entry *e)
{
	return !e->deny && e->who != WHO_UNKNOWN && e->who != WHO_MANY;
}

/*
 * "w" of a directory grants FILE_DELETE_CHILD, which no entry need allow: it counts as
 * allowed behind all entries if the rights of "w" are allowed anywhere.
 */
static u32 implied_by_w(const struct csrv_aclmap_args *a)
{
	u32 i, allowed = 0;
	struct entry e;

	for (i = 0; a->dir && i < a->dacl->num; i++)
		if (entry_of(a, &a->dacl->aces[i], &e) && allows_known(&e))
			allowed |= e.mask;
	return (allowed & W_RIGHTS) == W_RIGHTS ? FILE_DELETE_CHILD : 0;
}

/*
 * May all entries be left out that deny something to a SID without a POSIX entry?  Not if a later
 * entry allows the same.
 */
static bool unknown_is_harmless(const struct csrv_aclmap_args *a)
{
	const u32 counts = RWX_RIGHTS | (a->dir ? FILE_DELETE_CHILD : 0);
	u32 i, later = implied_by_w(a);
	struct entry e;

	for (i = a->dacl->num; i--; ) {
		if (!entry_of(a, &a->dacl->aces[i], &e))
			continue;
		if (e.deny && e.who == WHO_UNKNOWN && (e.mask & counts & later))
			return false;
		if (allows_known(&e))
			later |= e.mask;
	}
	return true;
}

/* Does an entry allow something to @sid? */
static bool allows_to(const struct csrv_aclmap_args *a, const struct wire_sid *sid)
{
	struct entry e;
	u32 i;

	for (i = 0; i < a->dacl->num; i++)
		if (csrv_sid_equal(&a->dacl->aces[i].sid, sid) &&
		    entry_of(a, &a->dacl->aces[i], &e) && !e.deny)
			return true;
	return false;
}

/*
 * Is there an entry for OWNER RIGHTS, of any type?  For children, one that any of them inherits:
 * such an entry takes rights from an owner.
 */
static bool names_owner_rights(const struct csrv_aclmap_args *a)
{
	const struct wire_ace *ace;
	u32 i;

	for (i = 0; i < a->dacl->num; i++) {
		ace = &a->dacl->aces[i];
		if (csrv_sid_equal(&ace->sid, &csrv_sid_owner_rights) &&
		    (a->inherit ? ace->flags & ACE_INHERIT : !(ace->flags & INHERIT_ONLY_ACE)))
			return true;
	}
	return false;
}

/*
 * [MS-DTYP] 2.5.3.2: with an entry for OWNER RIGHTS the owner may read and change the
 * DACL only as far as entries say.  Linux lets every owner do so.
 */
static bool owner_rights_hold(const struct csrv_aclmap_args *a)
{
	const struct subject s = { .who = WHO_OWNER };

	return !names_owner_rights(a) ||
	       !(~evaluate(a, &s).allowed & (READ_CONTROL | WRITE_DAC));
}

/* The permissions that no entry can deny to the owner of a child. */
static u8 perm_not_denied(const struct csrv_aclmap_args *a)
{
	const struct subject s = { .who = WHO_OWNER };
	struct outcome o = { .allowed = RWX_RIGHTS };
	struct entry e;
	u32 i;

	for (i = 0; i < a->dacl->num; i++)
		if (entry_of(a, &a->dacl->aces[i], &e) && e.deny &&
		    (e.who == WHO_UNKNOWN || may_be_denied_to(a, &e, &s)))
			o.denied |= e.mask;
	o.allowed &= ~o.denied;
	return perm_of(a, &o);
}

/*
 * The creator of a file owns it and has, by 2.5.3.2, the right to grant itself all rights; a
 * default ACL without CREATOR OWNER must not deny access to the creator.
 */
static u8 owner_perm(const struct csrv_aclmap_args *a)
{
	if (a->inherit && !allows_to(a, &csrv_sid_creator_owner) &&
	    !names_owner_rights(a))
		return perm_not_denied(a);
	return perm_for(a, WHO_OWNER, 0);
}

/* False: @map is full. */
static bool add_named(const struct csrv_aclmap_args *a, struct csrv_aclmap *map,
		      const struct entry *e)
{
	bool group = e->who == WHO_NAMED_GROUP;

	if (csrv_aclmap_named(map, e->id, group))
		return true;
	return csrv_aclmap_put(map, e->id, group, perm_for(a, e->who, e->id));
}

/**
 * csrv_aclmap() - map a DACL
 * @a: the DACL, and whether it is for the object or for its children
 * @map: filled
 *
 * For every token the rights that @map grants by the rules of Linux are among those
 * that the access check of [MS-DTYP] 2.5.3.2 grants, as far as they are rights to
 * read, write, append, execute, and to read and write EAs and attributes.  The removal of
 * children is not kept apart from other changes of a directory (unless it is denied), nor is
 * what Linux grants to all: to read attributes and descriptor.
 * Exceptions for @a->inherit: see owner_perm().
 *
 * Return: NT_OK; NT_NOT_SUPPORTED for a DACL that cannot be kept, because it denies
 * something to a SID that has no POSIX entry, limits the owner's right to change it, or
 * names too many users and groups.
 */
nt_status_t csrv_aclmap(const struct csrv_aclmap_args *a, struct csrv_aclmap *map)
{
	struct entry e;
	u32 i;

	if (!unknown_is_harmless(a) || !owner_rights_hold(a))
		return NT_NOT_SUPPORTED;
	map->owner = owner_perm(a);
	map->group = perm_for(a, WHO_GROUP, 0);
	map->mask = CSRV_ACLMAP_RWX;
	map->other = perm_for(a, WHO_OTHER, 0);
	map->num = 0;
	for (i = 0; i < a->dacl->num; i++) {
		if (!entry_of(a, &a->dacl->aces[i], &e))
			continue;
		if (e.who != WHO_USER && e.who != WHO_NAMED_GROUP)
			continue;
		if (!add_named(a, map, &e))
			return NT_NOT_SUPPORTED;
	}
	return NT_OK;
}

/* Does a child inherit any entry of the DACL? */
bool csrv_aclmap_inherits(const struct wire_acl *dacl)
{
	u32 i;

	for (i = 0; i < dacl->num; i++)
		if (dacl->aces[i].flags & ACE_INHERIT)
			return true;
	return false;
}

/**
 * csrv_aclmap_mode() - a mode under which the ACL still counts
 * @mode: the mode that an object with a POSIX ACL shall have: its bits of the group become
 *	ACL_MASK (chmod(2)), or limit the one that it inherits (posix_acl_create())
 * @mask: the most that ACL_MASK can become: that of the default ACL, or all
 * @least: the permissions that all named users and groups have
 *
 * With a mask of 0 Linux does not look at the ACL, and named users and groups count as
 * others.
 * Return: @mode; if its mask is 0, others lose what is not in @least.
 */
u16 csrv_aclmap_mode(u16 mode, u8 mask, u8 least)
{
	if (mode >> 3 & mask & CSRV_ACLMAP_RWX)
		return mode;
	return mode & ~(CSRV_ACLMAP_RWX & ~least);
}

/**
 * csrv_aclmap_unname() - reduce an ACL to mode bits, for file systems without ACLs
 * @map: loses its named entries.  Their users fall into the class of the group or of
 *	others, which therefore keep no more than each named entry had.
 */
void csrv_aclmap_unname(struct csrv_aclmap *map)
{
	u32 i;

	for (i = 0; i < map->num; i++) {
		if (!map->named[i].group)
			map->group &= map->named[i].perm;
		map->other &= map->named[i].perm;
	}
	map->num = 0;
}
