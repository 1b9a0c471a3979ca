/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire/shortname.h - 8.3 names, [MS-FSCC] 2.1.5.2.1 */
#ifndef CIFSSRV_WIRE_SHORTNAME_H
#define CIFSSRV_WIRE_SHORTNAME_H

#include <linux/types.h>

#define WIRE_SHORT_NAME_MAX	12	/* characters, all ASCII: 8, a dot, 3 */

u32 csrv_short_name(const char *name, u32 len, u32 seed, char *out);

#endif /* CIFSSRV_WIRE_SHORTNAME_H */
