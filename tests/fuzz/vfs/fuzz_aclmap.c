// SPDX-License-Identifier: GPL-2.0-or-later
/* a descriptor from the network: the POSIX ACL it becomes grants nothing which it does not */
// world: shim
// link: module/vfs/aclmap.c module/vfs/aclown.c module/wire/sd.c module/wire/sid.c
#include "../../unit/vfs/aclref.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define ACES 16

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct wire_ace aces[ACES];
	static struct csrv_aclmap map;
	struct wire_blob blob = { .data = data + 1, .len = size - 1 };
	struct wire_sd sd = { .dacl = { .aces = aces, .cap = ACES } };
	struct csrv_aclmap_args a = {
		.dacl = &sd.dacl, .owner = csrv_sid_unix_user(aclref_uids[0]),
		.group = csrv_sid_unix_group(aclref_gids[0]),
	};

	if (!size || csrv_wire_sd_decode(&blob, &sd) != NT_OK)
		return 0;
	a.dir = data[0] & 1;
	a.inherit = (data[0] & 3) == 3;
	if (csrv_aclmap(&a, &map) != NT_OK)
		return 0;
	aclref_check(&a, &map);
	csrv_aclmap_unname(&map);
	aclref_check(&a, &map);
	return 0;
}
