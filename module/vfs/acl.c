// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/acl.c - security descriptors from and to mode bits and POSIX ACLs
 *
 * A POSIX entry becomes an entry that allows.  Where others have a right that a user
 * or group lacks, one that denies goes before it, because NT adds up what POSIX
 * keeps apart.  The way back is in vfs/aclmap.c; what csrv_vfs_sd_get() made,
 * csrv_vfs_sd_set() turns into the same mode and ACL again.
 */
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "../wire/sd.h"
#include "acl.h"
#include "aclmap.h"
#include "attr.h"
#include "internal.h"

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

static bool is_group(const struct posix_acl_entry *pe)
{
	return pe->e_tag == ACL_GROUP || pe->e_tag == ACL_GROUP_OBJ;
}

static void put_class(struct build *b, bool groups)
{
	const struct posix_acl_entry *pe, *end;

	FOREACH_ACL_ENTRY(pe, b->acl, end)
		if (pe->e_tag != ACL_MASK && pe->e_tag != ACL_OTHER && is_group(pe) == groups)
			put_denied(b, pe);
	FOREACH_ACL_ENTRY(pe, b->acl, end)
		if (pe->e_tag != ACL_MASK && pe->e_tag != ACL_OTHER && is_group(pe) == groups)
			put_allowed(b, pe);
}

/*
 * What is denied stands before what is allowed, [MS-DTYP] 2.4.5, but for one thing: what
 * is denied to a group comes behind what users have, because acl(5) does not look at the
 * groups of a user who has an entry.
 */
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
	put_class(b, false);
	put_class(b, true);
	FOREACH_ACL_ENTRY(pe, b->acl, end)
		if (pe->e_tag == ACL_OTHER)
			put_allowed(b, pe);
}

/* The POSIX ACL of an object, NULL if it has none. */
static struct posix_acl *acl_of_inode(struct inode *inode, int type)
{
	struct posix_acl *acl;

	if (!IS_POSIXACL(inode))
		return NULL;
	acl = compat_get_acl(inode, type);
	return acl == ERR_PTR(-EOPNOTSUPP) || acl == ERR_PTR(-ENODATA) ? NULL : acl;
}

static struct posix_acl *acl_of(const struct path *path, int type)
{
	return acl_of_inode(d_inode(path->dentry), type);
}

int csrv_acl_mode(struct inode *inode, int type, umode_t *mode)
{
	struct posix_acl *acl = acl_of_inode(inode, type);
	const struct posix_acl_entry *pe, *end;
	u8 mask = CSRV_ACLMAP_RWX, least = CSRV_ACLMAP_RWX;

	if (IS_ERR_OR_NULL(acl))
		return PTR_ERR_OR_ZERO(acl);
	FOREACH_ACL_ENTRY(pe, acl, end) {
		if (pe->e_tag == ACL_USER || pe->e_tag == ACL_GROUP)
			least &= pe->e_perm;
		/* That of an access ACL is what the mode is about to set. */
		if (pe->e_tag == ACL_MASK && type == ACL_TYPE_DEFAULT)
			mask = pe->e_perm;
	}
	posix_acl_release(acl);
	*mode = csrv_aclmap_mode(*mode, mask, least);
	return 1;
}

static int put_access(struct build *b, const struct path *path, umode_t mode)
{
	struct posix_acl *acl = NULL;

	/* Linux does not look at an ACL whose mask is 0: acl_permission_check() */
	if (mode & 0070)
		acl = acl_of(path, ACL_TYPE_ACCESS);
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

static struct posix_acl_entry *put_entry(struct posix_acl_entry *pe, short tag, u16 perm)
{
	*pe = (struct posix_acl_entry){ .e_tag = tag, .e_perm = perm };
	return pe + 1;
}

/* In the order that posix_acl_valid() wants: owner, users, group, groups, mask, others. */
static struct posix_acl *map_to_posix(const struct csrv_aclmap *map)
{
	struct posix_acl *acl = posix_acl_alloc(map->num + (map->num ? 4 : 3), GFP_KERNEL);
	struct posix_acl_entry *pe;
	u32 i;

	if (!acl)
		return ERR_PTR(-ENOMEM);
	pe = put_entry(acl->a_entries, ACL_USER_OBJ, map->owner);
	for (i = 0; i < map->num && !map->named[i].group; i++) {
		pe->e_uid = make_kuid(&init_user_ns, map->named[i].id);
		pe->e_tag = ACL_USER;
		pe++->e_perm = map->named[i].perm;
	}
	pe = put_entry(pe, ACL_GROUP_OBJ, map->group);
	for (; i < map->num; i++) {
		pe->e_gid = make_kgid(&init_user_ns, map->named[i].id);
		pe->e_tag = ACL_GROUP;
		pe++->e_perm = map->named[i].perm;
	}
	if (map->num)
		pe = put_entry(pe, ACL_MASK, map->mask);
	put_entry(pe, ACL_OTHER, map->other);
	return acl;
}

/* @acl: NULL removes it */
static int store_acl(const struct path *path, int type, struct posix_acl *acl)
{
	int err = csrv_change_begin(path);

	if (err)
		return err;
	err = compat_set_acl(path, type, acl);
	csrv_change_end(path);
	return err;
}

static int store_map(const struct path *path, int type, const struct csrv_aclmap *map)
{
	struct posix_acl *acl = map_to_posix(map);
	int err;

	if (IS_ERR(acl))
		return PTR_ERR(acl);
	err = store_acl(path, type, acl);
	posix_acl_release(acl);
	return err;
}

static int store_mode(const struct path *path, const struct csrv_aclmap *map)
{
	umode_t special = d_inode(path->dentry)->i_mode & (S_ISUID | S_ISGID | S_ISVTX);

	return csrv_vfs_chmod(path, special | map->owner << 6 | map->group << 3 | map->other);
}

/*
 * An ACL without named entries is kept as a mode.  It is stored as an ACL where there is
 * one, which goes in the same step: to remove it first would make its mask the rights of
 * the group.
 */
static int store_access(const struct path *path, struct csrv_aclmap *map)
{
	struct posix_acl *now = acl_of(path, ACL_TYPE_ACCESS);
	bool has = !IS_ERR_OR_NULL(now);
	int err;

	if (IS_ERR(now))
		return PTR_ERR(now);
	posix_acl_release(now);
	if (!has && !map->num)
		return store_mode(path, map);
	err = store_map(path, ACL_TYPE_ACCESS, map);
	if (err != -EOPNOTSUPP)
		return err;
	csrv_aclmap_unname(map);
	return store_mode(path, map);
}

/* What is to be done, worked out before anything is. */
struct plan {
	bool set_uid;
	bool set_gid;
	bool set_dacl;
	bool is_dir;
	bool inherits;			/* the DACL has something for children */
	u32 uid;			/* as it is, or will be */
	u32 gid;
	struct csrv_aclmap access;
	struct csrv_aclmap children;	/* if @inherits */
};

static int store_default(const struct path *path, const struct plan *p)
{
	struct posix_acl *now;
	int err;

	if (!p->is_dir)
		return 0;
	if (p->inherits) {
		/* Without ACLs the share's masks decide what children get. */
		err = store_map(path, ACL_TYPE_DEFAULT, &p->children);
		return err == -EOPNOTSUPP ? 0 : err;
	}
	now = acl_of(path, ACL_TYPE_DEFAULT);
	if (IS_ERR_OR_NULL(now))
		return PTR_ERR_OR_ZERO(now);
	posix_acl_release(now);
	return store_acl(path, ACL_TYPE_DEFAULT, NULL);
}

static nt_status_t plan_owner(struct plan *p, const struct wire_sid *sid)
{
	u32 uid;

	if (!wire_sid_is_unix_user(sid, &uid) || !uid_valid(make_kuid(&init_user_ns, uid)))
		return NT_INVALID_OWNER;
	p->set_uid = p->uid != uid;
	p->uid = uid;
	return NT_OK;
}

static nt_status_t plan_group(struct plan *p, const struct wire_sid *sid)
{
	u32 gid;

	if (!wire_sid_is_unix_group(sid, &gid) || !gid_valid(make_kgid(&init_user_ns, gid)))
		return NT_INVALID_PRIMARY_GROUP;
	p->set_gid = p->gid != gid;
	p->gid = gid;
	return NT_OK;
}

static nt_status_t plan_dacl(struct plan *p, const struct wire_sd *sd)
{
	struct wire_ace null_ace = { .type = ACCESS_ALLOWED_ACE_TYPE, .mask = GENERIC_ALL,
				     .sid = wire_sid_everyone };
	const struct wire_acl null_dacl = { .aces = &null_ace, .cap = 1, .num = 1 };
	struct csrv_aclmap_args args = {
		/* [MS-DTYP] 2.4.6: present, and at no offset: the NULL DACL allows all */
		.dacl	= sd->dacl.present ? &sd->dacl : &null_dacl,
		.owner	= wire_sid_unix_user(p->uid),
		.group	= wire_sid_unix_group(p->gid),
		.dir	= p->is_dir,
	};
	nt_status_t status;

	p->set_dacl = true;
	status = csrv_aclmap(&args, &p->access);
	p->inherits = p->is_dir && csrv_aclmap_inherits(args.dacl);
	if (status != NT_OK || !p->inherits)
		return status;
	args.inherit = true;
	return csrv_aclmap(&args, &p->children);
}

static nt_status_t plan_make(struct plan *p, const struct path *path, const struct wire_sd *sd,
			     u32 secinfo)
{
	struct csrv_vfs_attr attr;
	nt_status_t status = NT_OK;
	int err = csrv_vfs_getattr(path, &attr);

	if (err)
		return csrv_errno_status(err);
	*p = (struct plan){ .is_dir = attr.is_dir, .uid = attr.uid, .gid = attr.gid };
	if (secinfo & OWNER_SECURITY_INFORMATION && sd->has_owner)
		status = plan_owner(p, &sd->owner);
	if (status == NT_OK && secinfo & GROUP_SECURITY_INFORMATION && sd->has_group)
		status = plan_group(p, &sd->group);
	/* Without the bit the descriptor says nothing of a DACL, and there is none to apply. */
	if (status == NT_OK && secinfo & DACL_SECURITY_INFORMATION &&
	    sd->control & SE_DACL_PRESENT)
		status = plan_dacl(p, sd);
	return status;
}

/* Who is refused by Linux asks for an owner or group that is not his to give. */
static nt_status_t run_owner(const struct plan *p, const struct path *path)
{
	int err = 0;

	if (p->set_uid) {
		err = csrv_vfs_chown(path, p->uid, -1);
		if (err == -EPERM)
			return NT_INVALID_OWNER;
	}
	if (!err && p->set_gid) {
		err = csrv_vfs_chown(path, -1, p->gid);
		if (err == -EPERM)
			return NT_INVALID_PRIMARY_GROUP;
	}
	return err ? csrv_errno_status(err) : NT_OK;
}

static nt_status_t run_dacl(struct plan *p, const struct path *path)
{
	int err;

	if (!p->set_dacl)
		return NT_OK;
	err = store_access(path, &p->access);
	if (!err)
		err = store_default(path, p);
	return err ? csrv_errno_status(err) : NT_OK;
}

/* Is it one of those that nobody changes?  Then that is the answer, whatever is asked. */
static nt_status_t may_change(const struct path *path)
{
	int err = csrv_change_begin(path);

	if (err)
		return csrv_errno_status(err);
	csrv_change_end(path);
	return NT_OK;
}

nt_status_t csrv_vfs_sd_set(const struct path *path, const struct wire_sd *sd, u32 secinfo)
{
	struct plan *p = kmalloc(sizeof(*p), GFP_KERNEL);
	nt_status_t status;

	if (!p)
		return NT_INSUFFICIENT_RESOURCES;
	status = may_change(path);
	if (status == NT_OK)
		status = plan_make(p, path, sd, secinfo);
	if (status == NT_OK)
		status = run_owner(p, path);
	/* Here security.NTACL will be written, from what is effective now and @sd. */
	if (status == NT_OK)
		status = run_dacl(p, path);
	kfree(p);
	return status;
}

nt_status_t csrv_vfs_sd_set_new(const struct path *path, const struct wire_sd *sd)
{
	nt_status_t status;

	status = csrv_vfs_sd_set(path, sd, OWNER_SECURITY_INFORMATION);
	if (status == NT_OK || status == NT_INVALID_OWNER)
		status = csrv_vfs_sd_set(path, sd, GROUP_SECURITY_INFORMATION);
	if (status == NT_OK || status == NT_INVALID_PRIMARY_GROUP)
		status = csrv_vfs_sd_set(path, sd, DACL_SECURITY_INFORMATION);
	return status;
}
