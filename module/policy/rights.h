/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/rights.h - what a user may do on a share, and with which credentials */
#ifndef CIFSSRV_POLICY_RIGHTS_H
#define CIFSSRV_POLICY_RIGHTS_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include "identity.h"
#include "share.h"

struct cred;
struct csrv_account;
struct csrv_tree_dir;

/**
 * struct csrv_rights - what a user may do on a share, by the parameters at that time
 * @ref: held by trees, opens and requests
 * @rcu: frees it
 * @share: a reference
 * @cfg: a reference: the parameters that they follow, and the directory
 * @identity: a reference: the user
 * @owner: of a share with a directory per user: the user that the directory was looked up for; no
 *	other has a right to it; a reference.  NULL: the share is common to all users
 * @by_user: the client used the name of @owner as share name
 * @account: a reference: charged for what is opened
 * @cred: force user, admin users, guest only; else NULL
 * @max_access: the most that this user may get; 0: not admitted
 * @read_only: for this user
 * @admin: the user acts as root here: admin users
 * @encrypt: requests must be encrypted
 *
 * Immutable once published, and replaced as a whole: when the session is authenticated again, and
 * when the share's parameters have changed.  Opens and requests keep the rights under which they
 * were made.
 */
struct csrv_rights {
	refcount_t		ref;
	struct rcu_head		rcu;
	struct csrv_share	*share;
	struct csrv_share_cfg	*cfg;
	struct csrv_identity	*identity;
	struct csrv_identity	*owner;
	bool			by_user;
	struct csrv_account	*account;
	const struct cred	*cred;
	u32			max_access;
	bool			read_only;
	bool			admin;
	bool			encrypt;
};

/* The share name that the client used, as clients and administrators see it. */
static inline const char *csrv_rights_name(const struct csrv_rights *r)
{
	return r->by_user ? r->owner->user : r->share->name;
}

static inline const struct cred *csrv_rights_cred(const struct csrv_rights *r)
{
	return r->cred ?: r->identity->cred;
}

struct csrv_rights *csrv_rights_get(struct csrv_rights *r);
void csrv_rights_put(struct csrv_rights *r);
struct csrv_rights *csrv_rights_make(struct csrv_share *share, struct csrv_identity *id,
				     struct csrv_account *account, bool can_seal);
struct csrv_rights *csrv_rights_renew(const struct csrv_rights *was, struct csrv_identity *id,
				      struct csrv_account *account, bool can_seal);
bool csrv_rights_admit(const struct csrv_share *share, const struct csrv_share_cfg *cfg,
		       const struct csrv_identity *id, bool can_seal);
void csrv_rights_own(struct csrv_rights *r, const char *name);
int csrv_rights_set_dir(struct csrv_rights *r, struct csrv_tree_dir *dir);

#endif /* CIFSSRV_POLICY_RIGHTS_H */
