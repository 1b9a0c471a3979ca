// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/upcall/record.c daemon/upcall/record_print.c daemon/util/utf.c | libs: talloc
/* A page of CSRV_OP_STATUS: its first octet is the list, the rest records. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "upcall/record.h"
#include "util/utf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One line of UTF-8, whatever the record has. */
static void check_line(const char *line, size_t len)
{
	if (!len || len >= RECORD_LINE || line[len] || strlen(line) != len || line[len - 1] != '\n')
		abort();
	if (!utf8_valid(line, len))
		abort();
	for (size_t i = 0; i < len - 1; i++)
		if ((uint8_t)line[i] < 0x20 || line[i] == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char line[RECORD_LINE];
	struct record rec;
	struct bytes_in page;

	if (!size)
		return 0;
	page = bytes_in((struct blob){ data + 1, size - 1 });
	while (bytes_left(&page)) {
		if (record_next(data[0], &page, &rec))
			break;
		check_line(line, record_print(&rec, line));
	}
	return 0;
}
