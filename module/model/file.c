// SPDX-License-Identifier: GPL-2.0-or-later
/* model/file.c - what all opens of one inode share, and the pending delete */
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../vfs/vfs.h"
#include "file.h"
#include "open.h"
#include "server.h"
#include "share.h"

static struct csrv_file_bucket *bucket(struct csrv_server *srv, const struct inode *inode)
{
	return &srv->files[hash_ptr(inode, CSRV_FILE_HASH_BITS)];
}

/* With a reference, or NULL; one whose last reference is going does not count. */
static struct csrv_file *file_peek_get(struct csrv_file_bucket *b, const struct inode *inode)
{
	struct csrv_file *file;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(file, &b->head, hash)
		if (file->inode == inode && kref_get_unless_zero(&file->ref))
			return file;
	return NULL;
}

static void file_forget_doom(struct csrv_file *file)
{
	if (file->doomed.dentry)
		path_put(&file->doomed);
	memset(&file->doomed, 0, sizeof(file->doomed));
	csrv_cred_put(file->doom_cred);
	file->doom_cred = NULL;
	csrv_share_cfg_put(file->doom_cfg);
	file->doom_cfg = NULL;
}

static void file_free(struct kref *ref)
{
	struct csrv_file *file = container_of(ref, struct csrv_file, ref);
	struct csrv_file_bucket *b = bucket(file->srv, file->inode);

	csrv_fault_delay(CSRV_FAULT_FILE_PUT);
	spin_lock(&b->lock);
	hlist_del(&file->hash);
	spin_unlock(&b->lock);
	file_forget_doom(file);
	path_put(&file->path);
	csrv_object_destroyed(CSRV_OBJ_FILE);
	kfree(file);
}

void csrv_file_put(struct csrv_file *file)
{
	if (file)
		kref_put(&file->ref, file_free);
}

/* With a reference; NULL: nobody has the inode open. */
struct csrv_file *csrv_file_find(struct csrv_server *srv, const struct inode *inode)
{
	struct csrv_file_bucket *b = bucket(srv, inode);
	struct csrv_file *file;

	spin_lock(&b->lock);
	file = file_peek_get(b, inode);
	spin_unlock(&b->lock);
	return file;
}

/**
 * csrv_file_get() - the file object of an inode, made if there is none
 * @srv: the server
 * @path: of the inode, any of its names; pinned by the caller
 *
 * Return: the object with a reference, or NULL without memory.
 */
struct csrv_file *csrv_file_get(struct csrv_server *srv, const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	struct csrv_file *file = csrv_file_find(srv, inode), *new;
	struct csrv_file_bucket *b = bucket(srv, inode);

	if (file)
		return file;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return NULL;
	kref_init(&new->ref);
	new->srv = srv;
	mutex_init(&new->lock);
	INIT_LIST_HEAD(&new->opens);
	csrv_brl_set_init(&new->brl);
	INIT_LIST_HEAD(&new->break_waiters);
	csrv_oplocks_init(&new->oplocks);

	spin_lock(&b->lock);
	file = file_peek_get(b, inode);
	if (!file) {
		new->path = *path;
		path_get(&new->path);
		new->inode = inode;
		hlist_add_head(&new->hash, &b->head);
		csrv_object_created(CSRV_OBJ_FILE);
	}
	spin_unlock(&b->lock);
	if (!file)
		return new;
	kfree(new);
	return file;
}

/* Is somebody's delete of this inode waiting for the last close? */
bool csrv_file_delete_pending(struct csrv_server *srv, struct inode *inode)
{
	struct csrv_file *file = csrv_file_find(srv, inode);
	bool pending = false;

	if (file)
		pending = READ_ONCE(file->delete_pending);
	csrv_file_put(file);
	return pending;
}

/* @o's name goes when the last open does. file->lock is held. */
void csrv_file_doom(struct csrv_file *file, const struct csrv_open *o)
{
	lockdep_assert_held(&file->lock);
	if (file->delete_pending)
		return;
	file->delete_pending = true;
	file->doomed = *csrv_open_name_path(o);
	path_get(&file->doomed);
	file->doom_cred = get_cred(o->cred);
	file->doom_cfg = csrv_share_cfg_ref(o->cfg);
}

/* The delete is taken back: FileDispositionInformation with DeletePending 0. */
void csrv_file_spare(struct csrv_file *file)
{
	lockdep_assert_held(&file->lock);
	file->delete_pending = false;
	file_forget_doom(file);
}

/* The last open went: remove what was to be removed.  file->lock is held. */
void csrv_file_reap(struct csrv_file *file)
{
	const struct cred *old;

	lockdep_assert_held(&file->lock);
	if (!file->delete_pending || !list_empty(&file->opens))
		return;
	old = csrv_cred_enter(file->doom_cred);
	/* Who lost the right meanwhile keeps the file. */
	csrv_vfs_remove(&file->doom_cfg->root, &file->doomed);
	csrv_cred_leave(old);
	csrv_file_spare(file);
}
