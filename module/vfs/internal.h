/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/internal.h - what the files of this room share with each other only */
#ifndef CIFSSRV_VFS_INTERNAL_H
#define CIFSSRV_VFS_INTERNAL_H

#include <linux/limits.h>
#include <linux/path.h>
#include <linux/types.h>

#include "path.h"

/* How often an operation is tried again when somebody else got in between. */
#define VFS_RETRIES	32

/* vfs_path_lookup() below @start, in the terms of csrv_vfs_root */
int csrv_walk(const struct csrv_vfs_root *root, const char *name, unsigned int lookup,
	      struct path *path);

/* One component of @dir; neither follows a symlink nor leaves @dir. */
int csrv_walk_one(const struct path *dir, const char *name, struct path *path);

/* The directory that holds a name; -ENOENT for the root of a file system tree. */
int csrv_walk_parent(const struct path *path, struct path *parent);

/* Called for each entry but "." and ".."; false ends the listing. */
typedef bool (*csrv_dir_fn)(void *priv, const char *name, size_t len);

/* List a directory the caller may read; -ENOTDIR, -EACCES … */
int csrv_dir_each(const struct path *path, csrv_dir_fn fn, void *priv);

/*
 * The name in @dir that equals @name but for the case.  @found has room for
 * NAME_MAX + 1.  -ENOENT if there is none, or if the caller may not list @dir.
 */
int csrv_dir_find(const struct path *dir, const char *name, size_t len, char *found);
int csrv_dir_find_short(const struct path *dir, const char *name, size_t len, char *found);

#endif /* CIFSSRV_VFS_INTERNAL_H */
