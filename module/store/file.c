// SPDX-License-Identifier: GPL-2.0-or-later
/* store/file.c - files: found by their inode, freed with the last reference */
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "file.h"

struct csrv_file_bucket *csrv_file_bucket(struct csrv_server *srv, const struct inode *inode)
{
	return &srv->files[hash_ptr(inode, CSRV_FILE_HASH_BITS)];
}

/* With a reference, or NULL; one that has lost its last reference does not count. */
static struct csrv_file *file_peek_get(struct csrv_file_bucket *b, const struct inode *inode)
	__must_hold(&b->lock)
{
	struct csrv_file *file;

	lockdep_assert_held(&b->lock);
	hlist_for_each_entry(file, &b->head, hash)
		if (file->inode == inode && kref_get_unless_zero(&file->ref))
			return file;
	return NULL;
}

/* It cannot be found any more. */
static void file_unhash(struct csrv_file *file) __no_context_analysis
{
	struct csrv_file_bucket *b = csrv_file_bucket(file->srv, file->inode);

	csrv_fault_delay(CSRV_FAULT_FILE_PUT);
	spin_lock(&b->lock);
	hlist_del(&file->hash);
	spin_unlock(&b->lock);
	if (file->has_change)
		atomic_dec(&file->srv->nchange);
}

static void file_let_go(struct csrv_file *file)
{
	path_put(&file->path);
	csrv_object_destroyed(CSRV_OBJ_FILE);
	kfree(file);
}

static void file_free(struct kref *ref)
{
	struct csrv_file *file = container_of(ref, struct csrv_file, ref);

	file_unhash(file);
	file_let_go(file);
}

void csrv_file_put(struct csrv_file *file)
{
	if (file)
		kref_put(&file->ref, file_free);
}

static void file_free_end(struct csrv_end *end)
{
	struct csrv_file *file = container_of(end, struct csrv_file, freeing);
	struct csrv_account *payer = file->payer;
	enum csrv_quota_kind kind = file->payer_kind;

	file_let_go(file);
	csrv_quota_give(payer, kind, 1);
	csrv_account_put(payer);
}

/* The last reference: what is left is ended by csrv_end_queue(). */
static void file_free_later(struct kref *ref)
{
	struct csrv_file *file = container_of(ref, struct csrv_file, ref);

	file_unhash(file);
	csrv_end_init(&file->freeing, CSRV_END_FILE, file_free_end);
}

/*
 * ... of a caller that must not wait for its file system, which may have to remove the inode.
 * @payer: a reference, which is taken over, of an account that is charged with one of @kind: until
 *	the file has been put, so it makes no more of them stand than it may have of those
 */
void csrv_file_put_later(struct csrv_file *file, struct csrv_account *payer,
			 enum csrv_quota_kind kind)
{
	if (kref_put(&file->ref, file_free_later)) {
		file->payer = payer;
		file->payer_kind = kind;
		csrv_end_queue(&file->freeing, payer->identity, file->srv->end_wq);
		return;
	}
	csrv_quota_give(payer, kind, 1);
	csrv_account_put(payer);
}

/* With a reference; NULL: the inode is not open. */
struct csrv_file *csrv_file_find(struct csrv_server *srv, const struct inode *inode)
{
	struct csrv_file_bucket *b = csrv_file_bucket(srv, inode);
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
 * Sleeps; takes the lock of the inode's bucket.
 * Return: the object with a reference, or NULL without memory.
 */
struct csrv_file *csrv_file_get(struct csrv_server *srv, const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	struct csrv_file *file = csrv_file_find(srv, inode), *new;
	struct csrv_file_bucket *b = csrv_file_bucket(srv, inode);

	if (file)
		return file;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return NULL;
	kref_init(&new->ref);
	new->srv = srv;
	mutex_init(&new->lock);
	INIT_LIST_HEAD(&new->streams);
	INIT_LIST_HEAD(&new->deletes);
	mutex_init(&new->sd_lock);

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

/* Is the delete of one of the inode's links pending? */
bool csrv_file_delete_pending(struct csrv_server *srv, struct inode *inode)
{
	struct csrv_file *file = csrv_file_find(srv, inode);
	bool pending = false;

	if (file)
		pending = csrv_file_has_deletes(file);
	csrv_file_put(file);
	return pending;
}
