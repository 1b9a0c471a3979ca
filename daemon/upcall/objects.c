// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/objects.c - what the members of CSRV_OP_STATUS' objects mean */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#include "../util/protocol.h"

uint64_t object_hex(const struct json_object *o, const char *name)
{
	const char *s = json_text(o, name);
	char *end;
	uint64_t v;

	if (strncmp(s, "0x", 2) || strlen(s) > 18)
		return 0;
	v = strtoull(s + 2, &end, 16);
	return *end ? 0 : v;
}

uint64_t object_age(const struct json_object *o)
{
	uint64_t created = json_u64(o, "created");

	return created >= FILETIME_SECOND ? filetime_age(created) : json_u64(o, "age");
}

const char *object_dialect(const struct json_object *o, char buf[16])
{
	return dialect_text(object_hex(o, "dialect"), buf);
}
