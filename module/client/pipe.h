/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/pipe.h - opens of pipes, which exist in the daemon */
#ifndef CIFSSRV_CLIENT_PIPE_H
#define CIFSSRV_CLIENT_PIPE_H

#include "../wire/status.h"

struct csrv_open;

nt_status_t csrv_open_make_pipe(struct csrv_open *o);

#endif /* CIFSSRV_CLIENT_PIPE_H */
