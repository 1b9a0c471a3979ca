// SPDX-License-Identifier: GPL-2.0-or-later
/* client/tree.c - tree connects, [MS-SMB2] 3.3.1.9, 3.3.5.7 */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/access.h"
#include "../policy/rights.h"
#include "../policy/share.h"
#include "../upcall/uapi.h"
#include "../wire/time.h"
#include "conn.h"
#include "session.h"
#include "tree.h"
#include "treeroot.h"

/* How often a session's user may change during a TREE_CONNECT. */
#define CONNECT_TRIES	4

/* The tree connect has ended: others may take its place, whatever its opens wait for. */
void csrv_tree_uncount(struct csrv_tree *tree)
{
	if (tree->counted)
		atomic_dec(&tree->share->ntrees);
	tree->counted = false;
}

/* Give back the tree connect's charge, unless its directory has it. */
static void tree_uncharge(struct csrv_tree *tree)
{
	if (tree->payer)
		csrv_quota_give(tree->payer, CSRV_QUOTA_TREE, 1);
	csrv_account_put(tree->payer);
}

static void tree_free(struct kref *ref)
{
	struct csrv_tree *tree = container_of(ref, struct csrv_tree, ref);

	csrv_fault_delay(CSRV_FAULT_TREE_PUT);
	csrv_rights_put(rcu_dereference_raw(tree->rights));
	tree_uncharge(tree);
	csrv_tree_uncount(tree);
	csrv_share_put_later(tree->share);
	csrv_object_destroyed(CSRV_OBJ_TREE);
	kfree(tree);
}

struct csrv_tree *csrv_tree_get(struct csrv_tree *tree)
{
	kref_get(&tree->ref);
	return tree;
}

void csrv_tree_put(struct csrv_tree *tree)
{
	if (tree)
		kref_put(&tree->ref, tree_free);
}

/* The session's live tree of that id, with a reference, or NULL. */
static struct csrv_tree *tree_find(struct csrv_session *s, u32 id)
{
	struct csrv_tree *tree;

	csrv_table_lock(&s->trees);
	tree = csrv_table_peek_locked(&s->trees, id);
	if (tree)
		kref_get(&tree->ref);
	csrv_table_unlock(&s->trees);
	return tree;
}

/* The session's live tree with the lowest id from @index on, as above; @index is past it. */
struct csrv_tree *csrv_tree_next(struct csrv_session *s, unsigned long *index)
{
	struct csrv_tree *tree;

	csrv_table_lock(&s->trees);
	tree = csrv_table_next_locked(&s->trees, index);
	if (tree)
		kref_get(&tree->ref);
	csrv_table_unlock(&s->trees);
	(*index)++;
	return tree;
}

/* The current rights, with a reference; never NULL. */
struct csrv_rights *csrv_tree_rights(struct csrv_tree *tree)
{
	struct csrv_rights *r;

	rcu_read_lock();
	do {
		r = rcu_dereference(tree->rights);
	} while (!refcount_inc_not_zero(&r->ref));
	rcu_read_unlock();
	return r;
}

/* Not with public keys, which the anonymous user has. */
static bool can_seal(const struct csrv_session *s)
{
	return s->seal_out && s->proven;
}

/* The checks of a new tree connect besides the user's rights. */
static nt_status_t tree_check(struct csrv_session *s, struct csrv_conn *conn,
			      struct csrv_share *share, const struct csrv_share_params *p)
{
	if (!csrv_host_allowed(p->hosts_allow, p->hosts_deny, conn->peer))
		return NT_ACCESS_DENIED;
	if (csrv_share_encrypts(p, can_seal(s)) && !can_seal(s))
		return NT_ACCESS_DENIED;	/* [MS-SMB2] 3.3.5.7, RejectUnencryptedAccess */
	/* Spares the look-up of a directory; tree_count() decides. */
	if (p->max_connections && atomic_read(&share->ntrees) >= p->max_connections)
		return NT_REQUEST_NOT_ACCEPTED;
	return NT_OK;
}

/* A tree in no table, and without rights; one reference.  NULL without memory. */
static struct csrv_tree *tree_alloc(struct csrv_share *share)
{
	struct csrv_tree *tree = kzalloc(sizeof(*tree), GFP_KERNEL);

	if (!tree)
		return NULL;
	kref_init(&tree->ref);
	INIT_LIST_HEAD(&tree->opens);
	csrv_standers_init(&tree->standers);
	tree->share = csrv_share_get(share);
	csrv_object_created(CSRV_OBJ_TREE);
	return tree;
}

/* Count the tree to the share's max_connections; false: there are that many. */
static bool tree_count(struct csrv_tree *tree)
{
	u32 max = rcu_dereference_raw(tree->rights)->cfg->p.max_connections;	/* not shared yet */
	int n = atomic_read(&tree->share->ntrees);

	do {
		if (max && n >= max)
			return false;
	} while (!atomic_try_cmpxchg(&tree->share->ntrees, &n, n + 1));
	tree->counted = true;
	return true;
}

/* If it fails, the tree's charge is given back with @tree. */
static nt_status_t tree_publish_locked(struct csrv_session *s, struct csrv_tree *tree)
	__must_hold(&s->lock)
{
	struct timespec64 now;
	struct csrv_config *cfg;
	u32 max;
	int err;

	lockdep_assert_held(&s->lock);
	cfg = csrv_config_get(s->srv);
	max = cfg->p.max_trees_per_session;
	csrv_config_put(cfg);
	if (READ_ONCE(tree->share->revoked))
		return NT_BAD_NETWORK_NAME;
	/* Another may have taken the place that tree_check() saw. */
	if (!tree_count(tree))
		return NT_REQUEST_NOT_ACCEPTED;
	if (s->ntrees >= max)
		return NT_INSUFFICIENT_RESOURCES;
	ktime_get_real_ts64(&now);
	tree->created = wire_filetime(now.tv_sec, now.tv_nsec);
	err = csrv_table_add_cyclic(&s->trees, tree, &tree->id);
	if (err)
		return NT_INSUFFICIENT_RESOURCES;
	csrv_tree_get(tree);
	s->ntrees++;
	return NT_OK;
}

/* Is the session still @id's?  It was before the lock was taken. */
static nt_status_t still_locked(const struct csrv_session *s, const struct csrv_identity *id)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	if (s->state == CSRV_SESSION_DEAD)
		return NT_USER_SESSION_DELETED;
	return s->identity == id ? NT_OK : NT_RETRY;
}

/* Charged before the directory is looked up: to put that may be an end that has to wait. */
static nt_status_t tree_charge(struct csrv_tree *tree, struct csrv_account *account)
{
	if (csrv_quota_take(account, CSRV_QUOTA_TREE, 1))
		return NT_INSUFFICIENT_RESOURCES;
	tree->payer = csrv_account_get(account);
	return NT_OK;
}

/* @id: the session's user.  @ret: a tree that only the caller has, with the user's rights */
static nt_status_t tree_begin(struct csrv_session *s, struct csrv_share *share,
			      struct csrv_identity *id, const char *name, struct csrv_tree **ret)
{
	struct csrv_rights *r = NULL;
	nt_status_t status;

	*ret = tree_alloc(share);
	if (!*ret)
		return NT_INSUFFICIENT_RESOURCES;
	mutex_lock(&s->lock);
	status = still_locked(s, id);
	if (status == NT_OK)
		r = csrv_rights_make(share, id, s->account, can_seal(s));
	mutex_unlock(&s->lock);
	if (status != NT_OK)
		return status;
	if (!r)
		return NT_INSUFFICIENT_RESOURCES;
	csrv_rights_own(r, name);
	RCU_INIT_POINTER((*ret)->rights, r);
	return r->max_access ? tree_charge(*ret, r->account) : NT_ACCESS_DENIED;
}

/* The lock keeps the session's identity: the tree in the table has the rights of that. */
static nt_status_t tree_publish(struct csrv_session *s, struct csrv_tree *tree,
				const struct csrv_identity *id)
{
	nt_status_t status;

	mutex_lock(&s->lock);
	status = still_locked(s, id);
	if (status == NT_OK)
		status = tree_publish_locked(s, tree);
	mutex_unlock(&s->lock);
	return status;
}

/* @share: found by share_meant() for @id */
static nt_status_t tree_connect(struct csrv_session *s, struct csrv_conn *conn,
				struct csrv_share *share, struct csrv_identity *id,
				const char *name, struct csrv_tree **ret)
{
	struct csrv_share_cfg *cfg = csrv_share_cfg_get(share);
	nt_status_t status = tree_check(s, conn, share, &cfg->p);
	struct csrv_tree *tree = NULL;

	csrv_share_cfg_put(cfg);
	if (status == NT_OK)
		status = tree_begin(s, share, id, name, &tree);
	if (status == NT_OK)
		status = csrv_tree_find_root(tree, conn);
	csrv_fault_delay(CSRV_FAULT_TREE_FOUND);
	if (status == NT_OK)
		status = tree_publish(s, tree, id);
	if (status == NT_OK)
		*ret = tree;
	else
		csrv_tree_put(tree);
	return status;
}

/* Is the share one for that kind of user: a share of homes has none for a user without a name. */
static bool is_for(struct csrv_share *share, const struct csrv_identity *id)
{
	return csrv_identity_named(id) || !csrv_share_is_homes(share);
}

/*
 * The share that a user means by a name, with a reference, or NULL.  Unless a share has that name,
 * the name of the session's own user means the share with `homes`; no other user's name does.
 */
static struct csrv_share *share_meant(struct csrv_server *srv, const struct csrv_identity *id,
				      const char *name)
{
	struct csrv_share *share = csrv_share_find(srv, name);

	if (!share && csrv_identity_named(id) && csrv_names_same(name, id->user))
		share = csrv_share_find_homes(srv);
	if (share && !is_for(share, id)) {
		csrv_share_put(share);
		share = NULL;
	}
	return share;
}

static nt_status_t connect_once(struct csrv_session *s, struct csrv_conn *conn, const char *name,
				struct csrv_tree **ret)
{
	struct csrv_identity *id = csrv_session_identity(s);
	struct csrv_share *share;
	nt_status_t status;

	if (!id)
		return NT_USER_SESSION_DELETED;
	share = share_meant(s->srv, id, name);
	status = share ? tree_connect(s, conn, share, id, name, ret) : NT_BAD_NETWORK_NAME;
	csrv_share_put(share);
	csrv_identity_put(id);
	return status;
}

/**
 * csrv_tree_connect() - a session connects to a share
 * @s: the session; VALID
 * @conn: the connection that the request came over
 * @share_name: UTF-8, without the server; of a share, or the user's own
 * @ret: the tree, with a reference
 *
 * Where the path of the share has macros, its directory is looked up as the user, which takes as
 * long as the file system takes.  Takes session->lock, but not for that time: the caller holds
 * no lock.
 * Return: NT_OK, NT_BAD_NETWORK_NAME, NT_ACCESS_DENIED, NT_REQUEST_NOT_ACCEPTED …
 */
nt_status_t csrv_tree_connect(struct csrv_session *s, struct csrv_conn *conn,
			      const char *share_name, struct csrv_tree **ret)
{
	int tries = CONNECT_TRIES;
	nt_status_t status;

	do {
		status = connect_once(s, conn, share_name, ret);
	} while (status == NT_RETRY && --tries);
	return status == NT_RETRY ? NT_INSUFFICIENT_RESOURCES : status;
}

/* Do the share's lists of hosts admit one of the session's connections? */
static bool hosts_admit_locked(struct csrv_session *s, const struct csrv_share_params *p)
	__must_hold(&s->lock)
{
	struct csrv_channel *ch;

	lockdep_assert_held(&s->lock);
	list_for_each_entry(ch, &s->channels, node)
		if (csrv_host_allowed(p->hosts_allow, p->hosts_deny, ch->conn->peer))
			return true;
	return false;
}

/**
 * csrv_tree_would_connect() - would a TREE_CONNECT of the session to a share be admitted
 * @s: the session
 * @share: the share
 *
 * The user and the hosts count; not how many are connected, nor whether the directory is there.
 * Takes session->lock.
 * Return: true if it would.
 */
bool csrv_tree_would_connect(struct csrv_session *s, struct csrv_share *share)
{
	struct csrv_share_cfg *cfg = csrv_share_cfg_get(share);
	bool would;

	mutex_lock(&s->lock);
	would = s->state == CSRV_SESSION_VALID && is_for(share, s->identity) &&
		hosts_admit_locked(s, &cfg->p) &&
		csrv_rights_admit(share, cfg, s->identity, can_seal(s));
	mutex_unlock(&s->lock);
	csrv_share_cfg_put(cfg);
	return would;
}

static struct csrv_tree *tree_peek_locked(struct csrv_session *s, u32 id) __must_hold(&s->lock)
{
	struct csrv_tree *tree;

	lockdep_assert_held(&s->lock);
	csrv_table_lock(&s->trees);
	tree = csrv_table_peek_locked(&s->trees, id);
	csrv_table_unlock(&s->trees);
	return tree;
}

/*
 * The tree connect of that number; NULL when it has been disconnected, or its share revoked.  A
 * number is used again after 2^32 others.
 */
struct csrv_tree *csrv_tree_by_id_locked(struct csrv_session *s, u32 id)
{
	struct csrv_tree *tree = tree_peek_locked(s, id);

	lockdep_assert_held(&s->lock);
	return tree && !READ_ONCE(tree->share->revoked) ? tree : NULL;
}

/* Neither is the tree disconnected nor its share revoked. */
bool csrv_tree_alive(struct csrv_session *s, const struct csrv_tree *tree)
{
	bool alive;

	mutex_lock(&s->lock);
	alive = csrv_tree_by_id_locked(s, tree->id);
	mutex_unlock(&s->lock);
	return alive;
}

/* Replace the rights of @tree by @new; returns the old ones with their reference. */
static struct csrv_rights *tree_set_rights(struct csrv_session *s, struct csrv_tree *tree,
					   struct csrv_rights *new) __must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	return rcu_replace_pointer(tree->rights, new, lockdep_is_held(&s->lock));
}

static struct csrv_rights *tree_renew(struct csrv_session *s, struct csrv_tree *tree,
				      struct csrv_identity *id) __must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	return csrv_rights_renew(rcu_dereference_protected(tree->rights, lockdep_is_held(&s->lock)),
				 id, s->account, can_seal(s));
}

/* Replace the rights by those that follow from the current parameters.  @ret: with a reference */
static nt_status_t tree_follow(struct csrv_session *s, struct csrv_tree *tree,
			       struct csrv_rights **ret)
{
	struct csrv_rights *new = NULL;
	bool alive;

	mutex_lock(&s->lock);
	alive = s->state != CSRV_SESSION_DEAD && csrv_tree_by_id_locked(s, tree->id);
	if (alive)
		new = tree_renew(s, tree, s->identity);
	if (new)
		csrv_rights_put(tree_set_rights(s, tree, csrv_rights_get(new)));
	mutex_unlock(&s->lock);
	if (!alive)
		return NT_NETWORK_NAME_DELETED;
	*ret = new;
	return new ? NT_OK : NT_INSUFFICIENT_RESOURCES;
}

/* Do the rights follow from the current parameters of the share? */
static bool tree_is_current(const struct csrv_tree *tree, const struct csrv_rights *r)
{
	/* Compared, not used: the rights hold their parameters, so no others have that address. */
	return rcu_access_pointer(tree->share->cfg) == csrv_share_cfg_base(r->cfg);
}

/**
 * csrv_tree_use() - look up the tree that a request names
 * @s: VALID, or it was
 * @id: TreeId
 * @ret: set to the tree, with a reference
 * @rights: set to the rights by the current parameters of the share, with a reference
 *
 * Takes session->lock when the parameters have changed.
 * Return: NT_OK, NT_NETWORK_NAME_DELETED, NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_tree_use(struct csrv_session *s, u32 id, struct csrv_tree **ret,
			  struct csrv_rights **rights)
{
	struct csrv_tree *tree = tree_find(s, id);
	nt_status_t status = NT_OK;
	struct csrv_rights *r;

	if (!tree)
		return NT_NETWORK_NAME_DELETED;
	if (READ_ONCE(tree->share->revoked)) {
		csrv_tree_put(tree);	/* the revocation is about to disconnect the tree */
		return NT_NETWORK_NAME_DELETED;
	}
	r = csrv_tree_rights(tree);
	if (!tree_is_current(tree, r)) {
		csrv_rights_put(r);
		status = tree_follow(s, tree, &r);
	}
	if (status != NT_OK) {
		csrv_tree_put(tree);
		return status;
	}
	*ret = tree;
	*rights = r;
	return NT_OK;
}

/* For each tree make rights of @id, in @fresh at the same index. */
static int trees_renew(struct csrv_session *s, struct csrv_identity *id, struct xarray *fresh)
	__must_hold(&s->lock)
{
	struct csrv_rights *new;
	struct csrv_tree *tree;
	unsigned long index = 0;
	int err;

	lockdep_assert_held(&s->lock);
	while ((tree = csrv_tree_next(s, &index))) {
		new = tree_renew(s, tree, id);
		err = new ? xa_err(xa_store(fresh, tree->id, new, GFP_KERNEL)) : -ENOMEM;
		csrv_tree_put(tree);	/* not the last: s->lock keeps it in the table */
		if (err) {
			csrv_rights_put(new);
			return err;
		}
	}
	return 0;
}

/**
 * csrv_trees_renew_locked() - give a session's trees to its new user
 * @s: its lock is held
 * @id: the new identity, which the caller sets under the same lock
 * @old: empty; filled with the rights that were replaced, or made in vain.  For
 *	csrv_trees_forget() once the lock is released
 *
 * The current parameters of the share count.  A user that the share does not admit keeps a tree
 * through which existing opens can be used, and nothing can be opened.
 * Return: 0; -ENOMEM: nothing has changed.
 */
int csrv_trees_renew_locked(struct csrv_session *s, struct csrv_identity *id, struct xarray *old)
{
	struct csrv_rights *new;
	unsigned long index;
	int err;

	lockdep_assert_held(&s->lock);
	err = trees_renew(s, id, old);
	if (err)
		return err;
	/* The entries exist, so no memory is needed.  No tree is inserted or removed meanwhile. */
	xa_for_each(old, index, new)
		xa_store(old, index, tree_set_rights(s, tree_peek_locked(s, index), new),
			 GFP_KERNEL);
	return 0;
}

void csrv_trees_forget(struct xarray *old)
{
	struct csrv_rights *r;
	unsigned long index;

	xa_for_each(old, index, r)
		csrv_rights_put(r);
	xa_destroy(old);
}
