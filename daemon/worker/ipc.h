/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker/ipc.h - messages between the manager and its worker
 *
 * The worker is the process that reads what clients sent: tokens of logons,
 * RPC.  It has no privileges.  The manager has them, and does not trust the
 * worker: lengths and numbers are checked as if they came from the network.
 *
 * One SOCK_SEQPACKET connection, one message a packet: struct ipc_hdr, then
 * the fields that the type has, little-endian (util/bytes.h).  A string is its
 * length (u32) and its octets.  What can be large travels as a memfd.
 *
 *	type			fields				descriptors
 *	manager to worker
 *	IPC_POLICY		struct auth_env, see policy.h	accounts, username map
 *	IPC_DEVICE		-				/dev/cifssrv
 *	IPC_FAILURES		-				lockouts_save()
 *	IPC_LIST		u32 enum csrv_up_status_what	-
 *	IPC_END			u32 what, u64 id		-
 *	IPC_LOCKOUTS		-				-
 *	IPC_UNLOCK		string				-
 *	IPC_PING		-				-
 *	IPC_NAME_DONE		s32 error, an identity		-
 *	worker to manager
 *	IPC_READY		-				-
 *	IPC_LOST		s32 error			-
 *	IPC_NAME		string				-
 *	IPC_FAILED		string name, string address	-
 *	IPC_PASSED		string name, string address	-
 *	IPC_LOG			s32 priority, u32 line, string text, user, client, op, file	-
 *	IPC_DONE		s32 error			of a list: its text
 *
 * A request has an id of its sender, which its answer repeats; other messages
 * have the id 0.
 *
 * The manager sends the policy and the device, and gets IPC_READY.  Then it sends IPC_FAILURES, a
 * request, which holds texts of clients: until then a worker has read nothing of theirs.
 */
#ifndef CIFSSRVD_WORKER_IPC_H
#define CIFSSRVD_WORKER_IPC_H

#include <stdint.h>
#include <talloc.h>
#include "../util/bytes.h"

#define IPC_MAX		(64 * 1024)	/* octets of one message */
#define IPC_MAX_FDS	2

enum ipc_type {
	IPC_POLICY = 1, IPC_DEVICE, IPC_FAILURES, IPC_LIST, IPC_END, IPC_LOCKOUTS, IPC_UNLOCK, IPC_PING,
	IPC_NAME_DONE,
	IPC_READY, IPC_LOST, IPC_NAME, IPC_FAILED, IPC_PASSED, IPC_LOG, IPC_DONE,
};

struct ipc_hdr {
	uint32_t type;		/* enum ipc_type */
	uint32_t reserved;
	uint64_t id;
};

/**
 * struct ipc_msg - one message in the making, or one that was received
 * @type: enum ipc_type
 * @id: of the request, or 0
 * @fds: descriptors, which are the message's until ipc_take_fd()
 * @nfds: how many
 * @out: fields that are being written
 * @in: fields of a received message
 */
struct ipc_msg {
	uint32_t type;
	uint64_t id;
	int fds[IPC_MAX_FDS];
	unsigned int nfds;
	struct bytes_out out;
	struct bytes_in in;
	uint8_t *buf;		/* IPC_MAX octets, of which only those of the message are set */
	struct ipc_msg *next;	/* next in the sender's queue */
};

/* A message to write fields into, freed with talloc_free(); NULL without memory. */
struct ipc_msg *ipc_new(TALLOC_CTX *ctx, enum ipc_type type, uint64_t id);

void ipc_put_s32(struct ipc_msg *m, int32_t v);
void ipc_put_string(struct ipc_msg *m, const char *s);

/* Octets for ipc_get_bytes(). */
void ipc_put_bytes(struct ipc_msg *m, const void *data, size_t len);

/* A descriptor, which is duplicated: the caller keeps its own. */
void ipc_put_fd(struct ipc_msg *m, int fd);

int32_t ipc_get_s32(struct ipc_msg *m);

/* UTF-8 of at most @max octets without NUL; NULL, and m->in.bad, when it is none.  Owned by @m. */
char *ipc_get_string(struct ipc_msg *m, size_t max);

/* Likewise any octets but NUL. */
char *ipc_get_bytes(struct ipc_msg *m, size_t max);

/* The next descriptor, which the caller then owns; -1 when there is none. */
int ipc_take_fd(struct ipc_msg *m);

/* Were all fields there, and nothing else? */
bool ipc_complete(const struct ipc_msg *m);

/**
 * ipc_send() - send a message
 * @fd: the connection
 * @m: is not freed
 * @flags: MSG_DONTWAIT or 0
 *
 * Return: 0; -EMSGSIZE when its fields outgrew it; the errno of sendmsg(2).
 */
int ipc_send(int fd, struct ipc_msg *m, int flags);

/**
 * ipc_receive() - receive a message; does not block
 * @ctx: talloc parent of the message; descriptors that were not taken are closed with it
 *
 * Return: 0; -EAGAIN; -EPIPE at the end of the connection (or for an empty packet); -EBADMSG for a
 * packet that is no message, which is dropped; -ENOMEM; the errno of recvmsg(2).
 */
int ipc_receive(TALLOC_CTX *ctx, int fd, struct ipc_msg **ret);

/* A memfd with @text, sealed: neither side can change it.  A descriptor or a negative errno. */
int ipc_memfd(const char *name, struct blob text);

/* Reads such a descriptor, at most @max octets, under @ctx; a NUL follows the octets. */
int ipc_read_memfd(TALLOC_CTX *ctx, int fd, size_t max, struct blob *ret);

#endif /* CIFSSRVD_WORKER_IPC_H */
