/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/notify_break.h - notify a client that what it caches is broken: an oplock, or a lease */
#ifndef CIFSSRV_CLIENT_NOTIFY_BREAK_H
#define CIFSSRV_CLIENT_NOTIFY_BREAK_H

#include "../store/holder.h"

/* Of oplocks and leases: notify over the channels of the sessions of their opens. */
extern const struct csrv_holder_ops csrv_holder_ops;

#endif /* CIFSSRV_CLIENT_NOTIFY_BREAK_H */
