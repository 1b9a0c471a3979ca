/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs/lease.h - how others on this machine are noticed: leases of the kernel
 *
 * A client may cache what the module would notice a change of.  Changes through this module are
 * known to store/; of those by local processes and by nfsd the kernel notifies the holder of a
 * delegation (FL_DELEG) before they happen: it calls lm_break, and the process waits until the
 * delegation is given up, at most fs.lease-break-time seconds.
 *
 *	delegation     ends for                                                  lets clients cache
 *	for reading    an open for writing, truncate, unlink, rename, link,      R, RH
 *	               a change of attributes, owner, times, ACLs or xattrs
 *	for writing    that, and an open for reading                             all
 *
 * What has been opened before it was taken breaks nothing (a writable mapping keeps its struct file
 * open, too): so there must be none.  The kernel counts the struct files of an inode; those of this
 * module are counted here, and what is left is foreign.
 */
#ifndef CIFSSRV_VFS_LEASE_H
#define CIFSSRV_VFS_LEASE_H

#include <linux/atomic.h>
#include <linux/rwsem.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "rw.h"

struct cred;
struct file;
struct inode;
struct path;

/**
 * struct csrv_vfs_own - struct files of one inode that are this module's
 * @turn: held for reading while one is opened or closed, for writing while they are compared with
 *	the kernel's counts; for that it is never waited for, as the file system may take long
 * @nreaders: open for reading only, as inode->i_readcount
 * @nwriters: open for writing, as inode->i_writecount
 */
struct csrv_vfs_own {
	struct rw_semaphore	turn;
	atomic_t		nreaders;
	atomic_t		nwriters;
};

void csrv_vfs_own_init(struct csrv_vfs_own *own);
int csrv_vfs_own_open(struct csrv_vfs_own *own, const struct path *path, int oflags, bool created,
		      struct csrv_vfs_file *vf);
void csrv_vfs_own_close(struct csrv_vfs_own *own, const struct csrv_vfs_file *vf);

enum csrv_vfs_lease_type {
	CSRV_VFS_LEASE_NONE,
	CSRV_VFS_LEASE_READ,
	CSRV_VFS_LEASE_WRITE,
};

/**
 * enum csrv_vfs_lease_break - what has to be given up, a mask
 * @CSRV_VFS_LEASE_BY_READER: writing
 * @CSRV_VFS_LEASE_BY_WRITER: all
 */
enum csrv_vfs_lease_break {
	CSRV_VFS_LEASE_BY_READER	= 1,
	CSRV_VFS_LEASE_BY_WRITER	= 2,
};

/**
 * struct csrv_vfs_lease - the delegation of one inode
 * @own: of the inode
 * @cred: root's, with which it is taken (before 6.12 that needs CAP_LEASE); lives longer
 * @broken: calls the owner, which answers with csrv_vfs_lease_answer(): from any task, under a
 *	spinlock of the inode
 * @carrier: the struct file that it is taken with: O_PATH, so it is open for nothing, no count of
 *	the inode has it, and the file system does not know it
 * @type: enum csrv_vfs_lease_type
 * @target: F_*: what lm_change makes of it
 * @breaks: mask of enum csrv_vfs_lease_break: not answered yet
 * @due: of each of @breaks: see csrv_vfs_lease_due()
 *
 * The owner calls its functions one at a time.
 */
struct csrv_vfs_lease {
	struct csrv_vfs_own	*own;
	const struct cred	*cred;
	void			(*broken)(struct csrv_vfs_lease *l);
	struct file		*carrier;
	u8			type;
	u8			target;
	atomic_t		breaks;
	unsigned long		due[2];
};

bool csrv_vfs_lease_possible(const struct inode *inode);
int csrv_vfs_lease_init(struct csrv_vfs_lease *l, struct csrv_vfs_own *own,
			const struct cred *cred, const struct path *path,
			void (*broken)(struct csrv_vfs_lease *l));
void csrv_vfs_lease_close(struct csrv_vfs_lease *l);
int csrv_vfs_lease_take(struct csrv_vfs_lease *l, bool write) __must_hold(&l->own->turn);
void csrv_vfs_lease_answer(struct csrv_vfs_lease *l, u32 breaks);
void csrv_vfs_lease_end(struct csrv_vfs_lease *l);
unsigned long csrv_vfs_lease_due(const struct csrv_vfs_lease *l, u32 breaks);
u32 csrv_vfs_lease_breaks(const struct csrv_vfs_lease *l);
u8 csrv_vfs_lease_holds(const struct csrv_vfs_lease *l);

#endif /* CIFSSRV_VFS_LEASE_H */
