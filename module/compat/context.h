/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat/context.h - which lock guards what, for clang: `make lint` checks it
 *
 * Linux 7.0 has these macros itself (linux/compiler-context-analysis.h).  In earlier kernels they
 * expand to nothing; tests/shim/thread_safety.h gives them their meaning for the check.
 * __must_hold() is in every kernel.
 */
#ifndef CIFSSRV_COMPAT_CONTEXT_H
#define CIFSSRV_COMPAT_CONTEXT_H

#include <linux/compiler.h>

#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* The function is not checked: it creates or destroys the object, which no other code reaches. */
#ifndef __no_context_analysis
#define __no_context_analysis
#endif

#endif /* CIFSSRV_COMPAT_CONTEXT_H */
