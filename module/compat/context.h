/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat/context.h - which lock guards what, for clang: `make lint` checks it
 *
 * Linux 7.0 has these words itself (linux/compiler-context-analysis.h).  For earlier kernels they
 * mean nothing to the compiler; tests/shim/thread_safety.h gives them their meaning for the check.
 * __must_hold() is in every kernel.
 */
#ifndef CIFSSRV_COMPAT_CONTEXT_H
#define CIFSSRV_COMPAT_CONTEXT_H

#include <linux/compiler.h>

#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* The function is not checked: it makes or ends the object, and nobody else has it. */
#ifndef __no_context_analysis
#define __no_context_analysis
#endif

#endif /* CIFSSRV_COMPAT_CONTEXT_H */
