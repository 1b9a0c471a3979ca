// SPDX-License-Identifier: GPL-2.0-or-later
/* store/file.c - what all opens of one inode share; names that are made or to be removed */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../vfs/vfs.h"
#include "file.h"
#include "open.h"

/* nfsd gives its clients as long as fs.lease-break-time, 45 seconds, to return a delegation. */
#define CSRV_DOOM_RETRY	(HZ / 5)
#define CSRV_DOOM_TRIES	300u

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

	file_let_go(file);
	csrv_quota_give(payer, CSRV_QUOTA_OPEN, 1);
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
 * @payer: a reference, which is taken over, of an account that is charged with an open: until the
 *	file has been put, so it makes no more of them stand than it may have opens
 */
void csrv_file_put_later(struct csrv_file *file, struct csrv_account *payer)
{
	if (kref_put(&file->ref, file_free_later)) {
		file->payer = payer;
		csrv_end_queue(&file->freeing, payer->identity, file->srv->end_wq);
		return;
	}
	csrv_quota_give(payer, CSRV_QUOTA_OPEN, 1);
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
	INIT_LIST_HEAD(&new->opens);
	INIT_LIST_HEAD(&new->dooms);
	csrv_brl_set_init(&new->brl);
	INIT_LIST_HEAD(&new->break_waiters);
	mutex_init(&new->sd_lock);
	csrv_caches_init(&new->caches);

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

/* Is the delete of this inode, or of one of its names, waiting for a last close? */
bool csrv_file_delete_pending(struct csrv_server *srv, struct inode *inode)
{
	struct csrv_file *file = csrv_file_find(srv, inode);
	bool pending = false;

	if (file)
		pending = csrv_file_is_doomed(file);
	csrv_file_put(file);
	return pending;
}

static void doom_init(struct csrv_doom *doom);

/* Memory for csrv_file_doom(), or NULL. */
struct csrv_doom *csrv_doom_alloc(void)
{
	struct csrv_doom *doom = kzalloc(sizeof(*doom), GFP_KERNEL);

	if (doom)
		doom_init(doom);
	return doom;
}

/* One that is on no list.  NULL is allowed. */
void csrv_doom_free(struct csrv_doom *doom)
{
	if (!doom)
		return;
	path_put(&doom->name);
	csrv_cred_put(doom->cred);
	csrv_share_cfg_put(doom->cfg);
	if (doom->file)
		csrv_quota_give(doom->of, CSRV_QUOTA_OPEN, 1);
	csrv_account_put(doom->of);
	kfree(doom);
}

static struct csrv_doom *doom_find(const struct csrv_file *file, const struct dentry *name)
	__must_hold(&file->lock)
{
	struct csrv_doom *doom;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(doom, &file->dooms, node)
		if (doom->name.dentry == name)
			return doom;
	return NULL;
}

static void doom_unlist(struct csrv_file *file, struct csrv_doom *doom) __must_hold(&file->lock)
{
	lockdep_assert_held(&file->lock);
	list_del(&doom->node);
	WRITE_ONCE(file->ndooms, file->ndooms - 1);
}

/**
 * csrv_file_is_going() - is a name of the file being removed just now?
 * @file: its lock is held
 * @name: a link of it
 * @gone: if so, for csrv_file_gone_wait() when the lock has been released
 *
 * Return: true if it is, with @gone set.
 */
bool csrv_file_is_going(const struct csrv_file *file, const struct dentry *name, u32 *gone)
{
	const struct csrv_doom *doom;

	lockdep_assert_held(&file->lock);
	doom = doom_find(file, name);
	if (!doom || !doom->going)
		return false;
	*gone = file->ngone;
	return true;
}

/* The name is removed, or stays; what is waited for runs in a worker and waits for no client. */
void csrv_file_gone_wait(struct csrv_file *file, u32 gone)
{
	wait_var_event(&file->ngone, READ_ONCE(file->ngone) != gone);
}

/* Is @name, a link of the file, to be removed? */
bool csrv_file_dooms(const struct csrv_file *file, const struct dentry *name)
{
	lockdep_assert_held(&file->lock);
	return doom_find(file, name);
}

/* @o's name is removed with the last open of it.  Takes over @doom.  file->lock is held. */
void csrv_file_doom(struct csrv_file *file, const struct csrv_open *o, struct csrv_doom *doom)
{
	const struct path *name = csrv_open_name_path(o);

	lockdep_assert_held(&file->lock);
	if (doom_find(file, name->dentry)) {
		csrv_doom_free(doom);
		return;
	}
	doom->name = *name;
	path_get(&doom->name);
	doom->cred = get_cred(o->cred);
	doom->cfg = csrv_share_cfg_ref(o->cfg);
	doom->of = csrv_account_get(o->rights->account);
	list_add_tail(&doom->node, &file->dooms);
	WRITE_ONCE(file->ndooms, file->ndooms + 1);
}

/*
 * The delete of @o's name is taken back: FileDispositionInformation with DeletePending 0.  For
 * csrv_doom_free() when the lock has been released, or NULL.
 */
struct csrv_doom *csrv_file_spare(struct csrv_file *file, const struct csrv_open *o)
{
	struct csrv_doom *doom;

	lockdep_assert_held(&file->lock);
	doom = doom_find(file, csrv_open_name_path(o)->dentry);
	if (doom)
		doom_unlist(file, doom);
	return doom;
}

/* -EWOULDBLOCK: another process holds a delegation, and has been asked to give it back. */
static int doom_carry_out(const struct csrv_doom *doom)
{
	const struct cred *old = csrv_cred_enter(doom->cred);
	int err = csrv_vfs_remove(&doom->cfg->root, &doom->name);

	csrv_cred_leave(old);
	return err;
}

/*
 * The file system is not entered under the file's lock: it may take long, and CANCEL and the end
 * of sessions take that lock.  Meanwhile no other code touches the doom: the name has no open,
 * which could take it back, and gets none (create.c's check_name()).
 */
static int doom_go(struct csrv_file *file, struct csrv_doom *doom) __must_hold(&file->lock)
{
	int err;

	lockdep_assert_held(&file->lock);
	doom->going = true;
	mutex_unlock(&file->lock);
	err = doom_carry_out(doom);
	mutex_lock(&file->lock);
	doom->going = false;
	WRITE_ONCE(file->ngone, file->ngone + 1);
	smp_mb();	/* wake_up_var() looks for waiters without a lock */
	wake_up_var(&file->ngone);
	return err;
}

static void doom_later(struct csrv_doom *doom)
{
	doom->tries++;
	queue_delayed_work(doom->file->srv->clock_wq, &doom->late, CSRV_DOOM_RETRY);
}

static void doom_late(struct work_struct *work)
{
	struct csrv_doom *doom = container_of(to_delayed_work(work), struct csrv_doom, late);

	csrv_end_queue(&doom->end, doom->of->identity, doom->file->srv->end_wq);
}

/* A CREATE of the name has failed with DELETE_PENDING until now. */
static void doom_retry(struct csrv_end *end)
{
	struct csrv_doom *doom = container_of(end, struct csrv_doom, end);
	struct csrv_file *file = doom->file;

	mutex_lock(&file->lock);
	if (doom_go(file, doom) == -EWOULDBLOCK && doom->tries < CSRV_DOOM_TRIES) {
		doom_later(doom);
		mutex_unlock(&file->lock);
		return;
	}
	doom_unlist(file, doom);
	mutex_unlock(&file->lock);
	csrv_doom_free(doom);	/* the last that has the name: its directory may be put with it */
	csrv_file_put(file);
}

static void doom_init(struct csrv_doom *doom)
{
	INIT_DELAYED_WORK(&doom->late, doom_late);
	csrv_end_init(&doom->end, CSRV_END_NAME, doom_retry);
}

/*
 * @o has left the file, whose lock is held, now or before: was it the last open of a name that is
 * to be removed?  A CREATE that has found the name joins under the same lock, and sees it doomed,
 * just being removed, or unlinked.  The lock is released while the file system removes the name,
 * and while the doom is freed: its share may have been revoked, and then the doom may be the
 * last that holds the share's directory.
 */
void csrv_file_reap(struct csrv_file *file, const struct csrv_open *o)
{
	const struct dentry *name = csrv_open_name_path(o)->dentry;
	const struct csrv_open *other;
	struct csrv_doom *doom;

	lockdep_assert_held(&file->lock);
	doom = doom_find(file, name);
	/* Opens that left the file one after the other come here side by side. */
	if (!doom || doom->going || doom->file)
		return;
	list_for_each_entry(other, &file->opens, in_file)
		if (csrv_open_name_path(other)->dentry == name)
			return;
	/* What could not be removed stays: the right to remove it may have been taken away. */
	if (doom_go(file, doom) != -EWOULDBLOCK) {
		doom_unlist(file, doom);
		mutex_unlock(&file->lock);
		csrv_doom_free(doom);
		mutex_lock(&file->lock);
		return;
	}
	kref_get(&file->ref);
	doom->file = file;
	/*
	 * In the place of @o's; or of an earlier open's, by which the delete was asked for: its
	 * user pays, and may come to hold more than a user's share by as many names as others have
	 * open.  Then that user opens nothing, and so asks for no more deletes.
	 */
	csrv_quota_force(doom->of, CSRV_QUOTA_OPEN, 1);
	doom_later(doom);
}

/**
 * csrv_making_begin() - a CREATE is going to make a name
 * @srv: the server
 * @m: the CREATE's; csrv_making_end() follows
 * @dir: the directory; held until then, like @name
 * @name: as it will be spelled on disk
 *
 * Takes the lock of @dir's bucket.
 */
void csrv_making_begin(struct csrv_server *srv, struct csrv_making *m, const struct inode *dir,
		       const char *name)
{
	struct csrv_file_bucket *b = csrv_file_bucket(srv, dir);

	m->dir = dir;
	m->name = name;
	m->seq = atomic64_inc_return(&srv->next_id);
	spin_lock(&b->lock);
	hlist_add_head(&m->node, &b->making);
	spin_unlock(&b->lock);
}

/* The CREATE has joined what it made and said all of it; or has removed the name again. */
void csrv_making_end(struct csrv_server *srv, struct csrv_making *m)
{
	struct csrv_file_bucket *b = csrv_file_bucket(srv, m->dir);

	spin_lock(&b->lock);
	hlist_del(&m->node);
	spin_unlock(&b->lock);
	smp_mb();	/* wake_up_var() looks for waiters without a lock */
	wake_up_var(&b->making);
}

/* The number of the CREATE that makes the name, or 0. */
static u64 making_seq(struct csrv_file_bucket *b, const struct inode *dir, const char *name)
{
	struct csrv_making *m;
	u64 seq = 0;

	spin_lock(&b->lock);
	hlist_for_each_entry(m, &b->making, node)
		if (m->dir == dir && !strcmp(m->name, name))
			seq = m->seq;
	spin_unlock(&b->lock);
	return seq;
}

static bool making_is_over(struct csrv_file_bucket *b, u64 seq)
{
	struct csrv_making *m;
	bool over = true;

	spin_lock(&b->lock);
	hlist_for_each_entry(m, &b->making, node)
		over &= m->seq != seq;
	spin_unlock(&b->lock);
	return over;
}

/**
 * csrv_making_wait() - let the CREATE that is making a name come to its end
 * @srv: the server
 * @dentry: found by a walk
 *
 * What is waited for is work under way in another worker, which waits for no client.  Called
 * without locks; takes the lock of the directory's bucket.
 *
 * A CREATE that makes a name is on the list before the name can be found, and joins the file before
 * it leaves the list.  So a CREATE that finds the name and then no maker on the list meets the
 * maker at the file, if there was one.
 * Return: true if it waited: the name may have been removed.
 */
bool csrv_making_wait(struct csrv_server *srv, const struct dentry *dentry)
{
	struct csrv_file_bucket *b;
	struct name_snapshot name;
	const struct inode *dir;
	u64 seq;

	rcu_read_lock();
	dir = d_inode_rcu(READ_ONCE(dentry->d_parent));	/* a number, not looked into */
	rcu_read_unlock();
	b = csrv_file_bucket(srv, dir);
	smp_rmb();	/* the name was found, now the list; the maker did the opposite */
	if (!smp_load_acquire(&b->making.first))
		return false;
	take_dentry_name_snapshot(&name, (struct dentry *)dentry);
	seq = making_seq(b, dir, (const char *)name.name.name);
	release_dentry_name_snapshot(&name);
	if (!seq)
		return false;
	wait_var_event(&b->making, making_is_over(b, seq));
	return true;
}
