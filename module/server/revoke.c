// SPDX-License-Identifier: GPL-2.0-or-later
/* server/revoke.c - an administrator takes a share or an account away */
#include <linux/wait_bit.h>

#include "../base/log.h"
#include "../client/session.h"
#include "../client/session_end.h"
#include "../client/tree.h"
#include "../core/server.h"
#include "../policy/share.h"
#include "../policy/sharedir.h"
#include "../policy/user.h"
#include "../store/open.h"
#include "revoke.h"

/* What the account waits for and has open in a session that is another user's now: first half. */
static void session_disown(struct csrv_session *s, const struct csrv_user_life *life)
{
	const struct csrv_ending e = { .session = s, .life = life };

	csrv_session_cancel(&e);
	csrv_opens_leave_account(s, life);
}

static void session_mark_user(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool mine;

	mutex_lock(&s->lock);
	mine = csrv_identity_of(s->identity, life) && csrv_session_die_locked(s);
	mutex_unlock(&s->lock);
	if (mine)
		csrv_session_let_go(s);
}

/* A session of the account is DEAD, and stays its; in another's it has nothing left. */
static void session_close_user(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool his;

	mutex_lock(&s->lock);
	his = csrv_identity_of(s->identity, life);
	mutex_unlock(&s->lock);
	if (!his)
		session_disown(s, life);
}

static void session_await_end(struct csrv_session *s, const struct csrv_user_life *life)
{
	bool his;

	mutex_lock(&s->lock);
	his = csrv_identity_of(s->identity, life);
	mutex_unlock(&s->lock);
	if (his)
		wait_for_completion(&s->ended);
}

/*
 * An account is revoked, and marked: nothing more is done for it.
 *
 * Its sessions are DEAD when this returns, those being renewed too.  What it has open in
 * sessions that are another user's now is refused by the gate, because of the mark.
 */
static void sessions_mark_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_mark_user(s, life);
}

/*
 * ... and all that it has open is closed when this returns.  sessions_mark_user() came before.
 *
 * The sessions may end by any cause.  Takes as long as the file systems like.  All give up what
 * others wait for before the first of them waits for a file system.
 */
static void sessions_close_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_close_user(s, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		csrv_opens_finish_account(s, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_await_end(s, life);
}

static struct csrv_user_life *life_of(struct csrv_revocation *r)
{
	return container_of(r, struct csrv_user_life, revocation);
}

static void life_close(struct csrv_revocation *r)
{
	sessions_close_user(r->srv, life_of(r));
}

static void life_closed(struct csrv_revocation *r)
{
	csrv_user_life_put(life_of(r));
}

/**
 * csrv_user_revoke() - an account may not log on any more
 * @srv: the server
 * @name: of the account
 *
 * Nothing is done for it any more when this returns, but for requests that are being worked
 * on.  What it had open is closed, too, unless a file system takes too long for that: then it
 * is closed when that answers (csrv_revoke()).
 * Takes srv->names_lock, session->lock of one session after the other, and waits for a worker that
 * does: the caller holds none of them.
 */
void csrv_user_revoke(struct csrv_server *srv, const char *name)
{
	struct csrv_user *user = csrv_user_unlist(srv, name);

	if (!user)
		return;
	sessions_mark_user(srv, user->life);
	refcount_inc(&user->life->ref);
	csrv_revocation_init(&user->life->revocation, srv, life_close, life_closed);
	if (!csrv_revoke(&user->life->revocation))
		csrv_notice_ratelimited("users/%s: revoked; a file system has not closed all of its files yet\n",
					user->name);
	csrv_user_put(user);
}

static void trees_leave_share(struct csrv_session *s, const struct csrv_share *share)
{
	struct csrv_tree *tree;
	unsigned long t;

	/* A tree published before the share was marked stands in the table now. */
	mutex_lock(&s->lock);
	mutex_unlock(&s->lock);
	for (t = 0; (tree = csrv_tree_next(s, &t));) {
		if (tree->share == share)
			csrv_tree_leave(s, tree);
		csrv_tree_put(tree);
	}
	flush_work(&s->leave);	/* its session may have ended just before */
}

/*
 * End every tree on @share, in every session.  All give up what others wait for before the first of
 * them waits for the file system.
 */
static void trees_end_share(struct csrv_server *srv, struct csrv_share *share)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		trees_leave_share(s, share);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		csrv_opens_finish_share(s, share);
	csrv_tree_dirs_finish(share);
	/* what another end has taken up */
	wait_var_event(&share->nleft, !atomic_read(&share->nleft));
}

static struct csrv_share *share_of(struct csrv_revocation *r)
{
	return container_of(r, struct csrv_share, revocation);
}

static void share_close(struct csrv_revocation *r)
{
	trees_end_share(r->srv, share_of(r));
}

static void share_closed(struct csrv_revocation *r)
{
	csrv_share_put(share_of(r));
}

/* The list's reference is dropped. */
static void share_end(struct csrv_share *share)
{
	csrv_share_get(share);
	csrv_revocation_init(&share->revocation, share->srv, share_close, share_closed);
	if (!csrv_revoke(&share->revocation))
		csrv_notice_ratelimited("shares/%s: revoked; a file system has not closed all of its files yet\n",
					share->name);
	csrv_share_put(share);
}

/**
 * csrv_share_revoke() - a share is removed
 * @srv: the server
 * @name: of the share
 *
 * Nothing is done on it any more when this returns, but for requests that are being worked on.
 * What was open on it is closed, too, unless its file system takes too long for that: then it
 * is closed when that answers (csrv_revoke()).
 * Takes srv->names_lock, and waits for a worker that takes session->lock of one session after the
 * other: the caller holds none of them.
 */
void csrv_share_revoke(struct csrv_server *srv, const char *name)
{
	struct csrv_share *share = csrv_share_unlist(srv, name);

	if (share)
		share_end(share);
}

void csrv_shares_revoke_all(struct csrv_server *srv)
{
	struct csrv_share *share;

	while ((share = csrv_share_unlist(srv, NULL)))
		share_end(share);
}
