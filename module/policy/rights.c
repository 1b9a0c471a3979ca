// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/rights.c - what a user may do on a share, and with which credentials */
#include <linux/cred.h>
#include <linux/slab.h>

#include "../base/objects.h"
#include "../core/config.h"
#include "../core/quota.h"
#include "../upcall/uapi.h"
#include "../wire/access.h"
#include "access.h"
#include "identity.h"
#include "rights.h"
#include "share.h"
#include "sharedir.h"

/**
 * csrv_rights_get() - one more reference
 * @r: held by the caller
 *
 * Takes no lock.
 * Return: @r.
 */
struct csrv_rights *csrv_rights_get(struct csrv_rights *r)
{
	refcount_inc(&r->ref);
	return r;
}

/**
 * csrv_rights_put() - a reference is dropped
 * @r: or NULL
 *
 * Waits for no file system: the rights hold the share beside its parameters.  Takes
 * share->left_lock where a tree's own directory is dropped with them.
 */
void csrv_rights_put(struct csrv_rights *r)
{
	if (!r || !refcount_dec_and_test(&r->ref))
		return;
	csrv_cred_put(r->cred);
	csrv_identity_put(r->identity);
	csrv_identity_put(r->owner);
	csrv_share_cfg_put(r->cfg);
	csrv_account_put(r->account);
	csrv_share_put_later(r->share);
	csrv_object_destroyed(CSRV_OBJ_RIGHTS);
	kfree_rcu(r, rcu);
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
 * A forced group takes the place of the primary one, of which the user stays a member: the access
 * that others have may be more.  Of a forced user the list of groups has that one, too.
 * @who: the session's user, or the guest account in place of that
 */
static int rights_cred(struct csrv_rights *r, const struct csrv_share_params *p,
		       const struct csrv_identity *who)
{
	const struct csrv_groups *groups = &r->cfg->force_groups;
	const struct cred *cred = NULL;
	u32 forced = forced_gid(p, who), gid = forced == U32_MAX ? who->gid : forced;

	if (r->admin)
		cred = csrv_cred_make(0, forced == U32_MAX ? 0 : gid, NULL, 0, U32_MAX);
	else if (p->force_uid != U32_MAX)
		cred = csrv_cred_make(p->force_uid, gid, groups->gids, groups->n, U32_MAX);
	else if (forced != U32_MAX || who != r->identity)
		cred = csrv_cred_make(who->uid, gid, who->groups, who->ngroups, who->gid);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	r->cred = cred;
	return 0;
}

static bool ipc_admits(struct csrv_server *srv, const struct csrv_identity *id)
{
	struct csrv_config *cfg = csrv_config_get(srv);
	bool admits = cfg->p.restrict_anonymous < 2 || !(id->flags & CSRV_ID_ANONYMOUS);

	csrv_config_put(cfg);
	return admits;
}

/*
 * The user that the share knows @id as: @guest, which is filled, where all act as that.  Its texts
 * and groups are those of @cfg.
 */
static const struct csrv_identity *known_as(const struct csrv_share *share,
					    const struct csrv_share_cfg *cfg,
					    const struct csrv_identity *id,
					    struct csrv_identity *guest)
{
	if (share->ipc || !csrv_share_is_guests(&cfg->p))
		return id;
	*guest = (struct csrv_identity){
		.flags	= CSRV_ID_GUEST,
		.uid	= cfg->p.guest_uid,
		.gid	= cfg->p.guest_gid,
		.ngroups = cfg->guest_groups.n,
		.groups	= cfg->guest_groups.gids,
		.user	= cfg->p.guest_user,
	};
	return guest;
}

/* @who: from known_as() */
static bool admits(const struct csrv_share *share, const struct csrv_share_params *p,
		   const struct csrv_identity *who, bool can_seal)
{
	if (!can_seal && csrv_share_encrypts(p, can_seal))
		return false;	/* [MS-SMB2] 3.3.5.7, RejectUnencryptedAccess */
	if (share->ipc)
		return ipc_admits(share->srv, who);
	/* Without an uid the guest account is not known. */
	return who->uid != U32_MAX && csrv_share_admits(p, who);
}

/**
 * csrv_rights_admit() - would the share admit a user
 * @share: the share
 * @cfg: its parameters
 * @id: the user
 * @can_seal: as for csrv_rights_make()
 *
 * Takes no lock.
 * Return: true where rights that are made would be more than none.
 */
bool csrv_rights_admit(const struct csrv_share *share, const struct csrv_share_cfg *cfg,
		       const struct csrv_identity *id, bool can_seal)
{
	struct csrv_identity guest;

	return admits(share, &cfg->p, known_as(share, cfg, id, &guest), can_seal);
}

/*
 * The user is not admitted: existing opens can be used, nothing new is opened, and nothing is
 * changed but through the rights of an open.
 */
static void rights_bar(struct csrv_rights *r)
{
	r->max_access = 0;
	r->read_only = !r->share->ipc;
}

/* @who, from known_as(), is admitted. */
static int rights_grant(struct csrv_rights *r, const struct csrv_identity *who)
{
	const struct csrv_share_params *p = &r->cfg->p;
	struct csrv_share *share = r->share;

	/* Guests are nobody's administrators, as uid_right() says of logons. */
	r->admin = !share->ipc && !(who->flags & (CSRV_ID_GUEST | CSRV_ID_ANONYMOUS)) &&
		   csrv_list_has_user(p->admin_users, who);
	r->read_only = !share->ipc && !csrv_share_writable(p, who);
	r->max_access = r->read_only ?
		FILE_GENERIC_READ | FILE_GENERIC_EXECUTE : FILE_ALL_ACCESS;
	return rights_cred(r, p, who);
}

/* The one place that decides: [MS-SMB2] 3.3.5.7, TreeConnect.MaximalAccess. */
static int rights_decide(struct csrv_rights *r, bool can_seal)
{
	const struct csrv_share_params *p = &r->cfg->p;
	const struct csrv_identity *who;
	struct csrv_identity guest;

	rights_bar(r);
	r->encrypt = csrv_share_encrypts(p, can_seal);
	who = known_as(r->share, r->cfg, r->identity, &guest);
	return admits(r->share, p, who, can_seal) ? rights_grant(r, who) : 0;
}

/**
 * csrv_rights_make() - what a user may do on a share by the parameters of today
 * @share: the share
 * @id: the user of the session
 * @account: charged for what is opened under the rights
 * @can_seal: messages can be encrypted with keys that only the user has
 *
 * The directory is not known yet where each user has one: csrv_rights_own().
 * Sleeps, takes no lock.
 * Return: with one reference; @max_access is 0 where the user is not admitted; NULL without memory.
 */
struct csrv_rights *csrv_rights_make(struct csrv_share *share, struct csrv_identity *id,
				     struct csrv_account *account, bool can_seal)
{
	struct csrv_rights *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	refcount_set(&r->ref, 1);
	r->share = csrv_share_get(share);
	r->identity = csrv_identity_get(id);
	r->account = csrv_account_get(account);
	r->cfg = csrv_share_cfg_get(share);
	csrv_object_created(CSRV_OBJ_RIGHTS);
	if (rights_decide(r, can_seal)) {
		csrv_rights_put(r);
		return NULL;
	}
	return r;
}

/**
 * csrv_rights_own() - of a share with a directory per user, take the user's
 * @r: not published yet
 * @name: the share name that the client used
 *
 * Takes no lock.
 */
void csrv_rights_own(struct csrv_rights *r, const char *name)
{
	bool homes = r->cfg->p.homes;

	if (!homes && !r->cfg->each)
		return;
	r->owner = csrv_identity_get(r->identity);
	r->by_user = homes && !csrv_names_same(name, r->share->name);
}

/**
 * csrv_rights_set_dir() - give the rights the directory of a tree connect
 * @r: not published yet
 * @dir: the reference is taken over
 *
 * Sleeps; takes share->left_lock where @dir is dropped.
 * Return: 0; -ENOMEM.
 */
int csrv_rights_set_dir(struct csrv_rights *r, struct csrv_tree_dir *dir)
{
	struct csrv_share_cfg *cfg = csrv_share_cfg_own(r->cfg, dir);

	if (!cfg)
		return -ENOMEM;
	csrv_share_cfg_put(r->cfg);
	r->cfg = cfg;
	return 0;
}

/* Take over what a tree connect keeps for its life: its directory and its owner. */
static int rights_inherit(struct csrv_rights *new, const struct csrv_rights *was)
{
	if (!was->owner)
		return 0;
	new->owner = csrv_identity_get(was->owner);
	new->by_user = was->by_user;
	if (!csrv_identity_alike(new->owner, new->identity))
		rights_bar(new);
	return was->cfg->dir ? csrv_rights_set_dir(new, csrv_tree_dir_get(was->cfg->dir)) : 0;
}

/**
 * csrv_rights_renew() - make the rights that replace others of the same tree connect
 * @was: the rights to replace
 * @id: the session's user now
 * @account: as for csrv_rights_make()
 * @can_seal: as for csrv_rights_make()
 *
 * Sleeps, but waits for no file system; takes share->left_lock where there is no memory.
 * Return: rights by the current parameters, with one reference; NULL without memory.
 */
struct csrv_rights *csrv_rights_renew(const struct csrv_rights *was, struct csrv_identity *id,
				      struct csrv_account *account, bool can_seal)
{
	struct csrv_rights *new = csrv_rights_make(was->share, id, account, can_seal);

	if (new && rights_inherit(new, was)) {
		csrv_rights_put(new);
		return NULL;
	}
	return new;
}
