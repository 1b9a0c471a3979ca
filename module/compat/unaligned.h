/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat/unaligned.h - get_unaligned_le*() moved from asm/ to linux/ in 6.12 */
#ifndef CIFSSRV_COMPAT_UNALIGNED_H
#define CIFSSRV_COMPAT_UNALIGNED_H

#ifdef __KERNEL__
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif
#else
#include <asm/unaligned.h>	/* tests/shim */
#endif

#endif /* CIFSSRV_COMPAT_UNALIGNED_H */
