// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/acl.c - security descriptors from and to mode bits and POSIX ACLs
 *
 * A POSIX entry becomes an entry that allows.  Where others have a right that a user
 * or group lacks, one that denies goes before it, because NT adds up what POSIX
 * keeps apart.  The way back looks at one user or group at a time, and at what
 * everyone has; so what csrv_vfs_sd_get() made, csrv_vfs_sd_set() turns into the
 * same mode and ACL again.
 */
#include <linux/slab.h>
#include <linux/sort.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "../wire/sd.h"
#include "acl.h"
#include "attr.h"

#define NAMED_MAX	128u	/* users and groups in one ACL that we make */
#define ACE_INHERIT	(OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)

/* What one class of POSIX rights means as an access mask. */
static u32 mask_of_perm(u16 perm, bool dir)
{
	u32 mask = 0;

	if ((perm & 7) == 7)
		return FILE_ALL_ACCESS;
	if (perm & ACL_READ)
		mask |= FILE_GENERIC_READ;
	if (perm & ACL_WRITE)
		mask |= FILE_GENERIC_WRITE | (dir ? FILE_DELETE_CHILD : 0);
	if (perm & ACL_EXECUTE)
		mask |= FILE_GENERIC_EXECUTE;
	return mask;
}

/* The same for what is denied: only the bits that no other right shares. */
static u32 deny_of_perm(u16 perm, bool dir)
{
	u32 mask = 0;

	if (perm & ACL_READ)
		mask |= FILE_READ_DATA | FILE_READ_EA;
	if (perm & ACL_WRITE)
		mask |= FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA |
			(dir ? FILE_DELETE_CHILD : 0);
	if (perm & ACL_EXECUTE)
		mask |= FILE_EXECUTE;
	return mask;
}

static u16 perm_of_mask(u32 mask)
{
	mask = wire_access_map_generic(mask);
	return (mask & FILE_READ_DATA ? ACL_READ : 0) | (mask & FILE_WRITE_DATA ? ACL_WRITE : 0) |
	       (mask & FILE_EXECUTE ? ACL_EXECUTE : 0);
}

/* A POSIX ACL on its way to a DACL. */
struct build {
	struct wire_sd *sd;
	const struct posix_acl *acl;
	bool dir;
	u8 flags;		/* of every ACE: inheritance */
	u16 mask;		/* ACL_MASK, all if there is none */
	u16 other;
	bool full;		/* the caller's array was too small */
};

static void put_ace(struct build *b, u8 type, u32 mask, const struct wire_sid *sid)
{
	struct wire_acl *dacl = &b->sd->dacl;

	if (!mask)
		return;
	if (dacl->num >= dacl->cap) {
		b->full = true;
		return;
	}
	dacl->aces[dacl->num++] = (struct wire_ace){
		.type = type, .flags = b->flags, .mask = mask, .sid = *sid,
	};
}

/* Who an entry is about; in a default ACL owner and group are those yet to come. */
static struct wire_sid entry_sid(const struct build *b, const struct posix_acl_entry *pe)
{
	switch (pe->e_tag) {
	case ACL_USER_OBJ:
		return b->flags ? wire_sid_creator_owner : b->sd->owner;
	case ACL_GROUP_OBJ:
		return b->flags ? wire_sid_creator_group : b->sd->group;
	case ACL_USER:
		return wire_sid_unix_user(from_kuid_munged(&init_user_ns, pe->e_uid));
	case ACL_GROUP:
		return wire_sid_unix_group(from_kgid_munged(&init_user_ns, pe->e_gid));
	default:
		return wire_sid_everyone;
	}
}

static u16 entry_perm(const struct build *b, const struct posix_acl_entry *pe)
{
	switch (pe->e_tag) {
	case ACL_USER:
	case ACL_GROUP:
	case ACL_GROUP_OBJ:
		return pe->e_perm & b->mask;
	default:
		return pe->e_perm;
	}
}

static void put_denied(struct build *b, const struct posix_acl_entry *pe)
{
	u16 perm = entry_perm(b, pe);
	u16 lacks = b->other & ~perm;
	struct wire_sid sid = entry_sid(b, pe);

	/* An entry for somebody that gives nothing is there to take all. */
	if (!perm && (pe->e_tag == ACL_USER || pe->e_tag == ACL_GROUP))
		lacks = 7;
	put_ace(b, ACCESS_DENIED_ACE_TYPE, deny_of_perm(lacks, b->dir), &sid);
}

static void put_allowed(struct build *b, const struct posix_acl_entry *pe)
{
	u32 mask = mask_of_perm(entry_perm(b, pe), b->dir);
	struct wire_sid sid = entry_sid(b, pe);

	if (pe->e_tag == ACL_USER_OBJ)		/* whatever the mode says */
		mask |= READ_CONTROL | WRITE_DAC | WRITE_OWNER | SYNCHRONIZE |
			FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES;
	put_ace(b, ACCESS_ALLOWED_ACE_TYPE, mask, &sid);
}

/* Denying entries first: the canonical order of [MS-DTYP] 2.4.5. */
static void put_acl(struct build *b)
{
	const struct posix_acl_entry *pe, *end;

	b->mask = 7;
	b->other = 0;
	FOREACH_ACL_ENTRY(pe, b->acl, end) {
		if (pe->e_tag == ACL_MASK)
			b->mask = pe->e_perm;
		if (pe->e_tag == ACL_OTHER)
			b->other = pe->e_perm;
	}
	FOREACH_ACL_ENTRY(pe, b->acl, end)
		if (pe->e_tag != ACL_MASK && pe->e_tag != ACL_OTHER)
			put_denied(b, pe);
	FOREACH_ACL_ENTRY(pe, b->acl, end)
		if (pe->e_tag != ACL_MASK)
			put_allowed(b, pe);
}

/* The POSIX ACL of an object, NULL if it has none. */
static struct posix_acl *acl_of(const struct path *path, int type)
{
	struct inode *inode = d_inode(path->dentry);
	struct posix_acl *acl;

	if (!IS_POSIXACL(inode))
		return NULL;
	acl = compat_get_acl(inode, type);
	return acl == ERR_PTR(-EOPNOTSUPP) || acl == ERR_PTR(-ENODATA) ? NULL : acl;
}

static int put_access(struct build *b, const struct path *path, umode_t mode)
{
	struct posix_acl *acl = acl_of(path, ACL_TYPE_ACCESS);

	if (!acl)
		acl = posix_acl_from_mode(mode, GFP_KERNEL);
	if (IS_ERR(acl))
		return PTR_ERR(acl);
	b->acl = acl;
	put_acl(b);
	posix_acl_release(acl);
	return 0;
}

static int put_default(struct build *b, const struct path *path)
{
	struct posix_acl *acl = acl_of(path, ACL_TYPE_DEFAULT);

	if (IS_ERR_OR_NULL(acl))
		return PTR_ERR_OR_ZERO(acl);
	b->acl = acl;
	b->flags = ACE_INHERIT | INHERIT_ONLY_ACE;
	put_acl(b);
	posix_acl_release(acl);
	return 0;
}

int csrv_vfs_sd_get(const struct path *path, struct wire_sd *sd)
{
	struct build b = { .sd = sd };
	struct csrv_vfs_attr attr;
	int err;

	err = csrv_vfs_getattr(path, &attr);
	if (err)
		return err;
	/* Here security.NTACL will be read; it counts if its hash matches what follows. */
	sd->control = SE_DACL_PRESENT;
	sd->has_owner = true;
	sd->has_group = true;
	sd->owner = wire_sid_unix_user(attr.uid);
	sd->group = wire_sid_unix_group(attr.gid);
	sd->sacl.num = 0;
	sd->sacl.present = false;
	sd->dacl.num = 0;
	sd->dacl.present = true;
	sd->dacl.revision = ACL_REVISION;
	b.dir = attr.is_dir;
	err = put_access(&b, path, attr.mode);
	if (!err && attr.is_dir)
		err = put_default(&b, path);
	if (err)
		return err;
	return b.full ? -E2BIG : 0;
}

/* One user or group that a DACL names. */
struct named {
	u32 id;
	u16 perm;
	bool group;
};

/* A DACL on its way to a POSIX ACL. */
struct apply {
	const struct wire_sd *sd;	/* its owner and group are those of the object */
	const struct wire_acl *dacl;
	bool inherit;			/* what children get, not the object itself */
	u16 owner;
	u16 group;
	u16 other;
	u32 num;
	struct named named[NAMED_MAX];
};

static bool sid_is_all(const struct wire_sid *sid)
{
	return wire_sid_equal(sid, &wire_sid_everyone) ||
	       wire_sid_equal(sid, &wire_sid_authenticated) ||
	       wire_sid_equal(sid, &wire_sid_network) ||
	       wire_sid_equal(sid, &wire_sid_users);
}

/* Entries that count for what we are after. */
static bool ace_counts(const struct apply *a, const struct wire_ace *ace)
{
	if (ace->type != ACCESS_ALLOWED_ACE_TYPE && ace->type != ACCESS_DENIED_ACE_TYPE)
		return false;
	return a->inherit ? ace->flags & ACE_INHERIT : !(ace->flags & INHERIT_ONLY_ACE);
}

/* The access check of [MS-DTYP] 2.5.3.2 for one SID (or two) and everyone. */
static u16 eval(const struct apply *a, const struct wire_sid *sid, const struct wire_sid *also)
{
	u16 allowed = 0, denied = 0;
	u32 i;

	for (i = 0; i < a->dacl->num; i++) {
		const struct wire_ace *ace = &a->dacl->aces[i];
		u16 perm = perm_of_mask(ace->mask);

		if (!ace_counts(a, ace))
			continue;
		if (!sid_is_all(&ace->sid) && !(sid && wire_sid_equal(&ace->sid, sid)) &&
		    !(also && wire_sid_equal(&ace->sid, also)))
			continue;
		if (ace->type == ACCESS_DENIED_ACE_TYPE)
			denied |= perm & ~allowed;
		else
			allowed |= perm & ~denied;
	}
	return allowed;
}

static const struct named *find_named(const struct apply *a, u32 id, bool group)
{
	u32 i;

	for (i = 0; i < a->num; i++)
		if (a->named[i].id == id && a->named[i].group == group)
			return &a->named[i];
	return NULL;
}

static int add_named(struct apply *a, const struct wire_sid *sid)
{
	bool group = false;
	u32 id;

	if (wire_sid_is_unix_group(sid, &id))
		group = true;
	else if (!wire_sid_is_unix_user(sid, &id))
		return 0;
	/* In what children inherit, this object's owner is one user among others. */
	if (!a->inherit && wire_sid_equal(sid, group ? &a->sd->group : &a->sd->owner))
		return 0;
	if (find_named(a, id, group))
		return 0;
	if (a->num == NAMED_MAX)
		return -E2BIG;
	a->named[a->num++] = (struct named){ .id = id, .group = group,
					     .perm = eval(a, sid, NULL) };
	return 0;
}

static int named_cmp(const void *l, const void *r)
{
	const struct named *a = l, *b = r;

	if (a->group != b->group)
		return a->group ? 1 : -1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int apply_eval(struct apply *a)
{
	int err;
	u32 i;

	a->num = 0;
	if (a->inherit) {
		a->owner = eval(a, &wire_sid_creator_owner, NULL);
		a->group = eval(a, &wire_sid_creator_group, NULL);
	} else {
		a->owner = eval(a, &a->sd->owner, &wire_sid_owner_rights);
		a->group = eval(a, &a->sd->group, NULL);
	}
	a->other = eval(a, NULL, NULL);
	for (i = 0; i < a->dacl->num; i++) {
		if (!ace_counts(a, &a->dacl->aces[i]))
			continue;
		err = add_named(a, &a->dacl->aces[i].sid);
		if (err)
			return err;
	}
	sort(a->named, a->num, sizeof(a->named[0]), named_cmp, NULL);
	return 0;
}

static struct posix_acl_entry *put_entry(struct posix_acl_entry *pe, short tag, u16 perm)
{
	*pe = (struct posix_acl_entry){ .e_tag = tag, .e_perm = perm };
	return pe + 1;
}

/* In the order that posix_acl_valid() wants: owner, users, group, groups, mask, others. */
static struct posix_acl *apply_to_posix(const struct apply *a)
{
	struct posix_acl *acl = posix_acl_alloc(a->num + (a->num ? 4 : 3), GFP_KERNEL);
	struct posix_acl_entry *pe;
	u16 mask = a->group;
	u32 i;

	if (!acl)
		return ERR_PTR(-ENOMEM);
	pe = put_entry(acl->a_entries, ACL_USER_OBJ, a->owner);
	for (i = 0; i < a->num && !a->named[i].group; i++) {
		pe->e_uid = make_kuid(&init_user_ns, a->named[i].id);
		pe->e_tag = ACL_USER;
		pe++->e_perm = a->named[i].perm;
		mask |= a->named[i].perm;
	}
	pe = put_entry(pe, ACL_GROUP_OBJ, a->group);
	for (; i < a->num; i++) {
		pe->e_gid = make_kgid(&init_user_ns, a->named[i].id);
		pe->e_tag = ACL_GROUP;
		pe++->e_perm = a->named[i].perm;
		mask |= a->named[i].perm;
	}
	if (a->num)
		pe = put_entry(pe, ACL_MASK, mask);
	put_entry(pe, ACL_OTHER, a->other);
	return acl;
}

static int set_posix(const struct path *path, int type, const struct apply *a)
{
	struct posix_acl *acl = apply_to_posix(a);
	int err;

	if (IS_ERR(acl))
		return PTR_ERR(acl);
	err = compat_set_acl(path, type, acl);
	posix_acl_release(acl);
	return err;
}

/* Without named entries the mode says it all, and an ACL's mask must not be in its way. */
static int set_mode(const struct path *path, const struct apply *a)
{
	struct posix_acl *acl = acl_of(path, ACL_TYPE_ACCESS);
	umode_t special = d_inode(path->dentry)->i_mode & (S_ISUID | S_ISGID | S_ISVTX);
	int err = 0;

	if (!IS_ERR_OR_NULL(acl)) {
		posix_acl_release(acl);
		err = compat_set_acl(path, ACL_TYPE_ACCESS, NULL);
	}
	if (err)
		return err;
	return csrv_vfs_chmod(path, special | a->owner << 6 | a->group << 3 | a->other);
}

static int set_access(const struct path *path, struct apply *a)
{
	int err = apply_eval(a);

	if (err)
		return err;
	err = a->num ? set_posix(path, ACL_TYPE_ACCESS, a) : -EOPNOTSUPP;
	return err == -EOPNOTSUPP ? set_mode(path, a) : err;
}

static int set_default(const struct path *path, struct apply *a)
{
	struct posix_acl *acl;
	bool any = false;
	int err;
	u32 i;

	a->inherit = true;
	for (i = 0; i < a->dacl->num; i++)
		any |= ace_counts(a, &a->dacl->aces[i]);
	if (any) {
		err = apply_eval(a);
		if (!err)
			err = set_posix(path, ACL_TYPE_DEFAULT, a);
		return err == -EOPNOTSUPP ? 0 : err;
	}
	acl = acl_of(path, ACL_TYPE_DEFAULT);
	if (IS_ERR_OR_NULL(acl))
		return PTR_ERR_OR_ZERO(acl);
	posix_acl_release(acl);
	return compat_set_acl(path, ACL_TYPE_DEFAULT, NULL);
}

static int set_dacl(const struct path *path, const struct wire_sd *sd)
{
	struct wire_ace null_ace = { .type = ACCESS_ALLOWED_ACE_TYPE, .mask = GENERIC_ALL,
				     .sid = wire_sid_everyone };
	struct wire_acl null_dacl = { .aces = &null_ace, .cap = 1, .num = 1 };
	struct csrv_vfs_attr attr;
	struct wire_sd now = {};
	struct apply *a;
	int err;

	err = csrv_vfs_getattr(path, &attr);
	if (err)
		return err;
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	now.owner = wire_sid_unix_user(attr.uid);
	now.group = wire_sid_unix_group(attr.gid);
	a->sd = &now;
	/* Without a DACL all is allowed, [MS-DTYP] 2.5.3. */
	a->dacl = sd->dacl.present ? &sd->dacl : &null_dacl;
	a->inherit = false;
	err = set_access(path, a);
	if (!err && attr.is_dir)
		err = set_default(path, a);
	kfree(a);
	return err;
}

static int set_owner(const struct path *path, const struct wire_sid *sid)
{
	struct csrv_vfs_attr attr;
	u32 uid;
	int err;

	if (!wire_sid_is_unix_user(sid, &uid))
		return -EINVAL;
	err = csrv_vfs_getattr(path, &attr);
	if (err || attr.uid == uid)
		return err;
	return csrv_vfs_chown(path, uid, -1);
}

static int set_group(const struct path *path, const struct wire_sid *sid)
{
	struct csrv_vfs_attr attr;
	u32 gid;
	int err;

	if (!wire_sid_is_unix_group(sid, &gid))
		return -EINVAL;
	err = csrv_vfs_getattr(path, &attr);
	if (err || attr.gid == gid)
		return err;
	return csrv_vfs_chown(path, -1, gid);
}

int csrv_vfs_sd_set(const struct path *path, const struct wire_sd *sd, u32 secinfo)
{
	int err = 0;

	if (secinfo & OWNER_SECURITY_INFORMATION && sd->has_owner)
		err = set_owner(path, &sd->owner);
	if (!err && secinfo & GROUP_SECURITY_INFORMATION && sd->has_group)
		err = set_group(path, &sd->group);
	if (!err && secinfo & DACL_SECURITY_INFORMATION)
		err = set_dacl(path, sd);
	/* Here security.NTACL will be written, from what is effective now and @sd. */
	return err;
}
