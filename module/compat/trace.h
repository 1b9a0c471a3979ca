/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat/trace.h - tracing macros that changed
 */
#ifndef CIFSSRV_COMPAT_TRACE_H
#define CIFSSRV_COMPAT_TRACE_H

#include <linux/version.h>

/* 6.10: __assign_str() takes the source from __string(). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define csrv_assign_str(dst, src)	__assign_str(dst)
#else
#define csrv_assign_str(dst, src)	__assign_str(dst, src)
#endif

#endif /* CIFSSRV_COMPAT_TRACE_H */
