/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/path.h - from a name in a share to its object */
#ifndef CIFSSRV_VFS_PATH_H
#define CIFSSRV_VFS_PATH_H

#include <linux/bits.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/path.h>
#include <linux/types.h>

struct csrv_nameidx;
struct csrv_tunnel;

/* csrv_vfs_root.flags */
#define CSRV_ROOT_NO_SYMLINKS		BIT(0)	/* no symlink is followed */
#define CSRV_ROOT_WIDE_LINKS		BIT(1)	/* symlinks may lead out of the share */
#define CSRV_ROOT_CASE_SENSITIVE	BIT(2)	/* names match exactly or not at all */

/*
 * The directory of a share; or, made by csrv_vfs_root_base(), the part that all of its sessions
 * have in common, without a directory; or, by csrv_vfs_root_at(), that part with one directory.
 * Immutable; its owner (parameters of the share, or a tree's own) outlives all users.
 */
struct csrv_vfs_root {
	struct path path;
	u32 flags;
	struct path fs;		/* where an absolute wide link starts */
	char *abs;		/* the share as seen from @fs */
	u64 dev;		/* csrv_vfs_attr.dev of @path */
	u32 short_seed;		/* seed of 8.3 names, the same for as long as the disk exists */

	/*
	 * The vetoed names ("veto files"), which exist for no user; NULL: none.  Set by the owner
	 * after the rest.  @veto_list, the owner's, is passed as @list, perhaps folded as a file
	 * system does it.
	 */
	bool (*vetoes)(const char *list, const char *name, size_t len);
	const char *veto_list;
	struct csrv_nameidx *idx;	/* names of any case and 8.3 names; NULL: no memory */
	struct csrv_tunnel *tunnel;	/* 8.3 names of removed files; NULL: no memory */
};

/*
 * The directory of one session, for a share that has one per session, and where its look-up began:
 * made by csrv_vfs_place_find(), ended by csrv_vfs_place_close().
 */
struct csrv_vfs_place {
	struct path path;
	struct path fs;
	char *abs;
	u64 dev;
};

/**
 * csrv_vfs_root_open() - open the directory of a share
 * @root: filled; untouched content is overwritten
 * @abs_path: absolute path, as the machine itself (PID 1) sees it, whatever the mount namespace
 *	and the root of the calling task are
 * @flags: CSRV_ROOT_*
 *
 * The look-up is done as root, whatever the caller's credentials are.
 * Return: 0, -EINVAL (not absolute), -ENOTDIR, -ENOENT, -ELOOP, -ENOMEM …
 */
int csrv_vfs_root_open(struct csrv_vfs_root *root, const char *abs_path, u32 flags);

/**
 * csrv_vfs_root_again() - take over the directory of another root, without a look-up
 * @root: filled; untouched content is overwritten
 * @old: not changed
 * @flags: CSRV_ROOT_*
 *
 * Waits for no file system.
 * Return: 0 or -ENOMEM.
 */
int csrv_vfs_root_again(struct csrv_vfs_root *root, const struct csrv_vfs_root *old, u32 flags);
void csrv_vfs_root_close(struct csrv_vfs_root *root);

/**
 * csrv_vfs_root_base() - the common part of a share with a directory per session
 * @root: filled; has no directory itself and keeps no file system from being unmounted
 * @dir: absolute path of the existing directory in which those directories begin
 * @flags: CSRV_ROOT_*
 *
 * Return: as csrv_vfs_root_open().
 */
int csrv_vfs_root_base(struct csrv_vfs_root *root, const char *dir, u32 flags);

/**
 * csrv_vfs_place_find() - look up the directory of a session
 * @place: filled; untouched content is overwritten
 * @base: csrv_vfs_root_base()
 * @path: absolute, without "." and ".."
 * @own: how many bytes of @path, up to a '/', are the administrator's text; at least 1
 *
 * The administrator's text is looked up as root, what follows it with the caller's credentials,
 * which are the user's.  In that part a symlink is followed if root owns it and its directory, and
 * no other user may write to that; none is followed with CSRV_ROOT_NO_SYMLINKS, or on a mount
 * with nosymfollow.  With CSRV_ROOT_WIDE_LINKS all others are followed, too, but for those of
 * procfs, securityfs and apparmorfs, which lead to an object and not along a text; and in a sticky
 * directory that all users may write to, only those of the caller and of the directory's owner.
 * Return: 0; -ENOENT, -ENOTDIR, -EACCES (also for a symlink), -ELOOP, -ENOMEM …
 */
int csrv_vfs_place_find(struct csrv_vfs_place *place, const struct csrv_vfs_root *base,
			const char *path, size_t own);

/* Takes as long as the file system takes. */
void csrv_vfs_place_close(struct csrv_vfs_place *place);

/*
 * The root of a session: its directory, with what the share has in common.  All of it is @base's
 * and @place's, which outlive it: there is nothing to close.
 */
struct csrv_vfs_root csrv_vfs_root_at(const struct csrv_vfs_root *base,
				      const struct csrv_vfs_place *place);

/*
 * Is this component vetoed: not to be seen, used or created by any user?  Every walk checks each
 * component that it is given and each that it finds; listings check each entry.
 */
static inline bool csrv_vfs_vetoes(const struct csrv_vfs_root *root, const char *name, size_t len)
{
	return root->vetoes && root->vetoes(root->veto_list, name, len);
}

/*
 * True if the current name of an object, or of a directory above it, is vetoed.  Behind a wide link
 * all names count but those of directories that the share lies in, too.
 */
bool csrv_vfs_path_vetoed(const struct csrv_vfs_root *root, const struct path *path);

/*
 * Is this name, through which an object was opened, still in the share?  It may have been moved
 * out, or been given a vetoed name.  0, -EXDEV or -ENOENT.
 */
int csrv_vfs_path_shown(const struct csrv_vfs_root *root, const struct path *path);

/* csrv_vfs_resolve() flags */
#define CSRV_RESOLVE_NOFOLLOW	BIT(0)	/* a symlink in the last place is the result */
#define CSRV_RESOLVE_CASE	BIT(1)	/* this walk is case sensitive */

/*
 * The result of resolving a name, as of that moment.  Filled by csrv_vfs_resolve(), emptied by
 * csrv_vfs_name_done(), whatever the outcome was.
 *
 * If the last component is a symlink that was followed, @path is its target and @link is the
 * symlink itself: remove and rename @link, open @path.  A symlink that leads nowhere, or that may
 * not be followed, is @path itself.
 */
struct csrv_vfs_name {
	struct path parent;	/* directory of the last component; see csrv_vfs_resolve() */
	struct path path;	/* the object; empty unless @exists */
	struct path link;	/* the followed symlink; empty if there was none */
	const char *last;	/* name on disk if it exists, else as asked; "" for the root */
	const char *asked;	/* last component as asked; "" for the root */
	char *spelled;		/* memory of @last unless that is @asked */
	const struct csrv_vfs_root *root;	/* where the walk began; the caller's */
	bool exists;
	bool parent_missing;	/* after -ENOENT, -ENOTDIR: a directory on the way is missing */
	bool found_again;	/* see csrv_vfs_create() */
};

/**
 * csrv_vfs_resolve() - walk a name from the root of a share
 * @root: where to start, and the policy for symlinks and case
 * @name: UTF-8, '/' between components, no "." or "..", no empty component;
 *	"" is the root itself.  wire/name.h ensures that; it is checked again.
 * @flags: CSRV_RESOLVE_*
 * @res: the result, which points into @name; the caller calls csrv_vfs_name_done() in every case.
 *	Its parent is empty for the root, and for an existing object unless
 *	CSRV_RESOLVE_NOFOLLOW is set: only changes of names need it.
 *
 * The walk never leaves the share (except through a symlink where wide links
 * are allowed) and never follows a magic link.  An exact match wins over a name that clients see
 * as @name (csrv_name_show()), that over one of another case, that over one that has @name as its
 * 8.3 name.  A vetoed name does not exist: neither as asked for, nor as found by another case or an
 * 8.3 name, nor as the target of a symlink.
 *
 * Return: 0 with res->exists telling whether the last component is there;
 * -ENOENT or -ENOTDIR with parent_missing set if a directory on the way is
 * missing or is none; -EACCES for a directory that may not be searched and for
 * a symlink on the way that policy forbids; -EINVAL for a name that is not as described;
 * -ENAMETOOLONG, -ENOMEM, -ESTALE, -EIO …
 */
int csrv_vfs_resolve(const struct csrv_vfs_root *root, const char *name, u32 flags,
		     struct csrv_vfs_name *res);
void csrv_vfs_name_done(struct csrv_vfs_name *res);

/**
 * csrv_vfs_path_name() - the current name of a path in the share
 * @root: the share
 * @path: an object
 * @buf: room for the text
 * @size: of @buf; PATH_MAX suffices for every name that SMB can ask for
 *
 * Return: a string somewhere in @buf, '/' between components, "" for the root;
 * ERR_PTR: -ENOENT (deleted), -EXDEV (not below the root), -ENAMETOOLONG.
 */
char *csrv_vfs_path_name(const struct csrv_vfs_root *root, const struct path *path,
			 char *buf, size_t size);

#define CSRV_SHOWN_PATH_MAX	(3 * PATH_MAX)	/* bytes of csrv_vfs_path_show() */

/**
 * csrv_vfs_path_show() - a name in the share as clients see it
 * @root: the share
 * @name: returned by csrv_vfs_path_name(), or one component
 * @out: CSRV_SHOWN_PATH_MAX bytes; filled, with a NUL
 *
 * A component that no client can use is shown in characters that clients can, or by its 8.3 name.
 * Return: the length of the text.
 */
u32 csrv_vfs_path_show(const struct csrv_vfs_root *root, const char *name, char *out);

/*
 * Before csrv_vfs_create() and csrv_vfs_mkdir(): decide the name under which @nm, which does not
 * exist, is created.  It need not be the name that was asked for.
 */
void csrv_vfs_name_settle(struct csrv_vfs_name *nm);

/**
 * csrv_vfs_create() - create the regular file of a resolved name
 * @nm: a name with exists == false; on success path and exists are filled in
 * @mode: permission bits; no umask applies.  Where the directory has a default
 *	POSIX ACL, that decides together with @mode, as in acl(5).
 *
 * Exclusive: -EEXIST if the name was created meanwhile (resolve again).
 *
 * nm->path is the object that was created, whatever its name is by now, unless nm->found_again
 * is set: some file systems do not say which object they have created; then it is the object that
 * had the name afterwards.  It may be another user's: its creator has no more rights than others.
 *
 * Return: 0, -EEXIST, -EACCES, -EROFS, -ENOSPC, -EDQUOT …
 */
int csrv_vfs_create(struct csrv_vfs_name *nm, umode_t mode);

/* The same for a directory. */
int csrv_vfs_mkdir(struct csrv_vfs_name *nm, umode_t mode);

/**
 * csrv_vfs_remove() - remove exactly this name (file, symlink or empty directory)
 * @root: the share, whose index of the directory is updated
 * @path: its dentry; under the parent's lock it must still be the parent's child, so a name that
 *	was replaced meanwhile is not touched
 *
 * Return: 0, -ENOENT (removed, replaced or vetoed by now), -EXDEV (moved out of the share),
 * -ENOTEMPTY, -EBUSY (mount point), -EACCES, -EPERM …; -EWOULDBLOCK for a delegation that its
 * holder has been asked to return: try again later.  The other functions that change names
 * return these, too.
 */
int csrv_vfs_remove(const struct csrv_vfs_root *root, const struct path *path);

/**
 * csrv_vfs_rename() - give an object another name, in one step
 * @root: the share
 * @old: the name to change; checked as in csrv_vfs_remove()
 * @nm: the new name, resolved with CSRV_RESOLVE_NOFOLLOW; on success its path
 *	is that of the moved object and exists is true
 * @replace: take the place of an existing file; without it an existing name is
 *	-EEXIST.  A rename that only changes the case of a name does not fail because of its
 *	own name.
 *
 * Return: 0, -EAGAIN (the name has another object since @nm was resolved: look again),
 * -EEXIST, -ENOENT, -EXDEV (other file system or mount), -EINVAL (a directory into
 * itself), -ENOTEMPTY, -EISDIR, -ENOTDIR, -EACCES …
 */
int csrv_vfs_rename(const struct csrv_vfs_root *root, const struct path *old,
		    struct csrv_vfs_name *nm, bool replace);

/**
 * csrv_vfs_link() - give a file a second name
 * @old: the file
 * @nm: the new name, resolved with CSRV_RESOLVE_NOFOLLOW
 * @replace: take the place of an existing file, in one step
 *
 * Return: as csrv_vfs_rename(); -EPERM for a directory.
 */
int csrv_vfs_link(const struct path *old, struct csrv_vfs_name *nm, bool replace);

/* True if both are the same object of the same mount. */
static inline bool csrv_vfs_path_same(const struct path *a, const struct path *b)
{
	return path_equal(a, b);
}

#endif /* CIFSSRV_VFS_PATH_H */
