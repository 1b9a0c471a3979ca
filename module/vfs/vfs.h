/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/vfs.h - the only room that calls the Linux VFS
 *
 * Every function here acts with the credentials of the calling task, which are the session's: its
 * caller stands between csrv_cred_enter() and csrv_cred_leave().  Nothing in this room raises them,
 * but for the look-ups of rootwalk.c and veto.c, as root.
 *
 * Functions return 0 (or a count) and a negative errno; wire/status.h turns an
 * errno into a status, in one place.  All of them may sleep unless they say
 * otherwise.
 */
#ifndef CIFSSRV_VFS_VFS_H
#define CIFSSRV_VFS_VFS_H

#include "cred.h"
#include "path.h"
#include "open.h"
#include "attr.h"
#include "access.h"
#include "change.h"
#include "dir.h"
#include "rw.h"
#include "xattr.h"
#include "acl.h"

#endif /* CIFSSRV_VFS_VFS_H */
