// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/watch.c - notice changes in a directory, or in the tree below it, whoever makes them
 *
 * One group of fsnotify's for all.  A directory has a mark on its inode per watch, which is told of
 * changes of its entries.  A tree has a mark on its file system per watch, which is told of all
 * changes there and looks for those below its directory; file systems that are mounted below it are
 * not part of it.
 *
 * Not told, as the kernel does not either: writes through memory mappings; of a tree, changes of a
 * file that an NFS server opened by its handle, as long as the kernel has not looked up its name.
 */
#include <linux/dcache.h>
#include <linux/limits.h>
#include <linux/path.h>
#include <linux/slab.h>

#include "../compat/vfs.h"
#include "actor.h"
#include "watch.h"

static struct fsnotify_group *watch_group;	/* set once, at load */

/* What was told of: @dir has the entry @name, or else @dentry is it. */
struct watch_told {
	struct inode		*dir;
	const struct qstr	*name;
	struct dentry		*dentry;
};

static void watch_tell(struct csrv_vfs_watch *w, u32 mask, u32 cookie, const char *name, u32 len)
{
	const struct csrv_vfs_event event = {
		.what = mask & ALL_FSNOTIFY_EVENTS,
		.is_dir = mask & FS_ISDIR,
		.cookie = cookie,
		.name = name,
		.len = len,
		.actor = csrv_actor_current(),
	};

	w->ops->event(w, &event);
}

/* The part of @path below @root, both as from dentry_path_raw(). */
static const char *below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (len > 1) {		/* not the root of the file system, "/" */
		if (strncmp(path, root, len))
			return NULL;
		path += len;
	}
	return *path == '/' ? path + 1 : path;
}

/* "" for @root itself; NULL: names have changed meanwhile, or it is too long. */
static const char *path_once(struct dentry *root, struct dentry *dentry, char *buf, unsigned int seq)
{
	const char *path = dentry_path_raw(dentry, buf, PATH_MAX);
	const char *top = dentry_path_raw(root, buf + PATH_MAX, PATH_MAX);

	if (IS_ERR(path) || IS_ERR(top) || read_seqretry(&rename_lock, seq))
		return NULL;
	return below(top, path);
}

#define PATH_TRIES	3

/*
 * @buf: of 2 * PATH_MAX bytes.  False: @dentry is not below the directory of the watch, or the watch
 * has been stopped.  Its owner lets go of the directory then, which RCU keeps as long as this needs.
 */
static bool path_below(const struct csrv_vfs_watch *w, struct dentry *dentry, char *buf,
		       const char **path)
{
	struct dentry *root;
	unsigned int seq, try;
	bool is_below = true;

	*path = NULL;
	rcu_read_lock();
	root = READ_ONCE(w->root);
	for (try = 0; is_below && !*path && try < PATH_TRIES; try++) {
		seq = read_seqbegin(&rename_lock);
		is_below = root && is_subdir(dentry, root);
		if (is_below)
			*path = path_once(root, dentry, buf, seq);
	}
	rcu_read_unlock();
	return is_below;
}

/*
 * @at: the directory of @name, or what has changed itself, which @name is NULL for.  A change of the
 * watched directory is none below it.
 */
static void tell_below(struct csrv_vfs_watch *w, u32 mask, u32 cookie, struct dentry *at,
		       const struct qstr *name)
{
	char *buf = kmalloc(2 * PATH_MAX + NAME_MAX + 2, GFP_KERNEL);
	const char *path = NULL;
	char *whole;

	if (buf && (!path_below(w, at, buf, &path) || (path && !*path && !name))) {
		kfree(buf);
		return;
	}
	if (path && name) {
		/* @path ends within the first half, at its end; @name goes where the root's was */
		whole = buf + PATH_MAX;
		watch_tell(w, mask, cookie, whole,
			   scnprintf(whole, PATH_MAX + NAME_MAX + 2, "%s%s%.*s", path,
				     *path ? "/" : "", (int)name->len, name->name));
	} else {
		watch_tell(w, mask, cookie, path, path ? strlen(path) : 0);
	}
	kfree(buf);
}

static void tell_tree(struct csrv_vfs_watch *w, u32 mask, u32 cookie,
		      const struct watch_told *told)
{
	struct dentry *dir;

	if (!told->dir) {
		tell_below(w, mask, cookie, told->dentry, NULL);
		return;
	}
	dir = d_find_any_alias(told->dir);
	if (!dir)
		return;
	tell_below(w, mask, cookie, dir, told->name);
	dput(dir);	/* not the last: the task that makes the change has one */
}

static void tell(struct fsnotify_mark *mark, u32 mask, u32 cookie, const struct watch_told *told)
{
	struct csrv_vfs_watch *w = container_of(mark, struct csrv_vfs_watch, mark);

	if (!(mask & READ_ONCE(mark->mask) & ALL_FSNOTIFY_EVENTS))
		return;
	if (w->tree)
		tell_tree(w, mask, cookie, told);
	else
		watch_tell(w, mask, cookie, told->name->name, told->name->len);
}

/* Of a mark on a file system: a directory's own change comes without its parent, by its dentry. */
static bool told_of(struct watch_told *told, const void *data, int data_type, struct inode *dir,
		    const struct qstr *name)
{
	*told = (struct watch_told){
		.dir = name ? dir : NULL,
		.name = name,
		.dentry = fsnotify_data_dentry(data, data_type),
	};
	return told->dir || told->dentry;
}

/* fsnotify_ops.handle_event: @iter has one mark of each kind at a time, and all one after the other */
static int watch_event(struct fsnotify_group *group, u32 mask, const void *data, int data_type,
		       struct inode *dir, const struct qstr *name, u32 cookie,
		       struct fsnotify_iter_info *iter)
{
	struct fsnotify_mark *on_inode = fsnotify_iter_inode_mark(iter);
	struct fsnotify_mark *on_parent = fsnotify_iter_parent_mark(iter);
	struct fsnotify_mark *on_sb = fsnotify_iter_sb_mark(iter);
	struct watch_told told;

	if (!told_of(&told, data, data_type, dir, name))
		return 0;
	/* else the mark is on the inode that has changed, whose parent may be watched */
	if (on_inode && told.dir && (mask & ALL_FSNOTIFY_DIRENT_EVENTS))
		tell(on_inode, mask, cookie, &told);
	if (on_parent && told.dir && (mask & FS_EVENT_ON_CHILD))
		tell(on_parent, mask, cookie, &told);
	if (on_sb)
		tell(on_sb, mask, cookie, &told);
	return 0;
}

static void watch_free(struct fsnotify_mark *mark)
{
	struct csrv_vfs_watch *w = container_of(mark, struct csrv_vfs_watch, mark);

	w->ops->free(w);
}

static const struct fsnotify_ops watch_ops = {
	.handle_event	= watch_event,
	.free_mark	= watch_free,
};

/**
 * csrv_vfs_watch_init() - before the first watch
 *
 * Return: 0 or -ENOMEM.
 */
int csrv_vfs_watch_init(void)
{
	struct fsnotify_group *group = fsnotify_alloc_group(&watch_ops, FSNOTIFY_GROUP_DUPS);

	if (IS_ERR(group))
		return PTR_ERR(group);
	watch_group = group;
	return 0;
}

/* All watches have been stopped.  Waits until they are freed. */
void csrv_vfs_watch_exit(void)
{
	fsnotify_wait_marks_destroyed();
	fsnotify_put_group(watch_group);
}

/**
 * csrv_vfs_watch_start() - begin to notice changes
 * @w: filled in; zeroed memory
 * @ops: of the owner
 * @dir: a directory; the caller holds it until csrv_vfs_watch_stop()
 * @tree: also what is below its subdirectories
 * @changes: CSRV_CHANGED_*
 *
 * May sleep, and takes locks of fsnotify's.
 * Return: 0, or -ENOMEM, or -ENOENT while the file system is unmounted; after either ops->free()
 * frees @w all the same, without another call, perhaps before this returns.
 */
int csrv_vfs_watch_start(struct csrv_vfs_watch *w, const struct csrv_vfs_watch_ops *ops,
			 const struct path *dir, bool tree, u32 changes)
{
	int err;

	w->ops = ops;
	w->tree = tree;
	w->root = tree ? dir->dentry : NULL;
	fsnotify_init_mark(&w->mark, watch_group);
	w->mark.mask = changes | FS_EVENT_ON_CHILD;
	err = compat_fsnotify_add(&w->mark, d_inode(dir->dentry), tree);
	if (err)
		fsnotify_put_mark(&w->mark);
	return err;
}

/**
 * csrv_vfs_watch_stop() - notice no more changes
 * @w: started, and not stopped yet
 *
 * Events that are under way still arrive, of a tree none that begins after this has returned.  The
 * caller may let go of the directory then.  ops->free() frees @w, perhaps before this returns.
 * May sleep; may not be called with an inode lock held, nor by ops->event().
 */
void csrv_vfs_watch_stop(struct csrv_vfs_watch *w)
{
	WRITE_ONCE(w->root, NULL);	/* path_below() */
	fsnotify_destroy_mark(&w->mark, watch_group);
	fsnotify_put_mark(&w->mark);
}
