/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transport/tcp.h - private to the room: from socket to struct csrv_xprt */
#ifndef CIFSSRV_TRANSPORT_TCP_H
#define CIFSSRV_TRANSPORT_TCP_H

#include "transport.h"

struct sk_buff;
struct sock;

int csrv_take_begin(struct csrv_msg *msg, u32 len);
void *csrv_take_room(struct csrv_msg *msg, u32 *len);
int csrv_take_filled(struct csrv_msg *msg, u32 len);
int csrv_take_skb(struct csrv_msg *msg, struct sk_buff *skb, u32 off, u32 len);

int csrv_cpu_next(int of, int after, int but);
struct csrv_xprt *csrv_tcp_xprt(struct socket *sock, struct net *net,
				const struct csrv_xprt_wqs *wqs, int home,
				void (*sk_data_ready)(struct sock *sk));

#endif /* CIFSSRV_TRANSPORT_TCP_H */
