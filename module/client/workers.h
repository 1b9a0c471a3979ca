/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/workers.h - which job gets a worker of srv->wq
 *
 * There are no fewer workers than CSRV_QUOTA_RUNNING has units, and no job is queued without one.
 * So no job waits in the workqueue's own list, which does not distinguish clients: jobs wait here,
 * and hosts take turns.
 */
#ifndef CIFSSRV_CLIENT_WORKERS_H
#define CIFSSRV_CLIENT_WORKERS_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../compat/context.h"
#include "standers.h"

struct csrv_conn;
struct csrv_server;

/* The most requests that run; srv->max_running: no more than one NUMA node has workers. */
#define CSRV_MAX_RUNNING	256

/**
 * struct csrv_job - what a worker is to do for a connection
 * @node: conn->standing.jobs; srv->workers.lock
 * @work: its function calls csrv_worker_give() last, unless @free
 * @conn: the connection
 * @stood: there was no worker at once, so the objects may have changed meanwhile
 * @free: it touches no file, and runs in srv->logon_wq without a charge
 * @on: the objects that it stands on, for room or for a worker: csrv_standers_join()
 * @in_session: on->session->standing; the session's stand_lock
 */
struct csrv_job {
	struct list_head	node;
	struct work_struct	*work;
	struct csrv_conn	*conn;
	bool			stood;
	bool			free;
	struct csrv_stands_on	on;
	struct list_head	in_session;
};

/**
 * struct csrv_standing - a connection's jobs for which there is no worker yet
 * @jobs: csrv_job.node, the oldest first; srv->workers.lock, like the rest
 * @node: in the host's list (csrv_account.standing); empty unless it waits for a worker
 */
struct csrv_standing {
	struct list_head	jobs;
	struct list_head	node;
};

void csrv_workers_init(struct csrv_server *srv);
bool csrv_worker_take(struct csrv_conn *conn);
void csrv_worker_stand(struct csrv_job *job);
void csrv_worker_void(struct csrv_job *job);
void csrv_workers_drop(struct csrv_conn *conn);
void csrv_worker_give(struct csrv_conn *conn);

static inline void csrv_standing_init(struct csrv_standing *s)
{
	INIT_LIST_HEAD(&s->jobs);
	INIT_LIST_HEAD(&s->node);
}

#endif /* CIFSSRV_CLIENT_WORKERS_H */
