// SPDX-License-Identifier: GPL-2.0-or-later
/* client/establish.c - apply a successful logon to its session */
#include <linux/slab.h>

#include "../core/server.h"
#include "../policy/access.h"
#include "../policy/share.h"
#include "../policy/user.h"
#include "../upcall/uapi.h"
#include "conn.h"
#include "session.h"
#include "session_end.h"
#include "tree.h"

/**
 * csrv_session_create() - a session whose logon has begun
 * @srv: the server
 * @nego: of the connection on which it begins
 *
 * It is charged to no account before csrv_session_establish(); until then its logon is.
 * Its id is a running number of 32 bits, because some clients keep only so many: an id is used
 * again after all others.
 * Takes the xarray's lock of srv->sessions; may sleep.
 * Return: the session, one reference the caller's and one the table's; -ENOMEM.
 */
struct csrv_session *csrv_session_create(struct csrv_server *srv, const struct csrv_nego *nego)
{
	struct csrv_session *s;
	int err;
	u32 id;

	s = csrv_session_alloc(srv, nego);
	if (!s)
		return ERR_PTR(-ENOMEM);
	INIT_WORK(&s->leave, csrv_session_leave);
	csrv_end_init(&s->end, CSRV_END_SESSION, csrv_session_finish);

	/* Reserve first: a session in the table has its id, and can be ended by it. */
	err = xa_alloc_cyclic(&srv->sessions, &id, NULL, XA_LIMIT(1, U32_MAX - 1),
			      &srv->next_session, GFP_KERNEL);
	if (err < 0) {
		csrv_session_put(s);
		return ERR_PTR(err);
	}
	s->id = id;
	kref_get(&s->ref);
	xa_store(&srv->sessions, id, s, GFP_KERNEL);	/* the entry is reserved: cannot fail */
	return s;
}

/*
 * Charge the session to @id, which logs on over the connection with the account @conn.
 * Return: 0; -EUSERS when the user, the host or the server has no room, -ENOMEM.
 */
static int account_join(struct csrv_session *s, struct csrv_account *conn,
			const struct csrv_identity *id, struct csrv_account **ret)
	__must_hold(&s->lock)
{
	const char *name = id->account ? id->account->name : NULL;
	struct csrv_account *a = csrv_account_session(conn, name, id->flags & CSRV_ID_ANONYMOUS);

	lockdep_assert_held(&s->lock);
	if (!a)
		return -ENOMEM;
	/* A user at the limit may authenticate again. */
	if (s->account && s->account->identity == a->identity) {
		csrv_quota_force(a, CSRV_QUOTA_SESSION, 1);
	} else if (csrv_quota_take(a, CSRV_QUOTA_SESSION, 1)) {
		csrv_account_put(a);
		return -EUSERS;
	}
	*ret = a;
	return 0;
}

static int session_seal_keys(struct csrv_session *s, const struct csrv_logon *l,
			     const struct csrv_logon_keys *k)
{
	struct csrv_full_key full = { .len = CSRV_KEY_LEN };
	struct csrv_seal_keys sk = {};
	int err;

	if (!s->cipher)
		return 0;
	memcpy(full.key, k->key, CSRV_KEY_LEN);
	err = csrv_keys_sealing(s->dialect, s->cipher, &full, l->preauth, &sk);
	if (err)
		goto out;
	s->seal_in = csrv_seal_key_alloc(s->cipher, sk.c2s, sk.len);
	s->seal_out = csrv_seal_key_alloc(s->cipher, sk.s2c, sk.len);
	if (IS_ERR(s->seal_in)) {
		err = PTR_ERR(s->seal_in);
		s->seal_in = NULL;
	}
	if (IS_ERR(s->seal_out)) {
		err = PTR_ERR(s->seal_out);
		s->seal_out = NULL;
	}
out:
	memzero_explicit(&full, sizeof(full));
	memzero_explicit(&sk, sizeof(sk));
	return err;
}

static int session_keys(struct csrv_session *s, const struct csrv_logon *l,
			const struct csrv_channel *ch, const struct csrv_logon_keys *k)
{
	int err;

	if (!k->key_len)
		return 0;
	s->sign_key = csrv_sign_key_get(ch->sign_key);
	err = csrv_keys_application(s->dialect, k->key, l->preauth, s->app_key);
	return err ? err : session_seal_keys(s, l, k);
}

/*
 * May a logon that has succeeded count?  Under s->lock: what forbids it (a mark of the account, the
 * server's parameters) is set before that lock is taken to look at the session's identity.
 */
static bool may_log_on(struct csrv_session *s, const struct csrv_identity *id)
	__must_hold(&s->lock)
{
	lockdep_assert_held(&s->lock);
	return !csrv_identity_revoked(id) && csrv_server_admits_kind(s->srv, id);
}

/**
 * csrv_session_establish() - the first logon of a session succeeded
 * @l: the logon; its preauth hash includes the last request
 * @id: the user's; the caller's reference becomes the session's on success
 * @k: session key of the mechanism; none for guests
 *
 * Keys are set before the state: no request uses the session before all is set.
 * Takes session->lock, and allocates under it.
 * Return: 0, -ESTALE when the session has been ended meanwhile, -EUSERS when there is no room for
 * one more session of the user, -ENOMEM.
 */
int csrv_session_establish(struct csrv_logon *l, struct csrv_identity *id,
			   const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = csrv_channel_make(l, k);
	struct csrv_session *s = l->session;
	int err;

	if (IS_ERR(ch))
		return PTR_ERR(ch);
	mutex_lock(&s->lock);
	err = s->state == CSRV_SESSION_IN_PROGRESS && may_log_on(s, id) ? 0 : -ESTALE;
	if (!err)
		err = account_join(s, l->conn->account, id, &s->account);
	if (!err)
		err = session_keys(s, l, ch, k);
	if (!err) {
		s->maker = csrv_identity_get(id);
		s->proven = csrv_identity_named(id);
		err = csrv_channel_link(ch);
	}
	if (!err) {
		s->identity = id;
		csrv_session_set_state(s, CSRV_SESSION_VALID);
	}
	mutex_unlock(&s->lock);
	csrv_channel_put(ch);
	return err;
}

/*
 * May @id be the session's user from now on?  The keys stay, and the client that has them acts
 * as @id; but the logon may have been relayed, and its user need not have the keys.  So a session
 * without keys, or with public keys, never becomes a named user's; and where messages must be
 * signed or encrypted, only the user whose logon made the keys may authenticate again.  Any session
 * with secret keys may become a guest's or the anonymous user's.
 */
static bool may_become(const struct csrv_session *s, const struct csrv_identity *id)
	__must_hold(&s->lock)
{
	const u32 kind = CSRV_ID_GUEST | CSRV_ID_ANONYMOUS;

	lockdep_assert_held(&s->lock);
	if (!s->proven)
		return (id->flags & kind) == (s->maker->flags & kind);
	return !csrv_identity_named(id) || !csrv_session_demands_proof(s) ||
	       csrv_identity_same(s->maker, id);
}

/**
 * csrv_session_reauth() - apply a re-authentication to its session
 * @l: the logon, whose session keeps its keys
 * @id: the user's; the caller's reference becomes the session's on success
 *
 * Keys stay ([MS-SMB2] 3.3.5.5.3); the identity is replaced as a whole.
 * It may be another user, where may_become() allows that: the session is that user's from then on,
 * its trees have that user's rights, and its opens keep the identity that they were made with.
 * Takes session->lock, and allocates under it.
 * Return: 0: @id is the session's identity; -EPERM when it must not be, -EUSERS when that user has
 * no room for it, -ENOMEM: nothing has changed; -ESTALE when the session or the account has ended.
 */
int csrv_session_reauth(struct csrv_logon *l, struct csrv_identity *id)
{
	struct csrv_session *s = l->session;
	struct csrv_account *account = NULL;
	struct csrv_identity *old = NULL;
	struct xarray trees;
	int err = -ESTALE;

	xa_init(&trees);
	mutex_lock(&s->lock);
	if ((s->state == CSRV_SESSION_VALID || s->state == CSRV_SESSION_EXPIRED) &&
	    may_log_on(s, id))
		err = may_become(s, id) ? account_join(s, s->account->conn, id, &account) : -EPERM;
	if (!err) {
		swap(s->account, account);
		err = csrv_trees_renew_locked(s, id, &trees);
		if (err)
			swap(s->account, account);
	}
	if (!err) {
		old = s->identity;
		s->identity = id;
		csrv_session_set_state(s, CSRV_SESSION_VALID);
	}
	mutex_unlock(&s->lock);
	csrv_trees_forget(&trees);
	csrv_session_leave_account(account);
	csrv_identity_put(old);
	return err;
}

/**
 * csrv_session_bind() - add a channel of a further connection to a session
 * @l: the logon that has succeeded on that connection
 * @k: session key of the mechanism, from which the channel's signing key is derived
 *
 * The caller has made all checks of [MS-SMB2] 3.3.5.5.2, also that the user is the same.  Takes
 * session->lock.
 * Return: 0, -ESTALE, -EBUSY when the connection has a channel of the session, -EUSERS when the
 */
int csrv_session_bind(struct csrv_logon *l, const struct csrv_logon_keys *k)
{
	struct csrv_channel *ch = csrv_channel_make(l, k);
	struct csrv_session *s = l->session;
	int err;

	if (IS_ERR(ch))
		return PTR_ERR(ch);
	mutex_lock(&s->lock);
	err = s->state == CSRV_SESSION_VALID ? csrv_channel_link(ch) : -ESTALE;
	mutex_unlock(&s->lock);
	csrv_channel_put(ch);
	return err;
}
