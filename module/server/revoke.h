/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server/revoke.h - revoke a share or an account */
#ifndef CIFSSRV_SERVER_REVOKE_H
#define CIFSSRV_SERVER_REVOKE_H

struct csrv_server;

void csrv_share_revoke(struct csrv_server *srv, const char *name);
void csrv_shares_revoke_all(struct csrv_server *srv);
void csrv_user_revoke(struct csrv_server *srv, const char *name);

#endif /* CIFSSRV_SERVER_REVOKE_H */
