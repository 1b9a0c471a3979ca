// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client/workers.c - which job gets a worker of srv->wq
 *
 * A worker is charged to the connection and to all that is above it, from the first one on
 * (quota.c): so one client's requests that wait for a file system leave workers for others.  A
 * connection that gets none stands in its host's list, and a job that gives its worker back looks
 * through those lists: a host's turn, of that host a connection's, then the next host's.
 *
 * A job whose connection has closed, or that stands on what has ended, is void: nothing is left to
 * do but to answer an error, or to drop it.  It gets no worker, and runs in srv->logon_wq.
 *
 * No job is forgotten: a job is listed, and then the quota is tried; a worker is given back, and
 * then the lists are looked at.  Either the one sees the other's worker, or the other sees its
 * job.  The length of a look is limited, and quotas may refuse for a moment what there is room
 * for (a charge that fails further up); so @again looks at all of them, while there are any.
 */
#include <linux/jiffies.h>

#include "../base/fault.h"
#include "../core/server.h"
#include "conn.h"
#include "workers.h"

/* Connections that are refused before a look ends: no job works off others' lists for long. */
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

/* The next in turn; that host is the last from now on, and of the host that connection. */
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
 * One connection's turn.  False: it was refused.  One that has all the workers it may have
 * itself looks for more when one of those is given back.
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

/* ---- jobs for which there is nothing left to do ---- */

static bool is_void(const struct csrv_job *job)
{
	return !csrv_conn_is_open(job->conn) || csrv_stands_on_void(&job->on);
}

/* Off the list, and run, without a worker of those that are charged. */
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
 * csrv_worker_void() - what a job stands on has ended, and is marked
 * @job: one of those that stand in a session, whose stand_lock is held: so it is there
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

/* The connection has closed, and is marked: nothing of it stands for a worker any more. */
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

/* There may be workers: for those whose turn it is, until so many are @refused. */
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

/* ---- taking and giving ---- */

/**
 * csrv_worker_take() - a worker for a job
 * @conn: the job's connection; a reference of the caller's or the job's
 *
 * Takes the quota's own locks only; does not sleep.
 * Return: true: the caller queues the job on srv->wq; false: csrv_worker_stand() follows.
 */
bool csrv_worker_take(struct csrv_conn *conn)
{
	enum csrv_quota_level full;

	/* Behind those that stand, if they are seen.  In no order is everything: workers race. */
	return list_empty_careful(&conn->standing.jobs) && worker_charge(conn, &full);
}

/**
 * csrv_worker_stand() - a job for which there was no worker
 * @job: has joined what it stands on (csrv_standers_join()); not the caller's any more
 *
 * It stands behind the others of its connection, if there is no worker now either, and is queued
 * when there is.  Listed first, then the marks of what it stands on looked at: the code that sets a
 * mark looks at the lists afterwards.  Takes srv->workers.lock; does not sleep.
 */
void csrv_worker_stand(struct csrv_job *job)
{
	struct csrv_conn *conn = job->conn;
	struct csrv_workers *w = &conn->srv->workers;

	spin_lock(&w->lock);
	job->stood = true;
	list_add_tail(&job->node, &conn->standing.jobs);
	stand_begin(conn);
	smp_mb();	/* listed, then the quota tried: pairs with the one in csrv_worker_give() */
	if (is_void(job))
		void_run(conn, job);
	else
		turn_take(conn);
	spin_unlock(&w->lock);
}

/**
 * csrv_worker_give() - a job is done, and its worker is for the next in turn
 * @conn: the job's connection; a reference of the caller's
 *
 * Takes srv->workers.lock if any job stands.
 */
void csrv_worker_give(struct csrv_conn *conn)
{
	struct csrv_workers *w = &conn->srv->workers;

	csrv_quota_give(conn->account, CSRV_QUOTA_RUNNING, 1);
	csrv_fault_delay(CSRV_FAULT_WORKER_GIVE);
	smp_mb();	/* given back, then the lists looked at: pairs with csrv_worker_stand() */
	if (!READ_ONCE(w->n) && list_empty_careful(&conn->standing.jobs))
		return;
	spin_lock(&w->lock);
	if (!list_empty(&conn->standing.jobs))
		stand_begin(conn);	/* it had as many workers as it may have itself */
	look(w, WORKERS_REFUSED);
	/* Its own limit has room now, wherever it stands among the others. */
	if (!list_empty(&conn->standing.node))
		turn_take(conn);
	spin_unlock(&w->lock);
}
