/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs/path.h - from a name in a share to the object it means */
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
 * The directory a share shows; or, made by csrv_vfs_root_base(), what those of all its sessions
 * have in common, and no directory; or, by csrv_vfs_root_at(), that and one of those directories.
 * Immutable; its owner (parameters of the share, or a tree's own) keeps it alive for every user.
 */
struct csrv_vfs_root {
	struct path path;
	u32 flags;
	struct path fs;		/* where an absolute wide link starts */
	char *abs;		/* the share as seen from @fs */
	u64 dev;		/* csrv_vfs_attr.dev of @path */
	u32 short_seed;		/* of the 8.3 names, the same for as long as the disk is */

	/*
	 * Names that are not there, whoever asks ("veto files"); NULL: there are none.  Set by
	 * the owner once the rest is filled.  @veto_list, the owner's, comes back as @list,
	 * which may have been folded as a file system does it.
	 */
	bool (*vetoes)(const char *list, const char *name, size_t len);
	const char *veto_list;
	struct csrv_nameidx *idx;	/* names of any case and 8.3 names; NULL: no memory */
	struct csrv_tunnel *tunnel;	/* 8.3 names of what has just gone; NULL: no memory */
};

/*
 * One of the directories of a share that has one for each session, and where the look-up began:
 * what csrv_vfs_place_find() has found, until csrv_vfs_place_close().
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
 * Looks it up as root, whoever calls.
 * Return: 0, -EINVAL (not absolute), -ENOTDIR, -ENOENT, -ELOOP, -ENOMEM …
 */
int csrv_vfs_root_open(struct csrv_vfs_root *root, const char *abs_path, u32 flags);

/**
 * csrv_vfs_root_again() - the same directory once more, whatever its path leads to by now
 * @root: filled; untouched content is overwritten
 * @old: stays as it is
 * @flags: CSRV_ROOT_*
 *
 * Waits for no file system.
 * Return: 0 or -ENOMEM.
 */
int csrv_vfs_root_again(struct csrv_vfs_root *root, const struct csrv_vfs_root *old, u32 flags);
void csrv_vfs_root_close(struct csrv_vfs_root *root);

/**
 * csrv_vfs_root_base() - of a share with a directory for each session: what all have in common
 * @root: filled; has no directory itself and keeps no file system from being unmounted
 * @dir: absolute path of the directory in which those directories begin; it is there
 * @flags: CSRV_ROOT_*
 *
 * Return: as csrv_vfs_root_open().
 */
int csrv_vfs_root_base(struct csrv_vfs_root *root, const char *dir, u32 flags);

/**
 * csrv_vfs_place_find() - look one of those directories up
 * @place: filled; untouched content is overwritten
 * @base: csrv_vfs_root_base()
 * @path: absolute, without "." and ".."
 * @own: how many bytes of it, up to a '/', are the administrator's text; at least 1
 *
 * The administrator's text is looked up as root, what follows it as the caller, who is the user.
 * Symlinks in that are followed as far as root owns them and the directories that they lie in, to
 * which nobody else may write; none with CSRV_ROOT_NO_SYMLINKS, nor of a mount with nosymfollow.
 * With CSRV_ROOT_WIDE_LINKS all others are, but for those of procfs, securityfs and apparmorfs,
 * which lead to an object and not along a text; in a sticky directory to which everybody may
 * write, only the caller's and those of the directory's owner.
 * Return: 0; -ENOENT, -ENOTDIR, -EACCES (also for a symlink), -ELOOP, -ENOMEM …
 */
int csrv_vfs_place_find(struct csrv_vfs_place *place, const struct csrv_vfs_root *base,
			const char *path, size_t own);

/* Takes as long as its file system likes. */
void csrv_vfs_place_close(struct csrv_vfs_place *place);

/*
 * The root of a session: a directory, and what the share has in common today.  All of it is @base's
 * and @place's, which outlive it: nothing is to be closed.
 */
struct csrv_vfs_root csrv_vfs_root_at(const struct csrv_vfs_root *base,
				      const struct csrv_vfs_place *place);

/*
 * Is this component one that nobody may see, use or make?  Every walk asks for each
 * component that it is given and each that it finds; listings ask for each entry.
 */
static inline bool csrv_vfs_vetoes(const struct csrv_vfs_root *root, const char *name, size_t len)
{
	return root->vetoes && root->vetoes(root->veto_list, name, len);
}

/*
 * True if the name that an object has now, or a directory above it, is vetoed.  Behind a wide
 * link all names count but those of the directories that the share lies in, too.
 */
bool csrv_vfs_path_vetoed(const struct csrv_vfs_root *root, const struct path *path);

/*
 * Is this name, through which an object was opened, still one of the share's?  It may have been
 * moved out, or been given a vetoed name.  0, -EXDEV or -ENOENT.
 */
int csrv_vfs_path_shown(const struct csrv_vfs_root *root, const struct path *path);

/* csrv_vfs_resolve() flags */
#define CSRV_RESOLVE_NOFOLLOW	BIT(0)	/* a symlink in the last place is the result */
#define CSRV_RESOLVE_CASE	BIT(1)	/* this walk is case sensitive */

/*
 * What a name means at the moment of the walk.  Filled by csrv_vfs_resolve(),
 * emptied by csrv_vfs_name_done(), whatever the outcome was.
 *
 * If the last component is a symlink that was followed, @path is what it leads
 * to and @link is the symlink itself: remove and rename @link, open @path.  One that
 * leads nowhere, or where it may not be followed to, is @path itself.
 */
struct csrv_vfs_name {
	struct path parent;	/* directory of the last component; see csrv_vfs_resolve() */
	struct path path;	/* the object; empty unless @exists */
	struct path link;	/* the followed symlink; empty if there was none */
	const char *last;	/* name on disk if it exists, else as asked; "" for the root */
	const char *asked;	/* last component as asked; "" for the root */
	char *spelled;		/* memory of @last where it is not @asked */
	const struct csrv_vfs_root *root;	/* where the walk began; the caller's */
	bool exists;
	bool parent_missing;	/* after -ENOENT, -ENOTDIR: which of the two statuses */
	bool found_again;	/* see csrv_vfs_create() */
};

/**
 * csrv_vfs_resolve() - walk a name from the root of a share
 * @root: where to start, and the policy for symlinks and case
 * @name: UTF-8, '/' between components, no "." or "..", no empty component;
 *	"" is the root itself.  wire/name.h made it so; this is checked again.
 * @flags: CSRV_RESOLVE_*
 * @res: the result, which points into @name; the caller calls csrv_vfs_name_done() in
 *	every case.  Its parent is empty for the root, and for what exists unless
 *	CSRV_RESOLVE_NOFOLLOW is set: only who changes names needs it.
 *
 * The walk never leaves the share (except through a symlink where wide links
 * are allowed) and never takes a magic link.  An exact match wins over one that clients are
 * shown under the name (csrv_name_show()), that over one of another case, that over one with
 * the name as its 8.3 name.  What the share vetoes is not there: neither as asked for, nor as
 * found by another case or an 8.3 name, nor where a symlink leads.
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
 * csrv_vfs_path_name() - the name a path has in the share now
 * @root: the share
 * @path: an object
 * @buf: room for the text
 * @size: of @buf; PATH_MAX always suffices for what SMB can ask
 *
 * Return: a string somewhere in @buf, '/' between components, "" for the root;
 * ERR_PTR: -ENOENT (deleted), -EXDEV (not below the root), -ENAMETOOLONG.
 */
char *csrv_vfs_path_name(const struct csrv_vfs_root *root, const struct path *path,
			 char *buf, size_t size);

#define CSRV_SHOWN_PATH_MAX	(3 * PATH_MAX)	/* bytes of csrv_vfs_path_show() */

/**
 * csrv_vfs_path_show() - a name in the share as clients are told it
 * @root: the share
 * @name: what csrv_vfs_path_name() has returned, or one component
 * @out: CSRV_SHOWN_PATH_MAX bytes; gets it, with a NUL
 *
 * A component that no client can use is shown in characters that it can, or by its 8.3 name.
 * Return: its length.
 */
u32 csrv_vfs_path_show(const struct csrv_vfs_root *root, const char *name, char *out);

/*
 * Before csrv_vfs_create() and csrv_vfs_mkdir(): @nm, which does not exist, gets the name under
 * which it will be made.  That need not be the one that was asked for.
 */
void csrv_vfs_name_settle(struct csrv_vfs_name *nm);

/**
 * csrv_vfs_create() - make the regular file a resolved name stands for
 * @nm: a name with exists == false; on success path and exists are filled in
 * @mode: permission bits; no umask applies.  Where the directory has a default
 *	POSIX ACL, that decides together with @mode, as in acl(5).
 *
 * Exclusive: -EEXIST if the name came to exist meanwhile (resolve again).
 *
 * nm->path is the object that was made, whatever has become of its name, unless nm->found_again
 * is set: some file systems do not tell which object they have made, and then it is what had the
 * name afterwards.  That may be anybody's, and its maker has no more rights to it than others.
 *
 * Return: 0, -EEXIST, -EACCES, -EROFS, -ENOSPC, -EDQUOT …
 */
int csrv_vfs_create(struct csrv_vfs_name *nm, umode_t mode);

/* The same for a directory. */
int csrv_vfs_mkdir(struct csrv_vfs_name *nm, umode_t mode);

/**
 * csrv_vfs_remove() - remove exactly this name (file, symlink or empty directory)
 * @root: the share, which keeps what it knows of the directory
 * @path: its dentry; that it still is its parent's child is checked under the
 *	parent's lock, so a name that was replaced meanwhile is not touched
 *
 * Return: 0, -ENOENT (gone or replaced, or vetoed by now), -EXDEV (moved out of the share),
 * -ENOTEMPTY, -EBUSY (mount point), -EACCES, -EPERM …; -EWOULDBLOCK for a delegation that its
 * holder has been asked to return: try again later.  The other functions that change names
 * say the same.
 */
int csrv_vfs_remove(const struct csrv_vfs_root *root, const struct path *path);

/**
 * csrv_vfs_rename() - give an object another name, in one step
 * @root: the share
 * @old: the name to change; checked as in csrv_vfs_remove()
 * @nm: the new name, resolved with CSRV_RESOLVE_NOFOLLOW; on success its path
 *	is that of the moved object and exists is true
 * @replace: take the place of an existing file; without it an existing name is
 *	-EEXIST.  A rename that only changes the case of a name is never in its
 *	own way.
 *
 * Return: 0, -EAGAIN (something else has that name since @nm was resolved: look again),
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
