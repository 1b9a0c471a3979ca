/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * upcall/uapi.h - the messages between cifssrv.ko and cifssrvd over /dev/cifssrv
 *
 * The kernel asks, the daemon answers.  read() returns exactly one question,
 * write() takes exactly one answer (or one request of the daemon's own, see
 * CSRV_OP_STATUS and CSRV_OP_END).  All integers are in the machine's own byte order: both
 * ends run on one kernel.  The prose specification is upcall/README.md.
 *
 * Every message is a struct csrv_up_hdr, then the op's fixed struct, then the
 * op's variable parts, back to back without padding, in the order in which the
 * fixed struct names their lengths.  hdr.len is the length of all of it, and
 * must equal it exactly.  Reserved fields are zero, or the message is refused.
 * Strings are UTF-8 (but for records of CSRV_OP_STATUS), not terminated, and contain no NUL.
 */
#ifndef CIFSSRV_UPCALL_UAPI_H
#define CIFSSRV_UPCALL_UAPI_H

#include <linux/types.h>

#define CSRV_UP_DEVICE		"/dev/cifssrv"
/* Of the protocol and of what configfs has: both ends are of one release.  5: December 2026. */
#define CSRV_UP_VERSION		6
#define CSRV_UP_MAX_MSG		(128 * 1024)	/* largest message, header included */
#define CSRV_UP_MAX_BLOB	(64 * 1024)	/* largest security blob or pipe fragment */
#define CSRV_UP_MAX_NAME	256		/* names of users, groups, hosts …, bytes */
#define CSRV_UP_MAX_PATH	4095		/* home directory, bytes */
#define CSRV_UP_MAX_GROUPS	1024		/* supplementary groups of one user */
#define CSRV_UP_KEY_LEN		16		/* session key, [MS-SMB2] 3.3.5.5.3 */
#define CSRV_UP_GUID_LEN	16

/* An answer carries the op of its question with CSRV_UP_ANSWER set. */
#define CSRV_UP_ANSWER		0x8000u

enum csrv_up_op {
	CSRV_OP_INIT		= 1,	/* first message; no other one before its answer */
	CSRV_OP_AUTH_STEP	= 2,	/* one leg of a logon */
	CSRV_OP_AUTH_ABORT	= 3,	/* notice: a logon ended without its last leg; no answer */
	CSRV_OP_PIPE_OPEN	= 4,	/* open a named pipe on IPC$ */
	CSRV_OP_PIPE_TRANSACT	= 5,	/* write a fragment, read what is available */
	CSRV_OP_PIPE_WRITE	= 6,	/* write a fragment */
	CSRV_OP_PIPE_READ	= 7,	/* read what is available */
	CSRV_OP_PIPE_CLOSE	= 8,	/* notice: the pipe was closed; no answer */
	CSRV_OP_SHARE_LOOKUP	= 9,	/* reserved: [homes] and user shares */
	CSRV_OP_DFS_REFERRAL	= 10,	/* reserved */
	CSRV_OP_STATUS		= 11,	/* the daemon asks: lists too long for sysfs */
	CSRV_OP_END		= 12,	/* the daemon asks: end a session, close an open */
};

/**
 * struct csrv_up_hdr - first bytes of every message
 * @len: length of the whole message, this header included
 * @op: enum csrv_up_op, or'ed with CSRV_UP_ANSWER in an answer
 * @flags: zero
 * @id: chosen by the asker, never reused within one open of the device; an
 *	answer repeats it.  Kernel ids start at 1 and go up; ids of the daemon's
 *	own requests have bit 63 set.
 * @status: in answers: 0 or a negative errno (the op's fixed struct and parts
 *	follow only when it is 0); in questions zero
 * @reserved: zero
 */
struct csrv_up_hdr {
	__u32 len;
	__u16 op;
	__u16 flags;
	__u64 id;
	__s32 status;
	__u32 reserved;
};

/* CSRV_OP_INIT.  The kernel describes itself; the daemon says what it accepts. */
#define CSRV_UP_FEATURES	0ull		/* all feature bits this header knows */

struct csrv_up_init {			/* question */
	__u32 version;			/* CSRV_UP_VERSION */
	__u32 max_msg;			/* CSRV_UP_MAX_MSG */
	__u64 features;
	__u8  server_guid[CSRV_UP_GUID_LEN];	/* [MS-SMB2] 3.3.1.5 ServerGuid */
	__u32 reserved[4];
};

struct csrv_up_init_answer {
	__u32 version;			/* the daemon's version: must be the question's */
	__u32 max_inflight;		/* most questions that it wants at a time, 1..4096 */
	__u64 features;			/* a subset of the question's */
	__u32 reserved[4];
};

/*
 * CSRV_OP_AUTH_STEP.  One leg of an SPNEGO (or raw NTLMSSP) exchange.  logon
 * identifies the exchange: the daemon keeps its state under it from the first
 * leg (FIRST set) until it answers DONE or DENIED, or AUTH_ABORT arrives.
 * Parts: host (client address as text), blob.
 */
enum csrv_up_auth_flags {
	CSRV_AUTH_FIRST		= 1 << 0,
	/* no client yet, blob is empty: answer with the NegTokenInit2 that NEGOTIATE carries */
	CSRV_AUTH_HINT		= 1 << 1,
};

struct csrv_up_auth {
	__u64 logon;
	__u32 flags;			/* enum csrv_up_auth_flags */
	__u16 dialect;			/* [MS-SMB2] DialectRevision, 0 for HINT */
	__u16 host_len;
	__u32 blob_len;
	__u32 reserved;
};

enum csrv_up_auth_result {
	CSRV_AUTH_MORE		= 0,	/* another leg is needed; blob goes to the client */
	CSRV_AUTH_DONE		= 1,	/* logged on */
	CSRV_AUTH_DENIED	= 2,	/* nt_status says why */
};

enum csrv_up_identity_flags {
	CSRV_ID_GUEST		= 1 << 0,	/* SMB2_SESSION_FLAG_IS_GUEST; no key */
	/* SMB2_SESSION_FLAG_IS_NULL; no key unless the mechanism made one */
	CSRV_ID_ANONYMOUS	= 1 << 1,
};

/* Parts: user, domain, blob, groups (ngroups times __u32), home, group. */
struct csrv_up_auth_answer {
	__u32 result;			/* enum csrv_up_auth_result */
	__u32 nt_status;		/* for DENIED: an NTSTATUS error; else zero */
	__u32 identity;			/* for DONE: enum csrv_up_identity_flags */
	__u32 uid;
	__u32 gid;
	__u32 ngroups;			/* <= CSRV_UP_MAX_GROUPS */
	__u64 expiry;			/* seconds since 1970, 0 = never */
	__u16 user_len;			/* the account name as in users/<name> */
	__u16 domain_len;
	__u32 blob_len;
	__u8  key_len;			/* 0 or CSRV_UP_KEY_LEN */
	__u8  reserved[3];
	__u16 home_len;			/* the account's home directory; <= CSRV_UP_MAX_PATH */
	__u16 group_len;		/* the name of its primary group */
	__u8  key[CSRV_UP_KEY_LEN];
};

struct csrv_up_auth_abort {
	__u64 logon;
};

/*
 * Pipes.  The kernel chooses pipe (never reused); all ops of one handle carry
 * it.  PIPE_OPEN parts: name (without "\PIPE\"), user, domain, host.
 * Unknown pipe names are answered with -ENOENT.
 */
struct csrv_up_pipe_open {
	__u64 pipe;
	__u64 session;			/* that it is opened under, as CSRV_OP_STATUS lists it */
	__u32 uid;
	__u32 gid;
	__u32 identity;			/* enum csrv_up_identity_flags */
	__u16 name_len;
	__u16 user_len;
	__u16 domain_len;
	__u16 host_len;
	__u8  key_len;			/* session key for the RPC layer: 0 or CSRV_UP_KEY_LEN */
	__u8  reserved[11];		/* one size for every alignment of __u64 */
	__u8  key[CSRV_UP_KEY_LEN];
};					/* answer: header only */

/* PIPE_TRANSACT, PIPE_WRITE: part data.  PIPE_READ: none. */
struct csrv_up_pipe_io {
	__u64 pipe;
	__u32 data_len;			/* bytes written */
	__u32 max_out;			/* TRANSACT, READ: most bytes the answer may carry */
};

/*
 * Answer to TRANSACT and READ: part data.  left tells how many bytes of the
 * current message did not fit (STATUS_BUFFER_OVERFLOW, then PIPE_READ).
 * A read with nothing to read is answered -EAGAIN, a torn-down RPC connection
 * (protocol violation by the client) -EPIPE.
 */
struct csrv_up_pipe_answer {
	__u32 data_len;
	__u32 left;
};

struct csrv_up_pipe_close {
	__u64 pipe;
};

/*
 * CSRV_OP_STATUS, asked by the daemon: lists of what there is.  The answer is
 * part data: whole records of the list.  cursor is 0 for the first page, then
 * what the last answer said in next, until next is 0.
 */
enum csrv_up_status_what {
	CSRV_STATUS_CONNECTIONS	= 1,	/* of struct csrv_up_connection */
	CSRV_STATUS_SESSIONS	= 2,	/* of struct csrv_up_session */
	CSRV_STATUS_TREES	= 3,	/* of struct csrv_up_tree */
	CSRV_STATUS_OPENS	= 4,	/* of struct csrv_up_open */
	CSRV_STATUS_ADMITTED	= 5,	/* of struct csrv_up_admitted */
};

#define CSRV_STATUS_MAX_PAGE	(64 * 1024)	/* most bytes of data in one answer */
#define CSRV_STATUS_MAX_RECORD	(12 * 1024)	/* longest record, parts included */

struct csrv_up_status {
	__u32 what;			/* enum csrv_up_status_what */
	__u32 reserved;
	__u64 cursor;
	__u64 session;			/* for ADMITTED: its id; else zero */
};

struct csrv_up_status_answer {
	__u64 next;
	__u32 data_len;
	__u32 reserved;
};

/*
 * Records.  Each is its fixed struct, then its parts, in the order in which the
 * struct names their lengths; one follows the other, all without padding.  len
 * is the length of the record, parts included.  Parts are text of at most
 * CSRV_UP_MAX_NAME, names and paths of files of at most CSRV_UP_MAX_PATH bytes, cut there.
 * It may be what a client or a file system chose: any bytes but NUL, not
 * only UTF-8.
 */
enum csrv_up_status_flags {
	CSRV_STATUS_ENCRYPTED	= 1 << 0,	/* session, tree: every message must be */
	CSRV_STATUS_SIGNED	= 1 << 1,	/* session: likewise */
	CSRV_STATUS_LOGGED_ON	= 1 << 2,	/* session: identity, cipher, signing count */
	CSRV_STATUS_READ_ONLY	= 1 << 3,	/* tree */
	CSRV_STATUS_ADMIN	= 1 << 4,	/* tree: acts as root */
	CSRV_STATUS_HAS_PATH	= 1 << 5,	/* tree, open: part path counts */
	CSRV_STATUS_BREAKING	= 1 << 6,	/* open: what it caches is being broken */
	CSRV_STATUS_DIRECTORY	= 1 << 7,	/* open */
	CSRV_STATUS_DISCONNECTED = 1 << 8,	/* open: waits for its client; left counts */
};

/* Parts: client. */
struct csrv_up_connection {
	__u32 len;
	__u32 flags;			/* zero */
	__u64 id;
	__u32 age;			/* seconds since it was accepted */
	__u32 idle;			/* seconds since it was last heard */
	__u16 dialect;			/* [MS-SMB2] DialectRevision; 0: not negotiated */
	__u16 cipher;			/* [MS-SMB2] 2.2.3.1.2 */
	__u16 signing;			/* [MS-SMB2] 2.2.3.1.7 */
	__u16 client_len;		/* its address as text */
};

enum csrv_up_session_state {
	CSRV_STATUS_IN_PROGRESS	= 0,
	CSRV_STATUS_VALID	= 1,
	CSRV_STATUS_EXPIRED	= 2,
	CSRV_STATUS_DEAD	= 3,
};

/* Parts: user, domain, client. */
struct csrv_up_session {
	__u32 len;
	__u32 flags;			/* ENCRYPTED, SIGNED, LOGGED_ON */
	__u64 id;
	__u64 created;			/* FILETIME, [MS-DTYP] 2.3.3 */
	__u32 channels;
	__u32 opens;
	__u32 identity;			/* enum csrv_up_identity_flags */
	__u32 state;			/* enum csrv_up_session_state */
	__u16 dialect;
	__u16 cipher;			/* 0: it has no keys for encryption */
	__u16 signing;
	__u16 user_len;
	__u16 domain_len;
	__u16 client_len;		/* of its first channel */
	__u16 reserved[2];
};

/* Parts: share (the name that the client asked for), path (from the machine's root). */
struct csrv_up_tree {
	__u32 len;
	__u32 flags;			/* READ_ONLY, ENCRYPTED, ADMIN, HAS_PATH */
	__u64 session;
	__u64 created;			/* FILETIME */
	__u32 id;
	__u16 share_len;
	__u16 path_len;
};

enum csrv_up_oplock {
	CSRV_STATUS_OPLOCK_NONE		= 0,
	CSRV_STATUS_OPLOCK_II		= 1,
	CSRV_STATUS_OPLOCK_EXCLUSIVE	= 2,
	CSRV_STATUS_OPLOCK_BATCH	= 3,
	CSRV_STATUS_OPLOCK_LEASE	= 4,	/* lease says what that caches */
};

/* [MS-SMB2] 2.2.13.2.8 LeaseState */
enum csrv_up_lease {
	CSRV_STATUS_LEASE_READ		= 1 << 0,
	CSRV_STATUS_LEASE_HANDLE	= 1 << 1,
	CSRV_STATUS_LEASE_WRITE		= 1 << 2,
};

/* Parts: user, share, name (in the share, or of the pipe), path (from the machine's root). */
struct csrv_up_open {
	__u32 len;
	__u32 flags;			/* HAS_PATH, BREAKING, DIRECTORY, DISCONNECTED */
	__u64 id;
	__u64 session;			/* zero if DISCONNECTED, like tree */
	__u64 created;			/* FILETIME */
	__u32 tree;
	__u32 access;			/* granted access mask */
	__u32 share_mode;		/* [MS-SMB2] 2.2.13 ShareAccess */
	__u32 locks;			/* byte ranges that it has locked or waits for */
	__u32 oplock;			/* enum csrv_up_oplock */
	__u32 lease;			/* enum csrv_up_lease */
	__u32 left;			/* seconds for which it waits for its client */
	__u32 reserved;			/* zero */
	__u16 user_len;
	__u16 share_len;
	__u16 name_len;
	__u16 path_len;
};

/*
 * A share with access_based_enum that would admit the session's user, from the host of one of its
 * connections.  Parts: share.
 */
struct csrv_up_admitted {
	__u32 len;
	__u32 flags;			/* zero */
	__u64 session;			/* the question's */
	__u16 share_len;
	__u16 reserved[3];
};

/*
 * CSRV_OP_END, asked by the daemon: an administrator ends a session, or closes an open, by the id
 * from CSRV_OP_STATUS.  The answer is a header only.
 */
enum csrv_up_end_what {
	CSRV_UP_END_SESSION	= 1,
	CSRV_UP_END_OPEN	= 2,
};

struct csrv_up_end {
	__u32 what;			/* enum csrv_up_end_what */
	__u32 reserved;
	__u64 id;
};

#endif /* CIFSSRV_UPCALL_UAPI_H */
