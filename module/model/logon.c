// SPDX-License-Identifier: GPL-2.0-or-later
/* model/logon.c - a logon in progress */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/objects.h"
#include "../upcall/upcall.h"
#include "conn.h"
#include "server.h"
#include "session.h"

static void logon_free(struct kref *ref)
{
	struct csrv_logon *l = container_of(ref, struct csrv_logon, ref);

	atomic_dec(&l->conn->srv->budget.half_open);
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

/**
 * csrv_logon_create() - a SESSION_SETUP begins one, and works on its first leg
 * @conn: where
 * @s: the session it is for
 *
 * Return: the logon, busy, with the caller's reference; -EUSERS when too many are in
 * progress, -EBUSY when this session has one on this connection, -ENOTCONN.
 */
struct csrv_logon *csrv_logon_create(struct csrv_conn *conn, struct csrv_session *s)
{
	struct csrv_config *cfg = csrv_config_get(conn->srv);
	u32 max = cfg->p.max_half_open;
	struct csrv_logon *l, *other;
	int err = 0;

	csrv_config_put(cfg);
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return ERR_PTR(-ENOMEM);
	kref_init(&l->ref);
	l->id = csrv_up_new_id(conn->srv->up);
	l->conn = csrv_conn_get(conn);
	l->session = csrv_session_get(s);
	l->busy = true;
	l->first = true;
	l->since = jiffies;
	memcpy(l->preauth, conn->nego.preauth, sizeof(l->preauth));
	csrv_object_created(CSRV_OBJ_LOGON);
	if (atomic_inc_return(&conn->srv->budget.half_open) > max)
		err = -EUSERS;

	spin_lock(&conn->lock);
	if (!err && conn->state != CSRV_CONN_NEGOTIATED)
		err = -ENOTCONN;
	list_for_each_entry(other, &conn->logons, node)
		if (other->session == s)
			err = -EBUSY;
	if (!err) {
		kref_get(&l->ref);
		list_add_tail(&l->node, &conn->logons);
		l->listed = true;
		conn->nlogons++;
	}
	spin_unlock(&conn->lock);
	if (!err)
		return l;
	csrv_logon_put(l);
	return ERR_PTR(err);
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

/* One leg at a time, and only one that has proved itself.  False: it is busy, or over. */
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

/* A leg is done and another must follow.  The caller's reference goes. */
void csrv_logon_yield(struct csrv_logon *l)
{
	spin_lock(&l->conn->lock);
	l->busy = false;
	spin_unlock(&l->conn->lock);
	csrv_logon_put(l);
}

static bool logon_unlist(struct csrv_logon *l)
{
	bool mine;

	lockdep_assert_held(&l->conn->lock);
	mine = l->listed;
	if (mine) {
		list_del_init(&l->node);
		l->listed = false;
		l->conn->nlogons--;
	}
	return mine;
}

/**
 * csrv_logon_end() - it succeeded or failed
 * @l: the caller's reference goes
 * @tell_daemon: it does not know yet
 *
 * A session that it was the first logon of, and that did not become VALID, ends too.
 */
void csrv_logon_end(struct csrv_logon *l, bool tell_daemon)
{
	struct csrv_conn *conn = l->conn;
	bool mine;

	spin_lock(&conn->lock);
	mine = logon_unlist(l);
	spin_unlock(&conn->lock);
	if (tell_daemon)
		csrv_up_auth_abort(conn->srv->up, l->id);
	if (READ_ONCE(l->session->state) == CSRV_SESSION_IN_PROGRESS)
		csrv_session_end(l->session);
	if (mine)
		csrv_logon_put(l);
	csrv_logon_put(l);
}

/* End logons begun before @older_than that no leg is being worked on for. */
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
