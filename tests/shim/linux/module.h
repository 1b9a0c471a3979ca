/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_MODULE_H
#define SHIM_LINUX_MODULE_H

#define MODULE_DESCRIPTION(text) _Static_assert(1, "")
#define MODULE_LICENSE(text) _Static_assert(1, "")
#define MODULE_SOFTDEP(text) _Static_assert(1, "")

#endif
