/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dispatch/cmd.h - one command of a dialect family
 *
 * All that depends on the command is in one row of one table (smb2/table.c).  No other file
 * switches on a command.
 */
#ifndef CIFSSRV_DISPATCH_CMD_H
#define CIFSSRV_DISPATCH_CMD_H

#include <linux/types.h>

#include "../wire/cursor.h"
#include "../wire/status.h"

struct csrv_req;

enum csrv_cmd_flags {
	CMD_NEEDS_SESSION	= 1 << 0,
	CMD_NEEDS_TREE		= 1 << 1,	/* with CMD_NEEDS_SESSION */
	CMD_NEEDS_OPEN		= 1 << 2,	/* looked up and held; with CMD_NEEDS_TREE */
	CMD_INLINE		= 1 << 3,	/* does not block: run in the receiving worker */
	CMD_NO_REPLY		= 1 << 4,	/* CANCEL */
	CMD_CREDIT_BY_LENGTH	= 1 << 5,	/* charge follows payload(), [MS-SMB2] 3.3.5.2.5 */
	CMD_NEGOTIATE		= 1 << 6,	/* the only one before NEGOTIATED, and only then */
	CMD_EXPIRED_OK		= 1 << 7,	/* served when the session has expired */
	CMD_UNSIGNED_OK		= 1 << 8,	/* checks its own signature: SESSION_SETUP */
	CMD_ALONE		= 1 << 9,	/* never part of a compound */
	CMD_NO_ID		= 1 << 10,	/* takes no MessageId out of the window: CANCEL */
	CMD_ENDS_SESSION	= 1 << 11,	/* runs though its session has ended: LOGOFF */
	CMD_NOT_STALE		= 1 << 12,	/* needs the open's latest ChannelSequence */
	CMD_NO_FILE		= 1 << 13,	/* touches no file, so it stands for no worker */
	CMD_ENDS		= 1 << 14,	/* ends an object that others name: CLOSE … */
	CMD_LOGON		= 1 << 15,	/* its wait is charged as a logon: SESSION_SETUP */
	CMD_WAITS		= 1 << 16,	/* may wait without end: CHANGE_NOTIFY */
	CMD_ROOT		= 1 << 17,	/* may name the root in place of an open */
};

/**
 * struct csrv_cmd - one command
 * @name: for traces, statistics, fuzz seeds
 * @struct_size: StructureSize that a request must carry; 0: the message is not SMB2
 * @other_size: another one that it may carry; 0: there is none
 * @flags: enum csrv_cmd_flags
 * @access: granted access of which the open needs at least one bit; 0: none, or it is in the
 *	handler's own table (information classes, FSCTLs)
 * @decode: bytes to args; false means STATUS_INVALID_PARAMETER
 * @file_id: the FileId among the args, for CMD_NEEDS_OPEN
 * @payload: bytes sent and bytes requested, for CMD_CREDIT_BY_LENGTH
 * @reply_max: most bytes of reply body for these args
 * @handle: the work; NT_PENDING after csrv_req_park(): @resume or the wait's status
 *	has the outcome.  A status that is neither NT_OK nor in @body_with makes an
 *	ERROR response, and nothing that the handler has put into the reply is sent
 * @resume: continues after the wait; NULL: the wait's status is the outcome
 * @body_with: the statuses but NT_OK that come with the command's own response,
 *	[MS-SMB2] 3.3.4.4; NULL: none does
 * @encode: result to bytes; false: the reply is longer than reply_max()
 * @release: frees memory that @handle has put into the result or the state; or NULL
 *
 * Only the front end uses @struct_size, @other_size, @decode, @file_id, @payload and @encode.
 */
struct csrv_cmd {
	const char	*name;
	u16		struct_size;
	u16		other_size;
	u32		flags;
	u32		access;

	bool		(*decode)(struct wire_in *in, void *args);
	const void	*(*file_id)(const void *args);
	void		(*payload)(const void *args, u64 *sent, u64 *requested);
	u32		(*reply_max)(const struct csrv_req *req);
	nt_status_t	(*handle)(struct csrv_req *req);
	nt_status_t	(*resume)(struct csrv_req *req);
	bool		(*body_with)(const struct csrv_req *req, nt_status_t status);
	bool		(*encode)(struct wire_out *out, const void *res);
	void		(*release)(struct csrv_req *req);
};

#endif /* CIFSSRV_DISPATCH_CMD_H */
