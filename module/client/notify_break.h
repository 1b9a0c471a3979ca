/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/notify_break.h - notify a client that what it caches of an open is broken */
#ifndef CIFSSRV_CLIENT_NOTIFY_BREAK_H
#define CIFSSRV_CLIENT_NOTIFY_BREAK_H

#include "../store/holder.h"

/* For the oplock of an open: notify over the channels of its session. */
extern const struct csrv_holder_ops csrv_oplock_ops;

#endif /* CIFSSRV_CLIENT_NOTIFY_BREAK_H */
