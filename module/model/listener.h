/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/listener.h - where the server can be reached */
#ifndef CIFSSRV_MODEL_LISTENER_H
#define CIFSSRV_MODEL_LISTENER_H

#include "listener_params_gen.h"

struct csrv_server;
struct net;

int csrv_listener_start(struct csrv_server *srv, const char *name, struct net *net,
			const struct csrv_listener_params *p);
void csrv_listener_stop(struct csrv_server *srv, const char *name);
void csrv_listeners_stop_all(struct csrv_server *srv);

#endif /* CIFSSRV_MODEL_LISTENER_H */
