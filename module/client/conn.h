/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/conn.h - one client connection, [MS-SMB2] 3.3.1.7 */
#ifndef CIFSSRV_CLIENT_CONN_H
#define CIFSSRV_CLIENT_CONN_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "../transport/transport.h"
#include "credits.h"
#include "../core/ends.h"
#include "../core/peers.h"
#include "../core/table.h"
#include "workers.h"

struct csrv_account;
struct csrv_channel;
struct csrv_cancels;
struct csrv_frontend;
struct csrv_server;

/*
 *   NEW --negotiate--> NEGOTIATED
 *    |                     |
 *    +------- closed ------+--> CLOSING --detached--> DEAD
 *
 * NEW: only a NEGOTIATE is served.  CLOSING: nothing is received, requests finish.
 * DEAD: the transport is detached, only references are left.
 */
enum csrv_conn_state {
	CSRV_CONN_NEW,
	CSRV_CONN_NEGOTIATED,
	CSRV_CONN_CLOSING,
	CSRV_CONN_DEAD,
};

#define CSRV_PEER_NAME_LEN	48	/* INET6_ADDRSTRLEN */

/* The result of NEGOTIATE.  Written once, before the state says NEGOTIATED. */
struct csrv_nego {
	u16	dialect;
	u16	cipher;			/* CSRV_CIPHER_NONE: no encryption */
	u16	signing_alg;
	u16	client_secmode;
	u16	server_secmode;
	u32	client_caps;
	u32	server_caps;
	u32	max_trans;
	u32	max_read;
	u32	max_write;
	bool	large_mtu;		/* multi-credit requests */
	bool	leases;			/* the client may have them */
	bool	dir_leases;		/* ... of directories, too */
	bool	has_signing_ctx;	/* the client sent SMB2_SIGNING_CAPABILITIES */
	u8	client_guid[16];
	u8	preauth[64];		/* Connection.PreauthIntegrityHashValue */
	u32	client_dialects;	/* for VALIDATE_NEGOTIATE_INFO */
};

/*
 * One connection.
 *
 * Made by csrv_server_accept().  The list of the server holds one reference until the transport
 * has called closed(); every request, channel and logon holds one.  Opens and sessions hold none:
 * they find a connection only through a channel.
 */
struct csrv_conn {
	struct kref		ref;
	struct csrv_server	*srv;
	struct csrv_xprt	*xprt;
	const struct csrv_frontend *fe;		/* srv->fe, or what NEGOTIATE chose; opaque here */
	u64			id;
	u64			listener;	/* number of the listener that accepted it */
	unsigned long		since;		/* jiffies of accept */
	unsigned long		active;		/* jiffies of the latest message */
	unsigned long		trimmed;	/* @active at the latest trim; the reaper's */
	char			peer[CSRV_PEER_NAME_LEN];

	spinlock_t		lock;		/* guards the next nine */
	enum csrv_conn_state	state __guarded_by(&lock);
	bool			negotiating __guarded_by(&lock);
	struct list_head	logons __guarded_by(&lock);	/* csrv_logon.node */
	u32			nlogons __guarded_by(&lock);
	/* requests that can be cancelled; used by dispatch/ */
	struct list_head	waiting __guarded_by(&lock);
	u32			nwaiting __guarded_by(&lock);
	/* the latest CANCELs, or NULL; used by dispatch/ */
	struct csrv_cancels	*cancels __guarded_by(&lock);
	u64			parked __guarded_by(&lock);	/* bytes of waiting requests */
	/* the latest channel whose session has ended */
	struct csrv_channel	*dead_channel __guarded_by(&lock);

	struct csrv_account	*account;	/* the account that it is charged to: quota.h */
	struct csrv_standing	standing;	/* requests without a worker: workers.h */
	struct list_head	node;		/* srv->conns; srv->conn_lock, like the next one */
	struct csrv_peer	peer_place;	/* peers.c */
	bool			counted;	/* the account is charged with this connection */
	bool			known;		/* a user has logged on over it */
	bool			proven;		/* a named account has logged on; only ever set */
	struct csrv_nego	nego;
	struct csrv_credits	credits;
	struct csrv_table	channels;	/* session id, low half -> csrv_channel */
	bool			thirsty;	/* not read: others hold too many bytes */
	atomic_t		nbreaks;	/* notifications of breaks that wait to be sent */
	unsigned long		breaks_since;	/* jiffies: there was none */
	atomic_t		nreqs;		/* requests being handled */
	struct csrv_end		end;
};

struct csrv_conn *csrv_conn_next(struct csrv_server *srv, struct csrv_conn *prev);
struct csrv_conn *csrv_conn_get(struct csrv_conn *conn);
void csrv_conn_put(struct csrv_conn *conn);
void csrv_conn_shutdown(struct csrv_conn *conn);
void csrv_conn_abort(struct csrv_conn *conn);
void csrv_conn_set_state(struct csrv_conn *conn, enum csrv_conn_state to)
	__must_hold(&conn->lock);
void csrv_conn_set_rank(struct csrv_conn *conn, enum csrv_peers_rank to);
void csrv_conn_set_known(struct csrv_conn *conn, bool proven);
bool csrv_conn_negotiate_begin(struct csrv_conn *conn);
void csrv_conn_negotiate_end(struct csrv_conn *conn, bool done);
bool csrv_conn_is_open(struct csrv_conn *conn);
void csrv_conn_req_done(struct csrv_conn *conn, u32 bytes);
int csrv_conn_charge(struct csrv_conn *conn, u32 bytes);
u32 csrv_conn_reserve(struct csrv_conn *conn, u64 bytes);
bool csrv_conn_take(struct csrv_conn *conn, u32 bytes);
void csrv_conn_force(struct csrv_conn *conn, u32 bytes);
bool csrv_conn_park(struct csrv_conn *conn, u32 bytes, bool logon) __must_hold(&conn->lock);
void csrv_conn_unpark(struct csrv_conn *conn, u32 bytes) __must_hold(&conn->lock);
void csrv_conn_release(struct csrv_conn *conn, u32 bytes);

/* If the state is NEGOTIATED, conn->nego is set. */
static inline enum csrv_conn_state csrv_conn_state(const struct csrv_conn *conn)
{
	return smp_load_acquire(&conn->state);	/* csrv_conn_set_state() */
}

#endif /* CIFSSRV_CLIENT_CONN_H */
