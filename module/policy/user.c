// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/user.c - accounts that may log on */
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../wire/utf16.h"
#include "access.h"
#include "user.h"

void csrv_user_life_put(struct csrv_user_life *life)
{
	if (life && refcount_dec_and_test(&life->ref))
		kfree(life);
}

static struct csrv_user_life *life_make(void)
{
	struct csrv_user_life *life = kzalloc(sizeof(*life), GFP_KERNEL);

	if (!life)
		return NULL;
	refcount_set(&life->ref, 1);
	return life;
}

static void user_free(struct kref *ref)
{
	struct csrv_user *user = container_of(ref, struct csrv_user, ref);

	csrv_user_life_put(user->life);
	csrv_user_params_free(&user->p);
	kfree(user->name);
	csrv_object_destroyed(CSRV_OBJ_USER);
	kfree(user);
}

void csrv_user_put(struct csrv_user *user)
{
	if (user)
		kref_put(&user->ref, user_free);
}

static struct csrv_user *user_peek_locked(struct csrv_server *srv, const char *name)
	__must_hold(&srv->names_lock)
{
	struct csrv_user *user;

	lockdep_assert_held(&srv->names_lock);
	list_for_each_entry(user, &srv->users, node)
		if (csrv_names_same(user->name, name))
			return user;
	return NULL;
}

/* The enabled account of that name, with a reference, or NULL. */
struct csrv_user *csrv_user_find(struct csrv_server *srv, const char *name)
{
	struct csrv_user *user;

	mutex_lock(&srv->names_lock);
	user = user_peek_locked(srv, name);
	if (user)
		kref_get(&user->ref);
	mutex_unlock(&srv->names_lock);
	return user;
}

static struct csrv_user *user_make(const char *name, const struct csrv_user_params *p)
{
	struct csrv_user *user = kzalloc(sizeof(*user), GFP_KERNEL);

	if (!user)
		return NULL;
	user->name = kstrdup(name, GFP_KERNEL);
	user->life = life_make();
	if (!user->name || !user->life || csrv_user_params_copy(&user->p, p)) {
		csrv_user_life_put(user->life);
		kfree(user->name);
		kfree(user);
		return NULL;
	}
	kref_init(&user->ref);
	csrv_object_created(CSRV_OBJ_USER);
	return user;
}

/**
 * csrv_user_publish() - let an account log on, or change it
 * @srv: the server
 * @name: of the account, UTF-8
 * @p: copied
 *
 * Existing sessions keep the identity that they logged on with; a change of uid or gid takes effect
 * at the next logon.  Revocation ends also a logon in progress that holds the account as it was
 * before: both have one life.  Takes srv->names_lock.
 * Return: 0 or -ENOMEM.
 */
int csrv_user_publish(struct csrv_server *srv, const char *name,
		      const struct csrv_user_params *p)
{
	struct csrv_user *user = user_make(name, p), *old;

	if (!user)
		return -ENOMEM;
	mutex_lock(&srv->names_lock);
	old = user_peek_locked(srv, name);
	if (old) {
		list_del_init(&old->node);
		csrv_user_life_put(user->life);
		user->life = old->life;
		refcount_inc(&user->life->ref);
	}
	list_add_tail(&user->node, &srv->users);
	mutex_unlock(&srv->names_lock);
	csrv_user_put(old);
	return 0;
}

void csrv_users_revoke_all(struct csrv_server *srv)
{
	struct csrv_user *user;

	for (;;) {
		mutex_lock(&srv->names_lock);
		user = list_first_entry_or_null(&srv->users, struct csrv_user, node);
		if (user)
			list_del_init(&user->node);
		mutex_unlock(&srv->names_lock);
		if (!user)
			return;
		csrv_user_put(user);
	}
}

/**
 * csrv_user_unlist() - take an account off the list, to revoke it
 * @srv: the server
 * @name: of the account
 *
 * Takes srv->names_lock.
 * Return: the account with the list's reference, its life marked as revoked; NULL: there is none.
 */
struct csrv_user *csrv_user_unlist(struct csrv_server *srv, const char *name)
{
	struct csrv_user *user;

	mutex_lock(&srv->names_lock);
	user = user_peek_locked(srv, name);
	if (user) {
		WRITE_ONCE(user->life->revoked, true);
		list_del_init(&user->node);
	}
	mutex_unlock(&srv->names_lock);
	return user;
}
