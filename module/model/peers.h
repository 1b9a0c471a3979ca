/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/peers.h - which connection makes room for another one */
#ifndef CIFSSRV_MODEL_PEERS_H
#define CIFSSRV_MODEL_PEERS_H

#include <linux/rbtree.h>
#include <linux/types.h>

#include "../compat/context.h"

struct csrv_conn;
struct csrv_peers;
struct csrv_server;

enum csrv_peers_rank {
	CSRV_PEERS_STRANGERS,	/* nobody has logged on */
	CSRV_PEERS_UNPROVEN,	/* guests and the anonymous */
	CSRV_PEERS_RANKED,
	CSRV_PEERS_NONE = CSRV_PEERS_RANKED,	/* somebody has proven who he is, or it ends */
};

/**
 * struct csrv_peers_ranks - all hosts; srv->conn_lock
 * @rank: by number of connections, the most to the right
 * @n: connections in each
 */
struct csrv_peers_ranks {
	struct rb_root	rank[CSRV_PEERS_RANKED];
	u32		n[CSRV_PEERS_RANKED];
};

struct csrv_peers *csrv_peers_new(void);
struct csrv_peers *csrv_peers_add(struct csrv_conn *conn, struct csrv_peers *new);
void csrv_peers_move(struct csrv_conn *conn, enum csrv_peers_rank to);
struct csrv_conn *csrv_peers_pop(struct csrv_server *srv, enum csrv_peers_rank rank);

#endif /* CIFSSRV_MODEL_PEERS_H */
