/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/identity.h - identities: the users of sessions */
#ifndef CIFSSRV_POLICY_IDENTITY_H
#define CIFSSRV_POLICY_IDENTITY_H

#include <linux/kref.h>
#include <linux/types.h>

struct cred;
struct csrv_server;
struct csrv_up_auth_result_k;
struct csrv_user;
struct csrv_user_life;

/*
 * The identity of a user.
 *
 * Made from the daemon's answer; immutable; held by sessions, opens and requests.
 */
struct csrv_identity {
	struct kref		ref;
	u32			flags;		/* enum csrv_up_identity_flags */
	u32			uid;
	u32			gid;
	u32			ngroups;
	u32			*groups;
	char			*user;		/* account name; "" for anonymous */
	char			*domain;
	char			*home;		/* home directory; may be "", need not be a path */
	char			*group;		/* name of the primary group; may be "" */
	u64			expiry;		/* seconds since 1970; 0: never */
	const struct cred	*cred;
	struct csrv_user	*account;	/* users/<name>; NULL for guest and anonymous */
};

struct csrv_identity *csrv_identity_make(struct csrv_server *srv,
					 const struct csrv_up_auth_result_k *res);
struct csrv_identity *csrv_identity_get(struct csrv_identity *id);
void csrv_identity_put(struct csrv_identity *id);
bool csrv_identity_alike(const struct csrv_identity *a, const struct csrv_identity *b);
bool csrv_identity_same(const struct csrv_identity *a, const struct csrv_identity *b);
bool csrv_identity_named(const struct csrv_identity *id);
bool csrv_identity_of(const struct csrv_identity *id, const struct csrv_user_life *life);
bool csrv_identity_revoked(const struct csrv_identity *id);

#endif /* CIFSSRV_POLICY_IDENTITY_H */
