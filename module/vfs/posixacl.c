// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/posixacl.c - the stored POSIX ACL of an object
 *
 * Ids are those that the mount shows: INVALID_UID and INVALID_GID for others.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xattr.h>

#include "../compat/vfs.h"
#include "aclmap.h"
#include "internal.h"

bool csrv_keeps_acls(const struct inode *inode)
{
	const struct xattr_handler *const *h = inode->i_sb->s_xattr;

	if (!IS_POSIXACL(inode))
		return false;
	if (inode->i_op->set_acl)
		return true;
	/* overlayfs and 9p before Linux 6.2 have a handler instead */
	for (; h && *h; h++)
		if ((*h)->name && !strcmp((*h)->name, XATTR_NAME_POSIX_ACL_ACCESS))
			return true;
	return false;
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

struct posix_acl *csrv_acl_of(const struct path *path, int type)
{
	struct inode *inode = d_inode(path->dentry);
	struct posix_acl *acl = acl_of_inode(inode, type), *shown;
	compat_idmap *idmap = compat_mnt_idmap(path->mnt);
	struct posix_acl_entry *pe, *end;

	if (IS_ERR_OR_NULL(acl))
		return acl;
	/* The inode's ACL is shared, and has the ids of the file system. */
	shown = posix_acl_clone(acl, GFP_KERNEL);
	posix_acl_release(acl);
	if (!shown)
		return ERR_PTR(-ENOMEM);
	FOREACH_ACL_ENTRY(pe, shown, end) {
		if (pe->e_tag == ACL_USER)
			pe->e_uid = vfsuid_into_kuid(make_vfsuid(idmap, i_user_ns(inode),
								 pe->e_uid));
		if (pe->e_tag == ACL_GROUP)
			pe->e_gid = vfsgid_into_kgid(make_vfsgid(idmap, i_user_ns(inode),
								 pe->e_gid));
	}
	return shown;
}

struct posix_acl *csrv_acl_effective(const struct path *path, umode_t mode)
{
	struct posix_acl *acl = NULL;

	/* Linux does not look at an ACL whose mask is 0: acl_permission_check() */
	if (mode & 0070)
		acl = csrv_acl_of(path, ACL_TYPE_ACCESS);
	if (acl)
		return acl;
	return posix_acl_from_mode(mode, GFP_KERNEL);
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
		/* The mask of an access ACL is what the mode is about to set. */
		if (pe->e_tag == ACL_MASK && type == ACL_TYPE_DEFAULT)
			mask = pe->e_perm;
	}
	posix_acl_release(acl);
	*mode = csrv_aclmap_mode(*mode, mask, least);
	return 1;
}
