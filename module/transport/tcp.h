/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transport/tcp.h - private to the room: one TCP connection, and who does what with it */
#ifndef CIFSSRV_TRANSPORT_TCP_H
#define CIFSSRV_TRANSPORT_TCP_H

#include <linux/bitops.h>
#include <linux/spinlock.h>

#include "../compat/context.h"
#include "frame.h"
#include "rx_sched.h"
#include "transport.h"

struct sk_buff;
struct sock;

#define TCP_PREFIX		4u
/* [MS-SMB2] 2.1: the prefix has three bytes for the length of the message */
#define TCP_MESSAGE_MAX		((1u << 24) - 1)
#define TCP_TYPE_MESSAGE	0x00	/* SMB2 over direct TCP, and RFC 1002 session message */
#define TCP_TYPE_KEEPALIVE	0x85	/* RFC 1002 4.3.7: silently discarded */
/* Bytes asked for at once at the start of a message: most requests fit. */
#define TCP_LOOKAHEAD		(TCP_PREFIX + 128u)

enum tcp_phase {
	TCP_START,		/* the prefix and the first bytes are awaited */
	TCP_PLACE,		/* peeked; room is to be made */
	TCP_HEAD,		/* filling the linear part */
	TCP_PAGES,		/* filling the pages */
	TCP_ZEROCOPY,		/* taking over the pages in which it comes */
};

enum tcp_flag {
	TCP_CLOSED,		/* closed() was called, or is being called */
	TCP_DETACHED,		/* no callbacks any more; set under sk_callback_lock */
};

/*
 * struct csrv_tcp - one TCP connection
 *
 * Made at accept, freed by its owner through ops->free() after ops->detach().
 */
struct csrv_tcp {
	struct csrv_xprt	xprt;
	struct socket		*sock;
	unsigned long		flags;		/* enum tcp_flag */

	struct csrv_rx		rx;
	/* the rx_owner's: */
	enum tcp_phase		phase;
	struct csrv_msg		*msg;
	u32			have;		/* bytes of msg received */
	struct iov_iter		pages;		/* what is left to fill of msg->bv */
	u32			ahead;		/* bytes in the next one */
	u8			lookahead[TCP_LOOKAHEAD];

	spinlock_t		tx_lock;	/* guards the next six */
	struct list_head	tx_queue __guarded_by(&tx_lock);	/* csrv_out.node */
	bool			tx_busy __guarded_by(&tx_lock);	/* somebody is sending */
	bool			tx_full __guarded_by(&tx_lock);	/* the socket said -EAGAIN */
	unsigned long		tx_since;	/* jiffies when it did so last */
	u64			tx_bytes;	/* that were ever queued */
	/* no more sending: done() at once */
	bool			tx_dead __guarded_by(&tx_lock);
	struct work_struct	tx_work;	/* goes on sending: of wqs.net */
	struct work_struct	tx_gathered;	/* sends what was gathered: of wqs.rx */

	struct work_struct	closed_work;
	void (*sk_data_ready)(struct sock *sk);
	void (*sk_write_space)(struct sock *sk);
	void (*sk_state_change)(struct sock *sk);
};

static inline struct csrv_tcp *csrv_tcp(struct csrv_xprt *xprt)
{
	return container_of(xprt, struct csrv_tcp, xprt);
}

/*
 * The peer is gone, or what it sends is no message: closed() is called, once.  Any context.
 *
 * The owner ends no transport before closed() was called, so the work item outlives its queueing.
 */
static inline void csrv_tcp_closed(struct csrv_tcp *t)
{
	if (!test_and_set_bit(TCP_CLOSED, &t->flags))
		queue_work(t->xprt.wqs.net, &t->closed_work);
}

/* tcp_rx.c */
void csrv_tcp_rx_init(struct csrv_tcp *t, int home);
void csrv_tcp_rx_stop(struct csrv_tcp *t);

/* tcp_tx.c */
void csrv_tcp_tx_init(struct csrv_tcp *t);
u64 csrv_tcp_tx_send(struct csrv_xprt *xprt, struct csrv_out *out);
void csrv_tcp_tx_room(struct csrv_tcp *t);
bool csrv_tcp_tx_stalled(struct csrv_tcp *t, unsigned long since);
void csrv_tcp_tx_drop(struct csrv_tcp *t);
void csrv_tcp_tx_stop(struct csrv_tcp *t);

/* zerocopy.c */
void *csrv_msg_own_room(struct csrv_msg *msg, u32 *len);
int csrv_msg_own_filled(struct csrv_msg *msg, u32 len);
int csrv_zerocopy_skb(struct csrv_msg *msg, struct sk_buff *skb, u32 off, u32 len);

/* tcp.c */
int csrv_tcp_cache(void);
struct csrv_xprt *csrv_tcp_xprt(struct socket *sock, struct net *net,
				const struct csrv_xprt_wqs *wqs, int home,
				void (*sk_data_ready)(struct sock *sk));

#endif /* CIFSSRV_TRANSPORT_TCP_H */
