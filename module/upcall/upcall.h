/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/upcall.h - the kernel's side of /dev/cifssrv
 *
 * Asking is asynchronous: a function that returns 0 guarantees exactly one call
 * of its done(), from a workqueue worker (process context, no lock held), with
 *	0		the daemon's answer
 *	-ETIMEDOUT	no answer in time, whether or not a daemon is there
 *	-ECONNRESET	the daemon that had read the question has closed the device
 *	-ECANCELED	csrv_up_auth_abort() or csrv_up_pipe_close() for its object
 *	-ESHUTDOWN	csrv_upcall_destroy()
 *	-ENOMEM		no memory to decode the answer
 *	or the errno that the daemon answered.
 * A negative return value means that there will be no done(): -EAGAIN when too
 * many questions wait, -EINVAL for arguments that do not fit the protocol,
 * -ENOMEM, -ESHUTDOWN.
 *
 * done() may ask the next question. It must not call csrv_upcall_destroy().
 * What its arguments point to is valid until it returns.
 */
#ifndef CIFSSRV_UPCALL_UPCALL_H
#define CIFSSRV_UPCALL_UPCALL_H

#include <linux/types.h>

#include "uapi.h"

struct csrv_upcall;

/**
 * struct csrv_upcall_ops - functions of the device's owner
 * @server_guid: write ServerGuid for INIT; process context
 * @timeout_ms: how long a question may wait, read at each question; process
 *	context; 10 ms to 10 min, what is outside is moved to the nearer end
 * @status: answer the daemon's CSRV_OP_STATUS: write whole records of list
 *	@ask->what into @buf (@size bytes, CSRV_STATUS_MAX_PAGE), set *@next to the cursor of
 *	the next page or 0; return the bytes written or a negative errno (-EINVAL for an
 *	unknown list). Called in the daemon's write(), may sleep, and may run in several
 *	threads at once. NULL: always -EOPNOTSUPP
 * @end: answer the daemon's CSRV_OP_END: 0, -ENOENT, -EINVAL for an unknown @what,
 *	-ENOMEM. As @status; must not wait for a file system
 */
struct csrv_upcall_ops {
	void (*server_guid)(void *priv, u8 guid[CSRV_UP_GUID_LEN]);
	u32 (*timeout_ms)(void *priv);
	int (*status)(void *priv, const struct csrv_up_status *ask, void *buf, size_t size,
		      u64 *next);
	int (*end)(void *priv, u32 what, u64 id);
};

/**
 * csrv_upcall_create - make the device
 * @ops: lives as long as the device
 * @priv: passed to @ops
 *
 * Return: the device, or ERR_PTR; -EEXIST if there is one already.
 */
struct csrv_upcall *csrv_upcall_create(const struct csrv_upcall_ops *ops, void *priv);

/*
 * End all questions with -ESHUTDOWN and return when the last done() has.
 * The caller ensures that nothing is asked any more. A daemon that still has the device open gets
 * -ENODEV from then on; @ops and priv are not used any more.
 */
void csrv_upcall_destroy(struct csrv_upcall *up);

/* Is there a daemon that has answered INIT? True or false a moment ago. */
bool csrv_up_connected(struct csrv_upcall *up);

/* A number never used before: for logons and pipes. Starts at 1. */
u64 csrv_up_new_id(struct csrv_upcall *up);

/**
 * csrv_up_hint - the security blob of a NEGOTIATE response
 * @up: the device
 * @buf: filled with the NegTokenInit2 that the daemon has made when it connected
 * @size: bytes in @buf
 *
 * Kept when the daemon closes the device, so that NEGOTIATE never waits for it.
 *
 * Return: its length; 0 if there is none yet or it does not fit.
 */
size_t csrv_up_hint(struct csrv_upcall *up, u8 *buf, size_t size);

/* ---- logons (auth.c) ---- */

/**
 * struct csrv_up_auth_args - one leg of a logon, copied before the call returns
 * @logon: csrv_up_new_id() of this exchange, the same in all its legs
 * @flags: CSRV_AUTH_FIRST in the first leg
 * @dialect: DialectRevision
 * @host: client address as text, NUL-terminated; may be NULL
 * @blob: security blob from the client
 * @blob_len: at most CSRV_UP_MAX_BLOB
 */
struct csrv_up_auth_args {
	u64 logon;
	u32 flags;
	u16 dialect;
	const char *host;
	const void *blob;
	u32 blob_len;
};

/**
 * struct csrv_up_auth_result_k - a checked answer
 * @result: CSRV_AUTH_MORE, _DONE or _DENIED
 * @nt_status: for DENIED: an NTSTATUS with error severity; else 0
 * @identity: for DONE: enum csrv_up_identity_flags
 * @uid: for DONE: valid in the initial user namespace
 * @gid: likewise
 * @groups: supplementary groups, each valid
 * @ngroups: 0 to CSRV_UP_MAX_GROUPS
 * @user: for DONE: account name, NUL-terminated, at most CSRV_UP_MAX_NAME bytes,
 *	empty only for an anonymous identity; else empty
 * @domain: likewise; may be empty
 * @home: for DONE: home directory, NUL-terminated, at most CSRV_UP_MAX_PATH bytes; may be
 *	empty, and need not be a path; else empty
 * @group: for DONE: name of the primary group, at most CSRV_UP_MAX_NAME bytes; may be empty
 * @blob: for the client; may be empty
 * @blob_len: its length
 * @key: for DONE: session key, or NULL if there is none; wiped after done()
 * @key_len: 0 or CSRV_UP_KEY_LEN
 * @expiry: for DONE: seconds since 1970, 0 = never
 */
struct csrv_up_auth_result_k {
	u32 result;
	u32 nt_status;
	u32 identity;
	u32 uid;
	u32 gid;
	const u32 *groups;
	u32 ngroups;
	const char *user;
	const char *domain;
	const char *home;
	const char *group;
	const u8 *blob;
	u32 blob_len;
	const u8 *key;
	u32 key_len;
	u64 expiry;
};

/* @res is NULL unless @err is 0. */
typedef void (*csrv_up_auth_done_t)(void *priv, int err, const struct csrv_up_auth_result_k *res);

int csrv_up_auth_step(struct csrv_upcall *up, const struct csrv_up_auth_args *args,
		      csrv_up_auth_done_t done, void *priv);

/*
 * The logon ended without its last leg. A waiting leg ends with -ECANCELED; the daemon, if there
 * is one, is notified. Never sleeps, never fails. After a leg that ended with -ETIMEDOUT the
 * daemon has been notified already.
 */
void csrv_up_auth_abort(struct csrv_upcall *up, u64 logon);

/* ---- named pipes (pipe.c) ---- */

/**
 * struct csrv_up_pipe_open_args - copied before the call returns
 * @pipe: csrv_up_new_id() of this handle
 * @session: id of the session that opens it
 * @uid: of the user that opens it
 * @gid: likewise
 * @identity: enum csrv_up_identity_flags
 * @name: without "\PIPE\"; NUL-terminated like the following
 * @user: account name; may be NULL like the following
 * @domain: its domain
 * @host: client address as text
 * @key: session key for the RPC layer, or NULL
 */
struct csrv_up_pipe_open_args {
	u64 pipe;
	u64 session;
	u32 uid;
	u32 gid;
	u32 identity;
	const char *name;
	const char *user;
	const char *domain;
	const char *host;
	const u8 *key;
};

/**
 * struct csrv_up_pipe_io_args - copied before the call returns
 * @pipe: the handle
 * @data: what to write: TRANSACT and WRITE
 * @len: at most CSRV_UP_MAX_BLOB
 * @max_out: most bytes to read: TRANSACT and READ; at most CSRV_UP_MAX_BLOB
 */
struct csrv_up_pipe_io_args {
	u64 pipe;
	const void *data;
	u32 len;
	u32 max_out;
};

/**
 * typedef csrv_up_pipe_done_t - end of a pipe operation
 * @priv: the asker's argument
 * @err: as above; -ENOENT from open: no such pipe; -EAGAIN from read: nothing to
 *	read; -EPIPE: the RPC connection was torn down
 * @data: what was read, @len bytes of it, never more than max_out
 * @len: 0 for open and write
 * @left: bytes of the current message that did not fit
 */
typedef void (*csrv_up_pipe_done_t)(void *priv, int err, const void *data, u32 len, u32 left);

int csrv_up_pipe_open(struct csrv_upcall *up, const struct csrv_up_pipe_open_args *args,
		      csrv_up_pipe_done_t done, void *priv);
int csrv_up_pipe_transact(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
			  csrv_up_pipe_done_t done, void *priv);
int csrv_up_pipe_write(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
		       csrv_up_pipe_done_t done, void *priv);
int csrv_up_pipe_read(struct csrv_upcall *up, const struct csrv_up_pipe_io_args *args,
		      csrv_up_pipe_done_t done, void *priv);

/* As csrv_up_auth_abort(), for a pipe.  The daemon may not be notified if there is no room. */
void csrv_up_pipe_close(struct csrv_upcall *up, u64 pipe);

struct up_msg;

/**
 * csrv_up_pipe_notice - allocate the notice of a pipe's end, together with the pipe
 * @up: the device
 * @pipe: the handle
 * @notified: called once, with @priv, when the daemon has read the notice, or there is no daemon to
 *	read it.  In process context, without a lock; must not sleep
 * @priv: for it
 *
 * Return: NULL without memory; else csrv_up_pipe_end() must follow.
 */
struct up_msg *csrv_up_pipe_notice(struct csrv_upcall *up, u64 pipe, void (*notified)(void *priv),
				   void *priv);

/* The pipe has ended: as csrv_up_pipe_close(), but the daemon is always notified. */
void csrv_up_pipe_end(struct csrv_upcall *up, struct up_msg *notice);

#endif /* CIFSSRV_UPCALL_UPCALL_H */
