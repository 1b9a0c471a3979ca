/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/close.h - an open leaves its stream */
#ifndef CIFSSRV_STORE_CLOSE_H
#define CIFSSRV_STORE_CLOSE_H

#include <linux/types.h>

struct csrv_open;

void csrv_close_begin(struct csrv_open *o);
void csrv_close_finish(struct csrv_open *o);
void csrv_close_whole(struct csrv_open *o);
bool csrv_open_abandon(struct csrv_open *o);

#endif /* CIFSSRV_STORE_CLOSE_H */
