// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/acl.c - security descriptors from and to mode bits and POSIX ACLs
 *
 * A POSIX entry becomes an entry that allows.  Where others have a right that a user or group
 * lacks, an entry that denies it is put before, because NT adds up what POSIX keeps apart.  The
 * way back is in vfs/aclset.c and vfs/aclmap.c; csrv_vfs_sd_set() turns a descriptor of
 * csrv_vfs_sd_get() into the same mode and ACL again, or a narrower one.
 *
 * Ids are those that the mount shows.  An id that it does not show is (u32)-1 here, which no
 * user and no group has.
 */
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "../wire/sd.h"
#include "acl.h"
#include "attr.h"
#include "internal.h"

#define ACE_INHERIT	(OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)

/* The access mask of a class's POSIX permissions. */
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

/* The same for a deny entry: only the bits that no other permission shares. */
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

/* The state of a POSIX ACL's conversion into a DACL. */
struct build {
	struct wire_sd *sd;
	const struct posix_acl *acl;
	bool dir;
	u8 flags;		/* inheritance flags of every ACE */
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

/* The SID of an entry; in a default ACL owner and group are those of children to come. */
static struct wire_sid entry_sid(const struct build *b, const struct posix_acl_entry *pe)
{
	switch (pe->e_tag) {
	case ACL_USER_OBJ:
		return b->flags ? csrv_sid_creator_owner : b->sd->owner;
	case ACL_GROUP_OBJ:
		return b->flags ? csrv_sid_creator_group : b->sd->group;
	case ACL_USER:
		return csrv_sid_unix_user(from_kuid(&init_user_ns, pe->e_uid));
	case ACL_GROUP:
		return csrv_sid_unix_group(from_kgid(&init_user_ns, pe->e_gid));
	default:
		return csrv_sid_everyone;
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

	/* An entry for a user or group that grants nothing is there to deny all. */
	if (!perm && (pe->e_tag == ACL_USER || pe->e_tag == ACL_GROUP))
		lacks = 7;
	put_ace(b, ACCESS_DENIED_ACE_TYPE, deny_of_perm(lacks, b->dir), &sid);
}

static void put_allowed(struct build *b, const struct posix_acl_entry *pe)
{
	u32 mask = mask_of_perm(entry_perm(b, pe), b->dir);
	struct wire_sid sid = entry_sid(b, pe);

	if (pe->e_tag == ACL_USER_OBJ)		/* counts whatever the mode says */
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
 * Deny entries stand before allow entries, [MS-DTYP] 2.4.5, with one exception: those of a group
 * come after the entries of users, because acl(5) does not look at the groups of a user who has
 * an entry.
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

static int put_access(struct build *b, const struct path *path, umode_t mode)
{
	struct posix_acl *acl = csrv_acl_effective(path, mode);

	if (IS_ERR(acl))
		return PTR_ERR(acl);
	b->acl = acl;
	put_acl(b);
	posix_acl_release(acl);
	return 0;
}

static int put_default(struct build *b, const struct path *path)
{
	struct posix_acl *acl = csrv_acl_of(path, ACL_TYPE_DEFAULT);

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
	sd->owner = csrv_sid_unix_user(attr.uid);
	sd->group = csrv_sid_unix_group(attr.gid);
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
