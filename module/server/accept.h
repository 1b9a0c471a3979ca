/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server/accept.h - accept connections */
#ifndef CIFSSRV_SERVER_ACCEPT_H
#define CIFSSRV_SERVER_ACCEPT_H

#include <linux/types.h>

struct csrv_server;
struct csrv_xprt;

void csrv_conn_events(struct csrv_server *srv);
int csrv_server_accept(struct csrv_server *srv, u64 listener, struct csrv_xprt *xprt);
void csrv_conns_recheck_hosts(struct csrv_server *srv);
void csrv_conns_end(struct csrv_server *srv, u64 listener);

#endif /* CIFSSRV_SERVER_ACCEPT_H */
