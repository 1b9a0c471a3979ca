// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dispatch/notify.c - small messages other than replies: the interim response, [MS-SMB2] 3.3.4.2,
 * and notifications, 3.3.4.6
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "frontend.h"
#include "req.h"

static void notification_free(struct csrv_notification *n)
{
	struct csrv_conn *conn = n->conn;

	kfree(n);
	csrv_conn_req_done(conn, 0);
	csrv_conn_put(conn);
}

static void notification_sent(struct csrv_out *out)
{
	notification_free(container_of(out, struct csrv_notification, out));
}

static void break_sent(struct csrv_out *out)
{
	struct csrv_notification *n = container_of(out, struct csrv_notification, out);

	atomic_dec(&n->conn->nbreaks);
	notification_free(n);
}

/*
 * Breaks that wait to be sent: a client that takes none makes the server hold no more than that.
 * They are not charged: what is broken may belong to an account that has no room left.  A client
 * that is slow, with replies of much data before them, has time.
 */
#define BREAKS_MAX	1024
#define BREAKS_LIMIT	65536
#define BREAKS_SECS	10

/* Are there more than a client that takes them can have? */
static bool breaks_pile_up(struct csrv_conn *conn)
{
	int n = atomic_read(&conn->nbreaks);

	if (!n)
		WRITE_ONCE(conn->breaks_since, jiffies);
	if (n < BREAKS_MAX)
		return false;
	return n >= BREAKS_LIMIT ||
	       time_after(jiffies, READ_ONCE(conn->breaks_since) + BREAKS_SECS * HZ);
}

/*
 * Make an empty message to @conn.  @in_request: a request of @conn sends it, and keeps @conn from
 * ending.  The message counts as a request until it has been sent or freed, and the connection's
 * end waits for it.  NULL without memory, or if the connection ends.
 */
static struct csrv_notification *notification_alloc(struct csrv_conn *conn, bool in_request)
{
	struct csrv_notification *n = kzalloc(sizeof(*n), GFP_KERNEL);
	bool ok;

	if (!n)
		return NULL;
	/* csrv_conn_end_run() reads nreqs after it has changed the state. */
	spin_lock(&conn->lock);
	ok = in_request || conn->state == CSRV_CONN_NEGOTIATED;
	if (ok)
		atomic_inc(&conn->nreqs);
	spin_unlock(&conn->lock);
	if (!ok) {
		kfree(n);
		return NULL;
	}
	n->conn = csrv_conn_get(conn);
	return n;
}

/* @n is not the caller's any more.  Returns the same as csrv_xprt_ops.send(). */
static u64 notification_send(struct csrv_notification *n, void (*done)(struct csrv_out *out))
{
	struct csrv_xprt *xprt = n->conn->xprt;

	n->out.done = done;
	return xprt->ops->send(xprt, &n->out);
}

/* csrv_server_events.send_break */
int csrv_send_break(struct csrv_channel *ch, const struct csrv_holder *h,
		    const struct csrv_break *b, u64 *end)
{
	struct csrv_notification *n;
	int err;

	if (breaks_pile_up(ch->conn)) {
		csrv_conn_abort(ch->conn);
		return -ENOTCONN;
	}
	n = notification_alloc(ch->conn, false);
	if (!n)
		return -ENOTCONN;
	err = ch->conn->fe->notify_break(ch, h, b, n);
	if (err) {
		notification_free(n);
		return err;
	}
	atomic_inc(&ch->conn->nbreaks);
	*end = notification_send(n, break_sent);
	/* The transport has freed @n if the connection has ended. */
	return *end == U64_MAX ? -ENOTCONN : 0;
}

/**
 * csrv_send_interim() - notify the client that a request waits, and may be cancelled
 * @req: has an async_id
 *
 * Return: 0 or an errno.
 */
int csrv_send_interim(struct csrv_req *req)
{
	struct csrv_notification *n = notification_alloc(req->conn, true);
	int err;

	if (!n)
		return -ENOMEM;
	err = req->conn->fe->interim(req, n);
	if (err)
		notification_free(n);
	else
		notification_send(n, notification_sent);
	return err;
}
