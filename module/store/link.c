// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store/link.c - links that are to be removed: [MS-FSA] Link.IsDeleted
 *
 * A delete belongs to a link, whatever streams of its file are open: the link is removed with the
 * last open that came by it.
 */
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../vfs/vfs.h"
#include "link.h"
#include "notify.h"
#include "open.h"
#include "stream.h"

/* nfsd gives its clients as long as fs.lease-break-time, 45 seconds, to return a delegation. */
#define DELETE_RETRY	(HZ / 5)
#define DELETE_TRIES	300u

static void delete_init(struct csrv_link_delete *del);

/* Memory for csrv_link_set_delete_pending(), or NULL. */
struct csrv_link_delete *csrv_link_delete_alloc(void)
{
	struct csrv_link_delete *del = kzalloc(sizeof(*del), GFP_KERNEL);

	if (del)
		delete_init(del);
	return del;
}

/* One that is on no list.  NULL is allowed. */
void csrv_link_delete_free(struct csrv_link_delete *del)
{
	if (!del)
		return;
	path_put(&del->link);
	csrv_cred_put(del->cred);
	csrv_share_cfg_put(del->cfg);
	if (del->file)
		csrv_quota_give(del->payer, CSRV_QUOTA_OPEN, 1);
	csrv_account_put(del->payer);
	kfree(del);
}

static struct csrv_link_delete *delete_find(const struct csrv_file *file,
					    const struct dentry *link) __must_hold(&file->lock)
{
	struct csrv_link_delete *del;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(del, &file->deletes, node)
		if (del->link.dentry == link)
			return del;
	return NULL;
}

static void delete_unlist(struct csrv_file *file, struct csrv_link_delete *del)
	__must_hold(&file->lock)
{
	lockdep_assert_held(&file->lock);
	list_del(&del->node);
	WRITE_ONCE(file->ndeletes, file->ndeletes - 1);
}

/**
 * csrv_link_is_being_removed() - is the file system removing a link at this moment?
 * @file: its lock is held
 * @link: a link of it
 * @nremoved: if so, for csrv_link_removed_wait() when the lock has been released
 *
 * Return: true if it is, with @nremoved set.
 */
bool csrv_link_is_being_removed(const struct csrv_file *file, const struct dentry *link,
				u32 *nremoved)
{
	const struct csrv_link_delete *del;

	lockdep_assert_held(&file->lock);
	del = delete_find(file, link);
	if (!del || !del->removing)
		return false;
	*nremoved = file->nremoved;
	return true;
}

/* The link is removed, or stays; what is waited for runs in a worker and waits for no client. */
void csrv_link_removed_wait(struct csrv_file *file, u32 nremoved)
{
	wait_var_event(&file->nremoved, READ_ONCE(file->nremoved) != nremoved);
}

/* Is @link of the file to be removed: [MS-FSA] Link.IsDeleted? */
bool csrv_link_delete_pending(const struct csrv_file *file, const struct dentry *link)
{
	lockdep_assert_held(&file->lock);
	return delete_find(file, link);
}

/* Likewise, without file->lock, which it takes. */
bool csrv_link_is_deleted(struct csrv_file *file, const struct dentry *link)
{
	bool deleted;

	if (!csrv_file_has_deletes(file))
		return false;
	mutex_lock(&file->lock);
	deleted = csrv_link_delete_pending(file, link);
	mutex_unlock(&file->lock);
	return deleted;
}

/* @o's link is removed with the last open of it.  Takes over @del.  file->lock is held. */
void csrv_link_set_delete_pending(struct csrv_file *file, const struct csrv_open *o,
				  struct csrv_link_delete *del)
{
	const struct path *link = csrv_open_name_path(o);

	lockdep_assert_held(&file->lock);
	if (delete_find(file, link->dentry)) {
		csrv_link_delete_free(del);
		return;
	}
	del->link = *link;
	path_get(&del->link);
	del->cred = get_cred(o->cred);
	del->cfg = csrv_share_cfg_ref(o->cfg);
	del->payer = csrv_account_get(o->rights->account);
	del->by = o->changer;
	list_add_tail(&del->node, &file->deletes);
	WRITE_ONCE(file->ndeletes, file->ndeletes + 1);
	if (o->is_dir)
		csrv_notify_deleted(file, link->dentry);
}

/*
 * The delete of @o's link is taken back: FileDispositionInformation with DeletePending 0.  For
 * csrv_link_delete_free() when the lock has been released, or NULL.
 */
struct csrv_link_delete *csrv_link_clear_delete_pending(struct csrv_file *file,
							const struct csrv_open *o)
{
	struct csrv_link_delete *del;

	lockdep_assert_held(&file->lock);
	del = delete_find(file, csrv_open_name_path(o)->dentry);
	if (del)
		delete_unlist(file, del);
	return del;
}

/* -EWOULDBLOCK: another process holds a delegation, and has been asked to give it back. */
static int delete_remove(const struct csrv_link_delete *del)
{
	const struct cred *old = csrv_cred_enter(del->cred);
	struct csrv_acting acting;
	int err;

	/* [MS-FSA] 2.1.5.5 */
	csrv_acting_begin(&acting, &del->by, csrv_acts_name(d_is_dir(del->link.dentry)));
	err = csrv_vfs_remove(&del->cfg->root, &del->link);
	csrv_acting_end(&acting);
	csrv_cred_leave(old);
	return err;
}

/*
 * The file system is not entered under the file's lock: it may take long, and CANCEL and the end
 * of sessions take that lock.  Meanwhile no other code touches @del: the link has no open,
 * which could take it back, and gets none (create.c's check_link()).
 */
static int delete_carry_out(struct csrv_file *file, struct csrv_link_delete *del)
	__must_hold(&file->lock)
{
	int err;

	lockdep_assert_held(&file->lock);
	del->removing = true;
	mutex_unlock(&file->lock);
	err = delete_remove(del);
	mutex_lock(&file->lock);
	del->removing = false;
	WRITE_ONCE(file->nremoved, file->nremoved + 1);
	smp_mb();	/* wake_up_var() looks for waiters without a lock */
	wake_up_var(&file->nremoved);
	return err;
}

static void delete_retry_later(struct csrv_link_delete *del)
{
	del->tries++;
	queue_delayed_work(del->file->srv->clock_wq, &del->retry, DELETE_RETRY);
}

static void delete_retry_work(struct work_struct *work)
{
	struct csrv_link_delete *del = container_of(to_delayed_work(work),
						    struct csrv_link_delete, retry);

	csrv_end_queue(&del->end, del->payer->identity, del->file->srv->end_wq);
}

/* A CREATE of the link has failed with DELETE_PENDING until now. */
static void delete_retry_end(struct csrv_end *end)
{
	struct csrv_link_delete *del = container_of(end, struct csrv_link_delete, end);
	struct csrv_file *file = del->file;

	mutex_lock(&file->lock);
	if (delete_carry_out(file, del) == -EWOULDBLOCK && del->tries < DELETE_TRIES) {
		delete_retry_later(del);
		mutex_unlock(&file->lock);
		return;
	}
	delete_unlist(file, del);
	mutex_unlock(&file->lock);
	/* It is the last that has the name: its directory may be put with it. */
	csrv_link_delete_free(del);
	csrv_file_put(file);
}

static void delete_init(struct csrv_link_delete *del)
{
	INIT_DELAYED_WORK(&del->retry, delete_retry_work);
	csrv_end_init(&del->end, CSRV_END_NAME, delete_retry_end);
}

/* Is any stream of the file open through @link? */
static bool link_is_open(const struct csrv_file *file, const struct dentry *link)
	__must_hold(&file->lock)
{
	const struct csrv_stream *stream;
	const struct csrv_open *o;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(stream, &file->streams, node)
		list_for_each_entry(o, &stream->opens, in_stream)
			if (csrv_open_name_path(o)->dentry == link)
				return true;
	return false;
}

/*
 * @o has left the file, whose lock is held, now or before: was it the last open of a link that is
 * to be removed?  A CREATE that has found the link joins under the same lock, and sees its delete
 * pending, or under way, or the link removed.  The lock is released while the file system removes
 * the link, and while the delete is freed: its share may have been revoked, and then it may be
 * the last that holds the share's directory.
 */
void csrv_link_delete_on_last_close(struct csrv_file *file, const struct csrv_open *o)
{
	const struct dentry *link = csrv_open_name_path(o)->dentry;
	struct csrv_link_delete *del;

	lockdep_assert_held(&file->lock);
	del = delete_find(file, link);
	/* Opens that left the file one after the other come here side by side. */
	if (!del || del->removing || del->file)
		return;
	if (link_is_open(file, link))
		return;
	csrv_changer_join(&del->by, &o->changer);
	/* What could not be removed stays: the right to remove it may have been taken away. */
	if (delete_carry_out(file, del) != -EWOULDBLOCK) {
		delete_unlist(file, del);
		mutex_unlock(&file->lock);
		csrv_link_delete_free(del);
		mutex_lock(&file->lock);
		return;
	}
	kref_get(&file->ref);
	del->file = file;
	/*
	 * In the place of @o's; or of an earlier open's, by which the delete was asked for: its
	 * user pays, and may come to hold more than a user's share by as many links as others have
	 * open.  Then that user opens nothing, and so asks for no more deletes.
	 */
	csrv_quota_force(del->payer, CSRV_QUOTA_OPEN, 1);
	delete_retry_later(del);
}
