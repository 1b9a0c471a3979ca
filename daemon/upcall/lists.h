/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upcall/lists.h - snapshots of the running server for the RPC services
 *
 * A snapshot has sessions, trees and opens (from the kernel), and the shares and the server's names
 * (from configfs), at most a few seconds old.  Services run to their end without waiting, so the
 * snapshot is taken before they run.
 */
#ifndef CIFSSRVD_UPCALL_LISTS_H
#define CIFSSRVD_UPCALL_LISTS_H

#include "upcall.h"

#define LISTS_FRESH_USEC	(2 * 1000000ull)
#define LISTS_ADMITTED		16	/* sessions of which it is kept what admits them */

/**
 * lists_new() - make the snapshots of one kernel
 * @up: of which lists are asked
 * @root: of configfs
 * @max: octets of one list; a longer one is not available, with -EFBIG
 *
 * Return: NULL without memory.
 */
struct lists *lists_new(TALLOC_CTX *ctx, struct upcall *up, const char *root, size_t max);

/* True when the snapshot is recent; with @opens also its list of opens. */
bool lists_fresh(const struct lists *l, bool opens);

typedef void (*lists_fn)(void *priv);

/**
 * lists_refresh() - take a snapshot
 * @opens: with the list of opens, which may be long
 * @fn: called when it is complete, as far as possible: the callback of struct rpc_env returns the
 *	error of a list that is not available; never from within
 *
 * Return: false while something is being fetched (@fn is not called for this
 * call), or none can be taken: then the old one counts as fresh.
 */
bool lists_refresh(struct lists *l, bool opens, lists_fn fn, void *priv);

/**
 * lists_admit() - learn which shares with `access based share enum` admit a session
 * @session: its id
 * @fn: called when that is known, as far as possible: one that is not known to admit it does not;
 *	never from within
 *
 * Those of the latest LISTS_ADMITTED sessions are kept, each as long as a snapshot is recent.
 *
 * Return: false when they are recent, no share of the snapshot is such a one, something is being
 * fetched, or the kernel cannot be asked (@fn is not called for this call).
 */
bool lists_admit(struct lists *l, uint64_t session, lists_fn fn, void *priv);

/* The session may be another user's from now on: what is known to admit it is forgotten. */
void lists_forget(struct lists *l, uint64_t session);

/* True while something is being fetched. */
bool lists_busy(const struct lists *l);

/* For rpc_pipe_open(); lives as long as @l. */
const struct rpc_env *lists_rpc_env(const struct lists *l);

#endif /* CIFSSRVD_UPCALL_LISTS_H */
