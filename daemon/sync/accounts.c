// SPDX-License-Identifier: GPL-2.0-or-later
/* sync/accounts.c - the accounts of a database as configfs shall have them */
#include "sync/accounts.h"

#include <errno.h>

struct accounts *accounts_resolve_with(TALLOC_CTX *ctx, const struct passdb *db,
				       int (*identity)(void *priv, TALLOC_CTX *ctx, const char *name,
						       struct nss_identity *ret), void *priv)
{
	struct accounts *acc = talloc_zero(ctx, struct accounts);

	if (!acc)
		return NULL;
	acc->users = talloc_zero_array(acc, struct sync_user, (unsigned int)db->n + 1);
	acc->missing = talloc_zero_array(acc, const char *, (unsigned int)db->n + 1);
	if (!acc->users || !acc->missing) {
		talloc_free(acc);
		return NULL;
	}
	for (size_t i = 0; i < db->n; i++) {
		const struct passdb_entry *e = db->entries[i];
		struct nss_identity id = {};
		int r = identity(priv, acc, e->name, &id);

		if (r == -ENOENT)
			acc->missing[acc->nmissing++] = e->name;
		else
			acc->users[acc->nusers++] = (struct sync_user){
				.name = e->name, .keep = r < 0, .uid = id.uid, .gid = id.gid,
				.groups = id.groups, .ngroups = id.ngroups,
				.enabled = !e->disabled,
			};
	}
	return acc;
}

struct plain {
	int (*identity)(TALLOC_CTX *ctx, const char *name, struct nss_identity *ret);
};

static int ask_plain(void *priv, TALLOC_CTX *ctx, const char *name, struct nss_identity *ret)
{
	const struct plain *p = priv;

	return p->identity(ctx, name, ret);
}

struct accounts *accounts_resolve(TALLOC_CTX *ctx, const struct passdb *db,
				  int (*identity)(TALLOC_CTX *ctx, const char *name,
						  struct nss_identity *ret))
{
	struct plain p = { identity };

	return accounts_resolve_with(ctx, db, ask_plain, &p);
}
