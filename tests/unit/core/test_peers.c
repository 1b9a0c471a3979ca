// SPDX-License-Identifier: GPL-2.0-or-later
// link: module/core/peers.c
//
// Who makes room: a plain list of all connections says who has to, at random; and somebody who has
// many addresses, of one network or of many, and opens a connection whenever one of theirs is
// closed, never closes the few of an office that is logging on.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/slab.h>

#include "core/peers.h"

#define HOSTS	400
#define ROOM	256u		/* max_half_open */

struct conn {
	struct csrv_peer peer;
	u32 host;
	bool open;
};

struct world {
	struct csrv_peers_ranks ranks;
	struct csrv_peers *at[HOSTS];	/* what the hosts' accounts keep */
	u32 network[HOSTS];
	struct conn conns[200000];
	u32 n;
	u64 id;
};

static struct world *w;

static void begin(void)
{
	w = calloc(1, sizeof(*w));
	assert(w);
	csrv_peers_init(&w->ranks);
}

static void end(void)
{
	for (u32 i = 0; i < w->n; i++)
		csrv_peers_move(&w->ranks, &w->conns[i].peer, CSRV_PEERS_NONE);
	for (u32 i = 0; i < HOSTS; i++)
		assert(!w->at[i]);
	assert(!w->ranks.n[0] && !w->ranks.n[1]);
	assert(!csrv_peers_pop(&w->ranks, CSRV_PEERS_UNAUTHENTICATED));
	free(w);
}

static struct conn *add(u32 host)
{
	struct conn *c = &w->conns[w->n++];

	assert(w->n <= ARRAY_SIZE(w->conns));
	c->host = host;
	c->open = true;
	csrv_peer_init(&c->peer);
	c->peer.id = ++w->id;
	kfree(csrv_peers_add(&w->ranks, &c->peer, &w->at[host], csrv_peers_new(w->network[host])));
	return c;
}

static struct conn *pop(enum csrv_peers_rank rank)
{
	struct csrv_peer *p = csrv_peers_pop(&w->ranks, rank);
	struct conn *c = p ? container_of(p, struct conn, peer) : NULL;

	if (c)
		c->open = false;
	return c;
}

// A connection comes, and one makes room where there are too many.
static struct conn *come(u32 host, struct conn **closed)
{
	struct conn *c = add(host);

	*closed = w->ranks.n[CSRV_PEERS_UNAUTHENTICATED] > ROOM ? pop(CSRV_PEERS_UNAUTHENTICATED) : NULL;
	return c;
}

// Hosts 1 to ROOM + 1 are somebody's, and have a connection each; host 0 is an office.
static void office(u32 logons, u32 rounds)
{
	struct conn *closed, *theirs[8];

	for (u32 i = 1; i <= ROOM + 1; i++)
		come(i, &closed);
	for (u32 i = 0; i < logons; i++) {
		theirs[i] = come(0, &closed);
		assert(closed && closed->host);
	}
	// each that was closed is opened again, at once
	for (u32 i = 0; i < rounds; i++) {
		come(closed->host, &closed);
		assert(closed && closed->host);
	}
	for (u32 i = 0; i < logons; i++)
		assert(theirs[i]->open);
}

static void one_network(void)
{
	begin();
	for (u32 i = 1; i < HOSTS; i++)
		w->network[i] = 7;
	office(8, 100000);		// for ever
	end();
}

static void many_networks(void)
{
	begin();
	for (u32 i = 1; i < HOSTS; i++)
		w->network[i] = i;
	office(4, 200);			// as long as there are older ones
	end();
}

// Whoever opens many closes their own, of one host and of one network.
static void own(void)
{
	struct conn *closed, *first;

	begin();
	w->network[1] = 1;
	w->network[2] = 1;
	w->network[3] = 3;
	for (u32 i = 0; i < 100; i++)
		come(3, &closed);
	come(2, &closed);
	first = come(1, &closed);
	while (!closed)
		come(1, &closed);
	assert(closed == first);	// not the older one of host 2, nor those of network 3
	for (u32 i = 0; i < 1000; i++) {
		come(1, &closed);
		assert(closed->host == 1);
	}
	end();
}

// ---- against a plain list ----

static u32 count(const struct conn *of, bool network, enum csrv_peers_rank rank)
{
	u32 n = 0;

	for (u32 i = 0; i < w->n; i++) {
		const struct conn *c = &w->conns[i];

		n += c->peer.rank == rank &&
		     (network ? w->network[c->host] == w->network[of->host] : c->host == of->host);
	}
	return max(n, CSRV_PEERS_FEW);
}

// Of the popped one's rank none has more in its network; in that none more of its host.
static void check_pop(enum csrv_peers_rank rank)
{
	struct csrv_peer *p = csrv_peers_pop(&w->ranks, rank);
	struct conn *c;
	u32 net, host;

	if (!p) {
		assert(!w->ranks.n[rank]);
		return;
	}
	c = container_of(p, struct conn, peer);
	p->rank = rank;			// it counts until all have been looked at
	net = count(c, true, rank);
	host = count(c, false, rank);
	for (u32 i = 0; i < w->n; i++) {
		const struct conn *o = &w->conns[i];

		if (o->peer.rank != rank || o == c)
			continue;
		assert(count(o, true, rank) <= net);
		if (w->network[o->host] == w->network[c->host])
			assert(count(o, false, rank) <= host);
		if (o->host == c->host && rank == CSRV_PEERS_UNAUTHENTICATED)
			assert(o->peer.id > p->id);
	}
	p->rank = CSRV_PEERS_NONE;
}

static void at_random(void)
{
	begin();
	for (u32 i = 0; i < 12; i++)
		w->network[i] = i / 3;
	add(0);
	for (u32 i = 0; i < 3000; i++) {
		struct conn *c = &w->conns[rand() % w->n];

		switch (rand() % 8) {
		case 0:
			check_pop(rand() % 2);
			break;
		case 1:
			csrv_peers_move(&w->ranks, &c->peer, CSRV_PEERS_UNPROVEN);
			break;
		case 2:
			csrv_peers_move(&w->ranks, &c->peer, CSRV_PEERS_NONE);
			break;
		default:
			if (w->n < 400)
				add(rand() % 12);
		}
	}
	end();
}

int main(void)
{
	srand(1);
	one_network();
	many_networks();
	own();
	at_random();
	return 0;
}
