// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/json.c daemon/util/utf.c | libs: talloc
/* Lines of CSRV_OP_STATUS, which contain what clients name their files. */
#include <stdint.h>

#include "util/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *o = json_parse(NULL, (const char *)data, size);

	if (o) {
		(void)json_u64(o, "id");
		(void)json_bool(o, "guest");
		talloc_free(o);
	}
	return 0;
}
