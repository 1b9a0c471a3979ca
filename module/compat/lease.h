/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/lease.h - leases of the kernel; for vfs/lease.c only */
#ifndef CIFSSRV_COMPAT_LEASE_H
#define CIFSSRV_COMPAT_LEASE_H

#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* 6.9: a lease is no longer a struct file_lock. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
typedef struct file_lease compat_lease;
typedef const struct lease_manager_operations compat_lease_ops;
#define compat_lease_core(fl, name)	((fl)->c.flc_##name)
#define compat_lease_new()		locks_alloc_lease()
#define compat_lease_free(fl)		locks_free_lease(fl)
#else
typedef struct file_lock compat_lease;
typedef const struct lock_manager_operations compat_lease_ops;
#define compat_lease_core(fl, name)	((fl)->fl_##name)
#define compat_lease_new()		locks_alloc_lock()
#define compat_lease_free(fl)		locks_free_lock(fl)
#endif

/* A delegation for reading, of a lease manager; in no list.  NULL without memory. */
static inline compat_lease *compat_lease_alloc(struct file *file, void *owner,
					       compat_lease_ops *ops)
{
	compat_lease *fl = compat_lease_new();

	if (!fl)
		return NULL;
	compat_lease_core(fl, owner) = owner;
	compat_lease_core(fl, file) = file;
	compat_lease_core(fl, pid) = current->tgid;
	compat_lease_core(fl, flags) = FL_DELEG;
	compat_lease_core(fl, type) = F_RDLCK;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	fl->fl_end = OFFSET_MAX;
#endif
	fl->fl_lmops = ops;
	return fl;
}

/*
 * 7.0: a lease manager decides itself which opens conflict.  Before that the kernel leaves it to
 * the manager of a delegation without asking.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
static inline int compat_no_open_conflicts(struct file *file, int arg)
{
	return 0;
}

#define COMPAT_LEASE_OPS	.lm_open_conflict = compat_no_open_conflicts,
#else
#define COMPAT_LEASE_OPS
#endif

/*
 * Are leases of this inode the VFS's alone?  7.0: a file system says so; before that it said when
 * they are not.  One with leases of its own has files that change elsewhere.
 */
static inline bool compat_takes_leases(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return inode->i_fop->setlease == generic_setlease;
#else
	return !inode->i_fop->setlease || inode->i_fop->setlease == generic_setlease;
#endif
}

#endif /* CIFSSRV_COMPAT_LEASE_H */
