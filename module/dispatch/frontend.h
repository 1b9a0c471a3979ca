/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch/frontend.h - what a dialect family gives to the dispatcher
 *
 * The dispatcher knows the order of things; a front end knows the words.  It is
 * handed in at server creation: dispatch includes none.
 */
#ifndef CIFSSRV_DISPATCH_FRONTEND_H
#define CIFSSRV_DISPATCH_FRONTEND_H

#include "cmd.h"
#include "req.h"

/**
 * struct csrv_frontend - one dialect family
 * @name: for traces
 * @cmds: the command table
 * @ncmds: its size
 * @args_size: of the union of all args; each decode() fills all of its own
 * @res_size: of the union of all results
 * @header_len: of every command
 * @sig_offset: of the 16 bytes of signature in it
 * @split: is @buf a well-formed chain of commands?  Their number, 0 if not
 * @slice: offset of the command after the one at @at, 0 at the last; checked by @split
 * @parse: a header
 * @hello: a message of another protocol (SMB1) before NEGOTIATE; false: drop
 * @put_header: write the reply's header at @out; room is there
 * @put_error: write the body of an error reply
 * @put_break: a whole message: @o goes down to @to (enum csrv_cache_mask), or shall
 * @patch_next: the reply at @reply is followed by another one @next bytes on
 */
struct csrv_frontend {
	const char		*name;
	const struct csrv_cmd	*cmds;
	u32			ncmds;
	u32			args_size;
	u32			res_size;
	u32			header_len;
	u32			sig_offset;
	u32	(*split)(const u8 *buf, u32 len);
	u32	(*slice)(const u8 *buf, u32 len, u32 at);
	bool	(*parse)(const u8 *buf, u32 len, struct csrv_hdr *hdr);
	bool	(*hello)(struct csrv_req *req);
	void	(*put_header)(struct csrv_req *req, struct wire_out *out, nt_status_t status,
			      u16 credits);
	bool	(*put_error)(struct csrv_req *req, struct wire_out *out);
	void	(*put_break)(struct wire_out *out, const struct csrv_open *o, u8 to);
	void	(*patch_next)(u8 *reply, u32 next);
	void	(*set_signed)(u8 *reply);
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
