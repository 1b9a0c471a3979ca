// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/workers.c - which job gets a worker of srv->wq
 *
 * A worker is charged to the connection and to all levels above it, from the first one on
 * (quota.c): so requests of one client that wait for a file system leave workers for others.  A
 * connection that gets no worker is put on its host's list, and a job that gives its worker back
 * looks through those lists: hosts take turns, and so do the connections of each host.
 *
 * A job whose connection has closed, or that stands on an object that has ended, is void: it can
 * only answer an error, or be dropped.  It gets no worker, and runs in srv->logon_wq.
 *
 * No job is forgotten: a job is listed, then the quota is tried; a worker is given back, then the
 * lists are looked at.  So either the job gets the worker, or the giver sees the job.  The length
 * of a look is limited, and a quota may refuse for a moment although there is room (during a charge
 * that fails further up); so @again looks at all of them, while there are any.
 */
#include <linux/jiffies.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "conn.h"
#include "workers.h"

/* Refused connections after which a look ends: no job walks other clients' lists for long. */
#define WORKERS_REFUSED		16
#define WORKERS_AGAIN		(HZ / 10)

static bool worker_charge(struct csrv_conn *conn, enum csrv_quota_level *full)
{
	*full = csrv_quota_take(conn->account, CSRV_QUOTA_RUNNING, 1);
	return *full == CSRV_LEVEL_NONE;
}

/* ---- lists ---- */

static void stand_begin(struct csrv_conn *conn) __must_hold(&conn->srv->workers.lock)
{
	struct csrv_workers *w = &conn->srv->workers;
	struct csrv_account *host = conn->account->host;

	lockdep_assert_held(&w->lock);
	if (!list_empty(&conn->standing.node))
		return;
	if (list_empty(&host->standing))
		list_add_tail(&host->standing_node, &w->hosts);
	list_add_tail(&conn->standing.node, &host->standing);
	if (!w->n)
		queue_delayed_work(conn->srv->net_wq, &w->again, WORKERS_AGAIN);
	WRITE_ONCE(w->n, w->n + 1);
}

static void stand_end(struct csrv_conn *conn) __must_hold(&conn->srv->workers.lock)
{
	struct csrv_workers *w = &conn->srv->workers;
	struct csrv_account *host = conn->account->host;

	lockdep_assert_held(&w->lock);
	list_del_init(&conn->standing.node);
	if (list_empty(&host->standing))
		list_del_init(&host->standing_node);
	WRITE_ONCE(w->n, w->n - 1);
}

/* The next in turn; that host, and of it that connection, becomes the last one. */
static struct csrv_conn *next_turn(struct csrv_workers *w) __must_hold(&w->lock)
{
	struct csrv_account *host;
	struct csrv_conn *conn;

	lockdep_assert_held(&w->lock);
	host = list_first_entry_or_null(&w->hosts, struct csrv_account, standing_node);
	if (!host)
		return NULL;
	conn = list_first_entry(&host->standing, struct csrv_conn, standing.node);
	list_move_tail(&host->standing_node, &w->hosts);
	list_move_tail(&conn->standing.node, &host->standing);
	return conn;
}

/*
 * One connection's turn.  False: it was refused.  A connection at its own limit looks for more
 * when one of its workers is given back.
 */
static bool turn_take(struct csrv_conn *conn) __must_hold(&conn->srv->workers.lock)
{
	struct csrv_server *srv = conn->srv;
	enum csrv_quota_level full;
	struct csrv_job *job;

	lockdep_assert_held(&srv->workers.lock);
	if (!worker_charge(conn, &full)) {
		if (full == CSRV_LEVEL_CONN)
			stand_end(conn);
		return false;
	}
	job = list_first_entry(&conn->standing.jobs, struct csrv_job, node);
	list_del_init(&job->node);
	if (list_empty(&conn->standing.jobs))
		stand_end(conn);
	queue_work(srv->wq, job->work);	/* from here on both may be freed */
	return true;
}

/* ---- void jobs ---- */

static bool is_void(const struct csrv_job *job)
{
	return !csrv_conn_is_open(job->conn) || csrv_stands_on_void(&job->on);
}

/* Take @job off the list and run it, without a charged worker. */
static void void_run(struct csrv_conn *conn, struct csrv_job *job)
	__must_hold(&conn->srv->workers.lock)
{
	lockdep_assert_held(&conn->srv->workers.lock);
	list_del_init(&job->node);
	if (list_empty(&conn->standing.jobs) && !list_empty(&conn->standing.node))
		stand_end(conn);
	job->free = true;
	queue_work(conn->srv->logon_wq, job->work);	/* from here on both may be freed */
}

/**
 * csrv_worker_void() - an object that a job stands on has ended, and is marked
 * @job: in session->standing, whose stand_lock is held: so the job exists
 *
 * If it stands for a worker it runs now.  Takes srv->workers.lock; does not sleep.
 */
void csrv_worker_void(struct csrv_job *job)
{
	struct csrv_workers *w = &job->conn->srv->workers;

	spin_lock(&w->lock);
	if (!list_empty(&job->node))
		void_run(job->conn, job);
	spin_unlock(&w->lock);
}

/* The connection has closed, and is marked: none of its jobs stands for a worker any more. */
void csrv_workers_drop(struct csrv_conn *conn)
{
	struct csrv_workers *w = &conn->srv->workers;
	struct csrv_job *job;

	do {
		spin_lock(&w->lock);
		job = list_first_entry_or_null(&conn->standing.jobs, struct csrv_job, node);
		if (job)
			void_run(conn, job);
		spin_unlock(&w->lock);
	} while (job);
}

/* ---- turns ---- */

/* There may be workers: give turns, until @refused connections were refused. */
static void look(struct csrv_workers *w, u32 refused) __must_hold(&w->lock)
{
	struct csrv_conn *conn;

	lockdep_assert_held(&w->lock);
	while (refused && (conn = next_turn(w)))
		if (!turn_take(conn))
			refused--;
}

/* As many turns as there are connections, some at a time. */
static void look_again(struct work_struct *work)
{
	struct csrv_workers *w = container_of(to_delayed_work(work), struct csrv_workers, again);
	struct csrv_server *srv = container_of(w, struct csrv_server, workers);
	u32 left, part;

	for (left = READ_ONCE(w->n); left; left -= part) {
		part = min(left, WORKERS_REFUSED);
		spin_lock(&w->lock);
		look(w, part);
		spin_unlock(&w->lock);
		cond_resched();
	}
	spin_lock(&w->lock);
	if (w->n)
		queue_delayed_work(srv->net_wq, &w->again, WORKERS_AGAIN);
	spin_unlock(&w->lock);
}

void csrv_workers_init(struct csrv_server *srv)
{
	struct csrv_workers *w = &srv->workers;

	spin_lock_init(&w->lock);
	INIT_LIST_HEAD(&w->hosts);
	INIT_DELAYED_WORK(&w->again, look_again);
}

/* ---- take and give workers ---- */

/**
 * csrv_worker_take() - get a worker for a job
 * @conn: the job's connection; a reference of the caller's or the job's
 *
 * Takes the quota's own locks only; does not sleep.
 * Return: true: the caller queues the job on srv->wq; false: csrv_worker_stand() follows.
 */
bool csrv_worker_take(struct csrv_conn *conn)
{
	enum csrv_quota_level full;

	/* Behind jobs that stand, if they are seen.  The order is not strict: workers race. */
	return list_empty_careful(&conn->standing.jobs) && worker_charge(conn, &full);
}

/**
 * csrv_worker_stand() - list a job for which there was no worker
 * @job: has joined the objects that it names (csrv_standers_join()); not the caller's any more
 *
 * If there is still no worker, it stands behind the others of its connection, and is queued when
 * there is one.  It is listed first, then the marks of its objects are checked: the code that sets
 * a mark looks at the lists afterwards.  Takes srv->workers.lock; does not sleep.
 */
void csrv_worker_stand(struct csrv_job *job)
{
	struct csrv_conn *conn = job->conn;
	struct csrv_workers *w = &conn->srv->workers;

	spin_lock(&w->lock);
	job->stood = true;
	list_add_tail(&job->node, &conn->standing.jobs);
	stand_begin(conn);
	smp_mb();	/* list, then try the quota: pairs with the one in csrv_worker_give() */
	if (is_void(job))
		void_run(conn, job);
	else
		turn_take(conn);
	spin_unlock(&w->lock);
}

/**
 * csrv_worker_give() - a job is done: give its worker to the next in turn
 * @conn: the job's connection; a reference of the caller's
 *
 * Takes srv->workers.lock if any job stands.
 */
void csrv_worker_give(struct csrv_conn *conn)
{
	struct csrv_workers *w = &conn->srv->workers;

	csrv_quota_give(conn->account, CSRV_QUOTA_RUNNING, 1);
	csrv_fault_delay(CSRV_FAULT_WORKER_GIVE);
	smp_mb();	/* give back, then look at the lists: pairs with csrv_worker_stand() */
	if (!READ_ONCE(w->n) && list_empty_careful(&conn->standing.jobs))
		return;
	spin_lock(&w->lock);
	if (!list_empty(&conn->standing.jobs))
		stand_begin(conn);	/* it was at its own limit */
	look(w, WORKERS_REFUSED);
	/* The connection has room below its own limit now, wherever it is in the lists. */
	if (!list_empty(&conn->standing.node))
		turn_take(conn);
	spin_unlock(&w->lock);
}
