/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passdb/accounts.h - the accounts of a database as configfs shall have them */
#ifndef CIFSSRVD_PASSDB_ACCOUNTS_H
#define CIFSSRVD_PASSDB_ACCOUNTS_H

#include "../sync/sync.h"
#include "file.h"
#include "nss.h"

/**
 * struct accounts - accounts and their UNIX identities
 * @users: those that Linux knows; names belong to the database
 * @nusers: how many
 * @missing: names of those that it does not know, which cannot log on
 * @nmissing: how many
 */
struct accounts {
	struct sync_user *users;
	size_t nusers;
	const char **missing;
	size_t nmissing;
};

/* @identity: nss_lookup() or a test's own.  NULL without memory. */
struct accounts *accounts_resolve(TALLOC_CTX *ctx, const struct passdb *db,
				  int (*identity)(TALLOC_CTX *ctx, const char *name,
						  struct nss_identity *ret));

#endif /* CIFSSRVD_PASSDB_ACCOUNTS_H */
