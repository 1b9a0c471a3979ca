// SPDX-License-Identifier: GPL-2.0-or-later
/* client/conn_end.c - how a connection ends */
#include <linux/jiffies.h>
#include <linux/wait_bit.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "conn.h"
#include "conn_end.h"
#include "session.h"

/* No user logs on over @conn any more, and sessions that have no other connection are DEAD. */
static void conn_leave(struct csrv_conn *conn)
{
	csrv_logons_drop_conn(conn, jiffies);
	csrv_channels_drop_conn(conn);
}

/*
 * The only teardown: nothing is received any more; cancel what waits, let what runs finish, take
 * the connection out of sessions that it has joined meanwhile, and drop the list's reference.  It
 * takes as long as the file systems take that the connection's requests wait for.
 */
void csrv_conn_end_run(struct csrv_end *end)
{
	struct csrv_conn *conn = container_of(end, struct csrv_conn, end);
	struct csrv_server *srv = conn->srv;

	srv->events->conn_gone(conn);
	conn->xprt->ops->detach(conn->xprt);
	csrv_fault_delay(CSRV_FAULT_CONN_GONE);
	srv->events->conn_gone(conn);	/* requests that parked while the transport ended */
	wait_var_event(&conn->nreqs, !atomic_read(&conn->nreqs));
	conn_leave(conn);

	spin_lock(&conn->lock);
	csrv_conn_set_state(conn, CSRV_CONN_DEAD);
	spin_unlock(&conn->lock);
	spin_lock(&srv->conn_lock);
	list_del_init(&conn->node);
	spin_unlock(&srv->conn_lock);
	csrv_conn_put(conn);
}

/*
 * The sessions of a client that has disconnected end here: other clients wait for what these have
 * open, and not for the requests of this connection or of another.
 */
void csrv_conn_closed(void *owner)
{
	struct csrv_conn *conn = owner;
	struct csrv_account *payer;

	csrv_fault_delay(CSRV_FAULT_CONN_CLOSED);
	spin_lock(&conn->lock);
	csrv_conn_set_state(conn, CSRV_CONN_CLOSING);
	spin_unlock(&conn->lock);
	csrv_conn_set_rank(conn, CSRV_PEERS_NONE);
	conn_leave(conn);
	/* At once, as the end below may be listed: no client is left to notify of the outcome. */
	conn->srv->events->conn_gone(conn);
	csrv_workers_drop(conn);
	conn->xprt->ops->resume(conn->xprt);	/* messages that stand for room are dropped */
	payer = csrv_account_payer(conn->account);
	csrv_conn_get(conn);		/* the end may be over before csrv_end_queue() returns */
	csrv_end_queue(&conn->end, payer, conn->srv->gone_wq);
	csrv_account_put(payer);
	smp_mb();	/* list, then look for requests: pairs with csrv_conn_req_done() */
	if (!atomic_read(&conn->nreqs))
		csrv_end_hurry(&conn->end);
	csrv_conn_put(conn);
}
