// SPDX-License-Identifier: GPL-2.0-or-later
/* server/reaper.c - close unused connections; resume those that wait for room */
#include <linux/jiffies.h>

#include "../base/clock.h"
#include "../client/conn.h"
#include "../client/session.h"
#include "../core/config.h"
#include "../core/server.h"
#include "reaper.h"

#define CSRV_REAP_SECS		2
#define CSRV_SILENT_SECS	5	/* then a connection keeps as little as it can */

/* Has any session on @conn an open? */
static bool conn_has_opens(struct csrv_conn *conn)
{
	struct csrv_channel *ch;
	unsigned long index;
	bool has = false;

	csrv_table_lock(&conn->channels);
	for (index = 0; (ch = csrv_table_next_locked(&conn->channels, &index)); index++)
		has |= csrv_session_nopens(ch->session);
	csrv_table_unlock(&conn->channels);
	return has;
}

/*
 * A silent connection keeps its state, but frees what only traffic needs: once, until there is
 * traffic again.
 */
static void conn_trim(struct csrv_conn *conn)
{
	unsigned long active = READ_ONCE(conn->active);

	if (conn->trimmed == active || atomic_read(&conn->nreqs) ||
	    time_before(jiffies, active + CSRV_SILENT_SECS * HZ))
		return;
	conn->trimmed = active;
	csrv_quota_trim(conn->account);
	csrv_credits_trim(&conn->credits);
	csrv_channels_trim(conn);
}

/*
 * Has no user been logged on for too long?  If no user has ever been, it does not count whether the
 * connection has sent something: half a message, or an ECHO now and then, is no logon.
 */
static bool conn_unused(struct csrv_conn *conn, unsigned long before)
{
	if (!csrv_table_empty(&conn->channels) || !time_before(conn->since, before))
		return false;
	return !READ_ONCE(conn->known) ||
	       (!atomic_read(&conn->nreqs) && time_before(READ_ONCE(conn->active), before));
}

static bool conn_idle(struct csrv_conn *conn, u32 deadtime)
{
	if (!deadtime || conn_has_opens(conn))
		return false;
	return time_after(jiffies, READ_ONCE(conn->active) + csrv_mins(deadtime));
}

static void reap_conn(struct csrv_conn *conn, const struct csrv_config *cfg)
{
	unsigned long logon = jiffies - csrv_secs(cfg->p.logon_timeout);
	unsigned long message = jiffies - csrv_secs(cfg->p.message_timeout);

	csrv_logons_drop_conn(conn, logon);
	if (conn_unused(conn, logon) || conn_idle(conn, cfg->p.deadtime) ||
	    conn->xprt->ops->stalled(conn->xprt, message))
		csrv_conn_shutdown(conn);
	else
		conn_trim(conn);
}

static void reaper_work(struct work_struct *work)
{
	struct csrv_server *srv = container_of(work, struct csrv_server, reaper.work);
	struct csrv_config *cfg = csrv_config_get(srv);
	struct csrv_conn *conn = NULL;

	while ((conn = csrv_conn_next(srv, conn)))
		reap_conn(conn, cfg);
	csrv_config_put(cfg);
	queue_delayed_work(srv->net_wq, &srv->reaper, CSRV_REAP_SECS * HZ);
}

/* Resume connections that are not read because others hold too many bytes: await_room(). */
static void tight_work(struct work_struct *work)
{
	struct csrv_server *srv = container_of(work, struct csrv_server, tight.work);
	struct csrv_conn *conn = NULL;

	while ((conn = csrv_conn_next(srv, conn)))
		csrv_quota_trim(conn->account);
	while ((conn = csrv_conn_next(srv, conn)))
		if (xchg(&conn->thirsty, false))
			conn->xprt->ops->resume(conn->xprt);
}

void csrv_reaper_init(struct csrv_server *srv)
{
	INIT_DELAYED_WORK(&srv->reaper, reaper_work);
	INIT_DELAYED_WORK(&srv->tight, tight_work);
}

void csrv_reaper_start(struct csrv_server *srv)
{
	queue_delayed_work(srv->net_wq, &srv->reaper, CSRV_REAP_SECS * HZ);
}

/* Called before the last connections have ended. */
void csrv_reaper_stop(struct csrv_server *srv)
{
	cancel_delayed_work_sync(&srv->reaper);
}
