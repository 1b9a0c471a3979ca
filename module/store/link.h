/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/link.h - private to the room: links that are to be removed, [MS-FSA] Link.IsDeleted */
#ifndef CIFSSRV_STORE_LINK_H
#define CIFSSRV_STORE_LINK_H

#include <linux/list.h>
#include <linux/path.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../core/ends.h"
#include "acting.h"
#include "file.h"

struct cred;
struct csrv_open;
struct csrv_share_cfg;

/**
 * struct csrv_link_delete - the pending delete of a link: it is removed with its last open
 * @node: file->deletes; file->lock, like all of it
 * @file: a reference once @retry has been queued, and then it is charged as an open; else NULL
 * @link: what to remove: of the open that asked for it.  The dentry is the link: it follows
 *	a rename, and another link of the file has another one
 * @cred: what removes it acts as
 * @cfg: of the share that has it; a reference
 * @retry: the last open has been closed, and a holder of a delegation is being waited for.  Then
 * @end: tries again, in a worker that @payer's identity has for that
 * @payer: the account of the open that asked for it; a reference
 * @by: the open that asked for it; once it is carried out, together with the last that was closed
 * @tries: of @retry
 * @removing: the file system is removing the link; no other code touches any of this
 */
struct csrv_link_delete {
	struct list_head	node;
	struct csrv_file	*file;
	struct path		link;
	const struct cred	*cred;
	struct csrv_share_cfg	*cfg;
	struct delayed_work	retry;
	struct csrv_end		end;
	struct csrv_account	*payer;
	struct csrv_changer	by;
	u32			tries;
	bool			removing;
};

struct csrv_link_delete *csrv_link_delete_alloc(void);
void csrv_link_delete_free(struct csrv_link_delete *del);
void csrv_link_set_delete_pending(struct csrv_file *file, const struct csrv_open *o,
				  struct csrv_link_delete *del) __must_hold(&file->lock);
struct csrv_link_delete *csrv_link_clear_delete_pending(struct csrv_file *file,
							const struct csrv_open *o)
	__must_hold(&file->lock);
bool csrv_link_delete_pending(const struct csrv_file *file, const struct dentry *link)
	__must_hold(&file->lock);
bool csrv_link_is_deleted(struct csrv_file *file, const struct dentry *link);
bool csrv_link_is_being_removed(const struct csrv_file *file, const struct dentry *link,
				u32 *nremoved) __must_hold(&file->lock);
void csrv_link_removed_wait(struct csrv_file *file, u32 nremoved);
void csrv_link_delete_on_last_close(struct csrv_file *file, const struct csrv_open *o)
	__must_hold(&file->lock);

#endif /* CIFSSRV_STORE_LINK_H */
