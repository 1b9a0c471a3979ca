/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SHIM_LINUX_PREEMPT_H
#define SHIM_LINUX_PREEMPT_H

static inline void preempt_disable(void) { }
static inline void preempt_enable(void) { }

#endif
