// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * core/peers.c - which connection makes room for another one
 *
 * A new connection is not authenticated yet, so refusing it would let earlier ones, which never
 * authenticate, keep all others out.  An earlier one is closed instead: the oldest one of the host
 * that has most, in the network that has most.  So a client with many connections loses its own,
 * also if it opens them from many addresses of one network.  CSRV_PEERS_FEW count as one, so that
 * a client with a network for each of its connections loses the oldest of all: its own, while
 * other clients are logging on.
 *
 * There are two ranks: connections without a logon, and those over which only guests and
 * anonymous users have logged on.  All of it is under srv->conn_lock, and no step takes longer
 * than a walk down a tree.
 */
#include <linux/kernel.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "peers.h"

/* The connections of one host; made with the first of them, freed with the last. */
struct csrv_peers {
	struct csrv_peers	**at;	/* where the host's account keeps it */
	u32			group;
	struct csrv_peers_set	of[CSRV_PEERS_RANKED];
};

/* By number; of two sets with the same number, that with the older first connection is right. */
static bool set_less(struct rb_node *a, const struct rb_node *b)
{
	const struct csrv_peers_set *x = rb_entry(a, struct csrv_peers_set, node);
	const struct csrv_peers_set *y = rb_entry(b, struct csrv_peers_set, node);
	u32 nx = max(x->n, CSRV_PEERS_FEW), ny = max(y->n, CSRV_PEERS_FEW);

	return nx != ny ? nx < ny : x->first > y->first;
}

static void set_insert(struct rb_root *root, struct csrv_peers_set *set)
{
	struct rb_node **at = &root->rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = set_less(&set->node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&set->node, parent, at);
	rb_insert_color(&set->node, root);
}

/* Change the number of @set to @n, and the id of its oldest connection to @first. */
static void set_change(struct rb_root *root, struct csrv_peers_set *set, u32 n, u64 first)
{
	if (set->n)
		rb_erase(&set->node, root);
	set->n = n;
	set->first = first;
	if (n)
		set_insert(root, set);
}

static u64 host_first(const struct csrv_peers_set *set)
{
	return list_empty(&set->peers) ? 0 :
		list_first_entry(&set->peers, struct csrv_peer, of_host)->id;
}

static u64 group_first(const struct csrv_peers_set *set)
{
	return list_empty(&set->peers) ? 0 :
		list_first_entry(&set->peers, struct csrv_peer, of_group)->id;
}

static struct rb_node *last(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}

static void rank_add(struct csrv_peers_ranks *ranks, struct csrv_peer *peer,
		     enum csrv_peers_rank rank)
{
	struct csrv_peers_group *g = &ranks->group[rank][peer->host->group];
	struct csrv_peers_set *host = &peer->host->of[rank];

	list_add_tail(&peer->of_host, &host->peers);
	list_add_tail(&peer->of_group, &g->all.peers);
	set_change(&g->hosts, host, host->n + 1, host_first(host));
	set_change(&ranks->groups[rank], &g->all, g->all.n + 1, group_first(&g->all));
	ranks->n[rank]++;
	peer->rank = rank;
}

static void rank_del(struct csrv_peers_ranks *ranks, struct csrv_peer *peer)
{
	struct csrv_peers_group *g = &ranks->group[peer->rank][peer->host->group];
	struct csrv_peers_set *host = &peer->host->of[peer->rank];

	list_del_init(&peer->of_host);
	list_del_init(&peer->of_group);
	set_change(&g->hosts, host, host->n - 1, host_first(host));
	set_change(&ranks->groups[peer->rank], &g->all, g->all.n - 1, group_first(&g->all));
	ranks->n[peer->rank]--;
	peer->rank = CSRV_PEERS_NONE;
}

void csrv_peers_init(struct csrv_peers_ranks *ranks)
{
	u32 i, rank;

	for (rank = 0; rank < CSRV_PEERS_RANKED; rank++)
		for (i = 0; i < ARRAY_SIZE(ranks->group[rank]); i++)
			INIT_LIST_HEAD(&ranks->group[rank][i].all.peers);
}

/* @peer is in no rank. */
void csrv_peer_init(struct csrv_peer *peer)
{
	INIT_LIST_HEAD(&peer->of_host);
	INIT_LIST_HEAD(&peer->of_group);
	peer->rank = CSRV_PEERS_NONE;
}

/**
 * csrv_peers_new() - memory for csrv_peers_add(), if the host has none yet
 * @group: its network's number, of CSRV_PEERS_GROUP_BITS
 *
 * Sleeps: called before srv->conn_lock is taken.
 * Return: to kfree() what csrv_peers_add() does not take; NULL without memory.
 */
struct csrv_peers *csrv_peers_new(u32 group)
{
	struct csrv_peers *p = kzalloc(sizeof(*p), GFP_KERNEL);
	u32 i;

	if (!p)
		return NULL;
	p->group = group;
	for (i = 0; i < CSRV_PEERS_RANKED; i++)
		INIT_LIST_HEAD(&p->of[i].peers);
	return p;
}

/**
 * csrv_peers_add() - a connection without a logon
 * @ranks: of the server
 * @peer: csrv_peer_init(), and has its id
 * @host: member of the host's account for what this makes; NULL in it for the host's first
 * @new: csrv_peers_new()
 *
 * srv->conn_lock is held.
 * Return: @new if it was not needed, or NULL.
 */
struct csrv_peers *csrv_peers_add(struct csrv_peers_ranks *ranks, struct csrv_peer *peer,
				  struct csrv_peers **host, struct csrv_peers *new)
{
	if (!*host) {
		new->at = host;
		*host = new;
		new = NULL;
	}
	peer->host = *host;
	rank_add(ranks, peer, CSRV_PEERS_UNAUTHENTICATED);
	return new;
}

/* @peer moves to another rank, or out of all with CSRV_PEERS_NONE. */
void csrv_peers_move(struct csrv_peers_ranks *ranks, struct csrv_peer *peer,
		     enum csrv_peers_rank to)
{
	struct csrv_peers *p = peer->host;

	if (peer->rank == CSRV_PEERS_NONE || peer->rank == to)
		return;
	rank_del(ranks, peer);
	if (to != CSRV_PEERS_NONE)
		rank_add(ranks, peer, to);
	if (p->of[CSRV_PEERS_UNAUTHENTICATED].n || p->of[CSRV_PEERS_UNPROVEN].n)
		return;
	*p->at = NULL;
	kfree(p);
}

/**
 * csrv_peers_pop() - the connection that is closed to make room
 * @ranks: of the server
 * @rank: to take it from
 *
 * srv->conn_lock is held.
 * Return: the connection, which is in no rank any more; NULL: the rank is empty.
 */
struct csrv_peer *csrv_peers_pop(struct csrv_peers_ranks *ranks, enum csrv_peers_rank rank)
{
	struct rb_node *n = last(&ranks->groups[rank]);
	struct csrv_peers_group *g;
	struct csrv_peers_set *host;
	struct csrv_peer *peer;

	if (!n)
		return NULL;
	g = container_of(n, struct csrv_peers_group, all.node);
	host = rb_entry(last(&g->hosts), struct csrv_peers_set, node);
	peer = list_first_entry(&host->peers, struct csrv_peer, of_host);
	csrv_peers_move(ranks, peer, CSRV_PEERS_NONE);
	return peer;
}
