/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport/transport.h - whole messages in, whole messages out
 *
 * A transport moves messages and knows nothing of what is in them.  What it
 * has to tell goes up through struct csrv_xprt_events, handed in at creation;
 * what is asked of it comes down through struct csrv_xprt_ops.
 */
#ifndef CIFSSRV_TRANSPORT_TRANSPORT_H
#define CIFSSRV_TRANSPORT_TRANSPORT_H

#include <linux/bvec.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "../base/bytes.h"

struct csrv_xprt;
struct net;
struct socket;

/* Bytes of a message that are always there before csrv_xprt_events.place(). */
#define CSRV_MSG_PEEK		112u
/* A message of up to this many bytes needs no buffer of its own. */
#define CSRV_MSG_INLINE		512u
/*
 * csrv_xprt.max_message is not below: 64 KiB of payload, which each dialect can negotiate, the
 * headers, and what a reply leaves (CSRV_REPLY_SPARE).
 */
#define CSRV_MESSAGE_LEAST	(64u * 1024 + 4096u + CSRV_MSG_INLINE)

/**
 * struct csrv_msg - one received message
 * @work: the receiver's, for execution away from the receiving worker
 * @head: the linear first part: @inl, or memory of its own, which grows as bytes arrive
 * @head_len: how much of the message is linear
 * @head_room: bytes for which there is room at @head; @head_len once the message is whole
 * @len: the whole length, without the transport's own framing
 * @may_zerocopy: set by events.place(): nothing is computed over the rest, so it may stay
 *	in the pages in which it came (zerocopy.c)
 * @bv: the rest, in pages of our own, or of the network's: a reference each
 * @nbv: entries of @bv
 * @bv_max: room in @bv
 * @own: the page of our own that is being filled with what was not taken but copied
 * @own_used: bytes of it
 * @inl: room for a short message
 *
 * Made by events.alloc() (embedded in the receiver's own request object),
 * filled by the transport, then the receiver's from events.receive() on.
 */
struct csrv_msg {
	struct work_struct	work;
	u8			*head;
	u32			head_len;
	u32			head_room;
	u32			len;
	bool			may_zerocopy;
	struct bio_vec		*bv;
	u32			nbv;
	u32			bv_max;
	struct page		*own;
	u32			own_used;
	u8			inl[CSRV_MSG_INLINE];
};

int csrv_pages_alloc(u32 want, struct bio_vec **bv, u32 *nbv);
void csrv_pages_put(struct bio_vec *bv, u32 nbv);
void csrv_msg_release(struct csrv_msg *msg);

/* Room for what a transport puts before a message. */
#define CSRV_OUT_FRAME		4u

/**
 * struct csrv_out - one message to send
 * @node: the transport's
 * @kv: linear parts, filled from the last one on: the message, what was put before it
 *	(csrv_out_prepend()), and the transport's framing
 * @bytes: what to send; the pages of @bytes->bv are spliced where possible,
 *	so nobody may write to them until @done
 * @frame: the transport's: its framing
 * @sent: the transport's: bytes already accepted by the network
 * @done: called exactly once, in process context, when the transport holds
 *	nothing of it any more (sent, or the connection is gone)
 */
struct csrv_out {
	struct list_head	node;
	struct kvec		kv[3];
	struct csrv_bytes	bytes;
	u8			frame[CSRV_OUT_FRAME];
	size_t			sent;
	void			(*done)(struct csrv_out *out);
};

/* The message is @len bytes at @buf, and the pages of @bv (NULL if @nbv is 0). */
static inline void csrv_out_init(struct csrv_out *out, void *buf, size_t len,
				 struct bio_vec *bv, u32 nbv)
{
	struct kvec *kv = &out->kv[ARRAY_SIZE(out->kv) - 1];

	kv->iov_base = buf;
	kv->iov_len = len;
	csrv_bytes_init(&out->bytes, kv, 1, bv, nbv);
}

/* @len bytes at @buf come before what there is; at most once by the owner of @out. */
static inline void csrv_out_prepend(struct csrv_out *out, void *buf, size_t len)
{
	struct kvec *kv = --out->bytes.kv;

	kv->iov_base = buf;
	kv->iov_len = len;
	out->bytes.nkv++;
	out->bytes.len += len;
}

/* What is left to do with a message that was received. */
enum csrv_msg_work {
	CSRV_MSG_DONE,		/* nothing */
	CSRV_MSG_LATER,		/* @receive once more, after resume(): there is no room yet */
	CSRV_MSG_SHORT,		/* execute(): takes little of a CPU's time; may wait, though */
	CSRV_MSG_LONG,		/* execute(): worth a CPU of its own */
};

/**
 * struct csrv_xprt_wqs - where work is done
 * @rx: of the CPUs: receiving and short work, on the connection's home CPU
 * @any: of no CPU: long work, and what has waited
 * @net: accepting, going on with sending, telling the owner of an end.  Nothing there
 *	waits for a file system, so requests that do keep no connection from it
 */
struct csrv_xprt_wqs {
	struct workqueue_struct *rx;
	struct workqueue_struct *any;
	struct workqueue_struct *net;
};

/**
 * struct csrv_xprt_events - what a transport tells its owner
 * @alloc: a fresh message, or NULL when memory is short (the connection ends)
 * @free: takes back a message that never became whole
 * @place: @msg->len and the first min(len, CSRV_MSG_PEEK) bytes are known:
 *	how many bytes shall be linear?  -EAGAIN: not now, stop reading until
 *	resume(); other errors end the connection
 * @receive: the message is whole and now the owner's, unless it says CSRV_MSG_LATER
 * @admit: may another worker execute @msg now?  False: its owner queues it (@msg->work)
 *	when one is free
 * @execute: does the work of a message whose @receive said CSRV_MSG_SHORT, here
 * @closed: the peer is gone or the transport failed; once, from a worker
 */
struct csrv_xprt_events {
	struct csrv_msg *(*alloc)(void *owner);
	void (*free)(struct csrv_msg *msg);
	int (*place)(void *owner, struct csrv_msg *msg);
	enum csrv_msg_work (*receive)(void *owner, struct csrv_msg *msg);
	bool (*admit)(struct csrv_msg *msg);
	void (*execute)(struct csrv_msg *msg);
	void (*closed)(void *owner);
};

/**
 * struct csrv_acked - what the other side has answered
 * @bytes: so many of those that have been sent have arrived there
 * @heard: jiffies: when it last answered; now, if nothing is unanswered.  A segment that it
 *	refused, its window being closed, is unanswered until it is sent again
 */
struct csrv_acked {
	u64			bytes;
	unsigned long		heard;
};

/**
 * struct csrv_xprt_ops - what an owner asks of its transport
 * @start: begin to receive; events may come from now on
 * @send: queue @out; never blocks.  Return: how many bytes have been sent, to the end of @out
 *	and since the beginning, for @acked; U64_MAX when the connection has ended
 * @acked: how many of them the other side has acknowledged having, and whether it is there.  May
 *	sleep
 * @resume: reading may go on after a place() of -EAGAIN, a receive() of CSRV_MSG_LATER
 * @stalled: has a message been on its way since before @since (jiffies), and not arrived
 *	(time in which nobody read it, for want of room, does not count), or has the other
 *	side taken nothing of what waits for it since then?
 * @shutdown: no more data either way; closed() follows.  Any context that may
 *	sleep, any number of times
 * @abort: likewise, and nothing that has been sent is repeated: what the other side has not
 *	taken yet never reaches it
 * @detach: waits until no event runs and none will come, and gives every
 *	queued csrv_out its done().  Once, after closed()
 * @free: after detach()
 * @peer: the other side's address; 0 or an errno
 * @keepalive: notice a dead peer, after so many seconds of silence, not 0.  Once, before start();
 *	like start() also after detach(), when the owner has ended the connection meanwhile
 */
struct csrv_xprt_ops {
	void (*start)(struct csrv_xprt *xprt);
	u64 (*send)(struct csrv_xprt *xprt, struct csrv_out *out);
	void (*acked)(struct csrv_xprt *xprt, struct csrv_acked *ret);
	void (*resume)(struct csrv_xprt *xprt);
	bool (*stalled)(struct csrv_xprt *xprt, unsigned long since);
	void (*shutdown)(struct csrv_xprt *xprt);
	void (*abort)(struct csrv_xprt *xprt);
	void (*detach)(struct csrv_xprt *xprt);
	void (*free)(struct csrv_xprt *xprt);
	int (*peer)(struct csrv_xprt *xprt, struct sockaddr_storage *addr);
	void (*keepalive)(struct csrv_xprt *xprt, u32 idle_secs);
};

/**
 * struct csrv_xprt - one connection as the network sees it
 * @ops: the transport's functions
 * @events: the owner's functions
 * @owner: for them
 * @wqs: where the work runs
 * @net: the network namespace, held
 * @max_message: bytes that a message may have, in either direction; constant, and not below
 *	CSRV_MESSAGE_LEAST
 *
 * Made by a listener's accept, owned by the connection object above it.
 */
struct csrv_xprt {
	const struct csrv_xprt_ops	*ops;
	const struct csrv_xprt_events	*events;
	void				*owner;
	struct csrv_xprt_wqs		wqs;
	struct net			*net;	/* held */
	u32				max_message;
};

/* Notice a dead peer, by probing it after @idle_secs of silence; 0: never probe. */
static inline void csrv_xprt_keepalive(struct csrv_xprt *xprt, u32 idle_secs)
{
	if (idle_secs)
		xprt->ops->keepalive(xprt, idle_secs);
}

struct csrv_xprt_class;

/**
 * struct csrv_xprt_listener - where a transport listens
 * @class: that made it, and ends it
 */
struct csrv_xprt_listener {
	const struct csrv_xprt_class *class;
};

/* A new connection: the callee owns @xprt (or refuses it with an error). */
typedef int (*csrv_accept_t)(void *owner, struct csrv_xprt *xprt);

/**
 * struct csrv_listen_addr - where to listen
 * @net: the network namespace; held until csrv_xprt_class.unlisten()
 * @addr: IPv4 or IPv6 address and port
 * @len: of @addr
 * @ifname: bind to this interface too; NULL or empty for all
 */
struct csrv_listen_addr {
	struct net		*net;
	const struct sockaddr	*addr;
	int			len;
	const char		*ifname;
};

/**
 * struct csrv_xprt_class - a kind of transport
 * @name: for the log
 * @cache: makes the slab cache of its connections, which csrv_object_caches_destroy() ends.  At
 *	load, before @listen; 0 or -ENOMEM
 * @listen: binds and listens at @at; @accept takes each new connection, in a worker of
 *	@wqs->net, with @owner as its first argument.  May sleep.  The listener, or an ERR_PTR of
 *	what binding or listening said
 * @unlisten: ends the listener, and leaves the connections that it took to their owner.  No
 *	accept runs, and none will, when this returns
 */
struct csrv_xprt_class {
	const char *name;
	int (*cache)(void);
	struct csrv_xprt_listener *(*listen)(const struct csrv_listen_addr *at,
					     const struct csrv_xprt_wqs *wqs,
					     csrv_accept_t accept, void *owner);
	void (*unlisten)(struct csrv_xprt_listener *l);
};

/* [MS-SMB2] 2.1: over TCP */
extern const struct csrv_xprt_class csrv_tcp_class;

#endif /* CIFSSRV_TRANSPORT_TRANSPORT_H */
