// SPDX-License-Identifier: GPL-2.0-or-later
/* store/local.c - what clients cache of a file, and processes of this machine */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "break.h"
#include "local.h"
#include "stream.h"

/*
 * The inode is locked for the length of a write, or of a change of attributes; others open and
 * close the file.  The first pause, twice as long each time, and where that ends: after 51 ms in
 * all, at least.
 */
#define TAKE_USEC	50
#define TAKE_MOST_USEC	30000

/*
 * Run the work now.  The caller hands a reference of the file over to it; one that is queued has
 * its own already, so what is put is not the last.  Any context.
 */
static void work_run(struct csrv_local *l)
{
	if (mod_delayed_work(l->file->srv->clock_wq, &l->work, 0))
		csrv_file_put(l->file);
}

/* A local process waits: csrv_vfs_lease.broken, under the spinlock of the inode's leases. */
static void local_broken(struct csrv_vfs_lease *lease)
{
	struct csrv_local *l = container_of(lease, struct csrv_local, lease);

	/* Without its last reference it gives the delegation up anyway: file_unhash(). */
	if (kref_get_unless_zero(&l->file->ref))
		work_run(l);
}

/* csrv_wait.wake, under file->lock: no client has to acknowledge any more. */
static void local_wake(struct csrv_wait *wait)
{
	struct csrv_local *l = container_of(wait, struct csrv_local, wait);

	kref_get(&l->file->ref);
	work_run(l);
}

/* True: a client has to acknowledge.  @late: none has any more. */
static bool break_stream_locked(struct csrv_stream *stream, u32 breaks, bool late,
				struct list_head *notes) __must_hold(&stream->file->lock)
{
	enum csrv_cache_event event = breaks & CSRV_VFS_LEASE_BY_WRITER ? CSRV_CACHE_ON_LOCAL :
									 CSRV_CACHE_ON_OPEN;
	bool wait;

	lockdep_assert_held(&stream->file->lock);
	wait = csrv_break_locked(stream, NULL, event, notes);
	if (!wait || !late)
		return wait;
	csrv_break_expire_locked(stream);
	return csrv_break_locked(stream, NULL, event, notes);
}

/* The first stream on which a client has to acknowledge; NULL: there is none. */
static struct csrv_stream *break_all_locked(struct csrv_file *file, u32 breaks, bool late,
					    struct list_head *notes) __must_hold(&file->lock)
{
	struct csrv_stream *stream, *first = NULL;

	lockdep_assert_held(&file->lock);
	list_for_each_entry(stream, &file->streams, node)
		if (break_stream_locked(stream, breaks, late, notes) && !first)
			first = stream;
	return first;
}

/* Wait for the acknowledgments on a stream; until @due, if there is such a time. */
static void local_wait_locked(struct csrv_local *l, struct csrv_stream *stream, unsigned long due)
	__must_hold(&l->file->lock)
{
	lockdep_assert_held(&l->file->lock);
	l->waiter.stream = stream;	/* its holders keep it until the last of them wakes us */
	csrv_wait_arm(&l->wait);
	list_add_tail(&l->waiter.node, &stream->break_waiters);
	if (!due)
		return;
	kref_get(&l->file->ref);
	/* A break that has come meanwhile has queued it already. */
	if (!queue_delayed_work(l->file->srv->clock_wq, &l->work,
				time_before(jiffies, due) ? due - jiffies : 0))
		csrv_file_put(l->file);	/* likewise */
}

/* Break what has to end, and give the delegation up when no client has to acknowledge. */
static void local_answer_locked(struct csrv_local *l, struct list_head *notes)
	__must_hold(&l->file->lock)
{
	u32 breaks = csrv_vfs_lease_breaks(&l->lease);
	unsigned long due = csrv_vfs_lease_due(&l->lease, breaks);
	bool late = due && time_after_eq(jiffies, due);
	struct csrv_stream *stream;

	lockdep_assert_held(&l->file->lock);
	list_del_init(&l->waiter.node);
	if (!breaks)
		return;
	stream = break_all_locked(l->file, breaks, late, notes);
	if (stream)
		local_wait_locked(l, stream, late ? 0 : due);
	else
		csrv_vfs_lease_answer(&l->lease, breaks);
}

static void local_work(struct work_struct *work)
{
	struct csrv_local *l = container_of(to_delayed_work(work), struct csrv_local, work);
	struct csrv_account *payer = csrv_account_get(l->payer);
	struct csrv_file *file = l->file;
	LIST_HEAD(notes);

	csrv_fault_delay(CSRV_FAULT_LOCAL_BREAK);
	mutex_lock(&file->lock);
	local_answer_locked(l, &notes);
	mutex_unlock(&file->lock);
	csrv_break_notify(&notes);
	csrv_quota_force(payer, CSRV_QUOTA_OPEN, 1);
	csrv_file_put_later(file, payer, CSRV_QUOTA_OPEN);
}

/* NULL without memory. */
static struct csrv_local *local_alloc(struct csrv_file *file, struct csrv_account *payer)
{
	struct csrv_local *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	if (csrv_vfs_lease_init(&l->lease, &file->own, file->srv->root_cred, &file->path,
				local_broken)) {
		kfree(l);
		return NULL;
	}
	l->file = file;
	l->payer = csrv_account_get(payer);
	INIT_DELAYED_WORK(&l->work, local_work);
	l->wait.wake = local_wake;
	l->waiter.wait = &l->wait;
	INIT_LIST_HEAD(&l->waiter.node);
	csrv_object_created(CSRV_OBJ_LOCAL);
	return l;
}

/* The file's, made if there is none.  It stays as long as the file. */
static struct csrv_local *local_get(struct csrv_file *file, struct csrv_account *payer)
{
	struct csrv_local *l, *new;

	mutex_lock(&file->lock);
	l = file->local;
	mutex_unlock(&file->lock);
	if (l)
		return l;
	new = local_alloc(file, payer);
	if (!new)
		return NULL;
	mutex_lock(&file->lock);
	l = file->local;
	if (!l)
		file->local = new;
	mutex_unlock(&file->lock);
	if (!l)
		return new;
	csrv_local_free(new);
	return l;
}

/**
 * csrv_local_allows_locked() - what may be cached of a file, as far as local processes go
 * @file: its lock is held
 *
 * A break that begins later finds what is granted under the same hold of the lock.
 * Return: mask of enum csrv_cache_mask.
 */
u8 csrv_local_allows_locked(const struct csrv_file *file)
{
	lockdep_assert_held(&file->lock);
	switch (file->local ? csrv_vfs_lease_holds(&file->local->lease) : CSRV_VFS_LEASE_NONE) {
	case CSRV_VFS_LEASE_WRITE:
		return CSRV_CACHE_R | CSRV_CACHE_H | CSRV_CACHE_W;
	case CSRV_VFS_LEASE_READ:
		return CSRV_CACHE_R | CSRV_CACHE_H;
	default:
		return CSRV_CACHE_NONE;
	}
}

/*
 * -EAGAIN: later.  To be queued for the lock would be to keep others from closing the file as long
 * as the file system takes to close it for one.
 */
static int take_once(struct csrv_local *l, bool write)
{
	struct csrv_file *file = l->file;
	int err;

	if (!down_write_trylock(&file->own.turn))
		return -EAGAIN;
	mutex_lock(&file->lock);
	err = csrv_vfs_lease_take(&l->lease, write);
	mutex_unlock(&file->lock);
	up_write(&file->own.turn);
	return err;
}

/**
 * csrv_local_take() - make sure that local processes are noticed
 * @file: the caller has an open of it
 * @payer: the open's account
 * @need: mask of enum csrv_cache_mask: what is to be granted
 *
 * Whether that succeeds says csrv_local_allows_locked(): not, if the file is being opened, closed
 * or written all the while.  Called without locks; takes those of the file.  Enters no file system.
 */
void csrv_local_take(struct csrv_file *file, struct csrv_account *payer, u8 need)
{
	struct csrv_local *l;
	u32 usec;

	if (!csrv_vfs_lease_possible(file->inode))
		return;
	l = local_get(file, payer);
	for (usec = TAKE_USEC; l && usec < TAKE_MOST_USEC; usec *= 2) {
		if (take_once(l, need & CSRV_CACHE_W) != -EAGAIN)
			break;
		usleep_range(usec, 2 * usec);
	}
	csrv_fault_delay(CSRV_FAULT_LOCAL_TAKE);
}
