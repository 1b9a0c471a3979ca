// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/aclset.c - a security descriptor becomes owner, group, mode bits and POSIX ACL
 *
 * All is worked out before anything is changed (struct plan).  Where owner or group change,
 * with a DACL or without, the object goes through three states:
 *
 *	its ACL, its owner and group
 *	an ACL that grants what both ACLs grant (csrv_aclmap_both()), the same owner and group
 *	the same ACL, the new owner and group
 *	the new ACL
 *
 * so that no user has at any moment, nor after a crash, a right that neither ACL grants.  If a
 * step fails, the steps before it are undone; if that fails too, the ACL in between stays.
 */
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "../wire/access.h"
#include "../wire/sd.h"
#include "acl.h"
#include "aclmap.h"
#include "attr.h"
#include "internal.h"

/* All that is to be set, worked out before anything is. */
struct plan {
	bool fresh;			/* the object has just been made by the caller */
	bool set_uid;
	bool set_gid;
	bool set_access;
	bool set_children;
	bool is_dir;
	bool inherits;			/* the DACL has something for children */
	umode_t mode;			/* as it is */
	struct posix_acl *acl;		/* the access ACL before; NULL: none */
	struct csrv_aclmap_ids shown;	/* owner and group as the descriptor names them */
	struct csrv_aclmap_ids from;	/* before; (u32)-1: the mount does not show it */
	struct csrv_aclmap_ids to;
	struct csrv_aclmap was;		/* if owner or group change: the ACL before */
	struct csrv_aclmap stage;	/* likewise: the ACL while they change */
	struct csrv_aclmap access;	/* if @set_access: the new ACL */
	struct csrv_aclmap children;	/* if @inherits */
};

static bool moves(const struct plan *p)
{
	return p->set_uid || p->set_gid;
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

/* False: more users and groups than @map has room for, or one that the mount does not show. */
static bool map_put(struct csrv_aclmap *map, const struct posix_acl_entry *pe)
{
	switch (pe->e_tag) {
	case ACL_USER:
		return csrv_aclmap_put(map, from_kuid(&init_user_ns, pe->e_uid), false, pe->e_perm);
	case ACL_GROUP:
		return csrv_aclmap_put(map, from_kgid(&init_user_ns, pe->e_gid), true, pe->e_perm);
	case ACL_USER_OBJ:
		map->owner = pe->e_perm;
		break;
	case ACL_GROUP_OBJ:
		map->group = pe->e_perm;
		break;
	case ACL_MASK:
		map->mask = pe->e_perm;
		break;
	default:
		map->other = pe->e_perm;
		break;
	}
	return true;
}

/* The reverse of map_to_posix(); ACL_MASK is applied. */
static bool map_of_posix(const struct posix_acl *acl, struct csrv_aclmap *map)
{
	const struct posix_acl_entry *pe, *end;
	u32 i;

	*map = (struct csrv_aclmap){ .mask = CSRV_ACLMAP_RWX };
	FOREACH_ACL_ENTRY(pe, acl, end)
		if (!map_put(map, pe))
			return false;
	map->group &= map->mask;
	for (i = 0; i < map->num; i++)
		map->named[i].perm &= map->mask;
	map->mask = CSRV_ACLMAP_RWX;
	return true;
}

static int store_map(const struct path *path, int type, const struct csrv_aclmap *map)
{
	struct posix_acl *acl = map_to_posix(map);
	int err;

	if (IS_ERR(acl))
		return PTR_ERR(acl);
	err = compat_set_acl(path, type, acl);
	posix_acl_release(acl);
	return err;
}

/*
 * Where owner or group change, a mode that the object has already is not set: an NFS server would
 * make its own ACL anew from it.
 */
static int store_mode(const struct plan *p, const struct path *path, const struct csrv_aclmap *map)
{
	umode_t now = d_inode(path->dentry)->i_mode & S_IALLUGO;
	umode_t mode = (now & ~0777) | map->owner << 6 | map->group << 3 | map->other;

	return mode == now && moves(p) ? 0 : csrv_change_mode(path, mode);
}

/* 1: there is an ACL; 0: there is none. */
static int has_acl(const struct path *path, int type)
{
	struct posix_acl *acl = csrv_acl_of(path, type);

	if (IS_ERR_OR_NULL(acl))
		return PTR_ERR_OR_ZERO(acl);
	posix_acl_release(acl);
	return 1;
}

/*
 * An ACL without named entries is kept as a mode.  Where the object has an ACL it is replaced by
 * another one, in one step with the mode: if the ACL were removed first, its mask would become the
 * permissions of the group.
 */
static int store_access(const struct plan *p, const struct path *path, struct csrv_aclmap *map)
{
	int has = has_acl(path, ACL_TYPE_ACCESS), err;

	if (has < 0)
		return has;
	if (!has && !map->num)
		return store_mode(p, path, map);
	err = store_map(path, ACL_TYPE_ACCESS, map);
	if (err != -EOPNOTSUPP)
		return err;
	csrv_aclmap_unname(map);
	return store_mode(p, path, map);
}

static int store_default(const struct path *path, const struct plan *p)
{
	int ret;

	if (p->inherits) {
		/* On a file system without ACLs the share's masks decide what children get. */
		ret = store_map(path, ACL_TYPE_DEFAULT, &p->children);
		return ret == -EOPNOTSUPP ? 0 : ret;
	}
	ret = has_acl(path, ACL_TYPE_DEFAULT);
	return ret <= 0 ? ret : compat_set_acl(path, ACL_TYPE_DEFAULT, NULL);
}

static nt_status_t plan_owner(struct plan *p, const struct path *path, const struct wire_sid *sid)
{
	u32 uid;

	if (!csrv_sid_is_unix_user(sid, &uid) || !uid_valid(make_kuid(&init_user_ns, uid)))
		return NT_INVALID_OWNER;
	if (p->shown.uid == uid)
		return NT_OK;
	if (csrv_may_chown(path, uid, -1))
		return NT_INVALID_OWNER;
	p->set_uid = true;
	p->shown.uid = uid;
	p->to.uid = uid;
	return NT_OK;
}

static nt_status_t plan_group(struct plan *p, const struct path *path, const struct wire_sid *sid)
{
	u32 gid;

	if (!csrv_sid_is_unix_group(sid, &gid) || !gid_valid(make_kgid(&init_user_ns, gid)))
		return NT_INVALID_PRIMARY_GROUP;
	if (p->shown.gid == gid)
		return NT_OK;
	if (csrv_may_chown(path, -1, gid))
		return NT_INVALID_PRIMARY_GROUP;
	p->set_gid = true;
	p->shown.gid = gid;
	p->to.gid = gid;
	return NT_OK;
}

/* An owner or group that a new object cannot have is left out: it keeps its creator's. */
static nt_status_t plan_ids(struct plan *p, const struct path *path, const struct wire_sd *sd,
			    u32 secinfo)
{
	nt_status_t status = NT_OK;

	if (secinfo & OWNER_SECURITY_INFORMATION && sd->has_owner)
		status = plan_owner(p, path, &sd->owner);
	if (status != NT_OK && !p->fresh)
		return status;
	status = NT_OK;
	if (secinfo & GROUP_SECURITY_INFORMATION && sd->has_group)
		status = plan_group(p, path, &sd->group);
	return p->fresh ? NT_OK : status;
}

static nt_status_t plan_dacl(struct plan *p, const struct wire_sd *sd)
{
	struct wire_ace null_ace = { .type = ACCESS_ALLOWED_ACE_TYPE, .mask = GENERIC_ALL,
				     .sid = csrv_sid_everyone };
	const struct wire_acl null_dacl = { .aces = &null_ace, .cap = 1, .num = 1 };
	struct csrv_aclmap_args args = {
		/* [MS-DTYP] 2.4.6: present, and at no offset: the NULL DACL allows all */
		.dacl	= sd->dacl.present ? &sd->dacl : &null_dacl,
		.owner	= csrv_sid_unix_user(p->shown.uid),
		.group	= csrv_sid_unix_group(p->shown.gid),
		.dir	= p->is_dir,
	};
	nt_status_t status;

	p->set_access = true;
	p->set_children = p->is_dir;
	status = csrv_aclmap(&args, &p->access);
	p->inherits = p->is_dir && csrv_aclmap_inherits(args.dacl);
	if (status != NT_OK || !p->inherits)
		return status;
	args.inherit = true;
	return csrv_aclmap(&args, &p->children);
}

/* Would a named user or group have other permissions than a mode without names gives? */
static bool needs_names(const struct csrv_aclmap *map)
{
	u32 i;

	for (i = 0; i < map->num; i++)
		if (map->named[i].perm != map->group || map->named[i].perm != map->other)
			return true;
	return false;
}

/* The ACL that holds until owner and group have changed; without a DACL also the one after. */
static nt_status_t plan_move(struct plan *p, const struct path *path)
{
	struct posix_acl *acl = csrv_acl_effective(path, p->mode);
	nt_status_t status = NT_OK;
	bool fits;

	if (IS_ERR(acl))
		return csrv_errno_status(PTR_ERR(acl));
	fits = map_of_posix(acl, &p->was);
	posix_acl_release(acl);
	if (!fits)
		return NT_NOT_SUPPORTED;
	if (!p->set_access)
		status = csrv_aclmap_chown(&p->was, &p->from, &p->to, &p->access);
	/* A user would lose permissions that the descriptor, which is not changed, grants. */
	if (!p->set_access && needs_names(&p->access) && !csrv_keeps_acls(d_inode(path->dentry)))
		status = NT_NOT_SUPPORTED;
	if (status == NT_OK)
		status = csrv_aclmap_both(&p->was, &p->from, &p->access, &p->to, &p->stage);
	p->set_access = true;
	return status;
}

static int plan_begin(struct plan *p, const struct path *path)
{
	const struct inode *inode = d_inode(path->dentry);
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct csrv_vfs_attr attr;
	int err = csrv_vfs_getattr(path, &attr);

	if (err)
		return err;
	p->is_dir = attr.is_dir;
	p->mode = attr.mode;
	p->shown = (struct csrv_aclmap_ids){ .uid = attr.uid, .gid = attr.gid };
	p->from.uid = from_kuid(&init_user_ns, vfsuid_into_kuid(i_uid_into_vfsuid(idmap, inode)));
	p->from.gid = from_kgid(&init_user_ns, vfsgid_into_kgid(i_gid_into_vfsgid(idmap, inode)));
	p->to = p->from;
	p->acl = csrv_acl_of(path, ACL_TYPE_ACCESS);
	if (!IS_ERR(p->acl))
		return 0;
	err = PTR_ERR(p->acl);
	p->acl = NULL;
	return err;
}

static nt_status_t plan_make(struct plan *p, const struct path *path, const struct wire_sd *sd,
			     u32 secinfo)
{
	int err = plan_begin(p, path);
	nt_status_t status;

	if (err)
		return csrv_errno_status(err);
	status = plan_ids(p, path, sd, secinfo);
	/* Without the bit the descriptor has no DACL, and there is none to apply. */
	if (status == NT_OK && secinfo & DACL_SECURITY_INFORMATION &&
	    sd->control & SE_DACL_PRESENT)
		status = plan_dacl(p, sd);
	/* CREATOR OWNER means the owner that the creator names. */
	if (status == NT_OK && moves(p) && (p->set_access || !p->fresh))
		status = plan_move(p, path);
	return status;
}

/* Set the ACL as it was before, or the mode where there was none. */
static int restore_access(const struct plan *p, const struct path *path)
{
	struct posix_acl *acl = p->acl ? posix_acl_clone(p->acl, GFP_KERNEL) :
					 posix_acl_from_mode(p->mode, GFP_KERNEL);
	int err;

	if (IS_ERR_OR_NULL(acl))
		return acl ? PTR_ERR(acl) : -ENOMEM;
	err = compat_set_acl(path, ACL_TYPE_ACCESS, acl);
	posix_acl_release(acl);
	return err == -EOPNOTSUPP ? csrv_change_mode(path, p->mode) : err;
}

/*
 * A directory's set-group-ID bit gives children its group.  A change of the mode by a user outside
 * the group clears the bit.  Members of the new group could set it, so it is set again.
 */
static void keep_setgid(const struct plan *p, const struct path *path)
{
	umode_t now = d_inode(path->dentry)->i_mode & S_IALLUGO;

	if (p->is_dir && p->mode & S_ISGID & ~now)
		csrv_change_mode(path, now | S_ISGID);
}

/*
 * Undo the steps before one that failed with @why; @moved: owner and group have changed.  Stops at
 * an error.
 * Return: @why, or -ETXTBSY where the failed step could be tried again, but not from the beginning.
 */
static int run_back(struct plan *p, const struct path *path, bool moved, int why)
{
	int err = 0;

	/* The new ACL is for the new owner. */
	if (moved)
		err = store_access(p, path, &p->stage);
	if (moved && !err)
		err = csrv_change_owner(path, p->set_uid ? p->from.uid : (u32)-1,
					p->set_gid ? p->from.gid : (u32)-1);
	if (!err)
		err = restore_access(p, path);
	keep_setgid(p, path);
	return err && why == -EWOULDBLOCK ? -ETXTBSY : why;
}

static int run_move(struct plan *p, const struct path *path)
{
	int err = p->set_access ? store_access(p, path, &p->stage) : 0;

	if (err)
		return err;
	err = csrv_change_owner(path, p->set_uid ? p->to.uid : (u32)-1,
				p->set_gid ? p->to.gid : (u32)-1);
	if (err && p->set_access)
		err = run_back(p, path, false, err);
	return err;
}

static int run(struct plan *p, const struct path *path)
{
	int err = moves(p) ? run_move(p, path) : 0;

	if (err || !p->set_access)
		return err;
	/* Here security.NTACL will be written, from what is effective now and the descriptor. */
	err = store_access(p, path, &p->access);
	if (!err && p->set_children)
		err = store_default(path, p);
	if (err)
		err = run_back(p, path, moves(p), err);
	else if (moves(p))
		keep_setgid(p, path);
	return err;
}

/* NT_OPLOCK_BREAK_IN_PROGRESS for a delegation: the caller can wait and try again. */
static nt_status_t change_status(int err)
{
	return err == -EWOULDBLOCK ? NT_OPLOCK_BREAK_IN_PROGRESS : csrv_errno_status(err);
}

static nt_status_t set_begun(struct plan *p, const struct path *path, const struct wire_sd *sd,
			     u32 secinfo)
{
	nt_status_t status = plan_make(p, path, sd, secinfo);

	if (status == NT_OK)
		status = change_status(run(p, path));
	posix_acl_release(p->acl);
	return status;
}

static nt_status_t set(const struct path *path, const struct wire_sd *sd, u32 secinfo, bool fresh)
{
	struct plan *p = kzalloc(sizeof(*p), GFP_KERNEL);
	nt_status_t status;
	int err;

	if (!p)
		return NT_INSUFFICIENT_RESOURCES;
	p->fresh = fresh;
	/* What no change is allowed to is refused first, whatever @secinfo is. */
	err = csrv_change_begin(path);
	if (err) {
		status = csrv_errno_status(err);
	} else {
		status = set_begun(p, path, sd, secinfo);
		csrv_change_end(path);
	}
	kfree(p);
	return status;
}

nt_status_t csrv_vfs_sd_set(const struct path *path, const struct wire_sd *sd, u32 secinfo)
{
	return set(path, sd, secinfo, false);
}

nt_status_t csrv_vfs_sd_set_new(const struct path *path, const struct wire_sd *sd)
{
	return set(path, sd, OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |
		   DACL_SECURITY_INFORMATION, true);
}
