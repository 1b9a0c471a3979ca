/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/share.h - shares */
#ifndef CIFSSRV_POLICY_SHARE_H
#define CIFSSRV_POLICY_SHARE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "../vfs/vfs.h"
#include "../wire/status.h"
#include "../core/ends.h"
#include "../core/share_params_gen.h"
#include "groups.h"

struct csrv_server;
struct csrv_tree_dir;

/*
 * The parameters of a share: one immutable snapshot, replaced as a whole.
 *
 * Where the path has macros each tree has a snapshot of its own: it borrows the share's parameters,
 * texts and groups included, and has the directory of its tree connect.  Requests on files use
 * their tree's.
 */
struct csrv_share_cfg {
	refcount_t			ref;
	struct rcu_head			rcu;
	struct csrv_server		*srv;
	struct csrv_share_cfg		*of;	/* the share's, a reference; NULL: this is it */
	struct csrv_share_params	p;
	struct csrv_groups		force_groups;	/* of @p, read once for all rights */
	struct csrv_groups		guest_groups;
	bool				each;	/* the share's; the path has macros */
	u32				volume;	/* VolumeSerialNumber, stable for the directory */
	/* not for IPC$; of @each without a directory; of a tree's own: @of's and @dir's */
	struct csrv_vfs_root		root;
	struct csrv_tree_dir		*dir;	/* of a tree's own: a reference; else NULL */
	void	(*free)(struct csrv_share_cfg *cfg);	/* of a tree's own; else NULL */
};

/* The share's parameters, from which a tree's own were made. */
static inline const struct csrv_share_cfg *csrv_share_cfg_base(const struct csrv_share_cfg *cfg)
{
	return cfg->of ?: cfg;
}

/*
 * The share.
 *
 * Made by publishing, held by the server's list until revoked, and by its trees.
 */
struct csrv_share {
	struct kref			ref;
	struct csrv_server		*srv;
	char				*name;
	u64				number;		/* of its publication; only goes up */
	bool				ipc;
	bool				revoked;	/* srv->names_lock */
	atomic_t			ntrees;
	/* opens, trees and trees' directories that are still to be closed */
	atomic_t			nleft;
	spinlock_t			left_lock;	/* guards the next two */
	struct list_head		left __guarded_by(&left_lock);	/* csrv_tree_dir.node */
	/* the revocation has begun, and takes no more directories off @left */
	bool				left_late __guarded_by(&left_lock);
	struct work_struct		freeing;
	struct list_head		node;		/* srv->shares; srv->names_lock */
	struct csrv_share_cfg __rcu	*cfg;		/* writers: srv->names_lock */
	struct csrv_revocation		revocation;
};

int csrv_share_publish(struct csrv_server *srv, const char *name,
		       const struct csrv_share_params *p);
struct csrv_share *csrv_share_unlist(struct csrv_server *srv, const char *name);
int csrv_share_publish_ipc(struct csrv_server *srv);
struct csrv_share *csrv_share_find(struct csrv_server *srv, const char *name);
struct csrv_share *csrv_share_next(struct csrv_server *srv, struct csrv_share *after, u64 number);
struct csrv_share *csrv_share_find_homes(struct csrv_server *srv);
bool csrv_share_is_homes(struct csrv_share *share);
struct csrv_share *csrv_share_get(struct csrv_share *share);
void csrv_share_put(struct csrv_share *share);
void csrv_share_put_later(struct csrv_share *share);
void csrv_share_one_left(struct csrv_share *share);
struct csrv_share_cfg *csrv_share_cfg_get(struct csrv_share *share);
struct csrv_share_cfg *csrv_share_cfg_ref(struct csrv_share_cfg *cfg);
void csrv_share_cfg_put(struct csrv_share_cfg *cfg);
bool csrv_share_encrypts(const struct csrv_share_params *p, bool can_seal);

#endif /* CIFSSRV_POLICY_SHARE_H */
