/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/server.h - the server, which leads to every other object */
#ifndef CIFSSRV_CORE_SERVER_H
#define CIFSSRV_CORE_SERVER_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "../compat/context.h"
#include "../transport/transport.h"
#include "peers.h"
#include "quota.h"
#include "server_params_gen.h"

struct csrv_config;
struct csrv_channel;
struct csrv_conn;
struct csrv_frontend;
struct csrv_msg;
struct csrv_ending;
struct csrv_break;
struct csrv_holder;
struct csrv_session;
struct csrv_upcall;

#define CSRV_FILE_HASH_BITS	10
#define CSRV_LEASE_HASH_BITS	12
#define CSRV_DURABLE_HASH_BITS	10
/* No request or reply may carry more: the range of max_read, max_write and max_trans. */
#define CSRV_SIZE_MAX		(8u << 20)
/* Bytes beside a payload: headers, names, the request that the message becomes. */
#define CSRV_SIZE_SLACK		(192u << 10)

/* The file objects with one hash of the inode. */
struct csrv_file_bucket {
	spinlock_t		lock;	/* guards both lists */
	struct hlist_head	head __guarded_by(&lock);	/* csrv_file.hash */
	struct hlist_head	making;	/* csrv_making.node, by their directory's inode */
};

/* Leases of one bucket of the hash of their keys: store/lease.c. */
struct csrv_lease_bucket {
	spinlock_t		lock;	/* guards the list */
	struct hlist_head	head __guarded_by(&lock);	/* csrv_lease.node */
};

/* CREATEs that may be replayed, of one bucket of the hash of their CreateGuids: store/durable.c. */
struct csrv_durable_bucket {
	spinlock_t		lock;	/* guards the list, and the csrv_durable.open in it */
	struct hlist_head	head __guarded_by(&lock);	/* csrv_durable.node */
};

/**
 * struct csrv_detached - opens that are DISCONNECTED, or were: store/detached.c
 * @lock: guards @left, csrv_account.detached, and of a durable @aged, @of, @due
 * @left: csrv_open.in_tree of those that are closed but for what a file system has to do
 */
struct csrv_detached {
	spinlock_t		lock;	/* guards the list, and more: see above */
	struct list_head	left __guarded_by(&lock);
};

/**
 * struct csrv_server_events - functions of upper rooms, given at creation
 * @alloc: a message (embedded in a request) for a connection
 * @free: frees a message that was never received completely
 * @place: see csrv_xprt_events
 * @receive: see csrv_xprt_events
 * @admit: see csrv_xprt_events
 * @execute: see csrv_xprt_events
 * @conn_gone: nothing is received any more: ask every waiting request of @conn to end
 * @cancel_waiting: ask the waiting requests of @conn to end that wait on what ends
 * @send_break: notify the client over @ch of a break of what it caches by @h.  0 and @end as
 *	csrv_xprt_ops.send() returns it, or an errno
 * @show_commands: calls and errors of each command of @fe, a line each, into a page
 */
struct csrv_server_events {
	struct csrv_msg *(*alloc)(void *conn);
	void (*free)(struct csrv_msg *msg);
	int (*place)(void *conn, struct csrv_msg *msg);
	enum csrv_msg_work (*receive)(void *conn, struct csrv_msg *msg);
	bool (*admit)(struct csrv_msg *msg);
	void (*execute)(struct csrv_msg *msg);
	void (*conn_gone)(struct csrv_conn *conn);
	void (*cancel_waiting)(struct csrv_conn *conn, const struct csrv_ending *e);
	int (*send_break)(struct csrv_channel *ch, const struct csrv_holder *h,
			  const struct csrv_break *b, u64 *end);
	ssize_t (*show_commands)(const struct csrv_frontend *fe, char *page);
};

/**
 * struct csrv_workers - connections whose requests wait for a worker
 * @lock: guards all of it, and what is in connections and hosts
 * @hosts: csrv_account.standing_node of hosts with connections that wait for a worker, the
 *	next one first
 * @n: how many such connections
 * @again: looks once more, as long as there are any
 */
struct csrv_workers {
	spinlock_t		lock;		/* guards the next two */
	struct list_head	hosts __guarded_by(&lock);
	u32			n __guarded_by(&lock);
	struct delayed_work	again;
};

/* One list per network namespace that was asked about lately. */
struct csrv_netif_cache {
	struct mutex		making;	/* held while a new list is made */
	spinlock_t		lock;	/* guards the rest */
	struct list_head	lists;	/* csrv_netif_list.node */
};

/*
 * The server.
 *
 * Made by main.c at load, ended at unload; no other object holds a reference to it, because it
 * ends after all of them (csrv_objects_wait_zero()).
 *
 * There is one, not one per network namespace: share modes, leases and locks must
 * hold between clients that reach the same file through different namespaces, and
 * configfs has one tree.  What belongs to a namespace is the listener.
 */
struct csrv_server {
	u8				guid[16];
	u64				start_time;	/* FILETIME */
	const struct csrv_server_events	*events;
	const struct csrv_frontend	*fe;	/* the first one of every connection; opaque here */
	struct csrv_xprt_events		xprt_events;	/* the same, for transports */
	struct workqueue_struct		*rx_wq;		/* receiving, short work: on home CPUs */
	struct workqueue_struct		*wq;		/* long work, on any CPU; workers.h */
	struct workqueue_struct		*logon_wq;	/* legs of logons: no files */
	struct workqueue_struct		*clock_wq;	/* oplock breaks that time out */
	struct workqueue_struct		*net_wq;	/* accepting, sending on: no files */
	struct workqueue_struct		*cancel_wq;	/* CANCEL: may wait for a file's mutex */
	struct workqueue_struct		*gone_wq;	/* ends of connections: wait for requests */
	struct workqueue_struct		*end_wq;	/* ends of sessions: close opens */
	struct workqueue_struct		*revoke_wq;	/* of shares and users: waits for ends */
	struct csrv_upcall		*up;
	struct csrv_quota		quota;
	u32				max_running;	/* at most CSRV_MAX_RUNNING; constant */
	struct csrv_workers		workers;
	atomic64_t			next_id;	/* unique numbers of all kinds */

	struct csrv_netif_cache		netifs;

	spinlock_t			config_lock;	/* writers of config */
	struct csrv_config __rcu	*config;

	spinlock_t			conn_lock;	/* guards the next three */
	struct list_head		conns __guarded_by(&conn_lock);	/* csrv_conn.node */
	struct csrv_peers_ranks		peers;		/* of connections: which one makes room */
	bool				stopping __guarded_by(&conn_lock);

	siphash_key_t			hash_key;	/* of networks, and keys of leases */

	spinlock_t			logon_lock;	/* guards logons */
	struct list_head		logons;		/* csrv_logon.all, oldest first; weak */

	struct xarray			sessions;	/* owner table */
	u32				next_session;	/* the id to try next; under its lock */
	struct xarray			opens;		/* owner table, by persistent id */

	struct mutex			names_lock;	/* guards the three lists */
	/* csrv_share.node */
	struct list_head		shares __guarded_by(&names_lock);
	/* the latest csrv_share.number */
	u64				last_share __guarded_by(&names_lock);
	struct list_head		users __guarded_by(&names_lock);	/* csrv_user.node */
	/* csrv_listener.node */
	struct list_head		listeners __guarded_by(&names_lock);

	struct csrv_file_bucket		files[1 << CSRV_FILE_HASH_BITS];
	atomic_t			nchange;	/* files with a ChangeTime that was set */
	struct csrv_lease_bucket	leases[1 << CSRV_LEASE_HASH_BITS];
	atomic_t			ndirwatches;	/* leases of directories */
	struct csrv_durable_bucket	durables[1 << CSRV_DURABLE_HASH_BITS];
	struct csrv_detached		detached;

	atomic_t			nlate;	/* revocations not waited for any more */
	struct delayed_work		reaper;		/* half-open logons, idle clients */
	struct delayed_work		tight;	/* connections that wait until others free memory */
	struct kobject			*kobj;		/* /sys/fs/cifssrv */
	struct kobject			*objects_kobj;
	struct kobj_attribute		commands_attr;
	struct csrv_object_attr		*object_attrs;
};

#endif /* CIFSSRV_CORE_SERVER_H */
