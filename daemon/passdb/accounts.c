// SPDX-License-Identifier: GPL-2.0-or-later
/* passdb/accounts.c - the accounts of a database as configfs shall have them */
#include "accounts.h"

struct accounts *accounts_resolve(TALLOC_CTX *ctx, const struct passdb *db,
				  int (*identity)(TALLOC_CTX *ctx, const char *name,
						  struct nss_identity *ret))
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
		struct nss_identity id;

		if (identity(acc, e->name, &id) < 0)
			acc->missing[acc->nmissing++] = e->name;
		else
			acc->users[acc->nusers++] = (struct sync_user){
				.name = e->name, .uid = id.uid, .gid = id.gid,
				.groups = id.groups, .ngroups = id.ngroups,
				.enabled = !e->disabled,
			};
	}
	return acc;
}
