/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch/frontend.h - a dialect family, as the dispatcher calls it
 *
 * The dispatcher knows the order of steps, a front end the bytes.  Each connection has a front end
 * (csrv_conn.fe): the server's, or the one that NEGOTIATE has chosen.  dispatch/ includes none.
 */
#ifndef CIFSSRV_DISPATCH_FRONTEND_H
#define CIFSSRV_DISPATCH_FRONTEND_H

#include "cmd.h"
#include "req.h"

/* A payload from this size on is received into pages. */
#define CSRV_PAGES_MIN		(8u * 1024)
/* Headers and fixed parts of one command's reply; all of a small reply. */
#define CSRV_REPLY_SLACK	512u

/**
 * struct csrv_frontend - one dialect family
 * @name: for traces
 * @cmds: the command table
 * @ncmds: its size
 * @args_size: of the union of all args; each decode() fills all of its own
 * @res_size: of the union of all results
 * @state_size: of csrv_req.state, kept until a command is answered; zero in a fresh request
 * @front_size: of csrv_req.front, kept as long as the message; likewise
 * @place: of a message from CSRV_PAGES_MIN bytes on its length is known, and the first
 *	CSRV_MSG_PEEK bytes, at @req->msg.inl: how many bytes shall be linear?  Sets
 *	@req->computed and no_file, and msg.may_zerocopy, unchecked
 * @open: decrypt a message, and go to its first command: sets the position, hdr and cmd (NULL:
 *	there is no such command) of @req.  False: the connection ends
 * @next: go to the next command, which exists; sets the same.  The current one has ended with
 *	@status, and with a response of its own if @body
 * @rest_requested: most bytes of reply that the commands after the current one may request
 * @admit: check ids, credits and signature of the current command, and look up its session with
 *	csrv_gate_channel(), also if it is refused.  A command without a row is refused here.
 *	NT_OK, or the reply's status
 * @decode: decode the command into @req->args.  NT_OK, or the reply's status
 * @find_open: look up the open that the args name with csrv_gate_hold_open(); returns the same
 * @is_cancelled: does one of @n CANCELs name @req?  Under conn->lock
 * @plain: the reply is neither signed nor encrypted.  Then it may have pages of the page cache: a
 *	signature or a cipher over bytes that change meanwhile would be wrong
 * @reply_begin: make room for the current command's reply, whose body has at most @body_max
 *	bytes.  False without memory, or beyond the connection's budget
 * @reply_end: write that reply.  False: it has outgrown the room
 * @reply_error: write an error in its place.  False: there is no memory
 * @interim: write @n, which says that @req waits.  0 or an errno
 * @close: the reply is complete, or what there is of it is to be sent, and @out has been set:
 *	sign, encrypt; @head is room for CSRV_HEAD_MAX bytes, which exists as long as @out.  0 or an
 *	errno
 * @notify_break: write @n, which notifies the client of a break.  0 or an errno
 * @leave: the current command is over, whatever its outcome: end what depends on the objects
 *	that it has held until now
 * @free: drop the references in csrv_req.front and state; the request is about to be freed
 */
struct csrv_frontend {
	const char		*name;
	const struct csrv_cmd	*cmds;
	u32			ncmds;
	u32			args_size;
	u32			res_size;
	u32			state_size;
	u32			front_size;
	u32	(*place)(struct csrv_req *req);
	bool	(*open)(struct csrv_req *req);
	bool	(*next)(struct csrv_req *req, nt_status_t status, bool body);
	u64	(*rest_requested)(const struct csrv_req *req);
	nt_status_t (*admit)(struct csrv_req *req);
	nt_status_t (*decode)(struct csrv_req *req);
	nt_status_t (*find_open)(struct csrv_req *req);
	bool	(*is_cancelled)(const struct csrv_req *req, const struct csrv_cancel_id *ids,
				u32 n);
	bool	(*plain)(const struct csrv_req *req);
	bool	(*reply_begin)(struct csrv_req *req, u32 body_max);
	bool	(*reply_end)(struct csrv_req *req, nt_status_t status);
	bool	(*reply_error)(struct csrv_req *req, nt_status_t status);
	int	(*interim)(struct csrv_req *req, struct csrv_notification *n);
	int	(*close)(struct csrv_req *req, struct csrv_out *out, u8 *head);
	int	(*notify_break)(struct csrv_channel *ch, const struct csrv_holder *h,
				const struct csrv_break *b, struct csrv_notification *n);
	void	(*leave)(struct csrv_req *req);
	void	(*free)(struct csrv_req *req);
};

extern const struct csrv_server_events csrv_dispatch_events;
int csrv_dispatch_init(const struct csrv_frontend *fe);
void csrv_dispatch_exit(void);

/* Counters of one command, kept by the dispatcher for sysfs. */
struct csrv_cmd_stats {
	u64	calls;
	u64	errors;
};

#endif /* CIFSSRV_DISPATCH_FRONTEND_H */
