/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/peers.h - which connection makes room for another one
 *
 * peers.c knows nothing of connections: it builds in user space too.
 */
#ifndef CIFSSRV_CORE_PEERS_H
#define CIFSSRV_CORE_PEERS_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

enum csrv_peers_rank {
	CSRV_PEERS_UNAUTHENTICATED,	/* no logon */
	CSRV_PEERS_UNPROVEN,	/* guests and anonymous users */
	CSRV_PEERS_RANKED,
	CSRV_PEERS_NONE = CSRV_PEERS_RANKED,	/* authenticated, or ending */
};

/*
 * Up to so many connections of a host or of a network count as one: a client opens several at once,
 * and an office has one address.
 */
#define CSRV_PEERS_FEW		4u

#define CSRV_PEERS_GROUP_BITS	10

struct csrv_peers;

/**
 * struct csrv_peer - a connection's place, embedded in it
 * @of_host: in the list of its host and rank, the oldest first
 * @of_group: in the list of its network and rank
 * @id: of the connection; grows
 * @rank: CSRV_PEERS_NONE: it is in no rank
 * @host: the host's; valid while it is in a rank
 */
struct csrv_peer {
	struct list_head	of_host;
	struct list_head	of_group;
	u64			id;
	enum csrv_peers_rank	rank;
	struct csrv_peers	*host;
};

/**
 * struct csrv_peers_set - the connections of one host, or of one network, that are of one rank
 * @first: id of the oldest
 * @n: how many
 * @node: in the tree of its kind, by @n, the largest to the right; while @n is not 0
 * @peers: the oldest first
 */
struct csrv_peers_set {
	u64			first;
	u32			n;
	struct rb_node		node;
	struct list_head	peers;
};

/* The sets of one network: one client may have all of its addresses. */
struct csrv_peers_group {
	struct csrv_peers_set	all;
	struct rb_root		hosts;
};

/**
 * struct csrv_peers_ranks - all hosts; srv->conn_lock
 * @groups: networks by number of connections, the largest to the right
 * @group: networks, by a hash with a secret key; two with one hash are one
 * @n: connections in each rank
 */
struct csrv_peers_ranks {
	struct rb_root		groups[CSRV_PEERS_RANKED];
	struct csrv_peers_group	group[CSRV_PEERS_RANKED][1 << CSRV_PEERS_GROUP_BITS];
	u32			n[CSRV_PEERS_RANKED];
};

void csrv_peers_init(struct csrv_peers_ranks *ranks);
void csrv_peer_init(struct csrv_peer *peer);
struct csrv_peers *csrv_peers_new(u32 group);
struct csrv_peers *csrv_peers_add(struct csrv_peers_ranks *ranks, struct csrv_peer *peer,
				  struct csrv_peers **host, struct csrv_peers *new);
void csrv_peers_move(struct csrv_peers_ranks *ranks, struct csrv_peer *peer,
		     enum csrv_peers_rank to);
struct csrv_peer *csrv_peers_pop(struct csrv_peers_ranks *ranks, enum csrv_peers_rank rank);

#endif /* CIFSSRV_CORE_PEERS_H */
