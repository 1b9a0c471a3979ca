/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/conn_end.h - how a connection ends */
#ifndef CIFSSRV_CLIENT_CONN_END_H
#define CIFSSRV_CLIENT_CONN_END_H

struct csrv_end;

void csrv_conn_end_run(struct csrv_end *end);
void csrv_conn_closed(void *owner);

#endif /* CIFSSRV_CLIENT_CONN_END_H */
