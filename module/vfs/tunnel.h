/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/tunnel.h - the 8.3 names of removed files, [MS-FSA] 2.1.1.2
 *
 * A program that knows only 8.3 names replaces a file by removing and creating it.  For a few
 * seconds, creating the 8.3 name of a removed file therefore creates that file's long name.
 */
#ifndef CIFSSRV_VFS_TUNNEL_H
#define CIFSSRV_VFS_TUNNEL_H

#include <linux/types.h>

struct csrv_tunnel;
struct csrv_vfs_root;
struct inode;

/* NULL if there is no memory; then nothing is remembered. */
struct csrv_tunnel *csrv_tunnel_create(void);
void csrv_tunnel_destroy(struct csrv_tunnel *t);

/* @name was removed from @dir.  Does not sleep. */
void csrv_tunnel_gone(const struct csrv_vfs_root *root, const struct inode *dir, const char *name);

/* The name that was removed from @dir and had @name as its 8.3 name; allocated; NULL: none. */
char *csrv_tunnel_find(const struct csrv_vfs_root *root, const struct inode *dir,
		       const char *name);

#endif /* CIFSSRV_VFS_TUNNEL_H */
