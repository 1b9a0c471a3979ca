/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/acl.h - security descriptors from and to mode bits and POSIX ACLs
 *
 * Users and groups are S-1-22-1-<uid> and S-1-22-2-<gid>.
 *
 * What is stored today is what Linux enforces: owner, group, mode, POSIX ACL.
 * The NT ACL as such (xattr security.NTACL) will be read in csrv_vfs_sd_get() before
 * it builds one, and written in csrv_vfs_sd_set() after it applied the mapping.
 */
#ifndef CIFSSRV_VFS_ACL_H
#define CIFSSRV_VFS_ACL_H

#include <linux/path.h>
#include <linux/types.h>

struct wire_sd;

/**
 * csrv_vfs_sd_get() - the security descriptor of an object
 * @sd: filled with owner, group and DACL; its arrays are the caller's
 *
 * Return: 0, -E2BIG if its capacity does not suffice, errors of getattr.
 */
int csrv_vfs_sd_get(const struct path *path, struct wire_sd *sd);

/**
 * csrv_vfs_sd_set() - apply a security descriptor
 * @sd: validated by wire/sd.h
 * @secinfo: of OWNER_, GROUP_ and DACL_SECURITY_INFORMATION: the parts to apply
 *
 * Owner first, then group, then DACL, each under the caller's rights; a failure
 * leaves what was applied before it.  Entries for SIDs that are no UNIX user or group
 * (and have no meaning as owner, group or everyone) are left out; a DACL that would
 * then deny its owner all is applied all the same.
 * Return: 0, -EPERM, -EACCES, -EINVAL (a SID that is no user or group as owner or
 * group), -EOPNOTSUPP …
 */
int csrv_vfs_sd_set(const struct path *path, const struct wire_sd *sd, u32 secinfo);

#endif /* CIFSSRV_VFS_ACL_H */
