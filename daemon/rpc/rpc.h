/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/rpc.h - DCE/RPC over named pipes, as the rest of the daemon sees it
 *
 * A pipe is a pure state machine on talloc: bytes the client wrote go in with
 * rpc_pipe_write(), PDUs for it come out of rpc_pipe_read().  No file
 * descriptors, no event loop, no threads, no logging.  Services query the
 * server through the callbacks of struct rpc_env.
 *
 * [MS-RPCE] 2.1.1.2 (RPC over named pipes), [C706] chapter 12.
 */
#ifndef CIFSSRVD_RPC_RPC_H
#define CIFSSRVD_RPC_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <talloc.h>

/* Share types, [MS-SRVS] 2.2.2.4. */
enum rpc_share_type {
	RPC_STYPE_DISKTREE	= 0x00000000,
	RPC_STYPE_IPC		= 0x00000003,
	RPC_STYPE_SPECIAL	= 0x80000000,	/* or'ed in for IPC$ and ADMIN$ */
};

#define RPC_UNLIMITED	UINT32_MAX

/* NetrShareGetInfo 1005 / 501 flags, [MS-SRVS] 2.2.4.29: the caching policy. */
enum rpc_share_csc {
	RPC_CSC_MANUAL		= 0x00,
	RPC_CSC_DOCUMENTS	= 0x10,		/* automatic reintegration */
	RPC_CSC_PROGRAMS	= 0x20,		/* automatic, from the cache first */
	RPC_CSC_DISABLE		= 0x30,
};

/**
 * struct rpc_share - one share, as an iteration shows it
 * @name: UTF-8, at most 80 characters
 * @comment: UTF-8, may be NULL
 * @path: UNIX path of the root, may be NULL (IPC$)
 * @type: RPC_STYPE_* (IPC$ is RPC_STYPE_IPC | RPC_STYPE_SPECIAL)
 * @hidden: not browseable: left out of enumerations, still found by its name
 * @max_users: RPC_UNLIMITED, or the most that may use it at once
 * @current_users: trees connected now
 * @csc: enum rpc_share_csc
 * @abe: left out of enumerations for callers that it does not admit
 * @hides_files: listings of its directories leave out what the user cannot read
 * @homes: also reached by the name of the logged-on user, as the user's home
 *
 * Borrowed by the callee for the duration of one callback.
 */
struct rpc_share {
	const char *name;
	const char *comment;
	const char *path;
	uint32_t type;
	bool hidden;
	uint32_t max_users;
	uint32_t current_users;
	uint8_t csc;
	bool abe;
	bool hides_files;
	bool homes;
};

/**
 * struct rpc_server_info - for NetrServerGetInfo and NetrWkstaGetInfo
 * @netbios_name: up to 15 characters
 * @workgroup: domain or workgroup name
 * @comment: "server string"
 * @version_major: version the server claims to have (10.0 is Windows 10/2016+)
 * @max_users: RPC_UNLIMITED, or the session limit
 * @deadtime_minutes: sessions idle this long are ended; 0 is never
 * @restrict_anonymous: from smb.conf; at 1 and above the anonymous user
 *	gets no lists
 * @logged_on_users: users with a session now (NetrWkstaGetInfo 102)
 */
struct rpc_server_info {
	const char *netbios_name;
	const char *workgroup;
	const char *comment;
	uint32_t version_major;
	uint32_t max_users;
	uint32_t deadtime_minutes;
	uint32_t restrict_anonymous;
	uint32_t logged_on_users;
};

/**
 * struct rpc_session - one SMB session
 * @client: the client's address or name, without leading backslashes
 * @user: account name
 * @client_type: text such as "SMB 3.1.1", may be NULL
 * @opens: files and pipes open
 * @active_secs: seconds since logon
 * @idle_secs: seconds since the last request
 * @guest: logged on as the guest
 */
struct rpc_session {
	const char *client;
	const char *user;
	const char *client_type;
	uint32_t opens;
	uint32_t active_secs;
	uint32_t idle_secs;
	bool guest;
};

/**
 * struct rpc_file - one open, [MS-SRVS] 2.2.4.7
 * @id: its number for NetrFileClose
 * @access: 1 read, 2 write, 4 create (fi3_permissions)
 * @locks: byte-range locks held
 * @path: UNIX path or pipe name
 * @user: account name
 */
struct rpc_file {
	uint32_t id;
	uint32_t access;
	uint32_t locks;
	const char *path;
	const char *user;
};

/**
 * struct rpc_conn - one tree connection, [MS-SRVS] 2.2.4.2
 * @id: identifies it
 * @type: RPC_STYPE_*
 * @opens: files open through it
 * @users: users on it, normally 1
 * @active_secs: seconds since the tree was connected
 * @user: account name
 * @client: address or name of the client
 * @share: name of the share
 */
struct rpc_conn {
	uint32_t id;
	uint32_t type;
	uint32_t opens;
	uint32_t users;
	uint32_t active_secs;
	const char *user;
	const char *client;
	const char *share;
};

struct rpc_budget;

/* Shown one item at a time; a callee that returns non-zero ends the iteration. */
typedef int (*rpc_share_fn)(const struct rpc_share *share, void *arg);
typedef int (*rpc_session_fn)(const struct rpc_session *sess, void *arg);
typedef int (*rpc_file_fn)(const struct rpc_file *file, void *arg);
typedef int (*rpc_conn_fn)(const struct rpc_conn *conn, void *arg);

/**
 * struct rpc_env - the services' queries to the daemon
 * @priv: handed to every callback
 * @server_info: fills *@info; the strings must live until the call of
 *	rpc_pipe_write() that asked returns.  0 or a negative errno
 * @shares: calls @fn for every share, IPC$ included, in an order that stays
 *	the same between calls (resume handles count along it)
 * @admits: does the share of that name, which is one with abe, admit the session; false if that is
 *	not known
 * @sessions: calls @fn for every session
 * @files: calls @fn for every open
 * @conns: calls @fn for every tree connection
 * @now: seconds since 1970 UTC and, in *@tz_minutes, minutes west of
 *	Greenwich; NULL takes the system's clock
 * @budget: what all pipes may hold together; NULL: no limit
 *
 * Each iteration returns what @fn returned when it ended it, else 0 or a
 * negative errno (the client then gets an error instead of the list).
 * A missing callback (NULL) reads as an empty list, or as false, except @server_info and
 * @shares, which must be there.
 *
 * The environment must outlive every pipe opened with it.
 */
struct rpc_env {
	void *priv;
	int (*server_info)(void *priv, struct rpc_server_info *info);
	int (*shares)(void *priv, rpc_share_fn fn, void *arg);
	bool (*admits)(void *priv, uint64_t session, const char *share);
	int (*sessions)(void *priv, rpc_session_fn fn, void *arg);
	int (*files)(void *priv, rpc_file_fn fn, void *arg);
	int (*conns)(void *priv, rpc_conn_fn fn, void *arg);
	int64_t (*now)(void *priv, int32_t *tz_minutes);
	struct rpc_budget *budget;
};

/**
 * struct rpc_caller - the user that opened the pipe; copied by rpc_pipe_open()
 * @user: account name, may be NULL or empty for the anonymous user
 * @host: the client's address as text, may be NULL
 * @session: id of its session, for @admits of struct rpc_env
 * @is_admin: may see paths, sessions, files and connections
 * @is_guest: logged on as the guest
 * @is_anonymous: logged on with the null session
 */
struct rpc_caller {
	const char *user;
	const char *host;
	uint64_t session;
	bool is_admin;
	bool is_guest;
	bool is_anonymous;
};

struct rpc_pipe;

/**
 * rpc_pipe_open() - open one of the pipes that are served
 * @ctx: talloc parent of the pipe
 * @name: "srvsvc", "wkssvc"; any case, without "\PIPE\" (a leading "\PIPE\"
 *	or backslash is skipped)
 * @env: see there; borrowed for as long as the pipe lives
 * @caller: copied
 * @ret: the pipe; talloc_free() closes it
 *
 * Return: 0; -ENOENT for a name that is not served; -EBUSY when the budget has no room for
 * another of this caller; -ENOMEM.
 */
int rpc_pipe_open(TALLOC_CTX *ctx, const char *name, const struct rpc_env *env,
		  const struct rpc_caller *caller, struct rpc_pipe **ret);

/**
 * rpc_pipe_write() - take bytes that the client wrote
 * @pipe: the pipe
 * @data: bytes; PDUs may be split over writes, and one write may hold several
 * @len: how many
 *
 * Complete requests are executed before this returns; the replies wait for
 * rpc_pipe_read().
 *
 * Return: 0; -EPIPE when the client broke the protocol, or asked for more than
 * the budget has: a last fault or bind_nak can still be read, unread replies
 * are dropped, and every later write returns -EPIPE; -ENOBUFS when the client
 * does not read its replies (nothing was taken); -ENOMEM.
 */
int rpc_pipe_write(struct rpc_pipe *pipe, const uint8_t *data, size_t len);

/**
 * rpc_pipe_read() - give the client bytes of a reply
 * @pipe: the pipe
 * @buf: filled
 * @max: room in @buf; may be 0 to learn @left
 * @len: out: bytes put there, never more than one PDU
 * @left: out: bytes of the same PDU that did not fit; the next read has them
 *
 * Return: 0; -EAGAIN when nothing waits; -EPIPE when nothing waits and the
 * connection is torn down.
 */
int rpc_pipe_read(struct rpc_pipe *pipe, uint8_t *buf, size_t max, size_t *len, size_t *left);

#endif /* CIFSSRVD_RPC_RPC_H */
