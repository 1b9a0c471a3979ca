/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy/user.h - accounts that may log on */
#ifndef CIFSSRV_POLICY_USER_H
#define CIFSSRV_POLICY_USER_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "../core/ends.h"
#include "../core/user_params_gen.h"

struct csrv_server;

/*
 * An account from its first publishing to its revocation, through all changes of its parameters.
 * Held by each struct csrv_user of it.
 */
struct csrv_user_life {
	refcount_t			ref;
	bool				revoked;	/* only ever set */
	struct csrv_revocation		revocation;
};

/*
 * One enabled users/<name>.  Immutable; published anew when its parameters change, with the
 * same life.  Held by the server's list and by identities.
 */
struct csrv_user {
	struct kref			ref;
	char				*name;
	struct csrv_user_life		*life;	/* a reference */
	struct list_head		node;	/* srv->users; srv->names_lock */
	struct csrv_user_params		p;
};

int csrv_user_publish(struct csrv_server *srv, const char *name,
		      const struct csrv_user_params *p);
void csrv_users_revoke_all(struct csrv_server *srv);
struct csrv_user *csrv_user_unlist(struct csrv_server *srv, const char *name);
struct csrv_user *csrv_user_find(struct csrv_server *srv, const char *name);
void csrv_user_life_put(struct csrv_user_life *life);
void csrv_user_put(struct csrv_user *user);

#endif /* CIFSSRV_POLICY_USER_H */
