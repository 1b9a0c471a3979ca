// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smb2/table.c - the commands of SMB2: all that depends on the command
 *
 * Section numbers are those of [MS-SMB2].
 */
#include "../wire/access.h"
#include "smb2.h"

/* Decoders and encoders of wire/, with the types of the table. */
#define DECODE(cmd)								\
static bool args_##cmd(struct wire_in *in, void *args)				\
{										\
	return csrv_smb2_decode_##cmd(in, args);					\
}

#define ENCODE(cmd)								\
static bool res_##cmd(struct wire_out *out, const void *res)			\
{										\
	return csrv_smb2_encode_##cmd(out, res);					\
}

DECODE(negotiate)
ENCODE(negotiate)
DECODE(session_setup)
ENCODE(session_setup)
DECODE(logoff)
ENCODE(logoff)
DECODE(tree_connect)
ENCODE(tree_connect)
DECODE(tree_disconnect)
ENCODE(tree_disconnect)
DECODE(create)
ENCODE(create)
DECODE(close)
ENCODE(close)
DECODE(flush)
ENCODE(flush)
DECODE(read)
ENCODE(read)
DECODE(write)
ENCODE(write)
DECODE(lock)
ENCODE(lock)
DECODE(ioctl)
ENCODE(ioctl)
DECODE(cancel)
DECODE(echo)
ENCODE(echo)
DECODE(query_directory)
ENCODE(query_directory)
DECODE(change_notify)
ENCODE(change_notify)
DECODE(query_info)
ENCODE(query_info)
DECODE(set_info)
ENCODE(set_info)
DECODE(oplock_break)
ENCODE(oplock_break)

/* FileId is the first member of the args of every command that has one. */
static const void *file_id(const void *args)
{
	return args;
}

/* An acknowledgment of a lease names no open. */
static const void *oplock_break_file_id(const void *args)
{
	const union smb2_args *a = args;

	return a->oplock_break.lease ? NULL : file_id(args);
}

/* Replies of a fixed size fit into so much. */
static u32 reply_small(const struct csrv_req *req)
{
	return 96;
}

/* CREATE: 88 bytes, and response contexts. */
static u32 reply_create(const struct csrv_req *req)
{
	return 360;
}

/*
 * [MS-SMB2] 3.3.4.4 names all statuses other than success with the command's own response.  Those
 * of IOCTL are in the rows of its control codes.
 */
static bool body_more_processing(const struct csrv_req *req, nt_status_t status)
{
	return status == NT_MORE_PROCESSING_REQUIRED;
}

static bool body_overflow(const struct csrv_req *req, nt_status_t status)
{
	return status == NT_BUFFER_OVERFLOW;
}

static bool body_overflow_of_pipe(const struct csrv_req *req, nt_status_t status)
{
	return status == NT_BUFFER_OVERFLOW && req->open && req->open->pipe;
}

static bool body_enum_dir(const struct csrv_req *req, nt_status_t status)
{
	return status == NT_NOTIFY_ENUM_DIR;
}

/* The front end has decoded the arguments. */
static bool args_smb1(struct wire_in *in, void *args)
{
	return true;
}

/* The row of an SMB1 NEGOTIATE that offers SMB2, and is answered in SMB2; 3.3.5.3 */
const struct csrv_cmd csrv_smb2_from_smb1 = {
	.name		= "NEGOTIATE",
	.flags		= CMD_NEGOTIATE | CMD_INLINE | CMD_ALONE,
	.decode		= args_smb1,
	.reply_max	= csrv_smb2_negotiate_reply_max,
	.handle		= csrv_smb2_negotiate_smb1,
	.encode		= res_negotiate,
	.release	= csrv_smb2_negotiate_release,
};

const struct csrv_cmd csrv_smb2_cmds[SMB2_COMMANDS] = {
	[SMB2_NEGOTIATE] = {			/* 3.3.5.4 */
		.name		= "NEGOTIATE",
		.struct_size	= 36,
		.flags		= CMD_NEGOTIATE | CMD_INLINE | CMD_ALONE,
		.decode		= args_negotiate,
		.reply_max	= csrv_smb2_negotiate_reply_max,
		.handle		= csrv_smb2_negotiate,
		.encode		= res_negotiate,
		.release	= csrv_smb2_negotiate_release,
	},
	[SMB2_SESSION_SETUP] = {		/* 3.3.5.5 */
		.name		= "SESSION_SETUP",
		.struct_size	= 25,
		.flags		= CMD_UNSIGNED_OK | CMD_EXPIRED_OK | CMD_ALONE | CMD_NO_FILE |
				  CMD_LOGON,
		.decode		= args_session_setup,
		.reply_max	= csrv_smb2_session_setup_reply_max,
		.handle		= csrv_smb2_session_setup,
		.resume		= csrv_smb2_session_setup_resume,
		.body_with	= body_more_processing,
		.encode		= res_session_setup,
		.release	= csrv_smb2_session_setup_release,
	},
	[SMB2_LOGOFF] = {			/* 3.3.5.6 */
		.name		= "LOGOFF",
		.struct_size	= 4,
		.flags		= CMD_NEEDS_SESSION | CMD_EXPIRED_OK | CMD_ENDS_SESSION | CMD_ENDS |
				  CMD_NO_FILE,
		.decode		= args_logoff,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_logoff,
		.resume		= csrv_smb2_logoff_resume,
		.encode		= res_logoff,
	},
	[SMB2_TREE_CONNECT] = {			/* 3.3.5.7 */
		.name		= "TREE_CONNECT",
		.struct_size	= 9,
		.flags		= CMD_NEEDS_SESSION,
		.decode		= args_tree_connect,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_tree_connect,
		.encode		= res_tree_connect,
	},
	[SMB2_TREE_DISCONNECT] = {		/* 3.3.5.8 */
		.name		= "TREE_DISCONNECT",
		.struct_size	= 4,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_ENDS,
		.decode		= args_tree_disconnect,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_tree_disconnect,
		.encode		= res_tree_disconnect,
	},
	[SMB2_CREATE] = {			/* 3.3.5.9 */
		.name		= "CREATE",
		.struct_size	= 57,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE,
		.decode		= args_create,
		.reply_max	= reply_create,
		.handle		= csrv_smb2_create,
		.resume		= csrv_smb2_create_resume,
		.encode		= res_create,
		.release	= csrv_smb2_create_release,
	},
	[SMB2_CLOSE] = {			/* 3.3.5.10 */
		.name		= "CLOSE",
		.struct_size	= 24,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_EXPIRED_OK | CMD_ENDS,
		.decode		= args_close,
		.file_id	= file_id,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_close,
		.encode		= res_close,
	},
	[SMB2_FLUSH] = {			/* 3.3.5.11 */
		.name		= "FLUSH",
		.struct_size	= 24,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN,
		.access		= FILE_WRITE_DATA | FILE_APPEND_DATA,
		.decode		= args_flush,
		.file_id	= file_id,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_flush,
		.encode		= res_flush,
	},
	[SMB2_READ] = {				/* 3.3.5.12 */
		.name		= "READ",
		.struct_size	= 49,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH,
		.access		= FILE_READ_DATA | FILE_EXECUTE,
		.decode		= args_read,
		.file_id	= file_id,
		.payload	= csrv_smb2_read_payload,
		.reply_max	= csrv_smb2_read_reply_max,
		.handle		= csrv_smb2_read,
		.resume		= csrv_smb2_read_resume,
		.body_with	= body_overflow_of_pipe,
		.encode		= res_read,
	},
	[SMB2_WRITE] = {			/* 3.3.5.13 */
		.name		= "WRITE",
		.struct_size	= 49,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH | CMD_NOT_STALE,
		.access		= FILE_WRITE_DATA | FILE_APPEND_DATA,
		.decode		= args_write,
		.file_id	= file_id,
		.payload	= csrv_smb2_write_payload,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_write,
		.resume		= csrv_smb2_write_resume,
		.encode		= res_write,
	},
	[SMB2_LOCK] = {				/* 3.3.5.14 */
		.name		= "LOCK",
		.struct_size	= 48,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_EXPIRED_OK,
		.access		= FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA |
				  FILE_EXECUTE,
		.decode		= args_lock,
		.file_id	= file_id,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_lock,
		.encode		= res_lock,
	},
	[SMB2_IOCTL] = {			/* 3.3.5.15; FSCTLs have rows of their own */
		.name		= "IOCTL",
		.struct_size	= 57,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH | CMD_NOT_STALE,
		.decode		= args_ioctl,
		.file_id	= csrv_smb2_ioctl_file_id,
		.payload	= csrv_smb2_ioctl_payload,
		.reply_max	= csrv_smb2_ioctl_reply_max,
		.handle		= csrv_smb2_ioctl,
		.resume		= csrv_smb2_ioctl_resume,
		.body_with	= csrv_smb2_ioctl_body_with,
		.encode		= res_ioctl,
	},
	[SMB2_CANCEL] = {			/* 3.3.5.16 */
		.name		= "CANCEL",
		.struct_size	= 4,
		.flags		= CMD_NO_REPLY | CMD_NO_ID | CMD_INLINE,
		.decode		= args_cancel,
		.handle		= csrv_smb2_cancel,
	},
	[SMB2_ECHO] = {				/* 3.3.5.17 */
		.name		= "ECHO",
		.struct_size	= 4,
		.flags		= CMD_INLINE,
		.decode		= args_echo,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_echo,
		.encode		= res_echo,
	},
	[SMB2_QUERY_DIRECTORY] = {		/* 3.3.5.18 */
		.name		= "QUERY_DIRECTORY",
		.struct_size	= 33,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH,
		.access		= FILE_LIST_DIRECTORY,
		.decode		= args_query_directory,
		.file_id	= file_id,
		.payload	= csrv_smb2_query_directory_payload,
		.reply_max	= csrv_smb2_query_directory_reply_max,
		.handle		= csrv_smb2_query_directory,
		.encode		= res_query_directory,
	},
	[SMB2_CHANGE_NOTIFY] = {		/* 3.3.5.19 */
		.name		= "CHANGE_NOTIFY",
		.struct_size	= 32,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH | CMD_WAITS | CMD_ROOT,
		.access		= FILE_LIST_DIRECTORY,
		.decode		= args_change_notify,
		.file_id	= file_id,
		.payload	= csrv_smb2_change_notify_payload,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_change_notify,
		.resume		= csrv_smb2_change_notify_resume,
		.body_with	= body_enum_dir,
		.encode		= res_change_notify,
		.release	= csrv_smb2_change_notify_release,
	},
	[SMB2_QUERY_INFO] = {			/* 3.3.5.20; classes have rows of their own */
		.name		= "QUERY_INFO",
		.struct_size	= 41,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH,
		.decode		= args_query_info,
		.file_id	= file_id,
		.payload	= csrv_smb2_query_info_payload,
		.reply_max	= csrv_smb2_query_info_reply_max,
		.handle		= csrv_smb2_query_info,
		.body_with	= body_overflow,
		.encode		= res_query_info,
	},
	[SMB2_SET_INFO] = {			/* 3.3.5.21; classes have rows of their own */
		.name		= "SET_INFO",
		.struct_size	= 33,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_CREDIT_BY_LENGTH | CMD_NOT_STALE,
		.decode		= args_set_info,
		.file_id	= file_id,
		.payload	= csrv_smb2_set_info_payload,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_set_info,
		.resume		= csrv_smb2_set_info_resume,
		.encode		= res_set_info,
	},
	[SMB2_OPLOCK_BREAK] = {			/* 3.3.5.22.1, 3.3.5.22.2 */
		.name		= "OPLOCK_BREAK",
		.struct_size	= SMB2_OPLOCK_BREAK_SIZE,
		.other_size	= SMB2_LEASE_BREAK_ACK_SIZE,
		.flags		= CMD_NEEDS_SESSION | CMD_NEEDS_TREE | CMD_NEEDS_OPEN |
				  CMD_NO_FILE,
		.decode		= args_oplock_break,
		.file_id	= oplock_break_file_id,
		.reply_max	= reply_small,
		.handle		= csrv_smb2_oplock_break,
		.encode		= res_oplock_break,
	},
};
