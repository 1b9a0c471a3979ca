/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/share.h - shares, and trees: a share as one session sees it */
#ifndef CIFSSRV_MODEL_SHARE_H
#define CIFSSRV_MODEL_SHARE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "../vfs/vfs.h"
#include "../wire/status.h"
#include "ends.h"
#include "session.h"
#include "share_params_gen.h"

struct csrv_account;
struct csrv_conn;
struct csrv_identity;
struct csrv_server;
struct csrv_tree;
struct csrv_tree_dir;

/**
 * struct csrv_share_cfg - one immutable snapshot of a share's parameters; replaced as a whole
 *
 * Where the path has macros each tree has one of its own: with the parameters of the share's,
 * whose texts it borrows, and the directory of its tree connect.  What works on files goes by its
 * tree's.
 */
struct csrv_share_cfg {
	refcount_t			ref;
	struct rcu_head			rcu;
	struct csrv_server		*srv;
	struct csrv_share_cfg		*of;	/* the share's, a reference; NULL: it is that */
	struct csrv_share_params	p;
	bool				each;	/* the share's, whose path has macros */
	u32				volume;	/* stable number of the directory: volume serial */
	/* not for IPC$; of @each without a directory; of a tree's own: @of's and @dir's */
	struct csrv_vfs_root		root;
	struct csrv_tree_dir		*dir;	/* of a tree's own: a reference; else NULL */
};

/* The share's, of which a tree's own was made. */
static inline const struct csrv_share_cfg *csrv_share_cfg_base(const struct csrv_share_cfg *cfg)
{
	return cfg->of ?: cfg;
}

/**
 * struct csrv_share - one share
 *
 * Made by publishing, held by the server's list until revoked, and by its trees.
 */
struct csrv_share {
	struct kref			ref;
	struct csrv_server		*srv;
	char				*name;
	bool				ipc;
	bool				revoked;	/* srv->names_lock */
	atomic_t			ntrees;
	/* opens, trees and trees' directories that are being closed */
	atomic_t			nleft;
	spinlock_t			left_lock;	/* guards the next two */
	struct list_head		left __guarded_by(&left_lock);	/* csrv_tree_dir.node */
	/* revoked, and whoever does that takes up none of those any more */
	bool				left_late __guarded_by(&left_lock);
	struct work_struct		freeing;
	struct list_head		node;		/* srv->shares; srv->names_lock */
	struct csrv_share_cfg __rcu	*cfg;		/* writers: srv->names_lock */
	struct csrv_revocation		revocation;
};

int csrv_share_publish(struct csrv_server *srv, const char *name,
		       const struct csrv_share_params *p);
void csrv_share_revoke(struct csrv_server *srv, const char *name);
int csrv_share_publish_ipc(struct csrv_server *srv);
void csrv_shares_revoke_all(struct csrv_server *srv);
struct csrv_share *csrv_share_find(struct csrv_server *srv, const char *name);
struct csrv_share *csrv_share_find_homes(struct csrv_server *srv);
bool csrv_share_is_homes(struct csrv_share *share);
struct csrv_share *csrv_share_get(struct csrv_share *share);
void csrv_share_put(struct csrv_share *share);
void csrv_share_put_later(struct csrv_share *share);
void csrv_share_one_left(struct csrv_share *share);
struct csrv_share_cfg *csrv_share_cfg_get(struct csrv_share *share);
struct csrv_share_cfg *csrv_share_cfg_ref(struct csrv_share_cfg *cfg);
void csrv_share_cfg_put(struct csrv_share_cfg *cfg);
struct csrv_share_cfg *csrv_share_cfg_own(const struct csrv_tree *tree, struct csrv_tree_dir *dir);

/**
 * struct csrv_tree - a tree connect, as one user has it
 *
 * Held by its session's table until TREE_DISCONNECT, logoff or revoke, by requests
 * and by opens.  What a user may do here never changes in it: when the session is
 * authenticated again, or the share's parameters have changed, the tree is replaced by
 * one with the same id and the rights that count now.  Opens and requests keep the one
 * that they were made under.
 */
struct csrv_tree {
	struct kref		ref;
	u32			id;
	bool			counted;	/* in share->ntrees; session->lock */
	struct csrv_share	*share;		/* a reference */
	struct csrv_share_cfg	*cfg;		/* a reference: by what the rights are, and where */
	/*
	 * Of a share that is each user's own: as whom the directory was looked up, and nobody else
	 * has a right to it; a reference.  NULL: everybody's
	 */
	struct csrv_identity	*owner;
	bool			by_user;	/* connected to by the name of @owner */
	struct csrv_identity	*identity;	/* a reference: whose rights these are */
	struct csrv_account	*account;	/* a reference: pays for its opens */
	/*
	 * A reference: charged with the tree connect since that was made, whoever has it now.
	 * NULL: the directory in @cfg is, or another tree stands for it by now.  session->lock
	 */
	struct csrv_account	*payer;
	u32			max_access;	/* most that this user may get; 0: not admitted */
	bool			read_only;	/* for this user */
	bool			admin;		/* acts as root here: admin users */
	bool			encrypt;	/* requests must come encrypted */
	const struct cred	*cred;		/* force user, admin users, guest only; else NULL */
	u64			created;	/* FILETIME */
	struct csrv_tree_standers *standers;	/* a reference; likewise all such trees' */

	/*
	 * csrv_open.in_tree: all of the tree connect, those of trees that stood in this one's
	 * place as well.  Under the lock of session->opens
	 */
	struct list_head	opens;
};

/* The name that the client asked for, as clients and administrators see it. */
static inline const char *csrv_tree_name(const struct csrv_tree *tree)
{
	return tree->by_user ? tree->owner->user : tree->share->name;
}

nt_status_t csrv_tree_connect(struct csrv_session *s, struct csrv_conn *conn,
			      const char *share_name, struct csrv_tree **ret);
struct csrv_tree *csrv_tree_find(struct csrv_session *s, u32 id);
nt_status_t csrv_tree_use(struct csrv_session *s, u32 id, struct csrv_tree **ret);
struct csrv_tree *csrv_tree_next(struct csrv_session *s, unsigned long *index);
struct csrv_tree *csrv_tree_get(struct csrv_tree *tree);
void csrv_tree_put(struct csrv_tree *tree);
bool csrv_tree_disconnect(struct csrv_session *s, struct csrv_tree *tree);
bool csrv_tree_alive(struct csrv_session *s, const struct csrv_tree *tree);
struct csrv_tree *csrv_tree_now_locked(struct csrv_session *s, const struct csrv_tree *tree)
	__must_hold(&s->lock);
int csrv_trees_renew_locked(struct csrv_session *s, struct csrv_identity *id,
			    struct xarray *old) __must_hold(&s->lock);
void csrv_trees_forget(struct xarray *old);
void csrv_tree_leave(struct csrv_session *s, struct csrv_tree *tree);
void csrv_trees_leave_all(struct csrv_session *s);

#endif /* CIFSSRV_MODEL_SHARE_H */
