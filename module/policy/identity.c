// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/identity.c - identities: the users of sessions */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../upcall/upcall.h"
#include "../vfs/cred.h"
#include "access.h"
#include "identity.h"
#include "user.h"

static void identity_free(struct kref *ref)
{
	struct csrv_identity *id = container_of(ref, struct csrv_identity, ref);

	csrv_cred_put(id->cred);
	csrv_user_put(id->account);
	kfree(id->groups);
	kfree(id->user);
	kfree(id->domain);
	kfree(id->home);
	kfree(id->group);
	csrv_object_destroyed(CSRV_OBJ_IDENTITY);
	kfree(id);
}

struct csrv_identity *csrv_identity_get(struct csrv_identity *id)
{
	kref_get(&id->ref);
	return id;
}

void csrv_identity_put(struct csrv_identity *id)
{
	if (id)
		kref_put(&id->ref, identity_free);
}

/*
 * May the identity have its uid?  The process of the daemon that names the user answers for many
 * clients; so the uid of an account has to be the one in users/, which no process that talks to
 * clients writes.  The account of guests cannot be root.
 */
static bool uid_right(const struct csrv_identity *id)
{
	const char *kind = id->flags & CSRV_ID_GUEST ? "guest" : "anonymous user";

	if (!id->account && !id->uid) {
		csrv_err_ratelimited("cifssrvd answers a logon as %s with uid 0: refused\n", kind);
		return false;
	}
	if (id->account && id->account->p.uid != id->uid) {
		csrv_err_ratelimited("users/%s: cifssrvd answers a logon with uid %u, but users/%s/uid is %u: refused; if the account's uid has changed, reload\n",
				     id->account->name, id->uid, id->account->name,
				     id->account->p.uid);
		return false;
	}
	return true;
}

static int identity_fill(struct csrv_server *srv, struct csrv_identity *id,
			 const struct csrv_up_auth_result_k *res)
{
	id->flags = res->identity;
	id->uid = res->uid;
	id->gid = res->gid;
	id->expiry = res->expiry;
	id->ngroups = res->ngroups;
	id->groups = kmemdup(res->groups, res->ngroups * sizeof(u32), GFP_KERNEL);
	id->user = kstrdup(res->user, GFP_KERNEL);
	id->domain = kstrdup(res->domain, GFP_KERNEL);
	id->home = kstrdup(res->home, GFP_KERNEL);
	id->group = kstrdup(res->group, GFP_KERNEL);
	if (!id->user || !id->domain || !id->home || !id->group || (res->ngroups && !id->groups))
		return -ENOMEM;
	if (!(id->flags & (CSRV_ID_GUEST | CSRV_ID_ANONYMOUS))) {
		id->account = csrv_user_find(srv, id->user);
		if (!id->account)
			return -ENOENT;
	}
	if (!uid_right(id))
		return -EACCES;
	id->cred = csrv_cred_make(id->uid, id->gid, id->groups, id->ngroups, U32_MAX);
	if (IS_ERR(id->cred)) {
		int err = PTR_ERR(id->cred);

		id->cred = NULL;
		return err;
	}
	return 0;
}

/**
 * csrv_identity_make() - from the daemon's answer
 * @srv: the server
 * @res: an answer of CSRV_AUTH_DONE
 *
 * Sleeps; takes srv->names_lock.
 * Return: an identity with one reference; -ENOENT when the account is not among the
 * enabled users/ (rmdir came first), -EACCES when it has another uid there, or uid 0 without an
 * account (the log says so), -EINVAL for ids that do not map, -ENOMEM.
 */
struct csrv_identity *csrv_identity_make(struct csrv_server *srv,
					 const struct csrv_up_auth_result_k *res)
{
	struct csrv_identity *id = kzalloc(sizeof(*id), GFP_KERNEL);
	int err;

	if (!id)
		return ERR_PTR(-ENOMEM);
	kref_init(&id->ref);
	csrv_object_created(CSRV_OBJ_IDENTITY);
	err = identity_fill(srv, id, res);
	if (!err)
		return id;
	csrv_identity_put(id);
	return ERR_PTR(err);
}

/* An authenticated user: neither guest nor anonymous. */
bool csrv_identity_named(const struct csrv_identity *id)
{
	return !(id->flags & (CSRV_ID_GUEST | CSRV_ID_ANONYMOUS));
}

/* Is it an identity of the account?  NULL is of none. */
bool csrv_identity_of(const struct csrv_identity *id, const struct csrv_user_life *life)
{
	return id && id->account && id->account->life == life;
}

/* Are these of one kind, with one name and uid?  All guests are alike. */
bool csrv_identity_alike(const struct csrv_identity *a, const struct csrv_identity *b)
{
	const u32 kind = CSRV_ID_GUEST | CSRV_ID_ANONYMOUS;

	return (a->flags & kind) == (b->flags & kind) && a->uid == b->uid &&
	       csrv_names_same(a->user, b->user);
}

/*
 * The same user, as binding and PreviousSessionId need it ([MS-SMB2] 3.3.5.5.3).  Nothing proves
 * that two guests or two anonymous users are one: they are never the same.
 */
bool csrv_identity_same(const struct csrv_identity *a, const struct csrv_identity *b)
{
	return csrv_identity_named(a) && csrv_identity_alike(a, b);
}

/* Its account was revoked during the logon: marked before s->lock is taken to look. */
bool csrv_identity_revoked(const struct csrv_identity *id)
{
	return id->account && READ_ONCE(id->account->life->revoked);
}
