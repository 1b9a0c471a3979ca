// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/rootwalk.c - look up shared directories as PID 1 sees names
 *
 * The path of a share is looked up in the namespace of PID 1, not in that of the process that
 * writes the attribute: that process, the daemon, may have its own root or mount namespace.
 *
 * The part of a path that comes from a session's user is walked with the user's credentials,
 * component by component.  A user who may write to a directory on the way can put a symlink there,
 * and would choose the directory that is shared.  So a symlink is followed there only if root has
 * put it there, unless wide links let the user leave a share anyhow.  That root owns the symlink is
 * no proof: a symlink can be renamed, and linked again, by every user that may write to the
 * directories.  It has to lie in a directory of root's to which no other user may write.  The
 * sticky bit is no proof: it keeps links from being moved out of a directory, not into it.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/jhash.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "../compat/vfs.h"
#include "attr.h"
#include "cred.h"
#include "internal.h"
#include "nameidx.h"
#include "path.h"
#include "tunnel.h"

/* The root of PID 1, with a reference. */
static int machine_root(struct path *root)
{
	struct task_struct *init;
	int err = -ESRCH;

	rcu_read_lock();
	init = get_pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	rcu_read_unlock();
	if (!init)
		return -ESRCH;
	task_lock(init);
	if (init->fs) {
		get_fs_root(init->fs, root);
		err = 0;
	}
	task_unlock(init);
	put_task_struct(init);
	return err;
}

/*
 * The seed of 8.3 names: clients keep those, so it is the same for as long as the file system
 * exists.  It is no secret; what a collision costs is bounded where names are looked up.
 */
static u32 short_seed(const struct path *path)
{
	const struct super_block *sb = path->dentry->d_sb;

	return jhash(&sb->s_uuid, sizeof(sb->s_uuid), sb->s_magic);
}

/* @root has its paths, each with a reference: fill the rest, as read from the disk. */
static int root_fill(struct csrv_vfs_root *root, const char *abs_path, u32 flags)
{
	root->flags = flags;
	root->idx = csrv_nameidx_create(root->short_seed);
	root->tunnel = csrv_tunnel_create();
	root->abs = kstrdup(abs_path, GFP_KERNEL);
	if (root->abs)
		return 0;
	csrv_vfs_root_close(root);
	return -ENOMEM;
}

/*
 * A directory as PID 1 sees it, and the root of that view: two references.  Looked up as root with
 * all capabilities: only root writes to configfs, but the daemon has few of root's capabilities.
 */
static int look_up(const char *abs_path, struct path *fs, struct path *path)
{
	const struct cred *old;
	int err;

	if (abs_path[0] != '/')
		return -EINVAL;
	err = machine_root(fs);
	if (err)
		return err;
	old = csrv_cred_enter_root();
	if (IS_ERR(old)) {
		err = PTR_ERR(old);
	} else {
		err = vfs_path_lookup(fs->dentry, fs->mnt, abs_path,
				      LOOKUP_FOLLOW | LOOKUP_DIRECTORY, path);
		csrv_cred_leave(old);
	}
	if (err)
		path_put(fs);
	return err;
}

/* 0: the file system does not say. */
static u64 dev_of(const struct path *path)
{
	struct csrv_vfs_attr attr;

	return csrv_vfs_getattr(path, &attr) ? 0 : attr.dev;
}

int csrv_vfs_root_open(struct csrv_vfs_root *root, const char *abs_path, u32 flags)
{
	int err;

	*root = (struct csrv_vfs_root){};
	err = look_up(abs_path, &root->fs, &root->path);
	if (err) {
		*root = (struct csrv_vfs_root){};
		return err;
	}
	root->dev = dev_of(&root->path);
	root->short_seed = short_seed(&root->path);
	return root_fill(root, abs_path, flags);
}

int csrv_vfs_root_base(struct csrv_vfs_root *root, const char *dir, u32 flags)
{
	struct path fs, path;
	int err = look_up(dir, &fs, &path);

	*root = (struct csrv_vfs_root){};
	if (err)
		return err;
	root->short_seed = short_seed(&path);
	path_put(&path);
	path_put(&fs);
	return root_fill(root, dir, flags);
}

int csrv_vfs_root_again(struct csrv_vfs_root *root, const struct csrv_vfs_root *old, u32 flags)
{
	*root = (struct csrv_vfs_root){
		.path		= old->path,
		.fs		= old->fs,
		.dev		= old->dev,
		.short_seed	= old->short_seed,
	};
	path_get(&root->path);
	path_get(&root->fs);
	return root_fill(root, old->abs, flags);
}

void csrv_vfs_root_close(struct csrv_vfs_root *root)
{
	path_put(&root->path);
	path_put(&root->fs);
	kfree(root->abs);
	csrv_nameidx_destroy(root->idx);
	csrv_tunnel_destroy(root->tunnel);
	*root = (struct csrv_vfs_root){};
}

/* ---- a directory of one session's user ---- */

struct own_walk {
	const struct path *fs;	/* where an absolute link starts */
	u32 flags;		/* CSRV_ROOT_* */
	struct path cur;	/* a directory */
	char *text;		/* holds @todo */
	char *todo;		/* the text that is still to be walked from @cur */
	int links;
};

/* The next component, which ends in @w->text; NULL: there is none. */
static char *own_next(struct own_walk *w)
{
	char *name = w->todo + strspn(w->todo, "/");
	char *end = strchrnul(name, '/');

	w->todo = *end ? end + 1 : end;
	*end = '\0';
	return *name ? name : NULL;
}

static void own_enter(struct own_walk *w, const struct path *path)
{
	path_put(&w->cur);
	w->cur = *path;
}

/* Symlinks of these lead to an object, not along a text; to walk their text would be wrong. */
static bool links_jump(const struct super_block *sb)
{
	return sb->s_magic == PROC_SUPER_MAGIC || sb->s_magic == SECURITYFS_MAGIC ||
	       sb->s_magic == AAFS_MAGIC;
}

/* Owners there are set by the process that serves the file system, which need not be root's. */
static bool owners_from_outside(const struct super_block *sb)
{
	return sb->s_magic == FUSE_SUPER_MAGIC || sb->s_user_ns != &init_user_ns;
}

/* Is root the owner, as the mount shows it?  A directory's ACL has its mask in the group's bits. */
static bool is_roots(const struct path *path, u32 not_mode)
{
	struct csrv_vfs_attr attr;

	return !csrv_vfs_getattr(path, &attr) && attr.has_uid && !attr.uid &&
	       !(attr.mode & not_mode);
}

/* proc(5), fs.protected_symlinks, which the kernel's own walks obey where it is set. */
static bool planted(const struct own_walk *w, const struct path *link)
{
	struct csrv_vfs_attr dir, at;

	if (csrv_vfs_getattr(&w->cur, &dir) || csrv_vfs_getattr(link, &at))
		return true;
	if ((dir.mode & (S_ISVTX | 0002)) != (S_ISVTX | 0002))
		return false;
	/* An owner without an id here may be any user. */
	if (!at.has_uid)
		return true;
	if (at.uid == from_kuid(&init_user_ns, current_fsuid()))
		return false;
	return !dir.has_uid || at.uid != dir.uid;
}

/* @link lies in @w->cur.  Its mount decides as well: mount(8), nosymfollow. */
static bool may_follow(const struct own_walk *w, const struct path *link)
{
	const struct super_block *sb = link->dentry->d_sb;

	if (w->flags & CSRV_ROOT_NO_SYMLINKS || links_jump(sb))
		return false;
	if (link->mnt->mnt_flags & MNT_NOSYMFOLLOW)
		return false;
	if (w->flags & CSRV_ROOT_WIDE_LINKS)
		return !planted(w, link);
	return !owners_from_outside(sb) && is_roots(link, 0) && is_roots(&w->cur, 0022);
}

/* Put the text of a symlink before the text that is still to be walked. */
static char *own_text(const char *link, const char *todo)
{
	char *text;

	if (!*link)
		return ERR_PTR(-ENOENT);	/* an empty symlink is not "/" */
	if (strlen(link) + strlen(todo) + 2 > PATH_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	text = kasprintf(GFP_KERNEL, "%s/%s", link, todo);
	return text ?: ERR_PTR(-ENOMEM);
}

static int own_follow(struct own_walk *w, const struct path *link)
{
	DEFINE_DELAYED_CALL(done);
	const char *to;
	char *text;

	if (!may_follow(w, link))
		return -EACCES;
	if (w->links++ >= MAXSYMLINKS)
		return -ELOOP;
	to = vfs_get_link(link->dentry, &done);
	if (IS_ERR(to))
		return PTR_ERR(to);
	text = own_text(to, w->todo);
	do_delayed_call(&done);
	if (IS_ERR(text))
		return PTR_ERR(text);
	kfree(w->text);
	w->text = text;
	w->todo = text;
	if (*text == '/') {
		path_get(w->fs);
		own_enter(w, w->fs);
	}
	return 0;
}

/* Walk "..", which only occurs in the text of a symlink. */
static int own_up(struct own_walk *w)
{
	struct path parent;
	int err;

	/* May the user search this directory? */
	err = vfs_path_lookup(w->cur.dentry, w->cur.mnt, ".", LOOKUP_DIRECTORY, &parent);
	if (err)
		return err;
	path_put(&parent);
	if (path_equal(&w->cur, w->fs) || csrv_path_parent(&w->cur, &parent))
		return 0;	/* the root is its own parent */
	own_enter(w, &parent);
	return 0;
}

static int own_step(struct own_walk *w, const char *name)
{
	struct path next;
	int err;

	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, ".."))
		return own_up(w);
	err = vfs_path_lookup(w->cur.dentry, w->cur.mnt, name, LOOKUP_DIRECTORY, &next);
	if (!err)
		own_enter(w, &next);
	if (err != -ENOTDIR)
		return err;
	err = vfs_path_lookup(w->cur.dentry, w->cur.mnt, name, 0, &next);
	if (err)
		return err;
	err = d_is_symlink(next.dentry) ? own_follow(w, &next) : -ENOTDIR;
	path_put(&next);
	return err;
}

/* Walk from @w->cur, which has a reference; the result is there, too. */
static int own_walk(struct own_walk *w, const char *path)
{
	const char *name;
	int err = 0;

	w->text = kstrdup(path, GFP_KERNEL);
	if (!w->text)
		return -ENOMEM;
	w->todo = w->text;
	while (!err && (name = own_next(w)))
		err = own_step(w, name);
	kfree(w->text);
	return err;
}

static int find_path(struct csrv_vfs_place *place, u32 flags, const char *path, size_t own)
{
	struct own_walk w = { .fs = &place->fs, .flags = flags };
	char *fixed = kstrndup(path, own, GFP_KERNEL);
	int err;

	if (!fixed)
		return -ENOMEM;
	err = look_up(fixed, &place->fs, &w.cur);
	kfree(fixed);
	if (err) {
		place->fs = (struct path){};
		return err;
	}
	err = own_walk(&w, path + own);
	place->path = w.cur;	/* has a reference, also on failure */
	return err;
}

int csrv_vfs_place_find(struct csrv_vfs_place *place, const struct csrv_vfs_root *base,
			const char *path, size_t own)
{
	int err;

	*place = (struct csrv_vfs_place){};
	err = find_path(place, base->flags, path, own);
	if (!err) {
		place->dev = dev_of(&place->path);
		place->abs = kstrdup(path, GFP_KERNEL);
		err = place->abs ? 0 : -ENOMEM;
	}
	if (err)
		csrv_vfs_place_close(place);
	return err;
}

void csrv_vfs_place_close(struct csrv_vfs_place *place)
{
	path_put(&place->path);
	path_put(&place->fs);
	kfree(place->abs);
	*place = (struct csrv_vfs_place){};
}

struct csrv_vfs_root csrv_vfs_root_at(const struct csrv_vfs_root *base,
				      const struct csrv_vfs_place *place)
{
	struct csrv_vfs_root root = *base;

	root.path = place->path;
	root.fs = place->fs;
	root.abs = place->abs;
	root.dev = place->dev;
	return root;
}
