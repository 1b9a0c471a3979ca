// SPDX-License-Identifier: GPL-2.0-or-later
/* transport/tcp_listener.c - TCP listening sockets */
#include <linux/if.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../base/fault.h"
#include "../base/log.h"
#include "../compat/net.h"
#include "tcp.h"

/* Connections taken by one run of the accept worker before others get a turn. */
#define CSRV_ACCEPT_BATCH	32
#define CSRV_LISTEN_BACKLOG	256
/* What accept() fails for, most often memory, is asked about again after so long. */
#define CSRV_ACCEPT_AGAIN	(HZ / 10)

/*
 * struct tcp_listener - one bound socket
 *
 * Made by tcp_listen(), ended by tcp_unlisten(), which leaves the connections
 * that it took to its owner.
 */
struct tcp_listener {
	struct csrv_xprt_listener xprt;
	struct socket		*sock;
	struct net		*net;		/* held */
	struct csrv_xprt_wqs	wqs;
	int			home;	/* CPU of the latest connection; accept_work()'s */
	struct delayed_work	work;
	csrv_accept_t		accept;
	void			*owner;
	void			(*sk_data_ready)(struct sock *sk);	/* the socket's own */
};

static void listen_data_ready(struct sock *sk)
{
	struct tcp_listener *l;

	read_lock_bh(&sk->sk_callback_lock);
	l = sk->sk_user_data;
	/* A child inherits this callback until accept() has given it its own. */
	if (l && sk->sk_state == TCP_LISTEN)
		queue_delayed_work(l->wqs.net, &l->work, 0);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* Not once tcp_unlisten() has taken sk_user_data away. */
static void accept_again(struct tcp_listener *l, unsigned long delay)
{
	struct sock *sk = l->sock->sk;

	read_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_user_data)
		queue_delayed_work(l->wqs.net, &l->work, delay);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void accept_one(struct tcp_listener *l, struct socket *sock)
{
	int cpu = READ_ONCE(sock->sk->sk_incoming_cpu);
	struct csrv_xprt *xprt;

	l->home = csrv_cpu_next(cpu, l->home, cpu);
	if (csrv_fault(CSRV_FAULT_TRANSPORT_ACCEPT))
		xprt = ERR_PTR(-ENOMEM);
	else
		xprt = csrv_tcp_xprt(sock, l->net, &l->wqs, l->home, l->sk_data_ready);
	if (IS_ERR(xprt)) {
		sock_release(sock);
		return;
	}
	if (l->accept(l->owner, xprt))
		xprt->ops->free(xprt);
}

static void accept_work(struct work_struct *work)
{
	struct tcp_listener *l = container_of(to_delayed_work(work), struct tcp_listener, work);
	struct socket *sock;
	int err, i;

	for (i = 0; i < CSRV_ACCEPT_BATCH; i++) {
		err = csrv_fault(CSRV_FAULT_LISTENER_ACCEPT) ? -ENOMEM :
		      kernel_accept(l->sock, &sock, O_NONBLOCK);
		if (err == -EAGAIN)
			return;
		if (err == -ECONNABORTED)
			continue;
		if (err) {
			/* the callback comes for the next connection only, not for those queued */
			accept_again(l, CSRV_ACCEPT_AGAIN);
			return;
		}
		accept_one(l, sock);
	}
	accept_again(l, 0);
}

static int listen_setup(struct tcp_listener *l, const struct sockaddr *addr, int addrlen,
			const char *ifname)
{
	struct sock *sk = l->sock->sk;
	int err;

	sock_set_reuseaddr(sk);
	tcp_sock_set_nodelay(sk);
	if (ifname && *ifname) {
		err = sock_setsockopt(l->sock, SOL_SOCKET, SO_BINDTODEVICE,
				      KERNEL_SOCKPTR((void *)ifname), strnlen(ifname, IFNAMSIZ));
		if (err)
			return err;
	}
	err = compat_kernel_bind(l->sock, addr, addrlen);
	if (err)
		return err;

	write_lock_bh(&sk->sk_callback_lock);
	l->sk_data_ready = sk->sk_data_ready;
	sk->sk_data_ready = listen_data_ready;
	sk->sk_user_data = l;
	write_unlock_bh(&sk->sk_callback_lock);
	return kernel_listen(l->sock, CSRV_LISTEN_BACKLOG);
}

/* struct csrv_xprt_class.unlisten */
static void tcp_unlisten(struct csrv_xprt_listener *xprt)
{
	struct tcp_listener *l = container_of(xprt, struct tcp_listener, xprt);
	struct sock *sk = l->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	if (l->sk_data_ready)
		sk->sk_data_ready = l->sk_data_ready;
	sk->sk_user_data = NULL;
	write_unlock_bh(&sk->sk_callback_lock);
	kernel_sock_shutdown(l->sock, SHUT_RDWR);
	cancel_delayed_work_sync(&l->work);
	sock_release(l->sock);
	put_net(l->net);
	kfree(l);
}

/* struct csrv_xprt_class.listen */
static struct csrv_xprt_listener *tcp_listen(const struct csrv_listen_addr *at,
					     const struct csrv_xprt_wqs *wqs,
					     csrv_accept_t accept, void *owner)
{
	struct tcp_listener *l = kzalloc(sizeof(*l), GFP_KERNEL);
	int err;

	if (!l)
		return ERR_PTR(-ENOMEM);
	l->xprt.class = &csrv_tcp_class;
	l->net = get_net(at->net);
	l->wqs = *wqs;
	l->accept = accept;
	l->owner = owner;
	INIT_DELAYED_WORK(&l->work, accept_work);

	err = sock_create_kern(at->net, at->addr->sa_family, SOCK_STREAM, IPPROTO_TCP, &l->sock);
	if (err)
		goto free;
	err = listen_setup(l, at->addr, at->len, at->ifname);
	if (err) {
		tcp_unlisten(&l->xprt);
		return ERR_PTR(err);
	}
	return &l->xprt;
free:
	put_net(l->net);
	kfree(l);
	return ERR_PTR(err);
}

const struct csrv_xprt_class csrv_tcp_class = {
	.name		= "tcp",
	.cache		= csrv_tcp_cache,
	.listen		= tcp_listen,
	.unlisten	= tcp_unlisten,
};
