/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/cred.h - the credentials a session works with */
#ifndef CIFSSRV_VFS_CRED_H
#define CIFSSRV_VFS_CRED_H

#include <linux/cred.h>
#include <linux/types.h>

/**
 * csrv_cred_make() - immutable credentials of one identity
 * @uid: user id in the initial user namespace
 * @gid: primary group
 * @groups: supplementary groups, any order, may hold @gid; copied
 * @ngroups: number of @groups; NGROUPS_MAX or more is -EINVAL
 * @more: one more supplementary group; U32_MAX: none
 *
 * All capabilities are dropped unless @uid is 0; no keyring is inherited.
 *
 * Return: credentials the caller owns one reference of (csrv_cred_put()), or
 * ERR_PTR: -EINVAL for an id that does not map, -ENOMEM.
 */
const struct cred *csrv_cred_make(uid_t uid, gid_t gid, const u32 *groups, u32 ngroups, u32 more);

/* Drop a reference; NULL is allowed. */
void csrv_cred_put(const struct cred *cred);

/**
 * csrv_cred_enter() - act as @cred from here to csrv_cred_leave()
 * @cred: a reference is taken: a request may be answered, and its session end, before
 *	the worker that parked it has left
 *
 * Return: what to hand to csrv_cred_leave().  Nests.
 */
const struct cred *csrv_cred_enter(const struct cred *cred);

/* Act as root with all capabilities until csrv_cred_leave(); on an ERR_PTR() nothing changes. */
const struct cred *csrv_cred_enter_root(void);
void csrv_cred_leave(const struct cred *old);

#endif /* CIFSSRV_VFS_CRED_H */
