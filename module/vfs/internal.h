/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/internal.h - functions for the files of this room only */
#ifndef CIFSSRV_VFS_INTERNAL_H
#define CIFSSRV_VFS_INTERNAL_H

#include <linux/limits.h>
#include <linux/path.h>
#include <linux/string.h>
#include <linux/types.h>

#include "path.h"

struct dentry;
struct inode;
struct posix_acl;

/* How often an operation is tried again when another one changed the name meanwhile. */
#define VFS_RETRIES	32

/* ---- change.c ---- */

/*
 * Every change of an object's owner, mode, times, ACL or xattrs is made between these two.
 * Waits while the file system is frozen; -EROFS for a read-only file system or mount, -EPERM for
 * an immutable or append-only object: not all functions of the VFS check that.
 */
int csrv_change_begin(const struct path *path);
void csrv_change_end(const struct path *path);

/* chmod(2) and chown(2), between the two. */
int csrv_change_mode(const struct path *path, umode_t mode);
int csrv_change_owner(const struct path *path, u32 uid, u32 gid);

/* May the caller give the object that owner and group?  The file system may still refuse it. */
int csrv_may_chown(const struct path *path, u32 uid, u32 gid);

/* ---- pathname.c ---- */

/* The directory that holds a name; -ENOENT for the root of a file system tree. */
int csrv_path_parent(const struct path *path, struct path *parent);

/* ---- posixacl.c ---- */

/*
 * Can the object have POSIX ACLs?  NFSv4 and FUSE set SB_POSIXACL only to make the VFS leave the
 * umask to them; they have neither of the two methods to set an ACL.
 */
bool csrv_keeps_acls(const struct inode *inode);

/* A POSIX ACL with the ids that the mount shows (INVALID_UID, INVALID_GID: none).  NULL: none */
struct posix_acl *csrv_acl_of(const struct path *path, int type);

/* The ACL that Linux evaluates: the access ACL, or @mode as one.  Never NULL. */
struct posix_acl *csrv_acl_effective(const struct path *path, umode_t mode);

/**
 * csrv_acl_mode() - a mode under which an ACL still counts: csrv_aclmap_mode()
 * @inode: has the ACL; its lock is held
 * @type: ACL_TYPE_ACCESS: the mode is for @inode; ACL_TYPE_DEFAULT: for a child
 * @mode: bits of others may be taken from it
 *
 * Return: 0: there is no such ACL; 1: there is; errors of reading it.
 */
int csrv_acl_mode(struct inode *inode, int type, umode_t *mode);

/* ---- scan.c ---- */

/* Damaged file systems return names that no lookup may get. */
static inline bool csrv_entry_is_sane(const char *name, int len)
{
	return len > 0 && len <= NAME_MAX && !memchr(name, '/', len) && !memchr(name, '\0', len);
}

static inline bool csrv_entry_is_dot(const char *name, int len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

/* Called for each entry but "." and ".."; false ends the listing. */
typedef bool (*csrv_dir_fn)(void *priv, const char *name, size_t len, u64 ino);

/* Call @fn for the entries of a directory that the caller may read; -ENOTDIR, -EACCES … */
int csrv_dir_each(const struct path *path, csrv_dir_fn fn, void *priv);

/*
 * The name in @dir that clients see as @name, without regard to case if @any_case, or else the
 * one that has @name as its 8.3 name.  @found has room for NAME_MAX + 1.  Reads the directory:
 * csrv_nameidx_find() does so only after a change.  -ENOENT if there is none, or if the caller
 * may not list @dir.
 */
int csrv_dir_find(const struct csrv_vfs_root *root, const struct path *dir, const char *name,
		  bool any_case, char *found);

/* ---- veto.c ---- */

/* The first component of @name that the share vetoes; NULL: none. */
const char *csrv_vetoed_in(const struct csrv_vfs_root *root, const char *name);

/* Is @name a spelling of a vetoed name to @dir, which folds case by its own tables? */
bool csrv_vetoed_folded(const struct csrv_vfs_root *root, const struct dentry *dir,
			const char *name);

/* ---- walk.c ---- */

/*
 * vfs_path_lookup() that does not leave @start: -EXDEV.  @lookup: LOOKUP_FOLLOW,
 * LOOKUP_DIRECTORY, LOOKUP_NO_SYMLINKS
 */
int csrv_walk_beneath(const struct path *start, const char *name, unsigned int lookup,
		      struct path *path);

/* Walk from the share's root, by its policy for symlinks and vetoed names; "" is the root. */
int csrv_walk(const struct csrv_vfs_root *root, const char *name, unsigned int lookup,
	      struct path *path);

/* Walk one component of @dir; neither follows a symlink nor leaves @dir. */
static inline int csrv_walk_one(const struct path *dir, const char *name, struct path *path)
{
	return csrv_walk_beneath(dir, name, 0, path);
}

#endif /* CIFSSRV_VFS_INTERNAL_H */
