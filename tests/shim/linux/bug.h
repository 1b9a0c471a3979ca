/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_BUG_H
#define SHIM_LINUX_BUG_H

#include <assert.h>

#define WARN_ON_ONCE(cond) ({ _Bool _bad = (cond); assert(!_bad); _bad; })

#endif
