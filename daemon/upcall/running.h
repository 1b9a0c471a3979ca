/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upcall/running.h - the shares and the server's names, as configfs has them */
#ifndef CIFSSRVD_UPCALL_RUNNING_H
#define CIFSSRVD_UPCALL_RUNNING_H

#include <talloc.h>
#include "../rpc/rpc.h"

/**
 * struct running - a reading of configfs
 * @info: the server; numbers that configfs has no attribute for are zero
 * @shares: those that are enabled, sorted by name, IPC$ last
 * @nshares: how many
 * @has_abe: one of them is listed to those only that it admits
 *
 * Owns everything in it.
 */
struct running {
	struct rpc_server_info info;
	struct rpc_share *shares;
	size_t nshares;
	bool has_abe;
};

/* Never fails but for memory (NULL): what cannot be read has its default. */
struct running *running_read(TALLOC_CTX *ctx, const char *root);

/* The share of that name, without regard to case; NULL when there is none. */
struct rpc_share *running_find(struct running *run, const char *name);

/*
 * The text of attribute @name in @dir without its newline, @fallback when it
 * cannot be read or is no UTF-8; NULL without memory.
 */
char *running_attr(TALLOC_CTX *ctx, const char *dir, const char *name, const char *fallback);

/* Likewise of a boolean. */
bool running_attr_bool(const char *dir, const char *name, bool fallback);

#endif /* CIFSSRVD_UPCALL_RUNNING_H */
