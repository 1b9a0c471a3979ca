// SPDX-License-Identifier: GPL-2.0-or-later
/* server/revoke.c - revoke a share or an account */
#include <linux/wait_bit.h>

#include "../base/log.h"
#include "../client/session.h"
#include "../client/session_end.h"
#include "../client/tree.h"
#include "../core/server.h"
#include "../policy/share.h"
#include "../policy/sharedir.h"
#include "../policy/user.h"
#include "../store/detached.h"
#include "../store/open.h"
#include "revoke.h"

/* First half, in a session that is another user's now: end the account's waits and opens. */
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
	mine = csrv_identity_of(s->identity, life) && csrv_session_die_locked(s, false);
	mutex_unlock(&s->lock);
	if (mine)
		csrv_session_let_go(s);
}

/* The account's own sessions are DEAD; in those of another user, end what is the account's. */
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
 * An account is revoked, and marked: no request is served for it any more.
 *
 * Its sessions are DEAD when this returns, also those that are re-authenticating.  Its opens in
 * sessions that are another user's now are refused by the gate, because of the mark.
 */
static void sessions_mark_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_mark_user(s, life);
}

/*
 * Close all opens of a revoked account, after sessions_mark_user().
 *
 * The sessions may end for any cause.  Takes as long as the file systems take.  Locks, share modes
 * and oplocks of all opens are released before this waits for a file system.
 */
static void sessions_close_user(struct csrv_server *srv, const struct csrv_user_life *life)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_close_user(s, life);
	csrv_detached_revoke(srv, NULL, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		csrv_opens_finish_account(s, life);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		session_await_end(s, life);
	csrv_detached_revoke(srv, NULL, life);	/* of sessions that were ending */
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
 * csrv_user_revoke() - revoke an account
 * @srv: the server
 * @name: of the account
 *
 * No request of it is served any more when this returns, but for those in progress.  Its opens are
 * closed, too, unless a file system takes too long for that: then they are closed when the file
 * system answers (csrv_revoke()).
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

	/* A tree that was published before the share was marked is in the table now. */
	mutex_lock(&s->lock);
	mutex_unlock(&s->lock);
	for (t = 0; (tree = csrv_tree_next(s, &t));) {
		if (tree->share == share)
			csrv_tree_leave(s, tree);
		csrv_tree_put(tree);
	}
	flush_work(&s->leave);	/* the session may have ended just before */
}

/*
 * End every tree on @share, in every session.  Locks, share modes and oplocks of all opens are
 * released before this waits for the file system.
 */
static void trees_end_share(struct csrv_server *srv, struct csrv_share *share)
{
	struct csrv_session *s;
	unsigned long index;

	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		trees_leave_share(s, share);
	csrv_detached_revoke(srv, share, NULL);
	for (index = 0; (s = csrv_session_next(srv, &index)); csrv_session_put(s))
		csrv_opens_finish_share(s, share);
	csrv_tree_dirs_finish(share);
	/* opens and directories that another end is closing */
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

/* Revoke the share; the list's reference is dropped. */
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
 * csrv_share_revoke() - revoke a share
 * @srv: the server
 * @name: of the share
 *
 * No request on it is served any more when this returns, but for those in progress.  Its opens are
 * closed, too, unless its file system takes too long for that: then they are closed when it answers
 * (csrv_revoke()).
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
