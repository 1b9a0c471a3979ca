// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vfs/lease.c - how others on this machine are noticed: leases of the kernel
 *
 * A delegation is always asked for as one for reading, and lm_change makes another of it: 6.1 warns
 * of a request for one for writing (fs/locks.c, generic_add_lease()), though it breaks one as it
 * should.  lm_change runs under the spinlock of the inode's leases, as lease_modify() demands.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "../compat/lease.h"
#include "cred.h"
#include "lease.h"
#include "open.h"

/* fs.lease-break-time is 45 seconds by default, and a client has 34 to acknowledge. */
#define DUE_BEFORE	(2 * HZ)

void csrv_vfs_own_init(struct csrv_vfs_own *own)
{
	init_rwsem(&own->turn);
	atomic_set(&own->nreaders, 0);
	atomic_set(&own->nwriters, 0);
}

static atomic_t *own_count(struct csrv_vfs_own *own, const struct csrv_vfs_file *vf)
{
	return vf->filp->f_mode & FMODE_WRITE ? &own->nwriters : &own->nreaders;
}

/**
 * csrv_vfs_own_open() - open a file, and count it
 * @own: of the inode
 * @path: as for csrv_vfs_open()
 * @oflags: likewise
 * @created: as csrv_vfs_open_created() does
 * @vf: filled on success; csrv_vfs_own_close() ends it
 *
 * Return: as csrv_vfs_open().
 */
int csrv_vfs_own_open(struct csrv_vfs_own *own, const struct path *path, int oflags, bool created,
		      struct csrv_vfs_file *vf)
{
	int err;

	down_read(&own->turn);
	err = created ? csrv_vfs_open_created(path, oflags, vf) : csrv_vfs_open(path, oflags, vf);
	if (!err)
		atomic_inc(own_count(own, vf));
	up_read(&own->turn);
	return err;
}

/**
 * csrv_vfs_own_close() - close what csrv_vfs_own_open() has opened
 * @own: of the inode
 * @vf: open or not
 *
 * A task that is no worker closes when it returns to user space: what is open until then counts as
 * foreign.  See csrv_vfs_close().
 */
void csrv_vfs_own_close(struct csrv_vfs_own *own, const struct csrv_vfs_file *vf)
{
	if (!csrv_vfs_is_open(vf))
		return;
	down_read(&own->turn);
	atomic_dec(own_count(own, vf));
	csrv_vfs_close(vf);
	up_read(&own->turn);
}

/* i_writecount is negative while the file is executed. */
static bool is_written(const struct csrv_vfs_own *own, const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > atomic_read(&own->nwriters);
}

static bool is_read(const struct csrv_vfs_own *own, const struct inode *inode)
{
	return atomic_read(&inode->i_readcount) > atomic_read(&own->nreaders);
}

/* Shortly before the kernel goes on without us, at @end (jiffies; 0: never). */
static unsigned long due_before(unsigned long end)
{
	unsigned long left = end - jiffies;

	return end ? end - min_t(unsigned long, left / 2, DUE_BEFORE) ?: 1 : 0;
}

/*
 * lm_break.  A task that is no client's has to wait for the lease; the spinlock of the inode's
 * leases is held.  False: the lease stays until csrv_vfs_lease_answer().
 */
static bool lease_broken(compat_lease *fl)
{
	struct csrv_vfs_lease *l = compat_lease_core(fl, owner);

	/* The kernel calls once for each kind until it is answered. */
	if (compat_lease_core(fl, flags) & FL_UNLOCK_PENDING) {
		WRITE_ONCE(l->due[1], due_before(fl->fl_break_time));
		smp_wmb();	/* read by csrv_vfs_lease_due(), after the mask */
		atomic_or(CSRV_VFS_LEASE_BY_WRITER, &l->breaks);
	} else {
		WRITE_ONCE(l->due[0], due_before(fl->fl_downgrade_time));
		smp_wmb();	/* likewise */
		atomic_or(CSRV_VFS_LEASE_BY_READER, &l->breaks);
	}
	l->broken(l);
	return false;
}

/* lm_change.  The request is always to unlock: lease_retype(). */
static int lease_change(compat_lease *fl, int arg, struct list_head *dispose)
{
	const struct csrv_vfs_lease *l = compat_lease_core(fl, owner);

	return lease_modify(fl, l->target, dispose);
}

/* lm_breaker_owns_lease.  store/ has decided before what a client may do to others. */
static bool lease_is_own(compat_lease *fl)
{
	return csrv_cred_is_entered();
}

static compat_lease_ops lease_ops = {
	.lm_break		= lease_broken,
	.lm_change		= lease_change,
	.lm_breaker_owns_lease	= lease_is_own,
	COMPAT_LEASE_OPS
};

/**
 * csrv_vfs_lease_possible() - can a delegation of a file be had at all
 * @inode: of the file
 *
 * Return: false for directories, and where the file system has no leases or its own.
 */
bool csrv_vfs_lease_possible(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) && compat_takes_leases(inode);
}

/**
 * csrv_vfs_lease_init() - make the struct file that a delegation is taken with
 * @l: filled on success; csrv_vfs_lease_close() ends it
 * @own: of the inode; lives longer
 * @cred: root's; lives longer
 * @path: the file
 * @broken: see struct csrv_vfs_lease
 *
 * Enters no file system.
 * Return: 0; -ENOMEM.
 */
int csrv_vfs_lease_init(struct csrv_vfs_lease *l, struct csrv_vfs_own *own,
			const struct cred *cred, const struct path *path,
			void (*broken)(struct csrv_vfs_lease *l))
{
	struct file *carrier = dentry_open(path, O_PATH, cred);

	if (IS_ERR(carrier))
		return PTR_ERR(carrier);
	*l = (struct csrv_vfs_lease){
		.own = own, .cred = cred, .broken = broken, .carrier = carrier,
	};
	return 0;
}

/* The end of it; csrv_vfs_lease_end() came before, or it was never taken. */
void csrv_vfs_lease_close(struct csrv_vfs_lease *l)
{
	if (current->flags & PF_KTHREAD)
		__fput_sync(l->carrier);
	else
		fput(l->carrier);	/* its path is put when the task returns to user space */
}

/*
 * By generic_setlease(), as a struct file with O_PATH has no methods, of which setlease() would be
 * one.  -EAGAIN: the inode is locked, or another one's lease is to be given up to a writer.
 */
static int lease_insert(struct csrv_vfs_lease *l)
{
	compat_lease *fl = compat_lease_alloc(l->carrier, l, &lease_ops);
	int err;

	if (!fl)
		return -ENOMEM;
	err = generic_setlease(l->carrier, F_RDLCK, &fl, NULL);
	if (err)
		compat_lease_free(fl);
	else
		l->type = CSRV_VFS_LEASE_READ;
	return err;
}

/*
 * Change what there is, with no more than the spinlock of the inode's leases: unlocking, and
 * lease_change() does what is wanted.  False: the kernel has taken it away.
 */
static bool lease_retype(struct csrv_vfs_lease *l, u8 type)
{
	static const u8 targets[] = {
		[CSRV_VFS_LEASE_NONE]	= F_UNLCK,
		[CSRV_VFS_LEASE_READ]	= F_RDLCK,
		[CSRV_VFS_LEASE_WRITE]	= F_WRLCK,
	};
	void *owner = l;
	int err;

	l->target = targets[type];
	err = generic_setlease(l->carrier, F_UNLCK, NULL, &owner);
	l->type = err ? CSRV_VFS_LEASE_NONE : type;
	return !err;
}

/**
 * csrv_vfs_lease_breaks() - what is to be answered
 * @l: the owner's
 *
 * Any context.
 * Return: mask of enum csrv_vfs_lease_break, for csrv_vfs_lease_answer().
 */
u32 csrv_vfs_lease_breaks(const struct csrv_vfs_lease *l)
{
	return atomic_read(&l->breaks);
}

/**
 * csrv_vfs_lease_holds() - what can be relied on at this moment
 * @l: the owner's
 *
 * Return: enum csrv_vfs_lease_type.
 */
u8 csrv_vfs_lease_holds(const struct csrv_vfs_lease *l)
{
	return csrv_vfs_lease_breaks(l) ? CSRV_VFS_LEASE_NONE : l->type;
}

/* Only what this call has added is taken back: for the rest, who comes breaks it. */
static int lease_raise(struct csrv_vfs_lease *l, bool write)
{
	const struct inode *inode = file_inode(l->carrier);
	u8 had = l->type;
	int err = had == CSRV_VFS_LEASE_NONE ? lease_insert(l) : 0;

	if (err)
		return err;
	if (write && l->type == CSRV_VFS_LEASE_READ && !is_read(l->own, inode))
		lease_retype(l, CSRV_VFS_LEASE_WRITE);
	smp_mb();	/* the lease, then the counts: pairs with the one in break_lease() */
	if (had == CSRV_VFS_LEASE_NONE && is_written(l->own, inode))
		lease_retype(l, CSRV_VFS_LEASE_NONE);
	else if (had != CSRV_VFS_LEASE_WRITE && l->type == CSRV_VFS_LEASE_WRITE &&
		 (is_read(l->own, inode) || is_written(l->own, inode)))
		lease_retype(l, CSRV_VFS_LEASE_READ);
	return 0;
}

/**
 * csrv_vfs_lease_take() - take the delegation, or more of it
 * @l: the owner's; it holds @l->own->turn for writing
 * @write: one for writing
 *
 * Return: 0, and csrv_vfs_lease_holds() says what there is now: less than was asked for, if others
 * have the file open; -EAGAIN: the inode is locked at the moment; -EBUSY: there is a break to
 * answer; -EINVAL: leases are switched off (fs.leases-enable); -ENOMEM.
 */
int csrv_vfs_lease_take(struct csrv_vfs_lease *l, bool write)
{
	const struct cred *old;
	int err;

	lockdep_assert_held(&l->own->turn);
	if (csrv_vfs_lease_breaks(l))
		return -EBUSY;
	if (is_written(l->own, file_inode(l->carrier)))
		return 0;
	old = csrv_cred_enter(l->cred);
	err = lease_raise(l, write);
	csrv_cred_leave(old);
	return err;
}

/**
 * csrv_vfs_lease_answer() - give up what was asked for; who waits for it continues
 * @l: the owner's
 * @breaks: of csrv_vfs_lease_breaks(): no client caches what they end
 *
 * Enters no file system.
 */
void csrv_vfs_lease_answer(struct csrv_vfs_lease *l, u32 breaks)
{
	const struct cred *old = csrv_cred_enter(l->cred);
	bool kept = true;

	if (breaks & CSRV_VFS_LEASE_BY_WRITER)
		lease_retype(l, CSRV_VFS_LEASE_NONE);
	else if (l->type == CSRV_VFS_LEASE_WRITE)
		kept = lease_retype(l, CSRV_VFS_LEASE_READ);
	csrv_cred_leave(old);
	atomic_andnot(breaks, &l->breaks);
	if (kept)
		return;
	/* Nothing is left of it, and clients must not continue to read what they cache. */
	WRITE_ONCE(l->due[1], 0);
	atomic_or(CSRV_VFS_LEASE_BY_WRITER, &l->breaks);
	l->broken(l);
}

/**
 * csrv_vfs_lease_end() - give all of it up
 * @l: the owner's; not taken again
 *
 * Enters no file system; @l->broken is not called any more when this returns.
 */
void csrv_vfs_lease_end(struct csrv_vfs_lease *l)
{
	const struct cred *old = csrv_cred_enter(l->cred);

	lease_retype(l, CSRV_VFS_LEASE_NONE);
	csrv_cred_leave(old);
}

/**
 * csrv_vfs_lease_due() - until when breaks have to be answered
 * @l: the owner's
 * @breaks: of csrv_vfs_lease_breaks()
 *
 * Return: jiffies, of the first of @breaks: shortly after that the kernel takes away what has not
 * been given up.  0: there is no such time.
 */
unsigned long csrv_vfs_lease_due(const struct csrv_vfs_lease *l, u32 breaks)
{
	unsigned long due = 0, other;

	smp_rmb();	/* pairs with lease_broken() */
	if (breaks & CSRV_VFS_LEASE_BY_READER)
		due = READ_ONCE(l->due[0]);
	if (!(breaks & CSRV_VFS_LEASE_BY_WRITER))
		return due;
	other = READ_ONCE(l->due[1]);
	return due && (!other || time_before(due, other)) ? due : other;
}
