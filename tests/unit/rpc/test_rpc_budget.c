// SPDX-License-Identifier: GPL-2.0-or-later
/* What pipes hold is charged to whoever makes them hold it; nobody takes what all need. */
#include "rpctest.h"

#include "daemon/rpc/budget.h"
#include "daemon/util/cleanup.h"
#include "daemon/util/host.h"

#define TOTAL	(4096 * RPC_CLAIM_LEAST)
#define MANY	5000

static struct rpc_caller caller(const char *user, const char *host)
{
	return (struct rpc_caller){ .user = user, .host = host, .is_anonymous = !*user };
}

/* As many claims as there is room for. */
static size_t take_all(TALLOC_CTX *ctx, struct rpc_budget *b, const char *user, const char *host)
{
	const struct rpc_caller c = caller(user, host);
	struct rpc_claim *claim;
	size_t n = 0;
	int r;

	while ((r = rpc_claim_new(ctx, b, &c, &claim)) == 0)
		assert(++n < MANY);
	assert(r == -EBUSY);
	return n;
}

static void hosts_are_told_apart(void)
{
	static const struct { const char *host, *key; } t[] = {
		{ "10.0.0.1", "10.0.0.1" }, { "::ffff:10.0.0.1", "10.0.0.1" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" }, { "2001:DB8:1:2::9", "2001:db8:1:2::/64" },
		{ "fe80::1", "fe80::/64" }, { "::1", "::/64" }, { "", "" }, { "a name", "a name" },
		{ "2001:db8:1:3::9", "2001:db8:1:3::/64" },
	};
	char key[HOST_KEY_LEN], lots[200];

	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert(!strcmp(host_key(t[i].host, key), t[i].key));
	memset(lots, 'x', sizeof(lots));
	lots[199] = 0;
	assert(strlen(host_key(lots, key)) == HOST_KEY_LEN - 1);
}

static void one_stranger_leaves_enough_for_others(void)
{
	struct rpc_budget *b = rpc_budget_new(NULL, TOTAL);
	TALLOC_CTX *ctx = talloc_new(NULL);
	size_t one = take_all(ctx, b, "", "10.0.0.1"), next, hosts = 1;
	char host[64];

	assert(one == 512);
	assert(take_all(ctx, b, "", "::ffff:10.0.0.1") == 0);	/* the same host */
	next = take_all(ctx, b, "", "2001:db8::1");
	assert(next > 256 && next < one);
	assert(take_all(ctx, b, "", "2001:db8::ffff:2") == 0);
	/* however many: unproven callers never have more than half */
	for (; hosts < 300; hosts++) {
		snprintf(host, sizeof(host), "10.0.1.%zu", hosts);
		next = take_all(ctx, b, "", host);
	}
	assert(rpc_budget_used(b) <= TOTAL / 2);
	/* an account has its share beside them, from one of these hosts, too */
	assert(take_all(ctx, b, "alice", "10.0.0.1") >= 64);
	talloc_free(ctx);
	assert(rpc_budget_used(b) == 0 && talloc_total_blocks(b) == 1);
	talloc_free(b);
}

static void the_reserve_is_for_those_who_hold_little(void)
{
	struct rpc_budget *b = rpc_budget_new(NULL, TOTAL);
	TALLOC_CTX *ctx = talloc_new(NULL);

	assert(take_all(ctx, b, "alice", "10.0.0.1") == 2048);
	assert(take_all(ctx, b, "bob", "10.0.0.2") == 1536);	/* all but the reserve */
	assert(take_all(ctx, b, "", "10.0.0.3") == 0);
	assert(take_all(ctx, b, "alice", "10.0.0.3") == 0);
	/* on a host whose share is used up, as well */
	assert(take_all(ctx, b, "carol", "10.0.0.1") == 64);
	talloc_free(ctx);
	assert(rpc_budget_used(b) == 0);
	talloc_free(b);
}

static void a_claim_grows_and_shrinks(void)
{
	struct rpc_budget *b = rpc_budget_new(NULL, TOTAL);
	struct rpc_caller who = caller("", "10.0.0.1");
	struct rpc_claim *c, *d;

	assert(!rpc_claim_new(NULL, b, &who, &c) && rpc_budget_used(b) == RPC_CLAIM_LEAST);
	assert(rpc_claim_set(c, 5) && rpc_budget_used(b) == RPC_CLAIM_LEAST);
	assert(rpc_claim_set(c, TOTAL / 8) && rpc_budget_used(b) == TOTAL / 8);
	assert(!rpc_claim_set(c, TOTAL / 8 + 1) && rpc_budget_used(b) == TOTAL / 8);
	assert(!rpc_claim_set(c, SIZE_MAX) && !rpc_claim_set(c, SIZE_MAX / 2));
	assert(rpc_claim_new(NULL, b, &who, &d) == -EBUSY);
	assert(rpc_claim_set(c, 0) && rpc_budget_used(b) == RPC_CLAIM_LEAST);
	talloc_free(c);
	assert(rpc_budget_used(b) == 0);
	assert(!rpc_claim_new(NULL, NULL, &who, &c) && rpc_claim_set(c, SIZE_MAX));
	talloc_free(c);
	talloc_free(b);
}

/* One more pipe of the anonymous user, and bound; false when there is no room. */
static bool open_bound(struct client *c, struct rpc_pipe **ret)
{
	if (rpc_pipe_open(NULL, "srvsvc", &c->env, &anon, &c->pipe))
		return false;
	client_bind(c, SRVSVC_UUID, 3);
	*ret = c->pipe;
	return true;
}

/* A request of 300 KB, or as much of it as the pipe takes, and not its end. */
static void send_no_end(struct client *c)
{
	static const uint8_t zero[5000];
	int r = 0;

	for (int k = 0; !r && k < 60; k++) {
		struct ndr_out *o = pdu_new_test();

		pdu_begin(o, DCERPC_REQUEST, k ? 0 : PFC_FIRST_FRAG, 1);
		ndr_put_u32(o, 0);
		ndr_put_u16(o, 0);
		ndr_put_u16(o, 15);
		ndr_put_bytes(o, zero, sizeof(zero));
		r = client_send(c, o);
	}
}

/* The sum of what pipes really hold stays within what was budgeted, whatever a client does. */
static void pipes_hold_no_more_than_their_share(void)
{
	struct rpc_budget *b = rpc_budget_new(NULL, TOTAL);
	struct client *c = client_new("srvsvc", &anon);
	struct rpc_pipe *pipe[600];
	size_t n = 0, held = 0;

	talloc_free(c->pipe);
	c->env.budget = b;
	while (open_bound(c, &pipe[n]))
		assert(++n < 600);
	assert(n == 512);
	for (size_t i = 0; i < n / 2; i++)	/* what these had is for the others */
		talloc_free(pipe[i]);
	for (size_t i = n / 2; i < n; i++) {
		c->pipe = pipe[i];
		send_no_end(c);
	}
	for (size_t i = n / 2; i < n; i++)
		held += talloc_total_size(pipe[i]) + 112 * talloc_total_blocks(pipe[i]);
	assert(held > TOTAL / 32 && held <= TOTAL / 8 && rpc_budget_used(b) <= TOTAL / 8);
	for (size_t i = n / 2; i < n; i++)
		talloc_free(pipe[i]);
	assert(rpc_budget_used(b) == 0 && talloc_total_blocks(b) == 1);
	talloc_free(b);
	free(c);
}

int main(void)
{
	hosts_are_told_apart();
	one_stranger_leaves_enough_for_others();
	the_reserve_is_for_those_who_hold_little();
	a_claim_grows_and_shrinks();
	pipes_hold_no_more_than_their_share();
	puts("rpc_budget: ok");
	return 0;
}
