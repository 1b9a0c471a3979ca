/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smb2/smb2.h - private to the room: all handlers, by file */
#ifndef CIFSSRV_SMB2_SMB2_H
#define CIFSSRV_SMB2_SMB2_H

#include "../dispatch/frontend.h"
#include "../dispatch/req.h"
#include "../store/break_wait.h"
#include "../store/brl.h"
#include "../store/notify.h"
#include "../client/session.h"
#include "../wire/smb1/negotiate.h"
#include "../wire/smb2/cancel.h"
#include "../wire/smb2/change_notify.h"
#include "../wire/smb2/close.h"
#include "../wire/smb2/create.h"
#include "../wire/smb2/echo.h"
#include "../wire/smb2/flush.h"
#include "../wire/smb2/ioctl.h"
#include "../wire/smb2/lock.h"
#include "../wire/smb2/logoff.h"
#include "../wire/smb2/negotiate.h"
#include "../wire/smb2/oplock_break.h"
#include "../wire/smb2/query_directory.h"
#include "../wire/smb2/query_info.h"
#include "../wire/smb2/read.h"
#include "../wire/smb2/session_setup.h"
#include "../wire/smb2/set_info.h"
#include "../wire/smb2/tree_connect.h"
#include "../wire/smb2/tree_disconnect.h"
#include "../wire/smb2/write.h"

struct smb2_setup_answer;

/**
 * struct smb2_chain - ids of the chain for related commands: [MS-SMB2] 3.3.5.2.7.2
 * @begun: an unrelated command has set them
 * @has_open: @id is set
 * @sid: SessionId
 * @tid: TreeId
 * @id: FileId
 * @status: of the command that failed and has not set @id
 */
struct smb2_chain {
	bool			begun;
	bool			has_open;
	u64			sid;
	u32			tid;
	struct smb2_file_id	id;
	nt_status_t		status;
};

/**
 * struct smb2_front - SMB2's part of a message: csrv_req.front
 * @seal_session: has the keys that the message was encrypted with; a reference
 * @unsealed: memory of its linear part, if that was copied when it was decrypted
 * @hdr: of the current command
 * @chain: of related commands
 * @counted: the current command is counted in its open's chanseq
 * @force_key: a reference: sign the response to the current command with it
 * @echo_signature: an error in response to it keeps the signature of the request
 * @last_mid: MessageId of the latest response
 * @last_key: a reference: sign that response with it when its length is final
 * @before_send: gets the last response as it is sent, not encrypted; 0 or an errno
 * @interim_credits: an interim response to the current command was written, and the final one
 *	grants @owed_credits only
 * @owed_credits: credits of an interim response that could not be sent
 * @error_len: of @error
 * @error_context: 3.1.1: an error has an ErrorContext, even if that is empty
 * @error: ErrorData
 */
struct smb2_front {
	struct csrv_session	*seal_session;
	u8			*unsealed;
	struct smb2_header	hdr;
	struct smb2_chain	chain;
	bool			counted;
	bool			echo_signature;
	struct csrv_sign_key	*force_key;
	u64			last_mid;
	struct csrv_sign_key	*last_key;
	int			(*before_send)(struct csrv_req *req,
					       const struct csrv_bytes *reply);
	bool			interim_credits;
	u16			owed_credits;
	u32			error_len;
	bool			error_context;
	u8			error[4];
};

/* Host-order arguments of the current command. */
union smb2_args {
	struct smb1_negotiate_args	smb1;
	struct smb2_negotiate_args	negotiate;
	struct smb2_session_setup_args	session_setup;
	struct smb2_logoff_args		logoff;
	struct smb2_tree_connect_args	tree_connect;
	struct smb2_tree_disconnect_args tree_disconnect;
	struct smb2_create_args		create;
	struct smb2_close_args		close;
	struct smb2_flush_args		flush;
	struct smb2_read_args		read;
	struct smb2_write_args		write;
	struct smb2_lock_args		lock;
	struct smb2_ioctl_args		ioctl;
	struct smb2_cancel_args		cancel;
	struct smb2_echo_args		echo;
	struct smb2_query_directory_args query_directory;
	struct smb2_change_notify_args	change_notify;
	struct smb2_query_info_args	query_info;
	struct smb2_set_info_args	set_info;
	struct smb2_oplock_break_args	oplock_break;
};

union smb2_res {
	struct smb2_negotiate_res	negotiate;
	struct smb2_session_setup_res	session_setup;
	struct smb2_logoff_res		logoff;
	struct smb2_tree_connect_res	tree_connect;
	struct smb2_tree_disconnect_res	tree_disconnect;
	struct smb2_create_res		create;
	struct smb2_close_res		close;
	struct smb2_flush_res		flush;
	struct smb2_read_res		read;
	struct smb2_write_res		write;
	struct smb2_lock_res		lock;
	struct smb2_ioctl_res		ioctl;
	struct smb2_echo_res		echo;
	struct smb2_query_directory_res	query_directory;
	struct smb2_change_notify_res	change_notify;
	struct smb2_query_info_res	query_info;
	struct smb2_set_info_res	set_info;
	struct smb2_oplock_break_res	oplock_break;
};

/**
 * struct smb2_state - kept from a command's handler until the response: csrv_req.state
 * @lock: a LOCK waits with it; a command has one of this and the next four at a time
 * @notify: CHANGE_NOTIFY
 * @brk: CREATE, SET_INFO
 * @end: LOGOFF, SESSION_SETUP
 * @pipe_offset: READ, IOCTL: offset in the response for the bytes of a pipe
 * @pipe: CREATE: an open of a pipe that is not published yet
 * @answer: SESSION_SETUP: the daemon's answer
 * @logon: SESSION_SETUP: the logon that it is a leg of; a reference
 * @durable: CREATE: what its open gets, or NULL; a reference
 */
struct smb2_state {
	union {
		struct csrv_lock_waiter		lock;
		struct csrv_notify_waiter	notify;
		struct csrv_break_waiter	brk;
		struct csrv_end_waiter		end;
		u32				pipe_offset;
	};
	union {
		struct csrv_open		*pipe;
		struct smb2_setup_answer	*answer;
	};
	struct csrv_logon			*logon;
	struct csrv_durable			*durable;
};

/* The row of a command in the connection's front end, or NULL. */
static inline const struct csrv_cmd *csrv_smb2_cmd(const struct csrv_req *req, u32 command)
{
	return command < SMB2_COMMANDS ? &req->conn->fe->cmds[command] : NULL;
}

static inline union smb2_args *smb2_args(const struct csrv_req *req)
{
	return req->args;
}

static inline union smb2_res *smb2_res(const struct csrv_req *req)
{
	return req->res;
}

static inline struct smb2_front *smb2_front(const struct csrv_req *req)
{
	return req->front;
}

static inline bool smb2_is_signed(const struct csrv_req *req)
{
	return smb2_front(req)->hdr.flags & SMB2_FLAGS_SIGNED;
}

static inline bool smb2_is_related(const struct csrv_req *req)
{
	return smb2_front(req)->hdr.flags & SMB2_FLAGS_RELATED_OPERATIONS;
}

/* The FileId of a request without an open, [MS-SMB2] 2.2.31. */
static inline bool smb2_no_file(const struct smb2_file_id *id)
{
	return id->persistent_id == U64_MAX && id->volatile_id == U64_MAX;
}

static inline struct smb2_state *smb2_state(const struct csrv_req *req)
{
	return req->state;
}

/* negotiate.c */
nt_status_t csrv_smb2_negotiate(struct csrv_req *req);
u32 csrv_smb2_negotiate_reply_max(const struct csrv_req *req);
void csrv_smb2_negotiate_release(struct csrv_req *req);
nt_status_t csrv_smb2_negotiate_smb1(struct csrv_req *req);

/* session_setup.c */
nt_status_t csrv_smb2_session_setup(struct csrv_req *req);
nt_status_t csrv_smb2_session_setup_resume(struct csrv_req *req);
u32 csrv_smb2_session_setup_reply_max(const struct csrv_req *req);
void csrv_smb2_session_setup_release(struct csrv_req *req);

/* logoff.c, tree_connect.c, tree_disconnect.c */
nt_status_t csrv_smb2_logoff(struct csrv_req *req);
nt_status_t csrv_smb2_logoff_resume(struct csrv_req *req);
nt_status_t csrv_smb2_end_wait(struct csrv_req *req, struct csrv_session *s);
nt_status_t csrv_smb2_tree_connect(struct csrv_req *req);
nt_status_t csrv_smb2_tree_disconnect(struct csrv_req *req);

/* create.c, close.c, flush.c */
nt_status_t csrv_smb2_create(struct csrv_req *req);
nt_status_t csrv_smb2_create_resume(struct csrv_req *req);
void csrv_smb2_create_release(struct csrv_req *req);
nt_status_t csrv_smb2_close(struct csrv_req *req);
nt_status_t csrv_smb2_flush(struct csrv_req *req);

/* range.c, read.c, write.c */
nt_status_t csrv_smb2_check_range(const struct csrv_open *o, u64 offset, u32 len);
nt_status_t csrv_smb2_read(struct csrv_req *req);
nt_status_t csrv_smb2_read_resume(struct csrv_req *req);
u32 csrv_smb2_read_reply_max(const struct csrv_req *req);
void csrv_smb2_read_payload(const void *args, u64 *sent, u64 *requested);
nt_status_t csrv_smb2_write(struct csrv_req *req);
nt_status_t csrv_smb2_write_resume(struct csrv_req *req);
void csrv_smb2_write_payload(const void *args, u64 *sent, u64 *requested);

/* lock.c, cancel.c, echo.c, oplock_break.c, change_notify.c */
nt_status_t csrv_smb2_lock(struct csrv_req *req);
nt_status_t csrv_smb2_cancel(struct csrv_req *req);
bool csrv_smb2_is_cancelled(const struct csrv_req *req, const struct csrv_cancel_id *ids, u32 n);
nt_status_t csrv_smb2_echo(struct csrv_req *req);
nt_status_t csrv_smb2_oplock_break(struct csrv_req *req);
u8 csrv_smb2_lease_from_wire(u32 state);
u32 csrv_smb2_lease_to_wire(u8 mask);
struct csrv_cache_key csrv_smb2_lease_key(const struct csrv_req *req,
					  const u8 lease[SMB2_LEASE_KEY_LEN]);
int csrv_smb2_notify_break(struct csrv_channel *ch, const struct csrv_holder *h,
			   const struct csrv_break *b, struct csrv_notification *n);
nt_status_t csrv_smb2_break_wait(struct csrv_req *req, struct csrv_stream *stream,
				 const struct csrv_cache_key *key, bool interim);
u8 csrv_smb2_oplock_from_wire(u8 level);
u8 csrv_smb2_oplock_to_wire(u8 mask);
nt_status_t csrv_smb2_change_notify(struct csrv_req *req);
nt_status_t csrv_smb2_change_notify_resume(struct csrv_req *req);
void csrv_smb2_change_notify_payload(const void *args, u64 *sent, u64 *requested);
void csrv_smb2_change_notify_release(struct csrv_req *req);

/* ioctl.c */
nt_status_t csrv_smb2_ioctl(struct csrv_req *req);
nt_status_t csrv_smb2_ioctl_resume(struct csrv_req *req);
u32 csrv_smb2_ioctl_reply_max(const struct csrv_req *req);
void csrv_smb2_ioctl_payload(const void *args, u64 *sent, u64 *requested);
const void *csrv_smb2_ioctl_file_id(const void *args);
bool csrv_smb2_ioctl_body_with(const struct csrv_req *req, nt_status_t status);

/* query_directory.c, query_info.c, set_info.c */
nt_status_t csrv_smb2_query_directory(struct csrv_req *req);
u32 csrv_smb2_query_directory_reply_max(const struct csrv_req *req);
void csrv_smb2_query_directory_payload(const void *args, u64 *sent, u64 *requested);
nt_status_t csrv_smb2_query_info(struct csrv_req *req);
u32 csrv_smb2_query_info_reply_max(const struct csrv_req *req);
void csrv_smb2_query_info_payload(const void *args, u64 *sent, u64 *requested);
nt_status_t csrv_smb2_set_info(struct csrv_req *req);
nt_status_t csrv_smb2_set_info_resume(struct csrv_req *req);
void csrv_smb2_set_info_payload(const void *args, u64 *sent, u64 *requested);

/* pipe.c: CREATE, READ, WRITE and IOCTL of pipes */
#define CSRV_PIPE_NAME_MAX	256
/*
 * The most room for a listing or an answer, however much more a client asks for: it gets what
 * fits, and memory stays bounded.
 */
#define CSRV_REPLY_BUFFER	(1024u * 1024)
nt_status_t csrv_smb2_pipe_open(struct csrv_req *req, const char *name);
nt_status_t csrv_smb2_pipe_opened(struct csrv_req *req);
nt_status_t csrv_smb2_pipe_read(struct csrv_req *req, u32 offset, u32 max);
nt_status_t csrv_smb2_pipe_write(struct csrv_req *req, const void *data, u32 len);
nt_status_t csrv_smb2_pipe_transact(struct csrv_req *req, u32 offset, const struct wire_blob *in,
				    u32 max);

/* fsctl_netif.c, fsctl_validate.c */
nt_status_t csrv_smb2_fsctl_netif(struct csrv_req *req, struct wire_out *out);
nt_status_t csrv_smb2_fsctl_validate(struct csrv_req *req, struct wire_out *out);

/* unseal.c, chain.c */
nt_status_t csrv_smb2_unseal(struct csrv_req *req);
bool csrv_smb2_chain_begin(struct csrv_req *req);
bool csrv_smb2_chain_next(struct csrv_req *req, nt_status_t status, bool body);
nt_status_t csrv_smb2_chain_relate(struct csrv_req *req);
void csrv_smb2_chain_open(struct csrv_req *req, const struct csrv_open *o);
nt_status_t csrv_smb2_find_open(struct csrv_req *req);
void csrv_smb2_sequence_end(struct csrv_req *req);
u64 csrv_smb2_chain_requested(const struct csrv_req *req);

/* gate.c */
nt_status_t csrv_smb2_admit(struct csrv_req *req);
nt_status_t csrv_smb2_decode(struct csrv_req *req);
nt_status_t csrv_smb2_proof(struct csrv_req *req);
void csrv_smb2_foreign_session(struct csrv_req *req);
bool csrv_smb2_signed_by(struct csrv_req *req, struct csrv_sign_key *key);
void csrv_smb2_answer_with(struct csrv_req *req, struct csrv_sign_key *key);

/* reply.c */
bool csrv_smb2_reply_begin(struct csrv_req *req, u32 body_max);
bool csrv_smb2_reply_end(struct csrv_req *req, nt_status_t status);
bool csrv_smb2_reply_error(struct csrv_req *req, nt_status_t status);
void csrv_smb2_reply_needs(struct csrv_req *req, u32 bytes);
bool csrv_smb2_reply_is_plain(const struct csrv_req *req);
int csrv_smb2_interim(struct csrv_req *req, struct csrv_notification *n);
int csrv_smb2_close_reply(struct csrv_req *req, struct csrv_out *out, u8 *head);

/* seal.c */
int csrv_smb2_seal(struct csrv_session *s, u8 *head, struct csrv_out *out);
int csrv_smb2_notification_close(struct csrv_notification *n, u32 len, struct csrv_session *seal);

/* table.c, frontend.c */
extern const struct csrv_cmd csrv_smb2_cmds[SMB2_COMMANDS];
extern const struct csrv_cmd csrv_smb2_from_smb1;
extern const struct csrv_frontend csrv_smb2_frontend;

#endif /* CIFSSRV_SMB2_SMB2_H */
