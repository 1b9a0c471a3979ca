/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server/reaper.h - close unused connections */
#ifndef CIFSSRV_SERVER_REAPER_H
#define CIFSSRV_SERVER_REAPER_H

struct csrv_server;

void csrv_reaper_init(struct csrv_server *srv);
void csrv_reaper_start(struct csrv_server *srv);
void csrv_reaper_stop(struct csrv_server *srv);

#endif /* CIFSSRV_SERVER_REAPER_H */
