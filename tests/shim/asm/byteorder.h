/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_ASM_BYTEORDER_H
#define SHIM_ASM_BYTEORDER_H

#include_next <asm/byteorder.h>
#include <endian.h>

#define cpu_to_be32(x) htobe32(x)

#endif
