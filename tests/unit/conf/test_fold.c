// SPDX-License-Identifier: GPL-2.0-or-later
// link: daemon/util/utf.c module/wire/utf16.c | libs: talloc | flags: -Itests/shim -Imodule
/* One name of a share or user for the kernel is one for the daemon, and two are two. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/utf.h"

#include "wire/utf16.h"

static void encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	*out = 0;
}

static unsigned int bad;

static void compare(const char *x, const char *y)
{
	bool kernel = !csrv_name_casecmp(x, strlen(x), y, strlen(y)), daemon = !utf8_casecmp(x, y);

	if (kernel != daemon && bad++ < 20)
		fprintf(stderr, "\"%s\" and \"%s\" are one for the %s only\n", x, y,
			kernel ? "kernel" : "daemon");
}

/* Each character with its case forms, as the kernel has them and as others do. */
int main(void)
{
	for (uint32_t a = 1; a < 0x10000; a++) {
		const uint32_t forms[] = { csrv_upcase(a), a ^ 0x20, a + 1, 'i', 'I', 's', 'S', 0x3bc, 0x49 };
		char x[8], y[8];

		if (a >= 0xd800 && a < 0xe000)
			continue;
		encode(a, x);
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			if (!forms[i] || forms[i] > 0xffff || (forms[i] >= 0xd800 && forms[i] < 0xe000))
				continue;
			encode(forms[i], y);
			compare(x, y);
		}
	}
	compare("a\xff", "A\xff");
	compare("\xc3", "\xe3");
	return !!bad;
}
