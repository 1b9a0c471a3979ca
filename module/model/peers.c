// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model/peers.c - which connection makes room for another one
 *
 * Whoever comes has not proven who he is yet, so refusing the newcomer would let those who
 * came before, and prove nothing, keep everybody else out.  One that came before is closed
 * instead: the oldest of the host that has most of them.  So whoever opens many closes
 * their own, and one connection from elsewhere is not touched by them.
 *
 * Two ranks of hosts, by connections over which nobody has logged on, and by those over
 * which only guests and the anonymous have.  All of it is under srv->conn_lock, and no step
 * takes longer than a walk down a tree.
 */
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "conn.h"
#include "peers.h"
#include "server.h"

struct peer_rank {
	struct list_head	conns;	/* csrv_conn.peer_node, the oldest first */
	u32			n;
	struct rb_node		node;	/* srv->peers.rank[]; while n is not 0 */
};

/* One host's; made with its first connection, freed with the last. */
struct csrv_peers {
	struct csrv_account	*host;	/* alive: each of the connections has a reference */
	struct peer_rank	of[CSRV_PEERS_RANKED];
};

static u64 oldest(const struct peer_rank *r)
{
	return list_first_entry(&r->conns, struct csrv_conn, peer_node)->id;
}

/* By number; of as many, the host whose oldest is older is further to the right. */
static bool rank_less(struct rb_node *a, const struct rb_node *b)
{
	const struct peer_rank *x = rb_entry(a, struct peer_rank, node);
	const struct peer_rank *y = rb_entry(b, struct peer_rank, node);

	return x->n != y->n ? x->n < y->n : oldest(x) > oldest(y);
}

static struct csrv_peers *peers_of(const struct csrv_conn *conn)
{
	return conn->account->host->peers;
}

static bool peers_empty(const struct csrv_peers *p)
{
	return !p->of[CSRV_PEERS_STRANGERS].n && !p->of[CSRV_PEERS_UNPROVEN].n;
}

/* Memory for csrv_peers_add(), if the host has none yet; kfree() what that does not take. */
struct csrv_peers *csrv_peers_new(void)
{
	struct csrv_peers *p = kzalloc(sizeof(*p), GFP_KERNEL);
	u32 i;

	for (i = 0; p && i < CSRV_PEERS_RANKED; i++)
		INIT_LIST_HEAD(&p->of[i].conns);
	return p;
}

static void rank_add(struct csrv_conn *conn, enum csrv_peers_rank rank)
{
	struct rb_root *root = &conn->srv->peers.rank[rank];
	struct peer_rank *r = &peers_of(conn)->of[rank];

	if (r->n)
		rb_erase(&r->node, root);
	list_add_tail(&conn->peer_node, &r->conns);
	r->n++;
	rb_add(&r->node, root, rank_less);
	conn->srv->peers.n[rank]++;
	conn->peer_rank = rank;
}

static void rank_del(struct csrv_conn *conn)
{
	struct rb_root *root = &conn->srv->peers.rank[conn->peer_rank];
	struct peer_rank *r = &peers_of(conn)->of[conn->peer_rank];

	rb_erase(&r->node, root);
	list_del_init(&conn->peer_node);
	r->n--;
	if (r->n)
		rb_add(&r->node, root, rank_less);
	conn->srv->peers.n[conn->peer_rank]--;
	conn->peer_rank = CSRV_PEERS_NONE;
}

/**
 * csrv_peers_add() - a connection that nobody has logged on over
 * @conn: has an id, and a place in no rank
 * @new: csrv_peers_new()
 *
 * Return: @new if it was not needed, or NULL.
 */
struct csrv_peers *csrv_peers_add(struct csrv_conn *conn, struct csrv_peers *new)
{
	struct csrv_account *host = conn->account->host;

	lockdep_assert_held(&conn->srv->conn_lock);
	if (!host->peers) {
		new->host = host;
		host->peers = new;
		new = NULL;
	}
	rank_add(conn, CSRV_PEERS_STRANGERS);
	return new;
}

/* @conn moves to another rank, or to none for good: CSRV_PEERS_NONE. */
void csrv_peers_move(struct csrv_conn *conn, enum csrv_peers_rank to)
	__must_hold(&conn->srv->conn_lock)
{
	struct csrv_peers *p = peers_of(conn);

	lockdep_assert_held(&conn->srv->conn_lock);
	if (conn->peer_rank == CSRV_PEERS_NONE || conn->peer_rank == to)
		return;
	rank_del(conn);
	if (to != CSRV_PEERS_NONE)
		rank_add(conn, to);
	if (!peers_empty(p))
		return;
	p->host->peers = NULL;
	kfree(p);
}

/**
 * csrv_peers_pop() - the connection that has to make room
 * @srv: the server
 * @rank: of which
 *
 * Return: it, with a reference and in no rank any more; NULL: there is none.
 */
struct csrv_conn *csrv_peers_pop(struct csrv_server *srv, enum csrv_peers_rank rank)
{
	struct rb_node *last;
	struct csrv_conn *conn;

	lockdep_assert_held(&srv->conn_lock);
	last = rb_last(&srv->peers.rank[rank]);
	if (!last)
		return NULL;
	conn = list_first_entry(&rb_entry(last, struct peer_rank, node)->conns, struct csrv_conn,
				peer_node);
	csrv_conn_get(conn);	/* conn_closed() takes it out of its rank, so it has not ended */
	csrv_peers_move(conn, CSRV_PEERS_NONE);
	return conn;
}
