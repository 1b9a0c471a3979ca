// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/modify.c - create, remove and rename names
 *
 * A file of which another server or user holds a delegation cannot be changed at once:
 * -EWOULDBLOCK.  The return of the delegation is not waited for here, in a worker and perhaps under
 * a lock: a caller that can wait elsewhere tries again.
 *
 * vfs_create() and its like leave it to their callers to ask security modules that decide by
 * path.  Those of the hooks that modules can call are called here.
 */
#include <linux/dcache.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/fault.h"
#include "../compat/vfs.h"
#include "../wire/name.h"
#include "access.h"
#include "attr.h"
#include "internal.h"
#include "nameidx.h"
#include "path.h"
#include "tunnel.h"

/*
 * The object that @dentry was created for.  Its directory is still locked: later the name may be
 * removed or given to another object.  Empty where the file system's create(), mkdir() or link()
 * leaves @dentry without an inode.
 */
static struct path path_of_made(const struct path *dir, struct dentry *dentry)
{
	lockdep_assert_held_write(&d_inode(dir->dentry)->i_rwsem);
	if (d_is_negative(dentry) || d_unhashed(dentry) || csrv_fault(CSRV_FAULT_VFS_NO_DENTRY))
		return (struct path){};
	return (struct path){ .mnt = mntget(dir->mnt), .dentry = dget(dentry) };
}

/* The directory is no longer locked.  Consumes @made, which path_of_made() has filled or not. */
static int name_is_made(struct csrv_vfs_name *nm, struct path *made)
{
	int err;

	if (!made->dentry) {
		err = csrv_walk_one(&nm->parent, nm->last, made);
		if (err)
			return err;
		nm->found_again = true;
	}
	path_put(&nm->path);
	nm->path = *made;
	nm->exists = true;
	return 0;
}

/* The mode for a new object, and whether its directory has a default ACL. */
struct making {
	umode_t mode;
	bool inherits;
};

/*
 * The task has init's umask, which is not meant for this file: set the bits that it has taken.
 * With a default ACL the umask was not used.  Other missing bits were taken by rules of the file
 * system (a server's default ACL) and stay so; but vfs_mkdir() does not set set-id bits, as
 * mkdir(2).
 */
static int undo_umask(const struct path *path, const struct making *m)
{
	struct inode *inode = d_inode(path->dentry);
	struct iattr attr = { .ia_valid = ATTR_MODE };
	umode_t umask = m->inherits ? 0 : current_umask();
	umode_t ours = m->mode & (S_ISUID | S_ISGID | S_ISVTX | umask);
	int err;

	if (!(ours & ~READ_ONCE(inode->i_mode)))
		return 0;
	inode_lock(inode);
	attr.ia_mode = inode->i_mode | ours;
	err = notify_change(compat_mnt_idmap(path->mnt), path->dentry, &attr, NULL);
	inode_unlock(inode);
	/* The file exists and its owner can still change it. */
	return err == -EPERM || err == -EWOULDBLOCK ? 0 : err;
}

static int make_allowed(const struct path *dir, struct dentry *dentry, umode_t mode)
{
	if (d_is_positive(dentry))
		return -EEXIST;
	if (S_ISDIR(mode))
		return security_path_mkdir(dir, dentry, mode & ~S_IFMT);
	return security_path_mknod(dir, dentry, mode, 0);
}

static struct dentry *make_locked(struct csrv_vfs_name *nm, struct dentry *dentry, umode_t mode,
				  compat_deleg *deleg)
{
	const struct path *dir = &nm->parent;
	int err;

	lockdep_assert_held_write(&d_inode(dir->dentry)->i_rwsem);
	err = make_allowed(dir, dentry, mode);
	if (!err && S_ISDIR(mode))
		return compat_vfs_mkdir(dir->mnt, dir->dentry, dentry, mode & ~S_IFMT, deleg);
	if (!err)
		err = compat_vfs_create(dir->mnt, dir->dentry, dentry, mode & ~S_IFMT, deleg);
	if (!err)
		return dentry;
	compat_end_creating(dir->dentry, dentry);
	return ERR_PTR(err);
}

/* The directory is locked: its default ACL does not change. */
static struct dentry *make_inheriting(struct csrv_vfs_name *nm, struct dentry *dentry,
				      struct making *m, compat_deleg *deleg)
{
	int ret = csrv_acl_mode(d_inode(nm->parent.dentry), ACL_TYPE_DEFAULT, &m->mode);

	if (ret < 0) {
		compat_end_creating(nm->parent.dentry, dentry);
		return ERR_PTR(ret);
	}
	m->inherits = ret;
	return make_locked(nm, dentry, m->mode, deleg);
}

static int make_once(struct csrv_vfs_name *nm, struct making *m, compat_deleg *deleg)
{
	struct inode *dir = d_inode(nm->parent.dentry);
	struct csrv_nameidx_stamp before;
	struct dentry *dentry;
	struct path made;

	dentry = compat_start_creating(nm->parent.mnt, nm->parent.dentry, nm->last,
				       strlen(nm->last));
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	before = csrv_nameidx_stamp(dir);
	dentry = make_inheriting(nm, dentry, m, deleg);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	csrv_nameidx_change(nm->root->idx, dir, &before, NULL, nm->last);
	made = path_of_made(&nm->parent, dentry);
	compat_end_creating(nm->parent.dentry, dentry);
	csrv_fault_delay(CSRV_FAULT_VFS_UNLOCKED);
	return name_is_made(nm, &made);
}

/* An 8.3 name whose file has just been removed creates that file's name: [MS-FSA] 2.1.1.2 */
void csrv_vfs_name_settle(struct csrv_vfs_name *nm)
{
	char *name;

	/* only for a caller that could have listed the name */
	if (csrv_vfs_permission(&nm->parent, MAY_READ))
		return;
	name = csrv_tunnel_find(nm->root, d_inode(nm->parent.dentry), nm->last);
	if (!name)
		return;
	kfree(nm->spelled);
	nm->spelled = name;
	nm->last = name;
}

static int make(struct csrv_vfs_name *nm, umode_t mode)
{
	struct making m = { .mode = mode };
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err;

	if (nm->exists)
		return -EEXIST;
	if (!nm->parent.dentry)
		return -ENOENT;
	err = mnt_want_write(nm->parent.mnt);
	if (err)
		return err;
	err = make_once(nm, &m, &deleg);
	err = compat_deleg_err(&deleg, err);
	if (!err && !nm->found_again)
		err = undo_umask(&nm->path, &m);
	mnt_drop_write(nm->parent.mnt);
	return err;
}

int csrv_vfs_create(struct csrv_vfs_name *nm, umode_t mode)
{
	return make(nm, S_IFREG | (mode & S_IALLUGO));
}

int csrv_vfs_mkdir(struct csrv_vfs_name *nm, umode_t mode)
{
	return make(nm, S_IFDIR | (mode & (0777 | S_ISGID | S_ISVTX)));
}

/* Only an object with a name in a directory can lose or change it. */
static int check_named(const struct path *path)
{
	if (path->dentry == path->mnt->mnt_root || IS_ROOT(path->dentry))
		return -EBUSY;
	return d_unhashed(path->dentry) ? -ENOENT : 0;
}

/* @dir is locked, so the name of a dentry in it does not change. */
static int remove_locked(const struct csrv_vfs_root *root, const struct path *path,
			 struct dentry *dir, compat_deleg *deleg)
{
	const struct path in = { .mnt = path->mnt, .dentry = dir };
	struct csrv_nameidx_stamp before = csrv_nameidx_stamp(d_inode(dir));
	int err;

	lockdep_assert_held_write(&d_inode(dir)->i_rwsem);
	if (d_is_dir(path->dentry)) {
		err = compat_vfs_rmdir(path->mnt, dir, path->dentry, deleg);
	} else {
		err = security_path_unlink(&in, path->dentry);
		if (!err)
			err = vfs_unlink(compat_mnt_idmap(path->mnt), d_inode(dir), path->dentry,
					 deleg);
	}
	if (err)
		return err;
	csrv_nameidx_change(root->idx, d_inode(dir), &before, path->dentry->d_name.name, NULL);
	csrv_tunnel_gone(root, d_inode(dir), path->dentry->d_name.name);
	return 0;
}

static int remove_once(const struct csrv_vfs_root *root, const struct path *path,
		       compat_deleg *deleg)
{
	struct dentry *dir = dget_parent(path->dentry);
	int err = compat_start_removing(dir, path->dentry);

	if (!err) {
		err = remove_locked(root, path, dir, deleg);
		compat_end_removing(dir, path->dentry);
	}
	dput(dir);
	return err;
}

/* The caller stands between mnt_want_write() and mnt_drop_write(). */
static int remove(const struct csrv_vfs_root *root, const struct path *path)
{
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err = remove_once(root, path, &deleg);

	return compat_deleg_err(&deleg, err);
}

int csrv_vfs_remove(const struct csrv_vfs_root *root, const struct path *path)
{
	int err = check_named(path);

	if (!err)
		err = csrv_vfs_path_shown(root, path);
	if (!err)
		err = mnt_want_write(path->mnt);
	if (err)
		return err;
	err = remove(root, path);
	mnt_drop_write(path->mnt);
	return err;
}

/* [MS-FSA] 2.1.5.15.11: a directory is never replaced, a file only if asked for. */
static int check_target(const struct dentry *target, bool replace)
{
	if (d_is_negative(target))
		return 0;
	if (!replace)
		return -EEXIST;
	return d_is_dir(target) ? -EACCES : 0;
}

/* Rename, and update the name indexes. */
static int rename_move(struct compat_rename *cr, const struct csrv_vfs_root *root,
		       const struct path *old, u32 flags, compat_deleg *deleg)
{
	struct csrv_nameidx *idx = root->idx;
	struct inode *from = d_inode(cr->old_dir), *to = d_inode(cr->new_dir);
	struct csrv_nameidx_stamp from_before = csrv_nameidx_stamp(from);
	struct csrv_nameidx_stamp to_before = csrv_nameidx_stamp(to);
	struct name_snapshot was, is;
	int err;

	take_dentry_name_snapshot(&was, old->dentry);
	take_dentry_name_snapshot(&is, cr->new);
	err = compat_vfs_rename(cr, old->mnt, flags, deleg);
	if (!err && from == to) {
		csrv_nameidx_change(idx, from, &from_before, was.name.name, is.name.name);
	} else if (!err) {
		csrv_nameidx_change(idx, from, &from_before, was.name.name, NULL);
		csrv_nameidx_change(idx, to, &to_before, NULL, is.name.name);
	}
	if (!err)
		csrv_tunnel_gone(root, from, was.name.name);
	release_dentry_name_snapshot(&is);
	release_dentry_name_snapshot(&was);
	return err;
}

static int rename_allowed(const struct compat_rename *cr, const struct path *old, u32 flags)
{
	const struct path from = { .mnt = old->mnt, .dentry = cr->old_dir };
	const struct path to = { .mnt = old->mnt, .dentry = cr->new_dir };

	return security_path_rename(&from, old->dentry, &to, cr->new, flags);
}

/* Has the name now the object that the caller checked, or none as before? */
static bool target_stands(const struct csrv_vfs_name *nm, const struct dentry *target)
{
	if (d_is_negative(target))
		return true;
	return nm->exists && d_inode(target) == d_inode(nm->path.dentry);
}

/* Both directories are locked. */
static int rename_locked(struct compat_rename *cr, const struct csrv_vfs_name *nm,
			 const struct path *old, bool replace, compat_deleg *deleg)
{
	const struct csrv_vfs_root *root = nm->root;
	u32 flags = replace ? 0 : RENAME_NOREPLACE;
	int err;

	lockdep_assert_held_write(&d_inode(cr->old_dir)->i_rwsem);
	lockdep_assert_held_write(&d_inode(cr->new_dir)->i_rwsem);
	if (cr->new == old->dentry)	/* the file system regards both names as one */
		return 0;
	if (!target_stands(nm, cr->new))
		return replace ? -EAGAIN : -EEXIST;
	err = check_target(cr->new, replace);
	if (err)
		return err;
	/* rename(2) does nothing for two names of one file; here the old name is removed. */
	if (d_inode(cr->new) == d_inode(old->dentry))
		return remove_locked(root, old, cr->old_dir, deleg);
	err = rename_allowed(cr, old, flags);
	if (err)
		return err;
	err = rename_move(cr, root, old, flags, deleg);
	/* A file system without rename flags returns -EINVAL; the check above has to do. */
	if (err == -EINVAL && !replace)
		err = rename_move(cr, root, old, 0, deleg);
	return err;
}

static int rename_once(const struct path *old, struct csrv_vfs_name *nm, const char *name,
		       bool replace, compat_deleg *deleg)
{
	struct compat_rename cr;
	struct dentry *now;
	int err;

	err = compat_start_renaming(&cr, old->mnt, old->dentry, nm->parent.dentry, name,
				    strlen(name));
	if (err)
		return err;
	err = rename_locked(&cr, nm, old, replace, deleg);
	now = dget(d_unhashed(old->dentry) ? cr.new : old->dentry);
	compat_end_renaming(&cr);
	if (err) {
		dput(now);
		return err;
	}
	path_put(&nm->path);
	nm->path = (struct path){ .mnt = mntget(old->mnt), .dentry = now };
	nm->exists = true;
	return 0;
}

static int check_share(const struct csrv_vfs_root *root, const struct path *old,
		       const struct csrv_vfs_name *nm)
{
	if (!nm->parent.dentry || path_equal(old, &root->path))
		return -EACCES;
	if (old->mnt != nm->parent.mnt)
		return -EXDEV;
	return csrv_vfs_path_shown(root, old);
}

/* The caller stands between mnt_want_write() and mnt_drop_write(). */
static int rename(const struct path *old, struct csrv_vfs_name *nm, const char *name, bool replace)
{
	compat_deleg deleg = COMPAT_DELEG_INIT;
	int err = rename_once(old, nm, name, replace, &deleg);

	return compat_deleg_err(&deleg, err);
}

/*
 * Did the client ask for the name that it sees for the one on disk?  An 8.3 name is that only where
 * there is no other.  1, 0 or -ENOMEM.
 */
static int asked_as_shown(const struct csrv_vfs_name *nm)
{
	char *shown;
	bool same;

	if (!strcmp(nm->last, nm->asked))
		return 1;
	shown = kmalloc(WIRE_SHOWN_MAX, GFP_KERNEL);
	if (!shown)
		return -ENOMEM;
	csrv_vfs_path_show(nm->root, nm->last, shown);
	same = !strcmp(shown, nm->asked);
	kfree(shown);
	return same;
}

int csrv_vfs_rename(const struct csrv_vfs_root *root, const struct path *old,
		    struct csrv_vfs_name *nm, bool replace)
{
	const char *name = nm->last;
	int err;

	err = check_share(root, old, nm);
	if (!err)
		err = check_named(old);
	if (err)
		return err;
	if (nm->exists && nm->path.dentry == old->dentry) {
		err = asked_as_shown(nm);
		if (err)
			return min(err, 0);
		name = nm->asked;
	}
	err = mnt_want_write(old->mnt);
	if (err)
		return err;
	err = rename(old, nm, name, replace);
	mnt_drop_write(old->mnt);
	return err;
}

/* As sysctl fs.protected_hardlinks: no user pins a file that this user could not write. */
static int check_linkable(const struct path *old)
{
	struct inode *inode = d_inode(old->dentry);
	compat_idmap *idmap = compat_mnt_idmap(old->mnt);

	if (d_is_dir(old->dentry))
		return -EPERM;
	if (inode_owner_or_capable(idmap, inode))
		return 0;
	if (!S_ISREG(inode->i_mode) || inode->i_mode & S_ISUID ||
	    (inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		return -EPERM;
	return inode_permission(idmap, inode, MAY_READ | MAY_WRITE) ? -EPERM : 0;
}

/* The directory is locked. */
static int link_locked(const struct path *old, const struct csrv_vfs_name *nm,
		       struct dentry *dentry, bool replace, compat_deleg *deleg)
{
	struct inode *dir = d_inode(nm->parent.dentry);
	struct csrv_nameidx_stamp before = csrv_nameidx_stamp(dir);
	int err;

	lockdep_assert_held_write(&dir->i_rwsem);
	if (d_is_positive(dentry))
		return replace && d_inode(dentry) == d_inode(old->dentry) ? 0 : -EEXIST;
	err = vfs_link(old->dentry, compat_mnt_idmap(old->mnt), dir, dentry, deleg);
	if (!err)
		csrv_nameidx_change(nm->root->idx, dir, &before, NULL, dentry->d_name.name);
	return err;
}

/* -EAGAIN: the name of the link that was made belongs to another file by now. */
static int find_link(const struct path *old, const struct csrv_vfs_name *nm, const char *name,
		     struct path *made)
{
	int err = csrv_walk_one(&nm->parent, name, made);

	if (err || d_inode(made->dentry) == d_inode(old->dentry))
		return err;
	path_put(made);
	return -EAGAIN;
}

/* Between mnt_want_write() and mnt_drop_write().  -EEXIST: another file has that name. */
static int link(const struct path *old, const struct csrv_vfs_name *nm, const char *name,
		bool replace, struct path *made)
{
	compat_deleg deleg = COMPAT_DELEG_INIT;
	struct dentry *dir = nm->parent.dentry;
	struct dentry *dentry;
	int err;

	dentry = compat_start_creating(old->mnt, dir, name, strlen(name));
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = link_locked(old, nm, dentry, replace, &deleg);
	*made = err ? (struct path){} : path_of_made(&nm->parent, dentry);
	compat_end_creating(dir, dentry);
	if (!err && !made->dentry)
		err = find_link(old, nm, name, made);
	return compat_deleg_err(&deleg, err);
}

/*
 * The name must not be missing at any time, and a link that fails must not cost the existing file.
 * So the link gets a random name first, and is renamed.
 */
static int link_over(const struct path *old, struct csrv_vfs_name *nm)
{
	char name[sizeof(".cifssrv-") + 16];
	int tries = VFS_RETRIES;
	struct path made;
	int err;

	do {
		snprintf(name, sizeof(name), ".cifssrv-%016llx", get_random_u64());
		err = link(old, nm, name, false, &made);
	} while (err == -EEXIST && --tries > 0);
	if (err)
		return err;
	err = rename(&made, nm, nm->last, true);
	if (err)
		remove(nm->root, &made);
	path_put(&made);
	return err;
}

int csrv_vfs_link(const struct path *old, struct csrv_vfs_name *nm, bool replace)
{
	struct path made;
	int err;

	err = check_share(nm->root, old, nm);
	if (!err)
		err = check_linkable(old);
	if (!err)
		err = mnt_want_write(old->mnt);
	if (err)
		return err;
	err = link(old, nm, nm->last, replace, &made);
	if (!err) {
		path_put(&nm->path);
		nm->path = made;
		nm->exists = true;
	} else if (err == -EEXIST && replace) {
		err = link_over(old, nm);
	}
	mnt_drop_write(old->mnt);
	return err;
}
