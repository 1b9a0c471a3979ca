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

#include "../wire/status.h"

struct wire_sd;

/**
 * csrv_vfs_sd_get() - the security descriptor of an object
 * @path: the object
 * @sd: filled with owner, group and DACL; its arrays are the caller's
 *
 * Return: 0, -E2BIG if its capacity does not suffice, errors of getattr.
 */
int csrv_vfs_sd_get(const struct path *path, struct wire_sd *sd);

/**
 * csrv_vfs_sd_set() - apply a security descriptor
 * @path: the object
 * @sd: validated by wire/sd.h
 * @secinfo: of OWNER_, GROUP_ and DACL_SECURITY_INFORMATION: the parts to apply
 *
 * A descriptor is never widened: vfs/aclmap.h says what a DACL becomes, and which DACLs are
 * refused; vfs/aclown.c what the ACL becomes when owner or group change without a DACL.  A
 * descriptor that is refused changes nothing, and if a step fails, what the steps before it
 * changed is put back; vfs/aclset.c has the steps.  A DACL that @sd does not have
 * (SE_DACL_PRESENT) changes nothing.
 *
 * The caller excludes other descriptors for the object meanwhile.  What a local process sets
 * meanwhile may be lost.
 *
 * Return: NT_OK; NT_INVALID_OWNER, NT_INVALID_PRIMARY_GROUP: a SID that is no UNIX user
 * or group, or one that the caller may not give it to; NT_NOT_SUPPORTED: see csrv_aclmap();
 * NT_OPLOCK_BREAK_IN_PROGRESS: a delegation has been asked for, nothing has changed;
 * NT_SHARING_VIOLATION: likewise, but between two steps, and others have fewer rights than before
 * or after; NT_MEDIA_WRITE_PROTECTED; NT_ACCESS_DENIED, also for what is immutable …
 */
nt_status_t csrv_vfs_sd_set(const struct path *path, const struct wire_sd *sd, u32 secinfo);

/*
 * Apply all of @sd to a new object.  An owner or group that it cannot have is left out: it keeps
 * its creator's.  Without a DACL the owner and group of @sd get the permissions that the creator
 * and the creator's group would have had.
 */
nt_status_t csrv_vfs_sd_set_new(const struct path *path, const struct wire_sd *sd);

#endif /* CIFSSRV_VFS_ACL_H */
