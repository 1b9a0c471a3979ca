/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/dir.h - list a directory in pieces */
#ifndef CIFSSRV_VFS_DIR_H
#define CIFSSRV_VFS_DIR_H

#include <linux/path.h>
#include <linux/types.h>

struct csrv_vfs_file;
struct csrv_vfs_root;

/*
 * A cursor.  Made by csrv_vfs_dir_open(), owned by one SMB open, ended by
 * csrv_vfs_dir_close().  It has no lock of its own: its owner serialises calls.
 */
struct csrv_vfs_dir;

struct csrv_vfs_dirent {
	const char *name;	/* NUL-terminated, in the cursor: valid until the next call */
	u32 len;		/* bytes, 1..255 */
	const char *shown;	/* what clients see, and can open it by; likewise */
	u32 shown_len;
	u32 type;		/* DT_*, DT_UNKNOWN if the file system does not say */
	u64 ino;
};

/**
 * csrv_vfs_dir_open() - start listing
 * @root: the share; bounds what ".." and symlinks may show; must outlive the cursor
 * @vf: a directory opened with csrv_vfs_open(O_RDONLY); a reference of its struct file is taken.
 *	Its position belongs to the cursor from now on: one cursor per file.
 *
 * Return: the cursor, ERR_PTR(-ENOTDIR), ERR_PTR(-ENOMEM).
 */
struct csrv_vfs_dir *csrv_vfs_dir_open(const struct csrv_vfs_root *root,
				       const struct csrv_vfs_file *vf);
void csrv_vfs_dir_close(struct csrv_vfs_dir *dir);

/**
 * csrv_vfs_dir_next() - the next entry: ".", "..", then the directory's own order
 * @dir: the cursor
 * @ent: filled; points into the cursor
 *
 * Return: 1 with @ent filled, 0 at the end, a negative errno.
 */
int csrv_vfs_dir_next(struct csrv_vfs_dir *dir, struct csrv_vfs_dirent *ent);

/* The entry just returned did not fit: the next call returns it again. */
void csrv_vfs_dir_push_back(struct csrv_vfs_dir *dir);

/* Start again, reading the directory afresh. */
int csrv_vfs_dir_rewind(struct csrv_vfs_dir *dir);

/**
 * csrv_vfs_dirent_path() - the object of an entry
 * @dir: the cursor
 * @ent: as csrv_vfs_dir_next() returned it
 * @path: the object; the caller owns it (path_put())
 *
 * "." and ".." at the share's root are the root.  A symlink is followed if the share's policy
 * allows it; otherwise, or if it leads nowhere, it is the object itself.  Needs the right to
 * search the directory.
 *
 * Return: 0, -ENOENT (gone since), -EACCES, -ENOMEM ….
 */
int csrv_vfs_dirent_path(struct csrv_vfs_dir *dir, const struct csrv_vfs_dirent *ent,
			 struct path *path);

/**
 * csrv_vfs_dir_empty() - would rmdir find the directory empty?
 * @path: the directory
 *
 * Needs the right to read the directory.
 * Return: 0 if empty, -ENOTEMPTY, -ENOTDIR, -EACCES …
 */
int csrv_vfs_dir_empty(const struct path *path);

#endif /* CIFSSRV_VFS_DIR_H */
