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

/*
 * What was told of: @dir has the entry @name, or else @dentry is it.  Of a rename @dir and @name
 * are the old ones, and @dentry has the new ones, which do not change meanwhile.  @actor: see
 * struct csrv_vfs_event.
 */
struct watch_told {
	struct inode			*dir;
	const struct qstr		*name;
	struct dentry			*dentry;
	const struct csrv_actor		*actor;
};

/* A name below the directory of a tree: @text, in memory of its own.  NULL: it could not be told */
struct below {
	bool			inside;
	char			*buf;
	const char		*text;
};

#define BELOW_SIZE	(PATH_MAX + 1 + NAME_MAX + 1)

/*
 * The path of @at, which ends with the first PATH_MAX bytes of the buffer.  The owner of a watch
 * that has been stopped lets go of the directory, which RCU keeps as long as this needs.  False:
 * try again.
 */
static bool below_once(const struct csrv_vfs_watch *w, struct dentry *at, struct below *b)
{
	unsigned int seq = read_seqbegin(&rename_lock);
	struct dentry *root = READ_ONCE(w->root);
	const char *top, *path;
	size_t len;

	b->inside = root && is_subdir(at, root);
	if (!b->inside || !b->buf)
		return true;
	top = dentry_path_raw(root, b->buf, PATH_MAX);
	len = IS_ERR(top) ? 0 : strlen(top);
	path = dentry_path_raw(at, b->buf, PATH_MAX);
	if (IS_ERR(top) || IS_ERR(path) || read_seqretry(&rename_lock, seq))
		return false;
	path += len > 1 ? len : 0;	/* 1: of the root of the file system, "/" */
	b->text = *path == '/' ? path + 1 : path;
	return true;
}

#define BELOW_TRIES	3

static void below_look(const struct csrv_vfs_watch *w, struct dentry *at, struct below *b)
{
	unsigned int try = BELOW_TRIES;

	rcu_read_lock();
	while (!below_once(w, at, b) && --try)
		;
	rcu_read_unlock();
}

/*
 * @at: the directory of @name, or what is to be named itself, which @name is NULL for.  Most
 * changes of a file system are not below the directory: they cost no memory.
 */
static void below_find(const struct csrv_vfs_watch *w, struct dentry *at, const struct qstr *name,
		       struct below *b)
{
	*b = (struct below){};
	below_look(w, at, b);
	if (!b->inside)
		return;
	b->buf = kmalloc(BELOW_SIZE, GFP_KERNEL);
	below_look(w, at, b);
	if (b->text && name)
		scnprintf(b->buf + PATH_MAX - 1, BELOW_SIZE - PATH_MAX + 1, "%s%.*s",
			  *b->text ? "/" : "", (int)name->len, name->name);
	else if (b->text && !*b->text)
		b->inside = false;	/* a change of the watched directory is none below it */
}

static u32 below_len(const struct below *b)
{
	return b->text ? strlen(b->text) : 0;
}

static void watch_tell(struct csrv_vfs_watch *w, u32 mask, const struct watch_told *told,
		       struct csrv_vfs_event *event)
{
	event->what = mask & ALL_FSNOTIFY_EVENTS;
	event->is_dir = mask & FS_ISDIR;
	event->actor = told->actor;
	w->ops->event(w, event);
}

/* Of a rename: both names, or the one that is below the directory. */
static void tell_tree_rename(struct csrv_vfs_watch *w, u32 mask, struct dentry *dir,
			     const struct watch_told *told)
{
	struct csrv_vfs_event event = {};
	struct below from, to;

	below_find(w, dir, told->name, &from);
	below_find(w, told->dentry->d_parent, &told->dentry->d_name, &to);
	if ((!from.inside || from.text) && (!to.inside || to.text)) {
		event.name = from.text;
		event.len = below_len(&from);
		event.to = to.text;
		event.to_len = below_len(&to);
	}
	if (from.inside || to.inside)
		watch_tell(w, mask, told, &event);
	kfree(from.buf);
	kfree(to.buf);
}

/* @at: as for below_find() */
static void tell_tree_at(struct csrv_vfs_watch *w, u32 mask, struct dentry *at,
			 const struct watch_told *told)
{
	struct csrv_vfs_event event = {};
	struct below b;

	below_find(w, at, told->name, &b);
	event.name = b.text;
	event.len = below_len(&b);
	if (b.inside)
		watch_tell(w, mask, told, &event);
	kfree(b.buf);
}

static void tell_tree(struct csrv_vfs_watch *w, u32 mask, const struct watch_told *told)
{
	struct dentry *dir;

	if (!told->dir) {
		tell_tree_at(w, mask, told->dentry, told);
		return;
	}
	dir = d_find_any_alias(told->dir);
	if (!dir)
		return;
	if (mask & FS_RENAME)
		tell_tree_rename(w, mask, dir, told);
	else
		tell_tree_at(w, mask, dir, told);
	dput(dir);	/* not the last: the task that makes the change has one */
}

/* @name: NULL: of a rename: the old one is elsewhere; @to: likewise, the new one, if it is here */
static void tell_dir(struct csrv_vfs_watch *w, u32 mask, const struct watch_told *told,
		     const struct qstr *name, const struct qstr *to)
{
	struct csrv_vfs_event event = {
		.name = name ? (const char *)name->name : NULL,
		.len = name ? name->len : 0,
		.to = to ? (const char *)to->name : NULL,
		.to_len = to ? to->len : 0,
	};

	watch_tell(w, mask, told, &event);
}

/* The watch of @mark, if it is there and wants to be told. */
static struct csrv_vfs_watch *watch_of(struct fsnotify_mark *mark, u32 mask,
				       const struct watch_told *told)
{
	struct csrv_vfs_watch *w;

	if (!mark || !(mask & READ_ONCE(mark->mask) & ALL_FSNOTIFY_EVENTS))
		return NULL;
	w = container_of(mark, struct csrv_vfs_watch, mark);
	return !w->ops->wants || w->ops->wants(w, told->actor) ? w : NULL;
}

/* Both directories of a rename are asked, one after the other if they are the same. */
static void tell_rename(u32 mask, const struct watch_told *told, struct fsnotify_iter_info *iter)
{
	struct fsnotify_mark *on_new = fsnotify_iter_mark(iter, FSNOTIFY_ITER_TYPE_INODE2);
	bool same = d_inode(told->dentry->d_parent) == told->dir;
	const struct qstr *to = &told->dentry->d_name;
	struct csrv_vfs_watch *w;

	w = watch_of(fsnotify_iter_inode_mark(iter), mask, told);
	if (w)
		tell_dir(w, mask, told, told->name, same ? to : NULL);
	w = same ? NULL : watch_of(on_new, mask, told);
	if (w)
		tell_dir(w, mask, told, NULL, to);
}

/* Of a mark on a file system: a directory's own change comes without its parent, by its dentry. */
static bool told_of(struct watch_told *told, const void *data, int data_type, struct inode *dir,
		    const struct qstr *name)
{
	*told = (struct watch_told){
		.dir = name ? dir : NULL,
		.name = dir ? name : NULL,
		.dentry = fsnotify_data_dentry(data, data_type),
		.actor = csrv_actor_current(),
	};
	return told->dir || told->dentry;
}

/*
 * What says nothing of a directory: a file that has no name any more or never had one; data of a
 * FIFO or a device, which the kernel does not tell a parent of either; reads, but for what a client
 * does that changes the time of the last access.
 */
static bool says_nothing(u32 mask, const struct watch_told *told)
{
	if (!(mask & FS_EVENTS_POSS_ON_CHILD))
		return false;
	if (told->dentry && d_unlinked(told->dentry))
		return true;
	if (told->dentry && d_is_special(told->dentry) && (mask & (FS_ACCESS | FS_MODIFY)))
		return true;
	return (mask & FS_ACCESS) && !told->actor;
}

/* fsnotify_ops.handle_event: @iter has one mark of each kind at a time, one after the other */
static int watch_event(struct fsnotify_group *group, u32 mask, const void *data, int data_type,
		       struct inode *dir, const struct qstr *name, u32 cookie,
		       struct fsnotify_iter_info *iter)
{
	struct csrv_vfs_watch *w;
	struct watch_told told;

	if (!told_of(&told, data, data_type, dir, name) || says_nothing(mask, &told))
		return 0;
	w = watch_of(fsnotify_iter_sb_mark(iter), mask, &told);
	if (w)
		tell_tree(w, mask, &told);
	if (!told.dir)
		return 0;
	if (mask & FS_RENAME) {
		tell_rename(mask, &told, iter);
		return 0;
	}
	/* else the mark is on the inode that has changed, whose parent may be watched */
	w = mask & ALL_FSNOTIFY_DIRENT_EVENTS ?
	    watch_of(fsnotify_iter_inode_mark(iter), mask, &told) : NULL;
	if (w)
		tell_dir(w, mask, &told, told.name, NULL);
	w = mask & FS_EVENT_ON_CHILD ? watch_of(fsnotify_iter_parent_mark(iter), mask, &told) :
				       NULL;
	if (w)
		tell_dir(w, mask, &told, told.name, NULL);
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
	/* Who stops a watch waits for no file system, and so for none that frees memory. */
	struct fsnotify_group *group = fsnotify_alloc_group(&watch_ops, FSNOTIFY_GROUP_DUPS |
								       FSNOTIFY_GROUP_NOFS);

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
	WRITE_ONCE(w->root, NULL);	/* below_once() */
	fsnotify_destroy_mark(&w->mark, watch_group);
	fsnotify_put_mark(&w->mark);
}
