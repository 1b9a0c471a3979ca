/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpc/budget.h - the memory that clients make the RPC services hold, and its shares
 *
 * What a pipe holds is charged to all of these accounts, or is not held:
 *
 *	pipe ----+---> host ----------------------------------+---> all
 *	         +---> identity (a named account) ------------+
 *	         +---> strangers of the host ---> unproven ---+
 *
 * A host is an IPv4 address or the /64 of an IPv6 address.  Strangers are guests and the anonymous
 * user.  The shares are those of the kernel for the number of pipes (module/core/quota.c):
 * half of all for a host, an account, and all unproven; for the strangers of one host a quarter of
 * the memory that those of other hosts leave.  The last eighth is a reserve for accounts that hold
 * little, which the share of their host does not limit either.
 */
#ifndef CIFSSRVD_RPC_BUDGET_H
#define CIFSSRVD_RPC_BUDGET_H

#include <stdbool.h>
#include <talloc.h>
#include "rpc.h"

/*
 * A pipe is charged for this much when it is opened, and for more when it holds more.  So the
 * memory for a usual call is there when it comes, and shares of memory are shares of pipes as well.
 */
#define RPC_CLAIM_LEAST	((size_t)16 * 1024)

struct rpc_claim;

/* @total: octets; all claims must end before it is freed.  NULL without memory. */
struct rpc_budget *rpc_budget_new(TALLOC_CTX *ctx, size_t total);

/**
 * rpc_claim_new() - a pipe's part, of RPC_CLAIM_LEAST
 * @ctx: talloc parent; talloc_free() gives all of it back
 * @budget: that it is a part of; NULL: no limit
 * @caller: the client; copied
 * @ret: the claim
 *
 * Return: 0; -EBUSY when one of the accounts has no room; -ENOMEM.
 */
int rpc_claim_new(TALLOC_CTX *ctx, struct rpc_budget *budget, const struct rpc_caller *caller,
		  struct rpc_claim **ret);

/* Charges the pipe for @size octets.  False: there is no room, and nothing has changed. */
bool rpc_claim_set(struct rpc_claim *claim, size_t size);

/* Octets that all claims hold together. */
size_t rpc_budget_used(const struct rpc_budget *budget);

#endif /* CIFSSRVD_RPC_BUDGET_H */
