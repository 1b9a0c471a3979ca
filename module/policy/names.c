// SPDX-License-Identifier: GPL-2.0-or-later
/* policy/names.c - lists of name patterns with '/' between them, smb.conf(5) "veto files" */
#include <linux/string.h>

#include "../wire/name.h"
#include "names.h"

/* Does one component match one of the patterns?  @ignore_case: by the share's "case sensitive". */
bool csrv_names_match(const char *list, const char *name, size_t len, bool ignore_case)
{
	size_t n;

	for (; *list; list += n) {
		list += strspn(list, "/");
		n = strcspn(list, "/");
		if (n && csrv_name_match(list, n, name, len, ignore_case))
			return true;
	}
	return false;
}
