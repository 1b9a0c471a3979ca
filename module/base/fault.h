/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/fault.h - named points where a test can make an operation fail, or delay it
 *
 * With CONFIG_FAULT_INJECTION_DEBUG_FS each point is a directory
 * /sys/kernel/debug/cifssrv/fault/<name>/ with the kernel's usual knobs
 * (probability, interval, times …); without it a point costs nothing.
 *
 * A new point is a line here and its name in fault.c.
 */
#ifndef CIFSSRV_BASE_FAULT_H
#define CIFSSRV_BASE_FAULT_H

#include <linux/types.h>

enum csrv_fault {
	CSRV_FAULT_UPCALL_ASK,		/* a question cannot be queued */
	CSRV_FAULT_UPCALL_COMPLETE,	/* delay before done() */
	CSRV_FAULT_CRYPT_SIGN,		/* signing fails */
	CSRV_FAULT_CRYPT_SEAL,		/* sealing, unsealing or GMAC fails */
	CSRV_FAULT_TRANSPORT_ACCEPT,	/* a new connection is dropped */
	CSRV_FAULT_LISTENER_ACCEPT,	/* accept() has no memory */
	CSRV_FAULT_TRANSPORT_RX,	/* a receive fails, and with it the connection */
	CSRV_FAULT_TRANSPORT_TX,	/* a send fails, likewise */
	/* each a delay where work is handed over: between the decision and the lock */
	CSRV_FAULT_RX_PASS,		/* the other worker reads next, or none */
	CSRV_FAULT_RX_RELEASE,		/* no worker reads */
	CSRV_FAULT_TX_STOP,		/* nobody sends */
	CSRV_FAULT_CONN_START,		/* a connection can be found, and does not receive */
	CSRV_FAULT_CONN_CLOSED,		/* its end is known, and has not begun */
	CSRV_FAULT_CONN_GONE,		/* its transport has ended, its requests are waited for */
	CSRV_FAULT_SESSION_END,		/* a session is dead, and its opens are not closed */
	CSRV_FAULT_TREE_FOUND,		/* a tree has its directory, and is not published */
	CSRV_FAULT_DIR_CHANGED,		/* a change is noticed, and breaks no lease yet */
	CSRV_FAULT_OPEN_DETACHED,	/* an open has lost its session, and has no timer yet */
	CSRV_FAULT_OPEN_NAMED,		/* an open is what a reconnect means, and is not claimed */
	CSRV_FAULT_OPEN_CLAIMED,	/* an open is reconnected, and in no table of its session */
	CSRV_FAULT_NOTIFY_BREAK,	/* a break was notified over a channel, or could not be */
	CSRV_FAULT_REQ_RESUME,		/* a request continues in another worker, or after a wait */
	CSRV_FAULT_WORKER_GIVE,		/* a worker is free, and no request has it yet */
	CSRV_FAULT_REQ_CANCEL,		/* a CANCEL has found its request */
	CSRV_FAULT_BRL_LOCKED,		/* a lock is granted, and its LOCK is not done */
	CSRV_FAULT_BRL_RETRY,		/* locks were removed, waiters for them were not retried */
	CSRV_FAULT_CONN_PUT,		/* delay before the last put, likewise the next ones */
	CSRV_FAULT_LOGON_PUT,
	CSRV_FAULT_SESSION_PUT,
	CSRV_FAULT_TREE_PUT,
	CSRV_FAULT_OPEN_PUT,
	CSRV_FAULT_LEASE_PUT,
	CSRV_FAULT_STREAM_PUT,
	CSRV_FAULT_FILE_PUT,
	CSRV_FAULT_REQ_ALLOC,		/* no memory for a request */
	CSRV_FAULT_REQ_NOTIFIED,	/* its client was notified that it waits; not yet */
	CSRV_FAULT_REQ_PARK,		/* delay before what a parked request waits for starts */
	CSRV_FAULT_REQ_COMPLETE,	/* delay before a reply */
	CSRV_FAULT_VFS_IO,		/* a read or write of data fails */
	CSRV_FAULT_VFS_XATTR,		/* an EA cannot be read or stored */
	CSRV_FAULT_CREATE_MADE,		/* delay between making a name and joining its file */
	CSRV_FAULT_CREATE_JOIN,		/* delay between finding a name and joining its file */
	CSRV_FAULT_TIMES_HELD,		/* delay before and after a change that leaves times */
	CSRV_FAULT_REPLY_ROOM,		/* no memory for a reply that has outgrown its room */
	CSRV_FAULT_VFS_UNLOCKED,	/* delay after a name is made, its directory unlocked */
	CSRV_FAULT_VFS_NO_DENTRY,	/* a new object has no dentry, as on some file systems */
	CSRV_FAULT_NOTIFY_ALLOC,	/* no memory for an event of CHANGE_NOTIFY */
	CSRV_FAULT_NOTIFY_EVENT,	/* delay before an event's request continues */
	CSRV_FAULT_NOTIFY_START,	/* a directory is watched, and its open does not know yet */
	CSRV_FAULT_NOTIFY_STOP,		/* it is closed, and still watched */
	CSRV_FAULT_COUNT
};

#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

/* Make and remove the debugfs directories. Failure to make them is not an error. */
void csrv_fault_init(void);
void csrv_fault_exit(void);

/* True when a test asks for a failure here. Any context. */
bool csrv_fault(enum csrv_fault point);

/* Sleep some milliseconds when a test asks for it, to widen a race. Process context. */
void csrv_fault_delay(enum csrv_fault point);

#else

static inline void csrv_fault_init(void) { }
static inline void csrv_fault_exit(void) { }
static inline bool csrv_fault(enum csrv_fault point) { return false; }
static inline void csrv_fault_delay(enum csrv_fault point) { }

#endif

#endif /* CIFSSRV_BASE_FAULT_H */
