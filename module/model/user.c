// SPDX-License-Identifier: GPL-2.0-or-later
/* model/user.c - accounts that may log on */
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../wire/utf16.h"
#include "access.h"
#include "server.h"
#include "session.h"
#include "user.h"

static void life_put(struct csrv_user_life *life)
{
	if (life && refcount_dec_and_test(&life->ref))
		kfree(life);
}

static struct csrv_user_life *life_of(struct csrv_revocation *r)
{
	return container_of(r, struct csrv_user_life, revocation);
}

static void life_close(struct csrv_revocation *r)
{
	csrv_sessions_close_user(r->srv, life_of(r));
}

static void life_closed(struct csrv_revocation *r)
{
	life_put(life_of(r));
}

static struct csrv_user_life *life_make(struct csrv_server *srv)
{
	struct csrv_user_life *life = kzalloc(sizeof(*life), GFP_KERNEL);

	if (!life)
		return NULL;
	refcount_set(&life->ref, 1);
	csrv_revocation_init(&life->revocation, srv, life_close, life_closed);
	return life;
}

static void user_free(struct kref *ref)
{
	struct csrv_user *user = container_of(ref, struct csrv_user, ref);

	life_put(user->life);
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

static struct csrv_user *user_make(struct csrv_server *srv, const char *name,
				   const struct csrv_user_params *p)
{
	struct csrv_user *user = kzalloc(sizeof(*user), GFP_KERNEL);

	if (!user)
		return NULL;
	user->name = kstrdup(name, GFP_KERNEL);
	user->life = life_make(srv);
	if (!user->name || !user->life || csrv_user_params_copy(&user->p, p)) {
		life_put(user->life);
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
 * Sessions that exist keep the identity they logged on with; a change of uid or gid
 * counts at the next logon.  A logon in progress that holds the account as it was is
 * revoked with it all the same: both are one life.
 * Return: 0 or -ENOMEM.
 */
int csrv_user_publish(struct csrv_server *srv, const char *name,
		      const struct csrv_user_params *p)
{
	struct csrv_user *user = user_make(srv, name, p), *old;

	if (!user)
		return -ENOMEM;
	mutex_lock(&srv->names_lock);
	old = user_peek_locked(srv, name);
	if (old) {
		list_del_init(&old->node);
		life_put(user->life);
		user->life = old->life;
		refcount_inc(&user->life->ref);
	}
	list_add_tail(&user->node, &srv->users);
	mutex_unlock(&srv->names_lock);
	csrv_user_put(old);
	return 0;
}

/**
 * csrv_user_revoke() - an account may not log on any more
 * @srv: the server
 * @name: of the account
 *
 * Nothing is done for it any more when this returns, but for requests that are being worked
 * on.  What it had open is closed, too, unless a file system takes too long for that: then it
 * is closed when that goes on (csrv_revoke()).
 */
void csrv_user_revoke(struct csrv_server *srv, const char *name)
{
	struct csrv_user *user;

	mutex_lock(&srv->names_lock);
	user = user_peek_locked(srv, name);
	if (user) {
		WRITE_ONCE(user->life->revoked, true);
		list_del_init(&user->node);
	}
	mutex_unlock(&srv->names_lock);
	if (!user)
		return;
	csrv_sessions_mark_user(srv, user->life);
	refcount_inc(&user->life->ref);
	if (!csrv_revoke(&user->life->revocation))
		csrv_notice_ratelimited("users/%s: revoked; a file system has not closed all of its files yet\n",
					user->name);
	csrv_user_put(user);
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
