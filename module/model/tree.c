// SPDX-License-Identifier: GPL-2.0-or-later
/* model/tree.c - tree connects, [MS-SMB2] 3.3.1.9, 3.3.5.7 */
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../upcall/uapi.h"
#include "../wire/access.h"
#include "../wire/time.h"
#include "access.h"
#include "conn.h"
#include "open.h"
#include "server.h"
#include "session.h"
#include "share.h"
#include "treeroot.h"

/* How often a session's user may change while it connects. */
#define CONNECT_TRIES	4

/* It is no tree connect any more: there is room for another, whatever its opens wait for. */
static void tree_uncount(struct csrv_tree *tree)
{
	if (tree->counted)
		atomic_dec(&tree->share->ntrees);
	tree->counted = false;
}

/* The tree connect's charge, where @tree is the last that has stood for it. */
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
	csrv_cred_put(tree->cred);
	csrv_identity_put(tree->identity);
	csrv_identity_put(tree->owner);
	csrv_share_cfg_put(tree->cfg);
	tree_uncharge(tree);
	csrv_account_put(tree->account);
	tree_uncount(tree);
	csrv_share_put_later(tree->share);
	csrv_tree_standers_put(tree->standers);
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
struct csrv_tree *csrv_tree_find(struct csrv_session *s, u32 id)
{
	struct csrv_tree *tree;

	csrv_table_lock(&s->trees);
	tree = csrv_table_peek_locked(&s->trees, id);
	if (tree)
		kref_get(&tree->ref);
	csrv_table_unlock(&s->trees);
	return tree;
}

/* The session's live tree with the lowest id from @index on, likewise; @index is past it. */
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

/* The number of "force group" where it counts for @who, else U32_MAX. */
static u32 forced_gid(const struct csrv_share_params *p, const struct csrv_identity *who)
{
	if (p->force_members && !csrv_identity_in_group(who, p->force_gid))
		return U32_MAX;
	return p->force_gid;
}

/*
 * Credentials other than the user's own: admin users, force user, force group, guest only.
 * @who: the session's user, or the guest account in his place
 */
static int tree_cred(struct csrv_tree *tree, const struct csrv_share_params *p,
		     const struct csrv_identity *who)
{
	const struct cred *cred = NULL;
	u32 forced = forced_gid(p, who), gid = forced == U32_MAX ? who->gid : forced;

	if (tree->admin)
		cred = csrv_cred_make(0, forced == U32_MAX ? 0 : gid, NULL, 0);
	else if (p->force_uid != U32_MAX)
		cred = csrv_cred_make(p->force_uid, gid, NULL, 0);
	else if (forced != U32_MAX || who != tree->identity)
		cred = csrv_cred_make(who->uid, gid, who->groups, who->ngroups);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	tree->cred = cred;
	return 0;
}

/* Keys that everybody knows, the anonymous user's, hide nothing. */
static bool can_seal(const struct csrv_session *s)
{
	return s->seal_out && s->proven;
}

static bool share_encrypts(const struct csrv_session *s, const struct csrv_share_params *p)
{
	return p->encryption == CSRV_SHARE_ENCRYPTION_REQUIRED ||
	       (p->encryption == CSRV_SHARE_ENCRYPTION_DESIRED && can_seal(s));
}

/* Is it a share for this user at all? */
static bool tree_admits(const struct csrv_share *share, const struct csrv_share_params *p,
			const struct csrv_config *cfg, const struct csrv_identity *id)
{
	if (share->ipc)
		return cfg->p.restrict_anonymous < 2 || !(id->flags & CSRV_ID_ANONYMOUS);
	return csrv_share_admits(p, id);
}

/* What is asked of a new tree connect besides who the user is. */
static nt_status_t tree_check(struct csrv_session *s, struct csrv_conn *conn,
			      struct csrv_share *share, const struct csrv_share_params *p)
{
	if (!csrv_host_allowed(p->hosts_allow, p->hosts_deny, conn->peer))
		return NT_ACCESS_DENIED;
	if (share_encrypts(s, p) && !can_seal(s))
		return NT_ACCESS_DENIED;	/* [MS-SMB2] 3.3.5.7, RejectUnencryptedAccess */
	/* Before a directory is looked up for nothing; tree_count() decides. */
	if (p->max_connections && atomic_read(&share->ntrees) >= p->max_connections)
		return NT_REQUEST_NOT_ACCEPTED;
	return NT_OK;
}

/*
 * Its user is not admitted: opens that were made through it are used, nothing is opened, and
 * nothing is changed that no right of an open stands for.
 */
static void tree_bar(struct csrv_tree *tree)
{
	tree->max_access = 0;
	tree->read_only = !tree->share->ipc;
}

static int tree_grant(struct csrv_tree *tree, const struct csrv_config *cfg,
		      const struct csrv_identity *who)
{
	const struct csrv_share_params *p = &tree->cfg->p;
	struct csrv_share *share = tree->share;

	if (!tree_admits(share, p, cfg, who))
		return 0;
	tree->admin = !share->ipc && csrv_list_has_user(p->admin_users, who);
	tree->read_only = !share->ipc && !csrv_share_writable(p, who);
	tree->max_access = tree->read_only ?
		FILE_GENERIC_READ | FILE_GENERIC_EXECUTE : FILE_ALL_ACCESS;
	return tree_cred(tree, p, who);
}

/*
 * The one place that decides what a session's user may do on a share, and as whom he acts
 * there: [MS-SMB2] 3.3.5.7, TreeConnect.MaximalAccess.
 */
static int tree_rights(struct csrv_tree *tree, struct csrv_session *s)
{
	const struct csrv_share_params *p = &tree->cfg->p;
	struct csrv_config *cfg;
	const struct csrv_identity guest = {
		.flags	= CSRV_ID_GUEST,
		.uid	= p->guest_uid,
		.gid	= p->guest_gid,
		.user	= p->guest_user,
	};
	bool guests = !tree->share->ipc && csrv_share_is_guests(p);
	int err;

	tree_bar(tree);
	tree->encrypt = share_encrypts(s, p);
	if (guests && p->guest_uid == U32_MAX)
		return 0;		/* nobody knows who the guest is */
	/* Of a tree that was connected before: tree_check() refuses new ones. */
	if (tree->encrypt && !can_seal(s))
		return 0;
	cfg = csrv_config_get(s->srv);
	err = tree_grant(tree, cfg, guests ? &guest : tree->identity);
	csrv_config_put(cfg);
	return err;
}

/* @standers: takes over the reference, which may be NULL for want of memory */
static struct csrv_tree *tree_make(struct csrv_session *s, struct csrv_share *share,
				   struct csrv_identity *id, struct csrv_tree_standers *standers)
{
	struct csrv_tree *tree = standers ? kzalloc(sizeof(*tree), GFP_KERNEL) : NULL;

	if (!tree) {
		csrv_tree_standers_put(standers);
		return NULL;
	}
	kref_init(&tree->ref);
	INIT_LIST_HEAD(&tree->opens);
	tree->standers = standers;
	kref_get(&share->ref);
	tree->share = share;
	tree->identity = csrv_identity_get(id);
	tree->account = csrv_account_get(s->account);
	tree->cfg = csrv_share_cfg_get(share);
	csrv_object_created(CSRV_OBJ_TREE);
	if (tree_rights(tree, s)) {
		csrv_tree_put(tree);
		return NULL;
	}
	return tree;
}

/* One of the share's max_connections; false: all are taken. */
static bool tree_count(struct csrv_tree *tree)
{
	u32 max = tree->cfg->p.max_connections;
	int n = atomic_read(&tree->share->ntrees);

	do {
		if (max && n >= max)
			return false;
	} while (!atomic_try_cmpxchg(&tree->share->ntrees, &n, n + 1));
	tree->counted = true;
	return true;
}

/* What it was charged with before it fails goes with @tree. */
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

/* Where a share is each user's own the tree is @id's, and has that name if it was asked for. */
static void tree_own(struct csrv_tree *tree, struct csrv_identity *id, const char *name)
{
	bool homes = tree->cfg->p.homes;

	if (!homes && !tree->cfg->each)
		return;
	tree->owner = csrv_identity_get(id);
	tree->by_user = homes && !csrv_names_same(name, tree->share->name);
}

/* Before a directory is looked up, which may have to be put by an end that stands behind others. */
static nt_status_t tree_charge(struct csrv_tree *tree)
{
	if (csrv_quota_take(tree->account, CSRV_QUOTA_TREE, 1))
		return NT_INSUFFICIENT_RESOURCES;
	tree->payer = csrv_account_get(tree->account);
	return NT_OK;
}

/* @id: whose rights it has, and the session's user */
static nt_status_t tree_begin(struct csrv_session *s, struct csrv_share *share,
			      struct csrv_identity *id, const char *name, struct csrv_tree **ret)
{
	nt_status_t status;

	mutex_lock(&s->lock);
	status = still_locked(s, id);
	if (status == NT_OK) {
		*ret = tree_make(s, share, id, csrv_tree_standers_alloc());
		status = *ret ? NT_OK : NT_INSUFFICIENT_RESOURCES;
	}
	mutex_unlock(&s->lock);
	if (status != NT_OK)
		return status;
	tree_own(*ret, id, name);
	return (*ret)->max_access ? tree_charge(*ret) : NT_ACCESS_DENIED;
}

/* Who the session is cannot change meanwhile: the tree in the table has that one's rights. */
static nt_status_t tree_publish(struct csrv_session *s, struct csrv_tree *tree)
{
	nt_status_t status;

	mutex_lock(&s->lock);
	status = still_locked(s, tree->identity);
	if (status == NT_OK)
		status = tree_publish_locked(s, tree);
	mutex_unlock(&s->lock);
	return status;
}

/* @share: what @id means by @name */
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
		status = tree_publish(s, tree);
	if (status == NT_OK)
		*ret = tree;
	else
		csrv_tree_put(tree);
	return status;
}

/*
 * The share that a user means by a name, with a reference, or NULL.  The name of a user who has
 * logged on is one of a share that is each user's own, unless it is a share's; nobody else's is.
 */
static struct csrv_share *share_meant(struct csrv_server *srv, const struct csrv_identity *id,
				      const char *name)
{
	struct csrv_share *share = csrv_share_find(srv, name);

	if (!share && csrv_identity_named(id) && csrv_names_same(name, id->user))
		share = csrv_share_find_homes(srv);
	if (share && !csrv_identity_named(id) && csrv_share_is_homes(share)) {
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
 * @s: VALID
 * @conn: over which
 * @share_name: UTF-8, without the server; of a share, or the user's own
 * @ret: the tree, with a reference
 *
 * Where the path of the share has macros, its directory is looked up as the user, which takes as
 * long as the file system likes.
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

/*
 * What the tree connect is now that @tree is, or was before the session's user changed; NULL:
 * it has been disconnected, or its share revoked.  No id comes again before 2^32 others.
 */
struct csrv_tree *csrv_tree_now_locked(struct csrv_session *s, const struct csrv_tree *tree)
{
	struct csrv_tree *now;

	lockdep_assert_held(&s->lock);
	csrv_table_lock(&s->trees);
	now = csrv_table_peek_locked(&s->trees, tree->id);
	csrv_table_unlock(&s->trees);
	return READ_ONCE(tree->share->revoked) ? NULL : now;
}

bool csrv_tree_alive(struct csrv_session *s, const struct csrv_tree *tree)
{
	bool alive;

	mutex_lock(&s->lock);
	alive = csrv_tree_now_locked(s, tree);
	mutex_unlock(&s->lock);
	return alive;
}

/* What stays as it was when the tree connect was made: its directory, and whose it is. */
static int tree_inherit(struct csrv_tree *new, const struct csrv_tree *was)
{
	if (!was->owner)
		return 0;
	new->owner = csrv_identity_get(was->owner);
	new->by_user = was->by_user;
	if (!csrv_identity_alike(new->owner, new->identity))
		tree_bar(new);
	return csrv_tree_keep_root(new, was);
}

static struct csrv_tree *tree_remake(struct csrv_session *s, const struct csrv_tree *tree,
				     struct csrv_identity *id)
{
	struct csrv_tree *new = tree_make(s, tree->share, id,
					  csrv_tree_standers_get(tree->standers));

	if (!new)
		return NULL;
	if (tree_inherit(new, tree)) {
		csrv_tree_put(new);
		return NULL;
	}
	new->id = tree->id;
	new->created = tree->created;
	return new;
}

/*
 * Put @new where @was stands, and return what stood there, with the table's reference.  What
 * belongs to the tree connect goes to @new: its place among the share's, its charge, its opens.
 * What keeps @was is charged itself: an open, or a request.
 */
static struct csrv_tree *tree_replace_locked(struct csrv_session *s, struct csrv_tree *new)
	__must_hold(&s->lock)
{
	/* The place is taken: nothing needs memory. */
	struct csrv_tree *was = csrv_table_replace(&s->trees, new->id, new);

	lockdep_assert_held(&s->lock);
	new->counted = was->counted;
	was->counted = false;
	new->payer = was->payer;
	was->payer = NULL;
	csrv_table_lock(&s->opens);
	list_splice_init(&was->opens, &new->opens);
	csrv_table_unlock(&s->opens);
	return was;
}

/* A tree by the parameters of today in the place of @tree; consumes its reference. */
static nt_status_t tree_follow(struct csrv_session *s, struct csrv_tree *tree,
			       struct csrv_tree **ret)
{
	struct csrv_tree *now, *new = NULL;

	mutex_lock(&s->lock);
	now = s->state == CSRV_SESSION_DEAD ? NULL : csrv_tree_find(s, tree->id);
	if (now)
		new = tree_remake(s, now, s->identity);
	if (new) {
		csrv_tree_get(new);
		csrv_tree_put(tree_replace_locked(s, new));
	}
	mutex_unlock(&s->lock);
	csrv_tree_put(tree);
	if (!now)
		return NT_NETWORK_NAME_DELETED;
	csrv_tree_put(now);
	*ret = new;
	return new ? NT_OK : NT_INSUFFICIENT_RESOURCES;
}

/**
 * csrv_tree_use() - a request names a tree
 * @s: VALID, or was
 * @id: TreeId
 * @ret: set to the tree, with a reference: its rights are by the parameters that the share
 *	has now
 *
 * Return: NT_OK, NT_NETWORK_NAME_DELETED, NT_INSUFFICIENT_RESOURCES.
 */
nt_status_t csrv_tree_use(struct csrv_session *s, u32 id, struct csrv_tree **ret)
{
	struct csrv_tree *tree = csrv_tree_find(s, id);

	if (!tree)
		return NT_NETWORK_NAME_DELETED;
	if (READ_ONCE(tree->share->revoked)) {
		csrv_tree_put(tree);	/* whoever revoked the share is about to disconnect it */
		return NT_NETWORK_NAME_DELETED;
	}
	/* Compared, not used: the tree holds the one it knows, so no other has its address. */
	if (rcu_access_pointer(tree->share->cfg) != csrv_share_cfg_base(tree->cfg))
		return tree_follow(s, tree, ret);
	*ret = tree;
	return NT_OK;
}

/* A tree for @id in the place of each, in @fresh at the same index. */
static int trees_remake(struct csrv_session *s, struct csrv_identity *id, struct xarray *fresh)
{
	struct csrv_tree *tree, *new;
	unsigned long index = 0;
	int err;

	while ((tree = csrv_tree_next(s, &index))) {
		new = tree_remake(s, tree, id);
		csrv_tree_put(tree);	/* not the last: s->lock keeps it in the table */
		if (!new)
			return -ENOMEM;
		err = xa_err(xa_store(fresh, new->id, new, GFP_KERNEL));
		if (err) {
			csrv_tree_put(new);
			return err;
		}
	}
	return 0;
}

/**
 * csrv_trees_renew_locked() - the session's user is @id from now on: so are its trees
 * @s: its lock is held
 * @id: who it becomes under the same lock
 * @old: empty; gets the trees that were replaced, or was given up halfway.  To
 *	csrv_trees_forget() once the lock is released
 *
 * Parameters of the share count as they are now.  A user whom the share does not admit
 * keeps a tree through which opens are used, and nothing can be opened.
 * Return: 0; -ENOMEM and all is as it was.
 */
int csrv_trees_renew_locked(struct csrv_session *s, struct csrv_identity *id, struct xarray *old)
{
	struct csrv_tree *tree;
	unsigned long index;
	int err;

	lockdep_assert_held(&s->lock);
	err = trees_remake(s, id, old);
	if (err)
		return err;
	xa_for_each(old, index, tree)
		xa_store(old, index, tree_replace_locked(s, tree), GFP_KERNEL);
	return 0;
}

void csrv_trees_forget(struct xarray *old)
{
	struct csrv_tree *tree;
	unsigned long index;

	xa_for_each(old, index, tree)
		csrv_tree_put(tree);
	xa_destroy(old);
}

/* The first half, which enters no file system; csrv_opens_finish() is the other. */
static bool tree_leave(struct csrv_session *s, struct csrv_tree *tree, struct list_head *left)
{
	struct csrv_tree *now;

	mutex_lock(&s->lock);
	now = csrv_table_erase(&s->trees, tree->id);
	if (now) {
		s->ntrees--;
		WRITE_ONCE(now->standers->gone, true);
		tree_uncount(now);
		atomic_inc(&now->share->nleft);		/* until its opens are counted there */
	}
	mutex_unlock(&s->lock);
	if (!now)
		return false;
	csrv_session_cancel(&(const struct csrv_ending){ .session = s, .tid = now->id });
	csrv_opens_leave_tree(s, now, left);
	csrv_share_one_left(now->share);	/* @now keeps it */
	csrv_tree_put(now);
	return true;
}

/**
 * csrv_tree_disconnect() - TREE_DISCONNECT, or the end of the share
 * @s: the session
 * @tree: of it; may have been replaced meanwhile
 *
 * Return: false if somebody else did it before.
 */
bool csrv_tree_disconnect(struct csrv_session *s, struct csrv_tree *tree)
{
	LIST_HEAD(left);
	bool mine = tree_leave(s, tree, &left);

	csrv_opens_finish(s, &left);
	return mine;
}

/* The first half of a disconnect; csrv_opens_finish_share() is the other. */
void csrv_tree_leave(struct csrv_session *s, struct csrv_tree *tree)
{
	tree_leave(s, tree, &s->left);
}

/* The session ends; csrv_opens_finish() of @s->left follows. */
void csrv_trees_leave_all(struct csrv_session *s)
{
	struct csrv_tree *tree;
	unsigned long index = 0;

	while ((tree = csrv_tree_next(s, &index))) {
		csrv_tree_leave(s, tree);
		csrv_tree_put(tree);
	}
}
