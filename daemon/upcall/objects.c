// SPDX-License-Identifier: GPL-2.0-or-later
/* upcall/objects.c - what the members of CSRV_OP_STATUS' objects mean */
#include "objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../util/cleanup.h"

#define FILETIME_EPOCH_DIFF	11644473600ull	/* seconds from 1601 to 1970, [MS-DTYP] 2.3.3 */

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
	uint64_t created = json_u64(o, "created") / 10000000;
	uint64_t now = (uint64_t)time(NULL) + FILETIME_EPOCH_DIFF;

	if (created)
		return created < now ? now - created : 0;
	return json_u64(o, "age");
}

/* [MS-SMB2] 2.2.3 Dialects: three hexadecimal digits are the version. */
const char *object_dialect(const struct json_object *o, char buf[16])
{
	unsigned int d = (unsigned int)object_hex(o, "dialect") & 0xfff;

	if (!d)
		return "";
	if (d & 0xf)
		snprintf(buf, 16, "%u.%u.%u", d >> 8, d >> 4 & 0xf, d & 0xf);
	else
		snprintf(buf, 16, "%u.%u", d >> 8, d >> 4 & 0xf);
	return buf;
}

/* [MS-SMB2] 2.2.3.1.2 */
const char *object_cipher(const struct json_object *o)
{
	static const char *const names[] = { "", "AES-128-CCM", "AES-128-GCM", "AES-256-CCM",
					     "AES-256-GCM" };
	uint64_t n = json_u64(o, "cipher");

	return n < ARRAY_LEN(names) ? names[n] : "";
}

/* [MS-SMB2] 2.2.3.1.7 */
const char *object_signing(const struct json_object *o)
{
	static const char *const names[] = { "HMAC-SHA256", "AES-CMAC", "AES-GMAC" };
	uint64_t n = json_u64(o, "signing");

	return n < ARRAY_LEN(names) ? names[n] : "";
}
