/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sync/accounts.h - the accounts of a database as configfs shall have them */
#ifndef CSRV_DAEMON_SYNC_ACCOUNTS_H
#define CSRV_DAEMON_SYNC_ACCOUNTS_H

#include "passdb/file.h"
#include "passdb/nss.h"
#include "sync/sync.h"

/**
 * struct accounts - accounts and their UNIX identities
 * @users: accounts with a UNIX identity, or whose look-up is in doubt (@keep); names belong to the
 *	database
 * @nusers: how many
 * @missing: names of accounts without a UNIX identity, which cannot log on
 * @nmissing: how many
 */
struct accounts {
	struct sync_user *users;
	size_t nusers;
	const char **missing;
	size_t nmissing;
};

/**
 * accounts_resolve() - look up the UNIX identities of the accounts
 * @identity: nss_lookup() or a test's own; -ENOENT makes one missing, any other error is doubt
 *
 * Return: NULL without memory.
 */
struct accounts *accounts_resolve(TALLOC_CTX *ctx, const struct passdb *db,
				  int (*identity)(TALLOC_CTX *ctx, const char *name,
						  struct nss_identity *ret));

/* accounts_resolve_with() - likewise with an @identity that has something of its own */
struct accounts *accounts_resolve_with(TALLOC_CTX *ctx, const struct passdb *db,
				       int (*identity)(void *priv, TALLOC_CTX *ctx, const char *name,
						       struct nss_identity *ret), void *priv);

#endif
