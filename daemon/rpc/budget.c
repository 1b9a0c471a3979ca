// SPDX-License-Identifier: GPL-2.0-or-later
/* rpc/budget.c - see budget.h */
#include "budget.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "../util/cleanup.h"
#include "../util/hash.h"
#include "../util/host.h"

#define BUCKETS		256
#define FLOOR		((size_t)1024 * 1024)	/* up to which an account may use the reserve */
#define KEY_LEN		(HOST_KEY_LEN + 320)	/* a host, or the name of an account */

/*
 * Of a host, of a named account, or of the strangers of a host; lives as long as its
 * claims.
 */
struct account {
	struct rpc_budget *budget;
	struct account *next;
	size_t claims;
	size_t used;
	char *key;
};

struct rpc_budget {
	size_t total;
	size_t all;			/* octets in use */
	size_t unproven;		/* of these, of strangers */
	struct account *bucket[BUCKETS];
};

struct rpc_claim {
	struct rpc_budget *budget;	/* NULL: no limit */
	struct account *host;
	struct account *who;		/* the named account, or the strangers of the host */
	bool proven;
	size_t size;
};

struct rpc_budget *rpc_budget_new(TALLOC_CTX *ctx, size_t total)
{
	struct rpc_budget *b = talloc_zero(ctx, struct rpc_budget);

	if (b)
		b->total = total;
	return b;
}

size_t rpc_budget_used(const struct rpc_budget *budget)
{
	return budget->all;
}

static struct account **account_slot(struct rpc_budget *b, const char *key)
{
	struct account **at = &b->bucket[hash_octets(HASH_SEED, key, strlen(key)) % BUCKETS];

	while (*at && strcmp((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static struct account *account_get(struct rpc_budget *b, char kind, const char *name)
{
	struct account **at, *a;
	char key[KEY_LEN];

	snprintf(key, sizeof(key), "%c%s", kind, name);
	at = account_slot(b, key);
	if (!*at) {
		a = talloc_zero(b, struct account);
		if (!a)
			return NULL;
		a->budget = b;
		a->key = talloc_strdup(a, key);
		if (!a->key) {
			talloc_free(a);
			return NULL;
		}
		*at = a;
	}
	(*at)->claims++;
	return *at;
}

static void account_put(struct account *a)
{
	struct account **at;

	if (!a || --a->claims)
		return;
	at = account_slot(a->budget, a->key);
	*at = a->next;
	talloc_free(a);
}

/* Is there room for @more in the shares of strangers, of one host and in all? */
static bool strangers_fit(const struct rpc_claim *c, size_t more)
{
	size_t others = c->budget->unproven - c->who->used;
	size_t most = c->budget->total / 2;

	return others <= most && c->who->used + more <= (most - others) / 4;
}

static bool account_fits(const struct rpc_claim *c, size_t more)
{
	const struct rpc_budget *b = c->budget;
	bool little = c->proven && c->who->used + more <= FLOOR;
	size_t most = little ? b->total : b->total - b->total / 8;

	if (more > b->total || b->all + more > most)
		return false;
	if (!little && c->host->used + more > b->total / 2)
		return false;
	return c->proven ? c->who->used + more <= b->total / 2 : strangers_fit(c, more);
}

/* @more may be negative, as a size_t, to give octets back. */
static void claim_charge(struct rpc_claim *c, size_t more)
{
	c->size += more;
	c->host->used += more;
	c->who->used += more;
	c->budget->all += more;
	if (!c->proven)
		c->budget->unproven += more;
}

bool rpc_claim_set(struct rpc_claim *claim, size_t size)
{
	if (!claim->budget)
		return true;
	if (size < RPC_CLAIM_LEAST)
		size = RPC_CLAIM_LEAST;
	if (size > claim->size && !account_fits(claim, size - claim->size))
		return false;
	claim_charge(claim, size - claim->size);
	return true;
}

static int claim_done(struct rpc_claim *c)
{
	if (c->host && c->who)
		claim_charge(c, -c->size);
	account_put(c->host);
	account_put(c->who);
	return 0;
}

int rpc_claim_new(TALLOC_CTX *ctx, struct rpc_budget *budget, const struct rpc_caller *caller,
		  struct rpc_claim **ret)
{
	_cleanup_(talloc_freep) struct rpc_claim *c = talloc_zero(ctx, struct rpc_claim);
	char key[HOST_KEY_LEN];

	if (!c)
		return -ENOMEM;
	c->budget = budget;
	if (budget) {
		host_key(caller->host ? caller->host : "", key);
		c->proven = !caller->is_guest && !caller->is_anonymous;
		talloc_set_destructor(c, claim_done);
		c->host = account_get(budget, 'h', key);
		c->who = c->proven ? account_get(budget, 'u', caller->user ? caller->user : "") :
				     account_get(budget, 's', key);
		if (!c->host || !c->who)
			return -ENOMEM;
		if (!rpc_claim_set(c, RPC_CLAIM_LEAST))
			return -EBUSY;
	}
	*ret = TAKE_PTR(c);
	return 0;
}
