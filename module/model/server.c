// SPDX-License-Identifier: GPL-2.0-or-later
/* model/server.c - the server's own life, its parameters, its reaper */
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/objects.h"
#include "../compat/workqueue.h"
#include "../crypt/crypt.h"
#include "../upcall/upcall.h"
#include "../wire/time.h"
#include "conn.h"
#include "listener.h"
#include "server.h"
#include "session.h"
#include "share.h"
#include "user.h"

#define CSRV_REAP_SECS		2
#define CSRV_SILENT_SECS	5	/* then a connection holds as little as it can */
/* While there is too little room for all, those that wait are asked again so often. */
#define CSRV_TIGHT_TIME		(HZ / 20)

/* Dialects as configuration names them, CSRV_SERVER_MIN_PROTOCOL_… in order. */
static const u16 dialects[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };

/* Preference where the configuration names nothing. */
static const u16 default_ciphers[] = {
	CSRV_CIPHER_AES_128_GCM, CSRV_CIPHER_AES_128_CCM,
	CSRV_CIPHER_AES_256_GCM, CSRV_CIPHER_AES_256_CCM,
};

static const u16 default_signing[] = {
	CSRV_SIGN_AES_CMAC, CSRV_SIGN_AES_GMAC, CSRV_SIGN_HMAC_SHA256,
};

struct alg_name {
	const char	*name;
	u16		id;
};

static const struct alg_name cipher_names[] = {
	{ "AES-128-GCM", CSRV_CIPHER_AES_128_GCM },
	{ "AES-128-CCM", CSRV_CIPHER_AES_128_CCM },
	{ "AES-256-GCM", CSRV_CIPHER_AES_256_GCM },
	{ "AES-256-CCM", CSRV_CIPHER_AES_256_CCM },
};

static const struct alg_name signing_names[] = {
	{ "AES-128-GMAC", CSRV_SIGN_AES_GMAC },
	{ "AES-128-CMAC", CSRV_SIGN_AES_CMAC },
	{ "HMAC-SHA256", CSRV_SIGN_HMAC_SHA256 },
};

/* Ids of the names in @list that stand in @names; unknown ones are -EINVAL. */
static int algs_parse(const char *list, const struct alg_name *names, size_t nnames, u16 *out,
		      u32 cap)
{
	u32 n = 0, i;
	size_t len;

	for (; list && *list; list += len) {
		list += strspn(list, " ,\t");
		len = strcspn(list, " ,\t");
		if (!len)
			break;
		for (i = 0; i < nnames; i++)
			if (strlen(names[i].name) == len && !strncasecmp(names[i].name, list, len))
				break;
		if (i == nnames || n == cap)
			return -EINVAL;
		out[n++] = names[i].id;
	}
	return n;
}

static u32 algs_supported(u16 *algs, u32 n, bool (*supported)(u16))
{
	u32 i, kept = 0;

	for (i = 0; i < n; i++)
		if (supported(algs[i]))
			algs[kept++] = algs[i];
	return kept;
}

static int config_algs(struct csrv_config *cfg)
{
	int n;

	n = algs_parse(cfg->p.encryption_algorithms, cipher_names, ARRAY_SIZE(cipher_names),
		       cfg->ciphers, ARRAY_SIZE(cfg->ciphers));
	if (n < 0) {
		csrv_err_ratelimited("server/encryption_algorithms: unknown name; legal: AES-128-GCM AES-128-CCM AES-256-GCM AES-256-CCM\n");
		return n;
	}
	if (!n) {
		memcpy(cfg->ciphers, default_ciphers, sizeof(default_ciphers));
		n = ARRAY_SIZE(default_ciphers);
	}
	cfg->nciphers = algs_supported(cfg->ciphers, n, csrv_cipher_supported);

	n = algs_parse(cfg->p.signing_algorithms, signing_names, ARRAY_SIZE(signing_names),
		       cfg->signing_algs, ARRAY_SIZE(cfg->signing_algs));
	if (n < 0) {
		csrv_err_ratelimited("server/signing_algorithms: unknown name; legal: AES-128-GMAC AES-128-CMAC HMAC-SHA256\n");
		return n;
	}
	if (!n) {
		memcpy(cfg->signing_algs, default_signing, sizeof(default_signing));
		n = ARRAY_SIZE(default_signing);
	}
	cfg->nsigning_algs = algs_supported(cfg->signing_algs, n, csrv_signing_supported);
	return 0;
}

static void config_free(struct rcu_head *rcu)
{
	struct csrv_config *cfg = container_of(rcu, struct csrv_config, rcu);

	csrv_server_params_free(&cfg->p);
	kfree(cfg);
}

/* The parameters as they are now; csrv_config_put() when done.  Never NULL. */
struct csrv_config *csrv_config_get(struct csrv_server *srv)
{
	struct csrv_config *cfg;

	rcu_read_lock();
	do {
		cfg = rcu_dereference(srv->config);
	} while (!refcount_inc_not_zero(&cfg->ref));
	rcu_read_unlock();
	return cfg;
}

void csrv_config_put(struct csrv_config *cfg)
{
	if (refcount_dec_and_test(&cfg->ref))
		call_rcu(&cfg->rcu, config_free);
}

static struct csrv_config *config_make(const struct csrv_server_params *p)
{
	struct csrv_config *cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	int err;

	if (!cfg)
		return ERR_PTR(-ENOMEM);
	refcount_set(&cfg->ref, 1);
	err = csrv_server_params_copy(&cfg->p, p);
	if (err)
		goto free;
	cfg->min_dialect = dialects[min_t(u32, p->min_protocol, ARRAY_SIZE(dialects) - 1)];
	cfg->max_dialect = dialects[min_t(u32, p->max_protocol, ARRAY_SIZE(dialects) - 1)];
	err = -EINVAL;
	if (cfg->min_dialect > cfg->max_dialect) {
		csrv_err_ratelimited("server/min_protocol must not be above server/max_protocol\n");
		goto free_params;
	}
	err = config_algs(cfg);
	if (err)
		goto free_params;
	return cfg;
free_params:
	csrv_server_params_free(&cfg->p);
free:
	kfree(cfg);
	return ERR_PTR(err);
}

/* What is not configured: as many pipes as the daemon keeps, and workers as there are. */
#define CSRV_MAX_PIPES		4096
#define CSRV_MAX_QUESTIONS	768	/* of pipes; UP_MAX_QUESTIONS leaves the rest to logons */
#define CSRV_MAX_LOGONS		256u
#define CSRV_MAX_CONN_LOGONS	8
#define CSRV_MAX_CONN_WAITERS	1024

static void quota_apply(struct csrv_server *srv, const struct csrv_server_params *p)
{
	struct csrv_quota *q = &srv->quota;

	csrv_quota_configure(q, CSRV_QUOTA_CONN, p->max_connections, 1);
	csrv_quota_configure(q, CSRV_QUOTA_LOGON, min(p->max_half_open, CSRV_MAX_LOGONS),
			     CSRV_MAX_CONN_LOGONS);
	csrv_quota_configure(q, CSRV_QUOTA_WAITER, p->max_waiting, CSRV_MAX_CONN_WAITERS);
	csrv_quota_configure(q, CSRV_QUOTA_QUESTION, CSRV_MAX_QUESTIONS, 0);
	/* in flight, and as many that wait: conn.c counts them apart */
	csrv_quota_configure(q, CSRV_QUOTA_BYTES, p->max_inflight_total,
			     2 * (p->max_inflight + CSRV_SIZE_SLACK));
	csrv_quota_configure(q, CSRV_QUOTA_RUNNING, srv->max_running, 0);
	csrv_quota_configure(q, CSRV_QUOTA_SESSION, p->max_sessions, 0);
	csrv_quota_configure(q, CSRV_QUOTA_TREE, p->max_trees, 0);
	csrv_quota_configure(q, CSRV_QUOTA_OPEN, p->max_open_files, 0);
	csrv_quota_configure(q, CSRV_QUOTA_LOCK, p->max_locks, 0);
	csrv_quota_configure(q, CSRV_QUOTA_PIPE, CSRV_MAX_PIPES, 0);
}

/*
 * A connection may have as much in flight as was configured, or half of what it can have at
 * all: the other half is for requests that wait.  No message or reply may be larger.
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
 * New connections see them; a running one keeps what it negotiated.  What they no longer allow
 * ends: connections of hosts, sessions of guests and of nobody.
 * Return: 0, -EINVAL (said in the log), -ENOMEM.
 */
int csrv_server_apply(struct csrv_server *srv, const struct csrv_server_params *p)
{
	struct csrv_config *cfg = config_make(p), *old;

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

/* ---- the reaper: what clients leave lying about ---- */

/* Has any session on it something open? */
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
 * A silent connection keeps what it is, and gives back what only traffic needs: once,
 * until there is traffic again.
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
 * Has nobody logged on for too long?  Whoever never has is not asked whether they said
 * something: half a message, or an ECHO now and then, is no logon.
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

/* ---- too little room for all ---- */

/*
 * @conn is not read, because others hold what it would take: of its host, of its user, of
 * all.  Those who give something back do not look who waits for it, which would be a cache
 * line that all share; here it is looked, as long as somebody waits.
 */
void csrv_server_tight(struct csrv_conn *conn)
{
	WRITE_ONCE(conn->thirsty, true);
	/*
	 * Said, then queued.  Pairs with set_work_pool_and_clear_pending(), which comes before
	 * tight_work() looks: it is queued once more, or sees this.
	 */
	smp_mb();
	queue_delayed_work(conn->srv->net_wq, &conn->srv->tight, CSRV_TIGHT_TIME);
}

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
	ktime_get_real_ts64(&now);
	srv->start_time = wire_filetime(now.tv_sec, now.tv_nsec);
	get_random_bytes(srv->guid, sizeof(srv->guid));
	get_random_bytes(&srv->network_key, sizeof(srv->network_key));
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
	srv->next_session = get_random_u32();	/* not those of before the module's last end */
	xa_init_flags(&srv->opens, XA_FLAGS_ALLOC1);
	INIT_DELAYED_WORK(&srv->reaper, reaper_work);
	INIT_DELAYED_WORK(&srv->tight, tight_work);
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
 * Those in which nothing works on a file have a worker in reserve for when there is no memory for
 * another: accepting and sending free memory, or let others free it.  The others must not
 * have one.  It takes all that stands for a worker just then, and does one after the other: so one
 * request that waits for a file system would hold up what others sent in the same moment.
 * What runs in one waits only for what is further down, so none can fill up with those that
 * wait for it.  Where items wait for file systems, other limits count (workers.c, ends.c), and
 * the queue has as many as the kernel lets it.
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

/* Of what a silent client makes the server hold. */
static int caches_make(void)
{
	int err = csrv_tcp_cache();

	if (!err)
		err = csrv_object_cache(CSRV_OBJ_CONN, sizeof(struct csrv_conn));
	if (!err)
		err = csrv_object_cache(CSRV_OBJ_SESSION, sizeof(struct csrv_session));
	if (!err)
		err = csrv_object_cache(CSRV_OBJ_ACCOUNT, sizeof(struct csrv_account));
	return err;
}

/* What was made of them; nothing is queued any more. */
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

/* Nobody reads the parameters any more.  config_free() is code of the module: it is waited for. */
static void config_drop(struct csrv_server *srv)
{
	csrv_config_put(rcu_dereference_raw(srv->config));
	rcu_barrier();
}

/**
 * csrv_server_create() - make the server, without listeners or shares but IPC$
 * @events: the room above; lives as long as the server
 * @fe: the dialect family that connections begin with; likewise
 *
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
	queue_delayed_work(srv->net_wq, &srv->reaper, CSRV_REAP_SECS * HZ);
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

/* Shut down what the listener of that number took; 0: all.  Connections end from workers. */
void csrv_conns_end(struct csrv_server *srv, u64 listener)
{
	struct csrv_conn *conn = NULL;

	while ((conn = csrv_conn_next(srv, conn)))
		if (!listener || conn->listener == listener)
			csrv_conn_shutdown(conn);
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
	cancel_delayed_work_sync(&srv->reaper);
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
