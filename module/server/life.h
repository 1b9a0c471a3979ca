/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server/life.h - create, configure, inspect and destroy the server */
#ifndef CIFSSRV_SERVER_LIFE_H
#define CIFSSRV_SERVER_LIFE_H

#include <linux/types.h>

struct csrv_frontend;
struct csrv_server;
struct csrv_up_status;
struct csrv_server_events;
struct csrv_server_params;

struct csrv_server *csrv_server_create(const struct csrv_server_events *events,
				       const struct csrv_frontend *fe);
void csrv_server_destroy(struct csrv_server *srv);
int csrv_server_apply(struct csrv_server *srv, const struct csrv_server_params *p);

int csrv_sysfs_init(struct csrv_server *srv);
void csrv_sysfs_exit(struct csrv_server *srv);
int csrv_admin_end(void *srv, u32 what, u64 id);
int csrv_status_list(void *srv, const struct csrv_up_status *ask, void *buf, size_t size,
		     u64 *next);

#endif /* CIFSSRV_SERVER_LIFE_H */
