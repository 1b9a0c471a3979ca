/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/tree.h - tree connects of a session */
#ifndef CIFSSRV_CLIENT_TREE_H
#define CIFSSRV_CLIENT_TREE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include "../compat/context.h"
#include "../core/standing.h"
#include "../wire/status.h"
#include "../policy/rights.h"
#include "session.h"
#include "../policy/share.h"

struct csrv_account;
struct csrv_conn;
struct xarray;

/**
 * struct csrv_tree - a tree connect
 * @ref: held by its session's table until TREE_DISCONNECT, logoff or revocation, and by requests
 * @id: TreeId
 * @counted: in share->ntrees; session->lock
 * @share: a reference
 * @rights: a reference: rights of the session's user, replaced when the session is authenticated
 *	again or the share's parameters have changed; writers: session->lock
 * @payer: a reference: charged with the tree connect since it was made, whichever user has it.
 *	NULL: the directory in the parameters of @rights has the charge
 * @created: FILETIME
 * @gone: it has been disconnected, or its share revoked; only ever set
 * @standers: the requests that stand on it
 * @opens: csrv_open.in_tree of all opens made on it.  Under the lock of session->opens
 */
struct csrv_tree {
	struct kref			ref;
	u32				id;
	bool				counted;
	struct csrv_share		*share;
	struct csrv_rights __rcu	*rights;
	struct csrv_account		*payer;
	u64				created;
	bool				gone;
	struct csrv_standers		standers;
	struct list_head		opens;
};

nt_status_t csrv_tree_connect(struct csrv_session *s, struct csrv_conn *conn,
			      const char *share_name, struct csrv_tree **ret);
bool csrv_tree_would_connect(struct csrv_session *s, struct csrv_share *share);
nt_status_t csrv_tree_use(struct csrv_session *s, u32 id, struct csrv_tree **ret,
			  struct csrv_rights **rights);
struct csrv_tree *csrv_tree_next(struct csrv_session *s, unsigned long *index);
struct csrv_rights *csrv_tree_rights(struct csrv_tree *tree);
struct csrv_tree *csrv_tree_get(struct csrv_tree *tree);
void csrv_tree_put(struct csrv_tree *tree);
void csrv_tree_uncount(struct csrv_tree *tree);
bool csrv_tree_disconnect(struct csrv_session *s, struct csrv_tree *tree);
bool csrv_tree_alive(struct csrv_session *s, const struct csrv_tree *tree);
struct csrv_tree *csrv_tree_by_id_locked(struct csrv_session *s, u32 id) __must_hold(&s->lock);
int csrv_trees_renew_locked(struct csrv_session *s, struct csrv_identity *id,
			    struct xarray *old) __must_hold(&s->lock);
void csrv_trees_forget(struct xarray *old);
void csrv_tree_leave(struct csrv_session *s, struct csrv_tree *tree);
void csrv_trees_leave_all(struct csrv_session *s, bool keep);

#endif /* CIFSSRV_CLIENT_TREE_H */
