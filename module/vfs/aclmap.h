/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/aclmap.h - a DACL as a POSIX ACL that grants nothing which the DACL does not grant
 *
 * Pure: no allocation, no lock, no VFS.  Builds in user space too.
 */
#ifndef CIFSSRV_VFS_ACLMAP_H
#define CIFSSRV_VFS_ACLMAP_H

#include "../wire/sd.h"

#define CSRV_ACLMAP_NAMED	128u	/* users and groups in one POSIX ACL */

/* Permissions of one entry, as in the mode bits. */
#define CSRV_ACLMAP_R	4
#define CSRV_ACLMAP_W	2
#define CSRV_ACLMAP_X	1
#define CSRV_ACLMAP_RWX	7

/**
 * struct csrv_aclmap_named - a named user or group
 * @id: uid or gid in the initial user namespace
 * @perm: of CSRV_ACLMAP_R, _W, _X
 * @group: @id is a gid
 */
struct csrv_aclmap_named {
	u32 id;
	u8 perm;
	bool group;
};

/**
 * struct csrv_aclmap - a POSIX ACL
 * @owner: permissions of the owner
 * @group: of the owning group
 * @mask: ACL_MASK, where there are @named: always all.  Linux does not look at an ACL whose
 *	mask is 0 (acl_permission_check()), and what it would deny is granted to others
 * @other: of all others
 * @num: entries of @named in use; users by id come first, then groups by id
 * @named: entries of users and groups, sorted
 */
struct csrv_aclmap {
	u8 owner;
	u8 group;
	u8 mask;
	u8 other;
	u32 num;
	struct csrv_aclmap_named named[CSRV_ACLMAP_NAMED];
};

/**
 * struct csrv_aclmap_ids - the ids behind the owner and group classes of an ACL
 * @uid: the owner
 * @gid: the owning group
 */
struct csrv_aclmap_ids {
	u32 uid;
	u32 gid;
};

/**
 * struct csrv_aclmap_args - what is mapped
 * @dacl: entries in the order in which they count; not a NULL DACL
 * @owner: of the object, S-1-22-1-uid
 * @group: of the object, S-1-22-2-gid
 * @dir: the object is a directory
 * @inherit: map what children get (the default ACL), not what holds for the object
 */
struct csrv_aclmap_args {
	const struct wire_acl *dacl;
	struct wire_sid owner;
	struct wire_sid group;
	bool dir;
	bool inherit;
};

nt_status_t csrv_aclmap(const struct csrv_aclmap_args *args, struct csrv_aclmap *map);
bool csrv_aclmap_inherits(const struct wire_acl *dacl);
u16 csrv_aclmap_mode(u16 mode, u8 mask, u8 least);
void csrv_aclmap_unname(struct csrv_aclmap *map);

/* vfs/aclown.c */
const struct csrv_aclmap_named *csrv_aclmap_named(const struct csrv_aclmap *map, u32 id,
						  bool group);
bool csrv_aclmap_put(struct csrv_aclmap *map, u32 id, bool group, u8 perm);
nt_status_t csrv_aclmap_chown(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			      const struct csrv_aclmap_ids *to, struct csrv_aclmap *is);
nt_status_t csrv_aclmap_both(const struct csrv_aclmap *was, const struct csrv_aclmap_ids *from,
			     const struct csrv_aclmap *is, const struct csrv_aclmap_ids *to,
			     struct csrv_aclmap *out);

#endif /* CIFSSRV_VFS_ACLMAP_H */
