/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/session.h - sessions, channels and logons
 *
 * Four objects, because their lives differ ([MS-SMB2] 3.3.1.8):
 *  identity  the user; immutable, replaced as a whole by re-authentication
 *  session   named by the client's SessionId; its keys never change once it is VALID, and it
 *            proves no more than the logon that made the keys
 *  channel   session x connection, with its own signing key; immutable
 *  logon     a logon in progress
 */
#ifndef CIFSSRV_CLIENT_SESSION_H
#define CIFSSRV_CLIENT_SESSION_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "../compat/context.h"
#include "../crypt/crypt.h"
#include "../core/ends.h"
#include "../policy/identity.h"
#include "standers.h"
#include "../core/table.h"
#include "../core/wait.h"

struct cred;
struct csrv_account;
struct csrv_conn;
struct csrv_logon;
struct csrv_logon_keys;
struct csrv_nego;
struct csrv_open;
struct csrv_server;
struct csrv_tree;
struct csrv_up_auth_result_k;
struct csrv_user;
struct csrv_user_life;

/* Channels of one session: the limit that Windows has and clients expect. */
#define CSRV_MAX_CHANNELS	32

/*
 * How long requests wait for the opens of a session that ends, from its death on.  Less than the
 * default of logon_timeout (30), after which the connection of a waiting logon is closed.
 */
#define CSRV_END_SECS		20

/*
 *   IN_PROGRESS --logged on--> VALID --expiry--> EXPIRED --re-authenticated--> VALID
 *        |                       |                  |
 *        +----- refused ---------+---- logoff, previous session id, revoke, last
 *                                |     channel ended ---> DEAD
 *
 * IN_PROGRESS: only SESSION_SETUP.  EXPIRED: only SESSION_SETUP, LOGOFF, CLOSE, LOCK
 * ([MS-SMB2] 3.3.5.2.9).  DEAD: no command; the last reference frees it.
 */
enum csrv_session_state {
	CSRV_SESSION_IN_PROGRESS,
	CSRV_SESSION_VALID,
	CSRV_SESSION_EXPIRED,
	CSRV_SESSION_DEAD,
};

/*
 * One session.
 *
 * Made by the first SESSION_SETUP.  The server's table holds one reference until the opens are
 * closed; channels, logons and requests hold one each.
 */
struct csrv_session {
	struct kref		ref;
	struct csrv_server	*srv;
	u64			id;
	u64			created;	/* FILETIME */

	struct mutex		lock;		/* guards the next seven */
	enum csrv_session_state	state __guarded_by(&lock);
	struct list_head	channels __guarded_by(&lock);	/* csrv_channel.node */
	u32			nchannels __guarded_by(&lock);
	u64			last_channel __guarded_by(&lock);	/* csrv_channel.number */
	struct csrv_identity	*identity __guarded_by(&lock);	/* NULL until VALID */
	struct csrv_account	*account;	/* likewise; charged with this session */
	struct list_head	end_waiters;	/* csrv_end_waiter.node */
	struct completion	ended;		/* DEAD, and its opens are closed */
	bool			unawaited;	/* likewise, or CSRV_END_SECS are over; @lock */
	struct delayed_work	end_late;	/* ends waits for that after CSRV_END_SECS */

	bool			keep;	/* DEAD: durable opens wait for the client; constant then */
	bool			sealed_once;	/* the client has encrypted; only ever set */

	/* constant once VALID */
	struct csrv_identity	*maker;		/* its logon made the keys; a reference */
	bool			proven;		/* only @maker has the keys: a named account's */
	u16			dialect;
	u16			cipher;
	u16			signing_alg;
	u8			client_guid[16];
	bool			signing_required;
	bool			encrypt;	/* SMB2_SESSION_FLAG_ENCRYPT_DATA */
	struct csrv_sign_key	*sign_key;	/* Session.SigningKey; NULL: guest */
	struct csrv_seal_key	*seal_out;
	struct csrv_seal_key	*seal_in;
	u8			app_key[CSRV_KEY_LEN];

	/* guards also the csrv_standers of the session's trees and opens */
	spinlock_t		stand_lock;	/* guards the next two */
	struct list_head	standing __guarded_by(&stand_lock);	/* csrv_job.in_session */
	struct csrv_standers	standers;

	struct csrv_table	trees;		/* TreeId -> csrv_tree */
	u32			ntrees __guarded_by(&lock);	/* session->lock */
	struct csrv_table	opens;		/* volatile id, low half -> csrv_open */
	/* including those being closed; plus 1 until DEAD and its own second half is done */
	atomic_t		nopens;
	struct work_struct	leave;		/* the first half of the end … */
	struct list_head	left;		/* … leaves these opens to the second half */
	struct csrv_end		end;
};

static inline u32 csrv_session_nopens(const struct csrv_session *s)
{
	u32 n = atomic_read(&s->nopens);

	return n ? n - 1 : 0;
}

/*
 * Must a request be signed or encrypted for the session to accept it?  [MS-SMB2] 3.3.5.2.4,
 * 3.3.5.2.9.  Public keys (the anonymous user's) prove nothing.
 */
static inline bool csrv_session_demands_proof(const struct csrv_session *s)
{
	return s->proven && (s->signing_required || s->encrypt || READ_ONCE(s->sealed_once));
}

struct csrv_session *csrv_session_create(struct csrv_server *srv, const struct csrv_nego *nego);
struct csrv_session *csrv_session_alloc(struct csrv_server *srv, const struct csrv_nego *nego);
struct csrv_session *csrv_session_get(struct csrv_session *s);
void csrv_session_put(struct csrv_session *s);
struct csrv_session *csrv_session_find(struct csrv_server *srv, u64 id);
struct csrv_session *csrv_session_next(struct csrv_server *srv, unsigned long *index);
void csrv_session_set_state(struct csrv_session *s, enum csrv_session_state to)
	__must_hold(&s->lock);
bool csrv_session_die_locked(struct csrv_session *s, bool keep) __must_hold(&s->lock);
void csrv_session_leave_account(struct csrv_account *account);
bool csrv_session_end(struct csrv_session *s);
void csrv_session_lose(struct csrv_session *s);
bool csrv_session_keeps(const struct csrv_session *s);
void csrv_session_left(struct csrv_session *s);
struct csrv_identity *csrv_session_identity(struct csrv_session *s);
enum csrv_session_state csrv_session_state(struct csrv_session *s);
bool csrv_session_is_dead(const struct csrv_session *s);
void csrv_sessions_recheck(struct csrv_server *srv);
void csrv_sessions_end_all(struct csrv_server *srv);

/**
 * struct csrv_ending - an object that ends, for the requests that wait on it
 * @session: the session, or the session of the other members
 * @tid: one tree connect; 0: all
 * @open: one open; NULL: all
 * @life: requests that were made as this account; NULL: as any
 */
struct csrv_ending {
	struct csrv_session		*session;
	u32				tid;
	const struct csrv_open		*open;
	const struct csrv_user_life	*life;
};

void csrv_session_cancel(const struct csrv_ending *e);

/**
 * struct csrv_end_waiter - a request that waits until a session's opens are closed
 * @node: session->end_waiters; empty when not queued.  session->lock, like the next two
 * @wait: of the request
 * @cancelled: asked to end before it was queued
 * @session: a reference; NULL: the request does not wait for one
 *
 * Embedded in a request.
 */
struct csrv_end_waiter {
	struct list_head	node;
	struct csrv_wait	*wait;
	bool			cancelled;
	struct csrv_session	*session;
};

void csrv_session_end_wait_init(struct csrv_end_waiter *w, struct csrv_session *s);
nt_status_t csrv_session_end_wait(struct csrv_end_waiter *w, struct csrv_wait *wait);
void csrv_session_end_wait_cancel(struct csrv_end_waiter *w);
void csrv_session_end_wait_done(struct csrv_end_waiter *w);

/*
 * A session on a connection.
 *
 * Immutable.  Held by the session's list and the connection's table until either ends, and by
 * requests that were received over it.
 */
struct csrv_channel {
	struct kref		ref;
	struct csrv_session	*session;	/* a reference */
	struct csrv_conn	*conn;		/* a reference */
	struct csrv_sign_key	*sign_key;	/* NULL: guest */
	u64			number;		/* grows along session->channels */
	struct list_head	node;		/* session->channels */
	bool			listed __guarded_by(&session->lock);	/* in session->channels */
};

void csrv_channel_put(struct csrv_channel *ch);
struct csrv_channel *csrv_channel_find(struct csrv_conn *conn, u64 session_id);
struct csrv_channel *csrv_channel_after(struct csrv_session *s, u64 number);
u32 csrv_channels_from(struct csrv_session *s, u64 number, u64 but);
struct csrv_channel *csrv_channel_make(struct csrv_logon *l, const struct csrv_logon_keys *k);
int csrv_channel_link(struct csrv_channel *ch) __must_hold(&ch->session->lock);
bool csrv_channel_unlink_conn(struct csrv_channel *ch);
struct csrv_channel *csrv_channel_pop(struct csrv_session *s);
void csrv_channel_set_dead(struct csrv_conn *conn, struct csrv_channel *ch);
void csrv_channels_drop_conn(struct csrv_conn *conn);
void csrv_channels_trim(struct csrv_conn *conn);

/* Whose a logon is: [MS-SMB2] 3.3.5.5, 3.3.5.5.2, 3.3.5.5.3 */
enum csrv_logon_kind {
	CSRV_LOGON_NEW,		/* of a new session */
	CSRV_LOGON_BINDING,	/* of another connection, which joins a session */
	CSRV_LOGON_REAUTH,	/* of a session again */
};

/*
 * A logon in progress on one connection.
 *
 * Made by the first SESSION_SETUP, ended by the last, by a time-out, or with the connection.  The
 * connection's list holds one reference, the request of the current leg another.
 */
struct csrv_logon {
	struct kref		ref;
	u64			id;		/* the daemon's id for it */
	struct csrv_conn	*conn;		/* a reference */
	struct csrv_session	*session;	/* a reference */
	struct list_head	node;		/* conn->logons; conn->lock */
	struct list_head	all;		/* srv->logons, or evicted; srv->logon_lock */
	bool			charged;	/* srv->logon_lock, when it is admitted */
	bool			evicted;	/* ends to make room, not idle again; conn->lock */
	bool			listed;		/* conn->lock */
	bool			busy;		/* a leg is in progress; conn->lock */
	enum csrv_logon_kind	kind;		/* constant */
	bool			first;		/* no leg has been sent to the daemon yet */
	unsigned long		since;		/* jiffies */
	u8			preauth[CSRV_PREAUTH_LEN];
};

struct csrv_logon *csrv_logon_create(struct csrv_conn *conn, struct csrv_session *s,
				     enum csrv_logon_kind kind);
struct csrv_logon *csrv_logon_find(struct csrv_conn *conn, u64 session_id);
bool csrv_logon_claim(struct csrv_logon *l);
void csrv_logon_asked(struct csrv_logon *l);
void csrv_logon_yield(struct csrv_logon *l);
void csrv_logon_end(struct csrv_logon *l, bool tell_daemon);
void csrv_logon_put(struct csrv_logon *l);
void csrv_logons_drop_conn(struct csrv_conn *conn, unsigned long older_than);

/**
 * struct csrv_logon_keys - the result of a logon besides the identity
 * @key: session key of the mechanism
 * @key_len: 0 or CSRV_KEY_LEN
 */
struct csrv_logon_keys {
	const u8	*key;
	u32		key_len;
};

int csrv_session_establish(struct csrv_logon *l, struct csrv_identity *id,
			   const struct csrv_logon_keys *keys);
int csrv_session_reauth(struct csrv_logon *l, struct csrv_identity *id);
int csrv_session_bind(struct csrv_logon *l, const struct csrv_logon_keys *keys);

#endif /* CIFSSRV_CLIENT_SESSION_H */
