/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/file.h - private to the room: names that are being made, or that are to be removed */
#ifndef CIFSSRV_STORE_FILE_H
#define CIFSSRV_STORE_FILE_H

#include <linux/list.h>
#include <linux/path.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../core/ends.h"
#include "open.h"

struct cred;
struct csrv_file_bucket;
struct csrv_server;
struct csrv_share_cfg;
struct inode;

/**
 * struct csrv_doom - a name that is removed with its last open: [MS-FSA] Link.IsDeleted
 * @node: file->dooms; file->lock, like all of it
 * @file: a reference once @late has been queued, and then it is charged as an open; else NULL
 * @name: what to remove: of the open that asked for it.  The dentry is the name: it follows
 *	a rename, and another link of the file has another one
 * @cred: what removes it acts as
 * @cfg: of the share that has it; a reference
 * @late: the last open has been closed, and a holder of a delegation is being waited for.  Then
 * @end: tries again, in a worker that @of's identity has for that
 * @of: the account of the open that asked for it; a reference
 * @tries: of @late
 * @going: the file system is removing the name; no other code touches any of this
 */
struct csrv_doom {
	struct list_head	node;
	struct csrv_file	*file;
	struct path		name;
	const struct cred	*cred;
	struct csrv_share_cfg	*cfg;
	struct delayed_work	late;
	struct csrv_end		end;
	struct csrv_account	*of;
	u32			tries;
	bool			going;
};

struct csrv_file_bucket *csrv_file_bucket(struct csrv_server *srv, const struct inode *inode);
struct csrv_doom *csrv_doom_alloc(void);
void csrv_doom_free(struct csrv_doom *doom);
void csrv_file_doom(struct csrv_file *file, const struct csrv_open *o, struct csrv_doom *doom)
	__must_hold(&file->lock);
struct csrv_doom *csrv_file_spare(struct csrv_file *file, const struct csrv_open *o)
	__must_hold(&file->lock);
bool csrv_file_dooms(const struct csrv_file *file, const struct dentry *name)
	__must_hold(&file->lock);
bool csrv_file_is_going(const struct csrv_file *file, const struct dentry *name, u32 *gone)
	__must_hold(&file->lock);
void csrv_file_gone_wait(struct csrv_file *file, u32 gone);
void csrv_file_reap(struct csrv_file *file, const struct csrv_open *o) __must_hold(&file->lock);

/**
 * struct csrv_making - a name that a CREATE is making
 * @node: csrv_file_bucket.making; its lock
 * @dir: the directory, which the CREATE holds
 * @name: in it
 * @seq: no two have the same
 *
 * Part of the CREATE.  From before the name can be found until all that the CREATE has to say
 * of it is done, or the name is removed again, every other CREATE that finds it waits.
 */
struct csrv_making {
	struct hlist_node	node;
	const struct inode	*dir;
	const char		*name;
	u64			seq;
};

void csrv_making_begin(struct csrv_server *srv, struct csrv_making *m, const struct inode *dir,
		       const char *name);
void csrv_making_end(struct csrv_server *srv, struct csrv_making *m);
bool csrv_making_wait(struct csrv_server *srv, const struct dentry *dentry);

#endif /* CIFSSRV_STORE_FILE_H */
