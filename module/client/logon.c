// SPDX-License-Identifier: GPL-2.0-or-later
/* client/logon.c - a logon in progress */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "../core/server.h"
#include "../upcall/upcall.h"
#include "conn.h"
#include "session.h"

static void logon_free(struct kref *ref)
{
	struct csrv_logon *l = container_of(ref, struct csrv_logon, ref);
	struct csrv_server *srv = l->conn->srv;

	csrv_fault_delay(CSRV_FAULT_LOGON_PUT);
	spin_lock(&srv->logon_lock);
	list_del(&l->all);
	spin_unlock(&srv->logon_lock);
	if (l->charged)
		csrv_quota_give(l->conn->account, CSRV_QUOTA_LOGON, 1);
	memzero_explicit(l->preauth, sizeof(l->preauth));
	csrv_session_put(l->session);
	csrv_conn_put(l->conn);
	csrv_object_destroyed(CSRV_OBJ_LOGON);
	kfree(l);
}

void csrv_logon_put(struct csrv_logon *l)
{
	if (l)
		kref_put(&l->ref, logon_free);
}

/* ---- making room ---- */

/* Would the end of @l make room for a logon on @conn, at @level? */
static bool makes_room(const struct csrv_logon *l, const struct csrv_conn *conn,
		       enum csrv_quota_level level)
{
	switch (level) {
	case CSRV_LEVEL_CONN:
		return l->conn == conn;
	case CSRV_LEVEL_HOST:
	case CSRV_LEVEL_HOST_UNPROVEN:
		return l->conn->account->host == conn->account->host;
	default:
		return true;
	}
}

/*
 * Of two logons the one of an unproven account ends; else the one of the host that has more of them
 * (up to a few count as one); else the one that waits for its client rather than for the daemon;
 * else the older one.
 */
static u64 evict_rank(const struct csrv_logon *l)
{
	const struct csrv_account *a = l->conn->account;
	u64 rank = READ_ONCE(a->proven) ? 0 : 1;

	rank = rank << 32 | max_t(u32, csrv_quota_used(a->host, CSRV_QUOTA_LOGON),
				  CSRV_PEERS_FEW);
	return rank << 1 | (READ_ONCE(l->busy) ? 0 : 1);
}

static struct csrv_logon *evict_choose(struct csrv_conn *conn, enum csrv_quota_level level)
	__must_hold(&conn->srv->logon_lock)
{
	struct csrv_logon *l, *best = NULL;
	u64 rank, highest = 0;

	lockdep_assert_held(&conn->srv->logon_lock);
	list_for_each_entry(l, &conn->srv->logons, all) {
		if (!kref_read(&l->ref) || !makes_room(l, conn, level))
			continue;
		rank = evict_rank(l);
		if (!best || rank > highest) {
			best = l;
			highest = rank;
		}
	}
	return best;
}

/*
 * The logon to end, with a reference; NULL: all of them are ending.  It is taken off the list: so
 * each is found once, and a walk visits only logons that can make room.
 */
static struct csrv_logon *evict_take(struct csrv_conn *conn, enum csrv_quota_level level)
	__must_hold(&conn->srv->logon_lock)
{
	struct csrv_logon *l;

	lockdep_assert_held(&conn->srv->logon_lock);
	do
		l = evict_choose(conn, level);
	while (l && !kref_get_unless_zero(&l->ref));
	if (l)
		list_del_init(&l->all);
	return l;
}

/*
 * Where all logons of the connection are ending already, the new one would be one too many for its
 * host when they have ended: then a logon of the host ends, if the host has more than its part.
 */
static struct csrv_logon *evict_find(struct csrv_conn *conn, enum csrv_quota_level level)
	__must_hold(&conn->srv->logon_lock)
{
	struct csrv_logon *l;

	lockdep_assert_held(&conn->srv->logon_lock);
	do {
		l = evict_take(conn, level);
		if (l)
			return l;
		level = csrv_quota_over(conn->account, CSRV_QUOTA_LOGON, level);
	} while (level != CSRV_LEVEL_NONE);
	return NULL;
}

/*
 * An idle logon ends here.  A busy one ends when its leg is done: an evicted logon never becomes
 * idle again (csrv_logon_yield()).  To make that soon, the daemon's question is ended: here if it
 * has been asked, else in csrv_logon_asked().  Until then there is one logon too many.
 */
static void evict(struct csrv_logon *l)
{
	struct csrv_conn *conn = l->conn;
	bool idle;

	spin_lock(&conn->lock);
	l->evicted = true;
	idle = l->listed && !l->busy;
	if (idle)
		l->busy = true;
	spin_unlock(&conn->lock);
	if (idle) {
		csrv_logon_end(l, true);
	} else {
		csrv_up_auth_abort(conn->srv->up, l->id);
		csrv_logon_put(l);
	}
}

static bool logon_charge(struct csrv_conn *conn, struct csrv_logon **old)
	__must_hold(&conn->srv->logon_lock)
{
	enum csrv_quota_level full = csrv_quota_take(conn->account, CSRV_QUOTA_LOGON, 1);

	lockdep_assert_held(&conn->srv->logon_lock);
	if (full == CSRV_LEVEL_NONE)
		return true;
	csrv_quota_force(conn->account, CSRV_QUOTA_LOGON, 1);
	if (csrv_quota_used(conn->account, CSRV_QUOTA_LOGON) >
	    2 * csrv_quota_most(&conn->srv->quota, CSRV_QUOTA_LOGON)) {
		csrv_quota_give(conn->account, CSRV_QUOTA_LOGON, 1);
		return false;
	}
	*old = evict_find(conn, full);
	return true;
}

/*
 * Make room for one more logon.  A new logon is not refused because of logons that have begun and
 * do not proceed: one of these ends.  Logons that are ending already count as well, but on one
 * connection only as many as may be in progress there.
 *
 * The charge, the choice of the logon to end and the new one's place on the list are one step: a
 * logon that is charged and not yet listed would make it look as if all logons were ending.
 */
static bool logon_admit(struct csrv_logon *l)
{
	struct csrv_server *srv = l->conn->srv;
	struct csrv_logon *old = NULL;

	spin_lock(&srv->logon_lock);
	l->charged = logon_charge(l->conn, &old);
	if (l->charged)
		list_add_tail(&l->all, &srv->logons);
	spin_unlock(&srv->logon_lock);
	if (old)
		evict(old);
	return l->charged;
}

static struct csrv_logon *logon_alloc(struct csrv_conn *conn, struct csrv_session *s,
				      enum csrv_logon_kind kind)
{
	struct csrv_logon *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	kref_init(&l->ref);
	l->id = csrv_up_new_id(conn->srv->up);
	l->conn = csrv_conn_get(conn);
	l->session = csrv_session_get(s);
	l->kind = kind;
	l->busy = true;
	l->first = true;
	l->since = jiffies;
	INIT_LIST_HEAD(&l->all);
	memcpy(l->preauth, conn->nego.preauth, sizeof(l->preauth));
	csrv_object_created(CSRV_OBJ_LOGON);
	return l;
}

/* Before the charge: what cannot be listed must not have ended another logon. */
static int logon_list(struct csrv_logon *l)
{
	struct csrv_conn *conn = l->conn;
	struct csrv_logon *other;
	int err = 0;

	spin_lock(&conn->lock);
	if (conn->state != CSRV_CONN_NEGOTIATED)
		err = -ENOTCONN;
	list_for_each_entry(other, &conn->logons, node)
		if (other->session == l->session)
			err = -EBUSY;
	if (!err) {
		kref_get(&l->ref);
		list_add_tail(&l->node, &conn->logons);
		l->listed = true;
		conn->nlogons++;
	}
	spin_unlock(&conn->lock);
	return err;
}

/* True: it was listed, and the list's reference is the caller's. */
static bool logon_unlist(struct csrv_logon *l)
{
	struct csrv_conn *conn = l->conn;
	bool mine;

	spin_lock(&conn->lock);
	mine = l->listed;
	if (mine) {
		list_del_init(&l->node);
		l->listed = false;
		conn->nlogons--;
	}
	spin_unlock(&conn->lock);
	return mine;
}

/**
 * csrv_logon_create() - begin a logon, for its first SESSION_SETUP
 * @conn: the connection
 * @s: the session it is for
 * @kind: how a later leg has to prove itself: set before the logon can be found
 *
 * Another logon may be ended for it: of this connection, of this host, or of the host that has
 * most.
 * Takes srv->logon_lock and under it the account's, conn->lock, and session->lock where one ends.
 * Return: the logon, busy, with the caller's reference; -EUSERS when twice as many as may be
 * in progress on this connection have not ended, -EBUSY when this session has one on this
 * connection, -ENOTCONN, -ENOMEM.
 */
struct csrv_logon *csrv_logon_create(struct csrv_conn *conn, struct csrv_session *s,
				     enum csrv_logon_kind kind)
{
	struct csrv_logon *l = logon_alloc(conn, s, kind);
	int err;

	if (!l)
		return ERR_PTR(-ENOMEM);
	err = logon_list(l);
	if (!err && logon_admit(l))
		return l;
	if (!err && logon_unlist(l))
		csrv_logon_put(l);
	csrv_logon_put(l);
	return ERR_PTR(err ?: -EUSERS);
}

/* The session's logon in progress on this connection, with a reference; NULL: there is none. */
struct csrv_logon *csrv_logon_find(struct csrv_conn *conn, u64 session_id)
{
	struct csrv_logon *l, *ret = NULL;

	spin_lock(&conn->lock);
	list_for_each_entry(l, &conn->logons, node)
		if (l->session->id == session_id) {
			kref_get(&l->ref);
			ret = l;
			break;
		}
	spin_unlock(&conn->lock);
	return ret;
}

/* Claim the logon for a leg that has proved itself.  False: another leg runs, or it has ended. */
bool csrv_logon_claim(struct csrv_logon *l)
{
	bool mine;

	spin_lock(&l->conn->lock);
	mine = l->listed && !l->busy;
	if (mine)
		l->busy = true;
	spin_unlock(&l->conn->lock);
	return mine;
}

/**
 * csrv_logon_asked() - the daemon has been asked a leg's question
 * @l: busy with that leg
 *
 * An eviction before the question found none to end, so it is ended here: evict() marks the logon,
 * then looks for the question; this function is called after the question was asked, and looks for
 * the mark.  Takes conn->lock.
 */
void csrv_logon_asked(struct csrv_logon *l)
{
	bool evicted;

	spin_lock(&l->conn->lock);
	evicted = l->evicted;
	spin_unlock(&l->conn->lock);
	if (evicted)
		csrv_up_auth_abort(l->conn->srv->up, l->id);
}

/**
 * csrv_logon_end() - a logon has succeeded or failed
 * @l: the logon; the caller's reference is dropped
 * @tell_daemon: the daemon has not been notified yet
 *
 * If it was the first logon of its session, and that has not become VALID, the session ends, too.
 * Takes conn->lock, and after it session->lock where the session ends.
 */
void csrv_logon_end(struct csrv_logon *l, bool tell_daemon)
{
	bool mine = logon_unlist(l);

	if (tell_daemon)
		csrv_up_auth_abort(l->conn->srv->up, l->id);
	if (READ_ONCE(l->session->state) == CSRV_SESSION_IN_PROGRESS)
		csrv_session_end(l->session);
	if (mine)
		csrv_logon_put(l);
	csrv_logon_put(l);
}

/**
 * csrv_logon_yield() - a leg is done and another must follow
 * @l: the logon; the caller's reference is dropped
 *
 * A logon that was evicted meanwhile ends: it must not become idle, because it is never evicted a
 * second time.  Locks as csrv_logon_end().
 */
void csrv_logon_yield(struct csrv_logon *l)
{
	bool evicted;

	spin_lock(&l->conn->lock);
	evicted = l->evicted;
	if (!evicted)
		l->busy = false;
	spin_unlock(&l->conn->lock);
	if (evicted)
		csrv_logon_end(l, true);
	else
		csrv_logon_put(l);
}

/* End the idle logons of @conn that began before @older_than. */
void csrv_logons_drop_conn(struct csrv_conn *conn, unsigned long older_than)
{
	struct csrv_logon *l, *found;

	do {
		found = NULL;
		spin_lock(&conn->lock);
		list_for_each_entry(l, &conn->logons, node)
			if (!l->busy && time_before_eq(l->since, older_than)) {
				l->busy = true;
				kref_get(&l->ref);
				found = l;
				break;
			}
		spin_unlock(&conn->lock);
		if (found)
			csrv_logon_end(found, true);
	} while (found);
}
