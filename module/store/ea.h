/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store/ea.h - extended attributes that a client sets */
#ifndef CIFSSRV_STORE_EA_H
#define CIFSSRV_STORE_EA_H

#include "../vfs/vfs.h"
#include "../wire/cursor.h"
#include "../wire/status.h"

struct csrv_share_cfg;

nt_status_t csrv_eas_check(const struct csrv_share_cfg *cfg, const struct wire_blob *list);
nt_status_t csrv_eas_set(const struct path *path, const struct wire_blob *list);

#endif /* CIFSSRV_STORE_EA_H */
