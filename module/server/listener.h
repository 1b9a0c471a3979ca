/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server/listener.h - where the server can be reached */
#ifndef CIFSSRV_SERVER_LISTENER_H
#define CIFSSRV_SERVER_LISTENER_H

#include "../core/listener_params_gen.h"

struct csrv_server;
struct net;

int csrv_listener_caches(void);
int csrv_listener_start(struct csrv_server *srv, const char *name, struct net *net,
			const struct csrv_listener_params *p);
void csrv_listener_stop(struct csrv_server *srv, const char *name);
void csrv_listeners_stop_all(struct csrv_server *srv);

#endif /* CIFSSRV_SERVER_LISTENER_H */
