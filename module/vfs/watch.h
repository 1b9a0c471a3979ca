/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/watch.h - notice changes in a directory, or in the tree below it, whoever makes them
 *
 * Built on fsnotify: changes by clients, by local processes and by an NFS server arrive the same
 * way, in the context of the task that makes them.
 */
#ifndef CIFSSRV_VFS_WATCH_H
#define CIFSSRV_VFS_WATCH_H

#include <linux/fsnotify_backend.h>
#include <linux/types.h>

struct csrv_actor;
struct csrv_vfs_watch;
struct path;

/* What has happened; as much as the kernel tells */
#define CSRV_CHANGED_CREATED	FS_CREATE	/* a name, also by link() */
#define CSRV_CHANGED_DELETED	FS_DELETE
#define CSRV_CHANGED_FROM	FS_MOVED_FROM	/* the old name of a rename */
#define CSRV_CHANGED_TO		FS_MOVED_TO	/* the new one */
#define CSRV_CHANGED_RENAMED	FS_RENAME	/* both names at once; told before these two */
#define CSRV_CHANGED_DATA	FS_MODIFY
#define CSRV_CHANGED_ATTR	FS_ATTRIB	/* owner, mode, times, xattrs, number of links */
#define CSRV_CHANGED_ACCESS	FS_ACCESS	/* data was read */
#define CSRV_CHANGED_ANY	(FS_CREATE | FS_DELETE | FS_MOVE | FS_MODIFY | FS_ATTRIB)

/**
 * struct csrv_vfs_event - a change
 * @what: one of CSRV_CHANGED_*
 * @is_dir: what changed is a directory
 * @name: UTF-8 as on disk, relative to the watched directory, with "/" between components; not
 *	terminated.  NULL: something has changed, and its name could not be told
 * @len: bytes of @name
 * @to: of CSRV_CHANGED_RENAMED: the new name, @name being the old one.  One of them is NULL where
 *	it is not in the watched directory or tree; both: they could not be told
 * @to_len: bytes of @to
 * @actor: by which client; NULL: by a local process
 */
struct csrv_vfs_event {
	u32				what;
	bool				is_dir;
	const char			*name;
	u32				len;
	const char			*to;
	u32				to_len;
	const struct csrv_actor		*actor;
};

/**
 * struct csrv_vfs_watch_ops - the owner of watches
 * @event: a change; called by any task, also while inode locks of the VFS are held.  May allocate
 *	memory, and takes spinlocks only; must not wait for anything, nor enter a file system.  Runs
 *	on several CPUs at once, and until @free, also after csrv_vfs_watch_stop()
 * @wants: might a change be of use to the owner?  Called before @event, and before the name of a
 *	change in a tree is looked for; as @event.  NULL: any
 * @free: no event comes any more; called in a work item of the kernel, which must not wait for
 *	anything.  Frees what contains the watch
 */
struct csrv_vfs_watch_ops {
	void (*event)(struct csrv_vfs_watch *w, const struct csrv_vfs_event *event);
	bool (*wants)(struct csrv_vfs_watch *w, const struct csrv_actor *actor);
	void (*free)(struct csrv_vfs_watch *w);
};

/**
 * struct csrv_vfs_watch - embedded in its owner
 * @mark: fsnotify's
 * @ops: constant
 * @tree: constant: what is below subdirectories, too
 * @root: of a tree: the directory, until csrv_vfs_watch_stop(); without a reference.  Else NULL
 */
struct csrv_vfs_watch {
	struct fsnotify_mark			mark;
	const struct csrv_vfs_watch_ops		*ops;
	bool					tree;
	struct dentry				*root;
};

int csrv_vfs_watch_init(void);
void csrv_vfs_watch_exit(void);
int csrv_vfs_watch_start(struct csrv_vfs_watch *w, const struct csrv_vfs_watch_ops *ops,
			 const struct path *dir, bool tree, u32 changes);
void csrv_vfs_watch_stop(struct csrv_vfs_watch *w);

#endif /* CIFSSRV_VFS_WATCH_H */
