// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/crypto.c daemon/auth/usermap.c daemon/passdb/file.c daemon/util/utf.c | libs: talloc gcrypt
/* cifspwd.db, and the username map which is as hostile. */
#include <stdint.h>
#include <stdlib.h>

#include "auth/usermap.h"
#include "passdb/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct blob text = { data, size };
	struct usermap_error map_err;
	struct passdb_error err;
	struct usermap *map;
	struct passdb *db;

	if (passdb_parse(NULL, text, &db, &err) == 0) {
		for (size_t i = 0; i < db->n; i++)
			if (passdb_find(db, db->entries[i]->name) != db->entries[i])
				abort();
		talloc_free(db);
	}
	if (usermap_parse(NULL, text, &map, &map_err) == 0) {
		(void)usermap_apply(map, "user");
		talloc_free(map);
	}
	return 0;
}
