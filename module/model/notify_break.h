/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/notify_break.h - how a client is notified that what it caches of an open is broken */
#ifndef CIFSSRV_MODEL_NOTIFY_BREAK_H
#define CIFSSRV_MODEL_NOTIFY_BREAK_H

#include "holder.h"

/* Of the oplock of an open: over the channels of its session. */
extern const struct csrv_holder_ops csrv_oplock_ops;

#endif /* CIFSSRV_MODEL_NOTIFY_BREAK_H */
