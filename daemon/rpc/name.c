// SPDX-License-Identifier: GPL-2.0-or-later
/* rpc/name.c - comparison of names */
#include "iface.h"

#include "../util/utf.h"

bool rpc_name_equal(const char *a, const char *b)
{
	return !utf8_casecmp(a, b);
}

bool rpc_unc_equal(const char *unc, const char *name)
{
	while (*unc == '\\')
		unc++;
	return rpc_name_equal(unc, name);
}
