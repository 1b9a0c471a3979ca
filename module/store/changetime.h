/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/changetime.h - the ChangeTime that a client has set */
#ifndef CIFSSRV_STORE_CHANGETIME_H
#define CIFSSRV_STORE_CHANGETIME_H

#include <linux/types.h>

#include "../compat/context.h"
#include "../core/server.h"

struct csrv_file;
struct csrv_open;
struct inode;
struct timespec64;

void csrv_change_time_put(struct csrv_file_bucket *b, struct csrv_file *file,
			  const struct timespec64 *ctime, u64 change) __must_hold(&b->lock);
void csrv_change_time_forget(struct csrv_file_bucket *b, struct csrv_file *file)
	__must_hold(&b->lock);
void csrv_change_time_drop(struct csrv_open *o, const struct timespec64 *began);
bool csrv_change_time(struct csrv_server *srv, const struct inode *inode,
		      const struct timespec64 *ctime, u64 *shown);

#endif /* CIFSSRV_STORE_CHANGETIME_H */
