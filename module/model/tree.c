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

static void tree_free(struct kref *ref)
{
	struct csrv_tree *tree = container_of(ref, struct csrv_tree, ref);

	csrv_fault_delay(CSRV_FAULT_TREE_PUT);
	csrv_cred_put(tree->cred);
	atomic_dec(&tree->share->ntrees);
	csrv_share_put(tree->share);
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

/* Credentials other than the user's own: admin users, force user, force group. */
static int tree_cred(struct csrv_tree *tree, const struct csrv_share_params *p,
		     const struct csrv_identity *id)
{
	const struct cred *cred = NULL;
	u32 gid = p->force_gid == U32_MAX ? id->gid : p->force_gid;

	if (tree->admin)
		cred = csrv_cred_make(0, p->force_gid == U32_MAX ? 0 : gid, NULL, 0);
	else if (p->force_uid != U32_MAX)
		cred = csrv_cred_make(p->force_uid, gid, NULL, 0);
	else if (p->force_gid != U32_MAX)
		cred = csrv_cred_make(id->uid, gid, id->groups, id->ngroups);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	tree->cred = cred;
	return 0;
}

static bool share_encrypts(const struct csrv_session *s, const struct csrv_share_params *p)
{
	return p->encryption == CSRV_SHARE_ENCRYPTION_REQUIRED ||
	       (p->encryption == CSRV_SHARE_ENCRYPTION_DESIRED && s->seal_out);
}

static nt_status_t tree_check(struct csrv_session *s, struct csrv_conn *conn,
			      struct csrv_share *share, const struct csrv_share_params *p,
			      const struct csrv_identity *id)
{
	struct csrv_config *cfg = csrv_config_get(s->srv);
	nt_status_t status = NT_OK;

	if (!csrv_host_allowed(p->hosts_allow, p->hosts_deny, conn->peer))
		status = NT_ACCESS_DENIED;
	else if (share->ipc && cfg->p.restrict_anonymous >= 2 && (id->flags & CSRV_ID_ANONYMOUS))
		status = NT_ACCESS_DENIED;
	else if (!share->ipc && !csrv_share_admits(p, id))
		status = NT_ACCESS_DENIED;
	else if (share_encrypts(s, p) && !s->seal_out)
		status = NT_ACCESS_DENIED;	/* [MS-SMB2] 3.3.5.7, RejectUnencryptedAccess */
	else if (p->max_connections && atomic_read(&share->ntrees) >= p->max_connections)
		status = NT_REQUEST_NOT_ACCEPTED;
	csrv_config_put(cfg);
	return status;
}

static struct csrv_tree *tree_make(struct csrv_session *s, struct csrv_share *share,
				   const struct csrv_share_params *p,
				   const struct csrv_identity *id)
{
	struct csrv_tree *tree = kzalloc(sizeof(*tree), GFP_KERNEL);
	struct timespec64 now;

	if (!tree)
		return NULL;
	kref_init(&tree->ref);
	kref_get(&share->ref);
	tree->share = share;
	atomic_inc(&share->ntrees);
	csrv_object_created(CSRV_OBJ_TREE);
	ktime_get_real_ts64(&now);
	tree->created = wire_filetime(now.tv_sec, now.tv_nsec);
	tree->admin = !share->ipc && csrv_list_has_user(p->admin_users, id);
	tree->read_only = !share->ipc && !csrv_share_writable(p, id);
	tree->encrypt = share_encrypts(s, p);
	tree->max_access = tree->read_only ?
		FILE_GENERIC_READ | FILE_GENERIC_EXECUTE : FILE_ALL_ACCESS;
	if (tree_cred(tree, p, id)) {
		csrv_tree_put(tree);
		return NULL;
	}
	return tree;
}

static nt_status_t tree_publish(struct csrv_session *s, struct csrv_tree *tree)
{
	nt_status_t status = NT_USER_SESSION_DELETED;
	int err;

	mutex_lock(&s->lock);
	if (s->state == CSRV_SESSION_DEAD)
		goto out;
	status = NT_BAD_NETWORK_NAME;
	if (READ_ONCE(tree->share->revoked))
		goto out;
	err = csrv_table_add_cyclic(&s->trees, tree, &tree->id);
	status = err ? NT_INSUFFICIENT_RESOURCES : NT_OK;
	if (!err)
		csrv_tree_get(tree);
out:
	mutex_unlock(&s->lock);
	return status;
}

/**
 * csrv_tree_connect() - a session connects to a share
 * @s: VALID
 * @conn: over which
 * @share_name: UTF-8, without the server
 * @ret: the tree, with a reference
 *
 * Return: NT_OK, NT_BAD_NETWORK_NAME, NT_ACCESS_DENIED, NT_REQUEST_NOT_ACCEPTED …
 */
nt_status_t csrv_tree_connect(struct csrv_session *s, struct csrv_conn *conn,
			      const char *share_name, struct csrv_tree **ret)
{
	struct csrv_share *share = csrv_share_find(s->srv, share_name);
	struct csrv_identity *id;
	struct csrv_share_cfg *cfg;
	struct csrv_tree *tree;
	nt_status_t status;

	if (!share)
		return NT_BAD_NETWORK_NAME;
	cfg = csrv_share_cfg_get(share);
	id = csrv_session_identity(s);
	status = tree_check(s, conn, share, &cfg->p, id);
	if (status != NT_OK)
		goto out;
	tree = tree_make(s, share, &cfg->p, id);
	status = tree ? tree_publish(s, tree) : NT_INSUFFICIENT_RESOURCES;
	if (status == NT_OK)
		*ret = tree;
	else
		csrv_tree_put(tree);
out:
	csrv_identity_put(id);
	csrv_share_cfg_put(cfg);
	csrv_share_put(share);
	return status;
}

/**
 * csrv_tree_disconnect() - TREE_DISCONNECT, or the end of session or share
 *
 * Return: false if somebody else did it before.
 */
bool csrv_tree_disconnect(struct csrv_session *s, struct csrv_tree *tree)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = !tree->dead;
	WRITE_ONCE(tree->dead, true);
	mutex_unlock(&s->lock);
	if (!mine)
		return false;
	csrv_table_erase(&s->trees, tree->id);
	csrv_opens_close_tree(s, tree);
	csrv_tree_put(tree);
	return true;
}

void csrv_trees_end_all(struct csrv_session *s)
{
	struct csrv_tree *tree;
	unsigned long index = 0;

	while ((tree = csrv_tree_next(s, &index))) {
		csrv_tree_disconnect(s, tree);
		csrv_tree_put(tree);
	}
}
