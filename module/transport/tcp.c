// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * transport/tcp.c - one TCP connection from accept to the end
 *
 * The socket's callbacks start reading (rx_sched.c, tcp_rx.c) and sending (tcp_tx.c).
 */
#include <linux/err.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../base/fault.h"
#include "../base/objects.h"
#include "tcp.h"

static void closed_work(struct work_struct *work)
{
	struct csrv_tcp *t = container_of(work, struct csrv_tcp, closed_work);

	csrv_tcp_tx_drop(t);
	t->xprt.events->closed(t->xprt.owner);	/* may free t */
}

/* ---- the socket's callbacks: softirq, sk_callback_lock read-held ---- */

static void on_data_ready(struct sock *sk)
{
	struct csrv_tcp *t;

	read_lock_bh(&sk->sk_callback_lock);
	t = sk->sk_user_data;
	if (t)
		csrv_rx_kick(&t->rx);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void on_write_space(struct sock *sk)
{
	struct csrv_tcp *t;

	read_lock_bh(&sk->sk_callback_lock);
	t = sk->sk_user_data;
	if (t && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		csrv_tcp_tx_room(t);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void on_state_change(struct sock *sk)
{
	struct csrv_tcp *t;

	read_lock_bh(&sk->sk_callback_lock);
	t = sk->sk_user_data;
	if (t) {
		/* Reset or timed out.  Reading may be paused and sending stuck: nobody sees it. */
		if (sk->sk_state == TCP_CLOSE)
			csrv_tcp_closed(t);
		csrv_rx_kick(&t->rx);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

/* ---- struct csrv_xprt_ops ---- */

static void xprt_start(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);
	struct sock *sk = t->sock->sk;

	csrv_fault_delay(CSRV_FAULT_CONN_START);
	write_lock_bh(&sk->sk_callback_lock);
	/* Its owner may end it as soon as it can be found. */
	if (!test_bit(TCP_DETACHED, &t->flags)) {
		sk->sk_user_data = t;
		sk->sk_data_ready = on_data_ready;
		sk->sk_write_space = on_write_space;
		sk->sk_state_change = on_state_change;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	csrv_rx_kick(&t->rx);	/* what came before the callbacks stood */
}

static void xprt_shutdown(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);

	kernel_sock_shutdown(t->sock, SHUT_RDWR);
	csrv_tcp_closed(t);
}

/* All that TCP sends before the FIN was queued by csrv_tcp_tx_send(): both count the same bytes. */
static void xprt_acked(struct csrv_xprt *xprt, struct csrv_acked *ret)
{
	struct sock *sk = csrv_tcp(xprt)->sock->sk;

	lock_sock(sk);
	ret->bytes = tcp_sk(sk)->bytes_acked;
	ret->heard = jiffies;
	/* segments, or probes of a window that is closed */
	if (tcp_sk(sk)->packets_out || inet_csk(sk)->icsk_probes_out)
		ret->heard -= (u32)(tcp_jiffies32 - tcp_sk(sk)->rcv_tstamp);
	release_sock(sk);
}

static void xprt_abort(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);

	tcp_abort(t->sock->sk, ECONNABORTED);
	csrv_tcp_closed(t);
}

static void xprt_detach(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);
	struct sock *sk = t->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	set_bit(TCP_DETACHED, &t->flags);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = t->sk_data_ready;
	sk->sk_write_space = t->sk_write_space;
	sk->sk_state_change = t->sk_state_change;
	write_unlock_bh(&sk->sk_callback_lock);

	csrv_tcp_rx_stop(t);
	csrv_tcp_tx_stop(t);
}

static void xprt_free(struct csrv_xprt *xprt)
{
	struct csrv_tcp *t = csrv_tcp(xprt);

	sock_release(t->sock);
	put_net(xprt->net);
	csrv_object_free(CSRV_OBJ_XPRT, t);
}

static void xprt_resume(struct csrv_xprt *xprt)
{
	csrv_rx_resume(&csrv_tcp(xprt)->rx);
}

static bool xprt_stalled(struct csrv_xprt *xprt, unsigned long since)
{
	struct csrv_tcp *t = csrv_tcp(xprt);

	return csrv_rx_stalled(&t->rx, since) || csrv_tcp_tx_stalled(t, since);
}

static int xprt_peer(struct csrv_xprt *xprt, struct sockaddr_storage *addr)
{
	int len = kernel_getpeername(csrv_tcp(xprt)->sock, (struct sockaddr *)addr);

	return min(len, 0);
}

static void xprt_keepalive(struct csrv_xprt *xprt, u32 idle_secs)
{
	struct sock *sk = csrv_tcp(xprt)->sock->sk;

	sock_set_keepalive(sk);
	tcp_sock_set_keepidle(sk, min_t(u32, idle_secs, 32767));
	tcp_sock_set_keepintvl(sk, 10);
	tcp_sock_set_keepcnt(sk, 6);
	tcp_sock_set_user_timeout(sk, idle_secs * 1000 + 60000);
}

static const struct csrv_xprt_ops tcp_ops = {
	.start		= xprt_start,
	.send		= csrv_tcp_tx_send,
	.acked		= xprt_acked,
	.resume		= xprt_resume,
	.stalled	= xprt_stalled,
	.shutdown	= xprt_shutdown,
	.abort		= xprt_abort,
	.detach		= xprt_detach,
	.free		= xprt_free,
	.peer		= xprt_peer,
	.keepalive	= xprt_keepalive,
};

/* struct csrv_xprt_class.cache */
int csrv_tcp_cache(void)
{
	return csrv_object_cache(CSRV_OBJ_XPRT, sizeof(struct csrv_tcp));
}

/**
 * csrv_tcp_xprt() - a transport on an accepted socket
 * @sock: becomes the transport's when this succeeds
 * @net: namespace; a reference is taken
 * @wqs: for receiving and executing
 * @home: the CPU to do it on
 * @sk_data_ready: the callback that @sock had before its listener's
 *
 * Return: the transport, or ERR_PTR(-ENOMEM) and @sock is the caller's still.
 */
struct csrv_xprt *csrv_tcp_xprt(struct socket *sock, struct net *net,
				const struct csrv_xprt_wqs *wqs, int home,
				void (*sk_data_ready)(struct sock *sk))
{
	struct csrv_tcp *t = csrv_object_zalloc(CSRV_OBJ_XPRT);
	struct sock *sk = sock->sk;

	if (!t)
		return ERR_PTR(-ENOMEM);
	t->sock = sock;
	t->xprt.ops = &tcp_ops;
	t->xprt.wqs = *wqs;
	t->xprt.net = get_net(net);
	t->xprt.max_message = TCP_MESSAGE_MAX;
	csrv_tcp_rx_init(t, home);
	csrv_tcp_tx_init(t);
	INIT_WORK(&t->closed_work, closed_work);
	tcp_sock_set_nodelay(sk);

	/* The child inherited its listener's callback: back to what TCP set. */
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = sk_data_ready;
	t->sk_data_ready = sk_data_ready;
	t->sk_write_space = sk->sk_write_space;
	t->sk_state_change = sk->sk_state_change;
	write_unlock_bh(&sk->sk_callback_lock);
	return &t->xprt;
}
