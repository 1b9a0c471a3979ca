/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store/detached.h - durable opens that have lost their connection: [MS-SMB2] 3.3.7.1, 3.3.2.2
 *
 * Such an open is in the server's table and in its stream's list.  It keeps its share mode, locks,
 * oplock or lease, rights and charge; and it is charged as one without a connection.  One of these
 * takes it out of the state DISCONNECTED, by the same exchange: its client's return
 * (client/reconnect.c), its time-out, a break of what it caches, a newer open of its identity
 * beyond the budget, the end of its share or account, an administrator.
 */
#ifndef CIFSSRV_STORE_DETACHED_H
#define CIFSSRV_STORE_DETACHED_H

#include <linux/types.h>

struct csrv_durable;
struct csrv_holder;
struct csrv_open;
struct csrv_server;
struct csrv_share;
struct csrv_user_life;

struct csrv_durable *csrv_durable_alloc(struct csrv_server *srv);
bool csrv_detach(struct csrv_open *o);
bool csrv_detached_close(struct csrv_open *o);
bool csrv_detached_all(struct csrv_holder *h);
void csrv_detached_lost(struct csrv_holder *h);
void csrv_detached_orphaned(const struct csrv_open *o);
bool csrv_detached_claim(struct csrv_open *o);
void csrv_detached_unclaim(struct csrv_open *o);
void csrv_detached_revoke(struct csrv_server *srv, const struct csrv_share *share,
			  const struct csrv_user_life *life);
long csrv_detached_left(const struct csrv_open *o);

#endif /* CIFSSRV_STORE_DETACHED_H */
