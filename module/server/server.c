// SPDX-License-Identifier: GPL-2.0-or-later
/* server/server.c - life and parameters of the server */
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/log.h"
#include "../base/objects.h"
#include "../client/conn.h"
#include "../client/netif.h"
#include "../client/session.h"
#include "../compat/workqueue.h"
#include "../core/config.h"
#include "../core/server.h"
#include "../policy/share.h"
#include "../policy/user.h"
#include "../upcall/upcall.h"
#include "../wire/time.h"
#include "accept.h"
#include "life.h"
#include "listener.h"
#include "reaper.h"
#include "revoke.h"

/* Limits that are not configured: the daemon keeps so many pipes. */
#define CSRV_MAX_PIPES		4096
/* Each is told of every change on its file system, and looks whether that is below it. */
#define CSRV_MAX_TREE_WATCHES	2048
#define CSRV_MAX_EVENT_BYTES	SZ_32M
#define CSRV_MAX_QUESTIONS	768	/* of pipes; UP_MAX_QUESTIONS leaves the rest to logons */
#define CSRV_MAX_LOGONS		256u
#define CSRV_MAX_CONN_LOGONS	8
#define CSRV_MAX_CONN_WAITERS	1024
/* Of the opens so many may be without a connection: one in four. */
#define DETACHED_PART		4

static void quota_apply(struct csrv_server *srv, const struct csrv_server_params *p)
{
	struct csrv_quota *q = &srv->quota;

	csrv_quota_configure(q, CSRV_QUOTA_CONN, p->max_connections, 1);
	csrv_quota_configure(q, CSRV_QUOTA_LOGON, min(p->max_half_open, CSRV_MAX_LOGONS),
			     CSRV_MAX_CONN_LOGONS);
	csrv_quota_configure(q, CSRV_QUOTA_WAITER, p->max_waiting, CSRV_MAX_CONN_WAITERS);
	csrv_quota_configure(q, CSRV_QUOTA_QUESTION, CSRV_MAX_QUESTIONS, 0);
	/* in flight, and as many in requests that wait: conn.c counts them separately */
	csrv_quota_configure(q, CSRV_QUOTA_BYTES, p->max_inflight_total,
			     2 * (p->max_inflight + CSRV_SIZE_SLACK));
	csrv_quota_configure(q, CSRV_QUOTA_RUNNING, srv->max_running, 0);
	csrv_quota_configure(q, CSRV_QUOTA_SESSION, p->max_sessions, 0);
	csrv_quota_configure(q, CSRV_QUOTA_TREE, p->max_trees, 0);
	csrv_quota_configure(q, CSRV_QUOTA_OPEN, p->max_open_files, 0);
	csrv_quota_configure(q, CSRV_QUOTA_LEASE, p->max_open_files, 0);
	csrv_quota_configure(q, CSRV_QUOTA_DETACHED, p->max_open_files / DETACHED_PART, 0);
	csrv_quota_configure(q, CSRV_QUOTA_LOCK, p->max_locks, 0);
	csrv_quota_configure(q, CSRV_QUOTA_PIPE, CSRV_MAX_PIPES, 0);
	csrv_quota_configure(q, CSRV_QUOTA_WATCH, p->max_open_files, 0);
	csrv_quota_configure(q, CSRV_QUOTA_TREE_WATCH, CSRV_MAX_TREE_WATCHES, 0);
	csrv_quota_configure(q, CSRV_QUOTA_EVENTS, CSRV_MAX_EVENT_BYTES, 0);
}

/*
 * A connection may have the configured number of bytes in flight, or half of its quota: the other
 * half is for requests that wait.  No message or reply may be larger.
 */
static void sizes_fit(const struct csrv_quota *q, struct csrv_config *cfg)
{
	struct csrv_server_params *p = &cfg->p;
	long room = csrv_quota_most(q, CSRV_QUOTA_BYTES) / 2 - CSRV_SIZE_SLACK;
	u64 most;

	cfg->max_inflight = max_t(long, min_t(u64, p->max_inflight, room), SZ_64K);
	most = round_down(cfg->max_inflight, SZ_64K);
	p->max_read = min(p->max_read, most);
	p->max_write = min(p->max_write, most);
	p->max_trans = min(p->max_trans, most);
}

/**
 * csrv_server_apply() - replace the server's parameters
 * @srv: the server
 * @p: copied
 *
 * New connections use them; an existing one keeps what it has negotiated.  Connections of hosts and
 * sessions of guests and anonymous users that are no longer allowed end.
 * Takes srv->config_lock; after it, one by one, srv->conn_lock and session->lock.
 * Return: 0, -EINVAL (the log says why), -ENOMEM.
 */
int csrv_server_apply(struct csrv_server *srv, const struct csrv_server_params *p)
{
	struct csrv_config *cfg = csrv_config_make(p), *old;

	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	spin_lock(&srv->config_lock);
	old = rcu_dereference_protected(srv->config, lockdep_is_held(&srv->config_lock));
	quota_apply(srv, &cfg->p);
	sizes_fit(&srv->quota, cfg);
	rcu_assign_pointer(srv->config, cfg);
	spin_unlock(&srv->config_lock);
	if (!old)
		return 0;
	if (strcmp(old->p.hosts_allow, p->hosts_allow) || strcmp(old->p.hosts_deny, p->hosts_deny))
		csrv_conns_recheck_hosts(srv);
	if (old->p.restrict_anonymous != p->restrict_anonymous ||
	    old->p.map_to_guest != p->map_to_guest)
		csrv_sessions_recheck(srv);
	csrv_config_put(old);
	return 0;
}

/* ---- upcall ---- */

static void up_guid(void *priv, u8 guid[CSRV_UP_GUID_LEN])
{
	struct csrv_server *srv = priv;

	memcpy(guid, srv->guid, sizeof(srv->guid));
}

static u32 up_timeout(void *priv)
{
	struct csrv_config *cfg = csrv_config_get(priv);
	u32 ms = cfg->p.ipc_timeout * 1000;

	csrv_config_put(cfg);
	return ms;
}

static const struct csrv_upcall_ops upcall_ops = {
	.server_guid	= up_guid,
	.timeout_ms	= up_timeout,
	.status		= csrv_status_list,
	.end		= csrv_admin_end,
};

/* ---- life ---- */

static void server_init(struct csrv_server *srv)
{
	struct timespec64 now;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(srv->files); i++)
		spin_lock_init(&srv->files[i].lock);
	for (i = 0; i < ARRAY_SIZE(srv->leases); i++)
		spin_lock_init(&srv->leases[i].lock);
	for (i = 0; i < ARRAY_SIZE(srv->durables); i++)
		spin_lock_init(&srv->durables[i].lock);
	spin_lock_init(&srv->detached.lock);
	INIT_LIST_HEAD(&srv->detached.left);
	ktime_get_real_ts64(&now);
	srv->start_time = wire_filetime(now.tv_sec, now.tv_nsec);
	get_random_bytes(srv->guid, sizeof(srv->guid));
	get_random_bytes(&srv->hash_key, sizeof(srv->hash_key));
	csrv_peers_init(&srv->peers);
	csrv_netifs_init(&srv->netifs);
	spin_lock_init(&srv->config_lock);
	csrv_quota_init(&srv->quota);
	spin_lock_init(&srv->conn_lock);
	mutex_init(&srv->names_lock);
	spin_lock_init(&srv->logon_lock);
	INIT_LIST_HEAD(&srv->conns);
	INIT_LIST_HEAD(&srv->logons);
	INIT_LIST_HEAD(&srv->shares);
	INIT_LIST_HEAD(&srv->users);
	INIT_LIST_HEAD(&srv->listeners);
	xa_init_flags(&srv->sessions, XA_FLAGS_ALLOC1);
	srv->next_session = get_random_u32();	/* not the ids of an earlier load */
	xa_init_flags(&srv->opens, XA_FLAGS_ALLOC1);
	csrv_reaper_init(srv);
	csrv_workers_init(srv);
	csrv_conn_events(srv);
}

static int server_defaults(struct csrv_server *srv)
{
	struct csrv_server_params p;
	int err = csrv_server_params_init(&p);

	if (err)
		return err;
	err = csrv_server_apply(srv, &p);
	csrv_server_params_free(&p);
	return err;
}

/*
 * Queues without work on files have a rescuer for when there is no memory for a worker: accepting
 * and sending free memory, or let others free it.  The other queues must not have one.  A rescuer
 * takes all items that wait for a worker at that moment, and runs them one after the other: so one
 * request that waits for a file system would delay those that other clients sent at the same time.
 * An item waits only for queues further down in this function, so none can be filled by items that
 * wait for it.  Where items wait for file systems, other limits hold (workers.c, ends.c), and the
 * queue has as many workers as the kernel allows.
 */
static int queues_make(struct csrv_server *srv)
{
	srv->max_running = min_t(u32, CSRV_MAX_RUNNING, compat_wq_of_node(WQ_MAX_ACTIVE));
	if (srv->max_running < CSRV_MAX_RUNNING)
		csrv_info("%u requests run at a time: a NUMA node here has no more workers\n",
			  srv->max_running);
	srv->revoke_wq = alloc_workqueue("kcifssrvd_revoke", WQ_UNBOUND, WQ_MAX_ACTIVE);
	srv->gone_wq = alloc_workqueue("kcifssrvd_gone", WQ_UNBOUND, WQ_MAX_ACTIVE);
	srv->end_wq = alloc_workqueue("kcifssrvd_end", WQ_UNBOUND, WQ_MAX_ACTIVE);
	srv->cancel_wq = alloc_workqueue("kcifssrvd_cancel", WQ_UNBOUND, 0);
	srv->wq = alloc_workqueue("kcifssrvd", WQ_UNBOUND, WQ_MAX_ACTIVE);
	srv->logon_wq = alloc_workqueue("kcifssrvd_logon", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	srv->clock_wq = alloc_workqueue("kcifssrvd_clock", WQ_UNBOUND, 0);
	srv->rx_wq = alloc_workqueue("kcifssrvd_rx", COMPAT_WQ_PERCPU, 0);
	srv->net_wq = alloc_workqueue("kcifssrvd_net", WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM,
				      0);
	return srv->revoke_wq && srv->gone_wq && srv->end_wq && srv->cancel_wq && srv->wq &&
	       srv->logon_wq && srv->clock_wq &&
	       srv->rx_wq && srv->net_wq ? 0 : -ENOMEM;
}

/* Caches of the objects that idle clients make the server hold. */
static int caches_make(void)
{
	int err = csrv_listener_caches();

	if (!err)
		err = csrv_object_cache(CSRV_OBJ_CONN, sizeof(struct csrv_conn));
	if (!err)
		err = csrv_object_cache(CSRV_OBJ_SESSION, sizeof(struct csrv_session));
	if (!err)
		err = csrv_object_cache(CSRV_OBJ_ACCOUNT, sizeof(struct csrv_account));
	return err;
}

/* Destroy the queues that were made; nothing is queued any more. */
static void queues_destroy(struct csrv_server *srv)
{
	struct workqueue_struct *wqs[] = {
		srv->net_wq, srv->rx_wq, srv->clock_wq, srv->logon_wq, srv->wq, srv->cancel_wq,
		srv->end_wq, srv->gone_wq, srv->revoke_wq,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wqs); i++)
		if (wqs[i])
			destroy_workqueue(wqs[i]);
}

/* The parameters have no readers left.  config_free() is module code: wait for its callback. */
static void config_drop(struct csrv_server *srv)
{
	csrv_config_put(rcu_dereference_raw(srv->config));
	rcu_barrier();
}

/**
 * csrv_server_create() - make the server, without listeners, and with no share but IPC$
 * @events: functions of upper rooms; live as long as the server
 * @fe: the first front end of every connection; likewise
 *
 * May sleep; the caller holds no lock of the server or of its objects.
 * Return: the server or ERR_PTR.
 */
struct csrv_server *csrv_server_create(const struct csrv_server_events *events,
				       const struct csrv_frontend *fe)
{
	struct csrv_server *srv = kvzalloc(sizeof(*srv), GFP_KERNEL);
	int err;

	if (!srv)
		return ERR_PTR(-ENOMEM);
	srv->events = events;
	srv->fe = fe;
	server_init(srv);
	err = caches_make();
	if (!err)
		err = queues_make(srv);
	if (err)
		goto free_queues;
	err = server_defaults(srv);
	if (err)
		goto free_queues;
	srv->up = csrv_upcall_create(&upcall_ops, srv);
	if (IS_ERR(srv->up)) {
		err = PTR_ERR(srv->up);
		goto free_config;
	}
	err = csrv_share_publish_ipc(srv);
	if (err)
		goto free_up;
	err = csrv_sysfs_init(srv);
	if (err)
		goto free_shares;
	csrv_reaper_start(srv);
	return srv;

free_shares:
	csrv_shares_revoke_all(srv);
free_up:
	csrv_upcall_destroy(srv->up);
free_config:
	config_drop(srv);
free_queues:
	queues_destroy(srv);
	csrv_object_caches_destroy();
	kvfree(srv);
	return ERR_PTR(err);
}

static void conns_end_all(struct csrv_server *srv)
{
	spin_lock(&srv->conn_lock);
	srv->stopping = true;
	spin_unlock(&srv->conn_lock);
	csrv_conns_end(srv, 0);
}

/* End everything, and return when nothing is left. */
void csrv_server_destroy(struct csrv_server *srv)
{
	csrv_listeners_stop_all(srv);
	conns_end_all(srv);
	csrv_sessions_end_all(srv);
	csrv_shares_revoke_all(srv);
	csrv_users_revoke_all(srv);
	csrv_reaper_stop(srv);
	csrv_sysfs_exit(srv);
	csrv_objects_wait_zero();
	cancel_delayed_work_sync(&srv->tight);	/* no connection is left to queue it */
	cancel_delayed_work_sync(&srv->workers.again);	/* likewise */
	csrv_upcall_destroy(srv->up);
	queues_destroy(srv);
	csrv_object_caches_destroy();
	csrv_netifs_exit(&srv->netifs);
	config_drop(srv);
	xa_destroy(&srv->sessions);
	xa_destroy(&srv->opens);
	kvfree(srv);
}
