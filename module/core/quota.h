/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/quota.h - what clients make the server hold, and the accounts that it is charged to
 *
 * Each kind of thing has a total, which is configured or fixed.  What is made for a client
 * is charged to all of these accounts, or to none and is not made:
 *
 *	session --> connection --> host ----+------------------> all
 *	    +-----> identity ---------------+
 *	              of those unproven ----+--> host's unproven --> unproven
 *
 *  host       one IPv4 address, or the /64 of an IPv6 address
 *  identity   one named account; all guests of one host together; all anonymous of one host
 *  host's unproven   connections and sessions without a logon, of guests, and of the anonymous
 *             user, from one host
 *  unproven   the same of all hosts
 *
 * Each level but the session has a share of the total (quota.c, a row per kind).  The last
 * part of the total is the reserve: only a named account that holds little (its floor) may
 * use it, and for such an account the share of its host does not count either.  So a client that
 * takes all it may leaves enough for another one to work with.  That holds for unproven clients
 * too, because those of one host may have a part only of what is left for all unproven.
 *
 * This file and quota.c know nothing of objects; account.c finds the accounts.
 */
#ifndef CIFSSRV_CORE_QUOTA_H
#define CIFSSRV_CORE_QUOTA_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../compat/context.h"

/*
 * The first six are charged to a connection's account and end with the connection.  What belongs
 * to a session, which may have many connections, is charged to the session's account.
 */
enum csrv_quota_kind {
	CSRV_QUOTA_CONN,	/* connections */
	CSRV_QUOTA_LOGON,	/* logons in progress */
	CSRV_QUOTA_WAITER,	/* requests that wait (parked) */
	CSRV_QUOTA_QUESTION,	/* questions of pipes that the daemon has not answered */
	CSRV_QUOTA_BYTES,	/* bytes of requests and replies in memory */
	CSRV_QUOTA_RUNNING,	/* requests that a worker is working on */
	CSRV_QUOTA_SESSION,	/* sessions with a logon */
	CSRV_QUOTA_TREE,	/* tree connects */
	CSRV_QUOTA_OPEN,	/* opens */
	CSRV_QUOTA_LEASE,	/* leases: each has an open at least */
	CSRV_QUOTA_DETACHED,	/* opens without a connection */
	CSRV_QUOTA_LOCK,	/* byte-range locks, granted and waited for */
	CSRV_QUOTA_PIPE,	/* pipes that the daemon knows */
	CSRV_QUOTA_WATCH,	/* opens that watch their directory */
	CSRV_QUOTA_TREE_WATCH,	/* ... and all below it: each sees its whole file system */
	CSRV_QUOTA_EVENTS,	/* bytes of changes that clients have not been told of yet */
	CSRV_QUOTA_KINDS,
};

/* Which account had no room: csrv_quota_take(). */
enum csrv_quota_level {
	CSRV_LEVEL_NONE,	/* there is room */
	CSRV_LEVEL_SESSION,
	CSRV_LEVEL_CONN,
	CSRV_LEVEL_HOST,
	CSRV_LEVEL_IDENTITY,
	CSRV_LEVEL_HOST_UNPROVEN,
	CSRV_LEVEL_UNPROVEN,
	CSRV_LEVEL_ALL,
	CSRV_LEVELS,
};

struct csrv_peers;
struct csrv_quota;
struct csrv_server;

/* Objects whose end runs in a worker: ends.h */
enum csrv_end_kind {
	CSRV_END_SESSION,
	CSRV_END_CONN,
	CSRV_END_NAME,		/* a name that a delegation has kept */
	CSRV_END_FILE,		/* a last reference, put where no file system may be waited for */
	CSRV_END_KINDS,
};

/**
 * struct csrv_ends - the ends of one kind that one identity, or host, has under way
 * @lock: guards the other members
 * @queue: csrv_end.node of the ends that wait until a running one is over
 * @running: how many a worker runs, or is about to run
 */
struct csrv_ends {
	spinlock_t		lock;		/* guards the next two */
	struct list_head	queue __guarded_by(&lock);
	u32			running __guarded_by(&lock);
};

/**
 * struct csrv_account - what one session, connection, host or identity holds
 * @ref: held by sessions, connections and what is charged; a session's account holds those of its
 *	levels, a connection's those of its host and its identity
 * @quota: the server's limits
 * @level: what the account is for
 * @proven: of a named account, or of a connection or session of one
 * @conn: of a session: the connection that it was set up on
 * @host: of a connection and of a session
 * @host_unproven: of a host: the account of its unproven, freed with it
 * @identity: of a session; of a connection the first that logged on, a named account before
 *	others, or NULL; guarded by @lock
 * @used: what it holds, by kind; of a session for status and tests only
 * @lock: of a connection: guards @identity, @proven, @forced and moves between @held and
 *	upper levels
 * @held: of a connection: what of each kind the upper levels are charged with.  At least
 *	@used minus the kind's free part; more by what is kept for further requests
 * @forced: the part of @held for which the upper levels had no room; @lock
 * @hash: hosts and identities; csrv_quota.lock
 * @kind: likewise: what @key means
 * @key: likewise: the address
 * @name: of a named account
 * @peers: of a host: peers.c; srv->conn_lock
 * @ends: of an identity and of a host: ends.c
 * @standing: of a host: its connections that wait for a worker; workers.c, srv->workers.lock
 * @standing_node: of a host: srv->workers.hosts; likewise
 * @detached: of an identity: csrv_durable.aged of its opens without a connection, the oldest
 *	first; store/detached.c, srv->detached.lock
 */
struct csrv_account {
	refcount_t		ref;
	struct csrv_quota	*quota;
	enum csrv_quota_level	level;
	bool			proven;
	struct csrv_account	*conn;
	struct csrv_account	*host;
	struct csrv_account	*host_unproven;
	struct csrv_account	*identity;
	atomic_long_t		used[CSRV_QUOTA_KINDS];
	spinlock_t		lock;		/* guards identity, proven, forced, moves of held */
	atomic_long_t		held[CSRV_QUOTA_SESSION];
	long			forced[CSRV_QUOTA_SESSION];
	struct hlist_node	hash;
	u8			kind;
	u64			key;
	char			*name;
	struct csrv_peers	*peers;
	struct csrv_ends	ends[CSRV_END_KINDS];
	struct list_head	standing;
	struct list_head	standing_node;
	struct list_head	detached;
};

#define CSRV_ACCOUNT_HASH_BITS	9

/**
 * struct csrv_quota - the server's limits, and the accounts
 * @limit: most of each kind that one account of each level may hold; of CSRV_LEVEL_ALL
 *	without the reserve
 * @unproven_conn: most of each kind that a connection without a named account may hold
 * @total: with the reserve
 * @floor: what a named account may hold of each kind without regard to reserve and host
 * @all: what all clients hold
 * @unproven: what is held by unproven clients of all hosts
 * @lock: guards @hash
 * @hash: hosts and identities
 */
struct csrv_quota {
	long			limit[CSRV_QUOTA_KINDS][CSRV_LEVELS];
	long			unproven_conn[CSRV_QUOTA_KINDS];
	long			total[CSRV_QUOTA_KINDS];
	long			floor[CSRV_QUOTA_KINDS];
	struct csrv_account	all;
	struct csrv_account	unproven;
	spinlock_t		lock;		/* guards hash */
	struct hlist_head	hash[1 << CSRV_ACCOUNT_HASH_BITS];
};

/* quota.c: arithmetic */
void csrv_quota_init(struct csrv_quota *q);
void csrv_quota_configure(struct csrv_quota *q, enum csrv_quota_kind kind, u64 total, u64 conn);
enum csrv_quota_level csrv_quota_take(struct csrv_account *a, enum csrv_quota_kind kind, long n);
void csrv_quota_force(struct csrv_account *a, enum csrv_quota_kind kind, long n);
void csrv_quota_give(struct csrv_account *a, enum csrv_quota_kind kind, long n);
void csrv_quota_trim(struct csrv_account *conn);
void csrv_quota_close(struct csrv_account *conn);
bool csrv_quota_forced(const struct csrv_account *conn, enum csrv_quota_kind kind);
long csrv_quota_most(const struct csrv_quota *q, enum csrv_quota_kind kind);
enum csrv_quota_level csrv_quota_over(struct csrv_account *conn, enum csrv_quota_kind kind,
				      enum csrv_quota_level above);
struct csrv_account *csrv_quota_own(struct csrv_account *conn, struct csrv_account *identity);
void csrv_account_init(struct csrv_account *a, struct csrv_quota *q, enum csrv_quota_level level);

/* What the account holds; from hosts upwards it includes what connections keep in batches. */
static inline long csrv_quota_used(const struct csrv_account *a, enum csrv_quota_kind kind)
{
	return atomic_long_read(&a->used[kind]);
}

/* account.c: the accounts of hosts and identities */
struct sockaddr_storage;

struct csrv_account *csrv_account_conn(struct csrv_quota *q, const struct sockaddr_storage *peer);
struct csrv_account *csrv_account_session(struct csrv_account *conn, const char *name,
					  bool anonymous);
u32 csrv_account_network(const struct csrv_account *host, const struct csrv_server *srv);
struct csrv_account *csrv_account_payer(struct csrv_account *conn);
void csrv_account_own(struct csrv_account *conn, const struct csrv_account *session);
struct csrv_account *csrv_account_get(struct csrv_account *a);
void csrv_account_put(struct csrv_account *a);

#endif /* CIFSSRV_CORE_QUOTA_H */
